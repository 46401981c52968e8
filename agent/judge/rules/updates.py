"""How current a host is kept: updates that wait, lists that are stale, a restart that is due."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.rule import Hit, Subject, broken, rule, unclear
from agent.judge.rules.words import days_between, listed, plural
from inventory.model.host import Reboot
from inventory.model.software import PendingUpdate, UpdateState
from inventory.snapshot import Seen

STALE_DAYS = 14
MOST_EVIDENCE = 20  # of packages: one host may lack hundreds
_NO_MANAGER = "no package manager that is known here was seen"


@rule(
    "updates.security",
    "All security updates are installed",
    Severity.HIGH,
    needs=(PendingUpdate, UpdateState),
    reason="The holes that they close are published. Who takes over answers for them from "
    "the first day.",
    remedy="Install them before the handover, or agree on who does it and when.",
)
def security(subject: Subject) -> Iterator[Hit]:
    """Yield the security updates that wait; without fresh lists, that there may be more."""
    rows = subject.host.rows(PendingUpdate)
    waiting = [row for row in rows if row.record.is_security]
    fresh = [row for row in waiting if not row.carried]
    for some, carried in ((fresh, False), ([row for row in waiting if row.carried], True)):
        if some:
            number, names = len(some), sorted({row.record.name for row in some})
            says = f"{plural(number, 'security update')} not installed: {listed(names)}"
            places = tuple(row.evidence for row in some[:MOST_EVIDENCE])
            yield Hit(Verdict.NOT_MET, says, "", places, carried)
    untold = [row for row in rows if row.record.is_security is None]
    if untold:
        says = f"whether {plural(len(untold), 'update')} concerns security is not said"
        yield unclear(untold[0], says)
    yield from _stale(subject)


def _stale(subject: Subject) -> Iterator[Hit]:
    """Yield why "no updates" would prove nothing."""
    states = subject.host.rows(UpdateState)
    if not states:
        yield Hit(Verdict.UNKNOWN, _NO_MANAGER)
    for row in states:
        if says := _age(row, subject.now):
            yield unclear(row, f"{says}, so more updates may wait", row.record.manager)


@rule(
    "updates.lists-stale",
    "The package lists are fresh",
    Severity.MEDIUM,
    needs=(UpdateState,),
    reason="A host that does not look for updates reports that there are none.",
    remedy="Let the lists be refreshed daily, and find out why they were not.",
)
def lists_stale(subject: Subject) -> Iterator[Hit]:
    """Yield the package managers whose lists are old, or that have none."""
    rows = subject.host.rows(UpdateState)
    if not rows:
        yield Hit(Verdict.UNKNOWN, _NO_MANAGER)
    for row in rows:
        if says := _age(row, subject.now):
            yield broken(row, says, row.record.manager)


def _age(row: Seen[UpdateState], now: int) -> str:
    """Return what is wrong with the age of the lists; empty: nothing."""
    manager, changed = row.record.manager, row.record.lists_changed
    if changed is None:
        return f"{manager} has no package lists"
    days = days_between(changed.latest, now)
    return f"the lists of {manager} are {days} days old" if days > STALE_DAYS else ""


@rule(
    "updates.automatic",
    "Security updates install themselves, or someone else does it",
    Severity.LOW,
    needs=(UpdateState,),
    reason="Where updates are somebody's task, that task ends with the somebody.",
    remedy="Switch automatic security updates on, or name who installs them from the cutover on.",
)
def automatic(subject: Subject) -> Iterator[Hit]:
    """Yield the package managers that do not update themselves, or do not say so."""
    rows = subject.host.rows(UpdateState)
    if not rows:
        yield Hit(Verdict.UNKNOWN, _NO_MANAGER)
    for row in rows:
        manager = row.record.manager
        if row.record.automatic is False:
            yield broken(row, f"{manager} does not install updates by itself", manager)
        elif row.record.automatic is None:
            yield unclear(row, f"whether {manager} installs updates by itself is not said", manager)


@rule(
    "reboot.pending",
    "No restart is pending",
    Severity.MEDIUM,
    needs=(Reboot,),
    reason="Updates are installed and not in force. The next restart, perhaps the first under "
    "new hands, may show problems that were made long before.",
    remedy="Restart in a window before the handover, while those who know the host are here.",
)
def reboot(subject: Subject) -> Iterator[Hit]:
    """Yield that a restart is due, and for what."""
    for row in subject.host.rows(Reboot):
        named = f": {listed(row.record.packages)}" if row.record.packages else ""
        yield broken(row, f"a restart is pending, for {row.record.reason}{named}")
