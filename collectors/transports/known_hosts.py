"""The host keys that known_hosts files pin (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""

import base64
import binascii
import fnmatch
import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

MOST_BYTES = 16 * 1024 * 1024


class _Line(Struct, frozen=True):
    names: tuple[str, ...]
    type: str
    blob: bytes


class HostKeys:
    """Pinned keys, parsed once: plain names by look-up, patterns and hashed names by search."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Read the files that exist; a line that cannot be read pins nothing."""
        self._plain: dict[str, dict[str, bytes]] = {}
        self._odd: list[_Line] = []
        self._revoked: set[bytes] = set()
        files = tuple(paths)
        self.place = str(files[0]) if files else "known_hosts"  # where a new key is to be added
        for path in files:
            for line in _lines(path):
                self._enter(line)

    def _enter(self, line: str) -> None:
        words = line.split()
        marker = words.pop(0) if words[0].startswith("@") else ""
        if len(words) < 3 or marker == "@cert-authority":
            return
        try:
            blob = base64.b64decode(words[2], validate=True)
        except ValueError:
            return
        if marker == "@revoked":
            self._revoked.add(blob)
            return
        names = tuple(words[0].lower().split(",") if "|" not in words[0] else words[0].split(","))
        if any(c in words[0] for c in "*?!|"):
            self._odd.append(_Line(names, words[1], blob))
            return
        for name in names:
            self._plain.setdefault(name, {}).setdefault(words[1], blob)

    def of(self, name: str, port: int) -> Mapping[str, bytes]:
        """Return the pinned keys of a host as {key type: key blob}; empty when it is unknown."""
        known = (f"[{name}]:{port}" if port != 22 else name).lower()
        found = dict(self._plain.get(known, {}))
        for line in self._odd:
            if _matches(line.names, known):
                found.setdefault(line.type, line.blob)
        return {kind: blob for kind, blob in found.items() if blob not in self._revoked}


def _lines(path: Path) -> Iterator[str]:
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        return
    for line in path.read_text("utf-8", "replace").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def _matches(names: tuple[str, ...], wanted: str) -> bool:
    if any(name.startswith("!") and _like(wanted, name[1:]) for name in names):
        return False
    return any(
        _hashed(name, wanted) if name.startswith("|1|") else _like(wanted, name) for name in names
    )


def _like(wanted: str, pattern: str) -> bool:
    """Compare with a pattern of * and ?; brackets are those of [host]:port."""
    return fnmatch.fnmatchcase(wanted, pattern.replace("[", "[[]"))


def _hashed(name: str, wanted: str) -> bool:
    """Compare with a hashed name: |1|salt|HMAC-SHA1(salt, name), both base64."""
    try:
        _, _, salt, digest = name.split("|")
        mac = hmac.new(base64.b64decode(salt), wanted.encode(), hashlib.sha1)
        return hmac.compare_digest(mac.digest(), base64.b64decode(digest))
    except (ValueError, binascii.Error):
        return False
