"""Accounts: open without a password, with root by another name, unused, and the client's own."""

from collections import defaultdict
from collections.abc import Iterator

from agent.judge import access, matching
from agent.judge.access import has_shell
from agent.judge.case import AccessPath, Power, Severity, Verdict
from agent.judge.rules.belonging import is_ours
from agent.judge.rules.rule import Hit, Subject, broken, broken_if, rule, unclear
from agent.judge.rules.words import DAY_S, days_between, listed, shown
from agent.judge.sshd import By, Server
from inventory.model.account import Account, LastLogin, PasswordState
from inventory.model.host import DomainJoin
from inventory.model.moment import iso_day
from inventory.model.party import Role
from inventory.model.record import Identifier, Mark
from inventory.model.truth import Truth

STALE_DAYS = 90
OLD_PASSWORD_DAYS = 365
_WEAK = frozenset(("des", "bsdi", "md5", "sunmd5", "nt", "sha1"))


@rule(
    "access.client-root",
    "The client has a way in with root of its own",
    Severity.CRITICAL,
    needs=access.NEEDS,
    reason="If the leaver's ways are removed and none of the client's works, nobody gets in.",
    remedy="Make an account of the client with sudo and a key or password of its own, enter it "
    "in the client's profile, and let its owner log in alone. Stop all removals until then.",
    otherwise=Verdict.NOT_MET,
    says="no way in with root is known to be the client's or the incoming party's",
)
def client_root(subject: Subject) -> Iterator[Hit]:
    """Yield the open ways with root that are the client's or the incoming party's."""
    named = [subject.case.party(role) for role in (Role.CLIENT, Role.INCOMING)]
    if all(party is None or matching.is_empty(party) for party in named):
        yield Hit(Verdict.UNKNOWN, "the profiles of those who stay name no account or key")
    for row in subject.host.rows(DomainJoin):
        yield unclear(row, f"administrators of {shown(row.record.domain)} may be root here")
    leaving = subject.holdings.leaving.get(subject.host.name, frozenset())
    for path in subject.paths.paths:
        if path.power is Power.ROOT and path.certain is not Truth.NO:
            yield from _way(subject, path, is_theirs=path.account in leaving)


def _way(subject: Subject, path: AccessPath, *, is_theirs: bool) -> Iterator[Hit]:
    """Yield a way: by key it is whose the key is, by password whose the account is.

    One through an account of who leaves ends with that account: it proves nothing.
    """
    word, _, print_ = path.principal.partition(" ")
    by_key = word == "key"
    account = path.account or ""
    mark = Identifier(Mark.FINGERPRINT, print_) if by_key else Identifier(Mark.ACCOUNT, account)
    if is_ours(subject, (mark,)) is Truth.YES:
        places = tuple(place for step in path.steps for place in step.evidence)
        is_open = path.certain is Truth.YES and (by_key or _takes_password(subject, account))
        sure = is_open and not is_theirs
        says = (
            f"{path.principal} {'leads' if sure else 'may lead'} to root; a login has to prove it"
        )
        yield Hit(Verdict.MET if sure else Verdict.UNKNOWN, says, "", places)


def _takes_password(subject: Subject, name: str) -> bool:
    """Tell whether a password opens an account over SSH: at the console alone it is no way in."""
    server = Server(subject.host)
    rows = [row for row in subject.host.rows(Account) if row.record.name == name]
    gates = (server.gate(row.record, By.PASSWORD) for row in rows)
    return any(gate.lets_in is Truth.YES for gate in gates)


