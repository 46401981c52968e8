"""Hosts of an ssh_config, as the user's own ssh would reach them (ssh_config(5)).

Read are Host, Match (all, host, originalhost, user, localuser, final) and Include. `Match exec`
and ProxyCommand are never run here.
"""

import fnmatch
import getpass
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from agent.engagement import checks
from agent.engagement.files import path_from, read_bounded
from agent.engagement.mistakes import Mistakes, Place, Wrong
from inventory.errors import ConfigError

MOST_BYTES = 1024 * 1024
MOST_FILES = 256
MOST_DEPTH = 16  # as in readconf.c
READ = frozenset(
    (
        "hostname", "port", "user", "identityfile", "proxyjump", "proxycommand", "hostkeyalias",
        "userknownhostsfile",
    )
)  # fmt: skip
_WORD = re.compile(r'"([^"]*)"|\'([^\']*)\'|([^\s"\']+)')
_TOKEN = re.compile(r"%(.)")


class Condition(Struct, frozen=True):
    """One Host or Match line."""

    is_match: bool
    words: tuple[str, ...]
    place: Place


class Option(Struct, frozen=True):
    """One setting, and the conditions under which it holds."""

    conditions: tuple[Condition, ...]
    key: str
    words: tuple[str, ...]
    place: Place


class SshConfig(Struct, frozen=True):
    """A whole ssh_config with what it includes, in the order in which it is applied."""

    file: str
    folder: Path  # where relative paths start
    options: tuple[Option, ...]
    conditions: tuple[Condition, ...]

    def names(self) -> dict[str, Place]:
        """Return each name of a Host line that has no wildcard, with its place."""
        found: dict[str, Place] = {}
        for condition in self.conditions:
            for word in () if condition.is_match else condition.words:
                if not any(char in word for char in "*?!"):
                    found.setdefault(word, condition.place)
        return found

    def is_named(self, name: str) -> bool:
        """Tell whether any Host line but `Host *` is meant for a name."""
        hosts = (one.words for one in self.conditions if not one.is_match)
        return any(_listed(name, [word for word in words if word != "*"]) for words in hosts)

    def resolve(self, name: str) -> dict[str, Option]:
        """Return the first value of each setting for a name; a key is (with place) an Option."""
        found: dict[str, Option] = {}
        finals = any("final" in one.words for one in self.conditions if one.is_match)
        for final in (False, True) if finals else (False,):
            for option in self.options:
                if option.key in found:
                    continue
                if all(_holds(one, name, found, final=final) for one in option.conditions):
                    found[option.key] = option
        return found


def read_ssh_config(path: Path | None, mistakes: Mistakes) -> SshConfig | None:
    """Return the config (None: ~/.ssh/config); None when it cannot be read (then noted)."""
    file = "~/.ssh/config" if path is None else str(path)
    real = path or Path("~/.ssh/config").expanduser()
    reader = _Reader(real.parent, mistakes)
    try:
        reader.read(real, file, (), depth=0)
    except ConfigError as err:
        mistakes.add(Place(file, 1), str(err))
        return None
    return SshConfig(file, real.parent, tuple(reader.options), tuple(reader.conditions))


class _Reader:
    """Flattens files and includes into options with all their conditions."""

    def __init__(self, folder: Path, mistakes: Mistakes) -> None:
        self._folder, self._mistakes = folder, mistakes
        self._files = 0
        self.options: list[Option] = []
        self.conditions: list[Condition] = []

    def read(self, path: Path, file: str, outer: tuple[Condition, ...], *, depth: int) -> None:
        """Read one file; its lines hold under the conditions of the line that included it."""
        self._files += 1
        if depth > MOST_DEPTH or self._files > MOST_FILES:
            raise Wrong(f"includes more than {MOST_DEPTH} levels or {MOST_FILES} files")
        raw = read_bounded(path, name=file, most_bytes=MOST_BYTES)
        inner = outer
        for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), 1):
            place = Place(file, number)
            key, words = split_line(line)
            if key in ("host", "match"):
                inner = (*outer, self._condition(key, words, place))
            elif key == "include":
                self._include(words, inner, depth)
            elif key in READ and words:
                self.options.append(Option(inner, key, words, place))

    def _condition(self, key: str, words: tuple[str, ...], place: Place) -> Condition:
        condition = Condition(key == "match", words, place)
        self.conditions.append(condition)
        return condition

    def _include(self, words: Sequence[str], inner: tuple[Condition, ...], depth: int) -> None:
        for word in words:
            pattern = path_from(word, self._folder)
            for path in sorted(_globbed(pattern)):
                if path.is_file():
                    self.read(path, str(path), inner, depth=depth + 1)


