"""The grants of sudoers(5) of one host, read once: to whom, as whom, which commands, how surely."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from agent.judge import members
from agent.judge.case import Certainty, Power
from agent.judge.directory.joins import Joined
from agent.judge.hosts import Host
from agent.judge.rootlike import GROUPS, amounts_to_root, is_unresolved
from inventory.model.access import SudoDefault, SudoGrant
from inventory.model.account import Account, Group, PasswordState
from inventory.model.truth import Truth
from inventory.snapshot import Seen

MOST_NAMED = 3  # commands that a limit names
_ANOTHERS = ("targetpw", "rootpw", "runaspw")  # whose password is asked for


class Grant(Struct, frozen=True):
    """One grant with its aliases replaced."""

    row: Seen[SudoGrant]
    here: Truth  # it holds on this host
    allowed: tuple[str, ...]
    refused: tuple[str, ...]
    run_as: tuple[str, ...]
    root: Certainty | None  # how surely it lets root in; None: it does not
    asks_anothers: bool  # it asks for a password that is not the caller's own
    certain: Truth  # UNKNOWN: it was not seen in this audit, or rests on what was not

    @property
    def power(self) -> Power:
        """Return what it gives to whom it names, wherever it is used."""
        if self.root is None or not self.allowed or self.asks_anothers:
            return Power.RUN_AS
        return power_of(self.allowed, "")[0]

    @property
    def limit(self) -> str:
        """Return `only ls, id, except su`."""
        only = "" if "ALL" in self.allowed else f"only {named(self.allowed)}"
        never = f"except {named(self.refused)}" if self.refused else ""
        return ", ".join(text for text in (only, never) if text)


def grants(host: Host) -> tuple[Grant, ...]:
    """Return the grants of a host."""
    return host.once(_grants)


def power_of(commands: Sequence[str], home: str) -> tuple[Power, Certainty]:
    """Return what commands give that run as root, and how surely."""
    if "ALL" in commands:
        return Power.ROOT, Certainty.PROVED
    if any(amounts_to_root(command, home) for command in commands):
        return Power.ROOT, Certainty.PROPOSED
    return Power.RUN_AS, Certainty.PROVED


def with_password(host: Host, account: Account, grant: Grant) -> tuple[Truth, str]:
    """Return whether the account can answer when sudo asks for a password, and what is in doubt."""
    if "NOPASSWD" in grant.row.record.tags or account.uid == 0:
        return Truth.YES, ""
    for row in host.rows(SudoDefault):
        one = row.record
        is_theirs = one.scope in ("", f":{account.name}")
        if one.setting == "!authenticate" and is_theirs and not row.carried:
            return Truth.YES, ""
        if one.setting in _ANOTHERS and is_theirs:
            return Truth.UNKNOWN, "sudo asks for another account's password"
    if not host.is_whole(SudoDefault):
        return Truth.UNKNOWN, "not all settings of sudo are known"
    return has_password(host, account, "sudo")


def has_password(host: Host, account: Account, program: str) -> tuple[Truth, str]:
    """Return whether an account has a password that works; it is never known not to."""
    if account.uid == members.STRANGER and host.once(Joined).accounts(account.name):
        return Truth.YES, ""  # the directory's: whether the account is open, its path says
    rows = host.once(states).get(account.name, ())
    if any(not row.carried and row.record.state in ("set", "none") for row in rows):
        return Truth.YES, ""
    if host.is_whole(PasswordState) and not any(row.carried for row in rows):
        return Truth.UNKNOWN, f"{program} asks for a password and the account has none"
    return Truth.UNKNOWN, f"{program} asks for a password; whether the account has one is not known"


def states(host: Host) -> dict[str, list[Seen[PasswordState]]]:
    """Return the states of passwords by account, the most telling first: fresh, then open ones."""
    found: dict[str, list[Seen[PasswordState]]] = {}
    for row in sorted(host.rows(PasswordState), key=_openness):
        found.setdefault(row.record.account, []).append(row)
    return found


def _openness(row: Seen[PasswordState]) -> tuple[bool, bool]:
    return row.carried, row.record.state not in ("set", "none")


def zero_names(host: Host) -> frozenset[str]:
    """Return the names under which root is known on a host."""
    return host.once(_zero_names)


def _zero_names(host: Host) -> frozenset[str]:
    own = {row.record.name for row in host.rows(Account) if row.record.uid == 0}
    return frozenset({"root", "#0"} | own)


def named(commands: Sequence[str]) -> str:
    """Return the first commands of a list, as people read it."""
    if "ALL" in commands:
        return "ALL"
    more = len(commands) - MOST_NAMED
    return ", ".join(commands[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _grants(host: Host) -> tuple[Grant, ...]:
    is_here = members.is_host(host)
    asks_anothers = any(
        row.record.setting in _ANOTHERS and not row.record.scope and not row.carried
        for row in host.rows(SudoDefault)
    )
    return tuple(
        _grant(host, row, is_here, asks_anothers=asks_anothers) for row in host.rows(SudoGrant)
    )


def _grant(
    host: Host, row: Seen[SudoGrant], is_here: members.Test, *, asks_anothers: bool
) -> Grant:
    record, aliases = row.record, members.aliases_of(host)
    allowed, refused = _sides(members.expanded(record.commands, of="Cmnd", aliases=aliases))
    run_as = tuple(members.expanded(record.run_as, of="Runas", aliases=aliases))
    groups = tuple(members.expanded(record.run_as_groups, of="Runas", aliases=aliases))
    old = row.carried or any(
        members.rests_on_carried(items, of=of, aliases=aliases)
        for items, of in (
            (record.commands, "Cmnd"),
            (record.run_as, "Runas"),
            (record.run_as_groups, "Runas"),
        )
    )
    return Grant(
        row=row,
        here=members.meant(record.hosts, is_here, of="Host", aliases=aliases),
        allowed=allowed,
        refused=refused,
        run_as=run_as,
        root=_as_root(host, run_as, groups),
        asks_anothers=asks_anothers and "NOPASSWD" not in record.tags,
        certain=Truth.UNKNOWN if old else Truth.YES,
    )


def _sides(commands: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is allowed and what is refused; "!ALL" takes back all that stands before it."""
    allowed: list[str] = []
    refused: list[str] = []
    for command in map(_bare, commands):
        if command == "!ALL":
            allowed, refused = [], []
        elif command.startswith("!"):
            refused.append(_bare(command[1:]))
        else:
            allowed.append(command)
    return tuple(allowed), tuple(refused)


