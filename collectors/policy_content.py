r"""What a file of SYSVOL tells, in a form that holds no secret: the one way in for all of them.

Forms: "xml" ([MS-GPPREF] 2.2), "registry" ([MS-GPREG] 2.2.1, told as JSON lines), "ini"
([MS-GPSB] 2.2, [MS-GPSCR] 2.2), "script" (of it only the servers that it names, `LINE SERVER`).
A password stands as `***`; of a script nothing stands at all but the number of its line.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from collectors.clean import clean_text, cut_lines
from collectors.free_text import redact_remark
from collectors.secret_formats import MASK
from collectors.windows_scripts import masked_arguments, masked_line, servers
from inventory.errors import ParseError

MOST_ELEMENTS = 50_000
MOST_DEPTH = 50
MOST_SETTINGS = 20_000
MOST_NAME = 4096  # characters of a key or value name
MOST_VALUE = 2048  # characters of a value that is told
_TEXTS = {1: "REG_SZ", 2: "REG_EXPAND_SZ", 7: "REG_MULTI_SZ"}
_ARGUMENTS = frozenset(("args", "arguments", "parameters"))
_REMARKS = frozenset(("description", "fullname", "comment", "desc"))
_SECTION = re.compile(r"\s*\[(?P<name>[^\]\n]{1,100})\]\s*")
_PARAMETERS = re.compile(r"\s*\d{1,6}Parameters\s*=", re.IGNORECASE)
_SECTIONS = frozenset(
    ("group membership", "privilege rights", "startup", "shutdown", "logon", "logoff")
)
_ABOUT_PASSWORDS = frozenset(("system access", "kerberos policy"))  # their length and age
_SECRET = re.compile(
    r"passw|passphrase|kennwort|secret|cpwd|^pwd$|(?:^|[^a-z])pwd|token|apikey|credential|psk$|key$",
    re.IGNORECASE,
)
_TELLING = re.compile(r"passw(?:or)?d$|passwd$|passphrase|kennwort$|pwd$|secret$", re.IGNORECASE)


class Content(Struct, frozen=True):
    """What a file tells, and where in it passwords stood: lines, elements, value names."""

    text: str
    masked: tuple[str, ...] = ()


class Setting(Struct, frozen=True):
    """One value that Registry.pol sets."""

    key: str
    name: str
    type: int
    value: str  # of a text or a number; of all else empty
    masked: bool = False


def told(form: str, raw: bytes) -> Content:
    """Return what a file tells. Raises ParseError for one that has not its form."""
    match form:
        case "xml":
            return _xml(raw)
        case "registry":
            return _registry(raw)
        case "ini":
            return _lines(decoded(raw))
        case _:
            return _script(decoded(raw))


def decoded(raw: bytes) -> str:
    """Return a text of Windows: UTF-16 or UTF-8 with a mark, UTF-8, else the western code page."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", "replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
    return clean_text(re.sub(r"\r\n?", "\n", text))


def _lines(text: str) -> Content:
    """Return the sections that are read; of the others only that a password stands in them."""
    shown, masked, section = [], [], ""
    for number, line in enumerate(cut_lines(text)[0].split("\n"), 1):
        if header := _SECTION.fullmatch(line):
            section = header["name"].casefold()
        takes_words = section in _SECTIONS and _PARAMETERS.match(line) is not None
        plain, is_masked = (masked_arguments if takes_words else masked_line)(line)
        if is_masked and section not in _ABOUT_PASSWORDS:
            masked.append(f"line {number}")
        if section in _SECTIONS:
            shown.append(plain)
    return Content("\n".join(shown), tuple(masked))


def _script(text: str) -> Content:
    named, masked = [], []
    for number, line in enumerate(cut_lines(text)[0].split("\n"), 1):
        if masked_line(line)[1]:
            masked.append(f"line {number}")
        named += [f"{number} {one}" for one in servers(line)]
    return Content("\n".join(named), tuple(masked))


