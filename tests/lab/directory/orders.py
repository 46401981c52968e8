"""Orders to the database of a Samba domain controller, as data; `sam_writer.py` carries them out.

A value is text, bytes, `Sid`, `SidOf` (the SID of an account), `Descriptor` (SDDL; `{@name}` in it is
the SID of an account), `Authority` (a certificate) or `Days`: the file time so many days before now.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from tests.lab.directory.authority import authority_der

FILE_TIME_EPOCH_S = 11_644_473_600  # from 1601 to 1970


class Sid(NamedTuple):
    """A security identifier, stored packed."""

    text: str


class SidOf(NamedTuple):
    """The security identifier of an account by its sAMAccountName."""

    account: str


class Descriptor(NamedTuple):
    """A security descriptor, stored packed."""

    sddl: str


class Authority(NamedTuple):
    """The certificate of an authority in DER form, made when it is asked for."""

    name: str
    ends_in_days: int
    is_weak: bool = False  # RSA with 1024 bits


class Days(NamedTuple):
    """A file time so many days before now; negative: after."""

    ago: float

    @property
    def file_time(self) -> str:
        """Return it in units of 100 ns since 1601."""
        return str(int((time.time() - self.ago * 86400 + FILE_TIME_EPOCH_S) * 10**7))


class UnixDay(NamedTuple):
    """A day so many days before today, counted since 1970, as shadow(5) does."""

    ago: int

    @property
    def text(self) -> str:
        """Return its number."""
        return str(int(time.time() // 86400) - self.ago)


class Stamp(NamedTuple):
    """A GeneralizedTime so many days before now; negative: after."""

    ago: float

    @property
    def text(self) -> str:
        """Return it in UTC."""
        return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() - self.ago * 86400))


Value: TypeAlias = str | bytes | Sid | SidOf | Descriptor | Days | Authority | UnixDay | Stamp
Values: TypeAlias = Value | tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Add:
    """A new entry. System-owned attributes may be given, too."""

    dn: str
    attributes: Mapping[str, Values]
    trust: bool = False  # trusted domains need a control of their own


@dataclass(frozen=True, kw_only=True)
class Change:
    """Attributes of an entry to add to, to take from, or to replace; no value: all of them."""

    dn: str
    add: Mapping[str, Values] = field(default_factory=dict)
    remove: Mapping[str, Values] = field(default_factory=dict)
    replace: Mapping[str, Values] = field(default_factory=dict)
    strictly: bool = False  # as the server does it for an administrator, with all its rules


@dataclass(frozen=True, kw_only=True)
class Grant:
    """An entry (ACE) to put into the list of a security descriptor, or to take out of it."""

    dn: str
    ace: str  # SDDL; `{@name}` in it is the SID of an account
    withdraw: bool = False


@dataclass(frozen=True, kw_only=True)
class Delete:
    """An entry to delete; it stays as a deleted object."""

    dn: str


@dataclass(frozen=True, kw_only=True)
class SetPassword:
    """A password to set as an administrator does: the time of its change is now."""

    account: str
    password: str


@dataclass(frozen=True)
class ReadSchemaAnew:
    """Let what was added to the schema hold for the orders that follow."""


Order: TypeAlias = Add | Change | Grant | Delete | SetPassword | ReadSchemaAnew


def as_json(order: Order) -> dict[str, Any]:
    """Return an order as the writer reads it."""
    words = re.sub("(?<=[a-z])(?=[A-Z])", "_", type(order).__name__)
    told: dict[str, Any] = {"do": words.lower()}
    for name, value in vars(order).items():
        told[name] = _plain(value) if isinstance(value, Mapping) else value
    return told


def values_of(given: Values) -> tuple[Value, ...]:
    """Return one or many values as many."""
    if type(given) is tuple:
        return given
    return (given,)  # type: ignore[return-value]


def _plain(attributes: Mapping[str, Values]) -> dict[str, list[dict[str, str]]]:
    return {name: [_coded(value) for value in values_of(v)] for name, v in attributes.items()}


def _coded(value: Value) -> dict[str, str]:
    match value:
        case bytes():
            return {"hex": value.hex()}
        case Sid():
            return {"sid": value.text}
        case SidOf():
            return {"sid_of": value.account}
        case Descriptor():
            return {"sddl": value.sddl}
        case Authority():
            return {"hex": authority_der(*value).hex()}
        case Days():
            return {"text": value.file_time}
        case UnixDay() | Stamp():
            return {"text": value.text}
        case _:
            return {"text": value}
