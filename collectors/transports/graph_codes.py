"""What Graph's errors mean: who is missing what; never a crash, and never "there is none".

Codes: learn.microsoft.com/graph/errors, and what tenants without a licence were seen to answer.
"""

import re
from typing import Any

from msgspec import Struct

from collectors.clean import clean_text
from collectors.spec import GraphGet
from inventory.model.evidence import Gap, Why

MOST_SAID = 240  # characters of a message that a gap keeps
AWAY = (429, 500, 502, 503, 504)  # come again
NO_PREMIUM = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
_UNLICENSED = re.compile(
    r"AadPremiumLicenseRequired|NonPremiumTenant|AAD Premium|has not onboarded|"
    r"[Nn]ot licensed|doesn't have .{0,20}licen[sc]e|[Rr]equires? .{0,60}licen[sc]e|"
    r"[Rr]equest not applicable to target tenant|SPO license|does not have a SPO"
)
_NO_SEGMENT = re.compile(r"[Rr]esource not found for the segment")
_NO_ROLE = re.compile(r"[Oo]ne of the following roles is required|[Uu]ser is not in the allowed")


class Refused(Struct, frozen=True):
    """An answer that is an error."""

    status: int
    code: str = ""
    message: str = ""

    @property
    def is_unlicensed_perhaps(self) -> bool:
        """Return whether it says so of a missing licence, as it was also seen with one."""
        return self.code == NO_PREMIUM

    def __str__(self) -> str:
        """Return `403 Authorization_RequestDenied: Insufficient privileges ...`."""
        said = f"{self.status} {self.code}".strip()
        return f"{said}: {self.message}" if self.message else said


def refused(status: int, body: Any) -> Refused:
    """Return what an error says; its texts are clean and short."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return Refused(status, _said(error), _said(body.get("error_description")))
    error = error if isinstance(error, dict) else {}
    return Refused(status, _said(error.get("code"), 80), _said(error.get("message")))


def gap_of(name: str, ask: GraphGet, found: Refused, *, part: str = "", after: str = "") -> Gap:
    """Return the gap of an ask that was refused, with what would cure it."""
    why, cure, missing = _meaning(ask, found)
    detail = "; ".join(filter(None, (missing, f"{found}", after)))
    return Gap(why, name, part, detail, cure)


def proves_none(ask: GraphGet, found: Refused) -> bool:
    """Return whether the error says that there is nothing: not configured, no such mailbox."""
    said = f"{found.code} {found.message}"
    is_graphs = bool(found.code)  # a proxy's page has none
    return (
        ask.absent == "none" and found.status == 404 and is_graphs and not _NO_SEGMENT.search(said)
    )


def _meaning(ask: GraphGet, found: Refused) -> tuple[Why, str, str]:
    said = f"{found.code} {found.message}"
    if _NO_SEGMENT.search(said):
        return Why.NOT_ASKED, "cloud", "this cloud does not have it"
    if found.status in (400, 403, 404) and _UNLICENSED.search(said):
        return Why.UNLICENSED, "licence", _licence(ask)
    if found.status == 401:
        return Why.DENIED, "credential", "the token is not taken"
    if found.status == 403:
        if _NO_ROLE.search(said):
            return Why.DENIED, "role", "the person has no role that may read it"
        return Why.DENIED, "scope", f"{ask.needs or ask.as_person} is not granted, as it seems"
    if found.status in AWAY:
        return Why.TIMEOUT, "time", "the service did not come back in time"
    if found.status in (404, 400) and ask.licence:
        return Why.FAILED, "licence", f"perhaps {_licence(ask)}"
    return Why.FAILED, "report", ""


def _licence(ask: GraphGet) -> str:
    return f"no licence: {ask.licence}" if ask.licence else "no licence for it"


def _said(text: object, most: int = MOST_SAID) -> str:
    return " ".join(clean_text(text[: 4 * most]).split())[:most] if isinstance(text, str) else ""
