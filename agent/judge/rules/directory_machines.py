"""Computers and controllers of a directory: old, silent, few, and who knows their passwords."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.directory.people import is_controller, is_in_disguise, last_use, powerful, use_text
from agent.judge.directory.principals import Principals, folded
from agent.judge.rules.directory_power import GROUPS
from agent.judge.rules.rule import Hit, Per, Subject, broken, broken_if, kept, rule, unclear
from agent.judge.rules.windows_support import windows_ends
from agent.judge.rules.words import DAY_S, plural
from inventory.model.directory import Domain, DomainController, RoleHolder
from inventory.model.directory_accounts import DirectoryComputer, DirectorySignIn
from inventory.model.directory_rights import DirectoryRight, LocalAdminPassword
from inventory.model.moment import iso_day
from inventory.model.truth import Truth
from inventory.snapshot import Seen

STALE_DAYS = 90
SILENT_DAYS = 45
LEAST_LAPS = 0.9
_OVERDUE_DAYS = 30
SSO_DAYS, SSO_OLD_DAYS = 30, 365
_COMPUTERS = (DirectoryComputer,)


@rule(
    "directory.controllers",
    "The domain has more than one controller",
    Severity.HIGH,
    needs=(DomainController, *_COMPUTERS, DirectorySignIn),
    per=Per.DIRECTORY,
    dialect="ad",
    otherwise=Verdict.NOT_MET,
    says="no second controller was found that is in use",
    reason="When the only controller is lost, so are all accounts, and nobody logs in anywhere.",
    remedy="Make a second controller, on other hardware; test that it serves alone.",
)
def controllers(subject: Subject) -> Iterator[Hit]:
    """Yield that there are several that can be written to and are in use."""
    used = _in_use(subject)
    rows = [r for r in subject.directory.rows(DomainController) if not r.record.is_read_only]
    states = [(row, used.get(row.record.computer or "", Truth.UNKNOWN)) for row in rows]
    sure = [row for row, state in states if state is Truth.YES and not row.carried]
    perhaps = [row for row, state in states if state is not Truth.NO]
    if len(sure) > 1:
        yield kept(sure[0], plural(len(sure), "controller"))
    elif len(perhaps) > 1:
        yield unclear(perhaps[0], "whether a second controller is in use is not known")


def _in_use(subject: Subject) -> dict[str, Truth]:
    """Return whether computers are working controllers, by id: not silent, closed, or disguised."""
    found: dict[str, Truth] = {}
    silent = {hit.subject: hit for hit in _silent(subject, SILENT_DAYS, of_controllers=True)}
    for row in subject.directory.rows(DirectoryComputer):
        one, hit = row.record, silent.get(row.record.name)
        if one.is_enabled is False or is_in_disguise(row):
            found[one.id] = Truth.NO
        elif hit is not None:
            is_sure = hit.verdict is Verdict.NOT_MET and not hit.carried
            found[one.id] = Truth.NO if is_sure else Truth.UNKNOWN
        else:
            found[one.id] = Truth.UNKNOWN if row.carried else Truth.YES
    return found


@rule(
    "directory.role-holder",
    "Every operations master role is held by a controller that is there",
    Severity.HIGH,
    needs=(RoleHolder, *_COMPUTERS, DirectorySignIn),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Without its holder the domain cannot add controllers, schema, or blocks of numbers.",
    remedy="Find out what became of the holder; seize the role on a controller that stays.",
)
def role_holder(subject: Subject) -> Iterator[Hit]:
    """Yield the roles whose holder was deleted, is not named, or did not log on for long."""
    silent = {hit.subject: hit for hit in _silent(subject, SILENT_DAYS, of_controllers=True)}
    for row in subject.directory.rows(RoleHolder):
        one = row.record
        hit = silent.get(f"{one.holder}$")
        if hit is not None and not one.is_deleted:
            sure = hit.verdict is Verdict.NOT_MET and not hit.carried
            says = f"the {one.role} role is held by {one.holder}, which did not log on for long"
            yield broken_if(sure, row, says, one.role)
        if one.is_deleted or one.holder is None:
            who = f"{one.holder}, which was deleted" if one.holder else "nobody"
            yield broken(row, f"the {one.role} role is held by {who}", one.role)


@rule(
    "directory.computer-eol",
    "Every computer runs a system that gets security updates",
    Severity.MEDIUM,
    needs=_COMPUTERS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="What is found in such a system stays open for ever.",
    remedy="Replace it, or put it where nobody reaches it and write down why.",
)
def computer_eol(subject: Subject) -> Iterator[Hit]:
    """Yield enabled computers whose system is out of support; servers weigh more."""
    for row in subject.directory.rows(DirectoryComputer):
        one = row.record
        if one.is_enabled is False or not one.os:
            continue
        ends = windows_ends(one.os)
        if ends is not None and ends < subject.now:
            is_server = "server" in one.os.casefold() or is_controller(row)
            severity = Severity.HIGH if is_server else None
            says = f"{one.name} says {one.os}, out of support since {iso_day(ends)}"
            yield broken(row, says, one.name, severity=severity)
        elif ends is None and one.os.casefold().startswith("windows") and " 11" not in one.os:
            says = f"until when {one.os} ({one.name}) is supported is not known"
            yield unclear(row, says, one.name)


@rule(
    "directory.controller-silent",
    "Every controller is in use",
    Severity.MEDIUM,
    needs=(*_COMPUTERS, DirectorySignIn),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="A controller that is gone still is asked by clients, and holds a copy of all secrets.",
    remedy="Find the machine; remove it from the domain properly, and wipe its disks.",
)
def controller_silent(subject: Subject) -> Iterator[Hit]:
    """Yield controllers that did not log on for long."""
    yield from _silent(subject, SILENT_DAYS, of_controllers=True)


@rule(
    "directory.stale-computer",
    "Every computer that is enabled is in use",
    Severity.LOW,
    needs=(*_COMPUTERS, DirectorySignIn),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="An account of a machine that is gone can be used by whoever has its disk.",
    remedy="Find the machine, or disable its account.",
)
def stale_computer(subject: Subject) -> Iterator[Hit]:
    """Yield computers that did not log on for long; a young password is a sign of use."""
    yield from _silent(subject, STALE_DAYS, of_controllers=False)


def _silent(subject: Subject, days: int, *, of_controllers: bool) -> Iterator[Hit]:
    uses, past = last_use(subject.directory), subject.now - days * DAY_S
    for row in subject.directory.rows(DirectoryComputer):
        one, use = row.record, uses.get(row.record.id)
        was_used = use is not None and use.record.when is not None
        dates = (one.password_changed, None if was_used else one.created)
        if one.is_enabled is False or is_controller(row) is not of_controllers:
            continue
        if any(date is not None and date.latest >= past for date in dates):
            continue
        if use is None or use.carried:
            yield unclear(row, f"the directory does not say when {one.name} was used", one.name)
        elif use.record.when is None or use.record.when.latest < past:
            says = (
                f"was used last {use_text(use.record.when, subject.now)}"
                if use.record.when
                else "was never used"
            )
            yield broken(use, f"{one.name} {says}", one.name)


@rule(
    "directory.laps",
    "Each computer has a local administrator password of its own",
    Severity.HIGH,
    needs=(*_COMPUTERS, LocalAdminPassword),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who installed the computers knows the password that they all share.",
    remedy="Introduce Windows LAPS; after the handover let all passwords be renewed.",
)
def laps(subject: Subject) -> Iterator[Hit]:
    """Yield that few or no computers have one; those that were due long ago."""
    passwords = {row.record.computer: row for row in subject.directory.rows(LocalAdminPassword)}
    machines = [row for row in subject.directory.rows(DirectoryComputer) if _has_local_admin(row)]
    missing = [row for row in machines if row.record.id not in passwords]
    sure = subject.directory.is_whole(DirectoryComputer, LocalAdminPassword)
    if machines and len(machines) - len(missing) < LEAST_LAPS * len(machines):
        severity = None if len(missing) == len(machines) else Severity.MEDIUM
        says = f"{len(missing)} of {plural(len(machines), 'computer')} have none"
        found = broken_if(sure, missing[0], says)
        yield Hit(found.verdict, says, "", found.evidence, found.carried, severity)
    for row in machines:
        kept_one = passwords.get(row.record.id)
        expires = kept_one.record.expires if kept_one else None
        if kept_one and expires and expires.latest < subject.now - _OVERDUE_DAYS * DAY_S:
            says = f"the password of {row.record.name} was due on {expires}"
            yield broken(kept_one, says, row.record.name, severity=Severity.MEDIUM)


def _has_local_admin(row: Seen[DirectoryComputer]) -> bool:
    is_windows = (row.record.os or "").casefold().startswith("windows")
    return is_windows and row.record.is_enabled is not False and not is_controller(row)


@rule(
    "directory.sso-key",
    "The key of seamless single sign-on is renewed",
    Severity.MEDIUM,
    needs=_COMPUTERS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who once copied it can log in to the cloud as anybody until it is renewed.",
    remedy="Renew it (Update-AzureADSSOForest) after the leaver's last access has ended, or switch "
    "the feature off.",
)
def sso_key(subject: Subject) -> Iterator[Hit]:
    """Yield the age of the computer account AZUREADSSOACC; over a year weighs more."""
    for row in subject.directory.rows(DirectoryComputer):
        if row.record.name.upper() != "AZUREADSSOACC$":
            continue
        changed = row.record.password_changed
        if changed is None:
            yield unclear(row, "the key of AZUREADSSOACC has no date")
        elif changed.latest < subject.now - SSO_DAYS * DAY_S:
            is_worse = changed.latest < subject.now - SSO_OLD_DAYS * DAY_S
            severity = Severity.HIGH if is_worse else None
            yield broken(row, f"the key of AZUREADSSOACC is of {changed}", severity=severity)


@rule(
    "directory.read-only-controller",
    "Read-only controllers keep no secrets of administrators",
    Severity.HIGH,
    needs=(DomainController, *GROUPS, DirectoryRight, Domain),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Such a controller often stands where anybody can take it away.",
    remedy="Take powerful accounts and groups out of what it may keep.",
)
def read_only_controller(subject: Subject) -> Iterator[Hit]:
    """Yield what powerful principals a read-only controller may keep the secrets of."""
    principals, powers = subject.directory.once(Principals), powerful(subject.directory)
    for row in subject.directory.rows(DomainController):
        for dn in row.record.reveals if row.record.is_read_only else ():
            one = principals.of_dn(dn)
            if one.id in powers or one.rid in (512, 518, 519):
                says = f"{row.record.name} may keep the secrets of {one.name}"
                yield broken(row, says, f"{row.record.name} {folded(dn)}")
