"""Free texts of directories, in which people write passwords: masked, and where they stood told."""

import re
from collections.abc import Iterable
from functools import lru_cache

from collectors.entries import Entry, clean_value
from collectors.redact import redact
from collectors.secret_formats import MASK
from inventory.model.directory_accounts import DirectorySecret

# What must be in a text before it is looked at closely: a word, or a sign that stands before one.
_HINTS = (
    "pass", "pw", ":", "=", "$", "<", "|", "kennwort", "geheim", "secret", "pin", "mdp",
    "wachtwoord", "contrase", "haslo", "token", "akia", "eyj", "ghp_", "gho_", "ghs_", "://",
)  # fmt: skip
# `pw Sommer2024!`, `PW is Xy12-99`, `PIN 4711`: the word, and a value that looks like a password.
_SPOKEN = re.compile(
    r"(?P<k>(?<![^\W_])(?:pass(?:wor[dt]|wd|phrase|code)?|pwd?|pin|kennwort|mdp|mot de passe"
    r"|wachtwoord|contrase(?:ñ|n)a|haslo|geheim|secret)s?\b[\"']?\s{0,4}(?:[:=>/-]{1,2}|is\b|ist\b)?\s{0,4}"
    r"[\"'(]?)(?P<value>[^\s\"']{4,64})",
    re.IGNORECASE,
)
_MASKED = re.compile(
    r"(?:[:=}/]|\b(?:pass\w{0,12}|pwd?|pin|kennwort|geheim|secret|mdp))\s{0,4}[\"'(]?\*\*\*",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}[.,;)]?")


@lru_cache(1024)
def masked(text: str) -> str:
    """Return a text without what looks like a secret in it; most texts come back as they are."""
    folded = text.lower()
    for hint in _HINTS:
        if hint in folded:
            break
    else:
        return text
    return redact(_SPOKEN.sub(_without_value, text))


def _without_value(match: re.Match[str]) -> str:
    value, word = match["value"], match["k"].lower()
    has_digit = any(char.isdigit() for char in value)
    has_other = not value.isdigit() or word.startswith("pin")
    if has_digit and has_other and not _DATE.fullmatch(value):
        return f"{match['k']}{MASK}"
    return match.group()


def description(entry: Entry, name: str = "description") -> str:
    """Return an entry's description without secrets; "" when it has none, or does not show it."""
    return masked(entry.text(name) or "")


def secrets(
    entry: Entry, names: Iterable[str] = ("description", "info", "comment")
) -> tuple[DirectorySecret, ...]:
    """Return the place of each text that looks as if it held a password, never the text."""
    values = entry.values
    found = [name for name in names if name in values and any(map(_is_secret, values[name]))]
    if not found:
        return ()
    return tuple(DirectorySecret(at=entry.at(n), object=entry.dn, attribute=n) for n in found)


def _is_secret(raw: bytes) -> bool:
    text = clean_value(raw)
    return masked(text) != text or was_masked(text)


def was_masked(text: str) -> bool:
    """Return whether a secret was taken out of a text before: a recording keeps none."""
    return MASK in text and _MASKED.search(text) is not None
