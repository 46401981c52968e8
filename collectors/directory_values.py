"""How directories write values: times, SIDs, GUIDs, flags, names of entries; pure and bounded.

Each decoder takes raw bytes as they were sent and returns None for what it is not: a directory's
values are as hostile as any other, and a wrong one must not end the reading of twenty thousand.
"""

import re
import struct
from calendar import timegm
from collections.abc import Iterable, Mapping
from functools import lru_cache

from collectors.entries import Entry, Values, clean_value, number
from inventory.model.moment import Moment

EPOCH_1601_S = 11_644_473_600  # from 1601 to 1970 UTC ([MS-DTYP] 2.3.3)
NEVER = 2**63 - 1
TICKS = 10_000_000  # units of 100 ns in a second
DAY_S = 86_400
# A controller writes lastLogonTimestamp again when what it has is older than 14 days less a random
# part of five (msDS-LogonTimeSyncInterval, and its default): the last use lies within these days.
LOGON_LAG_S = 14 * DAY_S

# userAccountControl ([MS-ADTS] 2.2.16), by the words that people read
ACCOUNT_FLAGS = {
    0x2: "disabled",
    0x8: "home directory required",
    0x10: "locked out",
    0x20: "password not required",
    0x40: "cannot change password",
    0x80: "reversible encryption",
    0x100: "temporary duplicate",
    0x200: "normal account",
    0x800: "domain trust",
    0x1000: "workstation",
    0x2000: "domain controller",
    0x10000: "password never expires",
    0x20000: "majority node set",
    0x40000: "smart card required",
    0x80000: "trusted for delegation",
    0x100000: "not delegated",
    0x200000: "DES only",
    0x400000: "no preauthentication",
    0x800000: "password expired",
    0x1000000: "trusted to authenticate for delegation",
    0x4000000: "read-only controller",
    0x8000000: "use AES keys",
}
DISABLED = 0x2
LOCKED_OUT = 0x10  # only of msDS-User-Account-Control-Computed

_GENERALIZED = re.compile(
    rb"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2})?)?"
    rb"(?:[.,][0-9]{1,9})?(?:Z|([+-])([0-9]{2})([0-9]{2})?)"
)
_GUID, _GUID_READ = struct.Struct("<IHH8s"), struct.Struct(">IHH8s")
_COMMA = re.compile(r"(?<!\\)(?:\\\\)*+,")
_ESCAPES = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)


def first(values: Mapping[str, Values], name: str) -> bytes | None:
    """Return the first value of an attribute by its lower-case name: `Entry.raw` for loops."""
    found = values.get(name)
    return found[0] if found else None


def text(values: Mapping[str, Values], name: str) -> str | None:
    """Return the first value as clean text: `Entry.text` for loops."""
    found = values.get(name)
    return clean_value(found[0]) if found else None


def texts(values: Mapping[str, Values], name: str) -> tuple[str, ...]:
    """Return all values as clean text, sorted: `Entry.texts` for loops."""
    found = values.get(name)
    return tuple(sorted(map(clean_value, found))) if found else ()


def strange(
    values: Mapping[str, Values],
    digits: Iterable[str] = (),
    read: Iterable[tuple[str, object]] = (),
) -> tuple[str, ...]:
    """Return the attributes that say something which could not be read: it is not known, not none.

    Those of `digits` must hold a number that is not negative; of `read`, what was made of them is
    beside their names, and None means that nothing could be made of it.
    """
    found = [name for name in digits if name in values and not values[name][0].isdigit()]
    found += [name for name, told in read if told is None and name in values]
    return tuple(found)


def addresses(values: Mapping[str, Values]) -> tuple[str, ...]:
    """Return `mail` and the SMTP addresses of `SMTP:alice@corp.example`, in lower case."""
    mail, others = values.get("mail", ()), values.get("proxyaddresses", ())
    if not (mail or others):
        return ()
    told = {clean_value(raw).strip().lower() for raw in mail}
    told.update(clean_value(raw[5:]).strip().lower() for raw in others if _is_smtp(raw))
    return tuple(sorted(told - {""}))


def _is_smtp(address: bytes) -> bool:
    return address[:5].lower() == b"smtp:"


def filetime(raw: bytes | None) -> Moment | None:
    """Return the moment of a file time: 100 ns since 1601 UTC, as decimal text.

    None: not told, no number, 0 or less, or 9223372036854775807; the last two mean never, or not
    set ([MS-ADA1] 2.1, accountExpires; [MS-ADA3] 2.175, pwdLastSet).
    """
    ticks = number(raw)
    if ticks is None or not 0 < ticks < NEVER:
        return None
    at = ticks // TICKS - EPOCH_1601_S
    return Moment(at, at)


def generalized_time(raw: bytes | None) -> Moment | None:
    """Return the moment of `20261123181614.0Z` (RFC 4517 section 3.3.13).

    Coarse where minutes or seconds are left out. None: not told, or no time; also the day zero of
    `00000101000000Z`, which has no moment.
    """
    if raw is None or len(raw) > 40:
        return None
    if len(raw) == 17 and raw.endswith(b".0Z") and raw[:14].isdigit():  # as AD writes it
        return _second(_day_s(raw[:8]), int(raw[8:14]))
    match = _GENERALIZED.fullmatch(raw)
    if match is None:
        return None
    day = _day_s(match[1] + match[2] + match[3])
    hour, minute, second = int(match[4]), int(match[5] or 0), int(match[6] or 0)
    if day is None or hour > 23 or minute > 59 or second > 60:
        return None
    start = day + hour * 3600 + minute * 60 + second - _offset_s(match)
    width = 0 if match[6] else 59 if match[5] else 3599
    return Moment(start, start + width)


