"""Which commands wait for nobody: no daemon, no server, no lock, no account of a directory.

They need no watch on the host, which costs four programs a question. A file that hangs them (a
dead mount) hangs the reading of files as well: who asks notices by the silence.
"""

import re

from collectors.shell import Command, commands
from inventory.errors import ParseError

_SUDO = "$SUDO"
_BUILTIN = frozenset(
    (":", "[", "cd", "command", "echo", "exit", "printf", "read", "set", "continue")
)
# Programs that only read files or ask the kernel. `ls -l` and `stat %U` ask for names of accounts,
# which may come from a server.
_PROGRAMS = frozenset(
    (
        *("awk", "cat", "cut", "date", "dpkg-query", "grep", "head", "ip", "ls", "sed", "sort"),
        *("ss", "sshd", "stat", "systemd-detect-virt", "tail", "tr", "uname", "uniq", "wc", "who"),
    )
)
_NAMES = {"ls": re.compile(r"-\w*[lgn]|--"), "stat": re.compile(r"[^%]*(?:%[^UG])*%[UG]")}


def waits_for_nobody(text: str) -> bool:
    """Tell whether a snippet is made of nothing but commands that end by themselves."""
    try:
        return all(_is_quick(command) for command in commands(text))
    except ParseError:
        return False


def _is_quick(command: Command) -> bool:
    words = [word.text for word in command.words if word.text != _SUDO]
    if not words or words[0] in _BUILTIN:
        return True
    asks_names = _NAMES.get(words[0])
    return words[0] in _PROGRAMS and not (
        asks_names and any(asks_names.match(word) for word in words[1:])
    )


def is_one_program(text: str) -> bool:
    """Tell whether a filter is one program with its words, which may take the shell's place."""
    try:
        found = commands(text)
    except ParseError:
        return False
    return (
        len(found) == 1
        and found[0].words[0].text in _PROGRAMS
        and text.startswith(found[0].words[0].text)
    )
