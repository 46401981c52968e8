"""Takes a POSIX shell snippet apart into its simple commands (POSIX.1, Shell Command Language)."""

from collections.abc import Iterator

from msgspec import Struct, structs

from collectors.shell_words import NAME, Reader, Word
from inventory.errors import ParseError

_REDIRECTIONS = frozenset(("<", ">", ">>", "<&", ">&", "<>", ">|"))
_SEPARATORS = frozenset((";", "\n", "&&", "||"))
_OPENERS = {"if": ("then",), "while": ("do",), "until": ("do",), "then": ("elif", "else", "fi")}
MOST_DEPTH = 20


class Redirection(Struct, frozen=True):
    """Where one stream of a command goes."""

    operator: str
    target: Word


class Command(Struct, frozen=True):
    """One simple command. Compound ones are not told: only what they contain."""

    words: tuple[Word, ...]
    assignments: tuple[tuple[str, Word], ...] = ()
    redirections: tuple[Redirection, ...] = ()
    is_piped: bool = False  # its standard output goes to another command: its status is lost


def commands(text: str) -> tuple[Command, ...]:
    """Return every simple command, those of `$(...)` included. Raises ParseError for all else.

    Not known here, and so refused: backquotes, functions, here-documents, `&`, `<(...)`.
    """
    parser = _Parser(text)
    parser.list(())
    if parser.at < len(text):
        raise ParseError(f"{text[parser.at : parser.at + 20]!r} is not expected there")
    return tuple(parser.found)


class _Parser(Reader):
    """Reads one snippet from its start; `$(...)` is read by the same parser, one level deeper."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0
        self.found: list[Command] = []

    def substitution(self) -> None:
        """Read the commands of `$(...)` up to its end."""
        self.list((")",))

    def list(self, ends: tuple[str, ...]) -> str:
        """Read commands up to one of the ending words or operators, and return that."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ParseError("nested too deep")
        while True:
            self.blank()
            operator = self.operator()
            if operator in ends or (operator == "" and self.at >= len(self.text) and not ends):
                self.at += len(operator)
                self.depth -= 1
                return operator
            if operator in _SEPARATORS:
                self.at += len(operator)
                continue
            word = self.keyword()
            if word in ends:
                self.at += len(word)
                self.depth -= 1
                return word
            if self.at >= len(self.text):
                raise ParseError(f"{ends[0]!r} is missing")
            self._pipeline()

    def _pipeline(self) -> None:
        while True:
            first = len(self.found)
            self._command()
            self.blank()
            if self.operator() != "|":
                return
            self.at += 1
            for place in range(first, len(self.found)):
                self.found[place] = structs.replace(self.found[place], is_piped=True)
            self.newlines()

    def _command(self) -> None:
        self.blank()
        word = self.keyword()
        if self.operator() == "(":
            self._within(1, ")")
        elif word == "{":
            self._within(1, "}")
        elif word == "!":
            self.at += 1
            self._command()
        elif word in ("if", "while", "until"):
            self.at += len(word)
            self._conditional(word)
        elif word == "for":
            self._for()
        elif word == "case":
            self._case()
        else:
            self._simple()

    def _within(self, length: int, end: str) -> None:
        self.at += length
        self.list((end,))
        self._redirected()

    def _conditional(self, word: str) -> None:
        self.list(_OPENERS[word])
        if word == "if":
            end = self.list(_OPENERS["then"])
            if end == "elif":
                self._conditional("if")
                return
            if end == "else":
                self.list(("fi",))
        else:
            self.list(("done",))
        self._redirected()

    def _for(self) -> None:
        words = [self.next_word() for _ in range(2)]
        if set(words[1].text) - NAME:
            raise ParseError("for what?")
        self.found.append(Command((), ((words[1].text, Word("$@", is_plain=False)),)))
        self.blank()
        if self.keyword() == "in":
            self.next_word()
            while not self._ends_words():
                self.next_word()
        self.newlines(";")
        if self.next_word().text != "do":
            raise ParseError("'do' is missing")
        self.list(("done",))
        self._redirected()

    def _case(self) -> None:
        for _ in range(3):  # case WORD in
            self.next_word()
        while True:
            self.newlines()
            if self.keyword() == "esac":
                self.at += 4
                self._redirected()
                return
            self._pattern()
            if self.list((";;", "esac")) == "esac":
                self._redirected()
                return

    def _pattern(self) -> None:
        self.blank()
        if self.operator() == "(":
            self.at += 1
        while True:
            self.next_word()
            self.blank()
            operator = self.operator()
            self.at += len(operator)
            if operator == ")":
                return
            if operator != "|":
                raise ParseError("')' is missing after a pattern of case")

    def _simple(self) -> None:
        words: list[Word] = []
        assigned: list[tuple[str, Word]] = []
        redirections = list(self._redirections())
        while not self._ends_words():
            word = self.next_word()
            name, is_assigned, value = word.text.partition("=")
            if not words and is_assigned and name and set(name) <= NAME:
                assigned.append((name, structs.replace(word, text=value)))
            else:
                words.append(word)
            redirections += self._redirections()
        if self.operator() == "(":
            raise ParseError("functions are not known here")
        if not (words or assigned or redirections):
            raise ParseError(f"{self.text[self.at : self.at + 20]!r} is not expected there")
        self.found.append(Command(tuple(words), tuple(assigned), tuple(redirections)))

    def _redirected(self) -> None:
        """Read the redirections after a compound command, as of a command without words."""
        redirections = tuple(self._redirections())
        if redirections:
            self.found.append(Command((), (), redirections))

    def _redirections(self) -> Iterator[Redirection]:
        while True:
            self.blank()
            start = self.at
            while self.at < len(self.text) and self.text[self.at].isdigit():
                self.at += 1
            operator = self.operator()
            if operator not in _REDIRECTIONS:
                self.at = start
                return
            self.at += len(operator)
            yield Redirection(operator, self.next_word())

    def _ends_words(self) -> bool:
        self.blank()
        return self.at >= len(self.text) or self.operator() != ""
