"""A name within a longer word is a guess at whose it is, and never more than a guess."""

import pytest

from agent.judge.case import Certainty
from agent.judge.matching import Matcher
from inventory.model.party import Party, Person, Role
from inventory.model.record import Identifier, Mark

MATCHER = Matcher(
    (
        Party(
            role=Role.OUTGOING,
            name="OldMSP",
            people=(Person("Jane Doe", accounts=("jdoe",), mails=("jane@oldmsp.example",)),),
            mail_domains=("oldmsp.example",),
        ),
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "/usr/local/bin/oldmsp-keys %u",
        "oldmsp_backup.sh",
        "jdoe-laptop",
        "/home/jdoe/run.sh",
        "CN=jane.doe",
        "Jane-Doe",
        "OLDMSP",
    ],
)
def test_a_name_within_a_word_is_proposed(text: str) -> None:
    (match,) = MATCHER.matches((Identifier(Mark.TEXT, text),))
    assert (match.party, match.certainty) == ("OldMSP", Certainty.PROPOSED)


@pytest.mark.parametrize("text", ["goldmsp", "oldmspx-keys", "jdoes", "doe-jane", "jane"])
def test_a_part_of_a_word_is_nobody(text: str) -> None:
    assert MATCHER.matches((Identifier(Mark.TEXT, text),)) == ()


def test_of_several_marks_the_most_telling_is_named() -> None:
    (match,) = MATCHER.matches((Identifier(Mark.TEXT, "oldmsp: jdoe, jane@oldmsp.example"),))
    assert match.mark == "mentions mail jane@oldmsp.example"
