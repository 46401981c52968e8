"""Whatever `handover init` was answered, what it writes loads and says the same."""

import datetime
import string
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.engagement import checks, directory_checks
from agent.engagement.draft import Answers, draft
from agent.engagement.file import engagement_of
from agent.engagement.mistakes import Wrong
from agent.engagement.model import (
    Become,
    Detail,
    LdapSecurity,
)
from inventory.model.party import Leaving, Role
from tests.agent.cli.answering import directory, fleet


def passes(check: object) -> st.SearchStrategy[str]:
    """Return texts that a check of `init` lets through, hostile ones among them."""
    pieces = st.sampled_from(
        ("'", '"', ": ", " #", "- ", "{", "]", "&a", "*a", "!!x", "%", "@", "`", "|", ">", "\\", "\\n",
         "null", "yes", "1e3", "2027-01-01", "~", "=", "<<", "?", ",", "é", "😀", "ß", "\u00a0x")
    )  # fmt: skip
    text = st.text(max_size=30) | st.lists(
        pieces | st.text(string.printable, max_size=5), max_size=6
    ).map("".join)
    return text.map(str.strip).filter(lambda one: _holds(check, one))


def _holds(check: object, text: str) -> bool:
    try:
        check(text)  # type: ignore[operator]
    except Wrong:
        return False
    return True


WORDS = passes(checks.words)
DAYS = st.dates(datetime.date(1970, 1, 1), datetime.date(9999, 12, 31))
NAME = st.from_regex(r"\A[a-z0-9][a-z0-9.-]{0,20}\Z")
DOMAIN = st.from_regex(r"\A[a-z0-9]{1,9}(\.[a-z]{2,5}){1,3}\Z")


USERS = st.builds("{}@a.example".format, WORDS) | WORDS.map("DOMAIN\\{}".format)
USERS = USERS.filter(lambda name: _holds(directory_checks.user, name)) | st.just('cn="x",dc=#')


@st.composite
def answers(draw: st.DrawFn) -> Answers:
    signed = draw(st.booleans())
    hosts = draw(st.lists(NAME, max_size=3, unique=True))
    return Answers(
        client=draw(WORDS),
        leaving=draw(st.sampled_from(Leaving)).value,
        outgoing=draw(st.just("") | WORDS),
        outgoing_people=tuple(draw(st.lists(WORDS, max_size=3))),
        outgoing_domains=tuple(draw(st.lists(DOMAIN, max_size=3))),
        incoming=draw(st.just("") | WORDS),
        cutover=draw(st.none() | DAYS),
        authorised_by=draw(WORDS) if signed else "",
        authorised_as=draw(WORDS) if signed else "",
        authorised_on=draw(DAYS) if signed else None,
        reference=draw(WORDS) if signed else "",
        told=draw(st.booleans()),
        hosts=tuple(hosts),
        user=draw(st.just("") | NAME.filter(lambda name: _holds(checks.user_name, name))),
        key=draw(st.just("") | st.just("~/.ssh/id") | NAME),
        become=draw(st.sampled_from(Become)).value,
        directory=draw(st.just("") | st.sampled_from(("a.example", "ldap://[::1]", "LDAPS://x:7"))),
        directory_user=draw(USERS),
        directory_password=draw(st.sampled_from(("env:X", "prompt", "cmd:pass 'a b'"))),
        detail=draw(st.sampled_from(Detail)).value,
    )


@given(answers())
@settings(max_examples=150, deadline=None)
def test_what_is_written_loads_and_says_what_was_answered(given_: Answers) -> None:
    found = engagement_of(draft(given_).encode(), Path("/nowhere"))
    assert found.client == given_.client
    outgoing, incoming = found.party(Role.OUTGOING), found.party(Role.INCOMING)
    assert (outgoing.name if outgoing else "") == given_.outgoing
    assert (incoming.name if incoming else "") == given_.incoming
    if outgoing:
        assert tuple(person.name for person in outgoing.people) == given_.outgoing_people
        assert set(outgoing.mail_domains) == set(given_.outgoing_domains)
    assert found.dates.cutover == given_.cutover
    assert (found.authorisation.name if found.authorisation else "") == given_.authorised_by
    assert (found.authorisation.reference if found.authorisation else "") == given_.reference
    assert (found.told, found.detail.value) == (given_.told, given_.detail)
    if given_.hosts:
        use = fleet(found).ssh_config
        assert use
        assert use.names == given_.hosts
    if given_.directory:
        asked = directory(found)
        assert (asked.user, asked.kerberos) == (given_.directory_user, False)
        assert asked.domain == ("a.example" if given_.directory == "a.example" else "")
        plain = given_.directory.startswith("ldap://")
        assert asked.security is (LdapSecurity.STARTTLS if plain else LdapSecurity.LDAPS)
