"""Which SSH public keys a directory hands out to hosts, and whose they are.

Sources: the schema of OpenSSH-LPK (sshPublicKey), FreeIPA (ipaSshPubKey), and altSecurityIdentities
of Active Directory, in which SSSD reads `SSHKey:ssh-ed25519 AAAA...`.
"""

import re
from collections.abc import Iterator

from collectors.directory_values import entry_id, first_value, is_copy
from collectors.entries import Entries, Entry, clean_value
from collectors.openssh import PublicKey, public_key
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_accounts import DirectoryKey
from inventory.model.evidence import Pointer, Why

IN_AD = LdapSearch(
    "ad",
    "(|(sshPublicKey=*)(altSecurityIdentities=SSHKey:*))",
    ("objectGUID", "sAMAccountName", "sshPublicKey", "altSecurityIdentities"),
    dialect="ad",
)
# The class is asked for as well: its entries are shown even where their keys are not.
IN_POSIX = LdapSearch(
    "posix",
    "(|(sshPublicKey=*)(ipaSshPubKey=*)(objectClass=ldapPublicKey))",
    ("entryUUID", "nsUniqueId", "ipaUniqueID", "uid", "cn", "sshPublicKey", "ipaSshPubKey"),
    dialect="posix",
)

_ATTRIBUTES = ("sshPublicKey", "ipaSshPubKey", "altSecurityIdentities")
_PREFIX = re.compile(r"\s*SSHKey:", re.IGNORECASE)


@collector("directory.ssh_keys", asks=[IN_AD, IN_POSIX], tells=[DirectoryKey], source="ldap")
def ssh_keys(in_ad: Entries, in_posix: Entries) -> Iterator[DirectoryKey | Unreadable]:
    """Yield each key by its fingerprint.

    What absence proves: keys are made to be read by every host, and a directory without them has
    no such attribute. But where entries are of the class that has keys, and not one shows a key,
    a right may be missing: then it is not known whether there are any.
    """
    for entry in in_ad:
        yield from _keys(entry)
    lacking = shown = 0
    for entry in in_posix:
        if is_copy(entry):
            continue
        has_key = entry.has("sshPublicKey") or entry.has("ipaSshPubKey")
        shown, lacking = shown + has_key, lacking + (not has_key)
        yield from _keys(entry)
    if lacking and not shown:
        detail = f"{lacking} entries of ldapPublicKey, and none shows a key"
        yield Unreadable(Pointer(in_posix.ask), detail, why=Why.DENIED, cure="directory right")


def _keys(entry: Entry) -> Iterator[DirectoryKey | Unreadable]:
    for attribute in _ATTRIBUTES:
        for raw in entry.raws(attribute):
            text = clean_value(raw)
            if attribute == "altSecurityIdentities" and not _PREFIX.match(text):
                continue
            key = public_key(_PREFIX.sub("", text, count=1))
            if key is None:
                detail = "a value that is no public key, or one of an unknown kind"
                yield Unreadable(entry.at(attribute), detail, entry.dn)
            else:
                yield _key(entry, attribute, key)


def _key(entry: Entry, attribute: str, key: PublicKey) -> DirectoryKey:
    names = (entry.text(name) for name in ("sAMAccountName", "uid", "cn"))
    return DirectoryKey(
        at=entry.at(attribute),
        account=entry_id(entry),
        dn=entry.dn,
        name=next((name for name in names if name), first_value(entry.dn)),
        algorithm=key.algorithm,
        fingerprint=key.fingerprint,
        bits=key.bits,
        comment=key.comment,
        is_weak=key.is_weak,
    )
