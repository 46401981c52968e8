"""The form in which a subject names what may be someone's hold: a candidate, and its kind."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from msgspec import Struct

from agent.judge.access import Paths, paths_of
from agent.judge.case import AccessPath, Certainty, Power
from agent.judge.directory.directories import Directory
from agent.judge.hosts import Host
from agent.judge.tenant.tenants import Tenant
from inventory.model.evidence import Evidence
from inventory.model.record import Identifier, Record
from inventory.model.truth import Truth
from inventory.snapshot import Seen

R = TypeVar("R", bound=Record)

RANK = (Power.ROOT, Power.CONTROL, Power.RUN_AS, Power.NETWORK, Power.LOGIN, Power.INFORMATION)
_SURE = (Truth.YES, Truth.UNKNOWN, Truth.NO)


class Candidate(Struct, frozen=True):
    """What would be a hold if it were someone's."""

    kind: str
    target: str
    name: str  # says which one it is, within its kind and target; the same in every audit
    title: str
    subject: str
    power: Power
    evidence: tuple[Evidence, ...]
    identifiers: tuple[Identifier, ...] = ()
    through: tuple[Identifier, ...] = ()  # of what it leads through, such as the account
    perhaps: tuple[Identifier, ...] = ()  # of what may be the same: they only propose
    is_dependence: bool = False
    path: AccessPath | None = None
    carried: bool = False
    detail: str = ""
    slot: str = ""
    stands_alone: bool = False  # when nobody's, it stands in the way of zero

    @property
    def key(self) -> str:
        """Return what names it in every audit."""
        return f"{self.kind} {self.target} {self.name}"


class Scene:
    """One host as the kinds of holds see it: records, ways in, and the time."""

    def __init__(self, host: Host, now: int, access_ended: int | None = None) -> None:
        """Take the host; its ways in are worked out when they are asked for."""
        self.host = host
        self.now = now
        self.access_ended = access_ended  # when the leaver's access to secrets ended

    @cached_property
    def paths(self) -> Paths:
        """Return the ways into the host."""
        return paths_of(self.host, self.now)

    @cached_property
    def _ways(self) -> dict[tuple[str, str | None], list[AccessPath]]:
        found: dict[tuple[str, str | None], list[AccessPath]] = {}
        for path in self.paths.paths:
            found.setdefault((path.principal, path.account), []).append(path)
        return found

    @cached_property
    def _through(self) -> dict[str | None, list[AccessPath]]:
        found: dict[str | None, list[AccessPath]] = {}
        for path in self.paths.paths:
            found.setdefault(path.account, []).append(path)
        return found

    def way_through(self, account: str) -> AccessPath | None:
        """Return the strongest way through an account, whoever takes it."""
        return strongest(self._through.get(account, ()))

    def way(self, principal: str, account: str | None) -> AccessPath | None:
        """Return the strongest way of a principal through an account."""
        return strongest(self._ways.get((principal, account), ()))


class DirectoryScene(Scene):
    """One directory as the kinds of holds see it."""

    def __init__(self, directory: Directory, now: int, access_ended: int | None = None) -> None:
        """Take the directory."""
        super().__init__(directory, now, access_ended)
        self.directory = directory


class TenantScene(Scene):
    """One tenant as the kinds of holds see it."""

    def __init__(self, tenant: Tenant, now: int, access_ended: int | None = None) -> None:
        """Take the tenant."""
        super().__init__(tenant, now, access_ended)
        self.tenant = tenant


SceneT = TypeVar("SceneT", bound=Scene)
Find = Callable[[SceneT], Iterator[Candidate]]


class HoldKind(Struct, Generic[SceneT], frozen=True):
    """A kind of hold: what it reads, so that its absence can be proved, and how it is found."""

    name: str
    needs: tuple[type[Record], ...]
    find: Find[SceneT]


HOLD_KINDS: dict[str, HoldKind[Scene]] = {}  # of hosts
JOIN_KINDS: dict[str, HoldKind[Scene]] = {}  # of hosts, by the directories they are joined to
DIRECTORY_KINDS: dict[str, HoldKind[DirectoryScene]] = {}
TENANT_KINDS: dict[str, HoldKind[TenantScene]] = {}


def hold_kind(name: str, *, needs: Sequence[type[Record]]) -> Callable[[Find[Scene]], Find[Scene]]:
    """Mark a generator of candidates of a host and enter it into HOLD_KINDS."""

    def enter(find: Find[Scene]) -> Find[Scene]:
        HOLD_KINDS[name] = HoldKind(name, tuple(dict.fromkeys(needs)), find)
        return find

    return enter


def join_kind(name: str, *, needs: Sequence[type[Record]]) -> Callable[[Find[Scene]], Find[Scene]]:
    """Mark a generator of candidates of a host and its directories; enter it into JOIN_KINDS."""

    def enter(find: Find[Scene]) -> Find[Scene]:
        JOIN_KINDS[name] = HoldKind(name, tuple(dict.fromkeys(needs)), find)
        return find

    return enter


def directory_kind(
    name: str, *, needs: Sequence[type[Record]]
) -> Callable[[Find[DirectoryScene]], Find[DirectoryScene]]:
    """Mark a generator of candidates of a directory and enter it into DIRECTORY_KINDS."""

    def enter(find: Find[DirectoryScene]) -> Find[DirectoryScene]:
        DIRECTORY_KINDS[name] = HoldKind(name, tuple(dict.fromkeys(needs)), find)
        return find

    return enter


def tenant_kind(
    name: str, *, needs: Sequence[type[Record]]
) -> Callable[[Find[TenantScene]], Find[TenantScene]]:
    """Mark a generator of candidates of a tenant and enter it into TENANT_KINDS."""

    def enter(find: Find[TenantScene]) -> Find[TenantScene]:
        TENANT_KINDS[name] = HoldKind(name, tuple(dict.fromkeys(needs)), find)
        return find

    return enter


def needs_of(kind: str) -> tuple[type[Record], ...]:
    """Return the record kinds that could show a hold of a kind."""
    every = (HOLD_KINDS, JOIN_KINDS, DIRECTORY_KINDS, TENANT_KINDS)
    known = next((kinds[kind] for kinds in every if kind in kinds), None)
    return known.needs if known else ()


def strongest(paths: Sequence[AccessPath]) -> AccessPath | None:
    """Return the path of the most power; among equals the surest."""
    return min(paths, key=_strength, default=None)


def _strength(path: AccessPath) -> tuple[bool, int, int, bool]:
    closed = path.certain is Truth.NO
    guess = path.certainty is Certainty.PROPOSED
    return closed, RANK.index(path.power), _SURE.index(path.certain), guess


def of_row(
    scene: Scene,
    row: Seen[R],
    kind: str,
    *,
    name: str,
    title: str,
    subject: str,
    power: Power = Power.INFORMATION,
    is_dependence: bool = True,
    stands_alone: bool = False,
    slot: str = "",
    identifiers: tuple[Identifier, ...] | None = None,
    detail: str = "",
) -> Candidate:
    """Return the candidate that one record makes; its marks are the record's unless given."""
    target = scene.host.name
    where = "in" if isinstance(scene, DirectoryScene | TenantScene) else "on"
    marks = tuple(row.record.identifiers()) if identifiers is None else identifiers
    return Candidate(
        kind=kind,
        target=target,
        name=name,
        title=f"{title} {where} {target}",
        subject=subject,
        power=power,
        evidence=(row.evidence,),
        identifiers=marks,
        is_dependence=is_dependence,
        carried=row.carried,
        detail=detail,
        slot=f"{target} {slot}" if slot else "",
        stands_alone=stands_alone,
    )
