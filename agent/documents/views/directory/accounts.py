"""Accounts of a directory: how many are used how, and those that services run as."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from agent.documents.cell import Cell, Known, Whys, of_bounds, of_field, of_fields, unknown, whys_of
from agent.documents.views import say
from agent.documents.views.directory.realm import Realm
from agent.documents.views.table import MOST_ROWS, Row, Table, names_of, place, state
from agent.judge.directory.joins import Names
from agent.judge.directory.people import last_use
from agent.judge.hosts import Host
from agent.judge.rules.directory_accounts import is_of_sync
from inventory.model.account import Account
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryComputer,
    DirectorySignIn,
)
from inventory.model.host import DomainJoin
from inventory.model.moment import DAY_S
from inventory.model.operation import ScheduledJob, Service
from inventory.model.truth import Bounds
from inventory.snapshot import Blank, Seen

f = of_field
_MANAGED = ("gMSA", "dMSA", "sMSA")
_LIKE_A_SERVICE = re.compile(r"(?i)^(svc|service|srv|sa|sql|backup)[-_.]|[-_.](svc|service)$")
BUCKETS = ("under 30 days ago", "30 to 90 days ago", "over 90 days ago")
NEVER, UNTOLD = "never, as far as it knows", "not told"


class Use(Struct, frozen=True):
    """How many entries of a kind there are, and when they were used last."""

    label: str
    kinds: str
    enabled: Cell
    disabled: Cell
    untold: Cell  # whose state the directory does not tell
    used: tuple[Cell, ...]  # of those that are not disabled, in the order of USED


USED = (*BUCKETS, NEVER, UNTOLD)


def uses(realm: Realm) -> tuple[Use, ...]:
    """Return how accounts and computers are used: numbers, and nobody's name."""
    directory = realm.directory
    people = [row for row in directory.rows(DirectoryAccount) if row.record.type != "contact"]
    computers = directory.rows(DirectoryComputer)
    accounts = _use(realm, "Accounts", people, directory.blanks(DirectoryAccount))
    if directory.is_ad is False and not computers:
        return (accounts,)
    return accounts, _use(realm, "Computers", computers, directory.blanks(DirectoryComputer))


def _use(
    realm: Realm,
    label: str,
    rows: Sequence[Seen[DirectoryAccount] | Seen[DirectoryComputer]],
    blanks: tuple[Blank, ...],
) -> Use:
    by_state: dict[bool | None, list[bool]] = {True: [], False: [], None: []}
    by_use: dict[str, list[bool]] = {name: [] for name in USED}
    signs = last_use(realm.directory)
    for row in rows:
        by_state[row.record.is_enabled].append(row.carried)
        if row.record.is_enabled is not False:
            by_use[used_word(signs.get(row.record.id), realm.now)].append(row.carried)
    unread = (*blanks, *realm.directory.blanks(DirectorySignIn))
    kind = DirectoryAccount if label == "Accounts" else DirectoryComputer
    return Use(
        label,
        names_of(kind),
        enabled=_counted(by_state[True], blanks),
        disabled=_counted(by_state[False], blanks),
        untold=_counted(by_state[None], blanks),
        used=tuple(_counted(by_use[name], unread) for name in USED),
    )


def used_word(sign: Seen[DirectorySignIn] | None, now: int) -> str:
    """Return which of USED the last use of an entry is."""
    if sign is None:
        return UNTOLD
    return NEVER if sign.record.when is None else say.bucket(sign.record.when, now)


def _counted(carried: Sequence[bool], blanks: tuple[Blank, ...]) -> Cell:
    """Return a number; entries of an earlier audit only may be gone."""
    return counted(Bounds(len(carried) - sum(carried), None if blanks else len(carried)), blanks)


def counted(bounds: Bounds, blanks: tuple[Blank, ...]) -> Cell:
    """Return a number of a table of numbers: a verified none is 0 there."""
    if bounds.exact == 0:
        return Cell(Known.ALL, ("0",), style="number", sort="0")
    return of_bounds(bounds, blanks)


