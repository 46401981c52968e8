"""Each specimen and each decoy is in the lab's domain as it is declared."""

import pytest

from tests.lab.directory import specimens
from tests.lab.directory.ad import forest, members, people, rights
from tests.lab.directory.ad.specimen import decoy, specimen
from tests.lab.directory.ad.texts import CROWD
from tests.lab.directory.domain import ADMINISTRATOR
from tests.lab.directory.names import BASE, CONFIGURATION
from tests.lab.directory.orders import (
    Authority,
    Change,
    Days,
    Descriptor,
    Grant,
    SetPassword,
    Sid,
    values_of,
)

PARTS = (BASE, CONFIGURATION, f"CN=Schema,{CONFIGURATION}", f"DC=DomainDnsZones,{BASE}")


@pytest.fixture(scope="module")
def everything(samba_ad):
    """Return all entries that the administrator sees, by their names in lower case."""
    found = {}
    for part in PARTS:
        told = samba_ad.search("(objectClass=*)", "*", login=ADMINISTRATOR, base=part)
        found |= {_folded(dn): entry for dn, entry in told.items()}
    return found


def _folded(dn):
    """Return a DN for comparison: case and the way of escaping do not count."""
    text = dn.encode()
    for sign in b',\\#+<>;"=\n ':
        text = text.replace(b"\\%02X" % sign, b"\\" + bytes([sign]))
    return text.replace(b"\\", b"").lower()


def test_each_row_that_samba_can_show_has_a_specimen():
    all_of_them = (*specimens.TRUTH, forest.CHILD_DOMAIN)
    shown = {row for one in all_of_them if not one.is_decoy for row in one.rows}
    assert set(range(1, 67)) - shown == set()


def test_names_are_told_once():
    names = [one.name for one in specimens.TRUTH]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("one", specimens.TRUTH, ids=lambda one: one.name)
def test_it_is_there_as_declared(one, everything):
    assert _folded(one.dn) in everything or one.name == "a deleted administrator"
    for dn, attributes in one.adds.items():
        entry = everything[_folded(dn)]
        for name, values in attributes.items():
            if name not in ("nTSecurityDescriptor", "objectClass", "userAccountControl"):
                _assert_told(entry, name, values_of(values), one)


def _assert_told(entry, name, declared, one):
    replaced = [order.replace for order in one.orders if isinstance(order, Change)]
    if any(name in change for change in replaced):
        return
    if name == "pwdLastSet" and any(isinstance(order, SetPassword) for order in one.orders):
        return
    told = entry[name.lower()]
    assert len(told) >= len(declared)
    for value in declared:
        if isinstance(value, Days):
            assert any(abs(int(each) - int(value.file_time)) < 864_000_000_000 for each in told)
        elif not isinstance(value, Authority | Descriptor | Sid):
            raw = value if isinstance(value, bytes) else value.encode()
            assert _folded_value(raw) in [_folded_value(each) for each in told]


def _folded_value(raw):
    return _folded(raw.decode()) if b"=" in raw and b"\0" not in raw else raw


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("a disabled leaver", 0x2),
        ("an account that needs no password", 0x20),
        ("a password kept reversibly", 0x80),
        ("a password that never expires", 0x10000),
        ("a server that may act as anybody, anywhere", 0x80000),
        ("an account with DES keys only", 0x200000),
        ("a person whose password can be guessed offline (AS-REP)", 0x400000),
        ("a service that may act as anybody to the controller", 0x1000000),
    ],
)
def test_the_flags_of_an_account_stand_in_it(name, flag, everything):
    entry = everything[_folded(specimens.named(name).dn)]
    assert int(entry["useraccountcontrol"][0]) & flag


def test_rights_are_told_to_a_plain_user_who_asks_for_the_descriptor(samba_ad):
    for one in specimens.TRUTH:
        for order in one.orders:
            if isinstance(order, Grant):
                asked = ("-s", "base", "-E", "!1.2.840.113556.1.4.801=::MAMCAQc=")
                told = samba_ad.search(*asked, "nTSecurityDescriptor", base=order.dn)
                assert len(told[order.dn]["ntsecuritydescriptor"][0]) > 100


def test_a_deleted_administrator_is_seen_by_the_administrator_alone(samba_ad):
    asked = ("-E", "!1.2.840.113556.1.4.417", "(&(isDeleted=TRUE)(sAMAccountName=adm.gone))")
    assert len(samba_ad.search(*asked, login=ADMINISTRATOR)) == 1


def test_the_crowd_is_in_one_group(everything):
    assert len(everything[_folded(members.CROWD)]["member"]) == CROWD


def test_secrets_that_the_directory_keeps_are_hidden_from_the_plain_user(samba_ad):
    found = samba_ad.search("(sAMAccountName=WS01$)", "*")
    entry = next(iter(found.values()))
    assert "ms-mcs-admpwdexpirationtime" in entry
    assert "ms-mcs-admpwd" not in entry


def test_policies_for_passwords_are_hidden_from_the_plain_user(samba_ad):
    wanted = "(objectClass=msDS-PasswordSettings)"
    assert not samba_ad.search(wanted, "cn")
    assert len(samba_ad.search(wanted, "cn", login=ADMINISTRATOR)) == 2


def test_the_accounts_for_a_refused_bind_are_refused_for_their_reason(samba_ad):
    for login, (code, _, _) in people.BINDS.items():
        account = ADMINISTRATOR._replace(name=login, password=people.BIND_PASSWORD)
        with pytest.raises(RuntimeError, match=f"data {code}"):
            samba_ad.search("-s", "base", login=account)


def test_a_specimen_without_an_entry_is_a_mistake():
    with pytest.raises(ValueError, match="name an entry"):
        specimen("nothing", 1, "nothing")
    with pytest.raises(ValueError, match="name an entry"):
        decoy("nothing", 1, "nothing")


def test_the_provider_can_copy_all_passwords_and_is_trusted():
    assert specimens.of_row(18)[0].dn == rights.RMM
    assert any(forest.PROVIDER_TRUST in one.dn for one in specimens.of_row(37))
