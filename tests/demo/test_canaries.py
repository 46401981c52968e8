"""No secret that lies on the company's hosts is in anything that an audit prints or writes."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo import acts, canaries, company, oldmsp
from tests.demo.canaries import leaks
from tests.demo.conftest import Audited
from tests.lab.spec import File, HostSpec


def _texts(host: HostSpec) -> Iterator[str]:
    """Yield all that a host is given."""
    for account in host.accounts:
        yield account.password
        yield from account.authorized_keys
    yield from host.sudoers.values()
    for content in host.files.values():
        given = content.content if isinstance(content, File) else content
        yield given if isinstance(given, str) else ""


@pytest.mark.parametrize("place", canaries.PLACES)
def test_every_listed_secret_lies_on_a_host(place: str) -> None:
    given = [text for host in company.HOSTS for text in _texts(host)]
    given += [word for _, argv in company.RUNNING for word in argv]
    assert any(canaries.secret(place) in text for text in given)


def test_the_search_finds_a_secret_that_is_there() -> None:
    assert leaks(f"password={canaries.secret('pgpass')}".encode())
    assert leaks(oldmsp.DEPLOY.private.encode())


def test_no_secret_is_in_any_file_of_the_engagement(audited: Audited) -> None:
    files = [path for path in audited.folder.rglob("*") if path.is_file()]
    assert {"audits.db", "handover.yaml"} <= {path.name for path in files}
    assert list(Path(audited.folder / "answers").rglob("*"))
    for path in files:
        assert not leaks(path.read_bytes()), path


def test_no_secret_is_in_any_row_of_the_store(audited: Audited) -> None:
    with sqlite3.connect(audited.folder / "audits.db") as store:
        tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = [row for (name,) in tables for row in store.execute(f'SELECT * FROM "{name}"')]
    assert len(rows) > 1000
    assert not [row for row in rows if leaks(repr(row).encode())]


def test_no_secret_is_printed(audited: Audited) -> None:
    assert not leaks(audited.first.stdout.encode() + audited.first.stderr.encode())
    for words in (("footprint",), ("findings",), ("coverage",), ("show", "LoginSecret")):
        done = acts.handover(audited.folder, *words, "--json")
        assert done.returncode in (0, 3), done.stderr
        assert not leaks(done.stdout.encode() + done.stderr.encode()), words