@rule(
    "account.no-password",
    "No account is open without a password",
    Severity.CRITICAL,
    needs=(PasswordState, Account),
    reason="Everybody who reaches a login prompt of the host is let in.",
    remedy="Lock the account with passwd -l, or set a password.",
)
def no_password(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts with an empty password; without a shell they weigh less."""
    accounts = {row.record.name: row.record for row in subject.host.rows(Account)}
    for row in subject.host.rows(PasswordState):
        name = row.record.account
        if row.record.state == "none":
            closed = name in accounts and not has_shell(accounts[name])
            severity = Severity.LOW if closed else None
            yield broken(row, f"{name} needs no password", name, severity=severity)


@rule(
    "account.uid0",
    "Only root has uid 0",
    Severity.HIGH,
    needs=(Account,),
    reason="A second account with uid 0 is root under another name, and stays when root's "
    "password is changed.",
    remedy="Find out who uses it, then remove it.",
)
def uid0(subject: Subject) -> Iterator[Hit]:
    """Yield the other accounts with uid 0."""
    for row in subject.host.rows(Account):
        if row.record.uid == 0 and row.record.name != "root":
            yield broken(row, f"{row.record.name} has uid 0", row.record.name)


@rule(
    "account.shared-uid",
    "Every account has a uid of its own",
    Severity.LOW,
    needs=(Account,),
    reason="Accounts with one uid own each other's files; closing one closes little.",
    remedy="Give each account a uid of its own, or remove one of them.",
)
def shared_uid(subject: Subject) -> Iterator[Hit]:
    """Yield the uids, other than 0, of several names."""
    found = defaultdict(list)
    for row in subject.host.rows(Account):
        found[row.record.uid].append(row)
    for uid, rows in found.items():
        names = sorted({row.record.name for row in rows})
        if uid != 0 and len(names) > 1:
            places = tuple(row.evidence for row in rows)
            carried = sum(not row.carried for row in rows) < 2
            says = f"uid {uid} is shared by {listed(names)}"
            yield Hit(Verdict.NOT_MET, says, str(uid), places, carried)


@rule(
    "account.weak-hash",
    "Passwords are kept with a strong hash",
    Severity.MEDIUM,
    needs=(PasswordState,),
    reason="Whoever once copied the file of hashes, or a backup of it, can compute the passwords.",
    remedy="Set ENCRYPT_METHOD to YESCRYPT or SHA512 and let the password be changed.",
)
def weak_hash(subject: Subject) -> Iterator[Hit]:
    """Yield the passwords that work and are kept with a weak hash."""
    for row in subject.host.rows(PasswordState):
        one = row.record
        if one.state == "set" and one.scheme in _WEAK:
            yield broken(row, f"the password of {one.account} is kept as {one.scheme}", one.account)


@rule(
    "account.old-password",
    "No password is older than a year",
    Severity.LOW,
    needs=(PasswordState,),
    reason="An old password is known to people who left before this handover.",
    remedy="Change it after the leaver's access has ended, or lock it.",
)
def old_password(subject: Subject) -> Iterator[Hit]:
    """Yield the passwords that work and were set long ago, or at no date."""
    for row in subject.host.rows(PasswordState):
        one = row.record
        if one.state != "set":
            continue
        if one.changed is None:
            yield unclear(row, f"the password of {one.account} has no date", one.account)
        elif one.changed.latest < subject.now - OLD_PASSWORD_DAYS * DAY_S:
            says = f"the password of {one.account} is of {one.changed}"
            yield broken(row, says, one.account)


@rule(
    "account.stale-privileged",
    "Every account that leads to root is in use",
    Severity.MEDIUM,
    needs=(*access.NEEDS, LastLogin),
    reason="An account with root that nobody uses is missed by nobody when somebody else uses it.",
    remedy="Ask its owner; lock it and remove its keys, or say why it stays.",
)
def stale_privileged(subject: Subject) -> Iterator[Hit]:
    """Yield the open accounts with root whose last login is long ago; root itself is left out."""
    logins = {row.record.account: row for row in subject.host.rows(LastLogin)}
    rows = {row.record.name: row for row in subject.host.rows(Account)}
    for name, certain in _privileged(subject).items():
        last, row = logins.get(name), rows.get(name)
        if last is None:
            if row is not None:
                yield unclear(row, f"the log does not say when {name} logged in last", name)
            continue
        says = _unused(last.record, subject.now)
        if says:
            sure = certain is Truth.YES
            yield broken_if(sure, last, f"{name} leads to root and {says}", name)


def _privileged(subject: Subject) -> dict[str, Truth]:
    """Return the accounts through which a way leads to root, and how surely."""
    found: dict[str, Truth] = {}
    for path in subject.paths.paths:
        if path.account not in (None, "root") and path.power is Power.ROOT:
            found[path.account or ""] = found.get(path.account or "", Truth.NO) | path.certain
    return {name: certain for name, certain in found.items() if certain is not Truth.NO}


def _unused(login: LastLogin, now: int) -> str:
    if login.when is None:
        return "never logged in"
    if login.when.latest >= now - STALE_DAYS * DAY_S:
        return ""
    days = days_between(login.when.latest, now)
    return f"logged in last on {iso_day(login.when.latest)}, {days} days ago"
