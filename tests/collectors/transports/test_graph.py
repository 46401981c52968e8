"""The line to Microsoft Graph against a real TLS server: what it reads, waits for, and refuses."""

import base64
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors.rows import Row
from collectors.spec import CONNECTION, Each, GraphGet
from collectors.transports.graph import GraphDoor, open_tenant
from collectors.transports.graph_pages import PageLog
from collectors.transports.graph_place import GraphLimits, GraphLogin
from collectors.transports.guard import LockoutGuard
from inventory.errors import Denied, Unreachable, Untrusted
from inventory.model.evidence import Gap, Why
from tests.collectors.transports.graph_server import (
    APP,
    LIMITS,
    SECRET,
    Reply,
    Sent,
    Server,
    new_authority,
    page,
    serving,
)
from tests.lab.directory.authority import Certificate

USERS = GraphGet("users", "/users", "User.Read.All", "core", select=("id",), top=2)
ONE = GraphGet("one", "/policies/x", "Policy.Read.All", "core", shape="one")


def _every(row: Row) -> Iterator[str]:
    yield row.needed("id")


MEMBERS = GraphGet(
    "members",
    "/groups/{key}/members",
    "GroupMember.Read.All",
    "core",
    select=("id",),
    each=(Each("/groups", _every, top=0),),
)
THROTTLED = {"error": {"code": "TooManyRequests", "message": "slow"}}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return new_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def server(authority: Certificate, tmp_path: Path) -> Iterator[Server]:
    with serving(authority, tmp_path / "server") as found:
        yield found


@pytest.fixture
def door(server: Server, authority: Certificate) -> Iterator[GraphDoor]:
    with opened(server, authority) as found:
        yield found


def opened(
    server: Server,
    authority: Certificate,
    login: GraphLogin = SECRET,
    limits: GraphLimits = LIMITS,
    pages: PageLog | None = None,
) -> GraphDoor:
    return open_tenant(server.place(authority), login, LockoutGuard(), limits, pages)


def read(door: GraphDoor, ask: GraphGet) -> tuple[list[str], tuple[Gap, ...]]:
    rows = door.rows(f"entra.x/{ask.name}", ask)
    return [row.text("id") or "" for row in rows], rows.gaps


def rows(*names: str) -> list[dict[str, str]]:
    return [{"id": name} for name in names]


def test_pages_are_read_to_the_last_by_the_links_as_they_are(door: GraphDoor, server: Server):
    link = f"{server.url}/v1.0/users?$skiptoken=a%20b"
    server.answers["/v1.0/users"] = [
        page(rows("a", "b"), link),
        page([], link + "2"),
        page(rows("c")),
    ]
    assert read(door, USERS) == (["a", "b", "c"], ())
    assert server.paths() == [
        "/users?$select=id&$top=2",
        "/users?$skiptoken=a%20b",
        "/users?$skiptoken=a%20b2",
    ]
    graph = [one for one in server.sent if one.path.startswith("/v1.0")]
    assert all(one.headers["authorization"].startswith("Bearer ") for one in graph)
    assert all(one.headers["user-agent"].startswith("handover/") for one in graph)


def test_what_logging_in_told_is_one_row_without_a_request(door: GraphDoor, server: Server):
    ask = GraphGet("connection", CONNECTION, "Organization.Read.All", "core", shape="one")
    (row,) = door.rows("entra.connection/connection", ask)
    assert (row.text("login"), row.text("appId")) == ("secret", APP)
    assert row.texts("permissions") == ("User.Read.All",)
    assert server.paths() == []


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/users?x",
        "http://localhost/v1.0/users",
        "//evil.example/x",
        "nonsense",
    ],
)
def test_a_next_page_on_another_host_is_refused_before_a_token_is_sent(
    door: GraphDoor, server: Server, link: str
):
    server.answers["/v1.0/users"] = [page(rows("a"), link)]
    found, gaps = read(door, USERS)
    assert len(server.paths()) == 1
    assert [gap.why for gap in gaps] == [Why.MALFORMED]
    assert found in ([], ["a"])


