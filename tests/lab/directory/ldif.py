"""What `ldapsearch -LLL -o ldif-wrap=no` prints, as entries (RFC 2849)."""

import base64
from collections.abc import Mapping
from typing import TypeAlias

Entries: TypeAlias = Mapping[str, Mapping[str, tuple[bytes, ...]]]  # by DN, by lower-case name


def entries(text: str) -> Entries:
    """Return the entries of a search; referrals are left out."""
    found: dict[str, dict[str, tuple[bytes, ...]]] = {}
    for block in text.split("\n\n"):
        lines = [_pair(line) for line in block.splitlines() if line[:1] not in ("", "#")]
        if not lines or lines[0][0] != "dn":
            continue
        entry: dict[str, tuple[bytes, ...]] = {}
        for name, value in lines[1:]:
            entry[name] = (*entry.get(name, ()), value)
        found[lines[0][1].decode()] = entry
    return found


def _pair(line: str) -> tuple[str, bytes]:
    name, _, rest = line.partition(":")
    if rest.startswith(":"):
        return name.lower(), base64.b64decode(rest[1:])
    return name.lower(), rest.lstrip(" ").encode()
