"""Audits one after another: unchanged hosts cost next to nothing; a recording is read elsewhere."""

import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from inventory.store import FILE
from tests.agent.cli.auditing import (
    HEAD,
    SOURCE,
    SUDO,
    handover,
    host_line,
    json_of,
    logins,
    write_engagement,
)
from tests.agent.cli.running import run
from tests.lab.hosts import HostSpec, Lab

MOST_GROWTH = 20_000  # bytes that the second audit of three unchanged hosts may add
NAMES = ("deb1", "deb2", "tiny")


class Twice(NamedTuple):
    lab: Lab
    folder: Path
    sizes: tuple[int, int, int]


@pytest.fixture(scope="module")
def twice(lab: Callable[..., Lab], tmp_path_factory: pytest.TempPathFactory) -> Twice:
    """Audit three hosts three times; the first time the answers are recorded."""
    hosts = lab(
        HostSpec(name="deb1", sudoers=SUDO),
        HostSpec(name="deb2", sudoers=SUDO),
        HostSpec(name="tiny", os="busybox"),
    )
    folder = tmp_path_factory.mktemp("again") / "e"
    lines = host_line(hosts["deb1"]) + host_line(hosts["deb2"])
    lines += host_line(hosts["tiny"], ", become: none")
    text = f"{HEAD}{SOURCE}  become: shell\n  hosts:\n{lines}"
    write_engagement(folder, hosts, text)
    sizes = []
    for words in (("--record", str(folder.parent / "answers")), (), ("--no-documents",)):
        done = handover(folder, "audit", *words)
        assert done.returncode == 3, done.stderr
        sizes.append(_packed(folder))
    return Twice(hosts, folder, (sizes[0], sizes[1], sizes[2]))


def _packed(folder: Path) -> int:
    """Return the size of the store without what is free in it."""
    copy = folder.parent / "copy.db"
    with closing(sqlite3.connect(folder / FILE)) as db:
        db.execute(f"VACUUM INTO '{copy}'")
    size = copy.stat().st_size
    copy.unlink()
    return size


def test_an_unchanged_host_adds_next_to_nothing(twice: Twice) -> None:
    first, second, third = twice.sizes
    assert first > 300_000
    assert second - first < MOST_GROWTH
    assert third - second < MOST_GROWTH


def test_nothing_is_said_to_have_changed(twice: Twice) -> None:
    for pair in ((), ("1", "2"), ("1", "3")):
        said = json_of(twice.folder, "changes", *pair)["value"]
        assert said["changes"] == []
        assert said["sight"] == []


def test_every_host_was_logged_in_to_a_few_times_and_no_more(twice: Twice) -> None:
    for host in twice.lab.hosts:
        assert 3 <= logins(host) <= 6, host.name


def test_ids_of_the_checklist_are_the_same(twice: Twice) -> None:
    first = json_of(twice.folder, "checklist", "show", "--audit", "1")["value"]["lines"]
    last = json_of(twice.folder, "checklist", "show")["value"]["lines"]
    assert [line["id"] for line in first] == [line["id"] for line in last]


@pytest.fixture(scope="module")
def replayed(twice: Twice) -> Path:
    """Replay the first audit in another folder, whose known_hosts and key are not there."""
    folder = twice.folder.parent / "elsewhere"
    folder.mkdir(mode=0o700)
    shutil.copy(twice.folder / "handover.yaml", folder)
    done = handover(folder, "audit", "--replay", str(twice.folder.parent / "answers"))
    assert done.returncode == 3, done.stderr
    return folder


LASTING = [
    "accounts",
    "groups",
    "password_states",
    "authorized_keys",
    "sudo_grants",
    "sudo_aliases",
    "packages",
    "services",
    "scheduled_jobs",
    "filesystems",
    "listeners",
    "host_identities",
    "operating_systems",
    "repositories",
    "routes",
    "certificates",
    "sshd_settings",
    "mail_aliases",
    "hardwares",
]


@pytest.mark.parametrize("kind", LASTING)
def test_a_replay_elsewhere_says_the_same_of_each_kind(
    twice: Twice, replayed: Path, kind: str
) -> None:
    first = json_of(twice.folder, "show", kind, "--audit", "1")
    again = json_of(replayed, "show", kind)
    assert again["value"]["records"] == first["value"]["records"]
    assert again["unknown"] == first["unknown"]


def test_a_replay_elsewhere_has_the_same_gaps_and_coverage(twice: Twice, replayed: Path) -> None:
    first = json_of(twice.folder, "coverage", "--audit", "1")
    again = json_of(replayed, "coverage")
    assert again["value"]["coverage"] == first["value"]["coverage"]
    assert again["unknown"] == first["unknown"]


def test_a_replay_asks_nobody(twice: Twice, replayed: Path) -> None:
    before = [logins(host) for host in twice.lab.hosts]
    again = handover(replayed, "audit", "--replay", str(twice.folder.parent / "answers"))
    assert again.returncode == 3
    assert [logins(host) for host in twice.lab.hosts] == before


def test_a_damaged_recording_is_named_and_nothing_is_begun(twice: Twice, tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    shutil.copytree(twice.folder.parent / "answers", answers)
    path = sorted(answers.iterdir())[0]
    path.write_bytes(path.read_bytes()[:-20])
    folder = tmp_path / "e"
    folder.mkdir(mode=0o700)
    shutil.copy(twice.folder / "handover.yaml", folder)
    done = handover(folder, "audit", "--replay", str(answers))
    assert done.returncode == 2
    assert f"{path} is not a recording" in done.stderr
    assert done.stderr.count("\n") == 1
    assert json_audits(folder) == []


def json_audits(folder: Path) -> Any:
    return json_of(folder, "audits")["value"]["audits"]


def test_a_narrowed_audit_hides_nothing_of_what_was_known(twice: Twice, tmp_path: Path) -> None:
    folder = tmp_path / "e"
    shutil.copytree(twice.folder, folder)
    before = json_of(folder, "show", "accounts")
    done = handover(folder, "audit", "--only", "deb1", "--only", "linux.sudo", "--no-documents")
    assert done.returncode == 3, done.stderr
    after = json_of(folder, "show", "accounts")
    assert before["value"]["most"] is not None or before["unknown"]
    assert after["value"]["most"] is None
    assert after["unknown"]
    assert len(after["value"]["records"]) == len(before["value"]["records"])
    changed = json_of(folder, "changes")["value"]["changes"]
    assert {one["what"] for one in changed} == {"newly unknown"}


def test_an_unknown_word_after_only_names_the_nearest(twice: Twice) -> None:
    done = handover(twice.folder, "audit", "--only", "deb3")
    assert done.returncode == 2
    assert "--only 'deb3' means nothing here: did you mean 'deb" in done.stderr


def test_a_first_run_without_a_file_audits_this_machine_and_says_where(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path)}
    done = handover(tmp_path, "audit", "--quick", env=env)
    assert done.returncode in (0, 3), done.stderr
    (home,) = (path for path in tmp_path.iterdir() if path.name.startswith("handover-"))
    assert f"no handover.yaml here: only this machine is audited, kept in {home}" in done.stderr
    assert home.stat().st_mode & 0o777 == 0o700
    for path in home.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert f"Dossier: {home}/documents/dossier.html" in done.stdout
    targets = {one["target"] for one in json_of(home, "coverage")["value"]["coverage"]}
    assert targets == {socket.gethostname()}
    again = handover(tmp_path, "audit", "--quick", env=env)
    assert again.returncode == done.returncode
    assert len(json_audits(home)) == 2
    assert run(home, "audits", "--verify").status == 0
