"""The grammar of sudoers(5) on any text, and on what can be written from known parts."""

from hypothesis import given
from hypothesis import strategies as st

from collectors.sudoers import Alias, Grant, Mistake, logical_lines, statements

NAME = st.from_regex(r"[a-z_][a-z0-9_-]{0,8}", fullmatch=True)
USERS = st.lists(NAME | NAME.map("%{}".format) | NAME.map("!{}".format), min_size=1, max_size=4)
COMMAND = st.from_regex(r"/[a-z]{1,6}/[a-z]{1,8}(?: [a-z-]{1,6}){0,2}", fullmatch=True)
COMMANDS = st.lists(st.just("ALL") | COMMAND | COMMAND.map("!{}".format), min_size=1, max_size=4)


@given(
    st.text(alphabet=st.characters(exclude_characters="\n"))
    | st.text(alphabet='ALd=(),:!%#\\"\t ^$/*[]@+sha2', max_size=120)
)
def test_any_line_is_read_or_is_a_mistake(text: str) -> None:
    for one in statements(text):
        assert isinstance(one, Mistake) or one


@given(st.text())
def test_any_text_falls_into_lines_in_order(text: str) -> None:
    numbers = [number for number, _ in logical_lines(text)]
    assert numbers == sorted(set(numbers))


@given(
    USERS, st.lists(NAME, min_size=1, max_size=2), st.lists(NAME, min_size=1, max_size=2), COMMANDS
)
def test_what_is_written_is_read_back(
    users: list[str], hosts: list[str], run_as: list[str], commands: list[str]
) -> None:
    line = f"{', '.join(users)} {','.join(hosts)} = ({', '.join(run_as)}) NOPASSWD: {', '.join(commands)}"
    assert statements(line) == (
        Grant(tuple(users), tuple(hosts), tuple(run_as), (), ("NOPASSWD",), tuple(commands)),
    )


@given(st.from_regex(r"[A-Z][A-Z0-9_]{0,8}", fullmatch=True), USERS)
def test_an_alias_is_read_back(name: str, members: list[str]) -> None:
    line = f"User_Alias {name} = {' , '.join(members)}"
    assert statements(line) == (Alias("User", name, tuple(members)),)
