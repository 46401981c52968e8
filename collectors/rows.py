"""What Microsoft Graph tells of one object, as collectors read it: typed, clean and bounded.

    @collector("entra.domains", asks=[DOMAINS], tells=[TenantDomain], source="graph")
    def domains(found: Rows) -> Iterator[TenantDomain]:
        for row in found:
            yield TenantDomain(at=row.at(), name=row.needed("id"), ...)

A property that is null, empty or absent is None or empty: Graph does not state it. One of another
type than is asked for reads as not stated too, and is a misfit: a gap of the row's part that the
reading gets by itself (`misfits`), so that no collector can lose it. A property without which a
record would say too much is `needed`: that it is absent is a misfit as well.
"""

import re
from calendar import timegm
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from collectors.clean import clean_text
from collectors.entries import MOST_TEXT
from collectors.found import Found
from inventory.model.evidence import Gap, Pointer, Why
from inventory.model.moment import Moment

MOST_PART = 256  # characters
MOST_MISFITS = 20  # of one row that are kept
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|z|[+-]\d\d:\d\d)?)?"
)
_TYPE = "#microsoft.graph."


class Row:
    """One object as Graph told it; nested objects are rows of their own."""

    __slots__ = ("_misfits", "_within", "ask", "body", "key", "part")

    def __init__(
        self,
        ask: str,
        body: Mapping[str, Any],
        key: str = "",
        *,
        within: str = "",
        misfits: list[str] | None = None,
    ) -> None:
        """Take the JSON of an object; `key`: of the object for which it was asked (`each`).

        `within` and `misfits` are those of the row in which it is nested.
        """
        self.ask, self.body, self.key, self._within = ask, body, key, within
        self._misfits: list[str] = [] if misfits is None else misfits
        told = key or body.get("id")
        self.part = clean_text(told)[:MOST_PART] if isinstance(told, str) else ""

    @property
    def type(self) -> str:
        """Return its type without the namespace: `user`; empty: it is not told."""
        return (self.text("@odata.type") or "").removeprefix(_TYPE)

    def stands_for(self, part: str) -> None:
        """Say of which part its gaps are, where that is not its id: the PART of the record kind."""
        self.part = clean_text(part)[:MOST_PART]

    def has(self, name: str) -> bool:
        """Return whether the property was told, be it null."""
        return name in self.body

    def text(self, name: str) -> str | None:
        """Return a text, clean and of bounded length; None: not stated."""
        found = self.body.get(name)
        if found is None or found == "":
            return None
        if not isinstance(found, str):
            self._misfit(name, "is no text")
            return None
        return cleaned(found)

    def needed(self, name: str) -> str:
        """Return a text that every such object has; its absence is a misfit, and reads as empty."""
        found = self.text(name)
        if found is None and self.body.get(name) in (None, ""):
            self._misfit(name, "is missing")
        return found or ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list, sorted, each once."""
        found = self._list(name)
        if not all(isinstance(one, str) for one in found):
            self._misfit(name, "is no list of texts")
        return tuple(sorted({cleaned(one) for one in found if isinstance(one, str) and one}))

    def flag(self, name: str) -> bool | None:
        """Return yes or no (`True` and `False` in a CSV); None: not stated."""
        found = self.body.get(name)
        if found is None or found == "" or isinstance(found, bool):
            return None if found == "" else found
        if found in ("True", "true", "False", "false"):
            return bool(found in ("True", "true"))
        self._misfit(name, "is neither true nor false")
        return None

    def needed_flag(self, name: str) -> bool | None:
        """Return yes or no of what every such object has; its absence is a misfit."""
        if self.body.get(name) in (None, ""):
            self._misfit(name, "is missing")
        return self.flag(name)

    def number(self, name: str) -> int | None:
        """Return a whole number of at most 64 bits, also one in digits; None: not stated."""
        found = self.body.get(name)
        if found is None or found == "":
            return None
        if isinstance(found, str) and re.fullmatch(r"-?[0-9]{1,19}", found):
            found = int(found)
        if isinstance(found, bool) or not isinstance(found, int) or abs(found) >= 1 << 63:
            self._misfit(name, "is no whole number")
            return None
        return found

    def amount(self, name: str) -> float | None:
        """Return a number that need not be whole; None: not stated."""
        found = self.body.get(name)
        if found is None or found == "":
            return None
        if isinstance(found, bool) or not isinstance(found, int | float):
            self._misfit(name, "is no number")
            return None
        try:
            return float(found)
        except OverflowError:
            self._misfit(name, "is no number")
            return None

    def moment(self, name: str) -> Moment | None:
        """Return a time (ISO 8601); without a zone it is UTC, a day alone is as coarse as that.

        None: not stated, or the year 1, which is how Graph writes "never".
        """
        text = self.text(name)
        if text is None or text.startswith("0001-01-01"):
            return None
        found = moment(text)
        if found is None:
            self._misfit(name, "is no time")
        return found

    def row(self, name: str) -> "Row":
        """Return a nested object; one that is not stated is an empty row."""
        found = self.body.get(name)
        if found is not None and not isinstance(found, Mapping):
            self._misfit(name, "is no object")
        return self._nested(found if isinstance(found, Mapping) else {}, name)

    def rows(self, name: str) -> tuple["Row", ...]:
        """Return the objects of a list."""
        found = self._list(name)
        if not all(isinstance(one, Mapping) for one in found):
            self._misfit(name, "is no list of objects")
        return tuple(self._nested(one, name) for one in found if isinstance(one, Mapping))

    def at(self, name: str = "") -> Pointer:
        """Return the place of the object, or of one of its properties."""
        where = f"{self._within}/{name}" if self._within and name else name or self._within
        return Pointer(self.ask, " ".join(filter(None, (self.part, where))))

    def misfits(self) -> Iterator[Gap]:
        """Yield a gap for each property that was not what it has to be, and forget them."""
        told, self._misfits[:] = tuple(dict.fromkeys(self._misfits)), ()
        for one in told:
            yield Gap(Why.MALFORMED, self.ask, self.part, one, "report")

    def _nested(self, body: Mapping[str, Any], name: str) -> "Row":
        within = f"{self._within}/{name}" if self._within else name
        row = Row(self.ask, body, within=within, misfits=self._misfits)
        row.key, row.part = self.key, self.part
        return row

    def _list(self, name: str) -> Sequence[Any]:
        found = self.body.get(name)
        if found is None or found == "":
            return ()
        if not isinstance(found, list):
            self._misfit(name, "is no list")
            return ()
        return found

    def _misfit(self, name: str, what: str) -> None:
        if len(self._misfits) < MOST_MISFITS:
            where = f"{self._within}/{name}" if self._within else name
            self._misfits.append(f"{clean_text(where)[:MOST_PART]} {what}")


Rows = Found[Row]  # of one ask


def every_id(row: Row) -> Iterator[str]:
    """Yield the id of an object of a list: it is asked for whatever it is (`Each.keys`)."""
    yield row.needed("id")


def cleaned(text: str) -> str:
    """Return a text that is safe to print, of bounded length."""
    if len(text) > MOST_TEXT:
        text = f"{text[:MOST_TEXT]}…"
    return text if text.isprintable() else clean_text(text)


def moment(text: str) -> Moment | None:
    """Return the moment of an ISO 8601 time or day, UTC unless it says otherwise; None: none."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(one or 0) for one in found.groups()[:6])
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second <= 60):
        return None
    start = timegm((year, month, day, hour, minute, second, 0, 0, 0)) - _offset(found.group(7))
    if found.group(4) is None:
        return Moment.of_day(start // 86_400)
    return Moment.exact(start)


def _offset(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds
