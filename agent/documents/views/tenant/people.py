"""People of a tenant in numbers: last use, factors, mailboxes, licences; names only where asked."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from agent.documents.cell import Cell, of_bounds, of_field, of_fields, whys_of
from agent.documents.views import say
from agent.documents.views.ledger import Ledger
from agent.documents.views.table import Row, Table, names_of, state
from agent.documents.views.tenant.tenancy import Tenancy
from inventory.model.moment import Moment
from inventory.model.record import Record
from inventory.model.tenant_accounts import (
    GroupLicenceError,
    MailboxPurpose,
    MailRule,
    MfaRegistration,
    SignInMethod,
    TenantGroup,
    TenantMembers,
    TenantOwners,
    TenantSignIn,
    TenantUser,
    UserManager,
)
from inventory.model.truth import Bounds
from inventory.snapshot import Blank, Seen

f = of_field
BUCKETS = ("under 30 days ago", "30 to 90 days ago", "over 90 days ago")
NEVER, UNTOLD = "never, as far as it knows", "not told"
USED = (*BUCKETS, NEVER, UNTOLD)


def tables(t: Tenancy) -> Iterator[Table]:
    """Yield what is known of people, in numbers."""
    yield _uses(t)
    yield _factors(t)
    yield _mailboxes(t)
    yield _groups(t)


def last_use(one: TenantSignIn) -> Moment | None:
    """Return the last use that the tenant knows of, by a person or a program in their name."""
    known = (one.last, one.last_by_program, one.last_success)
    return max((when for when in known if when), default=None)


def _uses(t: Tenancy) -> Table:
    """Return when accounts that are not disabled were used last."""
    signs = {row.record.user: row for row in t.tenant.rows(TenantSignIn)}
    blanks = t.tenant.blanks(TenantUser, TenantSignIn)
    groups: dict[str, Counter[str]] = {"Members": Counter(), "Guests": Counter()}
    for row in t.tenant.rows(TenantUser):
        if row.record.is_enabled is not False:
            word = _used_word(signs.get(row.record.id), t.now)
            groups["Guests" if row.record.is_guest else "Members"][word] += 1
    return _counts(
        "Accounts that are not disabled, by last use",
        ("Accounts", *(word.capitalize() for word in USED)),
        {name: [found[word] for word in USED] for name, found in groups.items()},
        blanks,
        (TenantUser, TenantSignIn),
    )


def _used_word(sign: Seen[TenantSignIn] | None, now: int) -> str:
    if sign is None:
        return UNTOLD
    when = last_use(sign.record)
    return NEVER if when is None else say.bucket(when, now)


def _factors(t: Tenancy) -> Table:
    """Return how many have a second factor."""
    told = t.rows(MfaRegistration)
    sides = (("Administrators", True), ("Others", False))
    rows = {
        name: [
            sum(one.is_registered is True for one in told if bool(one.is_admin) is admin),
            sum(one.is_registered is False for one in told if bool(one.is_admin) is admin),
            sum(one.is_registered is None for one in told if bool(one.is_admin) is admin),
        ]
        for name, admin in sides
    }
    blanks = t.tenant.blanks(MfaRegistration)
    return _counts(
        "A second factor",
        ("Accounts", "Registered", "Not registered", "Not told"),
        rows,
        blanks,
        (MfaRegistration,),
    )


def _mailboxes(t: Tenancy) -> Table:
    """Return how many mailboxes there are for what."""
    found = Counter(one.purpose for one in t.rows(MailboxPurpose))
    rows = {purpose: [number] for purpose, number in sorted(found.items())}
    blanks = t.tenant.blanks(MailboxPurpose)
    return _counts("Mailboxes", ("For", "Mailboxes"), rows, blanks, (MailboxPurpose,))


def _groups(t: Tenancy) -> Table:
    """Return how many groups have nobody who answers for them, and nobody in them."""
    groups = {one.id: one for one in t.rows(TenantGroup)}
    with_members = {one.group for one in t.rows(TenantMembers) if one.members}
    with_owners = {one.object for one in t.rows(TenantOwners) if one.owners}
    peopled, owned = (
        some | _hidden(t, kind, groups)
        for kind, some in ((TenantMembers, with_members), (TenantOwners, with_owners))
    )
    kinds: dict[str, Callable[[TenantGroup], bool]] = {
        "Teams": lambda one: one.is_team,
        "Microsoft 365 groups": lambda one: not one.is_team and "Unified" in one.types,
        "Security groups": lambda one: "Unified" not in one.types,
        "May hold roles": lambda one: one.is_role_assignable,
    }
    rows = {
        name: [
            sum(map(holds, groups.values())),
            sum(holds(one) and one.id not in owned for one in groups.values()),
            sum(holds(one) and one.id not in peopled for one in groups.values()),
        ]
        for name, holds in kinds.items()
    }
    blanks = t.tenant.blanks(TenantGroup, TenantMembers, TenantOwners)
    columns = ("Groups", "There are", "Without an owner", "Without a member")
    kinds_told = (TenantGroup, TenantMembers, TenantOwners)
    return _counts("Groups", columns, rows if groups else {}, blanks, kinds_told)


def _hidden(t: Tenancy, kind: type[Record], groups: Iterable[str]) -> set[str]:
    """Return the groups of which it is not known who is in them: no gap counts as nobody."""
    parts = {blank.gap.part for blank in t.tenant.blanks(kind)}
    return set(groups) if "" in parts else parts & set(groups)


def _counts(
    title: str,
    columns: tuple[str, ...],
    rows: Mapping[str, Iterable[int]],
    blanks: tuple[Blank, ...],
    kinds: tuple[type[Record], ...],
) -> Table:
    """Return a table of numbers; with a gap each is a least, and none of them reads as none."""
    whys = whys_of(blanks)
    told = tuple(
        Row((f(name), *(_counted(number, blanks) for number in numbers)))
        for name, numbers in rows.items()
    )
    return Table(
        title=title,
        columns=columns,
        known=state(bool(told), whys),
        rows=told,
        whys=whys,
        kinds=names_of(*kinds),
        places=False,
    )


def _counted(number: int, blanks: tuple[Blank, ...]) -> Cell:
    return of_bounds(Bounds(number, None if blanks else number), blanks)


LEDGERS: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Mail that rules of inboxes send on",
        MailRule,
        ("Mailbox", "To", "On", "Whose"),
        lambda one, t: (
            f(t.name(one.user), "code"),
            of_fields(one.to, "code"),
            f(say.yes(one.is_enabled)),
            t.whose(tuple(one.identifiers())),
        ),
        lambda one: (one.user, one.id),
    ),
    Ledger(
        "Factors of accounts",
        SignInMethod,
        ("Account", "Factor", "Name", "Since"),
        lambda one, t: (
            f(t.name(one.user), "code"),
            f(one.type),
            f(one.name),
            t.since(one.created),
        ),
        lambda one: (one.user, one.type, one.id),
    ),
    Ledger(
        "Groups whose members lack their licence",
        GroupLicenceError,
        ("Group",),
        lambda one, _: (f(one.name),),
        lambda one: one.name,
    ),
    Ledger(
        "Who answers for whom",
        UserManager,
        ("Account", "Manager"),
        lambda one, t: (
            f(t.name(one.user), "code"),
            f(one.manager.name or t.name(one.manager.id)),
        ),
        lambda one: one.user,
    ),
)
