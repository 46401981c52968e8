"""What a host runs: a known and supported system, from checked sources."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.rule import Hit, Subject, broken, hit, kept, rule, unclear
from agent.judge.rules.support import WRITTEN, Support, support
from agent.judge.rules.words import DAY_S, days_between, listed, shown
from inventory.model.host import OperatingSystem, Subscription
from inventory.model.moment import iso_day
from inventory.model.software import Container, Repository
from inventory.snapshot import Seen

SOON_DAYS = 180
_UNSAID = "the host does not say which system it runs"


@rule(
    "host.eol",
    "The operating system is supported for the next six months",
    Severity.HIGH,
    needs=(OperatingSystem,),
    reason="Without security updates each new hole stays open, and whoever takes over inherits "
    "an upgrade that nobody has priced.",
    remedy="Plan the upgrade with a date and a price before the handover, or buy extended support.",
)
def end_of_support(subject: Subject) -> Iterator[Hit]:
    """Yield how long the system is supported; of a release that is not listed nothing is known."""
    if not subject.host.rows(OperatingSystem):
        yield Hit(Verdict.UNKNOWN, _UNSAID)
    for row in subject.host.rows(OperatingSystem):
        known = _support(row)
        if known is None:
            yield unclear(row, f"until when {_name(row)} is supported is not known here")
        elif known.until is None:
            yield kept(row, f"{known.release} is a rolling release, supported while it is updated")
        else:
            yield _ends(subject, row, known, known.until)


def _ends(subject: Subject, row: Seen[OperatingSystem], known: Support, until: int) -> Hit:
    day = iso_day(until)
    if until - subject.now > SOON_DAYS * DAY_S:
        return kept(row, f"{known.release} is supported until {day}")
    if until >= subject.now:
        left = days_between(subject.now, until)
        says, severity = f"{known.release} is supported until {day}, {left} days", Severity.MEDIUM
    else:
        says, severity = f"{known.release} has been out of support since {day}", Severity.HIGH
    bought = [one.record.product for one in subject.host.rows(Subscription) if not one.carried]
    if bought:
        says = f"{says}; a subscription may extend it: {listed(bought)}"
        severity = Severity.MEDIUM
    return broken(row, says, severity=severity)


@rule(
    "os.unknown",
    "The operating system is one whose support is known",
    Severity.LOW,
    needs=(OperatingSystem,),
    reason="Nobody can say here whether it still gets security updates.",
    remedy="Look up its maker's support dates, and write them into the register.",
    otherwise=Verdict.NOT_MET,
    says=_UNSAID,
)
def os_unknown(subject: Subject) -> Iterator[Hit]:
    """Yield whether the release is listed."""
    for row in subject.host.rows(OperatingSystem):
        known = _support(row)
        if known is None:
            says = f"{_name(row)} is not in the table of releases, written {WRITTEN}"
            yield hit(Verdict.NOT_MET, row, says)
        else:
            yield kept(row, known.release)


@rule(
    "repo.unsigned",
    "Packages are installed only when their signature is right",
    Severity.HIGH,
    needs=(Repository,),
    reason="Whoever controls the server, or the way to it, installs what they want as root.",
    remedy="Remove trusted=yes or set gpgcheck=1, with the key of the repository's owner.",
)
def unsigned(subject: Subject) -> Iterator[Hit]:
    """Yield the repositories whose signatures are not checked; apt and dnf check by default."""
    for row in subject.host.rows(Repository):
        if row.record.is_checked is False:
            says = f"signatures of {shown(row.record.url)} are not checked"
            yield broken(row, says, f"{row.record.url} {row.record.suite}".strip())


@rule(
    "container.unpinned",
    "Containers say which version they run",
    Severity.LOW,
    needs=(Container,),
    reason="An image without a version is another one after the next pull: nobody can rebuild "
    "what runs now.",
    remedy="Write the version or the digest into the definition of the container.",
)
def unpinned(subject: Subject) -> Iterator[Hit]:
    """Yield the containers whose image has no version, or `latest`."""
    rows = [row for row in subject.host.rows(Container) if _is_unpinned(row.record.image)]
    for row in rows:
        image = shown(row.record.image)
        yield broken(row, f"container {row.record.name} runs {image}", row.record.name)


def _is_unpinned(image: str) -> bool:
    name = image.rpartition("/")[2]
    return "@" not in image and (":" not in name or name.endswith(":latest"))


def _support(row: Seen[OperatingSystem]) -> Support | None:
    return support(row.record.id, row.record.version, row.record.name)


def _name(row: Seen[OperatingSystem]) -> str:
    one = row.record
    return shown(one.name or f"{one.id} {one.version or ''}".strip())
