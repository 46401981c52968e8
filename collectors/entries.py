"""What a search of a directory brings: entries with raw values, page by page, and its gaps after.

    @collector("directory.subnets", asks=[SUBNETS], tells=[Subnet], source="ldap")
    def subnets(found: Entries) -> Iterator[Subnet | Unreadable]:
        for entry in found:
            yield Subnet(at=entry.at("siteObject"), network=entry.text("cn"), ...)

How it is read: collectors/found.py.
"""

from collections.abc import Mapping

from msgspec import Struct

from collectors.clean import clean
from collectors.found import Found
from inventory.model.evidence import Pointer

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

    What is short and printable as it was sent needs no cleaning: the common case, told fast.
    """
    if len(raw) <= MOST_TEXT:
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text = clean(raw)
        if not text.isprintable():
            text = clean(raw)
    else:
        text = clean(raw[: 4 * MOST_TEXT])
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def number(raw: bytes | None) -> int | None:
    """Return a decimal integer of at most 64 bits; None for all else."""
    if raw is None or len(raw) > 20:
        return None
    if raw.isdigit():
        return int(raw)
    return int(raw) if raw[:1] == b"-" and raw[1:].isdigit() else None


Entries = Found[Entry]  # of one search
