"""Carries out orders on a Samba database; run by the system's Python, which has Samba's bindings.

`python3 sam_writer.py SMB_CONF` reads a JSON list of orders (`orders.py`) on standard input. All
of them are one transaction: the first that fails undoes all, and is named.
"""

import contextlib
import json
import re
import sys

sys.path.insert(0, "/usr/lib/python3/dist-packages")

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

# Relax the rules of the schema; leave the attributes of passwords as they are given.
FREELY = ["relax:0", "local_oid:1.3.6.1.4.1.7165.4.3.12:0"]
AS_TRUST = ["relax:0", "local_oid:1.3.6.1.4.1.7165.4.3.23:0"]
# Keeps the time of each addition the same however many there are; allows no change of the schema.
BULK = ["batch_mode:1", "transaction_index_cache_size:200000"]
MANY = 1000
DACL = ["sd_flags:1:4"]
FLAGS = {
    "add": ldb.FLAG_MOD_ADD,
    "remove": ldb.FLAG_MOD_DELETE,
    "replace": ldb.FLAG_MOD_REPLACE,
}


class Writer:
    """An open database."""

    def __init__(self, configuration, in_bulk=False):
        settings = LoadParm()
        settings.load(configuration)
        settings.set("log level", "0")
        settings.set("dsdb:schema update allowed", "true")
        self.sam = SamDB(
            session_info=system_session(settings),
            lp=settings,
            flags=ldb.FLG_NOSYNC,
            options=BULK if in_bulk else [],
        )
        self.domain = security.dom_sid(self.sam.get_domain_sid())
        self.rights = SDUtils(self.sam)
        self.sids = {}

    def write(self, orders):
        """Carry out all orders, or none."""
        self.sam.transaction_start()
        try:
            for order in orders:
                self.carry_out(order)
        except BaseException:
            self.sam.transaction_cancel()
            raise
        self.sam.transaction_commit()

    def carry_out(self, order):
        """Carry out one order; what fails names it."""
        try:
            getattr(self, order["do"])(**{k: v for k, v in order.items() if k != "do"})
        except Exception as error:
            raise RuntimeError(f"{error}: {json.dumps(order)[:600]}") from error

    def add(self, dn, attributes, trust):
        message = self.message(dn)
        for name, values in attributes.items():
            message[name] = ldb.MessageElement(self.values(values), ldb.FLAG_MOD_ADD, name)
        self.sam.add(message, controls=AS_TRUST if trust else FREELY)

    def change(self, dn, strictly, **changes):
        message = self.message(dn)
        for how, attributes in changes.items():
            for name, values in attributes.items():
                message[f"{how} {name}"] = ldb.MessageElement(self.values(values), FLAGS[how], name)
        self.sam.modify(message, controls=[] if strictly else FREELY)

    def delete(self, dn):
        self.sam.delete(ldb.Dn(self.sam, dn), ["tree_delete:1"])

    def grant(self, dn, ace, withdraw):
        if withdraw:
            self.withdraw(dn, self.filled(ace))
        else:
            self.rights.dacl_add_ace(dn, self.filled(ace))

    def withdraw(self, dn, ace):
        """Take an entry out as text: Samba's own function takes equal entries for different."""
        text = security.descriptor.from_sddl(f"D:{ace}", self.domain).as_sddl(self.domain)[2:]
        before = self.rights.get_sd_as_sddl(dn, controls=DACL)
        after = before.replace(text, "", 1)
        if after == before:
            raise LookupError(f"{dn} has no {text}")
        self.rights.modify_sd_on_dn(dn, after, controls=DACL)

    def set_password(self, account, password):
        self.sam.setpassword(f"(sAMAccountName={ldb.binary_encode(account)})", password)

    def read_schema_anew(self):
        self.sam.transaction_commit()
        self.sam.set_schema_update_now()
        self.sam.transaction_start()

    def message(self, dn):
        return ldb.Message(ldb.Dn(self.sam, self.filled(dn)))

    def values(self, values):
        return [self.value(*one) for value in values for one in value.items()]

    def value(self, kind, text):
        if kind == "hex":
            return bytes.fromhex(text)
        if kind == "sid":
            return ndr_pack(security.dom_sid(text))
        if kind == "sid_of":
            return ndr_pack(security.dom_sid(self.sid(text)))
        if kind == "sddl":
            return ndr_pack(security.descriptor.from_sddl(self.filled(text), self.domain))
        return text.encode()

    def filled(self, text):
        """Return text in which each `{@account}` is its SID."""
        return re.sub(r"\{@([^}]+)\}", lambda match: self.sid(match[1]), text)

    def sid(self, account):
        if account not in self.sids:
            found = self.sam.search(
                self.sam.domain_dn(),
                expression=f"(sAMAccountName={ldb.binary_encode(account)})",
                attrs=["objectSid"],
            )
            if len(found) != 1:
                raise LookupError(f"{len(found)} accounts are called {account!r}")
            self.sids[account] = str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0]))
        return self.sids[account]


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        given = json.load(sys.stdin)
        Writer(sys.argv[1], in_bulk=len(given) > MANY).write(given)
