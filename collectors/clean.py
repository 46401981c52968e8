"""Makes hostile bytes printable where they enter: one place for all sources (CWE-150)."""

import re

MOST_LINE = 16_384  # characters of one line; the rest is cut and the answer marked truncated

# C0 but tab and newline, DEL, C1, surrogates, bidi controls, zero width, line separators, tags
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def clean(raw: bytes) -> str:
    """Return text that is safe to print: bad UTF-8 and unsafe characters as visible escapes."""
    text = raw.decode("utf-8", "backslashreplace")
    return clean_text(text.replace("\r\n", "\n") if "\r" in text else text)


def clean_text(text: str) -> str:
    r"""Return the text with each unsafe character as a visible escape such as \x1b or \u202e."""
    return UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cut_lines(text: str, most: int = MOST_LINE) -> tuple[str, bool]:
    """Return the text with over-long lines cut, and whether any was."""
    if len(text) <= most:
        return text, False
    lines = text.split("\n")
    cut = any(len(line) > most for line in lines)
    return ("\n".join(line[:most] for line in lines) if cut else text), cut
