"""Two Jinja2 environments, one for HTML and one for Markdown; each escapes all that it prints.

Only text, whole numbers and what a macro of ours made can be printed. None, a list or a truth
value is an error: what an absence means is decided before, in the views.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from collectors.clean import clean_text

MOST_CHARACTERS = 2_000  # of one printed value
MOST_REMEMBERED = 50_000  # rendered cells of one kind
BUFFERED = 400  # pieces that are handed on together

_LINES = re.compile(r"[\r\n\t]+")
_SPECIAL = re.compile(r"([\\`*_\[\]|~$!])")
_STARTS = re.compile(r"^(\s*)([#+\-=]|\d+[.)])")
_BARE_LINKS = re.compile(r"(?i)(:)(?=//)|(?<=\bwww)(\.)|(@)|(?<=\bmailto)(:)|(?<=\bxmpp)(:)")


def pages(template: str, **views: Any) -> Iterator[str]:
    """Yield the parts of an HTML page. Views may be generators: each part is made when needed."""
    stream = _html().get_template(template).stream(**views)
    stream.enable_buffering(BUFFERED)
    yield from stream


def markdown(template: str, **views: Any) -> Iterator[str]:
    """Yield the parts of a Markdown document."""
    stream = _markdown().get_template(template).stream(**views)
    stream.enable_buffering(BUFFERED)
    yield from stream


def source(name: str) -> str:
    """Return a file of the templates package."""
    place = resources.files("templates")
    return place.joinpath(*name.split("/")).read_text(encoding="utf-8")


@cache
def style(name: str) -> Markup:
    """Return one of our own style sheets, to stand in <style>."""
    return Markup(source(name))  # noqa: S704  (a file of this package, never data)


@cache
def script(name: str) -> tuple[Markup, str]:
    """Return one of our own scripts, to stand in <script>, and its hash for the policy."""
    text = f"\n{source(name)}"
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"  # noqa: S704  (a file of this package, never data)


def printable(value: object) -> str | Markup:
    """Return the text to print, bounded, unsafe characters as visible escapes.

    Raises TypeError for what is no text: it would be printed as if it were one.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return _bounded(clean_text(value) if not value.isascii() or _odd(value) else value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"a template prints {type(value).__name__}, which is no text")


def escape_markdown(text: str) -> str:
    """Return the text so that Markdown shows it and does nothing else; one line."""
    flat = _LINES.sub(" ", text).strip()
    marked = _SPECIAL.sub(r"\\\1", flat)
    unlinked = _BARE_LINKS.sub(lambda found: f"\\{found.group()}", marked)
    tame = unlinked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _STARTS.sub(_escaped_start, tame)


def _escaped_start(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2][:-1]}\\{found[2][-1]}"


def _odd(text: str) -> bool:
    return not text.isprintable()


def _bounded(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS]}… ({len(text)} characters)"


def _as_markdown(value: object) -> Markup:
    text = printable(value)
    return text if isinstance(text, Markup) else Markup(escape_markdown(text))  # noqa: S704


def _remembered(environment: Environment, template: str, macro: str) -> Callable[[Any], Markup]:
    """Return a filter that renders a value by a macro; equal values are rendered once.

    The cells of a fleet are mostly alike, and a macro costs much more than a look-up.
    """

    @lru_cache(maxsize=MOST_REMEMBERED)
    def rendered(value: Any) -> Markup:
        made: Markup = getattr(environment.get_template(template).module, macro)(value)
        return made

    return rendered


def _joined(rendered: Callable[[Any], Markup]) -> Callable[[Iterable[Any]], Markup]:
    return lambda values: Markup("".join(map(rendered, values)))  # noqa: S704  (each is Markup)


@cache
def _html() -> Environment:
    return _environment("html/cells.j2", printable)


@cache
def _markdown() -> Environment:
    """Return the environment whose values are escaped for Markdown before autoescape sees them."""
    return _environment("text/cells.j2", _as_markdown)


def _environment(cells: str, finalize: Callable[[Any], Any]) -> Environment:
    made = Environment(
        loader=FunctionLoader(source),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["tds"] = _joined(_remembered(made, cells, "td"))
    made.filters["cell"] = _remembered(made, cells, "cell")
    made.filters["whys"] = _remembered(made, cells, "whys")
    return made
