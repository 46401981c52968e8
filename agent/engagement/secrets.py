"""Secrets by reference: where a secret lies, and its value at the moment of its use only.

References: `env:NAME`, `file:PATH`, `cmd:COMMAND`, `prompt` or `prompt:LABEL`,
`keyring:SERVICE/NAME`. Errors name the reference, never the value.
"""

import getpass
import importlib
import os
import re
import shlex
import sys
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from msgspec import Struct

from agent.engagement.commands import CommandFailed, output
from agent.engagement.files import path_from, read_private
from agent.engagement.mistakes import Wrong, is_printable
from inventory.errors import ConfigError

MOST_BYTES = 64 * 1024
COMMAND_TIMEOUT_S = 60.0
WAYS = "env:NAME, file:PATH, cmd:COMMAND, prompt or keyring:SERVICE/NAME"
_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


class Secret:
    """A secret's value: shown as ***, kept out of pickles, copies and JSON; `reveal()` tells it."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        """Take the value."""
        self.__value = value

    def reveal(self) -> str:
        """Return the value, for the one call that needs it."""
        return self.__value

    def __repr__(self) -> str:
        return "***"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError("a secret is neither pickled nor copied: pass its reference")


class Kind(StrEnum):
    """Where a secret can lie."""

    ENV = "env"
    FILE = "file"
    CMD = "cmd"
    PROMPT = "prompt"
    KEYRING = "keyring"


class SecretRef(Struct, frozen=True):
    """Where one secret lies."""

    kind: Kind
    what: str  # variable, absolute path, command line, label of the prompt, SERVICE/NAME

    def __str__(self) -> str:
        """Return the reference as it may be told; of a command only its first word."""
        if self.kind is Kind.CMD:
            words = shlex.split(self.what)
            return f"cmd:{words[0]}{' …' if words[1:] else ''}"
        return f"{self.kind.value}:{self.what}" if self.what else self.kind.value

    def resolve(self) -> Secret:
        """Return the secret now; `Secrets` keeps it for a run. Raises ConfigError."""
        return Secret(_WAYS[self.kind](self))


def is_reference(text: str) -> bool:
    """Tell whether a text is written as a reference, usable or not."""
    return text == "prompt" or (":" in text and text.split(":", 1)[0] in tuple(Kind))


def parse_ref(text: str, *, folder: Path, label: str = "") -> SecretRef:
    """Return the reference that is written; relative paths start at the folder.

    `label` says for what a bare `prompt` asks. Raises Wrong, without the text, when it is none.
    """
    if not is_reference(text):
        raise Wrong(f"must say where the secret lies, not the secret itself: {WAYS}")
    kind, _, what = text.partition(":")
    if not all(map(is_printable, what)):
        raise Wrong(f"{kind}: must not hold control characters")
    return SecretRef(Kind(kind), _CHECKS[Kind(kind)](what.strip(), folder) or label)


def _env(what: str, _folder: Path) -> str:
    if not _ENV_NAME.fullmatch(what):
        raise Wrong("env: must be followed by the name of a variable, as in env:AUDIT_PASSWORD")
    return what


def _file(what: str, folder: Path) -> str:
    if not what:
        raise Wrong("file: must be followed by a path, as in file:~/.handover/audit-password")
    return str(path_from(what, folder))


def _cmd(what: str, _folder: Path) -> str:
    try:
        words = shlex.split(what)
    except ValueError as err:
        raise Wrong("cmd: has a quote without end") from err
    if not words or not words[0]:
        raise Wrong("cmd: must be followed by a command, as in cmd:pass show audit")
    return what


def _prompt(what: str, _folder: Path) -> str:
    return what[:100]


def _keyring(what: str, _folder: Path) -> str:
    service, _, name = what.partition("/")
    if not service or not name:
        raise Wrong("keyring: must be followed by SERVICE/NAME, as in keyring:handover/audit")
    return what


_CHECKS: dict[Kind, Callable[[str, Path], str]] = {
    Kind.ENV: _env,
    Kind.FILE: _file,
    Kind.CMD: _cmd,
    Kind.PROMPT: _prompt,
    Kind.KEYRING: _keyring,
}


def _from_env(ref: SecretRef) -> str:
    value = os.environ.get(ref.what)
    if not value:
        raise ConfigError(f"{ref} is not set: export {ref.what} before the run")
    return value


def _from_file(ref: SecretRef) -> str:
    raw = read_private(Path(ref.what), name=str(ref), most_bytes=MOST_BYTES)
    return _text(raw, ref)


def _from_command(ref: SecretRef) -> str:
    try:
        raw = output(shlex.split(ref.what), timeout_s=COMMAND_TIMEOUT_S, most_bytes=MOST_BYTES)
    except CommandFailed as err:
        raise ConfigError(f"{ref} gave no secret: {err}; run it yourself to see why") from err
    return _text(raw, ref)


def _from_prompt(ref: SecretRef) -> str:
    if not sys.stdin.isatty():
        raise ConfigError(
            f"{ref} cannot be asked without a terminal: use env:, file:, cmd: or keyring:"
        )
    try:
        value = getpass.getpass(f"{ref.what or 'Password'}: ")
    except EOFError as err:
        raise ConfigError(f"{ref}: nothing was typed") from err
    if not value:
        raise ConfigError(f"{ref}: nothing was typed")
    return value


def _from_keyring(ref: SecretRef) -> str:
    service, _, name = ref.what.partition("/")
    try:
        keyring = importlib.import_module("keyring")
        errors = importlib.import_module("keyring.errors")
    except ImportError as err:
        raise ConfigError(f"{ref} needs an extra: pip install 'handover[secrets]'") from err
    try:
        value = keyring.get_password(service, name)
    except errors.KeyringError as err:
        raise ConfigError(f"{ref}: the keyring gives nothing ({type(err).__name__})") from err
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{ref} is not in the keyring: keyring set {service} {name}")
    return value


_WAYS: dict[Kind, Callable[[SecretRef], str]] = {
    Kind.ENV: _from_env,
    Kind.FILE: _from_file,
    Kind.CMD: _from_command,
    Kind.PROMPT: _from_prompt,
    Kind.KEYRING: _from_keyring,
}


def _text(raw: bytes, ref: SecretRef) -> str:
    """Return the text without its last line end; the error of a bad one must not carry it."""
    try:
        value = raw.decode("utf-8")
    except UnicodeDecodeError:
        value = ""
    value = value.removesuffix("\n").removesuffix("\r")
    if not value or "\0" in value:
        raise ConfigError(f"{ref} holds no text that can be a secret: it is empty or not UTF-8")
    return value


class Secrets:
    """The secrets of one run: each is fetched at its first use, once, by whichever thread."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._terminal = threading.Lock()  # one question at a time
        self._locks: dict[SecretRef, threading.Lock] = {}
        self._kept: dict[SecretRef, Secret | str] = {}  # a str is the error it gave

    def resolve(self, ref: SecretRef) -> Secret:
        """Return the secret; a reference that failed once fails again without being tried."""
        with self._lock:
            lock = self._locks.setdefault(ref, threading.Lock())
        with lock:
            if ref not in self._kept:
                self._kept[ref] = self._fetched(ref)
        kept = self._kept[ref]
        if isinstance(kept, Secret):
            return kept
        raise ConfigError(kept)

    def _fetched(self, ref: SecretRef) -> Secret | str:
        if ref.kind is not Kind.PROMPT:
            return _secret_or_error(ref)
        with self._terminal:
            return _secret_or_error(ref)


def _secret_or_error(ref: SecretRef) -> Secret | str:
    try:
        return ref.resolve()
    except ConfigError as err:
        return str(err)
