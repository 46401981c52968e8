"""The grammar of sudoers(5): lines into grants, aliases, telling defaults and includes."""

import re
from collections.abc import Iterator

from msgspec import Struct

from inventory.errors import ParseError


class Grant(Struct, frozen=True):
    """Commands of one user specification that share hosts, run-as and tags."""

    users: tuple[str, ...]
    hosts: tuple[str, ...]
    run_as: tuple[str, ...]
    run_as_groups: tuple[str, ...]
    tags: tuple[str, ...]
    commands: tuple[str, ...]


class Alias(Struct, frozen=True):
    """One alias of a `User_Alias`, `Host_Alias`, `Runas_Alias` or `Cmnd_Alias` line."""

    type: str
    name: str
    members: tuple[str, ...]


class Default(Struct, frozen=True):
    """One setting of a Defaults line that changes who must prove what."""

    scope: str
    setting: str


class Include(Struct, frozen=True):
    """A line that names another file, or a directory of files."""

    path: str
    is_directory: bool


class Mistake(Struct, frozen=True):
    """What is wrong with a line: sudo would not read it either, or it was redacted."""

    detail: str


Statement = Grant | Alias | Default | Include | Mistake


class _Spec(Struct, frozen=True):
    """A command, and what stands in force before it."""

    command: str
    run_as: tuple[str, ...]
    run_as_groups: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def terms(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return all but the command."""
        return self.run_as, self.run_as_groups, self.tags


_CODE = re.compile(r"(?:\"[^\"]*+\"|\\.|[^\"\\#]|#(?=[0-9-])|\"|\\$)*+")  # up to a comment
_INCLUDE = re.compile(r"\s*[#@]include(dir)?\s+(\"[^\"]+\"|(?:\\.|[^\s\\])+)\s*(?:#.*)?$")
_ALIAS = re.compile(r"\s*(User|Runas|Host|Cmnd|Cmd)_Alias\s+")
_ALIAS_NAME = re.compile(r"\s*([A-Z][A-Z0-9_]*)\s*=\s*")
_DEFAULTS = re.compile(r"\s*Defaults(?:([@:!>])\s*([^\s]+)|(?=\s))\s*(.*)$")
_TELLING = re.compile(
    r"\s*((?:!\s*)*(?:authenticate|targetpw|rootpw|runaspw)\b|runas_default\s*=\s*[^\s,]+)"
)
_IPV6 = r"(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:.]++(?:/[0-9A-Fa-f:.]++)?"
_NAME = re.compile(rf"\s*((?:!\s*)*+)(\"[^\"]+\"|{_IPV6}|(?:%:)?(?:\\.|[^\s,:=()!\"\\])++)")
_COMMA = re.compile(r"\s*,\s*")
_COLON = re.compile(r"\s*:\s*")
_EQUALS = re.compile(r"\s*=\s*")
_RUN_AS = re.compile(r"\s*\(([^()]*)\)")
_OPTION = re.compile(
    r"\s*(ROLE|TYPE|PRIVS|LIMITPRIVS|APPARMOR_PROFILE|NOTBEFORE|NOTAFTER|TIMEOUT|CWD|CHROOT)"
    r"\s*=\s*(\"[^\"]*\"|(?:\\.|[^\s,\\])+)"
)
_TAG = re.compile(r"\s*(NO)?(EXEC|FOLLOW|LOG_INPUT|LOG_OUTPUT|MAIL|INTERCEPT|PASSWD|SETENV)\s*:\s*")
_DIGESTS = re.compile(r"(?:\s*sha(?:224|256|384|512)\s*:\s*[A-Za-z0-9+/=]++\s*,?)*+")
_COMMAND = re.compile(
    r"\s*((?:!\s*)*+)((?:(?<![^\s!])\^[^#]{0,1024}?\$(?=\s*(?:[,:]|$))|\\.|[^\\,:=#])++)"
)
_RUNNABLE = re.compile(r"(?:[/^~]|(?:[A-Z][A-Z0-9_]*|sudoedit\b.*|list)$)")
_AFTER = re.compile(r"\s*([,:]|$)\s*")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))")


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield first line number and text of each line that says something, continuations joined."""
    pending, first = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        code = line if _INCLUDE.match(line) else _code(line)
        first = first or number
        if code == line and _is_continued(line):
            pending += line.rstrip()[:-1] + " "
            continue
        if (pending + code).strip():
            yield first, (pending + code).strip()
        pending, first = "", 0
    if pending.strip():
        yield first, pending.strip()


def _code(line: str) -> str:
    match = _CODE.match(line)
    return match.group() if match else line


def _is_continued(line: str) -> bool:
    bare = line.rstrip()
    return (len(bare) - len(bare.rstrip("\\"))) % 2 == 1


def statements(text: str) -> tuple[Statement, ...]:
    """Return what one logical line says."""
    try:
        return tuple(_statements(text))
    except ParseError as err:
        return (Mistake(str(err)),)


def _statements(text: str) -> Iterator[Statement]:
    if match := _INCLUDE.match(text):
        yield Include(_unescaped(match.group(2).strip('"')), match.group(1) is not None)
    elif match := _ALIAS.match(text):
        yield from _aliases(match.group(1), text, match.end())
    elif match := _DEFAULTS.match(text):
        scope = (match.group(1) or "") + (match.group(2) or "")
        yield from _defaults(scope, match.group(3))
    else:
        yield from _grants(text)


def _defaults(scope: str, settings: str) -> Iterator[Default]:
    """Yield the settings that change whose password is asked for, or as whom one runs."""
    for setting in re.sub(r"\"[^\"]*\"", '""', settings).split(","):
        if match := _TELLING.match(setting):
            yield Default(scope, re.sub(r"\s", "", match.group(1)).replace("!!", ""))


def _aliases(word: str, text: str, at: int) -> Iterator[Alias]:
    """Yield `NAME = member, ... : NAME = ...`."""
    kind = "Cmnd" if word == "Cmd" else word
    while True:
        name = _ALIAS_NAME.match(text, at)
        if name is None:
            raise ParseError("the name of an alias is missing")
        members, at = (_commands if kind == "Cmnd" else _names)(text, name.end())
        yield Alias(kind, name.group(1), members)
        mark, at = _after(text, at)
        if not mark:
            return


def _grants(text: str) -> Iterator[Grant]:
    """Yield the grants of `users hosts = commands : hosts = commands`."""
    users, at = _names(text, 0)
    mark = ":"
    while mark == ":":
        hosts, at = _names(text, at)
        equals = _EQUALS.match(text, at)
        if equals is None:
            raise ParseError("an equals sign is missing after the hosts")
        specs, at = _specs(text, equals.end())
        yield from _grouped(users, hosts, specs)
        mark, at = _after(text, at)


def _grouped(users: tuple[str, ...], hosts: tuple[str, ...], specs: list[_Spec]) -> Iterator[Grant]:
    """Yield one grant for each run of commands under the same terms."""
    start = 0
    for end in range(1, len(specs) + 1):
        if end == len(specs) or specs[end].terms != specs[start].terms:
            commands = tuple(spec.command for spec in specs[start:end])
            yield Grant(users, hosts, *specs[start].terms, commands)
            start = end


def _names(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """Return the names of a list, without quotes and escapes, and where it ends."""
    names: list[str] = []
    while True:
        name = _NAME.match(text, at)
        if name is None:
            raise ParseError("a name is missing")
        names.append(_negation(name.group(1)) + _unescaped(name.group(2).strip('"')))
        comma = _COMMA.match(text, name.end())
        if comma is None:
            return tuple(names), name.end()
        at = comma.end()


def _commands(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """Return the commands of a list without tags, and where it ends."""
    commands: list[str] = []
    while True:
        command, at = _command(text, at)
        commands.append(command)
        comma = _COMMA.match(text, at)
        if comma is None:
            return tuple(commands), at
        at = comma.end()


def _specs(text: str, at: int) -> tuple[list[_Spec], int]:
    """Return the commands up to the next host; run-as and tags hold until they are replaced."""
    specs: list[_Spec] = []
    run_as: tuple[str, ...] = ("root",)
    groups: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    while True:
        if match := _RUN_AS.match(text, at):
            run_as, groups = _run_as(match.group(1))
            at = match.end()
        more, at = _tags(text, at)
        tags = tags | more
        command, at = _command(text, at)
        specs.append(_Spec(command, run_as, groups, tuple(tags.values())))
        comma = _COMMA.match(text, at)
        if comma is None:
            return specs, at
        at = comma.end()


def _run_as(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return users and groups of `users : groups`; either may be missing."""
    users, at = _names_if_any(text, 0)
    colon = _COLON.match(text, at)
    groups, at = _names_if_any(text, colon.end()) if colon else ((), at)
    if text[at:].strip():
        raise ParseError("a run-as list cannot be read")
    return users, groups


def _names_if_any(text: str, at: int) -> tuple[tuple[str, ...], int]:
    return _names(text, at) if text[at:].strip() and not _COLON.match(text, at) else ((), at)


def _tags(text: str, at: int) -> tuple[dict[str, str], int]:
    """Return tags and options in force, each under the name that a later one replaces."""
    found: dict[str, str] = {}
    while match := _TAG.match(text, at) or _OPTION.match(text, at):
        at = match.end()
        first, second = match.groups()
        if match.re is _TAG:
            found[second] = (first or "") + second
        else:
            found[first] = f"{first}={second.strip(chr(34))}"
    return found, at


def _command(text: str, at: int) -> tuple[str, int]:
    """Return a command as written, digests and negation before it, and where it ends."""
    digests = _DIGESTS.match(text, at)
    start = digests.end() if digests else at
    match = _COMMAND.match(text, start)
    words = " ".join(match.group(2).split()) if match else ""
    if match is None or not _RUNNABLE.match(words):
        raise ParseError("a command was redacted" if "***" in words else "a command is missing")
    known = " ".join(text[at:start].split())
    return f"{known} {_negation(match.group(1))}{words}".strip(), match.end()


def _after(text: str, at: int) -> tuple[str, int]:
    """Return the colon that opens the next part, or "" at the end."""
    match = _AFTER.match(text, at)
    if match is None or match.group(1) == ",":
        raise ParseError("something follows that sudoers(5) does not allow there")
    return match.group(1), match.end()


def _negation(marks: str) -> str:
    return "!" if marks.count("!") % 2 else ""


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m.group(1), 16)) if m.group(1) else m.group(2), text)
