"""What is recorded reads back as the same audit; what is no recording is refused by its name."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.audit.recorded import Recorder, replayed
from agent.audit.run import Result, run
from agent.audit.targets import Target
from collectors.redact import redact
from collectors.registry import of_source
from collectors.spec import Answer, Outcome
from collectors.transports import recording
from collectors.transports.session import Told
from inventory.errors import ConfigError, Unreachable
from inventory.model.evidence import Gap, Why
from inventory.model.host import Uptime
from tests.agent.audit.asked import Kept, raising, told
from tests.collectors.test_cases import CASES, outcomes

REAL = of_source("ssh")


def _real() -> dict[str, Outcome]:
    """Return what a host would tell that is made of the real case of every collector."""
    found: dict[str, Outcome] = {}
    for collector in REAL:
        case = json.loads((CASES / collector.name / "real.json").read_text())
        found |= outcomes(collector, case["answers"])
    return {name: (tuple(map(_redacted, got)), gaps) for name, (got, gaps) in found.items()}


def _redacted(answer: Answer) -> Answer:
    return Answer(
        answer.ask, redact(answer.text), answer.path, answer.accounts, answer.meta, answer.exit
    )


def _host(name: str, ask: Callable[[], Told | Gap]) -> Target:
    return Target("servers", name, REAL, lambda _, __: ask())


def _results(targets: Any) -> dict[str, Result]:
    return {one.target.name: one for one in run(tuple(targets), Kept(), parallel=2)}


@pytest.fixture
def written(tmp_path: Path) -> tuple[dict[str, Result], Path]:
    """Return the results of an audit, and the folder in which it was recorded."""
    hosts = (
        _host("web1", lambda: Told(_real(), as_root=True)),
        _host("../../etc/x\x1b[31m", lambda: Told(_real(), as_root=False)),
        _host("gone", raising(Unreachable("no route to 192.0.2.1"))),
    )
    return _results(Recorder(tmp_path / "answers").targets(hosts)), tmp_path / "answers"


def test_a_replay_has_the_same_records_and_gaps(written: tuple[dict[str, Result], Path]) -> None:
    first, folder = written
    again = _results(replayed(folder))
    assert sum(len(one.records) for one in first["web1"].collected) > 100
    for name in ("web1", "gone"):
        assert again[name].collected == first[name].collected
        assert again[name].target.source == "servers"
        assert (again[name].outlook, again[name].says) == (first[name].outlook, first[name].says)


def test_recordings_are_private_and_no_target_names_a_file(
    written: tuple[dict[str, Result], Path],
) -> None:
    _, folder = written
    files = list(folder.iterdir())
    assert len(files) == 3
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in files:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.name.isascii()
        assert path.suffix == ".json"


def test_a_name_with_an_escape_comes_back_printable(
    written: tuple[dict[str, Result], Path],
) -> None:
    assert "../../etc/x\\x1b[31m" in _results(replayed(written[1]))


def test_a_clock_is_compared_with_ours_of_that_time(tmp_path: Path) -> None:
    then = int(time.time())
    fast = _host("web1", lambda: Told(_real(), as_root=True))
    before = _offset(_results(Recorder(tmp_path).targets([fast])))
    (path,) = tmp_path.iterdir()
    found = json.loads(path.read_text())
    assert abs(found["asked"][0] - then) < 60
    weeks = 21 * 86_400
    found["asked"] = [moment - weeks for moment in found["asked"]]
    path.write_text(json.dumps(found))
    assert abs(_offset(_results(replayed(tmp_path))) - (before + weeks)) <= 2


def _offset(results: dict[str, Result]) -> int:
    (record,) = (
        record
        for one in results["web1"].collected
        for record in one.records
        if isinstance(record, Uptime)
    )
    assert record.clock_offset_s is not None
    return record.clock_offset_s


def test_a_recording_that_cannot_be_written_loses_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    recorder = Recorder(tmp_path / "file")
    results = _results(recorder.targets([_host("web1", lambda: Told(_real(), as_root=True))]))
    assert sum(len(one.records) for one in results["web1"].collected) > 100
    assert recorder.failures == ("web1: File exists",)


GOOD: dict[str, Any] = {"format": 1, "source": "servers", "target": "web1", "outcomes": {}}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not a recording"),
        (b"no json", "not a recording"),
        (b"[]", "not a recording"),
        (b"\xff\xfe\x00", "not a recording"),
        (b'{"format":1,"source":"s","target":"\\ud800"}', "not a recording"),
        (b'{"x":' + b"[" * 300_000, "not a recording"),
        (json.dumps(GOOD)[:-9].encode(), "not a recording"),
        (json.dumps(GOOD | {"outcomes": [1]}).encode(), "not a recording"),
        (json.dumps(GOOD | {"gap": {"why": "tired"}}).encode(), "not a recording"),
        (json.dumps(GOOD | {"target": "a\nb"}).encode(), "no name"),
        (json.dumps(GOOD | {"target": ""}).encode(), "no name"),
        (json.dumps(GOOD | {"target": "x" * 10_000}).encode(), "no name"),
        (json.dumps(GOOD | {"format": 2}).encode(), "has format 2, this handover reads 1"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_recording_is_named(raw: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(GOOD | {"target": "other"}))
    (tmp_path / "b.json").write_bytes(raw)
    with pytest.raises(ConfigError, match=says) as caught:
        list(replayed(tmp_path))
    assert str(tmp_path / "b.json") in str(caught.value)
    assert len(str(caught.value)) < 600


def test_an_oversized_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_BYTES", 1000)
    (tmp_path / "a.json").write_text(json.dumps(GOOD) + " " * 1000)
    with pytest.raises(ConfigError, match=r"a\.json is bigger than 1000 bytes"):
        list(replayed(tmp_path))


def test_a_pipe_or_a_folder_is_no_recording_and_holds_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    with pytest.raises(ConfigError, match=r"a\.json is no regular file"):
        list(replayed(tmp_path))
    (tmp_path / "a.json").unlink()
    (tmp_path / "b.json").mkdir()
    with pytest.raises(ConfigError, match=r"b\.json is no regular file"):
        list(replayed(tmp_path))


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_a_folder_without_a_recording_says_how_to_get_one(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="holds no recording: `handover audit --record"):
        list(replayed(tmp_path / name))


def test_one_target_recorded_twice_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps(GOOD))
    with pytest.raises(ConfigError, match=r"b\.json records web1 as .*a\.json does"):
        list(replayed(tmp_path))


def test_a_foreign_recording_is_cleaned_and_redacted(tmp_path: Path) -> None:
    answer = {
        "ask": "linux.accounts/passwd",
        "text": "evil\x1b]0;x\x07:x:1:1::/:/bin/sh\nDB_PASSWORD=hunter2hunter2\n",
        "path": "/etc/\u202epasswd",
    }
    gap = {"why": "denied", "ask": "x", "part": "\x9b31m", "detail": "\x00"}
    outcome = {"linux.accounts/passwd": [[answer], [gap]]}
    (tmp_path / "a.json").write_text(json.dumps(GOOD | {"outcomes": outcome}))
    (one,) = recording.recordings(tmp_path)
    assert isinstance(one, recording.Recorded)
    shown = repr(one.outcomes)
    assert "evil" in shown
    for bad in ("\x1b", "\x07", "\u202e", "\x9b", "hunter2"):
        assert bad not in str(one.outcomes["linux.accounts/passwd"][0][0].text) + shown
    assert one.outcomes["linux.accounts/passwd"][1][0].why is Why.DENIED


def test_what_was_told_of_a_simple_host_is_recorded_as_it_is(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    _results(recorder.targets([_host("web1", lambda: told("root"))]))
    assert recorder.failures == ()
    (one,) = recording.recordings(tmp_path)
    assert isinstance(one, recording.Recorded)
    assert one.outcomes == told("root").outcomes
    assert one.as_root
