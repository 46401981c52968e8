"""What would be asked of whom: --only narrows it, and what was left out never looks asked."""

import socket
from pathlib import Path

import pytest

from agent.audit.run import run
from agent.audit.sources import Chosen, Planned, planned
from agent.audit.targets import Target
from agent.audit.traces import traces_of
from agent.engagement.model import Become, Engagement
from collectors.registry import builtin, of_source
from collectors.runner import ask_name
from collectors.spec import Answer, SysvolFiles
from collectors.transports.session import Told
from inventory.errors import ConfigError
from inventory.model.evidence import Why
from inventory.model.record import KINDS
from inventory.reading import State
from inventory.store import FILE, Store
from tests.agent.audit.asked import Kept
from tests.agent.audit.engagements import HEAD, engagement

SOURCES = """\
- name: servers
  kind: ssh
  user: audit
  hosts:
  - {name: web1, address: 192.0.2.1, tags: [web, berlin]}
  - {name: web2, address: 192.0.2.2, tags: [web], become: shell}
  - {name: db1, address: 192.0.2.3, jump: web1}
- name: office
  kind: ssh
  user: audit
  candidates: [192.0.2.0/28]
  hosts: [nas]
- {name: here, kind: local}
"""
LOGIN = "user: audit@corp.example, password: prompt"
DIRECTORIES = f"""\
- {{name: directory, kind: ldap, domain: corp.example, {LOGIN}}}
- name: unix
  kind: ldap
  servers: [LDAP1.corp.example, ldap2.corp.example:1389]
  security: starttls
  anonymous: true
- {{name: here, kind: local}}
"""


@pytest.fixture
def muster(tmp_path: Path) -> Engagement:
    return engagement(tmp_path, SOURCES)


def names(muster: Engagement, *only: str) -> list[str]:
    return [one.name for one in planned(muster, Chosen(only), discover=False)]


def test_everything_is_planned_and_nothing_twice(muster: Engagement) -> None:
    assert names(muster) == ["web1", "web2", "db1", "nas", "192.0.2.0/28", socket.gethostname()]


@pytest.mark.parametrize(
    ("only", "left"),
    [
        (("web1",), ["web1"]),
        (("web*",), ["web1", "web2"]),
        (("web",), ["web1", "web2"]),
        (("berlin", "db1"), ["web1", "db1"]),
        (("office",), ["nas", "192.0.2.0/28"]),
        (("192.0.2.0/28",), ["192.0.2.0/28"]),
        (("network.candidates",), ["192.0.2.0/28"]),
        (("servers", "linux.sudo"), ["web1", "web2", "db1"]),
    ],
    ids=str,
)
def test_only_takes_sources_targets_tags_and_collectors(
    only: tuple[str, ...], left: list[str], muster: Engagement
) -> None:
    assert names(muster, *only) == left


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("wev1", "web1"),
        ("serverz", "servers"),
        ("berln", "berlin"),
        ("linux.sud0", "linux.sudo"),
    ],
)
def test_a_word_that_means_nothing_is_refused_with_the_nearest_one(
    word: str, nearest: str, muster: Engagement
) -> None:
    with pytest.raises(ConfigError, match=f"--only '{word}' means nothing here.*'{nearest}'"):
        names(muster, "web1", word)


def test_a_collector_that_no_chosen_target_has_is_refused_or_leaves_nothing(
    muster: Engagement,
) -> None:
    assert names(muster, "web1", "network.candidates") == []


def test_a_way_is_told_as_people_say_it(muster: Engagement) -> None:
    ways = {one.name: one.way for one in planned(muster, Chosen(), discover=False)}
    assert ways["web1"] == "audit@192.0.2.1:22"
    assert ways["db1"] == "audit@192.0.2.3:22 through web1"
    assert ways["192.0.2.0/28"] == "who answers on port 22"
    assert ways[socket.gethostname()] == "here, without a network"


def test_a_directory_is_one_target_that_is_named_for_its_domain_or_first_server(
    tmp_path: Path,
) -> None:
    found = planned(engagement(tmp_path, DIRECTORIES), Chosen(), discover=False)
    assert [(one.name, one.is_directory) for one in found[:2]] == [
        *(("corp.example", True), ("ldap1.corp.example", True)),
    ]
    assert [one.way for one in found[:2]] == [
        "ldaps:// of a server that DNS lists for corp.example as audit@corp.example",
        (
            "ldap://LDAP1.corp.example:389, else ldap://ldap2.corp.example:1389 with StartTLS"
            " without a login"
        ),
    ]
    for one in found[:2]:
        assert one.collectors == of_source("ldap")
        assert (one.host, one.become, one.is_sweep) == (None, Become.NONE, False)


@pytest.mark.parametrize(
    ("only", "left"),
    [
        (("directory",), ["corp.example"]),
        (("corp.*",), ["corp.example"]),
        (("ldap1.corp.example",), ["ldap1.corp.example"]),
        (("directory.accounts",), ["corp.example", "ldap1.corp.example"]),
        (("unix", "directory.*"), ["ldap1.corp.example"]),
        (("linux.sudo",), [socket.gethostname()]),
    ],
    ids=str,
)
def test_only_takes_a_directory_by_its_source_its_name_and_its_collectors(
    only: tuple[str, ...], left: list[str], tmp_path: Path
) -> None:
    assert names(engagement(tmp_path, DIRECTORIES), *only) == left


