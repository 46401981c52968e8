"""Reads handover.yaml: everything that is wrong in it is told at once, with file and line."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import structs

from agent.engagement import checks
from agent.engagement.files import exposure, read_bounded
from agent.engagement.mistakes import Mistakes, Place
from agent.engagement.model import FORMATS, Authorisation, Dates, Detail, Documents, Engagement
from agent.engagement.nodes import MOST_BYTES, Mapping, node_of
from agent.engagement.parties import ROLES, parties
from agent.engagement.section import Section, section_of
from agent.engagement.sources import sources

NAME = "handover.yaml"
KEYS = (
    "client", "parties", "authorisation", "dates", "told", "detail", "retention", "sources",
    "documents", "plugins",
)  # fmt: skip
AUTHORISATION = ("name", "role", "date", "reference", "until")
NEEDED = (
    ("name", "who authorised"),
    ("role", "as what"),
    ("date", "on which day"),
    ("reference", "where it is written: a mail, a contract, a ticket"),
)
DATES = ("audit", "cutover", "access_ended")
DOCUMENTS = ("folder", "formats", "paper")
BELOW = dict.fromkeys(ROLES, "parties") | dict.fromkeys(DATES, "dates")
PAPER = ("A4", "Letter")
RETENTION_DAYS = 400


def load(folder: Path, *, asks: bool = True) -> Engagement:
    """Return what the folder's handover.yaml says. Raises ConfigError with all mistakes.

    `asks`: the sources are to be asked; an audit that is kept is read without what that needs.
    """
    path = folder / NAME
    raw = read_bounded(path, name=str(path), most_bytes=MOST_BYTES)
    changeable = exposure(path)
    warnings = (f"{NAME} can be changed by {changeable}: chmod 600 it",) if changeable else ()
    return engagement_of(raw, folder, warnings=warnings, asks=asks)


def engagement_of(
    raw: bytes, folder: Path, *, warnings: tuple[str, ...] = (), asks: bool = True
) -> Engagement:
    """Return what the text of a handover.yaml says. Raises ConfigError with all mistakes."""
    mistakes = Mistakes(asks=asks)
    node = node_of(raw, NAME, mistakes)
    if node is None:
        mistakes.settle()
        mistakes.add(Place(NAME, 1), f"is empty: it has at least `client:`, and {_rest()}")
        mistakes.settle()
    assert node is not None  # noqa: S101  (settle raised)
    top = section_of(node, mistakes, KEYS, what=NAME, below=BELOW)
    found = _engagement(top, folder, warnings) if top is not None else None
    mistakes.settle()
    assert found is not None  # noqa: S101  (no section is a mistake)
    return found


def _rest() -> str:
    return f"may have {', '.join(KEYS[1:])}; `handover init` writes one"


def _engagement(top: Section, folder: Path, warnings: tuple[str, ...]) -> Engagement:
    client = _client(top)
    authorisation = _authorisation(top)
    found = Engagement(
        folder=folder,
        client=client,
        parties=parties(top, client=client, folder=folder),
        authorisation=authorisation,
        dates=_dates(top),
        sources=sources(top, folder),
        told=top.take("told", checks.yes_no) or False,
        detail=top.take("detail", checks.one_of(Detail)) or Detail.MINIMAL,
        retention_days=top.take("retention", checks.days) or RETENTION_DAYS,
        documents=_documents(top),
        plugins=top.take_all("plugins", checks.pin),
    )
    return _warned(found, warnings)


def _warned(found: Engagement, warnings: tuple[str, ...]) -> Engagement:
    return structs.replace(found, warnings=(*warnings, *_doubts(found)))


def _doubts(found: Engagement) -> Iterator[str]:
    left = len(found.sources) - len(tuple(found.allowed_sources()))
    if left:
        yield f"authorisation is missing: {left} sources are not asked, only this machine"


def _client(top: Section) -> str:
    top.need("client", "whose environment is audited?")
    node = top.node("client")
    if isinstance(node, Mapping):
        text = "client must be a name; what else there is to say of it belongs under `parties:`"
        top.add(node.place, text)
        return ""
    return top.take("client", checks.words) or ""


def _authorisation(top: Section) -> Authorisation | None:
    section = top.inner("authorisation", AUTHORISATION)
    if section is None:
        return None
    for key, why in NEEDED:
        section.need(key, why)
    start, end = section.take("date", checks.day), section.take("until", checks.day)
    if start is None:
        return None
    if end is not None and end < start:
        section.add(section.place_of("until"), f"until must not lie before {start}, got {end}")
    return Authorisation(
        name=section.take("name", checks.words) or "",
        role=section.take("role", checks.words) or "",
        date=start,
        reference=section.take("reference", checks.words) or "",
        until=end,
    )


def _dates(top: Section) -> Dates:
    section = top.inner("dates", DATES)
    if section is None:
        return Dates()
    found = Dates(*(section.take(key, checks.day) for key in DATES))
    if found.audit and found.cutover and found.audit > found.cutover:
        text = f"audit must not lie after the cutover {found.cutover}, got {found.audit}"
        section.add(section.place_of("audit"), text)
    return found


def _documents(top: Section) -> Documents:
    section = top.inner("documents", DOCUMENTS)
    plain = Documents()
    if section is None:
        return plain
    return Documents(
        folder=section.take("folder", checks.words) or plain.folder,
        formats=section.take_all("formats", checks.known_word(FORMATS)) or plain.formats,
        paper=section.take("paper", checks.known_word(PAPER)) or plain.paper,
    )
