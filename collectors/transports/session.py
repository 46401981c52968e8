"""Asks one host everything over one wire: proof of a shell, the script, bounded reading, one retry.

The run of a host: a harmless line proves that a POSIX shell listens; the way to root is taken when
one was agreed; the script is sent whole; the answer is read until its end mark, never until the
connection closes. The first run sends its answers gathered, in few large packets. When it falls
silent or breaks off, the host is asked for the rest, each answer sent as it comes: silence longer
than the open ask may take then ends the wire, that ask is named, and a further run leaves it out.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from enum import Enum, StrEnum
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
from collectors.transports.wire import CHUNK, Wire
from inventory.errors import TimedOut, TransportError, Unreachable
from inventory.model.evidence import Gap, Why

MOST_BYTES = 16 * 1024 * 1024  # of one host's answer to one script
PROOF_S = 10
LITTLE = 4096  # bytes: after less than that it pays to wait for more,
GATHER = 0.1  # for this share of the time that the host has taken so far,
MOST_GATHER_S = 0.5  # and not longer
GATHERED_S = 15  # silence of a host that gathers its answers, after which it is asked otherwise
SLACK_S = 5  # how much longer than an ask's own time its silence is borne
MOST_AGAIN = 4  # times that a host is asked again after an ask that hung
LEAST_AGAIN_S = 2
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
    silence_s: float = 90  # at most; of an ask that was begun, its own time and SLACK_S
    most_bytes: int = MOST_BYTES


class NotAShell(TransportError):
    """The host answered, and not as a POSIX shell: an appliance, seen and not asked."""


class Told(Struct, frozen=True):
    """What one host told: an outcome for every ask, and whether it was asked as root."""

    outcomes: dict[str, Outcome]
    as_root: bool
    asked: tuple[int, int] | None = None  # our clock when it began and ended; None: just now


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
    run = _Run(asks, open_wire, become, limits, time.monotonic() + limits.total_s, leave_out)
    first, as_root = run.first()
    found = dict(outcomes(run.asked(as_root), first))
    for heard in _further(run, first, as_root=as_root):
        found |= dict(outcomes(run.asked(as_root), heard))
    found |= {name: _cut_off(found[name], name, end) for name, end in run.cut.items()}
    return Told(found | _unanswered(run, found, as_root=as_root), as_root)


def _further(run: "_Run", heard: Heard, *, as_root: bool) -> Iterator[Heard]:
    """Ask again while something hangs or floods: each time without all that was begun before.

    After a run that gathered its answers, what it left open is asked again: it may be innocent.
    """
    left_out = {name for name in heard.frames if name in run.cut or name != heard.open_frame}
    for number in range(MOST_AGAIN + 1):
        has_said = heard.frames or (number == 0 and run.fell_silent)
        if heard.done or not has_said or run.seconds_left < LEAST_AGAIN_S:
            return
        try:
            heard, _ = run.again((*left_out, *run.leave_out), as_root=as_root)
        except TransportError:
            return
        left_out |= set(heard.frames)
        yield heard


def _cut_off(outcome: Outcome, name: str, end: "_End") -> Outcome:
    """Return the outcome of an ask that was open when the reading stopped, with the reason."""
    answers, gaps = outcome
    kept = tuple(gap for gap in gaps if gap.why is not Why.UNREACHABLE)
    if end is _End.SILENCE:
        return answers, (*kept, Gap(Why.TIMEOUT, name, "", "it hung and was left out", "time"))
    return answers, (*kept, Gap(Why.TRUNCATED, name, "", "more than is read of a host", "limit"))


class _End(Enum):
    """Why the reading of a host stopped before its end mark, while the wire was open."""

    SILENCE = "silence"
    TOO_MUCH = "too much"


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
        self.cut: dict[str, _End] = {}  # asks that were open when the reading stopped
        self.fell_silent = False  # the last reading ended so, and not with the connection
        self._ended = False
        self._patience = {name: ask.timeout_s + SLACK_S for name, ask in asks}

    @property
    def seconds_left(self) -> float:
        """Return how long the host may still take."""
        return self._end - time.monotonic()

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
                return self.again(self.leave_out, as_root=True, gathered=True)
            except Refused as err:
                self.refusal = str(err)
        return self._as_is(self.leave_out, gathered=True)

    def again(
        self, skip: Sequence[str], *, as_root: bool, gathered: bool = False
    ) -> tuple[Heard, bool]:
        """Ask on a fresh wire, leaving out what `skip` names."""
        if not as_root or self._become not in (Become.SCRIPT, Become.SHELL):
            return self._as_is(skip, gathered=gathered)
        nonce = secrets.token_hex(16)
        wire = self._open()
        try:
            self._prove(wire)
            if self._become is Become.SHELL:
                self._become_root(wire)
                script = sent_script(self.asks, nonce=nonce, skip=skip, gathered=gathered)
                wire.send(script)
            else:
                self._start_installed(wire)
                wire.send(fed(nonce, skip, gathered=gathered))
            return self._listen(wire, nonce, gathered=gathered), True
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

    def _as_is(self, skip: Sequence[str], *, gathered: bool) -> tuple[Heard, bool]:
        nonce = secrets.token_hex(16)
        wire = self._open()
        try:
            is_root = self._prove(wire)
            asks = self.asked(is_root)
            exact = self._become is Become.COMMANDS and not is_root
            script = sent_script(asks, nonce=nonce, skip=skip, exact=exact, gathered=gathered)
            wire.send(script)
            return self._listen(wire, nonce, gathered=gathered), is_root
        finally:
            wire.close()

    def _prove(self, wire: Wire) -> bool:
        """Prove that a POSIX shell listens, by one harmless line; tell whether it is root's."""
        self._send_proof(wire)
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

    def _send_proof(self, wire: Wire) -> None:
        """Send the line that proves a shell; a menu may have said its word and gone by then."""
        try:
            wire.send(f"{PROOF}\n".encode())
        except Unreachable:
            got = self._until(wire, _PROVED)
            if _PROVED.search(got) or not (said := _first_line(got)):
                raise
            raise NotAShell(f"no POSIX shell answers; it said {said!r}") from None

    def _until(self, wire: Wire, wanted: re.Pattern[bytes]) -> bytes:
        """Return what came until the wanted line, the end, silence, or too much else."""
        got, end = b"", min(self._end, time.monotonic() + PROOF_S)
        while not wanted.search(got) and len(got) <= 65_536 and time.monotonic() < end:
            chunk = wire.receive(max(0.0, end - time.monotonic()))
            self._ended = chunk == b""
            if not chunk:
                break
            got += chunk
        return got

    def _listen(self, wire: Wire, nonce: str, *, gathered: bool) -> Heard:
        """Read until the end mark, the end of the wire, too much, too long, or silence."""
        got, why, start = bytearray(), None, time.monotonic()
        last = f"\x1e{nonce} Z".encode()
        while got.find(last, max(0, len(got) - CHUNK - len(last))) < 0:
            if len(got) >= self._limits.most_bytes:
                why = _End.TOO_MUCH
                break
            wait_s = self._gathered_wait() if gathered else self._wait(got, nonce)
            if self.seconds_left <= 0:  # whoever drips always has some bytes more
                break
            chunk = wire.receive(min(wait_s, self.seconds_left))
            if not chunk:
                self.fell_silent = chunk is None
                why = _End.SILENCE if self.fell_silent and not gathered else None
                break
            got += chunk
            if len(chunk) < LITTLE:
                time.sleep(min(MOST_GATHER_S, GATHER * (time.monotonic() - start)))
        heard = hear(bytes(got), nonce)
        if why and heard.open_frame:
            self.cut[heard.open_frame] = why
        return heard

    def _gathered_wait(self) -> float:
        return min(self._limits.silence_s, GATHERED_S)

    def _wait(self, got: bytearray, nonce: str) -> float:
        """Return how long the ask that is open now may be silent."""
        begin = f"\x1e{nonce} B ".encode()
        at = got.rfind(begin)
        name = bytes(got[at + len(begin) : at + 200]).split(b"\n")[0] if at >= 0 else b""
        patience = self._patience.get(name.decode("utf-8", "replace"), self._limits.silence_s)
        return min(self._limits.silence_s, patience)


class Refused(Unreachable):
    """The agreed way to root is not open."""


def _first_line(got: bytes) -> str:
    return clean(got[:200]).strip().split("\n")[0]


def _refusal(got: bytes) -> str:
    return f"sudo says {_first_line(got)!r}" if got.strip() else "no answer from sudo -n"
