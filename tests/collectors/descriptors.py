"""Writes security descriptors byte by byte, as [MS-DTYP] 2.4.6 says: for tests."""

import struct
import uuid
from collections.abc import Sequence


def sid(text: str) -> bytes:
    """Return `S-1-5-32-544` as it is sent."""
    _, _, authority, *numbers = text.split("-")
    head = bytes([1, len(numbers)]) + int(authority).to_bytes(6, "big")
    return head + b"".join(struct.pack("<I", int(one)) for one in numbers)


def ace(
    kind: int, mask: int, who: str, *, flags: int = 0, on: str = "", to: str = "", more: bytes = b""
) -> bytes:
    """Return an entry; `on` and `to` are GUIDs, only for types that have them."""
    body = struct.pack("<I", mask)
    if kind in (5, 6, 11, 12):
        body += struct.pack("<I", bool(on) | bool(to) << 1)
        body += b"".join(uuid.UUID(one).bytes_le for one in (on, to) if one)
    body += sid(who) + more
    return struct.pack("<BBH", kind, flags, len(body) + 4) + body


def descriptor(aces: Sequence[bytes] | None, *, owner: str = "S-1-5-32-544") -> bytes:
    """Return a descriptor with these entries; None: it has no list at all."""
    name = sid(owner)
    if aces is None:
        return struct.pack("<BBHIIII", 1, 0, 0x8004, 20, 0, 0, 0) + name
    body = b"".join(aces)
    acl = struct.pack("<BBHHH", 4, 0, 8 + len(body), len(aces), 0) + body
    return struct.pack("<BBHIIII", 1, 0, 0x8004, 20, 0, 0, 20 + len(name)) + name + acl
