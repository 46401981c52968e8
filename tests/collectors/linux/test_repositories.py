"""What cases cannot show of repositories: hostile text in every format, and no password kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.linux.repositories import REPOSITORIES, repositories
from collectors.spec import Answer, Unreadable
from inventory.model.record import Mark
from inventory.model.software import Repository

PIECES = st.sampled_from(
    [
        "deb ",
        "[",
        "]",
        "Types: deb\n",
        "URIs:",
        " http://a/ ",
        "\n",
        "\t",
        "=",
        "baseurl",
        "#",
        "[x]\n",
        "Server = ",
        "@",
        ":",
    ]
)
PATHS = [
    "/etc/apt/sources.list", "/etc/apt/sources.list.d/x.sources", "/etc/yum.repos.d/x.repo",
    "/etc/apk/repositories", "/etc/pacman.conf",
]  # fmt: skip
SAMPLES = {
    PATHS[0]: "deb {} stable main\n",
    PATHS[1]: "Types: deb\nURIs: {}\nSuites: stable\n",
    PATHS[2]: "[x]\nbaseurl={}\n",
    PATHS[3]: "{}\n",
    PATHS[4]: "[x]\nServer = {}\n",
}


@pytest.mark.parametrize("path", PATHS)
@given(text=st.lists(PIECES, max_size=30).map("".join))
def test_any_text_yields_repositories_or_says_what_it_cannot_read(path: str, text: str) -> None:
    for one in repositories((Answer("x/repositories", text, path),)):
        assert isinstance(one, Repository | Unreadable)


@pytest.mark.parametrize("path", PATHS)
def test_a_password_in_an_address_is_not_kept_and_the_server_is_known(path: str) -> None:
    text = SAMPLES[path].format("https://svc:hunter2@apt.oldmsp.example:8443/x")
    (one,) = repositories((Answer("x/repositories", text, path),))
    assert isinstance(one, Repository)
    assert "hunter2" not in repr(one)
    assert [(i.mark, i.value) for i in one.identifiers()] == [(Mark.SERVER, "apt.oldmsp.example")]


def test_every_path_that_is_asked_for_has_a_format() -> None:
    assert all(
        path.startswith(
            ("/etc/apt", "/etc/yum", "/etc/dnf", "/etc/zypp", "/etc/apk", "/etc/pacman")
        )
        for path in REPOSITORIES.paths
    )
