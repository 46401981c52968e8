"""Asks one host everything over one wire: proof of a shell, the script, bounded reading, one retry.

The run of a host: a harmless line proves that a POSIX shell listens; the way to root is taken when
one was agreed; the script is sent whole; the answer is read until its end mark, never until the
connection closes. Silence longer than the slowest ask may take ends the wire; the ask that hung is
named, and one second run asks for the rest.
"""

import re
import secrets
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from shlex import quote

from msgspec import Struct

from collectors.clean import clean
from collectors.spec import Outcome, SshCommand, SshFiles
from collectors.transports.frames import Heard, gap_for, hear, outcomes
from collectors.transports.script import (
    GREETING,
    INSTALLED_AT,
    HostAsk,
    fed,
    sent_script,
    version_of,
)
from collectors.transports.wire import Wire
from inventory.errors import TimedOut, TransportError, Unreachable
from inventory.model.evidence import Gap, Why

MOST_BYTES = 32 * 1024 * 1024  # of one host's whole answer
PROOF_S = 10
PROOF = 'echo "handover $((40+2)) $(id -u)"'
_PROVED = re.compile(rb"handover 42 (\d*)\s*\n")
_GREETED = re.compile(rb"(?m)^" + GREETING.encode() + rb" ([0-9a-f]{16})\r?\n")


class Become(StrEnum):
    """The way to root that was agreed for a host."""

    NONE = "none"
    COMMANDS = "commands"  # sudo -n with exactly the granted commands
    SCRIPT = "script"  # the installed, reviewed script
    SHELL = "shell"  # sudo -n /bin/sh, for accounts that may do everything


class Limits(Struct, frozen=True):
    """How long and how much one host may take."""

    total_s: float = 120
    silence_s: float = 40
    most_bytes: int = MOST_BYTES


class NotAShell(TransportError):
    """The host answered, and not as a POSIX shell: an appliance, seen and not asked."""


class Told(Struct, frozen=True):
    """What one host told: an outcome for every ask, and whether it was asked as root."""

    outcomes: dict[str, Outcome]
    as_root: bool
    clock_s: int | None = None


Opener = Callable[[], Wire]


def interview(
    asks: Sequence[tuple[str, HostAsk]],
    open_wire: Opener,
    become: Become,
    limits: Limits,
    leave_out: Sequence[str] = (),
) -> Told:
    """Ask a host everything; each ask gets an outcome. Raises TransportError without any answer.

    `leave_out`: names of asks that the installed script knows and that are not wanted this time.
    """
    end = time.monotonic() + limits.total_s
    run = _Run(asks, open_wire, become, limits, end, leave_out)
    heard, as_root = run.first()
    found = dict(outcomes(run.asked(as_root), heard))
    if not heard.done and time.monotonic() < end - 2:
        found |= _second(run, heard, found, as_root=as_root)
    found |= _unanswered(run, found, as_root=as_root)
    return Told(found, as_root)


def _second(
    run: "_Run", heard: Heard, found: dict[str, Outcome], *, as_root: bool
) -> dict[str, Outcome]:
    """Ask once more, without what was answered and without the ask that hung."""
    hung = heard.open_frame
    skip = [*heard.frames, *run.leave_out]
    try:
        again, _ = run.again(skip, as_root=as_root)
    except TransportError:
        return {}
    more = dict(outcomes(run.asked(as_root), again))
    if hung:
        answers, gaps = found[hung]
        timeout = Gap(Why.TIMEOUT, hung, detail="it hung and was left out", cure="time")
        more[hung] = (answers, (*(g for g in gaps if g.why is not Why.UNREACHABLE), timeout))
    return more


def _unanswered(run: "_Run", found: dict[str, Outcome], *, as_root: bool) -> dict[str, Outcome]:
    """Return the gaps of what was not answered: no right, or the connection broke before it."""
    left = set(run.leave_out)
    rest = [(name, ask) for name, ask in run.asks if name not in found and name not in left]
    asked = {name for name, _ in run.asked(as_root)}
    unasked = Gap(Why.NOT_ASKED, detail="left out of this audit", cure="audit")
    denied = Gap(Why.DENIED, detail=run.refusal or "needs root", cure="root")
    broken = Gap(Why.UNREACHABLE, detail="the connection ended before it", cure="route")
    return {
        **dict(gap_for([one for one in run.asks if one[0] in left], unasked)),
        **dict(gap_for([one for one in rest if one[0] not in asked], denied)),
        **dict(gap_for([one for one in rest if one[0] in asked], broken)),
    }


