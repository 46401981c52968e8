"""--resume goes on with the targets that the audit was begun with, and says what it leaves."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from inventory.store import FILE, Store
from tests.agent.cli.auditing import (
    HEAD,
    SOURCE,
    handover,
    host_line,
    json_of,
    logins,
    write_engagement,
)
from tests.lab.hosts import HostSpec, Lab


@pytest.fixture(scope="module")
def hosts(lab: Callable[..., Lab]) -> Lab:
    return lab(*(HostSpec(name=name, os="busybox") for name in ("one", "two")))


def begun(folder: Path, *targets: str) -> None:
    """Leave an audit open that was begun with these targets."""
    inputs = {"only": [], "quick": False, "replay": False, "targets": list(targets)}
    with (
        Store.open(folder / FILE) as store,
        contextlib.suppress(KeyboardInterrupt),
        store.begin(inputs, 1_800_000_000),
    ):
        raise KeyboardInterrupt


def test_a_host_that_was_added_since_is_left_for_the_next_audit(hosts: Lab, tmp_path: Path) -> None:
    lines = "".join(host_line(host) for host in hosts.hosts)
    folder = write_engagement(tmp_path / "e", hosts, f"{HEAD}{SOURCE}  hosts:\n{lines}")
    begun(folder, "servers/one", "servers/gone")
    before = [logins(host) for host in hosts.hosts]
    resumed = handover(folder, "audit", "--resume")
    assert resumed.returncode == 3, resumed.stderr
    assert "left for the next audit, as new since it began: two" in resumed.stderr
    after = [logins(host) for host in hosts.hosts]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 0]
    unknown = {gap["target"] for gap in json_of(folder, "checklist", "show")["unknown"]}
    assert "two" in unknown  # it is listed, and nothing is known of it
    assert handover(folder, "audit").returncode == 3
    assert logins(hosts.hosts[1]) == after[1] + 1
