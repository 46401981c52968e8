"""On any bytes, every collector tells records or gaps, and raises nothing else."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.clean import clean
from collectors.registry import builtin
from collectors.runner import ask_name
from collectors.spec import Answer, Collector, FileMeta
from inventory.errors import ParseError

SEPARATORS = st.sampled_from(
    [
        b"\n",
        b":",
        b"=",
        b" ",
        b"\t",
        b",",
        b"(",
        b")",
        b"{",
        b"[",
        b'"',
        b"/",
        b"#",
        b"|",
        b"-1",
        b"99999999999999999999",
        b"ALL",
        b"ssh-ed25519 ",
    ]
)
HOSTILE = st.lists(st.one_of(SEPARATORS, st.binary(max_size=12)), max_size=60).map(b"".join)


HOSTS = tuple(one for one in builtin() if one.source not in ("ldap", "graph"))


@pytest.mark.parametrize("collector", HOSTS, ids=lambda c: c.name)
@given(raw=HOSTILE)
@settings(max_examples=60, deadline=None)
def test_any_bytes_yield_records_or_parse_errors(collector: Collector, raw: bytes) -> None:
    meta = FileMeta("root", 0o644, len(raw), 0)
    answers = [
        (Answer(ask_name(collector, ask), clean(raw), "/etc/some.file", ("alice",), meta),)
        for ask in collector.asks
    ]
    with contextlib.suppress(ParseError):
        list(collector.read(*answers))
