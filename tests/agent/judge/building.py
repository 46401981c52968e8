"""Small environments held in memory: every kind that judgement asks for is told, unless refused."""

from collections.abc import Iterable, Mapping

from agent.judge.access import NEEDS
from agent.judge.case import Case, Dates, Decision
from agent.judge.footprint import SUBJECTS, Holdings
from agent.judge.holds.kind import HOLD_KINDS
from agent.judge.hosts import Host, Hosts
from inventory.model.access import AuthorizedKey, DoasRule, SshdSetting, SudoGrant
from inventory.model.account import Account, Group, LastLogin, LoggedIn, PasswordState
from inventory.model.evidence import Evidence, Gap, Pointer, Why
from inventory.model.host import HostIdentity
from inventory.model.moment import Moment
from inventory.model.network import Address, Connection
from inventory.model.party import Party, Person, Role
from inventory.model.record import Record
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen

Told = tuple[Reading, tuple[Seen[Record], ...]]

assert SUBJECTS  # imported so that HOLD_KINDS is whole
KINDS: tuple[type[Record], ...] = tuple(
    dict.fromkeys(
        (
            *NEEDS,
            *(need for kind in HOLD_KINDS.values() for need in kind.needs),
            *(HostIdentity, Address, LastLogin, LoggedIn, Connection),
        )
    )
)
NOW = 1_800_000_000
DAY_S = 86_400
EVERYWHERE = ("ALL",)

THEIR_KEY = "SHA256:" + "t" * 43
OUR_KEY = "SHA256:" + "c" * 43
NOBODYS_KEY = "SHA256:" + "n" * 43

OLDMSP = Party(
    role=Role.OUTGOING,
    name="OldMSP",
    people=(Person("Otto Alt", mails=("otto@oldmsp.example",), accounts=("otto",)),),
    mail_domains=("oldmsp.example",),
    networks=("203.0.113.0/24", "2001:db8:1::/48"),
    ssh_keys=(THEIR_KEY,),
    accounts=("oldmsp",),
    agent_instances=("inst-old",),
    servers=("rmm.oldmsp.example", ".old-cloud.example"),
)
CLIENT = Party(
    role=Role.CLIENT,
    name="Client",
    mail_domains=("client.example",),
    accounts=("carla",),
    ssh_keys=(OUR_KEY,),
)


def collector_of(kind: type[Record]) -> str:
    return f"linux.{kind.__name__.lower()}"


def host(
    target: str,
    *records: Record,
    refused: Mapping[type[Record], Why] | None = None,
    part: str = "",
    carried: Iterable[type[Record]] = (),
    unasked: Iterable[type[Record]] = (),
    collector: str | None = None,
) -> tuple[Told, ...]:
    """Return one reading a kind. `refused`: with that gap; with `part`, only that part is hidden.

    A kind that is refused keeps its rows as carried ones only when it is in `carried` as well.
    """
    gaps = dict(refused or {})
    old = frozenset(carried)
    return tuple(
        _told(target, kind, records, gaps.get(kind), part, is_old=kind in old, name=collector)
        for kind in KINDS
        if kind not in frozenset(unasked)
    )


def _told(
    target: str,
    kind: type[Record],
    records: Iterable[Record],
    why: Why | None,
    part: str,
    *,
    is_old: bool,
    name: str | None,
) -> Told:
    key = ReadingKey("ssh", target, name or collector_of(kind))
    mine = [record for record in records if type(record) is kind]
    gaps = () if why is None else (Gap(why, "ask", part, "as the test wants it"),)
    if why is None:
        state = State.COMPLETE
    elif part:
        state = State.PARTIAL
        mine = [record for record in mine if record.part != part]
    else:
        state = State.NOT_ASKED if why is Why.NOT_ASKED else State.FAILED
        mine = mine if is_old else []
    rows = tuple(
        seen(record, target, name or collector_of(kind), carried=is_old) for record in mine
    )
    return Reading(key, state, (kind.__name__,), gaps), rows


