"""The URLs of requests to Graph: what an ask says, and nothing else (OData 4.01, part 2)."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from collectors.spec import Each, GraphGet

KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._~-]{0,254}[A-Za-z0-9])?")
_DAYS_AGO = re.compile(r"\{now-([0-9]{1,3})d\}")
_SAFE = "/$,()':=*@!-._~"
# Units of resource that a request costs where that is not 1 (throttling-limits, identity).
_COSTS = (
    (re.compile(r"^/(?:users|applications|oauth2PermissionGrants)$"), 2),
    (re.compile(r"/appRoleAssign(?:ments|edTo)$"), 2),
    (re.compile(r"^/(?:subscribedSkus|contracts)$"), 3),
    (re.compile(r"/members$"), 3),
    (re.compile(r"/domainNameReferences$"), 4),
)


def relative(ask: GraphGet, key: str = "") -> str:
    """Return the URL without host and version: `/groups/ID/members?$select=id&$top=999`.

    Raises ValueError for a key that cannot be one.
    """
    if key and not KEY.fullmatch(key):
        raise ValueError("what it is asked for has a strange name")
    options = {
        "$select": ",".join(ask.select),
        "$filter": _since(ask.filter).replace("{key}", key),
        "$expand": ask.expand,
        "search": ask.search,
        "$top": str(ask.top) if ask.top else "",
        "$count": "true" if ask.advanced else "",
    }
    query = "&".join(f"{name}={quote(text, safe=_SAFE)}" for name, text in options.items() if text)
    path = quote(ask.path.replace("{key}", key), safe=_SAFE)
    return f"{path}?{query}" if query else path


def list_of(ask: GraphGet, each: Each) -> GraphGet:
    """Return the ask for the list whose objects give the keys of another ask."""
    return GraphGet(
        name=ask.name,
        path=each.path,
        needs=ask.needs,
        profile=ask.profile,
        select=each.select,
        filter=each.filter,
        top=each.top,
        as_person=ask.as_person,
        budget=ask.budget,
        licence=ask.licence,
        advanced=each.advanced,
    )


def cost(ask: GraphGet) -> int:
    """Return how many units of resource one page costs."""
    if ask.budget != "directory":
        return 1
    base = next((units for path, units in _COSTS if path.search(ask.path)), 1)
    return max(1, base - bool(ask.select) + bool(ask.expand))


def origin(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port. Raises ValueError for what is no URL."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or {"https": 443}.get(scheme, 0)


def _since(text: str) -> str:
    def day(found: re.Match[str]) -> str:
        when = datetime.now(UTC) - timedelta(days=int(found.group(1)))
        return when.strftime("%Y-%m-%dT00:00:00Z")

    return _DAYS_AGO.sub(day, text)
