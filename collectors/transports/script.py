"""Builds the one script that asks a host everything, from the asks themselves."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import resources
from shlex import quote

from collectors.runner import ask_name
from collectors.spec import Collector, SshCommand, SshFiles
from collectors.transports.waiting import is_one_program, waits_for_nobody

INSTALLED_AT = "/usr/local/sbin/handover-probe"
MOST_LINES = 1024  # questions whose lines are remembered: each host is asked them
A_PART = 25  # questions whose answers are sent together, where they are gathered
GREETING = "handover probe"  # what the installed script says first, before its version
HostAsk = SshCommand | SshFiles


@cache
def runtime() -> str:
    """Return the shell functions that every probe starts with, without their comments."""
    text = resources.files(__package__).joinpath("probe.sh").read_text("utf-8")
    return "".join(line + "\n" for line in text.splitlines() if not line.startswith("#"))


def host_asks(collectors: Iterable[Collector]) -> Iterator[tuple[str, HostAsk]]:
    """Yield name and ask of everything that can be asked of a host, each name once."""
    for collector in collectors:
        for ask in collector.asks:
            if isinstance(ask, SshCommand | SshFiles):
                yield ask_name(collector, ask), ask


@lru_cache(MOST_LINES)
def line_of(name: str, ask: HostAsk) -> str:
    """Return the script's line for an ask."""
    if isinstance(ask, SshFiles):
        return _files_line(name, ask)
    how = "quick" if waits_for_nobody(ask.text) else "run"
    words = (how, name, ask.timeout_s, ask.most_bytes, tool_of(ask), ask.text)
    return " ".join(quote(str(word)) for word in words)


def _files_line(name: str, ask: SshFiles) -> str:
    flags = ("m" if ask.meta or not ask.content else "") + ("" if ask.content else "n")
    flags += "s" if is_one_program(ask.filter) else ""
    granted = "".join(f" {place}" for place in granted_places(ask))
    words: tuple[object, ...] = (
        name,
        ask.timeout_s,
        ask.most_bytes,
        ask.most_files,
        flags or "-",
        ask.filter,
        granted and f"{granted} ",
        *ask.paths,
    )
    return "files " + " ".join(quote(str(word)) for word in words)


def granted_places(ask: SshFiles) -> tuple[str, ...]:
    """Return the files and directories of an ask that sudo may be granted to read."""
    if not ask.grant:
        return ()
    return tuple(
        dict.fromkeys(path.rpartition("/")[0] if "*" in path else path for path in ask.paths)
    )


def exact_commands(ask: HostAsk) -> tuple[str, ...]:
    """Return the commands, word by word, that a hosts' owner can grant for an ask as root.

    The probe runs these and no others through sudo: a file by cat, a directory of files by grep,
    which prints each line behind its file and number and fails when any file cannot be read.
    """
    if isinstance(ask, SshCommand):
        return ask.exact
    is_directory = {path.rpartition("/")[0] for path in ask.paths if "*" in path}
    return tuple(
        f"/usr/bin/grep -RnaH . {place}" if place in is_directory else f"/usr/bin/cat {place}"
        for place in granted_places(ask)
    )


def tool_of(ask: SshCommand) -> str:
    """Return the program that must exist for the ask: stated, or the first word; "-" for none."""
    if ask.tool:
        return ask.tool
    first = re.match(r"[A-Za-z0-9_./+-]+", ask.text)
    return first.group() if first else "-"


def questions(asks: Iterable[tuple[str, HostAsk]]) -> str:
    """Return the shell function `probe` that asks all of it, in order, and says when it is done."""
    lines = [line_of(name, ask) for name, ask in asks]
    parts = [lines[start : start + A_PART] for start in range(0, len(lines), A_PART)]
    functions = "".join(_function(f"part{number}", part) for number, part in enumerate(parts))
    calls = [f"part part{number}" for number in range(len(parts))]
    known = ["known"] if len(parts) > 1 else []
    end = 'printf \'%s%s%s Z\\n\' "$P" "$R" "$N"'
    return functions + _function("probe", [*known, *calls, end])


def _function(name: str, lines: Iterable[str]) -> str:
    return f"{name}() {{\n" + "".join(f"{line}\n" for line in lines) + "}\n"


def sent_script(
    asks: Iterable[tuple[str, HostAsk]],
    *,
    nonce: str,
    skip: Iterable[str] = (),
    exact: bool = False,
    gathered: bool = False,
) -> bytes:
    """Return the script for `sh -s`: runtime, questions, and the call with the run's nonce.

    `exact`: what was granted word by word is run through sudo. `gathered`: answers are sent in
    large pieces, so that the end of what has come does not tell which question is open.
    """
    sudo = f"SUDO={quote('sudo -n' if exact else '')}\n"
    known = f"N={quote(nonce)} SKIP={quote(_skip_list(skip))} G={gathered:d}\n"
    start = f"{known}probe </dev/null\nexit 0\n"
    return (sudo + runtime() + questions(asks) + start).encode()


def installed_script(asks: Iterable[tuple[str, HostAsk]]) -> bytes:
    """Return the script that a hosts' owner reviews and installs.

    It says its version first, and then takes nonce and skip list from standard input.
    """
    body = runtime() + questions(asks)
    head = (
        "#!/bin/sh\n"
        f"# handover probe {_version(body)}: reads, and only reads. Owner root, mode 0755.\n"
        "# It takes three lines on standard input: a nonce, the questions to leave out, and 1 for\n"
        "# answers in large pieces.\n"
        "#\n"
        "# To review it: each question is one line below `part0() {`. It starts with `run` or\n"
        "# `quick` (name, seconds, bytes, program that must exist, command) or `files` (name,\n"
        "# seconds, bytes of a file, most files, flags, filter, nothing, paths). What a filter\n"
        "# leaves out does not leave the host. The functions above ask these questions. Nothing\n"
        "# is redirected but to /dev/null and into the answer, and no file is made.\n"
        "SUDO=\n"
    )
    start = (
        f"echo '{GREETING} {_version(body)}'\n"
        'read -r N; read -r SKIP; read -r G; SKIP=" $SKIP "\n'
        "case $N in *[!0-9a-f]* | '') exit 2 ;; esac\n"
        "probe </dev/null\n"
    )
    return (head + body + start).encode()


def version_of(asks: Iterable[tuple[str, HostAsk]]) -> str:
    """Return the version that the installed script of these asks reports."""
    return _version(runtime() + questions(asks))


def _version(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def fed(nonce: str, skip: Iterable[str], *, gathered: bool = False) -> bytes:
    """Return what the installed script is fed on its standard input."""
    return f"{nonce}\n{' '.join(skip)}\n{gathered:d}\n".encode()


def _skip_list(skip: Iterable[str]) -> str:
    return f" {' '.join(skip)} "
