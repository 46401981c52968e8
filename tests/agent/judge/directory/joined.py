"""A host that takes its accounts from a small directory, both told in full unless refused."""

from collections.abc import Iterable, Mapping

from agent.judge.case import Case, Dates
from agent.judge.footprint import Holdings
from agent.judge.holds.kind import Candidate
from inventory.model.evidence import Gap, Why
from inventory.model.host import DomainJoin, HostIdentity
from inventory.model.record import Record
from inventory.reading import Reading
from inventory.snapshot import MemorySnapshot, Seen
from tests.agent.judge.building import CLIENT, NOW, OLDMSP, ROOT, host, password, sshd
from tests.agent.judge.directory.building import AD, DOMAIN, NAME, group, members, reading, user

JOIN = DomainJoin(domain="corp.example", by="sssd", file="/etc/sssd/sssd.conf")
BASE = (
    ROOT,
    password("root", "locked"),
    *sshd(),
    HostIdentity(hostname="web1", fqdn="web1.corp.example"),
)
ALICE = user("alice", 2001, mails=("alice@oldmsp.example",))
CARLA = user("carla", 2002, mails=("carla@client.example",))
ADMINS = group("linux-admins", 3001)
HELPDESK = group("helpdesk", 3002)
PEOPLE = (ALICE, CARLA, ADMINS, HELPDESK, members("linux-admins", "helpdesk"))
THROUGH = (*PEOPLE, members("helpdesk", "alice"))


def environment(
    on_host: Iterable[Record] = (),
    in_directory: Iterable[Record] = THROUGH,
    *,
    join: DomainJoin | None = JOIN,
    refused: Mapping[type[Record], Why] | None = None,
    gaps: Iterable[Gap] = (),
    is_audited: bool = True,
) -> Case:
    """Return one host and one directory."""
    joins = () if join is None else (join,)
    told = host("web1", *BASE, *joins, *on_host, refused=refused)
    realm = (reading((AD, DOMAIN, *in_directory), gaps),) if is_audited else ()
    readings: list[tuple[Reading, tuple[Seen[Record], ...]]] = [*told, *realm]
    return Case(snapshot=MemorySnapshot(2, readings), parties=(OLDMSP, CLIENT), dates=Dates(NOW))


def paths(case: Case, kind: str = "directory path") -> dict[str, Candidate]:
    """Return the candidates of a kind by their subjects."""
    judged = Holdings(case).judged
    return {one.candidate.subject: one.candidate for one in judged if one.candidate.kind == kind}


ALICE_THERE = f"alice@{NAME}"
