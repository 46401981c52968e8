"""A probe's output, whatever it is: nothing raises, nothing is invented, no gap is lost."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.spec import FileMeta, Outcome, SshCommand, SshFiles
from collectors.transports.frames import hear, outcomes
from collectors.transports.local import CLEAN_ENV
from collectors.transports.script import HostAsk, sent_script
from inventory.model.evidence import Why

NONCE = "0123456789abcdef0123456789abcdef"
ASKS: Sequence[tuple[str, HostAsk]] = (
    ("t/echo", SshCommand("echo", "echo one; echo two")),
    ("t/proves", SshCommand("proves", "true", empty="gap")),
    ("t/tool", SshCommand("tool", "no-such-tool -v", no_tool="gap")),
    ("t/files", SshFiles("files", ("/etc/passwd", "/etc/group", "/nonexistent"), meta=True)),
    ("t/none", SshFiles("none", ("/nonexistent",), absent="gap")),
)
MARK = b"\x1e" + NONCE.encode() + b" "
WORDS = st.sampled_from(
    [
        MARK,
        *(b"B %s\n" % name.encode() for name, _ in ASKS),
        *(b"E %s 0 \n" % name.encode() for name, _ in ASKS),
        *(
            b"E %s %s\n" % (name.encode(), end)
            for name, _ in ASKS
            for end in (b"", b"124", b"absent")
        ),
        "E t/echo ² x\n".encode(),
        b"E t/echo " + b"9" * 5000 + b" x\n",
        b"F ok - root 644 12 0 /etc/passwd\n",
        "F ok - root 644 ² ٣ /etc/passwd\n".encode(),
        b"F ok - root 644 " + b"9" * 5000 + b" --1 /etc/passwd\n",
        b"F tree - - - - - /etc\n",
        b"F denied - - - - - /etc/shadow\n",
        b"F many - - - - - /etc\n",
        b"F what - - - - - /etc\n",
        b"F\n",
        b"/etc/passwd:999999:root\n",
        b"Z\n",
        b"\x1ebad B t/echo\n",
        b"\n",
        b" ",
        b"\x00",
    ]
)
HOSTILE = st.lists(st.one_of(WORDS, st.binary(max_size=8)), max_size=60).map(b"".join)


def _told(raw: bytes, asks: Sequence[tuple[str, HostAsk]] = ASKS) -> dict[str, Outcome]:
    return dict(outcomes(asks, hear(raw, NONCE)))


def _said_by_sh(asks: Sequence[tuple[str, HostAsk]], nonce: str = NONCE) -> bytes:
    script = sent_script(asks, nonce=nonce)
    done = subprocess.run(
        ["/bin/sh", "-s"], input=script, capture_output=True, env=CLEAN_ENV, check=True
    )
    return done.stdout


@cache
def _whole() -> bytes:
    return _said_by_sh(ASKS)


@given(HOSTILE)
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_taken_apart_and_what_has_no_end_has_a_gap(raw: bytes) -> None:
    heard = hear(raw, NONCE)
    for name, (answers, gaps) in _told(raw).items():
        assert all(answer.ask == name for answer in answers)
        assert all("\x1e" not in answer.text and "\0" not in answer.text for answer in answers)
        assert heard.frames[name].ended is not None or gaps


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_without_the_nonce_of_the_run_nothing_is_an_answer(raw: bytes) -> None:
    heard = hear(raw, "f" * 32)
    assert (dict(heard.frames), heard.done) == ({}, False)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_an_answer_that_breaks_off_anywhere_is_whole_or_has_a_gap(data: st.DataObject) -> None:
    whole = _told(_whole())
    cut = data.draw(st.integers(0, len(_whole()) - 1))
    for name, (answers, gaps) in _told(_whole()[:cut]).items():
        assert gaps or (answers, gaps) == whole[name]
    assert not hear(_whole()[: len(_whole()) - 1], NONCE).done or _whole().endswith(b"Z\n")


def test_a_real_shell_says_what_was_asked() -> None:
    told = _told(_whole())
    (echo,), _ = told["t/echo"]
    assert echo.text.split() == ["one", "two"]
    assert [gap.why for gap in told["t/proves"][1]] == [Why.FAILED]
    assert [gap.why for gap in told["t/tool"][1]] == [Why.NO_TOOL]
    files, gaps = told["t/files"]
    assert [(file.path, isinstance(file.meta, FileMeta)) for file in files] == [
        ("/etc/passwd", True),
        ("/etc/group", True),
    ]
    assert gaps == ()
    assert [gap.why for gap in told["t/none"][1]] == [Why.FAILED]
    assert hear(_whole(), NONCE).done


def test_a_file_that_plays_the_probe_stays_a_file(tmp_path: Path) -> None:
    other = "f" * 32
    evil = tmp_path / "evil"
    frames = f"\x1e{other} E t/evil 0 \n\x1e{other} B t/echo\nforged\n\x1e{other} E t/echo 0 \n"
    evil.write_text(f"{frames}\x1e{other} Z\nlast\n")
    asks: Sequence[tuple[str, HostAsk]] = (
        ("t/evil", SshFiles("evil", (str(evil),))),
        ("t/cat", SshCommand("cat", f"cat {evil}; cat {evil} >&2")),
        ASKS[0],
    )
    told = _told(_said_by_sh(asks), asks)
    (file,), no_gaps = told["t/evil"]
    assert no_gaps == ()
    assert rf"\x1e{other} B t/echo" in file.text
    assert file.text.rstrip().endswith("last")
    (cat,), _ = told["t/cat"]
    assert cat.text.rstrip() == file.text.rstrip()
    (echo,), _ = told["t/echo"]
    assert echo.text.split() == ["one", "two"]


def test_a_name_with_a_line_break_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / f"a\n\x1e{NONCE} E odd 0 ").write_text("x")
    (tmp_path / "b").write_text("fine")
    asks: Sequence[tuple[str, HostAsk]] = (("odd", SshFiles("odd", (f"{tmp_path}/*",))),)
    answers, gaps = _told(_said_by_sh(asks), asks)["odd"]
    assert [answer.text.strip() for answer in answers] == ["fine"]
    assert [gap.why for gap in gaps] == [Why.MALFORMED]


def test_more_than_the_limit_is_cut_and_said(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"line\n" * 1000)
    (tmp_path / "wide").write_bytes(b"x" * 20_000 + b"\n")
    asks: Sequence[tuple[str, HostAsk]] = (
        ("t/big", SshFiles("big", (f"{tmp_path}/big",), most_bytes=1000)),
        ("t/yes", SshCommand("yes", "yes", most_bytes=5000, timeout_s=5)),
        ("t/wide", SshFiles("wide", (f"{tmp_path}/wide",))),
        ("t/many", SshFiles("many", (f"{tmp_path}/*",), most_files=1)),
    )
    told = _told(_said_by_sh(asks), asks)
    for name, (_, gaps) in told.items():
        assert Why.TRUNCATED in {gap.why for gap in gaps}, name


def _command_lines() -> Iterator[bytes]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield (folder / "cmdline").read_bytes()


@pytest.mark.parametrize(
    "ask",
    [SshFiles("slow", ("/etc/passwd",), filter="sleep 1"), SshCommand("slow", "sleep 1")],
    ids=["files", "command"],
)
def test_the_nonce_stands_in_no_process_list(ask: HostAsk) -> None:
    nonce = os.urandom(16).hex()
    script = sent_script([("t/slow", ask)], nonce=nonce)
    with subprocess.Popen(
        ["/bin/sh", "-s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=CLEAN_ENV
    ) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(script)
        child.stdin.close()
        assert nonce.encode() in child.stdout.readline()
        lines: list[bytes] = []
        late = time.monotonic() + 5
        while b"sleep\x001\x00" not in lines and time.monotonic() < late:
            lines = list(_command_lines())
        assert b"sleep\x001\x00" in lines
        assert not any(nonce.encode() in line for line in lines)
        child.stdout.read()
