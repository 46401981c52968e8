"""The words in which `handover doctor` says what it found."""

from msgspec import Struct

FINE, NOTE, BAD, UNSURE = "ok", "note", "bad", "not known"


class Check(Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    state: str  # ok, note, bad, not known
    says: str
