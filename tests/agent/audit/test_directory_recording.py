"""A recorded directory reads back as it was; what comes from anybody is cleaned and checked."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from agent.audit.recorded import Recorder, replayed
from agent.audit.run import Result, interview
from agent.audit.targets import Target
from collectors.directory_texts import masked, secrets
from collectors.entries import Entry
from collectors.spec import LdapSearch
from collectors.transports import directory_recording
from collectors.transports.directory_recording import RecordedDirectory
from inventory.errors import ConfigError, Denied
from inventory.model.evidence import Gap, Why
from inventory.reading import State
from tests.agent.audit.asked import raising, target, told
from tests.agent.audit.directories import DOMAIN, PEOPLE, Door, directory, domain, person

CUT = Gap(Why.TRUNCATED, "test.people/users", "", "the server stopped", "limit")
ASK = LdapSearch("users", "(cn=*)", ("cn",))
NAME = "test.people/users"


def recorded(folder: Path, *targets: Target) -> tuple[list[Result], Recorder]:
    recorder = Recorder(folder)
    return [interview(one) for one in recorder.targets(targets)], recorder


def again(folder: Path, collectors: tuple[Any, ...] = (PEOPLE, DOMAIN)) -> list[Result]:
    """Interview what was recorded, with the collectors of the tests."""
    found = []
    for one in replayed(folder):
        mine = collectors if one.is_directory else one.collectors
        found.append(interview(Target(one.source, one.name, mine, one.ask)))
    return found


def shown(result: Result) -> list[tuple[Any, list[Any]]]:
    return [(one.reading, list(one.records)) for one in result.collected]


def odd() -> Door:
    """A directory with what is hard to write down."""
    users = [
        person("alice", description="caf\u00e9 \U0001f600"),
        person("bad\x1b[31m\x00\r\n", description='"quoted" \\ {"ask": 1}'),
        Entry(NAME, "CN=raw,DC=corp", {"cn": (b"\xff\xfe\x00raw", b"text", b"")}),
        person(None),
        CUT,
    ]
    return Door(users=users, domains=[domain("S-1-5-21-1")])


def test_a_replay_tells_what_the_directory_told(tmp_path: Path) -> None:
    (live,), recorder = recorded(tmp_path, directory(odd()))
    (replay,) = again(tmp_path)
    assert recorder.failures == ()
    assert shown(replay) == shown(live)
    assert (replay.outlook, replay.says, replay.identity) == (
        live.outlook,
        live.says,
        live.identity,
    )


def test_values_come_back_byte_by_byte_in_their_order(tmp_path: Path) -> None:
    recorded(tmp_path, directory(odd()))
    (path,) = tmp_path.iterdir()
    entries = list(RecordedDirectory(path).search(NAME, ASK))
    assert entries[2].raws("cn") == (b"\xff\xfe\x00raw", b"text", b"")


def test_a_recording_is_private_and_no_target_names_a_file(tmp_path: Path) -> None:
    recorded(tmp_path / "r", directory(odd(), name="../../etc/x"))
    (path,) = (tmp_path / "r").iterdir()
    assert (path.stat().st_mode & 0o777, path.suffix) == (0o600, ".jsonl")
    assert path.parent == tmp_path / "r"


def test_a_directory_that_did_not_open_is_recorded_as_that(tmp_path: Path) -> None:
    refused = directory(raising(Denied("expired (532)")))  # type: ignore[arg-type]
    (live,), _ = recorded(tmp_path, refused)
    (replay,) = again(tmp_path)
    assert shown(replay) == shown(live)
    assert replay.outlook is live.outlook


def test_hosts_and_directories_are_recorded_side_by_side(tmp_path: Path) -> None:
    recorded(tmp_path, target("web1", told), directory(odd()))
    assert {(one.name, one.is_directory) for one in replayed(tmp_path)} == {
        ("web1", False),
        ("corp.example", True),
    }


def test_nothing_stands_under_its_name_before_it_is_whole(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def users() -> list[Entry]:
        seen.append([path.suffix for path in tmp_path.iterdir()])
        return [person("alice")]

    recorded(tmp_path, directory(Door(users=users)))
    assert seen == [[".new"]]
    assert [path.suffix for path in tmp_path.iterdir()] == [".jsonl"]


def test_a_recording_that_cannot_be_begun_loses_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (live,), recorder = recorded(tmp_path / "file", directory(odd()))
    assert recorder.failures == ("corp.example: File exists",)
    assert len(live.collected[0].records) == 3


def test_a_recording_that_grows_too_big_loses_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_recording, "MOST_BYTES", 400)
    (live,), recorder = recorded(tmp_path, directory(odd()))
    assert recorder.failures == ("corp.example: it would be bigger than 400 bytes",)
    assert len(live.collected[0].records) == 3
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_neither_written_nor_read(tmp_path: Path) -> None:
    values = {
        "cn": (b"alice",),
        "userpassword": (b"hunter2hunter2",),
        "unicodepwd;range=0-1": (b"hunter2hunter2",),
        "description": (b"her password: Sommer2024!",),
    }
    entry = Entry(NAME, "CN=alice", values)
    recorded(tmp_path, directory(Door(users=[entry])))
    (path,) = tmp_path.iterdir()
    written = path.read_bytes()
    assert b"hunter2" not in written
    assert b"Sommer2024" not in written
    foreign = {"userPassword": ["hunter2"], "description": ["password: Winter2024!"], "cn": ["a"]}
    path.write_bytes(_file({"number": 1, "dn": "CN=a", "values": foreign}))
    (read,) = RecordedDirectory(path).search(NAME, ASK)
    assert read.values.keys() == {"cn", "description"}
    assert "Winter2024" not in str(read.values)


@pytest.mark.parametrize(
    "text", ["password: Sommer2024!", "PIN: 47-11a", f"key ghp_{'a1B2' * 9} of shop"]
)
def test_a_replay_still_says_where_a_secret_stood(text: str, tmp_path: Path) -> None:
    entry = person("alice", description=text)
    assert masked(text) != text
    recorded(tmp_path, directory(Door(users=[entry])))
    (path,) = tmp_path.iterdir()
    (read,) = RecordedDirectory(path).search(NAME, ASK)
    assert secrets(read)
    assert text not in str(read.values)


def _file(*lines: object, head: object = None, end: bool = True) -> bytes:
    """Return a file as anybody could write it."""
    first = head or {"format": 1, "source": "ad", "target": "corp.example", "dialect": "ad"}
    told = [first, {"ask": NAME, "number": 1}, *lines]
    told += [{"number": 1, "end": True}] if end else []
    return b"\n".join(json.dumps(line, separators=(",", ":")).encode() for line in told) + b"\n"


def _read(path: Path) -> tuple[list[Entry], tuple[Gap, ...]]:
    found = RecordedDirectory(path).search(NAME, ASK)
    return list(found), found.gaps


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"number": 1, "dn": "CN=b", "values": {"cn": [["no base64!"]]}}, Why.MALFORMED),
        ({"number": 1, "dn": "CN=b", "values": {"cn": "alice"}}, Why.MALFORMED),
        ({"number": "one", "dn": "CN=b"}, Why.MALFORMED),
        ([1, 2], Why.MALFORMED),
        ({"number": 1, "gap": {"why": "tired"}}, Why.MALFORMED),
    ],
    ids=repr,
)
def test_a_damaged_line_ends_the_search_with_a_gap(line: object, why: Why, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = {"number": 1, "dn": "CN=a", "values": {"cn": ["alice"]}}
    path.write_bytes(_file(good, line, good))
    entries, (gap,) = _read(path)
    assert ([entry.dn for entry in entries], gap.why) == (["CN=a"], why)


def test_a_recording_that_ends_in_the_middle_is_not_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(_file({"number": 1, "dn": "CN=a"}, end=False))
    entries, (gap,) = _read(path)
    assert ([entry.dn for entry in entries], gap.why) == (["CN=a"], Why.TRUNCATED)


def test_a_search_that_was_not_recorded_was_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(_file())
    (result,) = again(tmp_path, (DOMAIN,))
    (one,) = result.collected
    assert (one.reading.state, one.reading.gaps[0].why) == (State.NOT_ASKED, Why.NOT_ASKED)


def test_what_anybody_wrote_comes_back_printable(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    gap = {"why": "denied", "ask": NAME, "part": "\x1b[31m", "detail": "\u202e"}
    hostile = {"number": 1, "dn": "CN=\x1b]0;x\x07", "values": {"c\x1bn": ["a"]}}
    path.write_bytes(_file(hostile, {"number": 1, "gap": gap}))
    entries, gaps = _read(path)
    for bad in ("\x1b", "\x07", "\u202e"):
        assert bad not in entries[0].dn + "".join(entries[0].values) + gaps[0].part + gaps[0].detail


def test_two_searches_that_ran_at_once_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    one, two = ({"number": number, "dn": f"CN={number}"} for number in (1, 2))
    path.write_bytes(_file({"ask": "test.domain/domains", "number": 2}, one, two, one))
    assert [entry.dn for entry in _read(path)[0]] == ["CN=1", "CN=1"]


HEAD: dict[str, Any] = {"format": 1, "source": "ad", "target": "corp.example", "dialect": "ad"}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not a recording"),
        (b"no json\n", "not a recording"),
        (b"[]\n", "not a recording"),
        (b"\xff\xfe\x00\n", "not a recording"),
        (b'{"format":' + b"[" * 100_000, "not a recording"),
        (json.dumps(HEAD | {"format": 2}).encode(), "has format 2, this handover reads 1"),
        (json.dumps(HEAD | {"dialect": "x"}).encode(), "not a recording"),
        (json.dumps(HEAD | {"dialect": ""}).encode(), "names no dialect"),
        (json.dumps(HEAD | {"target": "a\nb"}).encode(), "no name"),
        (json.dumps(HEAD | {"target": ""}).encode(), "no name"),
        (json.dumps(HEAD).encode() + b'\n{"ask":{}}\n', "damaged at"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_recording_is_named(raw: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(raw)
    with pytest.raises(ConfigError, match=says) as caught:
        list(replayed(tmp_path))
    assert str(tmp_path / "b.jsonl") in str(caught.value)


def test_a_pipe_is_no_recording_and_holds_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jsonl")
    with pytest.raises(ConfigError, match=r"a\.jsonl is no regular file"):
        list(replayed(tmp_path))


def test_one_directory_recorded_twice_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_bytes(_file())
    with pytest.raises(ConfigError, match=r"b\.jsonl records corp\.example as .*a\.jsonl does"):
        list(replayed(tmp_path))


def test_base64_of_a_value_is_what_stands_in_brackets(tmp_path: Path) -> None:
    recorded(tmp_path, directory(odd()))
    (path,) = tmp_path.iterdir()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    raw = next(line for line in lines if line.get("dn") == "CN=raw,DC=corp")
    assert raw["values"]["cn"][0] == [base64.b64encode(b"\xff\xfe\x00raw").decode()]
