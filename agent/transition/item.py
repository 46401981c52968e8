"""One line of the access-transfer checklist: one act, by one person, in one system."""

from enum import StrEnum

from msgspec import Struct

from agent.judge.case import Hold
from inventory.snapshot import Blank


class Act(StrEnum):
    """What is to be done."""

    CREATE = "create + test"
    TRANSFER = "transfer"
    ROTATE = "rotate"
    REVOKE = "revoke"
    KEEP = "keep"
    DECIDE = "decide"


class ItemVerdict(StrEnum):
    """What evidence says of an item; what people declare is kept elsewhere."""

    OPEN = "open"
    DONE = "done"
    CONTRADICTED = "contradicted"  # declared done, and an audit saw it after that
    CANNOT_TELL = "cannot tell"
    ATTESTED = "attested"  # no audit can tell; two named people of two parties say so
    NOT_THEIRS = "not theirs"  # still there; a person rejected it as the leaving party's


class Box(Struct, frozen=True):
    """One hold under a line: a place where the act must be done, and what evidence says of it."""

    target: str
    text: str
    verdict: ItemVerdict
    evidence: str  # "web1 /home/deploy/.ssh/authorized_keys:3 (linux.keys, audit 2)"


class Item(Struct, frozen=True):
    """A checklist line with its boxes, and what will prove it done."""

    id: str  # "R-07": short, kept for ever once given
    key: str  # bound to the subject: "revoke ssh key SHA256:..."
    act: Act
    gate: str  # "G0" to "G5"
    title: str
    todo: str  # what to do, where
    proof: str  # rendered from the function that decides it
    owner: str  # who acts
    due: int | None  # seconds since 1970 UTC
    verdict: ItemVerdict
    boxes: tuple[Box, ...] = ()
    holds: tuple[Hold, ...] = ()
    blanks: tuple[Blank, ...] = ()  # what keeps it from being decided
    after: str = ""  # "After T-01."
    undo: str = ""
    says: str = ""  # why the verdict is what it is: "declared removed 2027-05-12; seen 2027-05-14"
    progress: str = ""  # what people declared: "removed, says MD (client) 2027-05-12"
    accepted: str = ""  # an exception: "until 2027-09-30 by MD (client): replaced in autumn"
