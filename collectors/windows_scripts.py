r"""Passwords and servers in the lines of Windows scripts: where they stand, and which are named.

Beside the shapes that all files have (collectors/redact.py): `net use`, `net user`, `schtasks`,
`psexec`, `cmdkey`, `sc config`, PowerShell's plain texts, VBScript's MapNetworkDrive.
"""

import re
from collections.abc import Iterator

from collectors.redact import redact
from collectors.secret_formats import MASK

_WORD = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']+)"
_VARIABLE = re.compile(r"[\"']?(?:%[^%\s]{1,60}%|%~?\d|![\w]{1,60}!|\$[\w:({]|\*{1,3}[\"']?$|<)")
_NET = re.compile(r"\bnet1?(?:\.exe)?[\"']?\s+(?P<what>use|user)\s+(?P<rest>[^&|<>\n]*)", re.I)
_TOKEN = re.compile(_WORD)
_SWITCH = re.compile(r"[/-]\w")
_DEVICE = re.compile(r"[\"']?(?:[A-Za-z]:|LPT\d:?|\*)[\"']?$", re.I)
_PLACE = re.compile(r"[\"']?(?:\\\\|//|https?://)", re.I)
_SHAPES = tuple(
    re.compile(shape + rf"(?P<v>{_WORD})", re.I)
    for shape in (
        r"\bschtasks\b[^\n]{0,400}?\s/rp\s{1,4}",
        r"\b(?:psexec\w*|paexec|pskill|pslist)\b[^\n]{0,300}?\s-p\s{1,4}",
        r"[/-]p(?:ass(?:word)?|wd)?:\s?",
        r"\bpassword\s?=\s{0,4}",
        r"\b\w{0,20}pw\d?\s{0,2}=\s{0,2}",
        r"\bConvertTo-SecureString\s+(?:-String\s+)?(?=[\"'])",
        r"\bMapNetworkDrive\s*\(?[^\n,]{1,80},[^\n,]{1,200},[^\n,]{1,40},[^\n,]{1,80},\s*(?=[\"'])",
    )
)
_UNC = re.compile(
    r"(?<![\w\\])(?<!\b[A-Za-z]:)\\\\(?:[?.]\\UNC\\)?([A-Za-z0-9][A-Za-z0-9._-]{0,254})(?=[\\@/]|$)"
)
_URL = re.compile(r"\b(?:https?|ftps?|sftp|ldaps?|rtmp|wss?)://([^\s/\"'<>,;|)]{1,300})", re.I)


_OPTION = re.compile(rf"(?<!\S)[-/]r?p\s{{1,4}}(?!\d{{1,5}}\b)(?P<v>{_WORD})", re.I)


def masked_arguments(text: str) -> tuple[str, bool]:
    """Return the arguments of a program, whose name stands elsewhere, as `masked_line` does."""
    plain = _OPTION.sub(_shaped, masked_line(text)[0])
    return plain, plain != text


def masked_line(line: str) -> tuple[str, bool]:
    """Return a line with each password as `***`, and whether it held one."""
    plain = redact(line)
    for shape in _SHAPES:
        plain = shape.sub(_shaped, plain)
    plain = _NET.sub(_of_net, plain)
    return plain, plain != line


def _shaped(match: re.Match[str]) -> str:
    value = match["v"]
    if _VARIABLE.match(value) or MASK in value:
        return match.group()
    return match.group()[: match.start("v") - match.start()] + MASK


def _of_net(match: re.Match[str]) -> str:
    """Mask the password of `net use [device] [place] [password] [/user:name] [password]`."""
    rest, seen = match["rest"], 0

    def shown(token: re.Match[str]) -> str:
        nonlocal seen
        text = token.group()
        if _SWITCH.match(text) or _VARIABLE.match(text) or MASK in text:
            return text
        if match["what"].lower() == "use":
            return text if _DEVICE.match(text) or _PLACE.match(text) else MASK
        seen += 1
        return text if seen == 1 else MASK

    start = match.start("rest") - match.start()
    return match.group()[:start] + _TOKEN.sub(shown, rest)


def servers(text: str) -> Iterator[str]:
    r"""Yield the servers of `\\server\share` and of addresses, each once, in small letters."""
    found = [one.group(1) for one in _UNC.finditer(text)]
    found += [_host(one.group(1)) for one in _URL.finditer(text)]
    yield from dict.fromkeys(one.lower().rstrip(".") for one in found if one)


def _host(place: str) -> str:
    bare = place.rpartition("@")[2]
    if bare.startswith("["):
        return bare[1:].partition("]")[0]
    return bare.partition(":")[0]
