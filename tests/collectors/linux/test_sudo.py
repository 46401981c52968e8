from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.linux.sudo import sudo_rights
from collectors.spec import Answer, Unreadable
from collectors.sudoers import Grant, logical_lines, statements
from inventory.model.access import SudoGrant

NAMES = st.text('abcXYZ019 _-.\\,:=()!"#%', min_size=1, max_size=8)
PATHS = st.text("abc/*?_-.", min_size=1, max_size=12).map(lambda text: f"/{text}")
ALPHABET = st.sampled_from(
    [
        *'ab/AZ09 \t,:=()!"#%+@\\\n',
        "ALL",
        "NOPASSWD:",
        "Cmnd_Alias ",
        "Defaults ",
        "@include ",
        "^a$",
        "sha256:",
    ]
)


def escaped(name: str) -> str:
    """Return a name as sudoers(5) wants it: every character that is not plain in hex."""
    return "".join(c if c.isalnum() else f"\\x{ord(c):02x}" for c in name)


@given(
    users=st.lists(NAMES, min_size=1, max_size=3),
    paths=st.lists(PATHS, min_size=1, max_size=3),
    nopasswd=st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_what_is_read(
    users: list[str], paths: list[str], nopasswd: bool
) -> None:
    tag = "NOPASSWD: " if nopasswd else ""
    (said,) = statements(
        f"{', '.join(map(escaped, users))} ALL = (ALL : ALL) {tag}{', '.join(paths)}"
    )
    assert said == Grant(
        tuple(users), ("ALL",), ("ALL",), ("ALL",), ("NOPASSWD",) if nopasswd else (), tuple(paths)
    )


@given(st.lists(ALPHABET, max_size=80).map("".join))
@settings(max_examples=200, deadline=None)
def test_no_line_is_lost_in_silence(text: str) -> None:
    for _, line in logical_lines(text):
        assert statements(line) or line.lstrip().startswith("Defaults")


def test_a_continuation_keeps_the_number_of_its_first_line() -> None:
    text = "# c \\\n\nalice ALL = /bin/a, \\\n  /bin/b\nbob ALL=ALL\n"
    assert list(logical_lines(text)) == [(3, "alice ALL = /bin/a,    /bin/b"), (5, "bob ALL=ALL")]


def test_files_that_include_each_other_are_read_once() -> None:
    files = tuple(
        Answer(
            "sudoers",
            f"@include /etc/sudoers.d/{other}\nu{other} ALL=ALL\n@includedir /etc/sudoers.d\n" * 50,
            f"/etc/sudoers.d/{n}",
        )
        for n, other in ((1, 2), (2, 1))
    )
    main = Answer("sudoers", "@includedir /etc/sudoers.d\n", "/etc/sudoers")
    told = [one for one in sudo_rights((main, *files), ()) if isinstance(one, SudoGrant)]
    assert {(one.file, one.users) for one in told} == {
        ("/etc/sudoers.d/1", ("u2",)),
        ("/etc/sudoers.d/2", ("u1",)),
    }
    assert len(told) == 100


def test_a_redacted_command_leaves_the_reading_partial() -> None:
    (told,) = sudo_rights((Answer("sudoers", "v ALL=NOPASSWD: ***\n", "/etc/sudoers"),), ())
    assert isinstance(told, Unreadable)
