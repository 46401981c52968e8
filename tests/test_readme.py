"""What README.md says works as it says: the collector, the commands with their options, the links."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

from agent.cli.main import COMMANDS, cli
from collectors.lint import problems
from collectors.runner import collect
from collectors.spec import COLLECTORS, Answer, Collector
from inventory.model.evidence import Gap, Why
from inventory.model.network import FirewallSource
from inventory.reading import ReadingKey, State

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
SPANS = re.findall(r"`(handover [^`]+)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
LINES = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]
SAID = [one.partition("#")[0].strip() for one in (*LINES, *SPANS) if "handover " in one]
KEY = ReadingKey("servers", "files1", "linux.nfs_exports")


@pytest.fixture(scope="module")
def example() -> Iterator[Collector]:
    """Return the collector of the example, and take it out of the list of all afterwards."""
    (text,) = (text for kind, text in BLOCKS if kind == "python")
    module = ModuleType("collectors.linux.nfs_exports", text.split('"""')[1])
    exec(compile(text, "README.md", "exec"), module.__dict__)
    yield COLLECTORS["linux.nfs_exports"]
    del COLLECTORS["linux.nfs_exports"]


def _exports(text: str) -> dict[str, Any]:
    answer = Answer("linux.nfs_exports/exports", text, "/etc/exports")
    return {"linux.nfs_exports/exports": ((answer,), ())}


def test_the_example_reads_exports(example: Collector) -> None:
    got = collect(example, _exports("/srv 10.0.0.0/24(rw) backup(ro) # old\n\n/x *\n"), key=KEY)
    assert got.reading.state is State.COMPLETE
    assert [
        (r.source, r.port, r.at.where) for r in got.records if isinstance(r, FirewallSource)
    ] == [
        ("10.0.0.0/24", "nfs", "/etc/exports:1"),
        ("backup", "nfs", "/etc/exports:1"),
        ("*", "nfs", "/etc/exports:3"),
    ]


def test_the_example_tells_none_from_unknown(example: Collector) -> None:
    none = collect(example, {"linux.nfs_exports/exports": ((), ())}, key=KEY)
    assert (none.reading.state, none.records) == (State.COMPLETE, ())
    gap = Gap(Why.DENIED, "linux.nfs_exports/exports")
    refused = collect(example, {"linux.nfs_exports/exports": ((), (gap,))}, key=KEY)
    assert refused.reading.state is State.FAILED


def test_the_example_only_reads_and_is_as_short_as_it_says(example: Collector) -> None:
    assert list(problems([example])) == []
    (text,) = (text for kind, text in BLOCKS if kind == "python")
    code = [
        line
        for line in text.splitlines()
        if line.strip() and not line.startswith(("from ", "import ", '"""'))
    ]
    assert len(code) <= 10


def test_commands_were_found() -> None:
    assert len(SAID) > 12


@pytest.mark.parametrize("said", sorted(set(SAID)))
def test_every_command_exists_with_its_options(said: str) -> None:
    words = said.split()[1:]
    if words[0].isupper():
        return
    assert words[0] in COMMANDS, said
    context = click.Context(cli)
    command = cli.get_command(context, words[0])
    assert command is not None
    known = _options(command)
    for option in (word for word in words[1:] if word.startswith("-")):
        assert option in known, said
    if isinstance(command, click.Group) and len(words) > 1 and not words[1].startswith("-"):
        assert words[1] in command.commands


def _options(command: click.Command) -> set[str]:
    return {name for one in command.params for name in (*one.opts, *one.secondary_opts)}


@pytest.mark.parametrize("option", sorted(set(re.findall(r"`(--[a-z-]+)", README))))
def test_every_option_that_is_named_alone_belongs_to_a_command(option: str) -> None:
    context = click.Context(cli)
    commands = (cli.get_command(context, name) for name in COMMANDS)
    assert any(option in _options(one) for one in commands if one is not None)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z]+)", README))))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()
