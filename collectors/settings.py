"""Settings in configuration files: which lines may leave a host, and what they say.

A filter runs on the host, so that only the named settings leave it. It keeps line numbers (a line
that stays behind is blank), and takes passwords and queries out of addresses.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_network

from msgspec import Struct

from collectors.spec import Answer
from inventory.model.evidence import Pointer

# Passwords and queries in addresses: scheme://user:password@host/path?token=...
_MASK = r"""function masked(s, piece) {
 while (match(s, /:\/\/[^\/@:" ]*:[^\/" ]*@/)) {
  piece = substr(s, RSTART + 3, RLENGTH - 4); sub(/:.*/, "", piece)
  s = substr(s, 1, RSTART - 1) "://" piece "@" substr(s, RSTART + RLENGTH) }
 if (s ~ /:\/\//) gsub(/[?][^" ]*/, "", s)
 return s }
"""
_LONGEST = 4096  # characters of a line that is looked at

_TAG = re.compile(r"\s*<([A-Za-z][\w.:-]{0,60})>([^<]*)</")
_PAIR = re.compile(
    r"\s*(?:-\s+|--)?[<\"]?([A-Za-z_][\w.-]{0,80}?)\"?(?:\s*(?:=>|\?=|[=:])\s*|\s+)(\S.*|)"
)
_BARE = re.compile(r"\s*(?:export\s+)?\"?([A-Za-z_][\w.-]{0,80}?)\"?\s*[=:]?\s*")
_ITEM = re.compile(r"\s*(?:-\s+)?[\"']?([\w.:/@%\[\]-]+)[\"']?,?\s*")
_WORD = re.compile(r"\[[0-9a-fA-F]*:[0-9a-fA-F:.]*\](?::[0-9]{1,5})?|[^\s,;\[\]\"']+")
_SECTION = re.compile(r"\s*\[+([^\[\]]{0,200})\]+\s*")


class Setting(Struct, frozen=True):
    """One setting of a file, where it stands, and in which section."""

    at: Pointer
    section: str
    key: str  # lower case
    value: str  # as written, without quotes around it and a comment behind it


def kept(pattern: str) -> str:
    """Return a filter that keeps the lines for which an awk expression on $0 or `l` holds.

    `l` is the line in lower case.
    """
    shown = '{ print masked($0); next } { print "" }'
    return f"awk '{_MASK}{{ l = tolower($0) }} {pattern} {shown}'"


def keeping(*keys: str, sections: bool = False) -> str:
    """Return a filter that keeps the settings of these names (lower case expressions).

    Kept as well: the items of a list below a kept name, and with `sections` lines `[section]`.
    """
    names = "|".join(keys)
    heading = r"/^[ \t]*\[[^=]*\][ \t]*$/ { list = 0; print; next } " if sections else ""
    return (
        f"awk '{_MASK}{{ l = tolower($0) }} {heading}"
        rf'l ~ /^[ \t]*(export[ \t]+)?(-[ \t]+)?[<"]?({names})[">]?[ \t]*([=:>?]|[ \t]|$)/ '
        r"{ print masked($0); list = /[=:[][ \t]*$/; next } "
        r'list && /^[ \t]*(-[ \t]+)?"?[A-Za-z0-9._:\/@%-]+"?,?[ \t]*$/ '
        r"{ print masked($0); next } "
        r"""!/^[ \t]*#/ { list = 0 } { print "" }'"""
    )


def settings(answer: Answer) -> Iterator[Setting]:
    """Yield settings `key = value`, `key: value`, `key value`, `<key>value</key>`, and lists."""
    section, open_key = "", ""
    for number, line in answer.lines():
        line = line[:_LONGEST]
        if heading := _SECTION.fullmatch(line):
            section, open_key = heading.group(1).strip(), ""
        elif open_key and (item := _ITEM.fullmatch(line)) and not _opens(line):
            yield Setting(answer.at(number), section, open_key, item.group(1))
        elif (pair := _pair(line)) is not None:
            key, value = pair
            open_key = key if value in ("", "[") else ""
            yield Setting(answer.at(number), section, key, value)


def _opens(line: str) -> bool:
    return line.rstrip().endswith((":", "="))


def _pair(line: str) -> tuple[str, str] | None:
    """Return key in lower case and value of a line; None for a comment and what has no shape."""
    text = line.removeprefix("export ")
    match = _TAG.match(text) or _BARE.fullmatch(text) or _PAIR.fullmatch(text)
    if not match:
        return None
    value = match.group(2) if match.re.groups > 1 else ""
    return match.group(1).lower(), plain(value)


def plain(value: str) -> str:
    """Return a value without the comment behind it and the quotes around it.

    Several quoted words keep their quotes.
    """
    value = value.strip()
    if value[:1] in ("'", '"') and (end := value.find(value[0], 1)) > 0:
        behind = value[end + 1 :].lstrip()
        if not behind or behind[0] in "#;,)}]":
            return value[1:end]
    return re.split(r"\s#", f" {value}", maxsplit=1)[0].strip().rstrip(",;").strip()


def listed(value: str) -> tuple[str, ...]:
    """Return the words of `["a", "b"]`, `a,b`, `a b`, `a;b` or `[::1]:5`, each once."""
    return tuple(dict.fromkeys(_WORD.findall(value[:_LONGEST])))


def host_of(address: str) -> str:
    """Return the host of an address, URL or `user@host:port/path`; a network keeps its length."""
    text = address.strip(" \t\"'<>")
    if network := _network(text):
        return network
    rest = (text.partition("://")[2] or text).split("/")[0].rpartition("@")[2]
    if rest.startswith("["):
        return rest[1:].partition("]")[0]
    return rest if rest.count(":") > 1 else rest.partition(":")[0]


def _network(text: str) -> str:
    """Return an address, or a network with its length; empty when it is neither."""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return ""
    return str(network) if "/" in text else str(network.network_address)
