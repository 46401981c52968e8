"""Hosts of an inventory as the user's own Ansible sees them: `ansible-inventory --list`.

Source: docs.ansible.com, "ansible-inventory"; the answer is JSON with a key `_meta.hostvars`.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agent.engagement.ansible_files import MOST_GROUPS, MOST_HOSTS, Known
from agent.engagement.ansible_groups import depths, parents, with_all_above
from agent.engagement.commands import CommandFailed, output
from agent.engagement.mistakes import Place

PROGRAM = "ansible-inventory"
TIMEOUT_S = 120.0
MOST_BYTES = 64 * 1024 * 1024


class NotInstalled(CommandFailed):
    """This machine has no `ansible-inventory`."""


def listed(path: Path, folder: Path) -> tuple[Known, ...]:
    """Return the hosts that `ansible-inventory` lists, asked in the engagement's folder.

    Raises NotInstalled, or CommandFailed when it gives no usable answer.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise NotInstalled(f"{PROGRAM} is not installed")
    argv = (str(Path(program).absolute()), "-i", str(path), "--list")
    raw = output(argv, timeout_s=TIMEOUT_S, most_bytes=MOST_BYTES, folder=folder)
    return tuple(hosts_in(raw, Place(str(path), 1)))


def hosts_in(raw: bytes, place: Place) -> Iterator[Known]:
    """Yield the hosts of the answer: {"web": {"hosts": [...], "children": [...]}, "_meta": ...}.

    Raises CommandFailed when it is not such an answer.
    """
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError) as err:
        raise CommandFailed(f"{PROGRAM} printed no JSON") from err
    groups = {name: group for name, group in _items(said) if name != "_meta"}
    variables = dict(_items(dict(_items(dict(_items(said)).get("_meta"))).get("hostvars")))
    if len(groups) > MOST_GROUPS or len(variables) > MOST_HOSTS:
        raise CommandFailed(f"it lists more than {MOST_GROUPS} groups or {MOST_HOSTS} hosts")
    yield from _hosts(groups, variables, place)


def _hosts(
    groups: Mapping[str, Any], variables: Mapping[str, Any], place: Place
) -> Iterator[Known]:
    children = {name: tuple(_texts(group, "children")) for name, group in groups.items()}
    depth_of, listed_by = depths(children), parents(children)
    above = {name: with_all_above(name, listed_by) for name in children}
    of_host: dict[str, set[str]] = {name: set() for name in variables}
    for name, group in groups.items():
        for host in _texts(group, "hosts"):
            of_host.setdefault(host, set()).update(above[name])
    for host, found in of_host.items():
        tags = sorted(found - {"all", "ungrouped"}, key=lambda name: (depth_of[name], name))
        yield Known(host, place, tuple(tags), dict(_scalars(variables.get(host))))


def _items(value: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(value.items()) if isinstance(value, dict) else ()


def _texts(group: Any, key: str) -> Iterator[str]:
    found = dict(_items(group)).get(key)
    yield from (one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def _scalars(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the single values as text; an encrypted one is a mapping and is left out."""
    for key, one in _items(value):
        if isinstance(one, str | int | float):
            yield key, str(one)
