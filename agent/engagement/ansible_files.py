"""Static Ansible inventories, INI and YAML, with group_vars and host_vars, read without Ansible.

Source: docs.ansible.com, "How to build your inventory". Nothing is templated or decrypted.
"""

import re
import shlex
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence as AnySequence
from pathlib import Path

from msgspec import Struct

from agent.engagement.ansible_groups import depths, parents, with_all_above
from agent.engagement.files import read_bounded
from agent.engagement.mistakes import Mistakes, Place, Wrong, shown
from agent.engagement.nodes import Mapping, Node, Scalar, node_of
from inventory.errors import ConfigError

MOST_BYTES = 1024 * 1024
MOST_HOSTS = 20_000
MOST_GROUPS = 2000
MOST_FILES = 1000
IGNORED = ("~", ".orig", ".bak", ".ini", ".cfg", ".retry", ".pyc", ".pyo")  # in a folder
YAML_ENDS = (".yml", ".yaml", ".json")
_SECTION = re.compile(r"\[([^:\]\s]{1,200})(?::(children|vars))?\]\s*(?:[#;].*)?")
_RANGE = re.compile(r"\[(\w{1,12}):(\w{1,12})(?::([0-9]{1,4}))?\]", re.ASCII)
_PORT = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f]*:[^\]]*:[^\]]*)\]|(?P<name>(?:[^:\[\]]|\[[^\]]*\])+)):(?P<port>[0-9]{1,5})"
)


class Known(Struct, frozen=True):
    """One host of an inventory with the variables that hold for it."""

    name: str
    at: Place
    groups: tuple[str, ...]
    variables: AnyMapping[str, str]


class _Group(Struct):
    """A group while it is read."""

    hosts: dict[str, Place]
    children: dict[str, None]
    variables: dict[str, str]


class _Inventory:
    """All groups and hosts of the files read so far."""

    def __init__(self, mistakes: Mistakes) -> None:
        self.mistakes = mistakes
        self.groups: dict[str, _Group] = {}
        self.variables: dict[str, dict[str, str]] = {}

    def group(self, name: str) -> _Group:
        if name not in self.groups and len(self.groups) >= MOST_GROUPS:
            raise Wrong(f"has more than {MOST_GROUPS} groups")
        return self.groups.setdefault(name, _Group({}, {}, {}))

    def host(self, group: str, name: str, variables: AnyMapping[str, str], place: Place) -> None:
        self.group(group).hosts.setdefault(name, place)
        self.variables.setdefault(name, {}).update(variables)
        if len(self.variables) > MOST_HOSTS:
            raise Wrong(f"has more than {MOST_HOSTS} hosts")


def is_static(path: Path) -> bool:
    """Tell whether reading the inventory runs nothing: no program, and no inventory plugin."""
    return not any(_is_dynamic(file) for file in _inventory_files(path))


def _is_dynamic(path: Path) -> bool:
    if path.suffix not in YAML_ENDS:
        return bool(path.stat().st_mode & 0o111) if path.exists() else False
    try:
        raw = read_bounded(path, name=str(path), most_bytes=MOST_BYTES)
    except ConfigError:
        return False
    return re.search(rb"^[\"']?plugin[\"']?\s*:", raw, re.MULTILINE) is not None


def _inventory_files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.iterdir())[:MOST_FILES]:
        if file.is_file() and not file.name.startswith(".") and not file.name.endswith(IGNORED):
            yield file


def read_inventory(path: Path, mistakes: Mistakes) -> tuple[Known, ...]:
    """Return the hosts of a file or folder, in its order; what is wrong is noted with its line."""
    inventory = _Inventory(mistakes)
    for file in _inventory_files(path):
        try:
            raw = read_bounded(file, name="the file", most_bytes=MOST_BYTES)
            _read(raw, str(file), inventory)
        except ConfigError as err:
            mistakes.add(Place(str(file), 0), str(err))
    folder = path if path.is_dir() else path.parent
    return tuple(_known(inventory, _Beside(folder, mistakes)))


def _read(raw: bytes, file: str, inventory: _Inventory) -> None:
    if file.endswith(YAML_ENDS) or raw.lstrip().startswith((b"---", b"{")):
        node = node_of(raw, file, inventory.mistakes, tags=True)
        for name, group in _pairs(node):
            _yaml_group(name.text, group, inventory, depth=0)
    else:
        _read_ini(raw.decode("utf-8", "replace"), file, inventory)


