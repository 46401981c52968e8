"""What targets say is shown and does nothing: in HTML, in Markdown, in a spreadsheet."""

import csv
import types
import typing
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest
from markdown_it import MarkdownIt

from agent.documents import render
from agent.documents.told import Told
from agent.documents.write import write
from agent.transition.item import Act, Box, Item, ItemVerdict
from inventory.model.all import SUBJECTS
from inventory.model.moment import Moment
from inventory.model.record import KINDS, Record
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company
from tests.agent.documents.pages import Page, chromium

PLAIN = "plain"
PAYLOADS = (
    "<script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\">",
    '"onmouseover="document.title=\'taken\'" x="',
    "' autofocus onfocus='document.title=1",
    "javascript:document.title='taken'",
    "</title></style></script><svg onload=document.title='taken'>",
    "{{ 7*7 }}{% raw %}",
    "\u202egnp.exe\u2066\x00\x1b]0;taken\x07",
    "| a | b |\n| - | - |\n# taken",
    "`code` **bold** [link](javascript:alert(1)) <b>html</b> ![i](http://x.example/i.png)",
    "http://taken.example/ www.taken.example who@taken.example",
    "]]>--><!-- &lt;script&gt; &#60;script&#62;",
    "=cmd|' /C calc'!A0",
    "m" * 100_000,
)
OURS = {module.__name__ for module in SUBJECTS}
HOST_KINDS = {kind for kinds in company.ASKED.values() for kind in kinds}


def filled(kind: type[Record], text: str) -> Record:
    """A record with the text in every field that can hold one."""
    fields = {
        field.name: value
        for field in msgspec.structs.fields(kind)
        if field.name != "at" and (value := _value(field.type, text)) is not None
    }
    return kind(**fields)


def _value(kind: Any, text: str) -> Any:
    if get_origin(kind) in (typing.Union, types.UnionType):
        return _value(next(one for one in get_args(kind) if one is not types.NoneType), text)
    if get_origin(kind) is tuple:
        return (text, text)
    if isinstance(kind, type) and issubclass(kind, Moment):
        return Moment.exact(company.NOW)
    return {str: text, int: 7, bool: True}[kind]


def hostile(text: str) -> Told:
    """A dossier of one host whose every fact, name and line is the text."""
    host = f"host {text[:300]}"
    records = [filled(KINDS[name], text) for name in sorted(HOST_KINDS)]
    snapshot = MemorySnapshot(company.AUDIT, company.readings(host, records))
    box = Box(host, text, ItemVerdict.OPEN, text)
    item = Item(
        id="R-01", key=text, act=Act.REVOKE, gate="G1", title=text, todo=text, proof=text,
        owner=text, due=None, verdict=ItemVerdict.OPEN, boxes=(box, box), after=text, undo=text,
        says=text, progress=text, accepted=text,
    )  # fmt: skip
    return msgspec.structs.replace(company.told(snapshot), items=(item, item))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The documents of each payload, and of a harmless text."""
    found = {}
    for text in (PLAIN, *PAYLOADS):
        found[text] = tmp_path_factory.mktemp("hostile")
        write(hostile(text), found[text], ("html", "md", "csv"))
    return found


@pytest.mark.parametrize("text", PAYLOADS, ids=range(len(PAYLOADS)))
@pytest.mark.parametrize("name", ["dossier.html", "checklist.html"])
def test_a_hostile_value_adds_no_element_no_attribute_and_no_link(
    written: dict[str, Path], text: str, name: str
):
    harmless, page = (Page((written[key] / name).read_text("utf-8")) for key in (PLAIN, text))
    assert page.shapes <= harmless.shapes
    assert page.links <= harmless.links


@pytest.mark.parametrize("text", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_hostile_value_adds_no_row_no_column_and_no_markup_to_markdown(
    written: dict[str, Path], text: str
):
    for name in ("dossier.md", "checklist.md"):
        harmless, page = (shape((written[key] / name).read_text("utf-8")) for key in (PLAIN, text))
        assert page == harmless


def shape(text: str) -> list[str]:
    """The elements of a Markdown document in their order, text left out."""
    found = []
    for block in MarkdownIt("commonmark").enable("table").parse(text):
        found.append(block.type)
        found.extend(
            one.type for one in block.children or () if one.type not in ("text", "text_special")
        )
    return found


def test_hostile_pages_do_nothing_in_a_browser(written: dict[str, Path], tmp_path: Path):
    """One page of all payloads; a page that the browser is taken by has another title."""
    page = written[PLAIN] / "all.html"
    script, digest = render.script("html/page.js")
    frame = {
        "style": render.style("html/style.css"),
        "script": script,
        "script_hash": digest,
        "paper": "A4",
    }
    several = "".join(PAYLOADS[:-1])
    from agent.documents.views.dossier import Dossier

    parts = render.pages("html/dossier.j2", dossier=Dossier(hostile(several)), **frame)
    page.write_text("".join(parts), "utf-8")
    seen = chromium(tmp_path, "--virtual-time-budget=2000", "--dump-dom", page.as_uri())
    assert "<title>Handover dossier: Muster GmbH, audit 2</title>" in seen
    assert seen.count("<script") == 1
    assert "onerror" not in {name for _, names in Page(seen).shapes for name in names}


def test_the_browser_is_taken_by_a_page_that_escapes_nothing(tmp_path: Path):
    """The control: what the test above looks for does happen where nothing is escaped."""
    page = tmp_path / "control.html"
    page.write_text(f"<!DOCTYPE html><title>mine</title>{PAYLOADS[1]}", "utf-8")
    profile = tmp_path / "profile"
    assert "<title>taken</title>" in chromium(
        profile, "--virtual-time-budget=2000", "--dump-dom", page.as_uri()
    )


def test_our_own_script_runs_under_the_policy_of_the_page(written: dict[str, Path], tmp_path: Path):
    page = written[PLAIN] / "dossier.html"
    seen = chromium(tmp_path, "--virtual-time-budget=2000", "--dump-dom", page.as_uri())
    assert "Open all</button>" in seen


def test_no_cell_of_a_sheet_is_a_formula(written: dict[str, Path]):
    for text in PAYLOADS:
        for name in ("checklist.csv", "hosts.csv"):
            with (written[text] / name).open(encoding="utf-8", newline="") as file:
                rows = list(csv.reader(file))
            assert len({len(row) for row in rows}) == 1
            assert not any(
                cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row
            )


def test_what_cannot_be_seen_is_shown_as_what_it_is(written: dict[str, Path]):
    page = (written[PAYLOADS[7]] / "dossier.html").read_text("utf-8")
    assert "\\u202egnp.exe\\u2066\\x00\\x1b]0;taken\\x07" in page
    assert not any(mark in page for mark in "\u202e\u2066\x00\x1b\x07")


def test_a_value_of_a_hundred_thousand_characters_is_cut_and_says_so(written: dict[str, Path]):
    page = (written[PAYLOADS[-1]] / "dossier.html").read_text("utf-8")
    assert "… (100000 characters)" in page
    assert "m" * 3_000 not in page


def test_half_a_character_is_shown_as_its_escape():
    assert render.printable("a\ud800b") == "a\\ud800b"


@pytest.mark.parametrize("value", [None, True, (), [], {}, 1.5, b"x"])
def test_what_is_no_text_is_never_printed(value: object):
    with pytest.raises(TypeError, match="which is no text"):
        render.printable(value)