def test_pages_that_go_round_end_as_a_gap_with_what_came_before(door: GraphDoor, server: Server):
    link = f"{server.url}/v1.0/users?$skiptoken=x"
    server.answers["/v1.0/users"] = [page(rows("a"), link), page(rows("b"), link)]
    found, gaps = read(door, USERS)
    assert "a" in found
    assert [gap.why for gap in gaps] == [Why.MALFORMED]


def test_rows_that_are_repeated_are_told_once(door: GraphDoor, server: Server):
    link = f"{server.url}/v1.0/users?$skiptoken=x"
    server.answers["/v1.0/users"] = [page(rows("a", "b"), link), page(rows("b", "c"))]
    assert read(door, USERS) == (["a", "b", "c"], ())


@pytest.mark.parametrize("status", [429, 503, 504])
@pytest.mark.parametrize(
    "after", ["0", "0.02", "Thu, 01 Jan 1970 00:00:00 GMT", "", "nonsense", "-1", "nan"]
)
def test_a_service_that_says_to_come_again_is_asked_again(
    door: GraphDoor, server: Server, status: int, after: str
):
    wait = Reply(status, THROTTLED, {"Retry-After": after} if after else {})
    server.answers["/v1.0/users"] = [wait, wait, page(rows("a"))]
    assert read(door, USERS) == (["a"], ())


def test_a_service_that_wants_more_time_than_there_is_is_a_gap(door: GraphDoor, server: Server):
    server.answers["/v1.0/users"] = [Reply(429, THROTTLED, {"Retry-After": "86400"})]
    server.answers["/v1.0/policies/x"] = [Reply(200, {"id": "p"})]
    found, (gap,) = read(door, USERS)
    assert (found, gap.why, gap.cure) == ([], Why.TIMEOUT, "time")
    assert read(door, ONE) == (["p"], ())


def test_a_line_that_is_cut_is_taken_up_again(door: GraphDoor, server: Server):
    server.answers["/v1.0/users"] = [Reply(None), Reply(None), page(rows("a"))]
    assert read(door, USERS) == (["a"], ())


def test_a_host_that_stays_away_is_a_gap_and_what_came_before_is_kept(
    door: GraphDoor, server: Server
):
    link = f"{server.url}/v1.0/users?$skiptoken=x"
    server.answers["/v1.0/users"] = [page(rows("a"), link), Reply(None)]
    found, (gap,) = read(door, USERS)
    assert (found, gap.why) == (["a"], Why.UNREACHABLE)
    assert "after 1 rows" in gap.detail


@pytest.mark.parametrize(
    "body",
    [
        b'{"value": [{"id": "a"}], "value": []}',
        b'{"value": [{"id": NaN}]}',
        b'{"value": [{"id": "a"',
        b'{"value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"\xff\xfe\x00",
        b'{"value": "x"}',
        b'{"value": [1]}',
        b"[]",
        b"null",
    ],
)
def test_what_is_no_page_is_a_gap(door: GraphDoor, server: Server, body: bytes):
    server.answers["/v1.0/users"] = [Reply(200, body)]
    found, (gap,) = read(door, USERS)
    assert (found, gap.why) == ([], Why.MALFORMED)


def test_an_answer_that_unpacks_without_end_is_a_gap(server: Server, authority: Certificate):
    import msgspec

    small = msgspec.structs.replace(LIMITS, most_page=1 << 20)
    server.answers["/v1.0/users"] = [Reply(200, b" " * (8 << 20), {"Content-Encoding": "gzip"})]
    with opened(server, authority, limits=small) as door:
        found, (gap,) = read(door, USERS)
    assert (found, gap.why) == ([], Why.MALFORMED)
    assert "bytes" in gap.detail


