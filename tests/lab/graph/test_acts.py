"""Muster's tenant audited by the program, before OldMSP left and after: all found, all proved gone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.lab.graph.asked import APP_ID, SECRET, lab_of
from tests.lab.graph.muster import DECOYS, NAMES, SPECIMENS, muster
from tests.lab.graph.muster_people import INITIAL, OLDMSP_ID, TENANT_ID

ENGAGEMENT = """\
client: Muster GmbH
authorisation: {{name: Anna Muster, role: owner, date: 2026-01-01, reference: letter}}
told: true
parties:
  client: {{mail_domains: [muster.example, {initial}], tenant_ids: [{tenant}]}}
  outgoing:
    name: OldMSP
    people: [{{name: Jane Doe, accounts: [jdoe]}}, {{name: Karl Alt, accounts: [kalt]}}]
    mail_domains: [oldmsp.example]
    tenant_ids: [{oldmsp}]
    networks: [203.0.113.0/24]
sources:
  - name: cloud
    kind: graph
    tenant: muster.example
    login_url: {login}
    graph_url: {graph}
    app: {app}
    secret: env:LAB_SECRET
    personal: true
    ca_file: {ca}
"""
STAYS = "OldMSP Portal"  # the application itself: no specimen takes it away


def handover(home: Path, *words: str, status: Iterable[int] = (0, 3)) -> str:
    """Run the program and return what it says."""
    command = [str(Path(sys.executable).with_name("handover")), "-C", str(home), *words]
    told = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "LAB_SECRET": SECRET}
    )
    assert told.returncode in status, told.stderr[-2000:]
    assert SECRET not in told.stdout + told.stderr
    return told.stdout


def audited(home: Path, folder: Path, without: Iterable[str] = ()) -> None:
    """Audit the tenant as it is without some specimens."""
    with lab_of(muster(without), folder) as lab:
        (home / "handover.yaml").write_text(
            ENGAGEMENT.format(
                initial=INITIAL,
                tenant=TENANT_ID,
                oldmsp=OLDMSP_ID,
                login=lab.login_url,
                graph=lab.graph_url,
                app=APP_ID,
                ca=lab.ca_file,
            )
        )
        handover(home, "audit", "--no-documents")
        assert lab.graph.watch.offences == []


def holds(told: Any) -> list[dict[str, Any]]:
    """Return all holds in a JSON answer."""
    found: list[dict[str, Any]] = []
    if isinstance(told, dict):
        found += [told] if {"kind", "title"} <= told.keys() else []
        told = list(told.values())
    if isinstance(told, list):
        found += [hold for one in told for hold in holds(one)]
    return found


@pytest.fixture(scope="module")
def acts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the program says before and after."""
    home, said = tmp_path_factory.mktemp("muster"), dict[str, Any]()
    audited(home, tmp_path_factory.mktemp("before"))
    said["before"] = holds(json.loads(handover(home, "footprint", "--json")))
    said["coverage"] = handover(home, "coverage")
    audited(home, tmp_path_factory.mktemp("after"), NAMES)
    said["after"] = holds(json.loads(handover(home, "footprint", "--json")))
    said["pages"] = (home / ".pages").exists()
    return said


def seen(found: list[dict[str, Any]], kind: str, piece: str) -> bool:
    return any(one["kind"] == kind and piece in one["title"] for one in found)


@pytest.mark.parametrize(
    "specimen", [one for one in SPECIMENS if one.sure], ids=lambda one: one.name
)
def test_each_way_in_which_the_old_provider_is_there_is_found(acts: dict[str, Any], specimen):
    assert seen(acts["before"], specimen.kind, specimen.piece)


@pytest.mark.parametrize("piece", DECOYS)
def test_what_only_looks_like_it_is_not_attributed(acts: dict[str, Any], piece: str):
    assert not [one["title"] for one in acts["before"] if piece in one["title"]]


def test_everything_that_an_app_may_ask_was_read(acts: dict[str, Any]):
    assert "only a person may ask it" in acts["coverage"]
    assert "denied" not in acts["coverage"]


def test_what_was_removed_is_gone_and_what_stays_is_told(acts: dict[str, Any]):
    assert acts["before"]
    assert {STAYS in one["title"] for one in acts["after"]} == {True}


def test_no_pages_are_left_when_the_audit_is_sealed(acts: dict[str, Any]):
    assert not acts["pages"]
