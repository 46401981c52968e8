"""Where a statement comes from, and why an answer is missing."""

from enum import StrEnum

from msgspec import Struct


class Pointer(Struct, frozen=True, gc=False):
    """The place of a record within a reading: which ask, and where in its answer."""

    ask: str = ""  # the ask's name, e.g. "linux.sudo/sudoers"
    where: str = ""  # "/etc/sudoers:12", "line 3"; empty: the answer as a whole


class Evidence(Struct, frozen=True, gc=False):
    """All that is needed to look a statement up again."""

    source: str
    target: str
    collector: str
    pointer: Pointer
    audit: int  # the audit in which the record was seen last

    def __str__(self) -> str:
        """Return `web1 /etc/sudoers:12 (linux.sudo, audit 3)`."""
        place = self.pointer.where or self.pointer.ask
        return f"{self.target} {place} ({self.collector}, audit {self.audit})"


class Why(StrEnum):
    """Why an ask has no usable answer."""

    DENIED = "denied"  # a right is missing
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    NO_TOOL = "no tool"
    FAILED = "failed"  # the tool ran and reported an error
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    UNLICENSED = "unlicensed"
    NOT_ASKED = "not asked"


class Gap(Struct, frozen=True, order=True):
    """An ask without a usable answer. `part` "" hides all of the reading, else only that part."""

    why: Why
    ask: str = ""  # the ask's name; empty: the whole reading
    part: str = ""  # one home, one file, one OU; empty: everything the reading could tell
    detail: str = ""  # what was said, safe to print, never a secret
    cure: str = ""  # the act that would answer it: "root", "route", "tool", "scope", ...