def _globbed(pattern: Path) -> Iterator[Path]:
    if not any(char in str(pattern) for char in "*?["):
        yield pattern
        return
    root = Path(pattern.anchor)
    try:
        yield from root.glob(str(pattern.relative_to(root)))
    except (OSError, ValueError, NotImplementedError):  # an Include that matches nothing is fine
        return


def split_line(line: str) -> tuple[str, tuple[str, ...]]:
    """Return the keyword in lower case and its arguments: `Key value`, `Key=value`, quotes."""
    match = re.match(r"\s*([A-Za-z]+)(?:\s*=\s*|\s+|$)(.*)", line)
    if match is None:
        return "", ()
    words = []
    for one in _WORD.finditer(match[2]):
        if (one[3] or "").startswith("#"):
            break
        words.append(next(group for group in one.groups() if group is not None))
    return match[1].lower(), tuple(words)


def _listed(name: str, patterns: Sequence[str]) -> bool:
    """Tell whether patterns (* and ?, ! excludes) are meant for a name."""
    if any(pattern[:1] == "!" and _like(name, pattern[1:]) for pattern in patterns):
        return False
    return any(pattern[:1] != "!" and _like(name, pattern) for pattern in patterns)


def _like(name: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))


def _holds(condition: Condition, name: str, found: dict[str, Option], *, final: bool) -> bool:
    if not condition.is_match:
        return _listed(name, condition.words)
    words = iter(condition.words)
    for word in words:
        criterion = word.lower()
        negated = criterion.startswith("!")
        criterion = criterion.removeprefix("!")
        if criterion in ("all", "final", "canonical"):
            truth = criterion == "all" or (criterion == "final" and final)
        else:
            subject = _subject(criterion, name, found)
            if subject is None:
                return False
            truth = _listed(subject, next(words, "").split(","))
        if truth == negated:
            return False
    return bool(condition.words)


def _subject(criterion: str, name: str, found: dict[str, Option]) -> str | None:
    """Return what a criterion looks at; None for exec and others, which are never met here."""
    if criterion == "host":
        return address_of(name, found)
    if criterion == "originalhost":
        return name
    if criterion == "user":
        return user_of(found)
    return local_user() if criterion == "localuser" else None


def user_of(found: dict[str, Option]) -> str:
    """Return the remote user that is set so far, or who runs this."""
    return found["user"].words[0] if "user" in found else local_user()


def local_user() -> str:
    """Return who runs this; empty when the machine does not know."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def address_of(name: str, found: dict[str, Option]) -> str:
    """Return the host name that is set so far, or the name itself."""
    if "hostname" not in found:
        return name
    return expanded(found["hostname"].words[0], {"h": name})


def expanded(text: str, tokens: dict[str, str]) -> str:
    """Replace %h and its like (ssh_config(5), TOKENS); an unknown one stays."""
    return _TOKEN.sub(lambda match: {"%": "%", **tokens}.get(match[1], match[0]), text)


def exec_conditions(config: SshConfig) -> Iterator[str]:
    """Yield a warning for each Match line that is not applied because it would run a command."""
    for condition in config.conditions:
        if condition.is_match and any(
            word.lower().strip("!") == "exec" for word in condition.words
        ):
            yield f"{condition.place}: Match exec is never run; what follows it is not applied"


def usable_names(config: SshConfig, mistakes: Mistakes) -> Iterator[tuple[str, Place]]:
    """Yield the config's own names with their places; hostile ones are noted and left out."""
    for name, place in config.names().items():
        try:
            yield checks.host_name(name), place
        except Wrong as err:
            mistakes.add(place, f"Host {err}")
