"""Whether what is asked of a host only reads: judged before it is ever sent.

It is a list of what is known to be harmless, not of what is known to do harm: everything that it
does not know is refused. That an ask really changes nothing is proved on real hosts as well.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from collectors.filters import UNKNOWN
from collectors.readonly import RULES, anything
from collectors.runner import ask_name
from collectors.shell import Command, Redirection, commands
from collectors.shell_words import Word
from collectors.spec import Collector, SshCommand, SshFiles
from inventory.errors import ParseError

# sudo hands each word of a granted command to the program as it is; no shell sees it.
_EXACT_WORD = re.compile(r"[A-Za-z0-9_./{}|,:=+%-]+")
_PATH = re.compile(r"(?:\{home\}|)(?:/[A-Za-z0-9_.,=~+*?@ -]+)+")
_FOLDER = re.compile(r"|/(?:usr/)?(?:local/)?s?bin|/opt/[A-Za-z0-9_/-]+")
_NUMBER = re.compile(r"[0-9]|-")
_SETTABLE = re.compile(r"[a-z_][a-z0-9_]*|IFS|TMPDIR")
_PREFIXES = {"timeout": 1, "nice": 0}  # words of their own before the command that they start
_SUDO = "$SUDO"
_READ = Word("", is_plain=False)
_IN_MEMORY = "/dev/shm"  # noqa: S108  (it is not written here: it is the one place allowed)


def problems(collectors: Iterable[Collector]) -> Iterator[str]:
    """Yield what is wrong with the asks of collectors, each with the name of its ask."""
    for one in collectors:
        for ask in one.asks:
            found: Iterator[str] = iter(())
            if isinstance(ask, SshCommand):
                found = command_problems(ask)
            elif isinstance(ask, SshFiles):
                found = files_problems(ask)
            yield from (f"{ask_name(one, ask)}: {problem}" for problem in found)


def command_problems(ask: SshCommand) -> Iterator[str]:
    """Yield what is wrong with a command."""
    yield from text_problems(ask.text)
    yield from _sudo_problems(ask)
    for exact in ask.exact:
        yield from _exact_problems(exact)


def files_problems(ask: SshFiles) -> Iterator[str]:
    """Yield what is wrong with an ask for files."""
    for path in ask.paths:
        if not _PATH.fullmatch(path) or "/../" in f"{path}/":
            yield f"{path!r} is not an absolute path, or one below {{home}}"
    if ask.filter:
        yield from text_problems(ask.filter)
    if ask.grant:
        yield from _grant_problems(ask)


def text_problems(text: str) -> Iterator[str]:
    """Yield what is wrong with a snippet: everything that is not known to only read."""
    try:
        found = commands(text)
    except ParseError as err:
        yield f"cannot be judged: {err}"
        return
    values = _literal_values(found)
    for command in found:
        yield from _assignment_problems(command)
        yield from (p for one in command.redirections for p in _redirection_problems(one))
        yield from _word_problems(command.words, values)


def _assignment_problems(command: Command) -> Iterator[str]:
    for name, value in command.assignments:
        if not _SETTABLE.fullmatch(name):
            yield f"sets {name}, which may change what a command does"
        elif name == "TMPDIR" and value.text != _IN_MEMORY:
            yield "sets TMPDIR to a place that is not in memory"


def _redirection_problems(one: Redirection) -> Iterator[str]:
    target = one.target.text
    if one.operator == "<" or (one.operator in (">&", "<&") and _NUMBER.fullmatch(target)):
        return
    if one.operator in (">", ">>") and target == "/dev/null":
        return
    yield f"redirects to {target!r}"


def _word_problems(words: Sequence[Word], values: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield what is wrong with the words of one command."""
    said = [word.text for word in words]
    while said and (said[0] == _SUDO or (said[0] in _PREFIXES and words[0].is_plain)):
        length = 1 + _PREFIXES.get(said[0], 0)
        words, said = words[length:], said[length:]
    if not said:
        return
    if not words[0].is_plain:
        yield f"starts {said[0]!r}, which is not known before it runs"
        return
    folder, _, name = said[0].rpartition("/")
    rule = RULES.get(name)
    if rule is None or not _FOLDER.fullmatch(folder):
        yield f"{said[0]!r} is not known to be read-only"
        return
    if rule is anything:
        return
    try:
        problem = rule(tuple(_expanded(words[1:], values)))
    except ParseError as err:
        problem = str(err)
    if problem:
        yield f"{said[0]}: {problem}"


