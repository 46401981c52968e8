"""Text that a host, a file or a person made up reaches no terminal, spreadsheet or markup."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from agent.cli.output import csv_cell
from agent.cli.tables import Table, on_terminal, plain_lines
from inventory.model.account import Account
from tests.agent.cli.running import engagement, run, whole

NAMES = (
    "\x1b]0;title\x07\x1b[31mred",
    "[red]markup[/red][link=https://evil.example]x[/link]",
    "[/nowhere] :skull:",
    '=HYPERLINK("https://evil.example")',
    "@SUM(1)",
    "+1+1",
    "-1+1",
    "two\nlines\tand a tab",
    "\u202egnp.exe \u200b\x9b31m",
    "a" * 3000,
)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    accounts = (
        Account(name=name, uid=uid, gid=uid, gecos=name, home=f"/home/{uid}", shell="/bin/sh")
        for uid, name in enumerate(NAMES, 1000)
    )
    return engagement(tmp_path, (whole(),), (whole(*accounts),))


COMMANDS = (
    ("show", "accounts"),
    ("findings", "--all"),
    ("changes",),
    ("who", NAMES[0]),
    ("footprint",),
    ("sql", "SELECT name, gecos FROM accounts"),
)


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",)], ids=str)
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_nothing_that_a_terminal_obeys_comes_out(
    words: tuple[str, ...], form: tuple[str, ...], hostile: Path
) -> None:
    ran = run(hostile, *words, *form)
    assert ran.status in (0, 3)
    for char in "\x1b\x07\x9b\u202e\u200b":
        assert char not in ran.out + ran.err


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_no_csv_cell_starts_a_formula(words: tuple[str, ...], hostile: Path) -> None:
    rows = csv.reader(io.StringIO(run(hostile, *words, "--csv").out))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_formula_in_csv_is_marked_and_a_number_stays() -> None:
    assert [csv_cell(text) for text in ("=1", "-x", "-12", "12", "'a")] == [
        "'=1",
        "'-x",
        "-12",
        "12",
        "'a",
    ]


def test_json_keeps_the_text_itself(hostile: Path) -> None:
    found = json.loads(run(hostile, "show", "accounts", "--json").out)["value"]["records"]
    assert {one["record"]["name"] for one in found} == set(NAMES)


def test_a_cell_is_one_line_of_piped_output(hostile: Path) -> None:
    out = run(hostile, "show", "accounts").out
    assert "two\\nlines\\tand a tab" in out
    assert out.count("\n") == len(NAMES) + 3  # columns, an empty line, the count


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("columns", [2, 12])
def test_markup_is_shown_and_not_obeyed_on_a_terminal(width: int, columns: int) -> None:
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=True, color_system="truecolor", markup=False
    )
    head = tuple(f"column {number}" for number in range(columns))
    on_terminal(
        console, Table(head, tuple((name,) * columns for name in NAMES), "[bold]head[/bold]")
    )
    out = file.getvalue()
    assert "[red]markup[/red]" in out
    assert "[bold]head[/bold]" in out
    assert "\x1b]" not in out
    assert "\x1b[31m" not in out
    assert "\x07" not in out
    assert "\U0001f480" not in out  # the skull that Rich would make of its name


def test_a_terminal_shows_rows_that_do_not_fit_as_blocks() -> None:
    file = io.StringIO()
    table = Table(tuple("abcdefgh"), (("x" * 30,) * 8,))
    on_terminal(Console(file=file, width=80), table)
    assert file.getvalue().splitlines()[0] == f"a  {'x' * 30}"


def test_an_empty_table_says_what_is_so_everywhere() -> None:
    table = Table(("a",), (), "HEAD", "none known")
    file = io.StringIO()
    on_terminal(Console(file=file, width=80), table)
    assert list(plain_lines(table)) == file.getvalue().splitlines()[:2] == ["HEAD", "none known"]


def test_piped_output_has_no_colour_and_a_terminal_has(hostile: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.agent.cli.as_main",
        "-C",
        str(hostile),
        "show",
        "accounts",
    ]
    piped = subprocess.run(command, capture_output=True, check=False)
    assert piped.returncode == 0, piped.stderr
    assert b"\x1b" not in piped.stdout
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as child:
        os.close(theirs)
        shown = _all(ours)
    assert child.returncode == 0
    assert b"\x1b[" in shown
    assert b"\x1b]0;" not in shown
    assert b"[red]markup[/red]" in shown


def _all(terminal: int) -> bytes:
    parts = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # the other end was closed
            part = b""
        if not part:
            os.close(terminal)
            return b"".join(parts)
        parts.append(part)


@pytest.mark.parametrize("word", ["\x1b[31mred", "a" * 5000, "[red]", "\u202e"])
@pytest.mark.parametrize(
    "before", [("show",), ("footprint",), ("confirm",), ("show", "accounts", "--target")]
)
def test_a_hostile_word_of_the_command_line_is_one_safe_line(
    before: tuple[str, ...], word: str, hostile: Path
) -> None:
    ran = run(hostile, *before, word)
    assert ran.status == 2
    assert ran.err.count("\n") == 1
    assert not set(ran.err) & set("\x1b\u202e")
    assert len(ran.err) < 1000