def _pairs(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return node.entries if isinstance(node, Mapping) else ()


def _yaml_group(name: str, node: Node, inventory: _Inventory, *, depth: int) -> None:
    group = inventory.group(name)
    for key, value in _pairs(node):
        if key.text == "vars":
            group.variables.update(_scalars(value))
        elif key.text == "hosts":
            for host, settings in _pairs(value):
                for one in spread(host.text):
                    inventory.host(name, one, _scalars(settings), host.place)
        elif key.text == "children":
            for child, inner in _pairs(value):
                group.children[child.text] = None
                _yaml_group(child.text, inner, inventory, depth=depth + 1)


def _scalars(node: Node | None) -> dict[str, str]:
    """Return the single values; lists and mappings hold nothing about the way to a host."""
    return {
        key.text: value.text
        for key, value in _pairs(node)
        if isinstance(value, Scalar) and not value.is_null and value.tag is None
    }


def _read_ini(text: str, file: str, inventory: _Inventory) -> None:
    group, kind = "ungrouped", ""
    for number, line in enumerate(text.splitlines(), 1):
        place, bare = Place(file, number), line.strip()
        if not bare or bare[0] in "#;":
            continue
        with inventory.mistakes.noted(place):
            if bare[0] == "[" and (match := _SECTION.fullmatch(bare)):
                group, kind = match[1], match[2] or ""
                inventory.group(group)
            else:
                _ini_line(bare, group, kind, inventory, place)


def _ini_line(line: str, group: str, kind: str, inventory: _Inventory, place: Place) -> None:
    if kind == "vars":
        key, equals, value = line.partition("=")
        if not equals:
            raise Wrong(f"must be name=value below [{group}:vars]")
        inventory.group(group).variables[key.strip()] = value.strip().strip("\"'")
        return
    words = _words(line)
    if kind == "children":
        inventory.group(group).children[words[0]] = None
        inventory.group(words[0])
        return
    variables = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    match = _PORT.fullmatch(words[0])
    if match:
        variables.setdefault("ansible_port", match["port"])
    name = (match["six"] or match["name"]) if match else words[0]
    for one in spread(name):
        inventory.host(group, one, variables, place)


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(line, comments=True)
    except ValueError as err:
        raise Wrong("has a quote without end") from err
    if not words or not words[0]:
        raise Wrong("names no host")
    return words


def spread(pattern: str) -> tuple[str, ...]:
    """Return the names that web[01:10] or db-[a:c] stands for; a plain name is itself."""
    names = [pattern]
    while any(_RANGE.search(name) for name in names):
        names = [one for name in names for one in _spread_once(name)]
        if len(names) > MOST_HOSTS:
            raise Wrong(f"{shown(pattern)} stands for more than {MOST_HOSTS} hosts")
    return tuple(names)


def _spread_once(name: str) -> Iterator[str]:
    match = _RANGE.search(name)
    if match is None:
        yield name
        return
    low, high, step = match[1], match[2], int(match[3] or 1)
    if low.isdigit() and high.isdigit():
        values = (
            str(number).zfill(len(low)) for number in range(int(low), int(high) + 1, step or 1)
        )
    elif len(low) == len(high) == 1:
        values = (chr(code) for code in range(ord(low), ord(high) + 1, step or 1))
    else:
        raise Wrong(f"{shown(name)} has a range that is neither numbers nor letters")
    for _, value in zip(range(MOST_HOSTS + 1), values, strict=False):
        yield name[: match.start()] + value + name[match.end() :]


class _Beside:
    """The files group_vars/NAME and host_vars/NAME beside an inventory."""

    def __init__(self, folder: Path, mistakes: Mistakes) -> None:
        self._folder, self._mistakes = folder, mistakes
        self._read: dict[tuple[str, str], dict[str, str]] = {}

    def variables(self, kind: str, name: str) -> dict[str, str]:
        """Return the variables of a group or host; of encrypted files none."""
        if (kind, name) not in self._read:
            found: dict[str, str] = {}
            for file in self._files(kind, name):
                found.update(self._variables(file))
            self._read[kind, name] = found
        return self._read[kind, name]

    def _files(self, kind: str, name: str) -> Iterator[Path]:
        if "/" in name or name in ("", ".", "..") or "\0" in name or len(name) > 200:
            return
        base = self._folder / kind / name
        if base.is_dir():
            yield from sorted(file for file in base.iterdir() if file.is_file())
        for end in ("", *YAML_ENDS):
            file = base.with_name(name + end)
            if file.is_file():
                yield file

    def _variables(self, file: Path) -> dict[str, str]:
        try:
            raw = read_bounded(file, name="the file", most_bytes=MOST_BYTES)
        except ConfigError as err:
            self._mistakes.add(Place(str(file), 0), str(err))
            return {}
        if raw.startswith(b"$ANSIBLE_VAULT"):
            return {}
        return _scalars(node_of(raw, str(file), self._mistakes, tags=True))


def _known(inventory: _Inventory, beside: _Beside) -> Iterator[Known]:
    children = {name: tuple(group.children) for name, group in inventory.groups.items()}
    depth_of, listed_by = depths(children), parents(children)
    above = {group: with_all_above(group, listed_by) for group in inventory.groups}
    direct = _direct(inventory)
    for name, own in inventory.variables.items():
        groups = frozenset[str]().union(*(above[group] for group in direct[name])) - {"all"}
        ordered = sorted(
            groups, key=lambda group: (depth_of[group], _priority(inventory, group), group)
        )
        variables = _merged(("all", *ordered), inventory, beside)
        variables |= own | beside.variables("host_vars", name)
        tags = tuple(group for group in ordered if group != "ungrouped")
        yield Known(name, inventory.groups[direct[name][0]].hosts[name], tags, variables)


def _priority(inventory: _Inventory, group: str) -> int:
    """Return ansible_group_priority, which orders groups of one depth; 1 when it is not set."""
    text = inventory.groups[group].variables.get("ansible_group_priority", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 1


def _direct(inventory: _Inventory) -> dict[str, list[str]]:
    """Return the groups that list each host themselves."""
    found: dict[str, list[str]] = {}
    for group, inner in inventory.groups.items():
        for name in inner.hosts:
            found.setdefault(name, []).append(group)
    return found


def _merged(groups: AnySequence[str], inventory: _Inventory, beside: _Beside) -> dict[str, str]:
    """Return the variables of groups; a later one wins, and a file wins over the inventory."""
    found: dict[str, str] = {}
    for group in groups:
        found.update(inventory.groups[group].variables if group in inventory.groups else {})
    for group in groups:
        found.update(beside.variables("group_vars", group))
    return found