def _second(day_s: int | None, clock: int) -> Moment | None:
    """Return the moment of a day and a time such as 181614; None: there is none such."""
    hour, minute, second = clock // 10_000, clock // 100 % 100, clock % 100
    if day_s is None or hour > 23 or minute > 59 or second > 60:
        return None
    at = day_s + hour * 3600 + minute * 60 + second
    return Moment(at, at)


def _offset_s(match: re.Match[bytes]) -> int:
    if match[7] is None:
        return 0
    offset = int(match[8]) * 3600 + int(match[9] or 0) * 60
    return offset if match[7] == b"+" else -offset


@lru_cache(4096)
def _day_s(day: bytes) -> int | None:
    """Return the start of the day `20261123` in seconds since 1970 UTC; None: there is none."""
    year, month, date = int(day[:4]), int(day[4:6]), int(day[6:])
    if not (year >= 1 and 1 <= month <= 12 and 1 <= date <= 31):
        return None
    start = timegm((year, month, 1, 0, 0, 0)) + (date - 1) * DAY_S
    following = timegm((year + month // 12, month % 12 + 1, 1, 0, 0, 0)) if year < 9999 else NEVER
    return start if start < following else None


def duration_s(raw: bytes | None) -> int | None:
    """Return the seconds of an interval of the directory: negative, in 100 ns.

    None: not told, no number, or without an end (-9223372036854775808) ([MS-ADTS] 3.1.1.5).
    """
    ticks = number(raw)
    if ticks is None or ticks <= -(2**63):
        return None
    return abs(ticks) // TICKS


def truth(raw: bytes | None) -> bool | None:
    """Return what TRUE or FALSE says (RFC 4517 section 3.3.3), in any case; None: neither."""
    return None if raw is None else {b"TRUE": True, b"FALSE": False}.get(raw[:6].upper())


def guid_text(raw: bytes | None) -> str | None:
    """Return a GUID of 16 bytes as `63b6ae80-1c5d-...` ([MS-DTYP] 2.3.4.2); None: it is none."""
    if raw is None or len(raw) != 16:
        return None
    read = _GUID_READ.pack(*_GUID.unpack(raw)).hex()
    return f"{read[:8]}-{read[8:12]}-{read[12:16]}-{read[16:20]}-{read[20:]}"


def sid_text(raw: bytes | None) -> str | None:
    """Return a SID as `S-1-5-21-...-500` ([MS-DTYP] 2.4.2.2); None: it is none."""
    if raw is None or not 8 <= len(raw) <= 68 or raw[0] != 1 or len(raw) != 8 + 4 * raw[1]:
        return None
    if not raw[1]:
        return _authority(raw)
    return f"{_authority(raw[:-4])}-{int.from_bytes(raw[-4:], 'little')}"


def sids(raws: Iterable[bytes]) -> tuple[str, ...]:
    """Return those that are SIDs, sorted."""
    found = map(sid_text, raws)
    return tuple(sorted(sid for sid in found if sid is not None))


@lru_cache(1024)
def _authority(raw: bytes) -> str:
    """Return all but the last number, which is the same for a whole domain."""
    numbers = (int.from_bytes(raw[at : at + 4], "little") for at in range(8, len(raw), 4))
    return "-".join(("S", "1", str(int.from_bytes(raw[2:8], "big")), *map(str, numbers)))


@lru_cache(1024)
def account_flags(control: int) -> tuple[str, ...]:
    """Return the names of the bits of userAccountControl that are set, sorted."""
    bits = control & 0xFFFF_FFFF
    known = [name for bit, name in ACCOUNT_FLAGS.items() if bits & bit]
    unknown = [
        f"0x{1 << at:x}" for at in range(32) if bits >> at & 1 and 1 << at not in ACCOUNT_FLAGS
    ]
    return tuple(sorted(known + unknown))


def entry_id(entry: Entry) -> str:
    """Return what stays when an entry is renamed or moved; where nothing does, its DN.

    objectGUID, entryUUID (RFC 4530), nsUniqueId (389-ds), ipaUniqueID, in this order.
    """
    if guid := guid_text(first(entry.values, "objectguid")):
        return guid
    for name in ("entryuuid", "nsuniqueid", "ipauniqueid"):
        if text := entry.text(name):
            return text.lower()
    return entry.dn.lower()


def is_copy(entry: Entry) -> bool:
    """Return whether FreeIPA shows an entry a second time, for old clients (schema compat)."""
    return ",cn=compat," in entry.dn.lower()


def parent_dn(dn: str) -> str:
    r"""Return the DN of the entry above: what follows the first comma that is not escaped."""
    match = _COMMA.search(dn)
    return dn[match.end() :].lstrip(" ") if match else ""


def first_value(dn: str) -> str:
    r"""Return the value of the first part of a DN: `Doe, John` of `CN=Doe\, John,OU=Staff`."""
    match = _COMMA.search(dn)
    first = dn[: match.end() - 1] if match else dn
    return unescaped(first.partition("=")[2])


def unescaped(value: str) -> str:
    r"""Return a value of a DN without the escapes `\,` and `\2C` of RFC 4514 section 2.4."""
    return _ESCAPES.sub(_meant, value) if "\\" in value else value


def _meant(match: re.Match[str]) -> str:
    r"""Return the text of `\C3\BC` or `\,`; control characters stay as they were written."""
    if match[1] is None:
        return match[2]
    told = bytes.fromhex(match[1].replace("\\", "")).decode("utf-8", "replace")
    return told if told.isprintable() else match[1]