def _xml(raw: bytes) -> Content:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(raw, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as err:
        raise ParseError(f"it is no XML that may be read: {clean_text(str(err))[:100]}") from err
    masked: list[str] = []
    for number, (depth, one) in enumerate(_walk(root)):
        if number >= MOST_ELEMENTS or depth > MOST_DEPTH:
            raise ParseError("it has more elements, or deeper ones, than a policy has")
        if _mask(one):
            masked.append(clean_text(str(one.tag))[:100])
    return Content(ET.tostring(root, encoding="unicode"), tuple(masked))


def _walk(root: ET.Element) -> Iterator[tuple[int, ET.Element]]:
    waiting = [(0, root)]
    while waiting:
        depth, one = waiting.pop()
        yield depth, one
        waiting += [(depth + 1, inner) for inner in reversed(one)]


def _mask(one: ET.Element) -> bool:
    """Mask an element's own secrets; return whether it held a password."""
    found = False
    for name, value in list(one.attrib.items()):
        plain, is_masked = _of_name(name, value)
        one.set(name, plain)
        found |= is_masked
    if one.text and one.text.strip():
        one.text, is_masked = _of_name(str(one.tag), one.text)
        found |= is_masked
    one.tail = None
    return found


def _of_name(name: str, value: str) -> tuple[str, bool]:
    """Return the value of an attribute or setting, and whether it was, or held, a password."""
    bare = name.rpartition("}")[2]
    if bare.lower() == "cpassword" or _TELLING.search(bare):
        return (MASK, True) if value.strip() else ("", False)
    if bare.lower() in _REMARKS:
        return clean_text(redact_remark(value)), False
    mask = masked_arguments if bare.lower() in _ARGUMENTS else masked_line
    return mask(clean_text(value))


def _registry(raw: bytes) -> Content:
    found = tuple(registry_settings(raw))
    masked = tuple(f"{one.key}\\{one.name}" for one in found if one.masked)
    return Content("\n".join(msgspec.json.encode(one).decode() for one in found), masked)


def settings_of(text: str) -> Iterator[Setting]:
    """Yield the settings that the content of a Registry.pol tells. Raises ParseError."""
    for line in text.split("\n"):
        if line:
            try:
                yield msgspec.json.decode(line, type=Setting)
            except msgspec.MsgspecError as err:
                raise ParseError("it is no list of settings") from err


def registry_settings(raw: bytes) -> Iterator[Setting]:
    """Yield the settings of a Registry.pol. Raises ParseError where it breaks off."""
    if raw[:8] != b"PReg\x01\0\0\0":
        raise ParseError("it does not begin as Registry.pol does")
    at = 8
    for _ in range(MOST_SETTINGS):
        if at >= len(raw):
            return
        one, at = _setting(raw, at)
        yield one
    raise ParseError(f"it has more than {MOST_SETTINGS} settings")


def _setting(raw: bytes, at: int) -> tuple[Setting, int]:
    """Return the setting `[key;name;type;size;data]` at a place, and where it ends."""
    at = _mark(raw, at, "[")
    key, at = _name(raw, at)
    name, at = _name(raw, _mark(raw, at, ";"))
    kind, at = _number(raw, _mark(raw, at, ";"))
    size, at = _number(raw, _mark(raw, at, ";"))
    at = _mark(raw, at, ";")
    if size > len(raw) - at:
        raise ParseError(f"a setting at {at} is longer than the file")
    value, is_masked = _told_value(name, kind, raw[at : at + size])
    return Setting(key, name, kind, value, is_masked), _mark(raw, at + size, "]")


def _mark(raw: bytes, at: int, mark: str) -> int:
    if raw[at : at + 2] != mark.encode("utf-16-le"):
        raise ParseError(f"there is no {mark} at {at}")
    return at + 2


def _number(raw: bytes, at: int) -> tuple[int, int]:
    if at + 4 > len(raw):
        raise ParseError("it ends in the middle of a setting")
    return int.from_bytes(raw[at : at + 4], "little"), at + 4


def _name(raw: bytes, at: int) -> tuple[str, int]:
    """Return a text that ends in a null, and where it ends."""
    end = at
    most = min(len(raw), at + 2 * MOST_NAME)
    while end < most and raw[end : end + 2] != b"\0\0":
        end += 2
    if raw[end : end + 2] != b"\0\0":
        raise ParseError(f"a name at {at} does not end")
    return clean_text(raw[at:end].decode("utf-16-le", "replace")), end + 2


def _told_value(name: str, kind: int, data: bytes) -> tuple[str, bool]:
    if kind in _TEXTS:
        text = data[: 4 * MOST_VALUE].decode("utf-16-le", "replace").rstrip("\0")
        plain = clean_text(text.replace("\0", " "))[:MOST_VALUE]
        if _SECRET.search(name):
            return (MASK, True) if plain.strip() else ("", False)
        return masked_line(plain)
    if kind == 4 and len(data) == 4:
        return str(int.from_bytes(data, "little")), False
    return "", bool(data) and _TELLING.search(name) is not None