@pytest.mark.parametrize(
    ("status", "code", "message", "why", "cure"),
    [
        (403, "Authorization_RequestDenied", "Insufficient privileges", Why.DENIED, "scope"),
        (403, "AccessDenied", "One of the following roles is required: x", Why.DENIED, "role"),
        (
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "",
            Why.UNLICENSED,
            "licence",
        ),
        (400, "AadPremiumLicenseRequired", "needs P2", Why.UNLICENSED, "licence"),
        (400, "BadRequest", "Resource not found for the segment 'x'", Why.NOT_ASKED, "cloud"),
        (404, "ResourceNotFound", "none", Why.FAILED, "report"),
        (401, "InvalidAuthenticationToken", "", Why.DENIED, "credential"),
    ],
)
def test_an_error_is_a_gap_that_names_its_cure_and_all_else_stays_whole(
    door: GraphDoor, server: Server, status: int, code: str, message: str, why: Why, cure: str
):
    server.answers["/v1.0/policies/x"] = [
        Reply(status, {"error": {"code": code, "message": message}})
    ]
    server.answers["/v1.0/users"] = [page(rows("a"))]
    found, (gap,) = read(door, ONE)
    assert (found, gap.why, gap.cure) == ([], why, cure)
    assert code in gap.detail
    assert read(door, USERS) == (["a"], ())


def test_a_token_that_is_not_taken_in_the_middle_is_renewed(door: GraphDoor, server: Server):
    link = f"{server.url}/v1.0/users?$skiptoken=x"
    expired = Reply(401, {"error": {"code": "InvalidAuthenticationToken"}})
    server.answers["/v1.0/users"] = [page(rows("a"), link), expired, page(rows("b"))]
    before = server.tokens
    assert read(door, USERS) == (["a", "b"], ())
    assert server.tokens == before + 1


def _batched(sent: Sent) -> Reply:
    """Answer a batch in the reverse order; the group `b` twice says to come again."""
    items = json.loads(sent.body)["requests"]
    assert all(one["method"] == "GET" for one in items)
    answers = []
    for one in reversed(items):
        group = one["url"].split("/")[2]
        body: object = {"value": rows(f"{group}1", f"{group}2")}
        status = 200
        if group == "denied":
            status, body = 403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}}
        if group == "b" and len(items) > 1:
            status, body = 429, THROTTLED
        answers.append({"id": one["id"], "status": status, "headers": {}, "body": body})
    return Reply(200, {"responses": answers})


def test_what_is_asked_for_each_object_goes_in_batches_and_fails_alone(
    door: GraphDoor, server: Server
):
    server.answers["/v1.0/groups"] = [page(rows("a", "b", "denied", "c"))]
    server.answers["/v1.0/$batch"] = [_batched]
    told = door.rows("entra.x/members", MEMBERS)
    found = [(row.key, row.text("id")) for row in told]
    assert found == [(g, f"{g}{n}") for g in ("a", "b", "c") for n in (1, 2)]
    assert [(gap.why, gap.part) for gap in told.gaps] == [(Why.DENIED, "denied")]
    assert {one.method for one in server.sent if one.path.startswith("/v1.0")} == {"GET", "POST"}


def test_a_list_of_keys_that_is_refused_hides_everything(door: GraphDoor, server: Server):
    server.answers["/v1.0/groups"] = [
        Reply(403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}})
    ]
    found, (gap,) = read(door, MEMBERS)
    assert (found, gap.why, gap.part) == ([], Why.DENIED, "")


def test_keys_that_are_no_keys_are_not_sent(door: GraphDoor, server: Server):
    server.answers["/v1.0/groups"] = [page(rows("a", "../users", "x/y?z"))]
    server.answers["/v1.0/$batch"] = [_batched]
    told = door.rows("entra.x/members", MEMBERS)
    assert {row.key for row in told} == {"a"}
    assert {gap.part for gap in told.gaps} == {"../users", "x/y?z"}
    (batch,) = (one for one in server.sent if one.path.endswith("$batch"))
    assert b".." not in batch.body


def test_counts_that_differ_are_a_gap(door: GraphDoor, server: Server):
    ask = GraphGet("users", "/users", "User.Read.All", "core", counted="/users/$count")
    server.answers["/v1.0/users"] = [page(rows("a", "b"))]
    server.answers["/v1.0/users/$count"] = [Reply(200, b"3", {"Content-Type": "text/plain"})]
    found, (gap,) = read(door, ask)
    assert (found, gap.why) == (["a", "b"], Why.TRUNCATED)
    assert "2 of 3" in gap.detail
    server.answers["/v1.0/users/$count"] = [Reply(200, b"2", {"Content-Type": "text/plain"})]
    assert read(door, ask)[1] == ()


REPORT = GraphGet(
    "report", "/reports/x(period='D90')", "Reports.Read.All", "m365", shape="csv", budget="usage"
)


