"""LDIF (RFC 2849): what `ldapsearch` prints, as entries; orders, as `slapadd` takes them."""

import base64
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from tests.lab.directory.orders import (
    Add,
    Change,
    Delete,
    Order,
    Stamp,
    UnixDay,
    Value,
    Values,
    values_of,
)

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


def changes(orders: Iterable[Order]) -> str:
    """Return orders as `ldapmodify` takes them: additions, changes and deletions."""
    return "\n".join(_change(order) for order in orders)


def additions(orders: Iterable[Order]) -> str:
    """Return orders as `slapadd` takes them, which knows entries alone."""
    adds = (order for order in orders if isinstance(order, Add))
    return "\n".join(_line("dn", add.dn) + _lines(add.attributes) for add in adds)


def _change(order: Order) -> str:
    match order:
        case Add():
            return _line("dn", order.dn) + "changetype: add\n" + _lines(order.attributes)
        case Delete():
            return _line("dn", order.dn) + "changetype: delete\n"
        case Change():
            parts = (("add", order.add), ("delete", order.remove), ("replace", order.replace))
            return (
                _line("dn", order.dn)
                + "changetype: modify\n"
                + "".join(
                    f"{how}: {name}\n{_lines({name: values})}-\n"
                    for how, attributes in parts
                    for name, values in attributes.items()
                )
            )
        case _:
            raise TypeError(f"{order}: this server does not do that")


def _lines(attributes: Mapping[str, Values]) -> str:
    told = ((name, value) for name, values in attributes.items() for value in values_of(values))
    return "".join(_line(name, value) for name, value in told)


def _line(name: str, value: Value) -> str:
    text = value.text if isinstance(value, UnixDay | Stamp) else value
    if not isinstance(text, str | bytes):
        raise TypeError(f"{name}: {value!r} is no value of this server")
    raw = text.encode() if isinstance(text, str) else text
    return f"{name}:: {base64.b64encode(raw).decode()}\n"


def _pair(line: str) -> tuple[str, bytes]:
    name, _, rest = line.partition(":")
    if rest.startswith(":"):
        return name.lower(), base64.b64decode(rest[1:])
    return name.lower(), rest.lstrip(" ").encode()
