"""What OpenSSH writes: public keys, and lines of its configuration (sshd(8), sshd_config(5))."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator

from msgspec import Struct

from collectors.parse import quoted_words
from collectors.spec import Answer

LEAST_RSA_BITS = 2048  # NIST SP 800-57: 1024 bits are broken by who can pay for it
_CURVE_BITS = {"nistp256": 256, "nistp384": 384, "nistp521": 521}
_KEY = re.compile(r"([a-z][a-z0-9@.-]{4,63})[ \t]+(AAAA[A-Za-z0-9+/]{8,}={0,2})(?:[ \t]+(.*))?$")
_SET = re.compile(r"([A-Za-z0-9]{2,64})(?:[ \t]*=[ \t]*|[ \t]+|$)(.*)")


class PublicKey(Struct, frozen=True):
    """A public key by what names it: `ssh-ed25519 AAAA... alice@laptop`."""

    algorithm: str
    fingerprint: str  # SHA256:..., as `ssh-keygen -l` prints it
    bits: int | None  # None: an algorithm whose size is not known here
    comment: str = ""

    @property
    def is_weak(self) -> bool:
        """Return whether it is DSA, or RSA that is too short."""
        if self.algorithm.startswith("ssh-rsa"):
            return self.bits is None or self.bits < LEAST_RSA_BITS
        return self.algorithm.startswith("ssh-dss")


class Directive(Struct, frozen=True):
    """A line of ssh_config(5) or sshd_config(5): the keyword in lower case, and its arguments."""

    keyword: str
    arguments: tuple[str, ...]

    @property
    def value(self) -> str:
        """Return the arguments as one text."""
        return " ".join(self.arguments)


def public_key(text: str) -> PublicKey | None:
    """Return the key of `algorithm base64 [comment]`, or None when the text is none.

    The padding of the base64 text may be missing. The bytes must be whole, and name the algorithm
    that stands before them, as sshd demands (RFC 4253, section 6.6).
    """
    match = _KEY.match(text.strip())
    blob = _decoded(match.group(2)) if match else b""
    parts = _strings(blob)
    if not match or len(parts) < 2 or parts[0] != match.group(1).encode():
        return None
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    comment = (match.group(3) or "").strip()
    return PublicKey(match.group(1), f"SHA256:{digest}", _bits(match.group(1), parts), comment)


def _decoded(text: str) -> bytes:
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _strings(blob: bytes) -> tuple[bytes, ...]:
    """Return the length-prefixed strings (RFC 4251, section 5); empty when one is cut."""
    found: list[bytes] = []
    at = 0
    while at < len(blob):
        end = at + 4 + int.from_bytes(blob[at : at + 4], "big")
        if end > len(blob) or at + 4 > len(blob):
            return ()
        found.append(blob[at + 4 : end])
        at = end
    return tuple(found)


def _bits(algorithm: str, parts: tuple[bytes, ...]) -> int | None:
    if algorithm == "ssh-rsa" and len(parts) > 2:
        return int.from_bytes(parts[2], "big").bit_length()
    if algorithm == "ssh-dss" and len(parts) > 1:
        return int.from_bytes(parts[1], "big").bit_length()
    if "ed25519" in algorithm:
        return 256
    return next((bits for curve, bits in _CURVE_BITS.items() if curve in algorithm), None)


def directives(answer: Answer) -> Iterator[tuple[int, Directive | None]]:
    """Yield line number and directive of each line that says something; None: it has no shape.

    `Keyword argument` or `Keyword=argument`; arguments may be quoted, `#` before one ends the line.
    """
    for number, line in answer.lines():
        stripped = line.strip()
        if not stripped.startswith("#"):
            yield number, _directive(stripped)


def _directive(line: str) -> Directive | None:
    match = _SET.fullmatch(line)
    words = quoted_words(match.group(2)) if match else None
    if match is None or words is None:
        return None
    comment = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
    return Directive(match.group(1).lower(), words[:comment])
