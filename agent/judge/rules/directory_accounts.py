"""Accounts of a directory: unused, weak, shared, and the built-in ones that everybody had."""

from collections.abc import Iterator

from agent.judge.case import Power, Severity, Verdict
from agent.judge.directory.membership import NEEDS as MEMBERSHIP
from agent.judge.directory.people import (
    BUILT_IN,
    has_flag,
    is_closed,
    last_use,
    open_accounts,
    powerful,
    use_text,
)
from agent.judge.rules.rule import Hit, Per, Subject, broken, hit, kept, rule, unclear
from agent.judge.rules.words import DAY_S, listed
from inventory.model.directory import DirectoryServer, Domain
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectorySecret,
    DirectorySignIn,
)
from inventory.model.directory_rights import DirectoryRight
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.snapshot import Seen

STALE_DAYS = 90
OLD_DAYS = 365
KRBTGT_DAYS = 180  # "krbtgt" is to be reset regularly; Microsoft's own guidance names 180 days
ADMINISTRATOR, GUEST = 500, 501
_PEOPLE = (DirectoryAccount,)
_POWER: tuple[type[Record], ...] = (DirectoryRight, Domain, *MEMBERSHIP)
_WEAK = {
    "reversible encryption": "its password is kept so that it can be read back",
    "DES only": "it takes DES, which is broken",
}


def _older(row: Seen[DirectoryAccount], days: int, now: int) -> bool | None:
    """Return whether the password is older than so many days; None: it has no date."""
    changed = row.record.password_changed
    return None if changed is None else changed.latest < now - days * DAY_S


