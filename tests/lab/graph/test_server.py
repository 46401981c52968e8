"""The lab's Graph refuses what Graph refuses."""

import ssl
from collections.abc import Iterator

import httpx
import pytest

from tests.lab.graph.asked import APP_ID, SECRET, lab_of
from tests.lab.graph.faults import Fault, throttled
from tests.lab.graph.muster import muster
from tests.lab.graph.routes import P1, P2
from tests.lab.graph.server import GraphLab

USERS = "/v1.0/users?$select=id"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphLab]:
    """Return the running tenant."""
    with lab_of(muster(), tmp_path_factory.mktemp("graph")) as found:
        yield found


class Client:
    """A plain client with a token."""

    def __init__(self, lab: GraphLab) -> None:
        """Log in."""
        self.lab = lab
        self._http = httpx.Client(
            verify=ssl.create_default_context(cafile=lab.ca_file), trust_env=False
        )
        self.token = self.login(SECRET).json()["access_token"]

    def login(
        self, secret: str, *, app: str = APP_ID, tenant: str = "muster.example"
    ) -> httpx.Response:
        """Ask for a token."""
        form = {"grant_type": "client_credentials", "client_id": app, "client_secret": secret}
        return self._http.post(f"{self.lab.login_url}/{tenant}/oauth2/v2.0/token", data=form)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Send a GET with the token."""
        told = {"Authorization": f"Bearer {self.token}", **headers}
        return self._http.get(f"{self.lab.graph_url}{path}", headers=told)

    def send(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Send something else."""
        told = {"Authorization": f"Bearer {self.token}"}
        return self._http.request(method, f"{self.lab.graph_url}{path}", headers=told, json=body)

    def fetch(self, url: str, **headers: str) -> httpx.Response:
        """Fetch from another origin."""
        return self._http.get(url, headers=headers)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


@pytest.fixture
def client(lab: GraphLab) -> Iterator[Client]:
    """Return a client; afterwards nothing goes wrong any more."""
    found = Client(lab)
    yield found
    found.close()
    lab.graph.faults.clear()
    lab.graph.plans = set(lab.tenant.plans)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/v1.0/users?$select=nickname", "Could not find a property named 'nickname'"),
        ("/v1.0/users?$filter=nickname eq 'a'", "Could not find a property named 'nickname'"),
        ("/v1.0/users?$expand=nickname", "Parsing OData Select and Expand failed"),
        ("/v1.0/users?$top=1000", "Invalid page size"),
        ("/v1.0/users?$select=id,signInActivity&$top=501", "Invalid page size"),
        ("/v1.0/users?$filter=id ne 'a'", "not supported"),
        ("/v1.0/users?$count=true", "not currently supported"),
        ("/v1.0/users/$count", "ConsistencyLevel"),
        ("/v1.0/nothing", "Resource not found for the segment 'nothing'"),
        ("/v1.0/deviceManagement/deviceManagementScripts", "Resource not found for the segment"),
    ],
)
def test_a_request_that_is_wrong_is_refused(client: Client, path: str, says: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 400
    assert says in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    ("secret", "app", "tenant", "number"),
    [
        ("another", APP_ID, "muster.example", 7000215),
        (SECRET, "nobody", "muster.example", 700016),
        (SECRET, APP_ID, "nowhere.example", 90002),
    ],
)
def test_who_is_not_known_gets_no_token(
    client: Client, secret: str, app: str, tenant: str, number: int
) -> None:
    reply = client.login(secret, app=app, tenant=tenant)
    assert reply.status_code in (400, 401)
    assert reply.json()["error_codes"] == [number]


def test_pages_follow_one_another_until_all_rows_came(client: Client) -> None:
    url, rows = f"{client.lab.graph_url}/v1.0/users?$select=id&$top=10", []
    while url:
        body = client.get(url.removeprefix(client.lab.graph_url)).json()
        assert len(body["value"]) <= 10
        rows += [row["id"] for row in body["value"]]
        url = body.get("@odata.nextLink", "")
    count = client.get("/v1.0/users/$count", ConsistencyLevel="eventual")
    assert len(rows) == len(set(rows)) == int(count.text)


def test_licences_that_are_not_there_are_refused_in_graphs_words(client: Client) -> None:
    client.lab.graph.plans -= {P1, P2}
    reply = client.get("/v1.0/auditLogs/signIns")
    assert (reply.status_code, reply.json()["error"]["code"]) == (
        403,
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    )
    reply = client.get("/v1.0/roleManagement/directory/roleEligibilityScheduleInstances")
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "AadPremiumLicenseRequired")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_whatever_writes_is_an_offence(client: Client, method: str) -> None:
    assert client.send(method, "/v1.0/users", {}).status_code == 405
    assert client.lab.graph.watch.offences.pop() == f"{method} /v1.0/users"


def test_a_batch_is_answered_in_another_order_and_not_beyond_twenty(client: Client) -> None:
    def asked(count: int) -> httpx.Response:
        some = [{"id": str(n), "method": "GET", "url": "/organization"} for n in range(count)]
        return client.send("POST", "/v1.0/$batch", {"requests": some})

    idents = [one["id"] for one in asked(20).json()["responses"]]
    assert sorted(idents, key=int) == [str(n) for n in range(20)]
    assert idents != sorted(idents, key=int)
    assert asked(21).status_code == 400


def test_a_report_lies_elsewhere_and_takes_no_token(client: Client) -> None:
    reply = client.get("/v1.0/reports/getMailboxUsageDetail(period='D90')")
    place = reply.headers["Location"]
    assert reply.status_code == 302
    assert not place.startswith(client.lab.graph_url)
    assert client.fetch(place).content.startswith(b"\xef\xbb\xbfReport Refresh Date")
    assert client.fetch(place, Authorization="Bearer x").status_code == 400
    assert client.lab.graph.watch.offences.pop() == "a token was sent to the place of a report"


def test_keys_of_bitlocker_are_told_to_nobody_without_a_user_agent(client: Client) -> None:
    reply = client.get("/v1.0/informationProtection/bitlocker/recoveryKeys", **{"User-Agent": ""})
    assert reply.status_code == 400


def test_a_token_that_is_over_is_refused_in_the_middle(client: Client) -> None:
    client.lab.login.expire_all()
    reply = client.get(USERS)
    assert (reply.status_code, reply.json()["error"]["code"]) == (
        401,
        "InvalidAuthenticationToken",
    )


@pytest.mark.parametrize("after", ["3", "2.128", "Wed, 25 Nov 2026 12:00:00 GMT", None])
def test_every_second_request_can_be_throttled(client: Client, after: str | None) -> None:
    client.lab.graph.faults.add(throttled("/users", after, every=2, times=1))
    replies = [client.get(USERS) for _ in range(3)]
    assert [one.status_code for one in replies] == [200, 429, 200]
    assert replies[1].headers.get("Retry-After") == after


def test_a_connection_can_be_cut_in_the_middle(client: Client) -> None:
    client.lab.graph.faults.add(Fault("/users", cut=True))
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(USERS)
    assert client.get(USERS).status_code == 200


def test_another_cloud_lacks_what_it_has_not(client: Client) -> None:
    client.lab.graph.cloud = "china"
    try:
        reply = client.get("/v1.0/policies/authenticationMethodsPolicy")
    finally:
        client.lab.graph.cloud = "global"
    assert "Resource not found for the segment" in reply.json()["error"]["message"]
