"""Collectors of other packages: nothing of them runs before handover.yaml pins them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from collectors import plugins
from collectors.registry import builtin, every
from collectors.runner import collect
from collectors.spec import COLLECTORS, Answer
from inventory.errors import ConfigError
from inventory.reading import ReadingKey, State

MODULE = '''
"""Who is on the list of friends."""

from pathlib import Path

from collectors.spec import SshCommand, SshFiles, collector
from inventory.model.account import Group

Path({trace!r}).touch()
ASK = {ask}


@collector("acme.friends", asks=[ASK], tells=[Group])
def friends(answers):
    """Yield the friends."""
    for answer in answers:
        yield Group(name=answer.text.strip(), gid=1, at=answer.at(1))
'''
READS = 'SshFiles("friends", ("/etc/friends",))'
WRITES = 'SshCommand("friends", "rm -rf /etc/friends")'


class Acme:
    """A package that lies on the path, as pip would leave it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.trace = folder / "imported"

    def install(self, ask: str, version: str = "1.2") -> None:
        text = MODULE.format(trace=str(self.trace), ask=ask)
        (self._folder / "acme_collectors.py").write_text(text)
        info = self._folder / f"handover_acme-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: handover-acme\nVersion: {version}\n")
        (info / "entry_points.txt").write_text("[handover.collectors]\nfriends = acme_collectors\n")


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Acme]:
    monkeypatch.syspath_prepend(str(tmp_path))
    known = dict(COLLECTORS)
    yield Acme(tmp_path)
    for name in set(COLLECTORS) - set(known):
        del COLLECTORS[name]
    sys.modules.pop("acme_collectors", None)


def test_an_installed_package_is_listed_and_nothing_of_it_runs(acme: Acme) -> None:
    acme.install(READS)
    [found] = plugins.installed()
    assert (found.pin, found.modules) == ("handover-acme==1.2", ("acme_collectors",))
    every()
    plugins.load(())
    assert not acme.trace.exists()


def test_a_pinned_package_collects_like_a_built_in_one(acme: Acme) -> None:
    acme.install(READS)
    plugins.load(["handover-acme==1.2"])
    [own] = [one for one in every() if one.name == "acme.friends"]
    assert own not in builtin()
    answer = Answer("acme.friends/friends", "alice", "/etc/friends")
    outcomes = {"acme.friends/friends": ((answer,), ())}
    got = collect(own, outcomes, key=ReadingKey("ssh", "web1", own.name))
    assert got.reading.state is State.COMPLETE
    assert [record.name for record in got.records] == ["alice"]  # type: ignore[attr-defined]


def test_another_version_is_refused_and_says_which_is_there(acme: Acme) -> None:
    acme.install(READS)
    with pytest.raises(ConfigError, match=r"handover-acme==9 is not .* handover-acme==1\.2"):
        plugins.load(["handover-acme==9"])
    assert not acme.trace.exists()


def test_a_question_that_could_write_is_refused_and_leaves_no_collector(acme: Acme) -> None:
    acme.install(WRITES)
    with pytest.raises(ConfigError, match=r"acme\.friends/friends: .*rm"):
        plugins.load(["handover-acme==1.2"])
    assert "acme.friends" not in COLLECTORS


def test_a_module_that_cannot_be_imported_is_a_clear_error(acme: Acme) -> None:
    acme.install("1 / 0")
    with pytest.raises(ConfigError, match=r"handover-acme==1\.2 cannot be used"):
        plugins.load(["handover-acme==1.2"])
