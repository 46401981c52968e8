"""What is sent to a directory, as bytes (RFC 4511): searches, their controls, and StartTLS."""

from collections.abc import Sequence

from collectors.ldap_filter import Both, Compared, Filter, Matched, Not, Pieces

PAGED = b"1.2.840.113556.1.4.319"  # RFC 2696
SD_FLAGS = b"1.2.840.113556.1.4.801"  # [MS-ADTS] 3.1.1.3.4.1.11
SHOW_DELETED = b"1.2.840.113556.1.4.417"  # [MS-ADTS] 3.1.1.3.4.1.14
STARTTLS = b"1.3.6.1.4.1.1466.20037"  # RFC 4511 section 4.14
OWNER_GROUP_DACL = 7  # all of a security descriptor but the part that only auditors may see

_SCOPES = {"base": 0, "one": 1, "subtree": 2}
_COMPARED = {"=": 0xA3, ">=": 0xA5, "<=": 0xA6, "~=": 0xA8}
_BOTH = {"&": 0xA0, "|": 0xA1}


def search_request(
    base: bytes,
    scope: str,
    tree: Filter,
    attributes: Sequence[str],
    *,
    most: int = 0,
    most_s: int = 0,
) -> bytes:
    """Return a search request (section 4.5.1); aliases are not followed."""
    asked = tlv(0x30, *(octets(name.encode()) for name in attributes))
    return tlv(
        0x63,
        octets(base),
        tlv(0x0A, bytes([_SCOPES[scope]])),
        tlv(0x0A, b"\x00"),
        integer(most),
        integer(most_s),
        tlv(0x01, b"\x00"),
        filter_bytes(tree),
        asked,
    )


def message_bytes(number: int, operation: bytes, controls: Sequence[bytes] = ()) -> bytes:
    """Return a message with its controls."""
    tail = tlv(0xA0, *controls) if controls else b""
    return tlv(0x30, integer(number), operation, tail)


def control(name: bytes, value: bytes | None = None, *, is_critical: bool) -> bytes:
    """Return a control; a critical one is refused by a server that does not know it."""
    critical = tlv(0x01, b"\xff") if is_critical else b""
    return tlv(0x30, octets(name), critical, b"" if value is None else octets(value))


def paged(size: int, cookie: bytes, *, is_critical: bool = True) -> bytes:
    """Return the control that asks for one page after the one with this cookie."""
    return control(PAGED, tlv(0x30, integer(size), octets(cookie)), is_critical=is_critical)


def descriptor_flags() -> bytes:
    """Return the control without which an ordinary user is shown no security descriptor at all."""
    return control(SD_FLAGS, tlv(0x30, integer(OWNER_GROUP_DACL)), is_critical=True)


def starttls_request() -> bytes:
    """Return the request to start TLS."""
    return tlv(0x77, tlv(0x80, STARTTLS))


def filter_bytes(tree: Filter) -> bytes:
    """Return a filter (section 4.5.1.7)."""
    match tree:
        case Both(sign, parts):
            return tlv(_BOTH[sign], *map(filter_bytes, parts))
        case Not(part):
            return tlv(0xA2, filter_bytes(part))
        case Compared(name, "present"):
            return tlv(0x87, name.encode())
        case Compared(name, sign, value):
            return tlv(_COMPARED[sign], octets(name.encode()), octets(value))
        case Pieces(name, pieces):
            return tlv(0xA4, octets(name.encode()), tlv(0x30, *_pieces(pieces)))
        case Matched():
            return _matched(tree)


def _pieces(pieces: tuple[bytes, ...]) -> list[bytes]:
    kinds = [0x80, *([0x81] * (len(pieces) - 2)), 0x82]
    return [tlv(kind, piece) for kind, piece in zip(kinds, pieces, strict=True) if piece]


def _matched(leaf: Matched) -> bytes:
    return tlv(
        0xA9,
        tlv(0x81, leaf.rule.encode()) if leaf.rule else b"",
        tlv(0x82, leaf.name.encode()) if leaf.name else b"",
        tlv(0x83, leaf.value),
        tlv(0x84, b"\xff") if leaf.of_dn else b"",
    )


def tlv(kind: int, *parts: bytes) -> bytes:
    """Return a value with its type and length."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([kind, size]) + content
    width = (size.bit_length() + 7) // 8
    return bytes([kind, 0x80 | width]) + size.to_bytes(width, "big") + content


def octets(value: bytes) -> bytes:
    """Return a string of bytes."""
    return tlv(0x04, value)


def integer(value: int) -> bytes:
    """Return a number."""
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
