"""What an account may do beyond itself: by uid, groups, sudo and doas."""

from collections.abc import Iterator, Sequence

from msgspec import Struct, structs

from agent.judge import members, sudo
from agent.judge.case import Certainty, Power
from agent.judge.directory import roles
from agent.judge.hosts import Host
from agent.judge.rootlike import GROUPS, amounts_to_root
from inventory.model.access import DoasRule, SudoAlias, SudoDefault, SudoGrant
from inventory.model.account import Account, Group
from inventory.model.evidence import Evidence
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.snapshot import Seen

NEEDS: tuple[type[Record], ...] = (Account, Group, SudoGrant, SudoAlias, SudoDefault, DoasRule)
ADMINS = ("sudo", "wheel", "admin")  # groups to which distributions give root in sudoers
_Asked = frozenset[str]


class Right(Struct, frozen=True):
    """One way from an account to more power."""

    text: str  # "sudo ALL", "group docker", "uid 0"
    power: Power
    certainty: Certainty = Certainty.PROVED
    certain: Truth = Truth.YES
    limit: str = ""
    evidence: tuple[Evidence, ...] = ()
    group: str = ""  # the group that gives it by being in it


def rights(host: Host, account: Account, asked: _Asked = frozenset()) -> tuple[Right, ...]:
    """Return the rights of an account, the strongest first. `asked`: accounts on the way here."""
    known = host.once(_known)
    place = (account.name, account.uid, account.gid, asked)
    if place not in known:
        found = [*_uid(account), *_groups(host, account)]
        found += _sudo(host, account, asked | {account.name})
        found += _doas(host, account, asked | {account.name})
        found += _roles(host, account)
        known[place] = tuple(sorted(found, key=_order))
    return known[place]


def _known(_: Host) -> dict[tuple[str, int, int, _Asked], tuple[Right, ...]]:
    return {}


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
        certain = Truth.UNKNOWN if row.carried else Truth.YES
        evidence = (row.evidence,)
        if name in GROUPS:
            yield Right(
                f"group {name}", Power.ROOT, GROUPS[name], certain, "", evidence, group=name
            )
        elif name in ADMINS and not host.is_whole(SudoGrant):
            says = "what sudo gives the group was not read"
            guess = Certainty.PROPOSED
            yield Right(f"group {name}", Power.ROOT, guess, Truth.UNKNOWN, says, evidence)


def _sudo(host: Host, account: Account, asked: _Asked) -> Iterator[Right]:
    aliases, is_user = members.aliases_of(host), members.is_user(host, account)
    for grant in sudo.grants(host):
        users = grant.row.record.users
        allowed = grant.here & members.meant(users, is_user, of="User", aliases=aliases)
        if allowed is not Truth.NO and grant.allowed:
            yield from _granted(host, account, grant, allowed & grant.certain, asked)


def _granted(
    host: Host, account: Account, grant: sudo.Grant, certain: Truth, asked: _Asked
) -> Iterator[Right]:
    """Yield what one grant gives: as root, or as another account and what that one may do."""
    answers, why = sudo.with_password(host, account, grant)
    certain &= answers
    evidence = (grant.row.evidence,)
    if grant.root is not None:
        power, certainty = sudo.power_of(grant.allowed, account.home)
        power = Power.RUN_AS if grant.asks_anothers else power
        text, limit = f"sudo {sudo.named(grant.allowed)}", _joined("; ", grant.limit, why)
        yield Right(text, power, _weaker(certainty, grant.root), certain, limit, evidence)
        return
    others = ", ".join(grant.run_as) or account.name
    limit = _joined("; ", f"as {others}", grant.limit, why)
    text = f"sudo as {others}"
    yield Right(text, Power.RUN_AS, Certainty.PROVED, certain, limit, evidence)
    if _is_free(grant.allowed, account.home):
        yield from _through(host, text, grant.run_as, certain, evidence, asked)


