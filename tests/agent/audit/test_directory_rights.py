"""What an account needs in a directory: the least right for each search, and nothing for the rest."""

import re
from pathlib import Path

import pytest

from agent.audit.directory_rights import DirectoryRights, Grant, names_of, rights_of, ways_for
from agent.audit.plan import ORDINARY
from agent.audit.right_ways import CONFIG_READ, FALLBACK, IF_HARDENED, WAYS
from agent.audit.sources import Chosen, planned
from collectors.registry import of_source
from collectors.runner import ask_name
from collectors.secret_attributes import SECRET_ATTRIBUTES
from collectors.spec import LdapSearch
from inventory.errors import ConfigError
from tests.agent.audit.engagements import engagement
from tests.lab.directory import orders
from tests.lab.directory.domain import BASE, READER
from tests.lab.directory.samba import SambaAd

AD = "  - {name: d, kind: ldap, domain: corp.example, user: '%s', password: prompt}\n"
POSIX = AD.replace("corp.example", "x.test")
SEARCHES = [
    (one, ask) for one in of_source("ldap") for ask in one.asks if isinstance(ask, LdapSearch)
]
WANTING = [(one, ask) for one, ask in SEARCHES if ask.needs not in ORDINARY]
_LCRP = "RPLC"  # as SDDL writes LCRP of dsacls
_RECOVERY = "ea715d30-8f53-40d0-bd1e-6109186d782c"  # schemaIDGUID of msFVE-RecoveryInformation


def rights(folder: Path, sources: str) -> DirectoryRights:
    (found,) = rights_of(planned(engagement(folder, sources), Chosen(), discover=False))
    return found


def text_of(found: DirectoryRights) -> str:
    grants = (*found.grants, *found.if_hardened)
    return "\n".join(line for one in grants for line in (*one.grant, *one.take_back))


def test_each_search_that_needs_a_right_has_a_way_of_its_own_to_get_it() -> None:
    assert WANTING
    for collector, ask in WANTING:
        for dialect in (ask.dialect,) if ask.dialect else ("ad", "posix"):
            found = ways_for(ask, dialect)
            assert not set(found) & set(FALLBACK), ask_name(collector, ask)


def test_each_search_is_counted_once_and_each_right_names_the_searches_it_unlocks(
    tmp_path: Path,
) -> None:
    found = rights(tmp_path, AD % "audit@corp.example")
    here = [(one, ask) for one, ask in SEARCHES if ask.dialect in ("", "ad")]
    assert found.searches == len(here)
    unlocked = {name for one in found.grants for name in one.searches}
    assert found.ordinary == found.searches - len(unlocked)
    wanting = {ask_name(one, ask) for one, ask in here if ask.needs not in ORDINARY}
    assert unlocked == wanting


def test_names_of_the_source_stand_in_the_commands(tmp_path: Path) -> None:
    found = rights(tmp_path, AD % "audit@corp.example")
    assert found.names.samples == ()
    assert {one.directory for one in found.grants} == {"Active Directory"}
    deleted = next(one for one in found.grants if "deleted" in one.right)
    assert deleted.grant == (
        'dsacls "CN=Deleted Objects,DC=corp,DC=example" /takeownership',
        'dsacls "CN=Deleted Objects,DC=corp,DC=example" /G "audit@corp.example:LCRP"',
    )
    assert deleted.take_back == (
        'dsacls "CN=Deleted Objects,DC=corp,DC=example" /R "audit@corp.example"',
    )
    assert "UserPrincipalName -eq 'audit@corp.example'" in found.if_hardened[0].grant[0]


@pytest.mark.parametrize(
    ("user", "directories"),
    [
        ("CORP\\audit", {"Active Directory"}),
        ("uid=audit,ou=x,dc=a,dc=b", {"OpenLDAP", "FreeIPA"}),
        ("cn=audit,dc=a,dc=b", {"Active Directory", "OpenLDAP", "FreeIPA"}),
    ],
)
def test_the_form_of_the_account_tells_which_commands_are_wanted(
    user: str, directories: set[str], tmp_path: Path
) -> None:
    found = rights(tmp_path, POSIX % user)
    assert {one.directory for one in found.grants} == directories
    assert user in text_of(found) or "-Members audit" in text_of(found)


def test_without_a_directory_the_names_are_samples(tmp_path: Path) -> None:
    found = rights(tmp_path, "  - {name: here, kind: local}\n")
    assert (found.source, found.searches) == ("", len(SEARCHES))
    assert "handover-audit@corp.example" in found.names.samples
    ticket = rights(tmp_path, "  - {name: d, kind: ldap, domain: a.test, kerberos: true}\n")
    assert ticket.names.samples == (*("handover-audit@a.test", "uid=handover-audit,DC=a,DC=test"),)
    assert "CN=Deleted Objects,DC=a,DC=test" in text_of(ticket)


