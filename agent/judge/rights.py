"""What an account may do beyond itself: by uid, groups, sudo and doas."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from agent.judge import members
from agent.judge.case import Certainty, Power
from agent.judge.hosts import Host
from agent.judge.rootlike import GROUPS, amounts_to_root, is_unresolved
from inventory.model.access import DoasRule, SudoAlias, SudoDefault, SudoGrant
from inventory.model.account import Account, Group, PasswordState
from inventory.model.evidence import Evidence
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.snapshot import Seen

NEEDS: tuple[type[Record], ...] = (Account, Group, SudoGrant, SudoAlias, SudoDefault, DoasRule)
MOST_NAMED = 3  # commands that a limit names


class Right(Struct, frozen=True):
    """One way from an account to more power."""

    text: str  # "sudo ALL", "group docker", "uid 0"
    power: Power
    certainty: Certainty = Certainty.PROVED
    certain: Truth = Truth.YES
    limit: str = ""
    evidence: tuple[Evidence, ...] = ()


def rights(host: Host, account: Account, asked: frozenset[str] = frozenset()) -> tuple[Right, ...]:
    """Return the rights of an account, the strongest first. `asked`: accounts on the way here."""
    found = [*_uid(account), *_groups(host, account)]
    found += _sudo(host, account, asked | {account.name})
    found += _doas(host, account)
    return tuple(sorted(found, key=_order))


def power_of(host: Host, grant: SudoGrant) -> Power:
    """Return what a grant gives to whom it names, wherever it is used."""
    aliases = members.aliases_of(host)
    run_as = tuple(members.expanded(grant.run_as, of="Runas", aliases=aliases))
    said = (_bare(one) for one in members.expanded(grant.commands, of="Cmnd", aliases=aliases))
    allowed = [command for command in said if not command.startswith("!")]
    return _power(allowed, "")[0] if allowed and _may_be_root(host, run_as) else Power.RUN_AS


def _order(right: Right) -> tuple[bool, bool, bool, str]:
    return (
        right.power is not Power.ROOT,
        right.certainty is Certainty.PROPOSED,
        right.certain is not Truth.YES,
        right.text,
    )


def _uid(account: Account) -> Iterator[Right]:
    if account.uid == 0:
        yield Right("uid 0", Power.ROOT)


def _groups(host: Host, account: Account) -> Iterator[Right]:
    for name, row in members.groups_of(host, account).items():
        if name in GROUPS:
            yield Right(
                f"group {name}",
                Power.ROOT,
                GROUPS[name],
                Truth.UNKNOWN if row.carried else Truth.YES,
                evidence=(row.evidence,),
            )


def _sudo(host: Host, account: Account, asked: frozenset[str]) -> Iterator[Right]:
    aliases = members.aliases_of(host)
    is_user, is_here = members.is_user(host, account), members.is_host(host)
    for row in host.rows(SudoGrant):
        grant = row.record
        allowed = members.meant(grant.users, is_user, of="User", aliases=aliases)
        allowed &= members.meant(grant.hosts, is_here, of="Host", aliases=aliases)
        if allowed is not Truth.NO:
            certain = Truth.UNKNOWN if row.carried else allowed
            yield from _granted(host, account, row, certain, asked)


def _granted(
    host: Host, account: Account, row: Seen[SudoGrant], certain: Truth, asked: frozenset[str]
) -> Iterator[Right]:
    """Yield what one grant gives: as root, or as another account and what that one may do."""
    grant, aliases = row.record, members.aliases_of(host)
    said = tuple(members.expanded(grant.commands, of="Cmnd", aliases=aliases))
    allowed = [_bare(command) for command in said if not _bare(command).startswith("!")]
    if not allowed:
        return
    refused = [_bare(command) for command in said if _bare(command).startswith("!")]
    certain, why = _with_password(host, account, grant, certain)
    limit = "; ".join(text for text in (_limit(allowed, refused), why) if text)
    run_as = tuple(members.expanded(grant.run_as, of="Runas", aliases=aliases))
    if _may_be_root(host, run_as):
        power, certainty = _power(allowed, account.home)
        text = f"sudo {_named(allowed)}"
        yield Right(text, power, certainty, certain, limit, (row.evidence,))
        return
    others = ", ".join(run_as) or account.name
    limit = "; ".join(text for text in (f"as {others}", limit) if text)
    evidence = (row.evidence,)
    yield Right(f"sudo as {others}", Power.RUN_AS, Certainty.PROVED, certain, limit, evidence)
    if "ALL" in allowed:
        yield from _through(host, row, run_as, certain, asked)


def _through(
    host: Host, row: Seen[SudoGrant], run_as: Sequence[str], certain: Truth, asked: frozenset[str]
) -> Iterator[Right]:
    """Yield the root that another account has, to someone who may run anything as that account."""
    accounts = {one.record.name: one.record for one in host.rows(Account)}
    for name in (name for name in run_as if name in accounts and name not in asked):
        for right in rights(host, accounts[name], asked):
            if right.power is Power.ROOT:
                text = f"sudo as {name}, {right.text}"
                evidence = (row.evidence, *right.evidence)
                both = certain & right.certain
                yield Right(text, Power.ROOT, Certainty.PROPOSED, both, "", evidence)


def _may_be_root(host: Host, run_as: Sequence[str]) -> bool:
    """Tell whether a Runas_List lets root in; a negation is not trusted to keep it out."""
    zero = {row.record.name for row in host.rows(Account) if row.record.uid == 0}
    names = {"root", "ALL", "#0"} | zero
    return any(
        name in names or name.startswith(("%", "+")) or is_unresolved(name) for name in run_as
    )


def _power(commands: Sequence[str], home: str) -> tuple[Power, Certainty]:
    if "ALL" in commands:
        return Power.ROOT, Certainty.PROVED
    if any(amounts_to_root(command, home) for command in commands):
        return Power.ROOT, Certainty.PROPOSED
    return Power.RUN_AS, Certainty.PROVED


def _with_password(
    host: Host, account: Account, grant: SudoGrant, certain: Truth
) -> tuple[Truth, str]:
    """Return UNKNOWN where sudo asks for a password that the account does not have."""
    asks = {d.record.setting.split("=")[0] for d in host.rows(SudoDefault)}
    if "NOPASSWD" in grant.tags or asks & {"!authenticate", "targetpw", "rootpw", "runaspw"}:
        return certain, ""
    states = {row.record.state for row in host.rows(PasswordState) if _is_of(row, account)}
    if states and states <= {"locked", "never"} and account.uid != 0:
        return certain & Truth.UNKNOWN, "sudo asks for a password and the account has none"
    return certain, ""


def _is_of(row: Seen[PasswordState], account: Account) -> bool:
    return row.record.account == account.name


def _bare(command: str) -> str:
    """Return the command without the digests that may stand before it."""
    words = command.split()
    while len(words) > 1 and words[0].startswith("sha") and ":" in words[0]:
        words = words[1:]
    return " ".join(words)


def _limit(allowed: Sequence[str], refused: Sequence[str]) -> str:
    only = "" if "ALL" in allowed else f"only {_named(allowed)}"
    never = f"except {_named([c[1:] for c in refused])}" if refused else ""
    return ", ".join(text for text in (only, never) if text)


def _named(commands: Sequence[str]) -> str:
    if "ALL" in commands:
        return "ALL"
    more = len(commands) - MOST_NAMED
    return ", ".join(commands[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _doas(host: Host, account: Account) -> Iterator[Right]:
    """Yield what the rules leave: a full denial takes back all that stands before it."""
    left: list[Right] = []
    rows = sorted(host.rows(DoasRule), key=lambda row: (row.record.file, row.record.order))
    is_user = members.is_user(host, account)
    for row in rows:
        rule = row.record
        name = rule.identity
        applies = is_user(f"%{name[1:]}" if name.startswith(":") else name)
        if applies is Truth.NO:
            continue
        certain = Truth.UNKNOWN if row.carried else applies
        if rule.permits:
            left.append(_permitted(row, account, certain))
        elif rule.command is None and rule.target is None:
            left = [] if certain is Truth.YES else [_doubted(right) for right in left]
    yield from left


def _permitted(row: Seen[DoasRule], account: Account, certain: Truth) -> Right:
    rule, evidence, sure = row.record, (row.evidence,), Certainty.PROVED
    only = f"only {rule.command}" if rule.command else ""
    if rule.target not in (None, "root"):
        limit = ", ".join(text for text in (f"as {rule.target}", only) if text)
        return Right(f"doas as {rule.target}", Power.RUN_AS, sure, certain, limit, evidence)
    if rule.command is None:
        return Right("doas", Power.ROOT, sure, certain, "", evidence)
    power, certainty = _power([rule.command], account.home)
    return Right(f"doas {rule.command}", power, certainty, certain, only, evidence)


def _doubted(right: Right) -> Right:
    return Right(
        right.text, right.power, right.certainty, Truth.UNKNOWN, right.limit, right.evidence
    )
