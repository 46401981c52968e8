"""Starting costs little: what a command does not need is not imported; `--help` is quick."""

import resource
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from agent.cli import (
    audits,
    changes,
    checklist,
    checkup_words,
    coverage,
    doctor,
    findings,
    footprint,
    holds,
    show,
    sql,
    who,
)
from agent.cli.main import COMMANDS
from agent.judge.case import Cure
from tests.agent.cli.running import run

HEAVY = (
    "paramiko", "ldap3", "msal", "sqlalchemy", "rich", "jinja2", "psutil", "cryptography", "httpx"
)  # fmt: skip
NEVER = ("paramiko", "msal", "ldap3", "jinja2", "rich", "cryptography")
OURS = (
    "init", "audits", "show", "findings", "coverage", "changes", "who", "footprint", "confirm",
    "reject", "forget", "sql", "doctor",
)  # fmt: skip
SEEN = """\
import sys
from agent.cli.main import main
sys.argv = ["handover", *sys.argv[1:]]
try:
    main()
finally:
    print(*(sys.modules.keys()), file=sys.stderr)
"""


def imported(*words: str) -> set[str]:
    """Return the modules that a command has imported when it ends."""
    ran = subprocess.run(
        [sys.executable, "-c", SEEN, *words], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("Usage: handover")
    return {name.partition(".")[0] for name in ran.stderr.splitlines()[-1].split()}


def test_help_imports_nothing_heavy() -> None:
    assert imported("--help") & set(HEAVY) == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_no_help_of_a_command_imports_what_it_does_not_need(command: str) -> None:
    found = imported(command, "--help")
    assert found & set(NEVER) == set()
    if command in OURS:
        assert "sqlalchemy" not in found


def test_help_takes_less_than_a_fifth_of_a_second_of_cpu() -> None:
    def spent() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "tests.agent.cli.as_main", "--help"],
            capture_output=True,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(spent() for _ in range(5)) < 0.2


def test_every_command_of_the_list_is_there_and_has_help(tmp_path: Path) -> None:
    out = run(tmp_path, "--help").out
    for command, (_, line) in COMMANDS.items():
        assert f"{command}  " in out
        assert line in " ".join(out.split())


VALUES = (
    show.Records, show.Row, show.Kinds, show.Kind, findings.Findings, findings.Found,
    coverage.Covered, coverage.Subject, Cure, changes.Changes, changes.Changed, changes.Sight,
    who.Person, holds.Held, holds.Way, holds.Guess, footprint.Print, audits.Audits, audits.Line,
    audits.Fault, checklist.Lines, checklist.Line, checklist.Place, sql.Result, doctor.Health, checkup_words.Check,
)  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_every_field_of_json_is_described(value: type[msgspec.Struct]) -> None:
    text = (Path(__file__).parents[3] / "docs" / "json.md").read_text()
    missing = [name for name in value.__struct_fields__ if f"`{name}`" not in text]
    assert missing == []
