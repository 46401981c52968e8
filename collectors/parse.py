"""Small bounded helpers that several collectors share; pure, and raising only ParseError."""

import re

from inventory.errors import ParseError
from inventory.model.moment import Moment

_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*[=:]\s*(.*?)\s*$")


def integer(text: str, *, what: str, least: int = -(2**63), most: int = 2**64) -> int:
    """Return the number; raises ParseError naming what it should be when it is none, or too big."""
    stripped = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,20}", stripped):
        raise ParseError(f"{what} must be a number, got {stripped[:40]!r}")
    value = int(stripped)
    if not least <= value <= most:
        raise ParseError(f"{what} is out of range: {value}")
    return value


def optional_integer(text: str) -> int | None:
    """Return the number, or None when there is none to read."""
    stripped = text.strip()
    return int(stripped) if re.fullmatch(r"[+-]?[0-9]{1,18}", stripped) else None


def unquote(text: str) -> str:
    """Return the text without one pair of matching quotes around it."""
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def assignment(line: str) -> tuple[str, str] | None:
    """Return name and unquoted value of `NAME=value` or `name: value`; None for other lines."""
    match = _ASSIGNMENT.match(line[:8192])
    return (match.group(1), unquote(match.group(2))) if match else None


def without_comment(line: str, mark: str = "#") -> str:
    """Return the line up to the first comment mark that starts it or follows white space."""
    if line.lstrip().startswith(mark):
        return ""
    cut = re.search(rf"\s{re.escape(mark)}", line)
    return line[: cut.start()] if cut else line


def epoch(seconds: int) -> Moment:
    """Return the exact moment of a POSIX time."""
    return Moment.exact(seconds)


def strip_credentials(url: str) -> str:
    """Return a URL or rsync/borg address without `user:password@`; the user name alone stays."""
    return re.sub(r"(://)([^/@\s:]*):[^/@\s]*@", r"\1\2@", url)


_QUOTED_WORD = re.compile(r"(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\\.|[^\s\"'\\])++")
_QUOTES = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"|'((?:[^'\\]|\\.)*+)'|(\\.|[^\"'\\]+)")


def quoted_words(line: str) -> tuple[str, ...] | None:
    r"""Return the words of a line, without their quotes and the escapes \" \' \\ and `\ `.

    Any other backslash stays, as in `DOMAIN\alice`. None: a quote or an escape has no end.
    """
    words = _QUOTED_WORD.findall(line)
    if _QUOTED_WORD.sub("", line).strip():
        return None
    return tuple(_without_quotes(word) for word in words)


def _without_quotes(word: str) -> str:
    inner = "".join(a or b or c for a, b, c in _QUOTES.findall(word))
    return re.sub(r"\\([\"'\\ ])", r"\1", inner)
