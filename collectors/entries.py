"""What a search of a directory brings: entries with raw values, page by page, and its gaps after.

    @collector("directory.subnets", asks=[SUBNETS], tells=[Subnet], source="ldap")
    def subnets(found: Entries) -> Iterator[Subnet | Unreadable]:
        for entry in found:
            yield Subnet(at=entry.at("siteObject"), network=entry.text("cn"), ...)

An `Entries` is read once, to its end; only then its gaps are known, so a collector that claims a
state from an absence asks `is_whole` after its loop. A collector with several asks reads them in
their order, one after the other.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from collectors.clean import clean
from inventory.model.evidence import Gap, Pointer

Values = tuple[bytes, ...]
MOST_TEXT = 4096  # characters of one value; longer ones are cut, and end in an ellipsis


class Entry(Struct, frozen=True):
    """One entry of a directory: its name, and its attributes as the server sent them.

    Secrets in free texts are taken out before (collectors/free_text.py).
    """

    ask: str  # "collector/ask"
    dn: str  # clean
    values: Mapping[str, Values]  # by lower-case attribute name, without options such as ;range=

    def has(self, name: str) -> bool:
        """Return whether the server told the attribute. Its absence may be a missing right."""
        return name.lower() in self.values

    def raw(self, name: str) -> bytes | None:
        """Return the first value; None: not told."""
        found = self.values.get(name.lower())
        return found[0] if found else None

    def raws(self, name: str) -> Values:
        """Return all values in the server's order."""
        return self.values.get(name.lower(), ())

    def text(self, name: str) -> str | None:
        """Return the first value as clean text; None: not told."""
        found = self.raw(name)
        return None if found is None else clean_value(found)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all values as clean text, sorted: a directory keeps no order."""
        return tuple(sorted(map(clean_value, self.raws(name))))

    def number(self, name: str) -> int | None:
        """Return the first value as an integer (RFC 4517 section 3.3.16); None: not told, or none.

        Numbers of more than 64 bits are none: no attribute that is read here has them.
        """
        return number(self.raw(name))

    def at(self, attribute: str = "") -> Pointer:
        """Return the place of the entry, or of one of its attributes."""
        return Pointer(self.ask, f"{self.dn} {attribute}" if attribute else self.dn)


def clean_value(raw: bytes) -> str:
    """Return a value as text that is safe to print, of bounded length.

    What is printable as it was sent needs no cleaning: the common case, told fast.
    """
    try:
        text = raw[: 4 * MOST_TEXT].decode()
    except UnicodeDecodeError:
        text = ""
    if not (text and text.isprintable()):
        text = clean(raw[: 4 * MOST_TEXT])
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def number(raw: bytes | None) -> int | None:
    """Return a decimal integer of at most 64 bits; None for all else."""
    if raw is None or len(raw) > 20:
        return None
    if raw.isdigit():
        return int(raw)
    return int(raw) if raw[:1] == b"-" and raw[1:].isdigit() else None


class Entries:
    """The entries of one search, read once; its gaps are known when it was read to its end."""

    def __init__(self, ask: str, found: Iterable[Entry | Gap]) -> None:
        """Take what the search yields: entries, and gaps wherever they are met."""
        self.ask = ask
        self._found = iter(found)
        self._gaps: list[Gap] = []
        self._ended = False
        self._seen = 0

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries. What is left of them is yielded when it is iterated again."""
        for one in self._found:
            if isinstance(one, Gap):
                self._gaps.append(one)
            else:
                self._seen += 1
                yield one
        self._ended = True

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what is missing. Raises RuntimeError before all was read: nobody knows yet."""
        if not self._ended:
            raise RuntimeError(f"{self.ask} was not read to its end: its gaps are not known")
        return tuple(self._gaps)

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is missing: then what is not in it is not there."""
        return not self.gaps

    @property
    def seen(self) -> int:
        """Return how many entries were read so far."""
        return self._seen

    def finish(self) -> None:
        """Read what a collector left, so that the gaps are known."""
        for _ in self:
            pass
