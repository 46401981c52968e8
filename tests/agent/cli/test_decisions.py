"""Proposals are confirmed and rejected by id; the last word counts, and all words are kept."""

import json
from pathlib import Path

import pytest

from inventory.model.account import Account
from inventory.store import FILE, Store
from tests.agent.cli.running import engagement, run, whole
from tests.agent.cli.test_reading_commands import key_of, person

MENTIONS = Account(
    name="svc", uid=1001, gid=1001, gecos="set up by Jane Doe", home="/srv", shell="/bin/bash"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return engagement(
        tmp_path, (whole(MENTIONS, key_of("svc", "SHA256:" + "k" * 43), person("x")),)
    )


def guesses(folder: Path) -> list[str]:
    found = json.loads(run(folder, "footprint", "--json").out)["value"]
    return [one["id"] for one in found["proposals"]]


def holds(folder: Path) -> dict[str, str]:
    found = json.loads(run(folder, "footprint", "--json").out)["value"]["holds"]
    return {one["key"]: one["certainty"] for one in found}


def test_the_footprint_lists_proposals_with_what_decides_them(folder: Path) -> None:
    out = run(folder, "footprint").out
    assert guesses(folder)
    assert all(one in out for one in guesses(folder))
    assert "handover confirm ID" in out


def test_a_confirmed_proposal_is_a_hold_from_then_on(folder: Path) -> None:
    (first, *_) = guesses(folder)
    ran = run(folder, "confirm", first, "--by", "Anna Muster", "--why", "she said so")
    assert ran.status == 0
    assert f"confirmed by Anna Muster: {first}" in ran.out
    assert first not in guesses(folder)
    assert "confirmed" in holds(folder).values()
    with Store.open(folder / FILE) as store:
        (entry,) = store.journal("confirm")
        assert entry.author == "Anna Muster"
        body = json.loads(entry.body or "")
        assert (body["proposal"], body["why"]) == (first, "she said so")
        assert store.verify() == []


def test_a_rejected_proposal_is_gone_and_can_be_taken_back(folder: Path) -> None:
    (first, *_) = guesses(folder)
    before = holds(folder)
    assert run(folder, "reject", first.lower(), "--by", "Anna").status == 0
    assert len(holds(folder)) < len(before)
    assert run(folder, "confirm", first, "--by", "Anna").status == 0
    assert "confirmed" in holds(folder).values()
    with Store.open(folder / FILE) as store:
        assert [entry.kind for entry in store.journal()] == ["reject", "confirm"]


def test_several_are_decided_at_once_or_none(folder: Path) -> None:
    (first, *_) = guesses(folder)
    assert run(folder, "confirm", first, "P-nothere").status == 2
    with Store.open(folder / FILE) as store:
        assert store.journal() == ()
    assert run(folder, "confirm", *guesses(folder)).status == 0
    assert guesses(folder) == []


def test_an_unknown_proposal_is_refused_with_the_nearest(folder: Path) -> None:
    (first, *_) = guesses(folder)
    ran = run(folder, "reject", first[:-1])
    assert ran.status == 2
    assert f"the nearest is {first}" in ran.err


def test_without_by_the_one_who_is_logged_in_says_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "anna")
    assert "confirmed by anna" in run(folder, "confirm", *guesses(folder)).out


@pytest.mark.parametrize("option", ["--by", "--why"])
def test_a_text_that_a_terminal_obeys_is_refused(option: str, folder: Path) -> None:
    ran = run(folder, "confirm", *guesses(folder), option, "\x1b[31m")
    assert ran.status == 2
    assert f"{option} must not hold control" in ran.err
