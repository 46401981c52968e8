"""The words of a POSIX shell snippet, without their quotes (POSIX.1, Token Recognition)."""

from msgspec import Struct

from inventory.errors import ParseError

_OPERATORS = (
    *("<<-", "<<<", "&>>"),
    *("&&", "||", ";;", "<<", ">>", "<&", ">&", "<>", ">|", "&>"),
    *(";", "&", "|", "(", ")", "<", ">", "\n"),
)
NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789")


class Word(Struct, frozen=True):
    """One word with its quotes removed; expansions stand in it as they were written."""

    text: str
    is_plain: bool = True  # without any expansion
    is_quoted: bool = False  # some of it was quoted: it is no keyword
    is_open: bool = False  # an expansion in it is not quoted: it can become several words

    @property
    def variable(self) -> str:
        """Return the name of `$name` when the word is nothing else and is not quoted."""
        bare = not self.is_quoted and self.text.startswith("$")
        name = self.text[1:].removeprefix("{").removesuffix("}") if bare else ""
        return name if name and set(name) <= NAME else ""


class Reader:
    """Reads words and operators from one place of a snippet to the next."""

    def __init__(self, text: str) -> None:
        """Take the snippet; nothing is read yet."""
        self.text, self.at = text, 0

    def substitution(self) -> None:
        """Read the commands of `$(...)` up to its end: a parser's part."""
        raise NotImplementedError

    def operator(self) -> str:
        """Return the operator that stands here, without reading it; empty: none."""
        found = (one for one in _OPERATORS if self.text.startswith(one, self.at))
        return next(found, "")

    def keyword(self) -> str:
        """Return the unquoted word that begins here, without reading it."""
        end = self.at
        while end < len(self.text) and self.text[end] not in " \t\n;&|()<>\"'\\$`":
            end += 1
        is_whole = end == len(self.text) or self.text[end] in " \t\n;&|()<>"
        return self.text[self.at : end] if is_whole else ""

    def blank(self) -> None:
        """Go over blanks, comments and joined lines."""
        while self.at < len(self.text):
            if self.text.startswith("\\\n", self.at):
                self.at += 2
            elif self.text[self.at] in " \t":
                self.at += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def newlines(self, also: str = "") -> None:
        """Go over the ends of lines, and the characters `also`."""
        self.blank()
        while self.at < len(self.text) and self.text[self.at] in f"\n{also}":
            self.at += 1
            self.blank()

    def next_word(self) -> Word:
        """Read a word. Raises ParseError when none stands here."""
        self.blank()
        pieces: list[str] = []
        plain, quoted, is_open = True, False, False
        while self.at < len(self.text) and self.text[self.at] not in " \t\n;&|()<>":
            char = self.text[self.at]
            if char == "'":
                pieces.append(self._single())
                quoted = True
            elif char == '"':
                text, is_plain = self._double()
                pieces.append(text)
                plain, quoted = plain and is_plain, True
            elif char == "\\":
                pieces.append(self._escaped())
                quoted = True
            elif char in "$`":
                pieces.append(self._expansion())
                plain = plain and pieces[-1] == "$"
                is_open = is_open or not plain
            else:
                pieces.append(char)
                self.at += 1
        if not pieces:
            raise ParseError(f"a word is missing at {self.text[self.at : self.at + 20]!r}")
        return Word("".join(pieces), plain, quoted, is_open)

    def _escaped(self) -> str:
        if self.at + 1 >= len(self.text):
            raise ParseError("nothing follows a backslash")
        self.at += 2
        return self.text[self.at - 1]

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise ParseError("a quote is not closed")
        start, self.at = self.at + 1, end + 1
        return self.text[start:end]

    def _double(self) -> tuple[str, bool]:
        pieces: list[str] = []
        plain = True
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                return "".join(pieces), plain
            if char in "$`":
                pieces.append(self._expansion())
                plain = plain and pieces[-1] == "$"
            elif char == "\\" and self.text[self.at + 1 : self.at + 2] in ("$", "`", '"', "\\"):
                pieces.append(self.text[self.at + 1])
                self.at += 2
            else:
                pieces.append(char)
                self.at += 1
        raise ParseError("a double quote is not closed")

    def _expansion(self) -> str:
        """Read `$name`, `${...}`, `$((...))` or `$(...)`, whose commands are found as well."""
        start = self.at
        if self.text[start] == "`":
            raise ParseError("backquotes are not known here: write $(...)")
        if self.text.startswith("$((", start):
            return self._until("))", start)
        if self.text.startswith("$(", start):
            self.at += 2
            self.substitution()
            return self.text[start : self.at]
        if self.text.startswith("${", start):
            return self._until("}", start)
        self.at += 1
        if self.at < len(self.text) and self.text[self.at] in "@*#?$!-0123456789":
            self.at += 1
        else:
            while self.at < len(self.text) and self.text[self.at] in NAME:
                self.at += 1
        return self.text[start : self.at]

    def _until(self, end: str, start: int) -> str:
        """Read up to the end of an expansion that may contain no other command."""
        found = self.text.find(end, start)
        inside = self.text[start + 2 : found]
        if found < 0 or "$(" in inside or "`" in inside or "${" in inside:
            raise ParseError(f"{self.text[start : start + 20]!r} is too clever to be judged")
        self.at = found + len(end)
        return self.text[start : self.at]
