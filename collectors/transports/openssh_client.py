"""SSH through the system's own client, for ProxyCommand, hardware keys and servers of long ago.

What the user's ssh_config says holds where nothing is set here (ssh_config(5)); keys only, for a
password would have to pass through a terminal. No secret stands on a command line.
"""

import os
import re
import shlex
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from collectors.clean import clean_text
from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, LegacyCrypto, Timeouts, unknown_key
from collectors.transports.wire import ProcessWire
from inventory.errors import Denied, TimedOut, TransportError, Unreachable

PROGRAM = "ssh"
LOGGED_IN = re.compile(rb"(?m)^Authenticated (?:to |using .* with (partial) success)")
# It tells what it is about to do, and waits until that was read: one that was let in halfway is
# ended before it can offer the key once more.
TALKING = "DEBUG1"
KEPT = ("HOME", "USER", "LOGNAME", "PATH", "SSH_AUTH_SOCK", "SSH_SK_PROVIDER")
SAFE = {
    "BatchMode": "yes",
    "StrictHostKeyChecking": "yes",
    "GlobalKnownHostsFile": "/dev/null",
    "KnownHostsCommand": "none",
    "UpdateHostKeys": "no",
    "VerifyHostKeyDNS": "no",
    "PreferredAuthentications": "publickey",
    "PubkeyAuthentication": "yes",
    "PasswordAuthentication": "no",
    "KbdInteractiveAuthentication": "no",
    "HostbasedAuthentication": "no",
    "GSSAPIAuthentication": "no",
    "NumberOfPasswordPrompts": "0",
    "IdentitiesOnly": "yes",
    "AddKeysToAgent": "no",
    "ConnectionAttempts": "1",
    "ClearAllForwardings": "yes",
    "ForwardAgent": "no",
    "ForwardX11": "no",
    "Tunnel": "no",
    "PermitLocalCommand": "no",
    "RemoteCommand": "none",
    "RequestTTY": "no",
    "EscapeChar": "none",
    "ControlMaster": "no",
    "ControlPath": "none",
}
_CHANGED = re.compile(r"IDENTIFICATION HAS CHANGED|differs from the key|POSSIBLE DNS SPOOFING")
_UNKNOWN = re.compile(r"host key is known for|Host key verification failed|REVOKED HOST KEY")
_REFUSED = re.compile(r"Permission denied|Too many authentication failures|no mutual signature")
_LEGACY = re.compile(r"no matching|Invalid key length|error in libcrypto|no hostkey alg")
_DEBUG = re.compile(r"debug\d: ")
_TIMED_OUT = re.compile(r"timed out|timeout", re.IGNORECASE)


class OpensshDoor:
    """Opens wires to hosts by the system's `ssh`: a process for each host and each way to it."""

    def __init__(
        self,
        known_hosts: Iterable[Path],
        guard: LockoutGuard,
        timeouts: Timeouts,
        *,
        config: Path | None = None,
    ) -> None:
        """Take the pinned keys, the shared guard, and an ssh_config (None: ~/.ssh/config)."""
        self._known_hosts = tuple(known_hosts)
        self._place = str(self._known_hosts[0]) if self._known_hosts else "known_hosts"
        self._guard, self._timeouts = guard, timeouts
        self._config = config or Path("~/.ssh/config").expanduser()

    def wire(self, hops: Sequence[Hop]) -> ProcessWire:
        """Return a wire to a shell on the last hop, through the ones before it.

        Raises Denied, TimedOut, Unreachable or LegacyCrypto when ssh does not get in.
        """
        hop = hops[-1]
        for one in hops:
            _check_login(one)
        argv = (*self._argv(hops, level=TALKING), "--", hop.name, "exec /bin/sh -s")
        with self._guard.attempt(hop.login.authority or f"{hop.user}@{hop.address}:{hop.port}"):
            command, times = (PROGRAM, *argv), self._timeouts
            wire = ProcessWire(command, _environment(), send_s=times.send_s, in_step=True)
            try:
                self._wait(wire, hops)
            except TransportError:
                wire.close()
                raise
        return wire

    def close(self) -> None:
        """Do nothing: each process ends with its wire."""

    def _wait(self, wire: ProcessWire, hops: Sequence[Hop]) -> None:
        """Return when ssh has logged in; raise what its own words mean when it has not."""
        times = self._timeouts
        allowed_s = len(hops) * (times.connect_s + times.handshake_s + times.login_s)
        end = time.monotonic() + allowed_s
        heard = wire.hears(LOGGED_IN, end)
        if heard and heard[1]:
            raise Denied(f"{hops[-1].name} wants more than one credential")
        if heard:
            return
        if time.monotonic() >= end:
            raise TimedOut(f"{hops[-1].name}: ssh did not log in within {allowed_s:g} s")
        raise meaning(wire.last_words(), hops, self._place)

    def _argv(self, hops: Sequence[Hop], *, level: str = "ERROR") -> tuple[str, ...]:
        """Return the options for a host; the way through jump hosts is a command of their own."""
        hop = hops[-1]
        options = dict(self._options(hop)) | {"LogLevel": level}
        if len(hops) > 1:
            before = shlex.join((PROGRAM, *self._argv(hops[:-1])))
            way = f"-W '[%h]:%p' -- {shlex.quote(hops[-2].name)}"
            options["ProxyCommand"] = f"{_literal(before)} {way}"
        config = str(self._config) if self._config.exists() else "none"
        pairs = (("-o", f"{key}={value}") for key, value in options.items())
        return ("-F", config, *(word for pair in pairs for word in pair))

    def _options(self, hop: Hop) -> Iterator[tuple[str, str]]:
        yield from SAFE.items()
        yield "ConnectTimeout", str(max(1, round(self._timeouts.connect_s)))
        yield "UserKnownHostsFile", " ".join(map(_path, self._known_hosts)) or "none"
        yield "HostName", _literal(hop.address)
        yield "Port", str(hop.port)
        yield "User", hop.user
        yield "IdentityFile", _path(Path(hop.login.key_path or ""))
        if hop.key_alias:
            yield "HostKeyAlias", hop.key_alias