def _bare(command: str) -> str:
    """Return the command without the digests that may stand before it."""
    words = command.split()
    while len(words) > 1 and words[0].startswith("sha") and ":" in words[0]:
        words = words[1:]
    return " ".join(words)


def _as_root(host: Host, run_as: Sequence[str], groups: Sequence[str]) -> Certainty | None:
    """Return how surely a Runas_Spec lets root in; a negation is not trusted to keep it out.

    Where a group is meant, root may be in it; where root is refused, another way may lead to it.
    """
    zero = zero_names(host)
    if any(name in zero or name == "ALL" for name in run_as):
        refused = any(name.startswith("!") and name[1:] in zero for name in run_as)
        return Certainty.PROPOSED if refused else Certainty.PROVED
    loose = any(name.startswith(("%", "+")) or is_unresolved(name) for name in run_as)
    return Certainty.PROPOSED if loose or any(_rootlike(host, groups)) else None


def _rootlike(host: Host, groups: Sequence[str]) -> Iterator[bool]:
    """Yield for each group of a Runas_Spec whether running with it amounts to root."""
    names = {f"#{row.record.gid}": row.record.name for row in host.rows(Group)}
    for group in groups:
        yield group in ("ALL", "root", "#0") or names.get(group, group) in GROUPS
        yield is_unresolved(group)
