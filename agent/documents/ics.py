r"""The calendar of what ends as a file that calendar programs take (RFC 5545, iCalendar).

Each end is an event of a whole day. Its UID is made of what ends and where, not of the day: a
calendar that takes the file of the next audit moves the event and does not show it twice.
"""

import hashlib
from collections.abc import Iterable, Iterator

from agent.documents.render import printable
from agent.documents.views import say
from agent.documents.views.calendar import End

MOST_OCTETS = 75  # of a line (section 3.1)
_WORDS = {"authorisation": "the authorisation of the audit", "access": "access of who leaves"}


def ics(ends: Iterable[End], *, client: str, made: int) -> Iterator[str]:
    """Yield the lines; `made`: when the audit ended, seconds since 1970 UTC."""
    yield from _lines("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//handover//calendar//EN")
    yield from _lines(f"X-WR-CALNAME:{_text(f'{client}: what ends' if client else 'what ends')}")
    for end in ends:
        yield from _lines(*_event(end, client, made))
    yield from _lines("END:VCALENDAR")


def _event(end: End, client: str, made: int) -> Iterator[str]:
    name = f"{client}\0{end.kind}\0{end.what}\0{end.where}"
    digest = hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:32]
    what = " ".join(filter(None, (_WORDS.get(end.kind, end.kind), end.what)))
    said = "; ".join(filter(None, (end.where, end.renewed_by and f"renewed by {end.renewed_by}")))
    yield "BEGIN:VEVENT"
    yield f"UID:{digest}@handover"
    yield f"DTSTAMP:{_stamp(made)}"
    yield f"DTSTART;VALUE=DATE:{_day(end.when)}"
    yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_text(what if end.kind == 'cutover' else f'{what}: ends or renews')}"
    yield f"DESCRIPTION:{_text(said)}"
    yield "END:VEVENT"


def _day(epoch_s: int) -> str:
    """Return `20270512`; what lies beyond the years that a date has, as their last day."""
    day = say.day(epoch_s)
    return day.replace("-", "") if len(day) == len("2027-05-12") and day[4] == "-" else "99991231"


def _stamp(epoch_s: int) -> str:
    day, clock = say.instant(epoch_s).removesuffix(" UTC").split(" ")
    return f"{day.replace('-', '')}T{clock.replace(':', '')}00Z"


def _text(value: str) -> str:
    """Return a text as a property's value (section 3.3.11)."""
    text = str(printable(value)).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r", "").replace("\n", "\\n")


def _lines(*lines: str) -> Iterator[str]:
    """Yield lines, folded where they are too long (section 3.1), never within a character."""
    for line in lines:
        part, size = "", 0
        for letter in line:
            octets = len(letter.encode("utf-8", "backslashreplace"))
            if size + octets > MOST_OCTETS:
                yield f"{part}\r\n"
                part, size = " ", 1
            part, size = part + letter, size + octets
        yield f"{part}\r\n"
