"""The way to a host over SSH: the machines on it, their credentials, and the times allowed."""

import shlex
from collections.abc import Callable

from msgspec import Struct

from inventory.errors import TransportError


class Login(Struct, frozen=True):
    """The one credential that is used: a key, or a password; resolved when it is used."""

    key_path: str | None = None
    passphrase: Callable[[], str] | None = None
    password: Callable[[], str] | None = None
    key_text: Callable[[], str] | None = None  # the private key itself
    authority: str = ""  # whose accounts a wrong password could lock; empty: the host alone


class Hop(Struct, frozen=True):
    """One machine on the way: where it is, under which name its key is known, and who logs in."""

    name: str
    address: str
    port: int
    user: str
    login: Login
    key_alias: str = ""  # name in known_hosts; empty: the address


class Timeouts(Struct, frozen=True):
    """How long each step to a shell may take, in seconds."""

    connect_s: float = 10
    handshake_s: float = 15
    login_s: float = 15
    send_s: float = 20


class LegacyCrypto(TransportError):
    """The server offers only algorithms that are no longer spoken here."""


def unknown_key(hop: Hop, file: str) -> str:
    """Return what to say of a host whose key nobody pinned in a known_hosts file."""
    scan = f"ssh-keyscan -p {hop.port} {hop.address} >> {shlex.quote(file)}"
    alias = f", under the name {hop.key_alias}" if hop.key_alias else ""
    return (
        f"the host key of {hop.name} is not known. Nothing was sent to it. "
        f"After checking it with its owner: {scan}{alias}"
    )
