"""Hosts of a CSV file, as spreadsheets write it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.engagement.csv_list import csv_entries
from agent.engagement.mistakes import Mistakes
from agent.engagement.model import Entry
from inventory.errors import ConfigError


def _read(folder: Path, raw: str | bytes) -> tuple[Entry, ...]:
    path = folder / "hosts.csv"
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    mistakes = Mistakes()
    found = csv_entries(path, mistakes)
    mistakes.settle()
    return found


@pytest.mark.parametrize(
    "text",
    [
        "name,address,port,user,jump,tags\nweb1,192.0.2.1,2222,audit,\"a,me@b:23\",db prod\n",
        "name;address;port;user;jump;tags\r\nweb1;192.0.2.1;2222;audit;a,me@b:23;db|prod\r\n",
        "\ufeffTags, NAME ,jump,user,port,address\ndb prod,web1,\"a,me@b:23\",audit,2222,192.0.2.1",
    ],
    ids=["comma", "semicolon", "other order, with a mark"],
)  # fmt: skip
def test_each_spreadsheet_writes_the_same_host(text: str, tmp_path: Path) -> None:
    (entry,) = _read(tmp_path, text)
    assert (entry.name, entry.address, entry.port, entry.user) == (
        "web1",
        "192.0.2.1",
        2222,
        "audit",
    )
    assert (entry.jump, entry.tags, entry.at.line) == (("a", "me@b:23"), ("db", "prod"), 2)


def test_what_a_cell_does_not_say_stays_open(tmp_path: Path) -> None:
    entry, other = _read(tmp_path, "name,port\nweb1,\n\n   ,\nweb2\n")
    assert (entry.name, entry.port, entry.user, entry.jump) == ("web1", None, None, None)
    assert (other.name, other.at.line) == ("web2", 5)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("nme,port\nx,1\n", ":1: unknown column 'nme': did you mean 'name'?"),
        ("port\n1\n", ":1: has no column name: the header is name,address,"),
        ("name,name\na,b\n", ":1: the column 'name' stands twice"),
        ("name,port\nweb1,ssh\n", ":2: port must be 1-65535, got 'ssh'"),
        ("name\n-oProxyCommand=x\n", ":2: name must be a host name or address"),
        ("name,user\n,audit\n", ":2: name is missing"),
        ("name,user\nweb1,a:CANARY\n", ":2: user must be a login name"),
        ("name\nweb1,2,3\n", ":2: has 3 cells, but the header has 1"),
        ('name\n"web1\n', ":2: is not CSV here"),
        ("", ":1: has no column name"),
        (b"name\nM\xfcller\n", ":1: is not UTF-8: save it as UTF-8"),
        ("name\n" + "a\n" * 20_002, "has more than 20000 hosts"),
        (b"name\n" + b"x" * 5_000_000, ":1: "),
    ],
)
def test_a_mistake_has_its_line(raw: str | bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        _read(tmp_path, raw)
    assert told in str(caught.value)
    assert "CANARY" not in str(caught.value)


CELLS = st.sampled_from(["name", "port", ",", ";", "\n", "\r", '"', "web1", "22", "\0"])


@given(st.lists(st.one_of(CELLS.map(str.encode), st.binary(max_size=3)), max_size=30).map(b"".join))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_bytes_are_hosts_or_mistakes(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "hosts.csv"
    path.write_bytes(raw)
    assert all(entry.name for entry in csv_entries(path, Mistakes()))