@rule(
    "directory.stale-account",
    "Every account that is open is in use",
    Severity.MEDIUM,
    needs=(*_PEOPLE, DirectorySignIn, *_POWER),
    per=Per.DIRECTORY,
    reason="An account that nobody uses is missed by nobody when somebody else uses it.",
    remedy="Ask its owner; disable it, and delete it when nothing needed it for a while.",
)
def stale_account(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts that were not used for long, as widely as the lag of replication allows.

    A password that was changed since is a sign of use; a young account may not be used yet.
    """
    uses, powers = last_use(subject.directory), powerful(subject.directory)
    for row in open_accounts(subject.directory, subject.now):
        one, use = row.record, uses.get(row.record.id)
        was_used = use is not None and use.record.when is not None
        if one.name in BUILT_IN or _is_young(row, subject.now, was_used=was_used):
            continue
        if use is None or use.carried:
            yield unclear(
                row, f"the directory does not say when {one.name} was used last", one.name
            )
        elif use.record.when is None or use.record.when.latest < _past(subject, STALE_DAYS):
            when = (
                f"was used last {use_text(use.record.when, subject.now)}"
                if use.record.when
                else "was never used"
            )
            severity = Severity.HIGH if powers.get(one.id) is Power.ROOT else None
            yield broken(use, f"{one.name} {when}", one.name, severity=severity)


def _past(subject: Subject, days: int) -> int:
    return subject.now - days * DAY_S


def _is_young(row: Seen[DirectoryAccount], now: int, *, was_used: bool) -> bool:
    """Return whether its password was set, or an unused one made, in the time that counts as use.

    One that was used before it was made came from another domain, or from a backup.
    """
    dates = (row.record.password_changed, None if was_used else row.record.created)
    return any(one is not None and one.latest >= now - STALE_DAYS * DAY_S for one in dates)


@rule(
    "directory.password-never-expires",
    "Passwords of accounts do not stay for ever",
    Severity.MEDIUM,
    needs=(*_PEOPLE, *_POWER),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="A password that never ends is known to people who left before this handover.",
    remedy="Change it after the leaver's access has ended; use a managed account for a service.",
)
def never_expires(subject: Subject) -> Iterator[Hit]:
    """Yield the open accounts whose password never expires and is older than a year."""
    powers = powerful(subject.directory)
    for row in open_accounts(subject.directory, subject.now):
        one = row.record
        if not has_flag(row, "password never expires") or one.type != "user":
            continue
        old = _older(row, OLD_DAYS, subject.now)
        severity = Severity.HIGH if one.service_names or one.id in powers else None
        if old is None:
            yield unclear(row, f"the password of {one.name} has no date", one.name)
        elif old:
            says = f"the password of {one.name} is of {one.password_changed} and never expires"
            yield broken(row, says, one.name, severity=severity)


@rule(
    "directory.no-password",
    "Every account needs a password",
    Severity.HIGH,
    needs=_PEOPLE,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="An account that needs no password may have an empty one, and then opens to anybody.",
    remedy="Take the flag away (PASSWD_NOTREQD) and set a password.",
)
def no_password(subject: Subject) -> Iterator[Hit]:
    """Yield the open accounts that are allowed to have no password."""
    for row in open_accounts(subject.directory, subject.now):
        if has_flag(row, "password not required"):
            yield broken(row, f"{row.record.name} may have an empty password", row.record.name)


@rule(
    "directory.weak-encryption",
    "No password is kept or used in a way that gives it away",
    Severity.HIGH,
    needs=_PEOPLE,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Whoever once copied the directory, or listened, can compute these passwords.",
    remedy="Take the flag away, and let the password be changed.",
)
def weak_encryption(subject: Subject) -> Iterator[Hit]:
    """Yield the open accounts with reversible encryption or DES."""
    for row in open_accounts(subject.directory, subject.now):
        for flag, says in _WEAK.items():
            if has_flag(row, flag):
                severity = Severity.MEDIUM if flag == "DES only" else None
                name = row.record.name
                yield broken(row, f"{name}: {says}", f"{name} {flag}", severity=severity)


@rule(
    "directory.no-preauthentication",
    "Kerberos asks every account to prove itself first",
    Severity.HIGH,
    needs=(*_PEOPLE, *_POWER),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Anybody who reaches a controller gets what is needed to guess the password at leisure.",
    remedy="Take the flag away (DONT_REQ_PREAUTH), and let the password be changed.",
)
def no_preauthentication(subject: Subject) -> Iterator[Hit]:
    """Yield the open accounts that need no preauthentication."""
    powers = powerful(subject.directory)
    for row in open_accounts(subject.directory, subject.now):
        if has_flag(row, "no preauthentication"):
            severity = Severity.CRITICAL if row.record.id in powers else None
            says = f"the password of {row.record.name} can be guessed away from here"
            yield broken(row, says, row.record.name, severity=severity)


@rule(
    "directory.service-ticket",
    "Service accounts have passwords that cannot be guessed",
    Severity.MEDIUM,
    needs=(*_PEOPLE, *_POWER),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Any account of the domain may get a ticket that is encrypted with the service's "
    "password, and guess it at leisure.",
    remedy="Make it a managed service account, or set a long random password and allow AES only.",
)
def service_ticket(subject: Subject) -> Iterator[Hit]:
    """Yield the open accounts of people's kind that run services."""
    powers = powerful(subject.directory)
    for row in open_accounts(subject.directory, subject.now):
        one = row.record
        if one.type != "user" or not one.service_names or one.name.casefold() == "krbtgt":
            continue
        old = _older(row, OLD_DAYS, subject.now)
        severity = Severity.HIGH if one.id in powers or old else None
        says = f"{one.name} runs {listed(one.service_names)}; its password is of "
        yield broken(row, f"{says}{one.password_changed or 'no date'}", one.name, severity=severity)


@rule(
    "directory.secret-in-text",
    "No password stands in the texts of the directory",
    Severity.HIGH,
    needs=(DirectorySecret, DirectoryServer, DirectoryAccount),
    per=Per.DIRECTORY,
    reason="Every account of the directory can read descriptions and notes.",
    remedy="Change the password, then clear the text.",
)
def secret_in_text(subject: Subject) -> Iterator[Hit]:
    """Yield the texts that look as if they held a password; what they say is not kept.

    Outside of Active Directory an access rule may hide an attribute of all entries: where no entry
    shows a text, there may be none, or none that is shown.
    """
    accounts = subject.directory.rows(DirectoryAccount)
    if subject.directory.is_ad is False and not any(row.record.description for row in accounts):
        for row in accounts[:1]:
            yield unclear(row, "no account shows a text: it may not be shown to who asks")
    for found in subject.directory.rows(DirectorySecret):
        one = found.record
        says = f"the {one.attribute} of {one.object} looks as if it held a password"
        yield broken(found, says, f"{one.object} {one.attribute}")


@rule(
    "directory.krbtgt",
    "The key of all Kerberos tickets is young",
    Severity.HIGH,
    needs=(*_PEOPLE, Domain),
    per=Per.DIRECTORY,
    dialect="ad",
    otherwise=Verdict.NOT_MET,
    says="no krbtgt account was found",
    reason="Whoever ever had a copy of the directory can make tickets for anybody until this key "
    "was changed twice.",
    remedy="Change the password of krbtgt twice, at least ten hours apart, after the leaver's last "
    "access has ended.",
)
def krbtgt(subject: Subject) -> Iterator[Hit]:
    """Yield the age of krbtgt's password; over a year is critical."""
    for row in subject.directory.rows(DirectoryAccount):
        if row.record.name.casefold() != "krbtgt":
            continue
        changed = row.record.password_changed
        if changed is None:
            yield unclear(row, "the password of krbtgt has no date")
            continue
        says = f"the password of krbtgt is of {changed}"
        if changed.latest >= _past(subject, KRBTGT_DAYS):
            yield kept(row, says)
        else:
            is_worse = changed.latest < _past(subject, OLD_DAYS)
            yield broken(row, says, severity=Severity.CRITICAL if is_worse else None)


@rule(
    "directory.administrator",
    "The built-in Administrator is kept as a way back in",
    Severity.HIGH,
    needs=(*_PEOPLE, Domain),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Everybody who ever was an administrator may know its password.",
    remedy="Set a new password after the leaver's last access has ended, and keep it where only "
    "the client can read it.",
)
def administrator(subject: Subject) -> Iterator[Hit]:
    """Yield the built-in Administrator when its password is older than a year."""
    for row in _numbered(subject, ADMINISTRATOR):
        old = _older(row, OLD_DAYS, subject.now)
        if old is None:
            yield unclear(row, f"the password of {row.record.name} has no date", row.record.name)
        elif old:
            says = f"the password of {row.record.name} is of {row.record.password_changed}"
            yield broken(row, says, row.record.name)


@rule(
    "directory.guest",
    "Nobody logs in as Guest",
    Severity.HIGH,
    needs=(*_PEOPLE, Domain),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Guest lets in whoever has no account.",
    remedy="Disable it.",
)
def guest(subject: Subject) -> Iterator[Hit]:
    """Yield the built-in Guest when it is not disabled."""
    for row in _numbered(subject, GUEST):
        closed = is_closed(row, subject.now)
        if closed is Truth.NO:
            yield broken(row, f"{row.record.name} is enabled", row.record.name)
        elif closed is Truth.UNKNOWN:
            says = f"whether {row.record.name} is enabled is not shown"
            yield hit(Verdict.UNKNOWN, row, says, row.record.name)


def _numbered(subject: Subject, rid: int) -> Iterator[Seen[DirectoryAccount]]:
    """Yield the account of the domain with a relative identifier."""
    domain = subject.directory.domain
    for row in subject.directory.rows(DirectoryAccount):
        sid = row.record.sid
        if domain and domain.sid and sid == f"{domain.sid}-{rid}":
            yield row


@rule(
    "directory.sync-account",
    "One account at most copies the directory into the cloud",
    Severity.HIGH,
    needs=_PEOPLE,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="An account of Entra Connect may read every password's hash. A second one is often left "
    "from a server that is gone.",
    remedy="Find out which server uses which; remove those that none uses.",
)
def sync_account(subject: Subject) -> Iterator[Hit]:
    """Yield the open accounts of Entra Connect when there are several."""
    rows = [
        row for row in open_accounts(subject.directory, subject.now) if is_of_sync(row.record.name)
    ]
    if sum(not row.carried for row in rows) > 1:
        for row in rows:
            yield broken(row, f"{row.record.name} is one of {len(rows)}", row.record.name)


def is_of_sync(name: str) -> bool:
    """Return whether Entra Connect made an account: its names begin so."""
    return name.upper().startswith(("MSOL_", "AAD_"))