class _Run:
    """The state of one host's interview: what is asked, by which way, until when."""

    def __init__(
        self,
        asks: Sequence[tuple[str, HostAsk]],
        open_wire: Opener,
        become: Become,
        limits: Limits,
        end: float,
        leave_out: Sequence[str] = (),
    ) -> None:
        self.asks = asks
        self.leave_out = tuple(leave_out)
        self._open, self._become, self._limits, self._end = open_wire, become, limits, end
        self.refusal = ""
        self._ended = False

    def asked(self, as_root: bool) -> list[tuple[str, HostAsk]]:
        """Return what can be asked with the rights that were got."""
        return [
            (name, ask)
            for name, ask in self.asks
            if as_root or ask.needs == "any" or isinstance(ask, SshFiles) or self._granted(ask)
        ]

    def _granted(self, ask: SshCommand) -> bool:
        return self._become is Become.COMMANDS and bool(ask.exact)

    def first(self) -> tuple[Heard, bool]:
        """Ask by the agreed way; where root is refused, ask as the ordinary account."""
        if self._become in (Become.SCRIPT, Become.SHELL):
            try:
                return self.again(self.leave_out, as_root=True)
            except Refused as err:
                self.refusal = str(err)
        return self._as_is(self.leave_out)

    def again(self, skip: Sequence[str], *, as_root: bool) -> tuple[Heard, bool]:
        """Ask on a fresh wire, leaving out what `skip` names."""
        if not as_root or self._become not in (Become.SCRIPT, Become.SHELL):
            return self._as_is(skip)
        nonce = secrets.token_hex(16)
        wire = self._open()
        try:
            self._prove(wire)
            if self._become is Become.SHELL:
                self._become_root(wire)
                wire.send(sent_script(self.asks, nonce=nonce, skip=skip))
            else:
                self._start_installed(wire)
                wire.send(fed(nonce, skip))
            return self._listen(wire, nonce), True
        finally:
            wire.close()

    def _become_root(self, wire: Wire) -> None:
        """Replace the shell by one of root, which proves itself. Raises Refused."""
        wire.send(f"exec sudo -n /bin/sh -c {quote(PROOF + '; exec /bin/sh -s')}\n".encode())
        got = self._until(wire, _PROVED)
        if not _PROVED.search(got):
            raise Refused(_refusal(got))

    def _start_installed(self, wire: Wire) -> None:
        """Replace the shell by the installed script, which tells its version. Raises Refused.

        Only then it is fed: a shell that reads ahead would swallow what comes earlier.
        """
        wire.send(f"exec sudo -n {INSTALLED_AT}\n".encode())
        got = self._until(wire, _GREETED)
        told = _GREETED.search(got)
        if not told:
            raise Refused(f"{INSTALLED_AT} does not run: {_refusal(got)}")
        if told[1].decode() != version_of(self.asks):
            raise Refused(
                f"{INSTALLED_AT} is version {told[1].decode()}, not {version_of(self.asks)}: "
                "have the one of `plan --sudoers` installed"
            )

    def _as_is(self, skip: Sequence[str]) -> tuple[Heard, bool]:
        nonce = secrets.token_hex(16)
        wire = self._open()
        try:
            is_root = self._prove(wire)
            asks = self.asked(is_root)
            exact = self._become is Become.COMMANDS and not is_root
            wire.send(sent_script(asks, nonce=nonce, skip=skip, exact=exact))
            return self._listen(wire, nonce), is_root
        finally:
            wire.close()

    def _prove(self, wire: Wire) -> bool:
        """Prove that a POSIX shell listens, by one harmless line; tell whether it is root's."""
        wire.send(f"{PROOF}\n".encode())
        got = self._until(wire, _PROVED)
        told = _PROVED.search(got)
        if told:
            return told[1] == b"0"
        said = _first_line(got)
        if said:
            raise NotAShell(f"no POSIX shell answers; it said {said!r}")
        if self._ended:
            raise NotAShell("no POSIX shell answers; the session ended without a word")
        raise TimedOut(f"no shell answered within {PROOF_S} s")

    def _until(self, wire: Wire, wanted: re.Pattern[bytes]) -> bytes:
        """Return what came until the wanted line, the end, silence, or too much else."""
        got, end = b"", min(self._end, time.monotonic() + PROOF_S)
        while not wanted.search(got) and len(got) <= 65_536:
            chunk = wire.receive(max(0.0, end - time.monotonic()))
            self._ended = chunk == b""
            if not chunk:
                break
            got += chunk
        return got

    def _listen(self, wire: Wire, nonce: str) -> Heard:
        """Read until the end mark, the end of the wire, too much, too long, or silence."""
        got = bytearray()
        last = f"\x1e{nonce} Z".encode()
        while len(got) < self._limits.most_bytes:
            wait = min(self._limits.silence_s, self._end - time.monotonic())
            chunk = wire.receive(wait) if wait > 0 else None
            if not chunk:
                break
            got += chunk
            if got.find(last, max(0, len(got) - len(chunk) - len(last))) >= 0:
                break
        return hear(bytes(got), nonce)


class Refused(Unreachable):
    """The agreed way to root is not open."""


def _first_line(got: bytes) -> str:
    return clean(got[:200]).strip().split("\n")[0]


def _refusal(got: bytes) -> str:
    return f"sudo says {_first_line(got)!r}" if got.strip() else "no answer from sudo -n"
