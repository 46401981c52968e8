"""The Graph of the lab: answers requests as Graph does, and refuses what Graph refuses.

Sources: Graph reference, paging, json-batching, errors; what tenants without a licence answer.
"""

import hashlib
import json
import random
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from msgspec import Struct

from tests.lab.graph.faults import Fault, Faults, Watch
from tests.lab.graph.login import Grant, LoginService
from tests.lab.graph.odata import Query, RefusedError, bad, page, query_of, shown, skip_token
from tests.lab.graph.routes import AUDIT_LOG, BACKUP, DEFENDER, P1, P2, SHAREPOINT, Route, route_of
from tests.lab.graph.store import LabTenant

BATCH_OF = 20
_URL = re.compile(r"/(v1\.0|beta)(/[^?]*)(?:\?(.*))?", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Reply(Struct):
    """One answer."""

    status: int
    body: Any = None  # an object, or text
    headers: dict[str, str] = {}


class GraphService:
    """Answers for one tenant."""

    def __init__(self, tenant: LabTenant, login: LoginService, cloud: str) -> None:
        """Take what there is to tell."""
        self.tenant, self._login, self.cloud = tenant, login, cloud
        self.plans = set(tenant.plans)
        self.faults, self.watch = Faults(), Watch()
        self.base = ""  # https://localhost:PORT of Graph itself
        self.reports_base = ""
        self.is_concealed = bool(tenant.ones.get("/admin/reportSettings", {}).get(_CONCEALED))

    def get(self, url: str, headers: Mapping[str, str]) -> Reply:
        """Answer one GET; `url` without host."""
        try:
            grant = self._granted(headers)
            return self._answer(url, headers, grant)
        except RefusedError as err:
            return Reply(err.status, err.body)

    def batch(self, version: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Answer a batch; its answers come in another order than they were asked."""
        try:
            grant = self._granted(headers)
            answers = [self._item(version, one, headers, grant) for one in _items(body)]
        except RefusedError as err:
            return Reply(err.status, err.body)
        random.Random(len(answers)).shuffle(answers)
        return Reply(200, {"responses": answers})

    def route(self, url: str) -> Route | None:
        """Return the route of a URL, for what counts requests."""
        found = _URL.fullmatch(url)
        known = (
            route_of(found[1], unquote(found[2]).removesuffix("/$count"), self.cloud)
            if found
            else None
        )
        return known[0] if known else None

    def _item(
        self, version: str, item: Mapping[str, Any], headers: Mapping[str, str], grant: Grant
    ) -> dict[str, Any]:
        if item.get("method") != "GET":
            self.watch.offend(f"{item.get('method')} {item.get('url')} in a batch")
            raise bad(f"The lab takes no {item.get('method')}.")
        url = f"/{version}{item['url']}"
        inner = {name.lower(): value for name, value in (item.get("headers") or {}).items()}
        told = {"user-agent": headers.get("user-agent", ""), **inner}
        fault = self.faults.struck(f"batch:{url}")
        try:
            reply = failed(fault) if fault else self._answer(url, told, grant)
        except RefusedError as err:
            reply = Reply(err.status, err.body)
        if fault and fault.change and isinstance(reply.body, dict):
            reply.body = fault.change(reply.body)
        return {
            "id": item["id"],
            "status": reply.status,
            "headers": {"Content-Type": "application/json", **reply.headers},
            "body": reply.body,
        }

    def _granted(self, headers: Mapping[str, str]) -> Grant:
        token = headers.get("authorization", "").removeprefix("Bearer ")
        grant = self._login.grant(token)
        if grant is None:
            code, said = (
                "InvalidAuthenticationToken",
                "Lifetime validation failed, the token is expired.",
            )
            raise RefusedError(401, code, said if token else "Access token is empty.")
        return grant

    def _answer(self, url: str, headers: Mapping[str, str], grant: Grant) -> Reply:
        found = _URL.fullmatch(url)
        if not found:
            raise bad("Invalid version.")
        version, path = found[1], unquote(found[2])
        options = dict(parse_qsl(found[3] or "", keep_blank_values=True))
        is_counting = path.endswith("/$count")
        known = route_of(version, path.removesuffix("/$count"), self.cloud)
        if known is None:
            segment = path.rsplit("/", 1)[-1]
            raise bad(f"Resource not found for the segment '{segment}'.", "BadRequest")
        route, key = known
        self._record(version, route, key, options, is_counting=is_counting)
        self._allow(route, options, headers, grant)
        is_eventual = headers.get("consistencylevel", "").lower() == "eventual"
        if is_counting:
            return self._count(path.removesuffix("/$count"), is_eventual=is_eventual)
        if route.shape == "csv":
            return self._report(path)
        query = query_of(route, options, is_eventual=is_eventual)
        if route.shape == "one":
            return self._one(route, path, query)
        return self._list(version, route, path, query, options)

    def _record(
        self, version: str, route: Route, key: str, options: Mapping[str, str], *, is_counting: bool
    ) -> None:
        if "$skiptoken" in options:
            return
        told = {
            name: _DATE.sub("2026-01-01T00:00:00Z", _GUID.sub("{key}", value))
            for name, value in options.items()
        }
        query = "&".join(f"{name}={value}" for name, value in told.items())
        path = f"/{version}{route.path}" + ("/$count" if is_counting else "")
        self.watch.saw(f"{path}?{query}" if query else path)

    def _allow(
        self, route: Route, options: Mapping[str, str], headers: Mapping[str, str], grant: Grant
    ) -> None:
        """Refuse who has no permission, and what the tenant has no licence for."""
        use = "signInActivity" in options.get("$select", "")
        needs = (route.person,) if route.person else route.needs
        if (route.person and not grant.is_person) or not grant.permissions.intersection(needs):
            said = "Insufficient privileges to complete the operation."
            raise RefusedError(403, "Authorization_RequestDenied", said)
        if use and AUDIT_LOG not in grant.permissions:
            said = "Insufficient privileges to complete the operation."
            raise RefusedError(403, "Authorization_RequestDenied", said)
        plan = P1 if use else route.plan
        if plan and plan not in self.plans:
            raise _unlicensed(plan)
        if route.wants_agent and not headers.get("user-agent"):
            raise bad("The request header 'User-Agent' is required.", "BadRequest")

    def _count(self, path: str, *, is_eventual: bool) -> Reply:
        if not is_eventual:
            raise bad("Request with $count needs ConsistencyLevel: eventual.")
        return Reply(200, str(len(self._rows(path))))

    def _rows(self, path: str) -> Any:
        rows = self.tenant.rows(path)
        if rows is None and not self.tenant.has(path):
            key = path.split("/")[-2]
            said = (
                f"Resource '{key}' does not exist or one of its queried references is not present."
            )
            raise RefusedError(404, "Request_ResourceNotFound", said)
        return rows or []

    def _one(self, route: Route, path: str, query: Query) -> Reply:
        found = self.tenant.ones.get(path)
        if found is None:
            code = _MAILBOX if path.endswith("/mailboxSettings") else "Request_ResourceNotFound"
            raise RefusedError(404, code, "The resource could not be found.")
        return Reply(200, shown(route, query, found))

    def _list(
        self, version: str, route: Route, path: str, query: Query, options: Mapping[str, str]
    ) -> Reply:
        if route.entity == _JOINABLE and not any(name == "groupId" for name, _, _ in query.terms):
            raise bad(
                "The request is missing the filter groupId or principalId.", "MissingParameters"
            )
        rows, total, following = page(route, query, self._rows(path))
        body: dict[str, Any] = {"@odata.context": f"{self.base}/{version}/$metadata#{route.entity}"}
        if query.is_counted and not query.skip:
            body["@odata.count"] = total
        if following:
            told = {**options, "$skiptoken": skip_token(following)}
            text = "&".join(f"{name}={quote(value, safe=_SAFE)}" for name, value in told.items())
            body["@odata.nextLink"] = f"{self.base}/{version}{path}?{text}"
        return Reply(200, {**body, "value": rows})

    def _report(self, path: str) -> Reply:
        name = path.rsplit("/", 1)[1].partition("(")[0]
        signature = hashlib.sha256(f"{name} signed".encode()).hexdigest()
        place = f"{self.reports_base}/data/{name}?sig={signature}"
        return Reply(302, None, {"Location": place})

    def report(self, path: str, headers: Mapping[str, str]) -> Reply:
        """Answer at the other origin, where reports lie: without a token, by a signed path."""
        name = path.rsplit("/", 1)[1].partition("?")[0]
        if "authorization" in headers:
            self.watch.offend("a token was sent to the place of a report")
            return Reply(400, "InvalidAuthenticationInfo")
        if path.partition("sig=")[2] != hashlib.sha256(f"{name} signed".encode()).hexdigest():
            return Reply(403, "the signature is wrong")
        return Reply(200, self.tenant.reports.get(name, "\ufeff"))


_CONCEALED = "displayConcealedNames"
_MAILBOX = "MailboxNotEnabledForRESTAPI"
_JOINABLE = "privilegedAccessGroupEligibilityScheduleInstance"
_SAFE = "$,()':=*@!-._~/"


def failed(fault: Fault) -> Reply:
    """Return the answer of a fault that is one."""
    body = {"error": {"code": fault.code or "UnknownError", "message": fault.message}}
    return Reply(fault.status or 200, body, dict(fault.headers))


def _unlicensed(plan: str) -> RefusedError:
    if plan == P1:
        code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
        said = "Neither tenant is B2C or tenant doesn't have premium license"
        return RefusedError(403, code, said)
    if plan == P2:
        said = "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license."
        return RefusedError(400, "AadPremiumLicenseRequired", said)
    if plan == SHAREPOINT:
        return RefusedError(400, "BadRequest", "Tenant does not have a SPO license.")
    if plan == BACKUP:  # unsure: what a tenant without it was seen to answer is not published
        return RefusedError(403, "accessDenied", "The tenant is not licensed for this service.")
    if plan == DEFENDER:  # unsure as well
        return RefusedError(
            403, "Forbidden", "The tenant is not licensed for Microsoft Defender XDR."
        )
    return RefusedError(400, "BadRequest", "Request not applicable to target tenant.")


def _items(body: bytes) -> list[Mapping[str, Any]]:
    """Return the requests of a batch. Raises RefusedError."""
    try:
        told = json.loads(body)["requests"]
        idents = [str(one["id"]).lower() for one in told]
    except (ValueError, KeyError, TypeError) as err:
        raise bad("Invalid batch payload format.", "BadRequest") from err
    if len(told) > BATCH_OF:
        raise bad(
            f"Number of batch request steps exceeds the maximum value of {BATCH_OF}.", "BadRequest"
        )
    if len(set(idents)) != len(idents):
        raise bad("Request Id has to be unique in a batch.", "BadRequest")
    return list(told)