def test_of_a_narrowed_directory_all_other_searches_are_left_out(tmp_path: Path) -> None:
    only = Chosen(("directory", "directory.trusts"))
    (one,) = planned(engagement(tmp_path, DIRECTORIES), only, discover=False)
    asked = {ask_name(c, ask) for c in one.collectors for ask in c.asks} - set(one.leave_out)
    assert asked
    assert all(name.startswith("directory.trusts/") for name in asked)


def test_the_files_of_sysvol_can_be_left_out_and_leave_no_trace_then(tmp_path: Path) -> None:
    source = f"- {{name: directory, kind: ldap, domain: corp.example, {LOGIN}%s}}\n"
    (one,) = planned(engagement(tmp_path, source % ", sysvol: false"), Chosen(), discover=False)
    files = {
        ask_name(c, ask) for c in one.collectors for ask in c.asks if isinstance(ask, SysvolFiles)
    }
    assert len(files) > 3
    assert set(one.leave_out) == files
    assert not any("SMB" in trace.what for trace in traces_of((one,)))
    (one,) = planned(engagement(tmp_path, source % ""), Chosen(), discover=False)
    assert not one.leave_out
    assert any("SMB" in trace.what for trace in traces_of((one,)))


def test_the_way_to_root_is_the_hosts_own(muster: Engagement) -> None:
    become = {one.name: one.become for one in planned(muster, Chosen(), discover=False)}
    assert (become["web1"], become["web2"]) == (Become.NONE, Become.SHELL)


def test_without_an_authorisation_only_this_machine_is_planned(tmp_path: Path) -> None:
    head = "client: Muster\nsources:\n"
    found = engagement(tmp_path, SOURCES, head=head)
    assert names(found) == [socket.gethostname()]
    assert any("authorisation is missing" in one for one in found.warnings)


def test_quick_leaves_out_what_is_slow_and_nothing_else(muster: Engagement) -> None:
    (one,) = planned(muster, Chosen(("web1",), quick=True), discover=False)
    slow = {ask_name(c, ask) for c in of_source("ssh") for ask in c.asks if ask.deep}
    assert slow
    assert set(one.leave_out) == slow
    (whole,) = planned(muster, Chosen(("web1",)), discover=False)
    assert whole.leave_out == ()


def answering(one: Planned) -> Target:
    """Return the target with an ask that answers what it is asked, as an empty host would."""
    left = set(one.leave_out)

    def ask(_: object, __: object) -> Told:
        return Told(
            {
                ask_name(c, each): ((), ())
                for c in one.collectors
                for each in c.asks
                if ask_name(c, each) not in left
            },
            as_root=True,
        )

    return Target(one.source.name, one.name, one.collectors, ask, one.leave_out)


def test_a_narrowed_audit_says_of_each_other_subject_that_it_was_not_asked(
    muster: Engagement,
) -> None:
    (one,) = planned(muster, Chosen(("web1", "linux.sudo")), discover=False)
    (result,) = run([answering(one)], Kept(), parallel=1)
    states = {got.reading.key.collector: got.reading.state for got in result.collected}
    assert set(states) == {collector.name for collector in of_source("ssh")}
    assert states.pop("linux.sudo") is State.COMPLETE
    assert set(states.values()) == {State.NOT_ASKED}
    whys = {gap.why for got in result.collected for gap in got.reading.gaps}
    assert whys == {Why.NOT_ASKED}


def test_after_a_narrowed_audit_no_kind_that_another_subject_tells_reads_whole(
    muster: Engagement, tmp_path: Path
) -> None:
    (one,) = planned(muster, Chosen(("web1", "linux.sudo")), discover=False)
    with Store.open(tmp_path / FILE) as store:
        with store.begin({}, 1) as audit:
            list(run([answering(one)], audit, parallel=1))
            audit.seal(2)
        snapshot = store.snapshot()
        tellers = {
            kind.__name__: {c.name for c in of_source("ssh") if kind in c.tells}
            for collector in builtin()
            for kind in collector.tells
        }
        of_others = [name for name, who in tellers.items() if who - {"linux.sudo"}]
        assert len(of_others) > 30
        for name in of_others:
            if tellers[name]:
                assert snapshot.read(KINDS[name]).known().blanks, name


def test_what_a_sweep_tells_is_read_by_the_collector_of_candidates(muster: Engagement) -> None:
    (one,) = planned(muster, Chosen(("192.0.2.0/28",)), discover=False)
    assert one.is_sweep
    assert [collector.name for collector in one.collectors] == ["network.candidates"]
    answer = Answer("network.candidates/ssh", "192.0.2.7 22 SSH-2.0-OpenSSH_9.2p1")
    told = Told({"network.candidates/ssh": ((answer,), ())}, as_root=False)
    swept = Target("office", one.name, one.collectors, lambda _, __: told)
    (result,) = run([swept], Kept(), parallel=1)
    assert len(result.collected[0].records) == 1


@pytest.mark.parametrize("network", ["10.0.0.0/8", "192.168.0.0/15", "2001:db8::/64", "0.0.0.0/0"])
def test_a_network_that_is_too_large_is_refused_before_anything_is_asked(
    network: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"handover.yaml:\d+: .*65536 addresses"):
        engagement(
            tmp_path, f"- {{name: office, kind: ssh, candidates: ['{network}']}}\n", head=HEAD
        )
