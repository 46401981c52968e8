"""The real domain is audited as a user does it: every specimen is named, and no decoy is.

What a row of the table of directory facts has to say is in ROWS: rules, and kinds of holds.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from agent.cli.opening import opened
from agent.judge.case import Verdict
from agent.judge.judgement import Judgement
from agent.judge.rules.all import RULES
from inventory.model.directory_accounts import DirectoryAccount
from tests.agent.cli.auditing import handover
from tests.lab.directory.ad.specimen import Row, Specimen
from tests.lab.directory.orders import Add
from tests.lab.directory.samba import SambaAd
from tests.lab.directory.specimens import TRUTH

POWER = ("hold:directory member",)
ROWS: dict[Row, tuple[str, ...]] = {
    1: ("directory.level",),
    3: ("directory.role-holder",),
    4: ("directory.controllers", "directory.controller-silent"),
    5: ("directory.read-only-controller",),
    7: ("directory.stale-account", "directory.stale-admin"),
    8: ("directory.stale-account",),
    9: ("directory.password-never-expires",),
    10: ("directory.no-password", "directory.weak-encryption"),
    11: ("directory.no-preauthentication",),
    12: ("directory.service-ticket",),
    14: POWER,
    15: (
        "directory.closed-admin",
        "directory.stale-admin",
        "directory.leaver-privileged",
        "theirs",
    ),
    16: ("directory.protected-leftover",),
    17: ("directory.domain-rights",),
    18: ("directory.copies-secrets", "directory.domain-rights"),
    19: ("directory.delegated",),
    20: ("directory.former-identity",),
    21: ("directory.unconstrained",),
    22: ("directory.delegation",),
    23: ("directory.resource-delegation",),
    24: ("directory.key-credential",),
    25: ("directory.managed-password",),
    26: ("directory.krbtgt",),
    27: ("directory.administrator", "directory.guest"),
    29: ("directory.password-policy",),
    30: ("directory.fine-policy",),
    31: ("directory.machine-quota",),
    32: ("directory.laps",),
    34: ("directory.computer-eol",),
    35: ("directory.stale-computer",),
    36: ("directory.primary-group",),
    37: ("directory.trust",),
    38: ("directory.foreign-admin",),
    40: ("directory.path-elsewhere",),
    42: ("directory.dns-updates", "directory.dns-wildcard", "theirs"),
    43: ("directory.operators",),
    44: ("directory.authority",),
    45: ("directory.template",),
    46: ("directory.trusted-authority",),
    47: ("hold:directory right",),
    48: ("directory.sso-key",),
    49: ("directory.tenant",),
    50: ("directory.exchange",),
    53: ("theirs",),
    54: ("theirs",),
    55: ("directory.recycle-bin",),
    56: ("directory.recent-deletion",),
    57: ("directory.backup",),
    60: ("directory.heuristics",),
    61: ("directory.anonymous",),
    62: ("directory.circle",),
    63: ("directory.owner-gone",),
    64: ("directory.secret-in-text",),
    66: ("directory.certificate",),
}
"""What must be said of a row; a row that is not here is knowledge, of which records are kept."""

IN_OTHER_WORDS = {  # what is said of a specimen where its entry's own name is not said
    "a member of Exchange's most powerful group": "op.mail in organization management",
    "the tenant that devices join": "8f1d6c1e-5a0b-4e0f-9a53-0d6f1f2c7b11",
    "the only controller that works": "no second controller",
    "a workstation without a managed local password or a recovery key": "computers have none",
    "a role whose holder is gone": "held by dc2",
    "no recycle bin": "the recycle bin is on",
    "a person whose manager left": "answers for team.tea",
    "the rights of Domain Admins and of the system": "\ndomain admins dc=corp",
    "the zone of the domain": "\ncorp.example dc=domaindnszones",
    "a trust with a SID filter": "sister.example may be used here; its sids are not filtered",
}
KNOWLEDGE = {  # specimens of a row that are kept as records, and are no fault
    (9, "a person who must change the password"),
    (14, "an account of the provider by its mail address"),  # an account, in no group
    (34, "a Linux server of this company"),
    (37, "a trust by which we are trusted"),
    (50, "a mailbox in the cloud of a person of the house"),
    (62, "an empty group without an owner"),
}
NOT_READ = {  # by attributes that no collector asks for: there is no fact to judge
    (25, "a delegated managed account that replaces an administrator's"),
    (15, "a certificate that logs on as somebody"),
}


class Said(Struct, frozen=True):
    """What was said by a rule, or a kind of hold."""

    by: str
    text: str  # lower case: what it says and where it stands

    def names(self, one: Specimen) -> bool:
        return any(name in self.text for name in names_of(one))


def names_of(one: Specimen) -> tuple[str, ...]:
    """Return the names by which something is said of a specimen, in lower case."""
    if one.name in IN_OTHER_WORDS:
        return (IN_OTHER_WORDS[one.name],)
    first = one.dn.partition(",")[0].partition("=")[2]
    login = [
        str(order.attributes["sAMAccountName"])
        for order in one.orders
        if isinstance(order, Add) and order.dn == one.dn and "sAMAccountName" in order.attributes
    ]
    return tuple(name.casefold() for name in (one.dn, first, *login))


@pytest.fixture(scope="module")
def judged(samba_ad: SambaAd, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judgement]:
    """Return the audit of the domain by its administrator, judged."""
    folder = tmp_path_factory.mktemp("engagement")
    login = samba_ad.administrator
    (folder / "ca.pem").write_bytes(Path(samba_ad.ca_file).read_bytes())
    (folder / "handover.yaml").write_text(
        "client: Muster GmbH\n"
        "authorisation: {name: Mia Muster, role: owner, date: 2026-11-01, reference: order 7}\n"
        "parties:\n"
        "  client: {name: Muster GmbH, mail_domains: [muster.example], servers: [.corp.example],\n"
        "    tenant_ids: [11111111-1111-1111-1111-111111111111]}\n"
        "  outgoing: {name: OldMSP, leaving: provider, mail_domains: [oldmsp.example],\n"
        "    accounts: [jdoe, kalt], servers: [.oldmsp.example], networks: [203.0.113.0/24]}\n"
        "sources:\n"
        f"  - {{name: directory, kind: ldap, domain: corp.example, user: {login.principal},\n"
        f"     servers: ['ldaps://{samba_ad.address}:636'], password: 'env:PW', ca_file: ca.pem,\n"
        "     server_name: dc1.corp.example}\n"
    )
    (folder / "handover.yaml").chmod(0o600)
    ran = handover(folder, "audit", env={"PW": login.password})
    assert ran.returncode == 3, ran.stderr
    with opened(folder) as found:
        yield found.judgement()


@pytest.fixture(scope="module")
def said(judged: Judgement) -> tuple[Said, ...]:
    return tuple(_said(judged))


def _said(judged: Judgement) -> Iterator[Said]:
    for one in judged.findings:
        if one.verdict is Verdict.NOT_MET:
            places = " ".join(str(place) for place in one.evidence)
            yield Said(one.rule, f"\n{one.subject} {one.says} {places}".casefold())
    theirs = (*judged.outgoing.holds, *judged.outgoing.dependences)
    for hold in (*theirs, *judged.unattributed.holds, *judged.client.holds):
        yield Said(f"hold:{hold.kind}", f"{hold.title} {hold.subject}".casefold())
    for hold in theirs:
        places = " ".join(str(place) for place in hold.evidence)
        yield Said("theirs", f"{hold.title} {hold.subject} {places}".casefold())


EXPECTED = [
    pytest.param(one, row, id=f"{row}: {one.name}")
    for one in TRUTH
    for row in one.rows
    if row in ROWS and not one.is_decoy and (row, one.name) not in KNOWLEDGE | NOT_READ
]
DECOYS = [
    pytest.param(one, row, id=f"{row}: {one.name}")
    for one in TRUTH
    for row in one.rows
    if row in ROWS and one.is_decoy
]


def test_every_rule_of_a_row_is_one_that_there_is() -> None:
    rules = {by for says in ROWS.values() for by in says if by.startswith("directory.")}
    assert rules <= set(RULES)


@pytest.mark.parametrize(("one", "row"), EXPECTED)
def test_a_specimen_is_named(one: Specimen, row: Row, said: tuple[Said, ...]) -> None:
    assert any(each.by in ROWS[row] and each.names(one) for each in said)


@pytest.mark.parametrize(("one", "row"), DECOYS)
def test_a_decoy_is_not_named(one: Specimen, row: Row, said: tuple[Said, ...]) -> None:
    assert [each for each in said if each.by in ROWS[row] and each.names(one)] == []


def test_every_account_of_the_truth_is_known_by_its_own_name(judged: Judgement) -> None:
    rows = judged.case.snapshot.read(DirectoryAccount).known().rows
    names = {row.record.name for row in rows}
    logins = {
        str(told["sAMAccountName"])
        for one in TRUTH
        for told in one.adds.values()
        if "user" in told.get("objectClass", ()) and "sAMAccountName" in told
    }
    assert {login for login in logins if login.isascii() and not login.endswith("$")} <= names
