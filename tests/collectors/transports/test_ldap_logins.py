"""A login is tried once, and a refused one is explained: what is wrong, and the way out."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from collectors.transports.guard import LockoutGuard, NotTried
from collectors.transports.ldap import LdapDoor, LdapLogin, LdapPlace, Security, open_directory
from inventory.errors import Denied, TransportError, Unreachable
from tests.collectors.transports.directories import (
    LOGIN,
    NAMES,
    PASSWORD,
    QUICK,
    USER,
    asked,
    opened,
    users,
)
from tests.lab.ldap_answers import control, integer, tlv
from tests.lab.ldap_server import Behaviour, FakeDirectory

AD = "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data {}, v3839\0"
PPOLICY = b"1.3.6.1.4.1.42.2.27.8.5.1"


def _place(server: FakeDirectory) -> LdapPlace:
    return LdapPlace("corp", servers=(server.address,), security=Security.CLEAR)


@contextmanager
def opened_by(behaviour: Behaviour) -> Iterator[LdapDoor]:
    with FakeDirectory(users(1), behaviour) as server, opened(server) as door:
        yield door


def _refused(behaviour: Behaviour, login: LdapLogin = LOGIN) -> TransportError:
    with FakeDirectory(users(1), behaviour) as server:
        with pytest.raises(TransportError) as err:
            open_directory(_place(server), login, LockoutGuard(), QUICK)
        assert server.requests.count("bind") == 1
    assert PASSWORD not in str(err.value)
    return err.value


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("525", "no such user"),
        ("52e", "user or the password is wrong"),
        ("530", "at this hour"),
        ("531", "from this machine"),
        ("532", "password has expired"),
        ("533", "disabled"),
        ("701", "account has expired"),
        ("773", "must be changed"),
        ("775", "locked"),
        ("80090346", "channel binding"),
    ],
)
def test_the_subcode_of_active_directory_is_explained(data: str, words: str) -> None:
    err = _refused(Behaviour(bind=(49, AD.format(data))))
    assert isinstance(err, Denied)
    assert words in str(err)
    assert USER in str(err)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (8, "use `security: ldaps` or `starttls`"),
        (13, "use `security: ldaps` or `starttls`"),
        (49, "the user or the password is wrong (invalidCredentials)"),
        (53, "unwillingToPerform"),
        (120, "result 120"),
    ],
)
def test_other_refusals_are_explained(code: int, words: str) -> None:
    err = _refused(Behaviour(bind=(code, "")))
    assert isinstance(err, Denied)
    assert words in str(err)


@pytest.mark.parametrize("code", [51, 52])
def test_a_server_that_is_busy_says_nothing_of_the_password(code: int) -> None:
    err = _refused(Behaviour(bind=(code, "later")))
    assert isinstance(err, Unreachable)
    assert "try later" in str(err)


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [(49, 1, "locked"), (49, 0, "password has expired"), (0, 2, "must be changed")],
)
def test_what_the_password_policy_of_openldap_says_is_explained(
    code: int, error: int, words: str
) -> None:
    told = control(PPOLICY, tlv(0x30, tlv(0x81, bytes([error]))))
    err = _refused(Behaviour(bind=(code, ""), bind_controls=told))
    assert isinstance(err, Denied)
    assert words in str(err)


def test_a_password_that_is_about_to_expire_is_told() -> None:
    left = tlv(0xA0, tlv(0x80, integer(3 * 86_400 + 5)[2:]))
    behaviour = Behaviour(bind_controls=control(PPOLICY, tlv(0x30, left)))
    with opened_by(behaviour) as door:
        assert door.bind.warning == "its password expires in 3 days"


def test_389_ds_says_by_a_control_of_its_own_that_the_password_must_be_changed() -> None:
    told = control(b"2.16.840.1.113730.3.4.4", b"0")
    err = _refused(Behaviour(bind=(0, ""), bind_controls=told))
    assert "must be changed" in str(err)


def test_a_controls_value_that_cannot_be_read_is_no_login() -> None:
    told = control(PPOLICY, b"\x30\x50\x81")
    assert isinstance(_refused(Behaviour(bind_controls=told)), Unreachable)


def test_a_wrong_password_is_sent_twice_at_most_in_one_run() -> None:
    guard = LockoutGuard()
    wrong = LdapLogin(USER, lambda: "wrong")
    with FakeDirectory(users(1)) as server:
        for _ in range(2):
            with pytest.raises(Denied, match="password is wrong"):
                open_directory(_place(server), wrong, guard, QUICK)
        with pytest.raises(NotTried):
            open_directory(_place(server), wrong, guard, QUICK)
        assert server.requests.count("bind") == 2


def test_a_wrong_password_is_not_tried_at_the_next_server() -> None:
    wrong = LdapLogin(USER, lambda: "wrong")
    with FakeDirectory(users(1)) as one, FakeDirectory(users(1), host="127.0.0.79") as two:
        place = LdapPlace("corp", servers=(one.address, two.address), security=Security.CLEAR)
        with pytest.raises(Denied):
            open_directory(place, wrong, LockoutGuard(), QUICK)
        assert two.requests == []


@pytest.mark.parametrize(
    "login",
    [LdapLogin(USER, lambda: ""), LdapLogin(USER), LdapLogin("", lambda: PASSWORD)],
    ids=["empty", "none", "no user"],
)
def test_an_empty_password_is_never_sent(login: LdapLogin) -> None:
    with FakeDirectory(users(1)) as server:  # a server would take it for a login of nobody
        with pytest.raises(Denied, match="is empty, and nothing was sent"):
            open_directory(_place(server), login, LockoutGuard(), QUICK)
        assert server.requests == []


def test_the_password_is_asked_for_only_when_the_line_is_there() -> None:
    def never() -> str:
        raise AssertionError("asked for the password")

    place = LdapPlace("corp", servers=(("127.0.0.78", 9),), security=Security.CLEAR)
    with pytest.raises(Unreachable):
        open_directory(place, LdapLogin(USER, never), LockoutGuard(), QUICK)


def test_kerberos_without_its_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "gssapi", None)  # as where the extra was left out
    with FakeDirectory(users(1)) as server:
        with pytest.raises(Denied, match="its extra `kerberos`"):
            open_directory(_place(server), LdapLogin(kerberos=True), LockoutGuard(), QUICK)
        assert server.requests == []


def test_only_bind_search_and_unbind_are_ever_sent() -> None:
    with FakeDirectory(users(5)) as server:
        with open_directory(_place(server), LOGIN, LockoutGuard(), QUICK) as door:
            asked(door, NAMES)
        for _ in range(100):
            if "unbind" in server.requests:
                break
            time.sleep(0.02)
        assert server.requests == ["bind", "search", "search", "unbind"]
