"""Whether an awk or sed program only reads (POSIX.1: awk, sed; the extensions of GNU)."""

import re
from collections.abc import Sequence

from inventory.errors import ParseError

UNKNOWN = "\0"  # begins a word that is only known when it runs
_AWK_WRITES = re.compile(r"\bprintf?\b[^;}\n]*[>|]|[|]&?\s*getline|[|]&|\bsystem\s*\(")
_OPENS_PATTERN = re.compile(r"(?:^|[(,~!&|{};:?=\n]|\b(?:print|return|in|printf))[ \t]*$")
_AWK_FLAGS = frozenset(("-F", "-v"))
_SED_FLAGS = frozenset("gpIiMm0123456789")
_SED_PLAIN = frozenset("dDpPqQhHgGxnN=lz")


def awk_problem(words: Sequence[str]) -> str:
    """Return why an awk command line is refused; empty: it only reads."""
    rest = list(words)
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if word in _AWK_FLAGS and rest:
            rest.pop(0)
        elif not word.startswith(("-F", "-v")):
            return f"the option {word} of awk is not known to be harmless"
    if not rest or rest[0].startswith(UNKNOWN):
        return "awk without a program that is known"
    if _AWK_WRITES.search(_without_literals(rest[0])):
        return "an awk program that writes, or starts a program"
    return ""


def _without_literals(program: str) -> str:
    """Return an awk program without its strings, patterns and comments.

    Raises ParseError where awks disagree: an unescaped `/` in the brackets of a pattern.
    """
    kept = ""
    at = 0
    while at < len(program):
        char = program[at]
        if char == '"':
            at = _closing(program, at, '"')
            kept += '""'
        elif char == "/" and _OPENS_PATTERN.search(kept):
            at = _closing(program, at, "/")
            kept += "//"
        elif char == "#":
            end = program.find("\n", at)
            at = len(program) if end < 0 else end
        else:
            kept += char
            at += 1
    return kept


def _closing(program: str, at: int, mark: str) -> int:
    """Return the place after the end of a string or pattern that begins at `at`."""
    at += 1
    bracket = False
    while at < len(program) and program[at] != mark:
        if program[at] == "\\":
            at += 1
        elif program[at] == "\n":
            break
        elif mark == "/":
            bracket = program[at] == "[" or (bracket and program[at] != "]")
        at += 1
    if bracket or program[at : at + 1] != mark:
        raise ParseError("an awk program whose strings and patterns cannot be told apart")
    return at + 1


def sed_problem(words: Sequence[str]) -> str:
    """Return why a sed command line is refused; empty: it only reads."""
    scripts: list[str] = []
    rest = list(words)
    operands: list[str] = []
    while rest:
        word = rest.pop(0)
        if word in ("-e", "-ne", "-nE") and rest:
            scripts.append(rest.pop(0))
        elif word in ("-n", "-E", "-r", "-s", "--"):
            continue
        elif word.startswith("-") and word != "-":
            return f"the option {word} of sed is not known to be harmless"
        else:
            operands.append(word)
    if not scripts and not operands:
        return "sed without a program"
    program = "\n".join(scripts) if scripts else operands[0]
    if UNKNOWN in program:
        return "a sed program that is only known when it runs"
    return "" if _Sed(program).only_reads() else "a sed program that is not known to only read"


class _Sed:
    """Reads a sed program command by command."""

    def __init__(self, program: str) -> None:
        self.program, self.at, self.is_odd = program, 0, False

    def only_reads(self) -> bool:
        """Tell whether each of its commands is known, and writes no file and starts no program."""
        while self.at < len(self.program):
            if self.program[self.at] in " \t\n;{}!,0123456789$":
                self.at += 1
            elif self.program[self.at] == "/":
                self._part("/")
                self._over("IM")
            elif not self._command(self.program[self.at]):
                return False
        return not self.is_odd

    def _command(self, char: str) -> bool:
        self.at += 1
        if char == "s":
            mark = self.program[self.at : self.at + 1]
            self._part(mark)
            self.at -= 1
            self._part(mark)
            return self._flags()
        if char in "tbT:":
            end = re.compile(r"[\n;}]|$").search(self.program, self.at)
            self.at = end.start() if end else len(self.program)
            return True
        return char in _SED_PLAIN

    def _part(self, mark: str) -> None:
        """Go over what stands between the mark here and the next one that is not escaped."""
        self.at += 1
        bracket = False
        while self.at < len(self.program) and (bracket or self.program[self.at] != mark):
            char = self.program[self.at]
            self.is_odd = self.is_odd or char == mark  # in brackets: seds disagree where it ends
            if char == "\\" and (not bracket or self.program.startswith(mark, self.at + 1)):
                self.at += 1
            elif char == "[" and not bracket:
                bracket = True
                self.at += self.program[self.at + 1 : self.at + 2] in ("]", "^")
            elif char == "[" and self.program.startswith("[:", self.at):
                self.at = self.program.find(":]", self.at) + 1
            elif char == "]":
                bracket = False
            self.at += 1
        self.at += 1

    def _flags(self) -> bool:
        while self.at < len(self.program) and self.program[self.at] not in " \t\n;}":
            if self.program[self.at] not in _SED_FLAGS:
                return False
            self.at += 1
        return self.at <= len(self.program)

    def _over(self, chars: str) -> None:
        while self.program[self.at : self.at + 1] and self.program[self.at] in chars:
            self.at += 1
