"""All that a document is written from: one audit, judged, with the circumstances it was made in."""

from msgspec import Struct

from agent.engagement.model import Detail, Engagement
from agent.judge.judgement import Judgement
from agent.transition.item import Item
from collectors.sku_names import SkuNames
from inventory.changes import Change


class Told(Struct, frozen=True):
    """What is told to people; nothing in it is worked out by a document."""

    judgement: Judgement
    items: tuple[Item, ...]  # the lines of the access-transfer checklist, in their order
    engagement: Engagement | None  # None: only this machine, without an engagement file
    seal: str  # the evidence number of the audit
    started: int  # seconds since 1970 UTC
    ended: int
    audits: int  # how many there have been, this one included
    changes: tuple[Change, ...] | None  # since the audit before; None: there was none before
    version: str  # of handover
    products: SkuNames = SkuNames()  # what products of tenants are called

    @property
    def paper(self) -> str:
        """Return the paper that pages are printed on."""
        return self.engagement.documents.paper if self.engagement else "A4"

    @property
    def is_minimal(self) -> bool:
        """Tell whether ordinary people's last logins are told in buckets only."""
        return self.engagement is None or self.engagement.detail is Detail.MINIMAL
