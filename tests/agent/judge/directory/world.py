"""A directory and a joined host in which a leaving party has every kind of hold; each kind of
record is told by a reading of its own, so that each can be refused alone.
"""

from collections.abc import Iterable

from agent.judge.case import Case
from agent.judge.footprint import DIRECTORY_KINDS, JOIN_KINDS
from inventory.model.access import SshTrust
from inventory.model.directory import TenantLink, Trust
from inventory.model.directory_accounts import DirectoryComputer, DirectoryKey
from inventory.model.directory_policies import PolicySetting
from inventory.model.directory_rights import (
    DirectoryRight,
    DirectorySudoRole,
    ManagedPasswordReader,
    ResourceDelegation,
)
from inventory.model.directory_services import ConnectionPoint, DhcpServer, DnsEntry
from inventory.model.evidence import Evidence, Pointer
from inventory.model.record import KINDS, Record
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import Seen
from tests.agent.judge.building import (
    CLIENT,
    OLDMSP,
    THEIR_KEY,
    Told,
    case,
    collector_of,
    host,
    sudo,
)
from tests.agent.judge.directory.building import AD, BASE, DOMAIN, NAME, SID, group, members, user
from tests.agent.judge.directory.joined import BASE as HOST
from tests.agent.judge.directory.joined import JOIN

REALM_KINDS = tuple(
    kind for kind in KINDS.values() if kind.__module__.startswith("inventory.model.direct")
)
PARTIES = (OLDMSP, CLIENT)
TENANT = "inst-old"  # the profile of OldMSP names it
ALICE = user(
    "alice",
    2001,
    mails=("alice@oldmsp.example",),
    flags=("trusted for delegation",),
    sid_history=("S-1-5-21-9-9-9-1000",),
)
MIA = user("mia", 2002, mails=("mia@client.example",))
ADMINS, HELPDESK = group("Domain Admins", 512), group("helpdesk", 3002, managed_by=ALICE.dn)
SERVER = DirectoryComputer(
    id="id-srv",
    dn=f"CN=SRV,{BASE}",
    name="SRV$",
    dns_name="srv.old-cloud.example",
    is_enabled=True,
    primary_group=515,
)
HELD: tuple[Record, ...] = (
    AD,
    DOMAIN,
    ALICE,
    MIA,
    ADMINS,
    HELPDESK,
    members("Domain Admins", "alice", "mia"),
    members("helpdesk", "alice"),
    SERVER,
    DirectoryKey(
        account=ALICE.id, dn=ALICE.dn, name="alice", algorithm="ssh-ed25519", fingerprint=THEIR_KEY
    ),
    DirectoryRight(
        object=f"OU=Staff,{BASE}", type="OU", principal=ALICE.sid or "", rights=("all",)
    ),
    ResourceDelegation(account=SERVER.id, principal=ALICE.sid or ""),
    ManagedPasswordReader(account="id-gmsa", principal=ALICE.sid or ""),
    DirectorySudoRole(
        id="role", dn="cn=all", name="all", users=("alice",), hosts=("ALL",), commands=("ALL",)
    ),
    Trust(partner="ad.old-cloud.example", direction="out", type="Active Directory"),
    TenantLink(tenant_id=TENANT),
    DnsEntry(zone=NAME, name="vpn", type="A", value="203.0.113.9"),
    DhcpServer(name="dhcp.old-cloud.example"),
    ConnectionPoint(dn=f"CN=rmm,{BASE}", name="rmm", dns_name="rmm.oldmsp.example"),
    PolicySetting(
        policy="{A}",
        side="computer",
        kind="software",
        name="Agent",
        value="x",
        file="Policies/{A}/x",
        servers=("rmm.oldmsp.example",),
    ),
    PolicySetting(
        policy="{A}",
        side="computer",
        kind="local administrator",
        name="Administrators",
        file="Policies/{A}/y",
        account=ALICE.sid or "",
    ),
)
CLEAN: tuple[Record, ...] = (AD, DOMAIN, MIA, ADMINS, HELPDESK, members("Domain Admins", "mia"))
COMMAND = SshTrust(type="AuthorizedKeysCommand", value="/usr/bin/sss_ssh_authorizedkeys")
ON_HOST = (*HOST, JOIN, COMMAND, sudo("%helpdesk"))
CLEAN_HOST = HOST
EVERY = (*DIRECTORY_KINDS, *JOIN_KINDS)
assert SID


def readings(records: Iterable[Record]) -> tuple[Told, ...]:
    """Return one reading of the directory for each kind."""
    given = tuple(records)
    return tuple(_told(kind, [one for one in given if type(one) is kind]) for kind in REALM_KINDS)


def _told(kind: type[Record], records: list[Record]) -> Told:
    key = ReadingKey("directory", NAME, collector_of(kind))
    at = Evidence("directory", NAME, key.collector, Pointer("ask", kind.__name__), 1)
    rows = tuple(Seen(one, at) for one in records)
    return Reading(key, State.COMPLETE, (kind.__name__,)), rows


def environment(is_clean: bool) -> tuple[Told, ...]:
    """Return the readings of the host and the directory."""
    on_host = CLEAN_HOST if is_clean else ON_HOST
    return (*host("web1", *on_host), *readings(CLEAN if is_clean else HELD))


def judged_case(told: tuple[Told, ...]) -> Case:
    return case(told, parties=PARTIES)
