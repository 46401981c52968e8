"""The canonical form is frozen, bounded, and comes back as it went in."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.codec import (
    Coded,
    body_bytes,
    canonical,
    decode,
    digest,
    encode,
    is_same,
    key_bytes,
    plain,
    shape,
)
from inventory.errors import StoreError
from inventory.model.access import SudoGrant
from inventory.model.account import Account
from inventory.model.evidence import Pointer, Why
from inventory.model.moment import Moment
from inventory.model.record import KINDS, Record, replace_at

AT = Pointer("linux.x/file", "/etc/file:3")
GRANT = SudoGrant(
    at=AT, file="/etc/sudoers", users=("alice", "%wheel"), hosts=("ALL",), commands=("ALL",)
)


class Sample(msgspec.Struct):
    """A struct that never changes, with all that a record may have."""

    zone: str
    users: tuple[str, ...]
    changed: Moment | None
    is_on: bool
    size_bytes: int = 1 << 40
    nothing: str | None = None


def test_the_bytes_are_what_they_were_when_they_were_frozen() -> None:
    sample = Sample('jürgen\t"/', ("alice", "%wheel"), Moment(1, 2), is_on=True)
    assert canonical(sample).decode() == (
        '{"changed":{"earliest":1,"latest":2},"is_on":true,"nothing":null,'
        '"size_bytes":1099511627776,"users":["alice","%wheel"],"zone":"jürgen\\t\\"/"}'
    )
    assert canonical({"b": 1, "a": [Why.DENIED]}) == b'{"a":["denied"],"b":1}'


def test_the_digest_is_what_it_was_when_it_was_frozen() -> None:
    coded = Coded("Account", 1, "", '["a",1]', '{"name":"a"}', AT)
    assert digest(bytes(16), coded).hex() == (
        "a178ba8a050ecd6bc8612dc384b6bc6c8d7a2f70c94b3b618e6754991c802612"
    )


def test_a_body_has_all_content_and_no_place() -> None:
    body = msgspec.json.decode(body_bytes(GRANT))
    whole = msgspec.json.decode(msgspec.json.encode(GRANT))
    assert body == {name: value for name, value in whole.items() if name != "at"}
    assert key_bytes(GRANT).startswith(b'["/etc/sudoers",["alice","%wheel"],["ALL"]')


def test_a_field_that_came_later_is_no_change() -> None:
    whole = encode(account("a")).body
    earlier = whole.replace('"gecos":"",', "")
    assert earlier != whole
    assert is_same("Account", 1, earlier, whole)
    assert not is_same("Account", 1, earlier.replace("/bin/sh", "/bin/no"), whole)
    assert not is_same("Account", 0, earlier, whole)
    assert shape("Account").startswith("1-")
    assert shape("NoSuchKind") == ""


def test_a_record_comes_back_as_it_was() -> None:
    coded = encode(GRANT)
    assert decode(coded.kind, coded.version, coded.body, coded.at) == GRANT
    assert coded.part == "/etc/sudoers"


def test_the_place_is_no_content() -> None:
    moved = replace_at(GRANT, Pointer("linux.x/file", "/etc/file:9"))
    assert digest(b"s", encode(moved)) == digest(b"s", encode(GRANT))


def test_a_long_field_is_cut_and_says_so_and_stays_distinct() -> None:
    long = "x" * 5000
    one, two = (encode(account(long + end)) for end in "ab")
    assert one.key != two.key
    assert len(one.body) < 4096 + 400
    assert f"…[cut, sha256:{hashlib.sha256((long + 'a').encode()).hexdigest()}]" in one.body


def test_a_cut_never_splits_a_character() -> None:
    assert plain("ü" * 3000).startswith("ü" * 2048 + "…[cut")


def test_many_long_names_in_one_field_are_cut_one_by_one() -> None:
    users = tuple(f"{n}{'x' * 9000}" for n in range(50))
    coded = encode(msgspec.structs.replace(GRANT, users=users))
    assert coded.body.count("…[cut, sha256:") == 50
    assert decode(coded.kind, coded.version, coded.body, coded.at)


@given(st.text(alphabet=st.characters(codec=None), max_size=20))
def test_any_text_can_be_kept_surrogates_and_nul_included(text: str) -> None:
    coded = encode(account(text + "\ud800\x00"))
    back = decode(coded.kind, coded.version, coded.body, coded.at)
    assert isinstance(back, Account)
    assert encode(back) == coded


@pytest.mark.parametrize(
    ("kind", "version", "body", "says"),
    [
        ("NoSuchKind", 1, "{}", "does not know"),
        ("Account", 2, "{}", "version 2, this handover reads version 1"),
        ("Account", 1, "{}", "cannot be read"),
        ("Account", 1, '{"name":', "cannot be read"),
    ],
)
def test_what_cannot_be_read_says_what_it_is(kind: str, version: int, body: str, says: str) -> None:
    with pytest.raises(StoreError, match=says):
        decode(kind, version, body, Pointer())


def test_every_kind_names_its_key_by_fields_that_it_has() -> None:
    for kind in KINDS.values():
        names = {field.name for field in msgspec.structs.fields(kind)}
        assert {*kind.KEY, *filter(None, [kind.PART])} <= names


def account(name: str) -> Record:
    return Account(name=name, uid=1, gid=1, home="/", shell="/bin/sh")