def _through(
    host: Host,
    text: str,
    run_as: Sequence[str],
    certain: Truth,
    evidence: tuple[Evidence, ...],
    asked: _Asked,
) -> Iterator[Right]:
    """Yield the root that another account has, to someone who may run anything as that account."""
    for name in run_as:
        for one in host.once(_named).get(name, ()):
            if one.name not in asked:
                for right in rights(host, one, asked):
                    if right.power is Power.ROOT:
                        says = f"{text.partition(' as ')[0]} as {one.name}, {right.text}"
                        both, found = certain & right.certain, (*evidence, *right.evidence)
                        yield Right(says, Power.ROOT, Certainty.PROPOSED, both, "", found)


def _roles(host: Host, account: Account) -> Iterator[Right]:
    """Yield what the sudo rules of the host's directories give."""
    for role in roles.roles(host):
        certain = role.here & roles.is_meant(host, account, role)
        if certain is not Truth.NO:
            why = ""
            if role.needs_password:
                answers, why = sudo.has_password(host, account, "sudo")
                certain &= answers
            evidence = (role.row.evidence,)
            yield Right(role.text, role.power, role.certainty, certain, why, evidence)


def _named(host: Host) -> dict[str, list[Account]]:
    """Return accounts by name and by `#uid`."""
    found: dict[str, list[Account]] = {}
    for row in host.rows(Account):
        for name in (row.record.name, f"#{row.record.uid}"):
            found.setdefault(name, []).append(row.record)
    return found


def _is_free(commands: Sequence[str], home: str) -> bool:
    """Return whether anything can be run with these commands."""
    return "ALL" in commands or any(amounts_to_root(command, home) for command in commands)


def _weaker(one: Certainty, other: Certainty) -> Certainty:
    return one if other is Certainty.PROVED else other


def _doas(host: Host, account: Account, asked: _Asked) -> Iterator[Right]:
    """Yield what the rules leave: a full denial takes back all that stands before it."""
    left: list[Right] = []
    rows = sorted(host.rows(DoasRule), key=lambda row: (row.record.file, row.record.order))
    if not rows:
        return
    is_user = members.is_user(host, account)
    whole = Truth.YES if host.is_whole(DoasRule) else Truth.UNKNOWN  # a denial may be unread
    for row in rows:
        rule = row.record
        name = rule.identity
        applies = is_user(f"%{name[1:]}" if name.startswith(":") else name)
        if applies is Truth.NO:
            continue
        certain = Truth.UNKNOWN if row.carried else applies & whole
        if rule.permits:
            left.extend(_permitted(host, row, account, certain, asked))
        elif rule.command is None and rule.target is None:
            left = [] if certain is Truth.YES else [_doubted(right) for right in left]
    yield from left


def _permitted(
    host: Host, row: Seen[DoasRule], account: Account, certain: Truth, asked: _Asked
) -> Iterator[Right]:
    rule, evidence, sure = row.record, (row.evidence,), Certainty.PROVED
    says = ""
    if rule.needs_password and account.uid != 0:
        answers, says = sudo.has_password(host, account, "doas")
        certain &= answers
    only = f"only {rule.command}" if rule.command else ""
    if rule.target is not None and rule.target not in sudo.zero_names(host):
        text = f"doas as {rule.target}"
        limit = _joined("; ", _joined(", ", f"as {rule.target}", only), says)
        yield Right(text, Power.RUN_AS, sure, certain, limit, evidence)
        if rule.command is None or _is_free([rule.command], account.home):
            yield from _through(host, text, (rule.target,), certain, evidence, asked)
    elif rule.command is None:
        yield Right("doas", Power.ROOT, sure, certain, says, evidence)
    else:
        power, certainty = sudo.power_of([rule.command], account.home)
        limit = _joined("; ", only, says)
        yield Right(f"doas {rule.command}", power, certainty, certain, limit, evidence)


def _doubted(right: Right) -> Right:
    return structs.replace(right, certain=Truth.UNKNOWN)


def _joined(between: str, *parts: str) -> str:
    return between.join(part for part in parts if part)
