"""Who may act as whom through doas (doas.conf(5))."""

import re
from collections.abc import Iterator

from collectors.parse import quoted_words
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector
from inventory.model.access import DoasRule

DOAS = SshFiles(
    "doas",
    ("/etc/doas.conf", "/etc/doas.d/*.conf", "/usr/local/etc/doas.conf"),
    needs="root",
    grant=True,
)

# Words up to a comment; what setenv sets may be a secret and is left out.
_TOKEN = re.compile(r"[{}]|(?:\"(?:[^\"\\]|\\.)*+\"|\\.|[^\s\"\\{}])++|\"|\\$")
_OPTIONS = frozenset(("nopass", "nolog", "persist", "keepenv", "setenv"))


@collector("linux.doas", asks=[DOAS], tells=[DoasRule])
def doas_rules(doas: Answers) -> Iterator[DoasRule | Unreadable]:
    """Yield each rule in its order; the last one that matches decides."""
    for answer in doas:
        for order, (number, text) in enumerate(_rules(answer), 1):
            yield _rule(answer, number, order, _words(text))


def _rules(answer: Answer) -> Iterator[tuple[int, str]]:
    """Yield the number of its first line and the text of each rule, continuations joined."""
    pending, first = "", 0
    for number, line in enumerate(answer.text.split("\n"), 1):
        pending += line
        first = first or number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            pending = pending[:-1] + " "
            continue
        if pending.strip() and not pending.lstrip().startswith("#"):
            yield first, pending
        pending, first = "", 0
    if pending.strip():
        yield first, pending


def _words(text: str) -> list[str]:
    """Return the words as written, without comment and without `{ ... }`."""
    words: list[str] = []
    depth = 0
    for word in _TOKEN.findall(text):
        if word.startswith("#"):
            break
        depth += (word == "{") - (word == "}")
        if depth == 0 and word != "}":
            words.append(word)
    return words if depth == 0 else []


def _rule(answer: Answer, number: int, order: int, words: list[str]) -> DoasRule | Unreadable:
    """Read `permit [options] identity [as target] [cmd command [args ...]]`."""
    options = 1
    while options < len(words) and words[options] in _OPTIONS:
        options += 1
    identity, *rest = words[options:] or [""]
    target, rest = (rest[1], rest[2:]) if rest[:1] == ["as"] and len(rest) > 1 else (None, rest)
    command, rest = (_command(rest[1:]), []) if rest[:1] == ["cmd"] else (None, rest)
    if words[:1] not in (["permit"], ["deny"]) or not identity or rest or command == "":
        return Unreadable(answer.at(number), "not a rule of doas.conf(5)", answer.path)
    return DoasRule(
        at=answer.at(number),
        file=answer.path,
        order=order,
        permits=words[0] == "permit",
        identity=_plain(identity),
        target=None if target is None else _plain(target),
        command=command,
        needs_password="nopass" not in words[1:options],
    )


def _command(words: list[str]) -> str:
    """Return command and bound arguments; `args` without any binds it to none, as sudo's `""`."""
    if not words or (len(words) > 1 and words[1] != "args"):
        return ""
    arguments = words[2:] or ['""'] * (len(words) - 1)
    return " ".join([_plain(words[0]), *arguments])


def _plain(word: str) -> str:
    """Return the word without quotes."""
    return " ".join(quoted_words(word) or (word,))
