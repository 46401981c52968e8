"""What a fake LDAP server says, as bytes, and how it understands a filter."""

import re
from collections.abc import Mapping, Sequence

PAGED = b"1.2.840.113556.1.4.319"
BIT_AND = "1.2.840.113556.1.4.803"


def tlv(kind: int, *parts: bytes) -> bytes:
    """Return a value with its type and a length of four bytes where one is too few, as Windows has it."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([kind, len(content)]) + content
    return bytes([kind, 0x84]) + len(content).to_bytes(4, "big") + content


def octets(value: str | bytes) -> bytes:
    return tlv(4, value.encode() if isinstance(value, str) else value)


def integer(value: int) -> bytes:
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def result_parts(code: int, text: str) -> tuple[bytes, bytes, bytes]:
    return tlv(10, bytes([code])), octets(""), octets(text)


def ended(kind: int, code: int, text: str) -> bytes:
    """Return a result."""
    return tlv(kind, *result_parts(code, text))


def control(name: bytes, value: bytes) -> bytes:
    return tlv(0x30, octets(name), octets(value))


def page_control(cookie: bytes) -> bytes:
    return control(PAGED, tlv(0x30, integer(0), octets(cookie)))


def page_asked(told: bytes) -> tuple[int, bytes]:
    """Return size and cookie of the control that asks for a page."""
    (_, size), (_, cookie) = parts(parts(told)[0][1])
    return int.from_bytes(size, "big"), cookie


def size_of(got: bytes) -> int:
    """Return how long the message is that begins there; 0: too little of it is there."""
    if len(got) < 6:
        return 0 if len(got) < 2 or got[1] >= 0x80 else 2 + got[1]
    width = got[1] & 0x7F if got[1] >= 0x80 else 0
    return 2 + width + (int.from_bytes(got[2 : 2 + width], "big") if width else got[1])


def encoded(values: Mapping[str, Sequence[str | bytes]]) -> dict[str, list[bytes]]:
    return {
        name: [one.encode() if isinstance(one, str) else one for one in told]
        for name, told in values.items()
    }


def is_in(dn: str, base: str, scope: int) -> bool:
    """Return whether an entry lies in a scope: 0 the base, 1 one level, 2 all below."""
    if scope == 0:
        return dn.lower() == base.lower()
    if scope == 1:
        return dn.partition(",")[2].lower() == base.lower()
    return is_below(dn, base)


def is_below(dn: str, base: str) -> bool:
    return f",{dn}".lower().endswith(f",{base}".lower())


def parts(content: bytes) -> list[tuple[int, bytes]]:
    """Return type and content of each value that lies in another."""
    found, at = [], 0
    while at < len(content):
        kind, size, start = content[at], content[at + 1], at + 2
        if size >= 0x80:
            start += size & 0x7F
            size = int.from_bytes(content[at + 2 : start], "big")
        at = start + size
        found.append((kind, content[start:at]))
    return found


def matches(kind: int, told: bytes, values: Mapping[str, Sequence[bytes]]) -> bool:
    """Return whether an entry matches a filter (RFC 4511 section 4.5.1.7)."""
    if kind == 0xA0:
        return all(matches(*one, values) for one in parts(told))
    if kind == 0xA1:
        return any(matches(*one, values) for one in parts(told))
    if kind == 0xA2:
        return not matches(*parts(told)[0], values)
    if kind == 0x87:
        return told.lower() == b"objectclass" or bool(_of(values, told))
    inner = dict(parts(told))
    if kind == 0xA9:  # by a rule: the bits of a number
        bits = int(inner[0x83])
        is_known = inner[0x81].decode() == BIT_AND
        return is_known and any(int(one) & bits == bits for one in _of(values, inner[0x82]))
    (_, name), (_, wanted) = parts(told)
    return any(_holds(kind, wanted, one) for one in _of(values, name))


def _of(values: Mapping[str, Sequence[bytes]], name: bytes) -> Sequence[bytes]:
    plain = name.decode().lower()
    return next((told for known, told in values.items() if known.lower() == plain), ())


def _holds(kind: int, wanted: bytes, value: bytes) -> bool:
    if kind == 0xA4:
        pieces = parts(wanted)
        shape = b".*".join(re.escape(piece) for _, piece in pieces)
        head = b"" if pieces[0][0] == 0x80 else b".*"
        tail = b"" if pieces[-1][0] == 0x82 else b".*"
        return bool(re.fullmatch(head + shape + tail, value, re.IGNORECASE | re.DOTALL))
    if kind in (0xA5, 0xA6):
        both = (int(value), int(wanted)) if value.isdigit() else (value, wanted)
        return both[0] >= both[1] if kind == 0xA5 else both[0] <= both[1]
    return value.lower() == wanted.lower()