def seen(
    record: Record, target: str = "web1", collector: str = "linux.one", *, carried: bool = False
) -> Seen[Record]:
    at = Pointer("ask", f"line of {type(record).__name__}")
    return Seen(record, Evidence("ssh", target, collector, at, 1), carried)


def snapshot(*hosts: tuple[Told, ...]) -> MemorySnapshot:
    return MemorySnapshot(2, (one for told in hosts for one in told))


def one_host(*records: Record, **options: object) -> Host:
    return Hosts(snapshot(host("web1", *records, **options))).host("web1")  # type: ignore[arg-type]


def case(
    *hosts: tuple[Told, ...],
    parties: tuple[Party, ...] = (OLDMSP, CLIENT),
    decisions: tuple[Decision, ...] = (),
    access_ended: int | None = None,
    listed: tuple[str, ...] = (),
    own_key: str = "",
    own_account: str = "",
) -> Case:
    return Case(
        snapshot=snapshot(*hosts),
        parties=parties,
        dates=Dates(NOW, access_ended=access_ended),
        decisions=decisions,
        hosts=listed,
        own_key=own_key,
        own_account=own_account,
    )


def holdings(*records: Record, **options: object) -> Holdings:
    return Holdings(case(host("web1", *records), **options))  # type: ignore[arg-type]


ROOT = Account(name="root", uid=0, gid=0, home="/root", shell="/bin/bash")


def account(
    name: str, uid: int = 1000, *, gid: int | None = None, shell: str = "/bin/bash", gecos: str = ""
) -> Account:
    own = uid if gid is None else gid
    return Account(name=name, uid=uid, gid=own, gecos=gecos, home=f"/home/{name}", shell=shell)


def password(
    name: str, state: str = "set", *, expired: bool = False, day: int = 15_000
) -> PasswordState:
    ends = Moment.of_day(NOW // DAY_S - 10) if expired else None
    return PasswordState(account=name, state=state, changed=Moment.of_day(day), expires=ends)


def key(
    name: str,
    fingerprint: str = NOBODYS_KEY,
    *,
    comment: str = "",
    options: tuple[str, ...] = (),
    origins: tuple[str, ...] = (),
    command: str | None = None,
    is_authority: bool = False,
) -> AuthorizedKey:
    return AuthorizedKey(
        account=name,
        file=f"/home/{name}/.ssh/authorized_keys",
        algorithm="ssh-ed25519",
        fingerprint=fingerprint,
        comment=comment,
        options=options,
        origins=origins,
        command=command,
        is_authority=is_authority,
    )


def sudo(
    *users: str,
    commands: tuple[str, ...] = ("ALL",),
    run_as: tuple[str, ...] = ("ALL",),
    groups: tuple[str, ...] = (),
    hosts: tuple[str, ...] = EVERYWHERE,
    tags: tuple[str, ...] = ("NOPASSWD",),
    file: str = "/etc/sudoers",
) -> SudoGrant:
    return SudoGrant(
        file=file,
        users=users,
        hosts=hosts,
        run_as=run_as,
        run_as_groups=groups,
        commands=commands,
        tags=tags,
    )


def doas(order: int, identity: str, *, permits: bool = True, **options: object) -> DoasRule:
    return DoasRule(order=order, identity=identity, permits=permits, **options)  # type: ignore[arg-type]


def group(name: str, *members: str, gid: int = 900) -> Group:
    return Group(name=name, gid=gid, members=members)


_OPEN = {
    "pubkeyauthentication": "yes",
    "passwordauthentication": "yes",
    "kbdinteractiveauthentication": "no",
    "permitrootlogin": "yes",
    "usepam": "yes",
}


def sshd(match: str = "", **settings: str) -> tuple[SshdSetting, ...]:
    """Return an open server's settings, with these in place of its own; of a block only these."""
    said = settings if match else _OPEN | settings
    return tuple(
        SshdSetting(keyword=keyword, match=match, value=value, is_effective=not match)
        for keyword, value in said.items()
    )