@pytest.mark.parametrize(
    "user",
    [
        "a$(id)@corp.example",
        "a`id`@x.test",
        'cn=a";rm,dc=x',
        "CORP\\a%PATH%",
        "a'b@x.test",
        "cn=a\u2028,dc=x",
    ],
)
def test_a_name_that_would_mean_something_else_in_a_command_is_refused(
    user: str, tmp_path: Path
) -> None:
    source = AD.replace("'%s'", '"%s"') % user.replace("\\", "\\\\").replace('"', '\\"')
    with pytest.raises(ConfigError, match=r"cannot stand in a command|control characters"):
        rights(tmp_path, source)


def test_what_was_left_out_needs_no_right(tmp_path: Path) -> None:
    found = planned(
        engagement(tmp_path, AD % "a@corp.example"), Chosen(("directory.trusts",)), discover=False
    )
    (only,) = rights_of(found)
    assert (only.grants, only.ordinary) == ((), only.searches)


@pytest.mark.parametrize("way", [*WAYS, *FALLBACK, *IF_HARDENED])
def test_no_right_reads_a_secret_or_writes_and_each_can_be_taken_back(way: object) -> None:
    lines = "\n".join(way.grant)  # type: ignore[attr-defined]
    granted = re.findall(r"\{account\}:([A-Z]+)", lines)
    assert set(granted) <= {"LCRP", "GR"}  # CA would unlock what is confidential
    assert not re.search(r"\b(write|manage)\b", lines)
    asked = {name.lower() for name in CONFIG_READ}
    assert not asked & SECRET_ATTRIBUTES
    assert way.take_back  # type: ignore[attr-defined]
    assert way.source.startswith("https://")  # type: ignore[attr-defined]


def test_what_is_read_of_a_servers_configuration_is_what_is_granted() -> None:
    asked = {name for _, ask in WANTING for name in ask.attributes if name.startswith("olc")}
    assert asked
    assert asked - {"olcMultiProvider"} <= set(CONFIG_READ)  # another name of olcMirrorMode


def seen(controller: SambaAd, kind: str) -> int:
    return len(controller.search(f"(objectClass={kind})", "1.1"))


def deleted(controller: SambaAd) -> int:
    """Return how many deleted accounts are seen, with the control that shows them."""
    control = ("-E", "!1.2.840.113556.1.4.417")
    return len(controller.search(*control, "(&(isDeleted=TRUE)(sAMAccountName=*))", "1.1"))


def test_the_rights_unlock_on_a_real_controller_and_no_more(own_samba_ad: SambaAd) -> None:
    """The same rights as SDDL: dsacls is a program of Windows."""
    grants = (
        orders.Grant(
            dn=f"CN=Password Settings Container,CN=System,{BASE}",
            ace=f"(A;CI;{_LCRP};;;{{@{READER.name}}})",
        ),
        orders.Grant(dn=f"CN=Deleted Objects,{BASE}", ace=f"(A;;{_LCRP};;;{{@{READER.name}}})"),
        orders.Grant(dn=BASE, ace=f"(OA;CIIO;{_LCRP};;{_RECOVERY};{{@{READER.name}}})"),
    )
    assert seen(own_samba_ad, "msDS-PasswordSettings") == 0
    assert seen(own_samba_ad, "msFVE-RecoveryInformation") == 0
    assert deleted(own_samba_ad) == 0
    own_samba_ad.write(*grants)
    assert deleted(own_samba_ad) > 0
    assert seen(own_samba_ad, "msDS-PasswordSettings") > 0
    assert seen(own_samba_ad, "msFVE-RecoveryInformation") > 0
    told = own_samba_ad.search("(objectClass=msFVE-RecoveryInformation)", "msFVE-RecoveryPassword")
    assert not any("recoverypassword" in str(entry).lower() for entry in told.values())


def test_grants_say_what_they_unlock_in_words(tmp_path: Path) -> None:
    for one in rights(tmp_path, AD % "a@corp.example").grants:
        assert isinstance(one, Grant)
        assert one.unlocks
        assert one.hidden


def test_a_domain_that_only_the_ending_of_an_account_tells_is_to_be_looked_at(
    tmp_path: Path,
) -> None:
    source = AD.replace("domain: corp.example", "servers: [dc1.corp.example]")
    found = rights(tmp_path, source % "audit@mail.example")
    assert found.names.samples == ("DC=mail,DC=example",)


def test_the_domain_is_taken_from_what_the_source_says() -> None:
    assert names_of(None).domain == "DC=corp,DC=example"
