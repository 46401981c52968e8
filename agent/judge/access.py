"""The ways into a host: key, password or trusted authority, to an account, to its power."""

from collections.abc import Iterator

from msgspec import Struct

from agent.judge import members, rights, sudo
from agent.judge.case import AccessPath, Certainty, Power, Step
from agent.judge.directory.joins import Joined
from agent.judge.hosts import Host
from agent.judge.rights import Right
from agent.judge.rootlike import SOCKET_GROUPS, opens_a_shell
from agent.judge.sshd import By, Server
from inventory.model.access import AuthorizedKey, SshdSetting, SshTrust
from inventory.model.account import Account, PasswordState
from inventory.model.host import DomainJoin
from inventory.model.moment import Moment
from inventory.model.record import Record
from inventory.model.truth import Truth, all_of
from inventory.snapshot import Blank, Seen

NEEDS: tuple[type[Record], ...] = (
    AuthorizedKey,
    PasswordState,
    SshTrust,
    SshdSetting,
    DomainJoin,
    *rights.NEEDS,
)
NO_SHELL = ("nologin", "false", "sync", "halt", "shutdown", "true")
_SYSTEM = ("", "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/run/current-system/sw/bin")
_FORWARDS_ONLY = "no shell; forwarding of ports remains"
_BY_SOCKET = "by forwarding the socket of what the group steers"
_NO_FORWARDING = frozenset(("no-port-forwarding", "restrict"))


class Paths(Struct, frozen=True):
    """The access paths of one host, and the gaps that could hide more."""

    target: str
    paths: tuple[AccessPath, ...]
    blanks: tuple[Blank, ...]


class Entry(Struct, frozen=True):
    """The start of a path: what opens which account, and how surely."""

    principal: str  # "key SHA256:...", "password of alice"
    step: Step
    account: Account
    certain: Truth
    limit: str
    has_shell: bool = True
    command: str | None = None  # forced
    forwards: bool = True


def paths_of(host: Host, now: int | None) -> Paths:
    """Return the ways into a host; what is unread makes a way uncertain, never vanish."""
    found: list[AccessPath] = []
    for entry in _entries(host, now):
        found.extend(_ends(host.name, entry, rights.rights(host, entry.account)))
    found.extend(_authorities(host))
    return Paths(host.name, tuple(found), host.blanks(*NEEDS))


def stranger(name: str) -> Account:
    """Return an account that passwd does not have: a directory may know it. Root is always 0."""
    uid = 0 if name == "root" else members.STRANGER
    return Account(name=name, uid=uid, gid=uid, shell="")


def expired(state: PasswordState, now: int | None) -> Truth:
    """Tell whether the account as a whole has expired."""
    if state.expires is None:
        return Truth.NO
    return Truth.UNKNOWN if now is None else Moment.exact(now).after(state.expires)


def has_shell(account: Account) -> bool:
    """Return whether the account's shell runs commands; root's counts always (internal-sftp)."""
    place, _, name = account.shell.rpartition("/")
    return account.uid == 0 or name not in NO_SHELL or place not in _SYSTEM


def _has_expired(host: Host, account: str, now: int | None) -> Truth:
    """Tell whether an account has expired; a carried state, or an unread one, leaves it open."""
    rows = host.once(sudo.states).get(account, ())
    fresh = [expired(row.record, now) for row in rows if not row.carried]
    if fresh:
        return all_of(fresh)
    return Truth.NO if host.is_whole(PasswordState) and not rows else Truth.UNKNOWN


def _entries(host: Host, now: int | None) -> Iterator[Entry]:
    accounts = host.once(_accounts)
    server = host.once(Server)
    for key in host.rows(AuthorizedKey):
        has_expired = _has_expired(host, key.record.account, now)
        for account in accounts.get(key.record.account) or (None,):
            yield _by_key(host, server, key, account, has_expired)
    for account in host.rows(Account):
        entry = _by_password(host, server, account, now)
        if entry is not None:
            yield entry


def _accounts(host: Host) -> dict[str, list[Seen[Account]]]:
    """Return accounts by name, fresh ones first. Of two fresh ones the first of passwd counts."""
    found: dict[str, list[Seen[Account]]] = {}
    for row in sorted(host.rows(Account), key=lambda row: row.carried):
        found.setdefault(row.record.name, []).append(row)
    return found


def _by_key(
    host: Host,
    server: Server,
    key: Seen[AuthorizedKey],
    account: Seen[Account] | None,
    has_expired: Truth,
) -> Entry:
    record = key.record
    person = account.record if account else stranger(record.account)
    gate = server.gate(person, By.KEY, is_forced=record.command is not None)
    certain = gate.lets_in & ~has_expired
    if account is None:
        certain &= _exists(host, record.account)
    is_first = account is None or host.once(_accounts)[record.account][0] is account
    if key.carried or (account and account.carried) or not is_first:
        certain &= Truth.UNKNOWN
    name = "CA" if record.is_authority else "key"
    comment = f" ({record.comment})" if record.comment else ""
    only = f'only "{record.command}"' if record.command is not None else ""
    origins = f"from {', '.join(record.origins)}" if record.origins else ""
    closed = "the account has expired" if has_expired is Truth.YES else ""
    return Entry(
        f"{name} {record.fingerprint}",
        Step(f"{name} {record.fingerprint}{comment}", (key.evidence,)),
        person,
        certain,
        _joined(only, origins, gate.says, closed),
        has_shell(person),
        record.command,
        not _NO_FORWARDING & {option.casefold() for option in record.options}
        or "port-forwarding" in {option.casefold() for option in record.options},
    )


