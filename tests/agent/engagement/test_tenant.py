"""Tenants as sources in handover.yaml: every way in, and every mistake with its way out."""

from pathlib import Path

import pytest

from agent.engagement.file import NAME, load
from agent.engagement.model import PROFILES, GraphSource
from inventory.errors import ConfigError

APP = "22222222-2222-4222-8222-222222222222"
HEAD = """\
client: Muster GmbH
authorisation: {name: A, role: CEO, date: 2026-01-01, reference: x}
sources:
  - name: cloud
    kind: graph
"""


def read(folder: Path, *lines: str) -> GraphSource:
    (folder / NAME).write_text(HEAD + "".join(f"    {line}\n" for line in lines))
    (source,) = load(folder).sources
    assert isinstance(source, GraphSource)
    return source


def mistakes(folder: Path, *lines: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, *lines)
    return str(caught.value)


def test_a_tenant_with_an_app_and_a_certificate(tmp_path: Path):
    found = read(tmp_path, "tenant: Muster.Example", f"app: {APP}", "certificate: app.pem")
    assert (found.tenant, found.cloud, found.app) == ("muster.example", "global", APP)
    assert found.certificate == tmp_path / "app.pem"
    assert (found.profiles, found.personal, found.partner_side) == (PROFILES, False, False)


@pytest.mark.parametrize(
    ("way", "login"),
    [
        ("secret: env:S", "as app"),
        ("device_code: true", "device code"),
        ("managed_identity: true", "managed identity"),
        ("certificate: env:PEM", "certificate"),
    ],
)
def test_each_way_in_says_what_it_is(tmp_path: Path, way: str, login: str):
    assert login in read(tmp_path, "tenant: a.example", f"app: {APP}", way).login


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((), "tenant"),
        (("tenant: nonsense", "device_code: true", f"app: {APP}"), "must be the tenant's id"),
        (("tenant: a.example",), "says no login"),
        (("tenant: a.example", "secret: env:S"), "app is missing"),
        (("tenant: a.example", f"app: {APP}", "secret: env:S", "device_code: true"), "both given"),
        (("tenant: a.example", "app: mine", "secret: env:S"), "must be an id"),
        (("tenant: a.example", f"app: {APP}", "secret: hunter2"), "secret"),
        (("tenant: a.example", f"app: {APP}", "secret: env:S", "cloud: mars"), "not known"),
        (("tenant: a.example", f"app: {APP}", "secret: env:S", "profiles: [all]"), "not known"),
        (("tenant: a.example", f"app: {APP}", "secret: env:S", "login_url: https://a"), "missing"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_way_out(
    tmp_path: Path, lines: tuple[str, ...], said: str
):
    told = mistakes(tmp_path, *lines)
    assert said in told
    assert told.startswith(f"{NAME}:")
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "url",
    [
        "http://a",
        "https://",
        "https://a/b",
        "https://a?b",
        "https://a#b",
        '"https://[bad"',
        "https://a:99999",
    ],
)
def test_a_host_of_another_cloud_is_an_https_host_alone(tmp_path: Path, url: str):
    told = mistakes(
        tmp_path,
        "tenant: a.example",
        "managed_identity: true",
        f"login_url: {url}",
        "graph_url: https://g",
    )
    assert "host" in told


def test_a_password_in_a_url_is_not_shown(tmp_path: Path):
    told = mistakes(
        tmp_path,
        "tenant: a.example",
        "managed_identity: true",
        "login_url: https://me:hunter2@a",
        "graph_url: https://g",
    )
    assert "hunter2" not in told
