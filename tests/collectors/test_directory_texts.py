"""That a password stood in a text is told by its place; texts without one tell nothing."""

import pytest

from collectors.directory_texts import masked, secrets, was_masked
from tests.collectors.directory.cases import entry
from tests.collectors.test_free_text import HARMLESS, SECRETS

DN = "CN=Alice,DC=corp,DC=example"


@pytest.mark.parametrize("text", [text for text, _ in SECRETS])
def test_that_a_secret_was_taken_out_is_seen(text: str) -> None:
    assert was_masked(masked(text))


@pytest.mark.parametrize("text", [*HARMLESS, "", "*** do not delete ***", "5 *** hotel"])
def test_a_text_without_a_secret_tells_none(text: str) -> None:
    assert not was_masked(masked(text))


def test_only_the_place_of_a_secret_is_told() -> None:
    texts = {"description": ["plain", "pw Sommer2024!"], "info": ["PIN 4711"], "comment": ["x"]}
    told = secrets(entry(DN, texts))
    assert [(one.object, one.attribute) for one in told] == [(DN, "description"), (DN, "info")]
    assert "Sommer" not in repr(told)
    assert "4711" not in repr(told)


def test_an_entry_without_texts_tells_none() -> None:
    assert secrets(entry(DN, {})) == ()


def test_a_text_of_many_marks_is_read_in_time_that_grows_with_its_length() -> None:
    assert not was_masked("pass a " * 600 + "b c ***")
    assert was_masked("pass a b " * 400 + "pass ***")