def test_a_report_is_fetched_from_where_it_lies_without_the_token(
    door: GraphDoor, server: Server, authority: Certificate, tmp_path: Path
):
    with serving(authority, tmp_path / "other") as other:
        csv = '\ufeffid,Name\r\na,"x, ""y"""\r\nb,\r\n'.encode()
        other.answers["/pre/signed"] = [Reply(200, csv, {"Content-Type": "text/csv"})]
        place = f"{other.url}/pre/signed?sig=1"
        server.answers["/v1.0/reports/x(period='D90')"] = [Reply(302, b"", {"Location": place})]
        told = list(door.rows("entra.x/report", REPORT))
        assert [(row.text("id"), row.text("Name")) for row in told] == [
            ("a", 'x, "y"'),
            ("b", None),
        ]
        (fetched,) = other.sent
    assert "authorization" not in fetched.headers


@pytest.mark.parametrize("place", ["http://localhost/x", "", "file:///etc/passwd"])
def test_a_report_at_a_place_without_tls_is_not_fetched(
    door: GraphDoor, server: Server, place: str
):
    server.answers["/v1.0/reports/x(period='D90')"] = [Reply(302, b"", {"Location": place})]
    found, gaps = read(door, REPORT)
    assert found == []
    assert gaps


def test_an_interrupted_audit_goes_on_from_its_last_page(
    server: Server, authority: Certificate, tmp_path: Path
):
    link = f"{server.url}/v1.0/users?$skiptoken=x"
    server.answers["/v1.0/users"] = [page(rows("a"), link), page(rows("b"))]
    with opened(server, authority, pages=PageLog(tmp_path / "pages")) as door:
        first = iter(door.rows("entra.x/users", USERS))
        assert next(first).text("id") == "a"
    server.sent.clear()
    with opened(server, authority, pages=PageLog(tmp_path / "pages")) as door:
        assert read(door, USERS) == (["a", "b"], ())
    assert server.paths() == ["/users?$skiptoken=x"]
    server.sent.clear()
    with opened(server, authority, pages=PageLog(tmp_path / "pages")) as door:
        assert read(door, USERS) == (["a", "b"], ())
    assert server.paths() == []


def test_a_link_that_is_too_old_begins_the_list_anew(
    server: Server, authority: Certificate, tmp_path: Path
):
    link = f"{server.url}/v1.0/users?$skiptoken=x"
    server.answers["/v1.0/users"] = [page(rows("a"), link)]
    with opened(server, authority, pages=PageLog(tmp_path / "pages")) as door:
        next(iter(door.rows("entra.x/users", USERS)))
    old = Reply(400, {"error": {"code": "Directory_ExpiredPageToken", "message": "too old"}})
    server.answers["/v1.0/users"] = [old, page(rows("a", "b"))]
    with opened(server, authority, pages=PageLog(tmp_path / "pages")) as door:
        assert read(door, USERS) == (["a", "b"], ())


def test_a_page_that_was_cut_off_on_the_disk_is_asked_again(
    server: Server, authority: Certificate, tmp_path: Path
):
    link = f"{server.url}/v1.0/users?$skiptoken=x"
    server.answers["/v1.0/users"] = [page(rows("a"), link), page(rows("b"))]
    with opened(server, authority, pages=PageLog(tmp_path / "pages")) as door:
        read(door, USERS)
    raw = (tmp_path / "pages").read_bytes()
    (tmp_path / "pages").write_bytes(raw[:-5])
    server.answers["/v1.0/users"] = [page(rows("b"))]
    with opened(server, authority, pages=PageLog(tmp_path / "pages")) as door:
        assert read(door, USERS) == (["a", "b"], ())
    assert (tmp_path / "pages").stat().st_mode & 0o777 == 0o600