def services(realm: Realm) -> Table:
    """Return the accounts that services run as, and why each is taken for one."""
    directory = realm.directory
    runs = _runs(realm)
    found = [
        (row, why)
        for row in sorted(realm.accounts.values(), key=lambda row: row.record.name)
        if (why := tuple(_why(row.record, runs.get(row.record.id, ()))))
    ]
    whys = whys_of(directory.blanks(DirectoryAccount))
    return Table(
        title="Service accounts",
        columns=(
            *("Account", "Why it is one", "State", "Password of", "Last used", "Owner"),
            *("Runs on audited hosts", "Whose"),
        ),
        known=state(bool(found), whys, all_fresh=not any(row.carried for row, _ in found)),
        rows=tuple(_service(row, why, runs, realm) for row, why in found[:MOST_ROWS]),
        more=max(0, len(found) - MOST_ROWS),
        whys=whys,
        kinds=names_of(DirectoryAccount),
    )


def _why(one: DirectoryAccount, runs: Sequence[str]) -> Iterator[str]:
    """Yield what makes an account one of a service; by its name alone it is a proposal."""
    if one.name.casefold() == "krbtgt" or one.type == "contact":
        return
    if one.type in _MANAGED:
        yield f"{one.type}: the directory sets its password"
    if one.service_names:
        more = f" and {len(one.service_names) - 1} more" if len(one.service_names) > 1 else ""
        yield f"service name {one.service_names[0]}{more}"
    if is_of_sync(one.name):
        yield "copies the directory into the cloud"
    if runs:
        yield "runs on a host"
    if _LIKE_A_SERVICE.search(one.name):
        yield "its name: proposed"


def _service(row: Seen[DirectoryAccount], why: tuple[str, ...], runs: "Runs", realm: Realm) -> Row:
    one = row.record
    party, sure = realm.whose(tuple(one.identifiers()))
    cells = (
        f(one.name, "code"),
        of_fields(why),
        f(enabled(one.is_enabled)),
        f(_password(one, realm.now)),
        realm.used(one.id),
        f(realm.name(one.manager) if one.manager else None),
        _run(runs.get(one.id, ()), realm),
        f(f"{party} ({sure})" if party else "no party"),
    )
    return Row(cells, place(row.evidence), row.evidence.audit if row.carried else 0)


def enabled(is_enabled: bool | None) -> str | None:
    """Return `enabled` or `disabled`; None: the directory does not tell."""
    return None if is_enabled is None else ("enabled" if is_enabled else "disabled")


def _password(one: DirectoryAccount, now: int) -> str | None:
    changed = one.password_changed
    if changed is None:
        return "never set, or to be changed at once" if one.must_change else None
    return f"{say.day(changed.earliest)} ({max(0, now - changed.latest) // DAY_S} d)"


def _with_gaps(texts: tuple[str, ...], blanks: tuple[Blank, ...]) -> Cell:
    if not texts:
        return unknown(blanks)
    known = Known.PART if blanks else Known.ALL
    return Cell(known, texts[:6], max(0, len(texts) - 6), whys_of(blanks))


Runs = Mapping[str, Sequence[str]]  # by the id of the account


def _runs(realm: Realm) -> Runs:
    """Return what audited hosts run as accounts of this directory."""
    known = realm.directory.once(Names)
    found: dict[str, list[str]] = {}
    for name, said in _run_as(realm):
        for row in known.accounts(name):
            found.setdefault(row.record.id, []).append(said)
    return {entry: tuple(dict.fromkeys(said)) for entry, said in found.items()}


def _run_as(realm: Realm) -> Iterator[tuple[str, str]]:
    """Yield whom hosts run things as and what; names that a host has itself are left out."""
    for host in realm.judgement.holdings.hosts:
        own = {row.record.name for row in host.rows(Account)}
        is_joined = any(not row.carried for row in host.rows(DomainJoin))
        for name, said in _named(host):
            if "\\" in name or "@" in name or (is_joined and name not in own):
                yield name, f"{said} on {host.name}"


def _named(host: Host) -> Iterator[tuple[str, str]]:
    for row in host.rows(Service):
        if row.record.runs_as and not row.carried:
            yield row.record.runs_as, row.record.name
    for job in host.rows(ScheduledJob):
        if job.record.account and not job.carried:
            yield job.record.account, job.record.place


def _run(said: Sequence[str], realm: Realm) -> Cell:
    hosts = realm.judgement.holdings.hosts
    if not hosts.names:
        return Cell(Known.UNKNOWN, whys=Whys(("no host was asked",), word="not asked"))
    blanks = hosts.blanks((Service, ScheduledJob))
    if not said and not blanks:
        return f("nothing on the audited hosts")
    return _with_gaps(tuple(said), blanks)
