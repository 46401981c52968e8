"""Free texts of directories, in which people write passwords: where one stood, never what.

The passwords themselves are gone before a collector sees an entry (collectors/free_text.py).
"""

import re
from collections.abc import Iterable

from collectors.entries import Entry, clean_value
from collectors.free_text import redact_remark
from collectors.secret_formats import MASK
from inventory.model.directory_accounts import DirectorySecret

REMARKS = ("description", "info", "comment")
# What stands before the mask of a secret that was taken out, and not before three plain stars.
_MASKED = re.compile(
    r"(?:[:=}/>]|\b(?:pass\w{0,12}|pwd?|pin|puk|kw|kennwort|losung|zugangsdaten|cred\w{0,10}|geheim"
    r"|secret|mdp|mot\s+de\s+passe|contrase[nñ]a|clave|wachtwoord|has[lł]o|token|key)"
    r"(?:[\s:=/>|~-]{1,6}\w{1,8}){0,2})[\s\"'(\[|~]{0,4}\*\*\*",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """Return a text without the secrets that people wrote into it."""
    return redact_remark(text)


def was_masked(text: str) -> bool:
    """Return whether a secret was taken out of a text."""
    return MASK in text and (text.strip() == MASK or _MASKED.search(text) is not None)


def secrets(entry: Entry, names: Iterable[str] = REMARKS) -> tuple[DirectorySecret, ...]:
    """Return the place of each text that held a password, by lower-case attribute names."""
    values = entry.values
    found = [name for name in names if name in values and any(map(_held_one, values[name]))]
    if not found:
        return ()
    return tuple(DirectorySecret(at=entry.at(n), object=entry.dn, attribute=n) for n in found)


def _held_one(raw: bytes) -> bool:
    return _MASK in raw and was_masked(clean_value(raw))


_MASK = MASK.encode()