def _expanded(words: Sequence[Word], values: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield the words; an unquoted variable as every literal value that the snippet gives it."""
    for word in words:
        if word.variable in values:
            yield from (piece for value in values[word.variable] for piece in value.split())
        elif word.is_open and word.text not in ("$?", "$#"):
            raise ParseError(f"{word.text} can become any words: put it in double quotes")
        else:
            yield word.text if word.is_plain else UNKNOWN + word.text


def _literal_values(found: Iterable[Command]) -> dict[str, tuple[str, ...]]:
    """Return the values of the variables to which nothing but literal text is ever assigned."""
    assigned: dict[str, list[Word]] = {}
    for command in found:
        read = command.words[1:] if [word.text for word in command.words[:1]] == ["read"] else ()
        for name, value in (*command.assignments, *((word.text, _READ) for word in read)):
            assigned.setdefault(name, []).append(value)
    return {
        name: tuple(value.text for value in given)
        for name, given in assigned.items()
        if all(value.is_plain for value in given)
    }


def _sudo_problems(ask: SshCommand) -> Iterator[str]:
    """Yield where `$SUDO` and the commands that can be granted do not agree."""
    try:
        found = commands(ask.text)
    except ParseError:
        return
    run: set[str] = set()
    for command in found:
        said = [word.text for word in command.words]
        if said[:1] == [_SUDO]:
            run.add(" ".join(said[1:]))
            if command.is_piped:
                yield f"{said[1]} runs through sudo into a pipe, which hides that sudo refused"
            if not all(word.is_plain for word in command.words[1:]):
                yield f"{said[1]} runs through sudo with words that are not known before"
    granted = {*ask.exact, *map(_bare, ask.exact)}
    for line in sorted(run - granted):
        yield f"runs `{line}` through sudo, which is not among its exact commands"
    for exact in ask.exact:
        if not {exact, _bare(exact)} & run:
            yield f"grants `{exact}`, which it does not run"


def _bare(exact: str) -> str:
    """Return a command without the directory of its program."""
    program, _, rest = exact.partition(" ")
    return f"{program.rpartition('/')[2]} {rest}".rstrip()


def _exact_problems(exact: str) -> Iterator[str]:
    words = exact.split(" ")
    if not words[0].startswith("/"):
        yield f"`{exact}` does not start with an absolute path"
    for word in words:
        if not _EXACT_WORD.fullmatch(word):
            yield f"`{exact}` has a word that sudo or a shell could expand: {word!r}"
    yield from _word_problems([Word(word) for word in words], {})


def _grant_problems(ask: SshFiles) -> Iterator[str]:
    """Yield why the reading of files cannot be granted one by one."""
    if ask.needs != "root" or ask.meta or not ask.content:
        yield "grants what needs no root, or more than reading"
    for path in ask.paths:
        folder, _, name = path.rpartition("/")
        if (
            path.startswith("{")
            or "*" in folder
            or "?" in path
            or not _EXACT_WORD.fullmatch(folder)
        ):
            yield f"{path!r} cannot be granted as one file or one directory"
        elif "*" in name and ask.filter:
            yield f"{path!r} is a directory: what sudo reads of it passes no filter"
        elif "*" not in name and not _EXACT_WORD.fullmatch(name):
            yield f"{path!r} cannot be granted word by word"