def _check_login(hop: Hop) -> None:
    """Refuse what the system's client cannot do without a terminal or a file."""
    if hop.login.key_path is None:
        raise Denied(
            f"{hop.user}@{hop.name}: transport: openssh logs in with the path of a key only; "
            "set `key:` to it, or use the other transport"
        )


def _environment() -> dict[str, str]:
    """Return the little that ssh needs of ours; what it is not given it cannot send."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return kept | {"SHELL": "/bin/sh", "SSH_ASKPASS_REQUIRE": "never"}


def _literal(text: str) -> str:
    """Return a text in which ssh finds no token (ssh_config(5), TOKENS)."""
    return text.replace("%", "%%")


def _path(path: Path) -> str:
    """Return a path as one word of an option."""
    safe = _literal(str(path)).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{safe}"'


def meaning(said: str, hops: Sequence[Hop], place: str) -> TransportError:
    """Return the error for what ssh said at its end; a jump host's words stand first.

    `place`: the known_hosts file where a new key is to be added.
    """
    hop = hops[-1]
    said = "\n".join(line for line in said.splitlines() if not _DEBUG.match(line))
    if _line_with(said, _CHANGED):
        return Denied(
            f"{hop.name}, or a jump host before it, shows another host key than known_hosts pins. "
            "Nothing was sent to it. Ask its owner whether it was replaced"
        )
    if _line_with(said, _UNKNOWN):
        return Denied(unknown_key(_unknown_hop(said, hops), place))
    if line := _line_with(said, _LEGACY):
        return LegacyCrypto(
            f"{hop.name} speaks only what this ssh no longer does: {line}; "
            "the ssh_config can allow it for this one host"
        )
    if line := _line_with(said, _REFUSED):
        return Denied(f"{hop.user}@{hop.name} was refused: {line}{_untold(hop)}")
    if line := _line_with(said, _TIMED_OUT):
        return TimedOut(f"{hop.name} does not answer: {line}")
    return Unreachable(f"{hop.name} cannot be reached by ssh: {_last(said)}")


def _untold(hop: Hop) -> str:
    """Return what to do where a passphrase was set, which ssh takes from an agent or a terminal."""
    if hop.login.passphrase is None:
        return ""
    return ". Its passphrase is not used by `transport: openssh`: load the key into ssh-agent"


def _unknown_hop(said: str, hops: Sequence[Hop]) -> Hop:
    """Return the hop that ssh names as unknown; the last one when it names none."""
    line = _line_with(said, _UNKNOWN)
    named = (hop for hop in hops if f" {hop.key_alias or hop.address} " in _spaced(line))
    return next(named, hops[-1])


def _spaced(line: str) -> str:
    return re.sub(r"[\[\]]", " ", line)


def _line_with(said: str, shape: re.Pattern[str]) -> str:
    return next((_clean(line) for line in said.splitlines() if shape.search(line)), "")


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return _clean(lines[-1]) if lines else "it ended without a word"


def _clean(line: str) -> str:
    return clean_text(line.strip())[:200]