def test_one_request_of_a_budget_is_in_flight_others_go_beside(door: GraphDoor, server: Server):
    together = threading.Barrier(2, timeout=5)

    def waits(_: Sent) -> Reply:
        together.wait()
        return page(rows("a"))

    server.answers["/v1.0/users"] = [waits]
    server.answers["/v1.0/policies/x"] = [waits]
    other = GraphGet("p", "/policies/x", "Policy.Read.All", "core", budget="policies")
    thread = threading.Thread(target=read, args=(door, other))
    thread.start()
    assert read(door, USERS) == (["a"], ())  # the barrier breaks unless both are in flight
    thread.join()
    server.most_in_flight = 0
    server.answers["/v1.0/users"] = [page(rows("a"))]
    threads = [threading.Thread(target=read, args=(door, USERS)) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert server.most_in_flight == 1


def test_a_budget_is_kept_to(server: Server, authority: Certificate):
    import time

    import msgspec

    few = msgspec.structs.replace(LIMITS, windows={**LIMITS.windows, "reports": (2, 0.3)})
    server.answers["/v1.0/auditLogs/x"] = [page(rows("a"))]
    ask = GraphGet("x", "/auditLogs/x", "AuditLog.Read.All", "audit", budget="reports")
    with opened(server, authority, limits=few) as door:
        start = time.monotonic()
        for _ in range(5):
            read(door, ask)
    assert time.monotonic() - start >= 0.6


def test_another_authority_is_refused_before_a_secret_is_sent(server: Server, tmp_path: Path):
    other = new_authority(tmp_path / "other", name="Another CA")
    with pytest.raises(Untrusted, match="cannot prove who it is"):
        opened(server, other)
    assert server.sent == []


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_what_other_programs_are_told_changes_nothing(
    server: Server,
    authority: Certificate,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
):
    other = new_authority(tmp_path / "other", name="Another CA")
    monkeypatch.setenv(name, str(other.certificate))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with opened(server, authority) as door:
        server.answers["/v1.0/users"] = [page(rows("a"))]
        assert read(door, USERS) == (["a"], ())
    monkeypatch.setenv(name, str(authority.certificate))
    with pytest.raises(Untrusted):
        opened(server, other)


@pytest.mark.parametrize(
    ("number", "said"),
    [(7000215, "secret is wrong"), (7000222, "has expired"), (700016, "does not know the app")],
)
def test_a_login_that_is_refused_says_why_and_is_tried_once(
    server: Server, authority: Certificate, number: int, said: str
):
    told = f"AADSTS{number}: something. Trace ID: x"
    server.token = Reply(
        401, {"error": "invalid_client", "error_description": told, "error_codes": [number]}
    )
    with pytest.raises(Denied, match=said):
        opened(server, authority)
    assert server.tokens == 1


def test_a_login_service_that_fails_is_no_answer(server: Server, authority: Certificate):
    server.token = Reply(500, b"oops")
    with pytest.raises(Unreachable):
        opened(server, authority)


def test_a_certificate_proves_the_app_by_an_assertion(
    server: Server, authority: Certificate, tmp_path: Path
):
    mine = new_authority(tmp_path / "mine", name="handover")
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    del mine
    key = rsa.generate_private_key(65537, 2048)
    pem = _with_certificate(key)
    login = GraphLogin(APP, certificate=lambda: pem)
    with opened(server, authority, login) as door:
        assert door.claims.app == APP
    (asked,) = (one for one in server.sent if one.path.endswith("/token"))
    form = dict(part.split("=", 1) for part in asked.body.decode().split("&"))
    head, _, signature = form["client_assertion"].split(".")
    told = json.loads(base64.urlsafe_b64decode(head + "=="))
    assert told["alg"] == "PS256"
    assert "x5t#S256" in told
    assert signature
    assert b"PRIVATE KEY" not in asked.body
    assert serialization.Encoding.PEM


def _with_certificate(key: object) -> str:
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "handover")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return (text + made.public_bytes(serialization.Encoding.PEM)).decode()


def test_nothing_but_reading_can_be_sent(door: GraphDoor, server: Server):
    wire = door._wire
    with pytest.raises(ValueError, match="only a batch is posted"):
        wire.graph(f"{server.url}/v1.0/users", {}, b"{}")
    with pytest.raises(ValueError, match="for Graph alone"):
        wire.graph("https://evil.example/v1.0/users", {})
    secret = GraphGet("s", "/users", "User.Read.All", "core", select=("passwordProfile",))
    with pytest.raises(ValueError, match="holds secrets"):
        door.rows("entra.x/s", secret)


