"""What the first page decides, what changes read like, and pages without an engagement."""

from pathlib import Path

import msgspec
import pytest

from agent.documents.told import Told
from agent.documents.views import differences
from agent.documents.views.front import Stand, stand
from agent.documents.write import write
from inventory.changes import Change, What
from inventory.model.account import Account
from inventory.model.evidence import Gap, Why
from inventory.reading import ReadingKey
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company
from tests.agent.documents.pages import Page

KEY = ReadingKey("hosts", "web1", "linux.accounts")


def clean(*, gaps=None) -> MemorySnapshot:
    """One host on which only the client has power."""
    return MemorySnapshot(
        company.AUDIT, company.readings("web1", company.linux("web1", 1), gaps=gaps)
    )


def told(snapshot: MemorySnapshot, **fields) -> Told:
    return msgspec.structs.replace(company.told(snapshot), **fields)


def settled() -> tuple:
    return tuple(one for one in company.told().items if one.id == "B-03")


def test_one_hold_of_the_leaving_party_is_not_ready():
    assert stand(company.told()) is Stand.NOT_READY


def test_nothing_held_all_read_and_all_lines_settled_is_clear():
    assert stand(told(clean(), items=settled())) is Stand.CLEAR


def test_an_open_line_is_not_ready():
    assert stand(told(clean())) is Stand.NOT_READY


@pytest.mark.parametrize("name", ["linux.sudo", "linux.authorized_keys", "linux.agents"])
def test_one_reading_that_could_show_a_hold_and_was_refused_cannot_tell(name: str):
    gaps = {name: company.without_root()["linux.sudo"]}
    assert stand(told(clean(gaps=gaps), items=settled())) is Stand.CANNOT_TELL


def test_without_a_leaving_party_nothing_is_called_ready(tmp_path: Path):
    judgement = company.judged(clean(), parties=())
    local = told(clean(), judgement=judgement, engagement=None, items=(), changes=None)
    assert stand(local) is Stand.NO_TRANSITION
    write(local, tmp_path, ("html", "md", "csv"))
    text = Page((tmp_path / "dossier.html").read_text("utf-8")).text
    assert "An inventory." in text
    assert "There was no audit before this one" in text
    assert "no authorisation file was needed" in text


def change(what: What, old: str | None, new: str | None) -> Change:
    sides = [
        None if shell is None else company.seen(
            "web1", "linux.accounts", 1, Account(name="eve", uid=7, gid=7, shell=shell), 2, carried=False
        )
        for shell in (old, new)
    ]  # fmt: skip
    return Change(what, KEY, "Account", *sides)


def test_a_change_says_what_was_and_what_is():
    [one] = differences.differences((change(What.CHANGED, "/bin/sh", ""),)).shown
    assert (one.what, one.host, one.kind, one.name) == ("changed", "web1", "account", "eve 7")
    assert one.fields == ("shell: /bin/sh → empty",)


def test_a_host_that_was_off_is_one_line_of_the_changes(tmp_path: Path):
    off = Gap(Why.UNREACHABLE, detail="no <route>")
    one = change(What.NEWLY_UNKNOWN, "/bin/sh", "/bin/sh")
    many = (msgspec.structs.replace(one, gap=off),) * 900
    found = differences.differences((*many, change(What.REMOVED, "/bin/a", None)))
    assert (len(found.shown), found.more) == (1, 0)
    assert [(c.host, c.kind, c.fields) for c in found.crowds] == [
        ("web1", "900 records", ("unreachable: no <route>",))
    ]
    write(told(clean(), changes=many), tmp_path, ("html", "md"))
    text = Page((tmp_path / "dossier.html").read_text("utf-8")).text
    assert "900 records" in text
    assert "unreachable: no <route>" in text
    assert "900 records" in (tmp_path / "dossier.md").read_text("utf-8")


def test_what_is_not_seen_now_is_not_told_as_removed(tmp_path: Path):
    changes = (
        change(What.NEWLY_UNKNOWN, "/bin/sh", "/bin/sh"),
        change(What.REMOVED, "/bin/a", None),
    )
    write(told(clean(), changes=changes), tmp_path, ("html",))
    text = Page((tmp_path / "dossier.html").read_text("utf-8")).text
    assert "1 removed, 1 newly unknown" in text
