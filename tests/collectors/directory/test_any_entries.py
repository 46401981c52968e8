"""On any bytes in any attribute, every directory collector tells records or what it cannot read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.clean import clean
from collectors.entries import Entries, Entry
from collectors.registry import builtin
from collectors.runner import ask_name
from collectors.spec import Collector, LdapSearch, SysvolFiles, Unreadable
from inventory.codec import encode
from inventory.model.record import Record

PIECES = st.sampled_from(
    [
        b"0",
        b"-1",
        b"9223372036854775807",
        b"9223372036854775808",
        b"-9223372036854775808",
        b"99991231235959Z",
        b"16010101000000.0Z",
        b"000001010000Z",
        b"TRUE",
        b"ssh-ed25519 AAAA",
        b"SMTP:",
        b"<DS_REPL_VALUE_META_DATA>",
        b"CN=a,",
        b"\\2C",
        b"\\",
        b"=",
        b"(",
        b",",
        b" by ",
        b"pw: ",
        b"\x01\x05\x00\x00",
        b"[Startup]\n0CmdLine=\\\\a.example\\b",
        b"[Group Membership]\n*S-1-5-32-544__Members = A\\b",
        b'<a><b changed="2019-03-04 05:06:07"><Properties cpassword="***"/></b></a>',
        b'{"key":"a","name":"b","type":1,"value":"http://a.example"}',
    ]
)
OF_FILES = ("content", "masked", "changed")
VALUE = st.lists(st.one_of(PIECES, st.binary(max_size=12)), max_size=8).map(b"".join)
VALUES = st.lists(VALUE, min_size=1, max_size=3).map(tuple)


@st.composite
def entries(draw: st.DrawFn, collector: Collector) -> list[Entries]:
    found = []
    for ask in collector.asks:
        assert isinstance(ask, LdapSearch | SysvolFiles)
        told = ask.attributes if isinstance(ask, LdapSearch) else OF_FILES
        name = ask_name(collector, ask)
        shapes = st.dictionaries(
            st.sampled_from(
                sorted({one.lower() for one in (*told, "objectClass", "nTSecurityDescriptor")})
            ),
            VALUES,
        )
        drawn = draw(st.lists(st.tuples(VALUE, shapes), max_size=3))
        found.append(Entries(name, [Entry(name, clean(dn), values) for dn, values in drawn]))
    return found


@pytest.mark.parametrize(
    "collector", [one for one in builtin() if one.source == "ldap"], ids=lambda one: one.name
)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_values_yield_records_that_can_be_kept_or_gaps(
    collector: Collector, data: st.DataObject
) -> None:
    for told in collector.read(*data.draw(entries(collector))):
        assert type(told) in collector.tells or isinstance(told, Unreadable)
        if isinstance(told, Record):
            encode(told)