def test_secrets_that_come_unasked_are_dropped(door: GraphDoor, server: Server):
    body = {"id": "a", "passwordCredentials": [{"keyId": "k", "hint": "abc", "secretText": "x"}]}
    server.answers["/v1.0/users"] = [page([body])]
    (row,) = door.rows("entra.x/users", USERS)
    assert row.body == {"id": "a", "passwordCredentials": [{"keyId": "k"}]}


def test_what_a_cloud_does_not_have_is_not_asked(server: Server, authority: Certificate):
    ask = GraphGet("u", "/users", "User.Read.All", "core", clouds=("global",))
    place = server.place(authority, cloud="gcc-high")
    with open_tenant(place, SECRET, LockoutGuard(), LIMITS) as door:
        found, (gap,) = read(door, ask)
    assert (found, gap.why, gap.cure) == ([], Why.NOT_ASKED, "cloud")
    assert server.paths() == []


@pytest.mark.parametrize(
    "reply", [Reply(200, b"null"), Reply(302, b"", {"Location": "/x"}), Reply(200, b"[]")]
)
def test_an_answer_without_an_object_is_no_absence(door: GraphDoor, server: Server, reply: Reply):
    server.answers["/v1.0/policies/x"] = [reply]
    found, (gap,) = read(door, ONE)
    assert (found, gap.why) == ([], Why.MALFORMED)


def test_only_what_graph_says_of_absence_proves_it(door: GraphDoor, server: Server):
    ask = GraphGet("one", "/policies/x", "Policy.Read.All", "core", shape="one", absent="none")
    server.answers["/v1.0/policies/x"] = [Reply(404, b"<html>a proxy</html>")]
    assert len(read(door, ask)[1]) == 1
    gone = Reply(404, {"error": {"code": "ResourceNotFound", "message": "none"}})
    server.answers["/v1.0/policies/x"] = [gone]
    assert read(door, ask) == ([], ())


def test_come_again_at_once_without_end_has_an_end(door: GraphDoor, server: Server):
    server.answers["/v1.0/users"] = [Reply(429, THROTTLED, {"Retry-After": "0"})]
    found, (gap,) = read(door, USERS)
    assert (found, gap.why) == ([], Why.TIMEOUT)
    assert len(server.sent) < 200


@pytest.mark.parametrize("place", ["https://a:99999/x", "https://[bad", "\x00"])
def test_a_report_at_a_place_that_is_none_is_a_gap(door: GraphDoor, server: Server, place: str):
    server.answers["/v1.0/reports/x(period='D90')"] = [Reply(302, b"", {"Location": place})]
    found, gaps = read(door, REPORT)
    assert (found, len(gaps)) == ([], 1)


def test_half_a_character_is_kept_out_of_the_log_and_told(
    server: Server, authority: Certificate, tmp_path: Path
):
    server.answers["/v1.0/users"] = [Reply(200, b'{"value": [{"id": "a", "mail": "\\ud800"}]}')]
    with opened(server, authority, pages=PageLog(tmp_path / "pages")) as door:
        (row,) = door.rows("entra.x/users", USERS)
    assert row.text("mail") == "\\ud800"


def test_a_number_without_end_is_a_gap(door: GraphDoor, server: Server):
    server.answers["/v1.0/users"] = [Reply(200, b'{"value": [{"id": "a", "n": 1e999}]}')]
    assert [gap.why for gap in read(door, USERS)[1]] == [Why.MALFORMED]


def test_a_tenant_has_to_say_three_times_that_it_is_not_licensed(door: GraphDoor, server: Server):
    code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
    unlicensed = Reply(403, {"error": {"code": code, "message": ""}})
    server.answers["/v1.0/users"] = [unlicensed, unlicensed, page(rows("a"))]
    assert read(door, USERS) == (["a"], ())
    server.answers["/v1.0/users"] = [unlicensed]
    (gap,) = read(door, USERS)[1]
    assert gap.why is Why.UNLICENSED
    assert len(server.paths()) == 6


def test_a_door_that_does_not_open_leaves_no_connection(server: Server, authority: Certificate):
    server.token = Reply(401, {"error": "invalid_client", "error_codes": [7000215]})
    with pytest.raises(Denied):  # an open socket would be a warning, which is an error here
        opened(server, authority)