def _exists(host: Host, name: str) -> Truth:
    """Tell whether an account that passwd does not have exists: a directory may know it.

    A key may open one that is disabled there: SSSD's default lets it pass (sssd.conf(5)).
    """
    none = host.is_whole(Account) and members.knows_strangers(host)
    if none and not host.once(Joined).accounts(name):
        return Truth.NO
    return Truth.UNKNOWN


def _by_password(
    host: Host, server: Server, account: Seen[Account], now: int | None
) -> Entry | None:
    """Return the way by password; None when it is known that there is none."""
    record = account.record
    state = next(iter(host.once(sudo.states).get(record.name, ())), None)
    if state is None and host.is_whole(PasswordState):
        return None
    if state is not None and not state.carried and state.record.state in ("locked", "never"):
        return None
    has_expired = _has_expired(host, record.name, now)
    is_open = state is not None and not state.carried and state.record.state in ("set", "none")
    certain = (Truth.YES if is_open else Truth.UNKNOWN) & ~has_expired
    if account.carried:
        certain &= Truth.UNKNOWN
    gate = server.gate(record, By.PASSWORD)
    console = "at the console or by su; " + gate.says if gate.lets_in is not Truth.YES else ""
    unread = "" if is_open else "whether it has a password is not known"
    closed = "the account has expired" if has_expired is Truth.YES else ""
    is_none = is_open and state is not None and state.record.state == "none"
    says = "no password needed" if is_none else "password"
    evidence = (state.evidence,) if state else ()
    return Entry(
        f"password of {record.name}",
        Step(says, evidence),
        record,
        certain,
        _joined(console, unread, closed),
        has_shell(record),
    )


def _ends(target: str, entry: Entry, found: tuple[Right, ...]) -> Iterator[AccessPath]:
    """Yield a path for each right of the account, or one that ends at the account itself."""
    steps = (entry.step, Step(f"account {entry.account.name}"))
    if not entry.has_shell:
        yield _path(target, entry, steps, Power.LOGIN, entry.certain, _FORWARDS_ONLY)
        yield from _forwarded(target, entry, steps, found)
        return
    if entry.command is not None and not opens_a_shell(entry.command):
        power = Power.RUN_AS if _is_root(found) else Power.LOGIN
        yield _path(target, entry, steps, power, entry.certain, "")
        yield from _forwarded(target, entry, steps, found)
        return
    certainty = Certainty.PROVED if entry.command is None else Certainty.PROPOSED
    for right in found:
        step = Step(right.text, right.evidence, max(right.certainty, certainty, key=_is_guess))
        certain = entry.certain & right.certain
        yield _path(target, entry, (*steps, step), right.power, certain, right.limit)
    if not found:
        yield _path(target, entry, steps, Power.LOGIN, entry.certain, "")


def _forwarded(
    target: str, entry: Entry, steps: tuple[Step, ...], found: tuple[Right, ...]
) -> Iterator[AccessPath]:
    """Yield the root that lies behind a socket which the server forwards without any shell."""
    if entry.forwards:
        for right in found:
            if right.group in SOCKET_GROUPS:
                step = Step(right.text, right.evidence, Certainty.PROPOSED)
                certain = entry.certain & right.certain
                yield _path(target, entry, (*steps, step), Power.ROOT, certain, _BY_SOCKET)


def _is_guess(certainty: Certainty) -> bool:
    return certainty is Certainty.PROPOSED


def _is_root(found: tuple[Right, ...]) -> bool:
    return any(right.power is Power.ROOT for right in found)


def _path(
    target: str, entry: Entry, steps: tuple[Step, ...], power: Power, certain: Truth, limit: str
) -> AccessPath:
    end = (Step("root"),) if power is Power.ROOT else ()
    return AccessPath(
        target=target,
        principal=entry.principal,
        account=entry.account.name,
        steps=(*steps, *end),
        power=power,
        certain=certain,
        limit=_joined(entry.limit, limit),
    )


def _authorities(host: Host) -> Iterator[AccessPath]:
    """Yield the ways of the authorities whose certificates open any account."""
    server = host.once(Server)
    root = stranger("root")
    for row in host.rows(SshTrust):
        if row.record.type != "TrustedUserCAKeys":
            continue
        gate = server.gate(root, By.KEY)
        certain = Truth.UNKNOWN if row.carried or gate.lets_in is not Truth.YES else Truth.YES
        yield AccessPath(
            target=host.name,
            principal=f"CA {row.record.value}",
            account=None,
            steps=(
                Step(f"certificate signed by CA {row.record.value}", (row.evidence,)),
                Step("any account"),
                Step("root"),
            ),
            power=Power.ROOT,
            certain=certain,
            limit=gate.says,
        )


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
