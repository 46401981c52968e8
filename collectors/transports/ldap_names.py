"""Names in a directory: of attributes as servers send them, and of where asks begin."""

import re
from collections.abc import Sequence

from msgspec import Struct

from collectors.clean import clean
from collectors.entries import Values
from collectors.free_text import FREE_TEXT, redacted_value
from collectors.secret_attributes import SECRET_ATTRIBUTES
from collectors.transports.ldap_ber import Attributes
from collectors.transports.ldap_place import RootDse

MOST_REMEMBERED = 2000  # names; a hostile server could make up more
NONE_ASKED = "1.1"
DESCRIPTOR = "nTSecurityDescriptor"

# [MS-ADTS] 3.1.1.3.1.3.3: `member;range=0-1499`, and `-*` for the last part
_RANGE = re.compile(rb"(?:.*;)?range=([0-9]{1,9})-([0-9]{1,9}|\*)", re.IGNORECASE)


class Ranged(Struct, frozen=True):
    """An attribute that came in part."""

    name: str  # lower case, without options
    start: int
    following: int | None  # the number of the first value that did not come; None: none is left
    values: Values


class Naming:
    """What was asked for, and how what came is called: lower case, and without options."""

    def __init__(self, attributes: Sequence[str], *, descriptors: bool = False) -> None:
        """Take the attributes of an ask."""
        names = {name.split(";")[0].lower() for name in attributes} - {NONE_ASKED}
        extra = (DESCRIPTOR,) if descriptors and DESCRIPTOR.lower() not in names else ()
        self.asked = (*(name for name in attributes if name != NONE_ASKED or not extra), *extra)
        self._wanted = (names | {name.lower() for name in extra}) - SECRET_ATTRIBUTES
        self.known: dict[bytes, str] = {}  # names as they are sent, of what is kept as it comes
        self._remarks: dict[bytes, str] = {}  # of what people write, where secrets are taken out

    def enter(self, told: Attributes, found: dict[str, Values]) -> tuple[Ranged, ...]:
        """Enter what was asked for into `found`; return the attributes of which there is more."""
        remarks = self._remarks
        if remarks.keys() >= told.keys():  # the common case
            for raw, values in told.items():
                found[remarks[raw]] = tuple(map(redacted_value, values))
            return ()
        return tuple(one for one in self._odd(told, found) if one.following is not None)

    def parts(self, told: Attributes) -> list[Ranged]:
        """Return the attributes that came in part, the last part included."""
        return self._odd(told, {})

    def _odd(self, told: Attributes, found: dict[str, Values]) -> list[Ranged]:
        """Enter values under names that are new, or need a closer look, into `found`."""
        ranges = []
        for raw, values in told.items():
            option, name = self._name(raw)
            if name not in self._wanted:
                continue
            kept = tuple(map(redacted_value, values)) if name in FREE_TEXT else values
            if kept or name not in found:
                found[name] = (*found.get(name, ()), *kept)
            if match := _RANGE.fullmatch(option):
                last = None if match[2] == b"*" else int(match[2]) + 1
                ranges.append(Ranged(name, int(match[1]), last, kept))
            elif not option and len(self.known) + len(self._remarks) < MOST_REMEMBERED:
                (self._remarks if name in FREE_TEXT else self.known)[raw] = name
        return ranges

    @staticmethod
    def _name(raw: bytes) -> tuple[bytes, str]:
        name, _, option = raw[:300].partition(b";")
        return option, clean(name).lower()


def places(base: str, root: RootDse) -> tuple[str, ...]:
    """Return where an ask begins; `{domain}` of a directory with several suffixes is each of them.

    Nothing: the server does not tell one of the places that the base names.
    """
    told = {
        "configuration": root.configuration,
        "schema": root.schema,
        "forest": root.forest,
        "dns_domain": root.dns_domain,
        "config": root.config,
    }
    if any(f"{{{name}}}" in base and not place for name, place in told.items()):
        return ()
    for name, place in told.items():
        base = base.replace(f"{{{name}}}", place)
    if "{domain}" not in base:
        return (base,)
    return tuple(base.replace("{domain}", suffix) for suffix in root.suffixes)


def plain_dn(dn: str) -> str:
    """Return a DN as it is compared here: without case, and without blanks after commas."""
    return ",".join(part.strip() for part in dn.lower().split(","))


def dns_of(dn: str) -> str:
    """Return the DNS name of `DC=corp,DC=example` (RFC 2247); "" where it is none."""
    parts = [part.strip().partition("=") for part in dn.split(",")]
    if not all(kind.strip().lower() == "dc" for kind, _, _ in parts):
        return ""
    return ".".join(value.strip() for _, _, value in parts).lower()
