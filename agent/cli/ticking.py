"""The hosts of ~/.ssh/config by number, to tick: read, never contacted."""

import re
from collections.abc import Sequence

import click

from agent.engagement.hosts import FORGES
from agent.engagement.mistakes import Mistakes, shown
from agent.engagement.ssh_config import SshConfig, address_of, read_ssh_config, usable_names

NONE_THERE = "~/.ssh/config names no hosts: list them in handover.yaml, see its comments"
_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


def tick_hosts() -> tuple[str, ...]:
    """Show the hosts of the ssh_config with numbers, and return those that are ticked."""
    names = offered()
    if not names:
        click.echo(NONE_THERE)
        return ()
    click.echo("Hosts of ~/.ssh/config:")
    for number, name in enumerate(names, 1):
        click.echo(f"  {number:>3}  {name}")

    def value(given: str) -> tuple[str, ...]:
        return ticked(given, names)

    label = "Which are audited (numbers such as 1,3-5, all, none)"
    found: tuple[str, ...] = click.prompt(label, default="none", value_proc=value)
    return found


def offered() -> tuple[str, ...]:
    """Return the hosts of the ssh_config that may be asked; code forges give no shell."""
    mistakes = Mistakes()
    config = read_ssh_config(None, mistakes)
    if config is None:
        return ()
    return tuple(name for name, _ in usable_names(config, mistakes) if not _is_forge(config, name))


def ticked(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names that numbers, ranges or names choose. Raises UsageError for another."""
    if text.strip().lower() in ("", "none"):
        return ()
    if text.strip().lower() == "all":
        return tuple(names)
    found: dict[str, None] = {}
    for part in filter(None, re.split(r"[\s,]+", text)):
        found |= dict.fromkeys(_chosen(part, names))
    return tuple(found)


def _chosen(part: str, names: Sequence[str]) -> Sequence[str]:
    if part in names:
        return (part,)
    match = _RANGE.fullmatch(part)
    first = int(match[1]) if match else 0
    last = int(match[2] or first) if match else 0
    if not 1 <= first <= last <= len(names):
        raise click.UsageError(f"must be numbers from 1 to {len(names)}, got {shown(part)}")
    return names[first - 1 : last]


def _is_forge(config: SshConfig, name: str) -> bool:
    return address_of(name, config.resolve(name)).lower() in FORGES
