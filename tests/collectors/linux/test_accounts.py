from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.linux.accounts import (
    GROUP,
    INLINE,
    PASSWD,
    SHADOW,
    accounts,
    groups,
    passwords,
)
from collectors.spec import Answer
from inventory.model.account import Account, PasswordState
from tests.collectors.linux.shells import as_answer, filtered

HASHES = (
    "$y$j9T$saltCANARY$CANARYhash",
    "$6$CANARY$CANARY/hash.",
    "$5$rounds=5000$CANARY$CANARY",
    "$1$CANARY$CANARY",
    "$2b$12$CANARYCANARY",
    "$md5,rounds=904$CANARY$$CANARY",
    "$argon2id$v=19$CANARY",
    "CANARYDESxxxx",
    "_J9..CANARYxxxxxxxxx",
    "plainCANARY!",
    "{SSHA}CANARY",
)


def test_no_hash_leaves_a_host() -> None:
    shadow = "".join(
        f"u{n}:{lock}{one}:19000:0:99999:7:::\n"
        for n, one in enumerate(HASHES)
        for lock in ("", "!", "!!", "*")
    )
    broken = "".join(f"u:{one}\nu:{one}:1:2\n" for one in HASHES)
    passwd = "".join(f"u:{one}:0:0::/:/bin/sh\nu:{one}:0\n" for one in HASHES)
    for ask, text in (
        (SHADOW, shadow + broken),
        (INLINE, passwd),
        (PASSWD, passwd),
        (GROUP, passwd),
    ):
        told = filtered(ask, text)
        assert "CANARY" not in told
        assert told.count("\n") == text.count("\n"), "line numbers stay"


def test_a_hash_in_passwd_counts_before_shadow() -> None:
    inline = as_answer(
        INLINE, "/etc/passwd", "a:$1$CANARY$CANARY:0:0::/:/bin/sh\nb:x:1:1::/:/bin/sh\n"
    )
    shadow = as_answer(SHADOW, "/etc/shadow", "a:!:1::::::\nb::1::::::\n")
    told = [one for one in passwords((inline,), (shadow,)) if isinstance(one, PasswordState)]
    assert [(one.account, one.state, one.scheme) for one in told] == [
        ("a", "set", "md5"),
        ("b", "none", None),
    ]


def test_a_locked_hash_is_locked_and_anything_else_behind_a_lock_is_never() -> None:
    shadow = as_answer(
        SHADOW, "/etc/shadow", "a:!$6$s$h:1::::::\nb:!:1::::::\nc:*LK*:1::::::\nd:!$not:1::::::\n"
    )
    states = [one.state for one in passwords((), (shadow,)) if isinstance(one, PasswordState)]
    assert states == ["locked", "never", "never", "never"]


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\t\n", exclude_categories=["Cs"]), max_size=8),
        min_size=6,
        max_size=8,
    )
)
@settings(max_examples=80, deadline=None)
def test_every_field_of_an_account_comes_from_its_line(fields: list[str]) -> None:
    line = "\t".join(fields)
    for told in accounts((Answer("passwd", line, "/etc/passwd"),)):
        if isinstance(told, Account):
            assert (told.name, told.shell, told.home) == (fields[0], fields[-1], fields[-2])


def test_a_file_without_a_line_is_not_a_host_without_accounts() -> None:
    for read in (accounts, groups):
        (told,) = read((Answer("x", "\n", "/etc/x"),))
        assert not isinstance(told, Account)
