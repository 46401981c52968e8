"""What the audit's app needs in a tenant: only to read, no more than is asked, and by name and id."""

from pathlib import Path

import pytest

from agent.audit.graph_permission_ids import GRAPH
from agent.audit.graph_permissions import manifest, permissions_of
from agent.audit.sources import Chosen, planned
from agent.cli.plan_permissions import permissions_text
from agent.engagement.file import NAME, load
from collectors.registry import of_source
from collectors.spec import CONNECTION, GraphGet

APP = "22222222-2222-4222-8222-222222222222"


def of(folder: Path, *lines: str):
    (folder / NAME).write_text(
        "client: x\nauthorisation: {name: A, role: B, date: 2026-01-01, reference: x}\nsources:\n"
        f"  - {{name: cloud, kind: graph, tenant: a.example, app: {APP}, {', '.join(lines)}}}\n"
    )
    (found,) = permissions_of(planned(load(folder), Chosen(), discover=False))
    return found


def test_every_permission_only_reads(tmp_path: Path):
    found = of(tmp_path, "secret: env:S", "personal: true", "partner_side: true")
    names = {one.name for one in found.permissions}
    assert len(names) == len(found.permissions) > 30
    assert not [name for name in names if "Write" in name or "FullControl" in name]


def test_each_ask_that_is_sent_has_its_permission_in_the_list(tmp_path: Path):
    found = of(tmp_path, "secret: env:S", "personal: true", "partner_side: true")
    names = {one.name for one in found.permissions}
    asks = [ask for one in of_source("graph") for ask in one.asks if isinstance(ask, GraphGet)]
    assert {ask.needs for ask in asks if ask.needs and ask.path != CONNECTION} == names


def test_what_watches_people_needs_nothing_unless_it_is_asked_for(tmp_path: Path):
    plain = {one.name for one in of(tmp_path, "secret: env:S").permissions}
    more = {one.name for one in of(tmp_path, "secret: env:S", "personal: true").permissions}
    assert plain < more


def test_a_profile_that_is_not_wanted_needs_nothing(tmp_path: Path):
    found = of(tmp_path, "secret: env:S", "profiles: [core]")
    assert [one.profile for one in found.profiles] == ["core"]


@pytest.mark.parametrize(
    ("way", "kind"), [("secret: env:S", "Role"), ("device_code: true", "Scope")]
)
def test_the_manifest_names_each_permission_by_its_id(tmp_path: Path, way: str, kind: str):
    found = of(tmp_path, way)
    (service,) = manifest(found)["requiredResourceAccess"]
    assert service["resourceAppId"] == GRAPH
    assert len(service["resourceAccess"]) == len(found.permissions)
    assert {one["type"] for one in service["resourceAccess"]} == {kind}


def test_the_text_says_how_to_grant_it_and_how_to_take_it_back(tmp_path: Path):
    text = permissions_text((of(tmp_path, "secret: env:S"),))
    for words in ("only to read", "New-MgApplication", "Remove-MgApplication", "never as none"):
        assert words in text
