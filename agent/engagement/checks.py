"""What a value may look like: each check returns the value or raises Wrong with the way out."""

import ipaddress
import re
from collections.abc import Callable, Collection
from datetime import date
from enum import StrEnum
from typing import TypeVar

from agent.engagement.mistakes import Wrong, is_printable, nearest, shown

Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)
_NAME = re.compile(r"[\w:][\w.:%+-]{0,252}")
_USER = re.compile(r"\w[\w.@\\+-]{0,254}\$?")
_LABEL = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")
_HOP = re.compile(r"(?:(?P<user>[^@]*)@)?(?:\[(?P<six>[^\]]*)\]|(?P<name>[^:]*))(?::(?P<port>.*))?")
_SPAN = re.compile(r"([0-9]{1,5}) *(day|week|month|year)s?")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def words(text: str) -> str:
    """Return a text for people: 1 to 300 characters, printable, not blank at its ends."""
    if not text or text != text.strip() or len(text) > 300:
        raise Wrong(f"must be 1 to 300 characters without spaces around them, got {shown(text)}")
    if not all(map(is_printable, text)):
        raise Wrong(f"must not hold control or invisible characters, got {shown(text)}")
    return text


def host_name(text: str) -> str:
    """Return a name or address of a host that is safe as a word of a command."""
    if text.startswith("[") or (":" in text and not is_six(text)):
        raise Wrong(
            "must be a host name or address alone (the port stands apart, an IPv6 address without "
            f"brackets), got {shown(text)}"
        )
    return alias(text)


def alias(text: str) -> str:
    """Return a name under which a host is known, safe as a word of a command."""
    if not _NAME.fullmatch(text):
        raise Wrong(
            f"must be a host name or address (letters, digits and . - : %, "
            f"not starting with a sign), got {shown(text)}"
        )
    return text


def is_six(text: str) -> bool:
    """Tell whether a text is an IPv6 address without brackets."""
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def user_name(text: str) -> str:
    """Return a login name; what follows a colon may be a password and is not shown."""
    if not _USER.fullmatch(text):
        name, colon, _ = text.partition(":")
        got = shown(name) + (" and more" if colon else "")
        raise Wrong(f"must be a login name (letters, digits and . - @ \\ +), got {got}")
    return text


def integer(text: str, *, least: int, most: int) -> int:
    """Return a whole number within limits."""
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not least <= int(text) <= most:
        raise Wrong(f"must be {least}-{most}, got {shown(text)}")
    return int(text)


def port(text: str) -> int:
    """Return a TCP port."""
    return integer(text, least=1, most=65535)


def seconds(text: str) -> float:
    """Return a time in seconds, from 0.1 to a day."""
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", text) or not 0.1 <= float(text) <= 86400:
        raise Wrong(f"must be a number of seconds from 0.1 to 86400, got {shown(text)}")
    return float(text)


def parallel(text: str) -> int:
    """Return how many hosts are asked at once."""
    return integer(text, least=1, most=500)


def yes_no(text: str) -> bool:
    """Return a yes or no."""
    found = {"yes": True, "true": True, "no": False, "false": False}.get(text.lower())
    if found is None:
        raise Wrong(f"must be yes or no, got {shown(text)}")
    return found


def day(text: str) -> date:
    """Return a date written as 2027-06-23."""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as err:
            raise Wrong(f"must be a date of the calendar, got {shown(text)}") from err
    raise Wrong(f"must be a date such as 2027-06-23, got {shown(text)}")


def days(text: str) -> int:
    """Return a span in days; a month counts 30, a year 365."""
    match = _SPAN.fullmatch(text)
    count = int(match[1]) * _DAYS[match[2]] if match else 0
    if not 1 <= count <= 36500:
        raise Wrong(f"must be a span such as 400 days or 2 years, got {shown(text)}")
    return count


def one_of(kind: type[Word]) -> Callable[[str], Word]:
    """Return the check for one word of an enumeration."""

    def check(text: str) -> Word:
        known = {word.value: word for word in kind}
        if text not in known:
            raise Wrong(f"must be one of {', '.join(known)}, got {shown(text)}")
        return known[text]

    return check


def known_word(known: Collection[str]) -> Callable[[str], str]:
    """Return the check for one of some words."""

    def check(text: str) -> str:
        if text not in known:
            raise Wrong(f"is {shown(text)}, which is not known: {nearest(text, known)}")
        return text

    return check


def domain(text: str) -> str:
    """Return a mail domain in lower case."""
    labels = text.lower().split(".")
    if len(text) > 253 or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        raise Wrong(f"must be a domain such as muster.example, got {shown(text)}")
    return text.lower()


def mail(text: str) -> str:
    """Return a mail address, its domain in lower case."""
    local, at, host = text.rpartition("@")
    if not at or not local or any(char.isspace() or not is_printable(char) for char in local):
        raise Wrong(f"must be a mail address such as ann@muster.example, got {shown(text)}")
    return f"{local}@{domain(host)}"


def network(text: str) -> str:
    """Return a network in CIDR notation, normalised."""
    try:
        return str(ipaddress.ip_network(text))
    except ValueError as err:
        raise Wrong(
            f"must be a network such as 192.0.2.0/24, got {shown(text)}{_meant(text)}"
        ) from err


def swept_network(text: str) -> str:
    """Return a network that is small enough for looking at each of its addresses."""
    from collectors.transports.sweep import MOST_ADDRESSES

    found = network(text)
    if ipaddress.ip_network(found).num_addresses > MOST_ADDRESSES:
        raise Wrong(
            f"must not have more than {MOST_ADDRESSES} addresses, got {shown(text)}: "
            "name smaller networks"
        )
    return found


def _meant(text: str) -> str:
    try:
        return f": did you mean {ipaddress.ip_network(text, strict=False)}?"
    except ValueError:
        return ""


def fingerprint(text: str) -> str:
    """Return the fingerprint of an SSH key."""
    if not _FINGERPRINT.fullmatch(text):
        raise Wrong(
            f"must be a fingerprint such as `ssh-keygen -lf key.pub` prints it (SHA256: and 43 "
            f"characters), got {shown(text)}"
        )
    return text


def server(text: str) -> str:
    """Return a host name, or .suffix for all hosts below a domain."""
    alias(text.removeprefix("."))
    return text.lower()


def hops(text: str) -> tuple[str, ...]:
    """Return the jump hosts of `a,user@b:2222`, each checked; `none` means no jump host."""
    if text.strip().lower() == "none":
        return ()
    return tuple(hop(part.strip()) for part in text.split(","))


def hop(text: str) -> str:
    """Return one jump host as it is written: [user@]host[:port], an IPv6 address in brackets."""
    split_hop(text)
    return text.removeprefix("ssh://")


def split_hop(text: str) -> tuple[str | None, str, int | None]:
    """Return user, host and port of a jump host; None for what is not written."""
    match = _HOP.fullmatch(text.removeprefix("ssh://"))
    if match is None:
        raise Wrong(f"must be a jump host such as bastion or user@bastion:22, got {shown(text)}")
    user, number = match["user"], match["port"]
    return (
        user_name(user) if user is not None else None,
        host_name(match["six"] or match["name"] or ""),
        port(number) if number is not None else None,
    )


def pin(text: str) -> str:
    """Return a package with its version, as in handover-acme==1.2."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}==[A-Za-z0-9.!+_-]{1,60}", text):
        raise Wrong(f"must be PACKAGE==VERSION, as in handover-acme==1.2, got {shown(text)}")
    return text
