"""A directory's entries become records one by one; what is missing of them is never lost."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from collectors.entries import Entries, Entry
from collectors.runner import Collected
from collectors.spec import Collector, Dialect, LdapSearch, Unreadable
from collectors.streaming import MOST_GAPS, Streaming, whole
from inventory.errors import TimedOut
from inventory.model.account import Account
from inventory.model.evidence import Gap, Pointer, Why
from inventory.reading import ReadingKey, State

USERS = LdapSearch("users", "(objectClass=user)", ("cn",))
POSIX = LdapSearch("posix", "(objectClass=posixAccount)", ("uid",), dialect="posix")
KEY = ReadingKey("ad", "corp.example", "test.people")


def _account(entry: Entry) -> Account:
    return Account(at=entry.at(), name=entry.text("cn") or "", uid=1, gid=1, home="", shell="")


def people(*found: Entries) -> Iterator[Account | Unreadable]:
    for entries in found:
        for entry in entries:
            name = entry.text("cn")
            if name == "crash":
                raise RuntimeError(f"the name is {name}")
            if name is None:
                yield Unreadable(entry.at(), "it has no name", part=entry.dn)
            else:
                yield _account(entry)


def entry(name: str | None, ask: str = "test.people/users") -> Entry:
    values = {} if name is None else {"cn": (name.encode(),)}
    return Entry(ask, f"CN={name},DC=corp,DC=example", values)


Found = Iterable[Entry | Gap]


class Fake:
    """A search that is answered from lists; it keeps what was sent."""

    def __init__(self, **answers: Found | Callable[[], Found]) -> None:
        self._answers, self.sent = answers, []  # type: ignore[var-annotated]

    def __call__(self, name: str, ask: LdapSearch) -> Entries:
        self.sent.append(name)
        found = self._answers.get(ask.name, ())
        return Entries(name, found() if callable(found) else found)


def stream(
    fake: Fake, *asks: LdapSearch, read: Any = people, dialect: Dialect = "ad", left: str = ""
) -> Streaming:
    collector = Collector("test.people", asks or (USERS,), (Account,), read, "ldap")
    leave_out = (left,) if left else ()
    return Streaming(collector, fake, key=KEY, dialect=dialect, leave_out=leave_out)


def collected(fake: Fake, *asks: LdapSearch, **how: Any) -> Collected:
    return whole(stream(fake, *asks, **how))


def names(got: Collected) -> list[str]:
    return [record.name for record in got.records if isinstance(record, Account)]


def test_entries_become_records_of_a_complete_reading() -> None:
    got = collected(Fake(users=[entry("alice"), entry("bob"), entry("alice")]))
    assert names(got) == ["alice", "bob"]
    assert (got.reading.state, got.reading.gaps) == (State.COMPLETE, ())


def test_records_come_while_the_search_still_runs() -> None:
    read = []

    def slowly() -> Iterator[Entry]:
        for name in ("alice", "bob"):
            read.append(name)
            yield entry(name)

    records = iter(stream(Fake(users=slowly)))
    next(records)
    assert read == ["alice"]


def test_the_outcome_is_not_known_before_the_end() -> None:
    begun = stream(Fake(users=[entry("alice"), entry("bob")]))
    next(iter(begun))
    with pytest.raises(RuntimeError, match="not read to its end"):
        _ = begun.reading


def test_a_gap_after_the_records_keeps_them_and_leaves_the_reading_partial() -> None:
    cut = Gap(Why.TRUNCATED, "test.people/users", "", "the server stopped", "limit")
    got = collected(Fake(users=[entry("alice"), cut]))
    assert (names(got), got.reading.state, got.reading.gaps) == (["alice"], State.PARTIAL, (cut,))


def test_a_gap_without_a_name_gets_that_of_its_ask() -> None:
    got = collected(Fake(users=[Gap(Why.DENIED)]))
    assert got.reading.gaps == (Gap(Why.DENIED, "test.people/users"),)
    assert got.reading.state is State.FAILED


def test_an_entry_that_cannot_be_read_hides_its_own_part() -> None:
    got = collected(Fake(users=[entry("alice"), entry(None)]))
    (gap,) = got.reading.gaps
    assert (gap.why, gap.part) == (Why.MALFORMED, "CN=None,DC=corp,DC=example")
    assert got.reading.state is State.PARTIAL


def test_a_collector_that_fails_in_the_middle_keeps_what_it_told() -> None:
    fake = Fake(users=[entry("alice"), entry("crash"), entry("bob")])
    got = collected(fake, USERS, LdapSearch("more", "(cn=*)", ("cn",)))
    (gap,) = got.reading.gaps
    assert (names(got), gap.why, gap.cure) == (["alice"], Why.MALFORMED, "report")
    assert "the name is" not in gap.detail
    assert fake.sent == ["test.people/users"]


def test_a_connection_that_breaks_in_a_search_is_a_gap_of_it() -> None:
    def breaks() -> Iterator[Entry]:
        yield entry("alice")
        raise TimedOut("no byte for 120 s")

    got = collected(Fake(users=breaks))
    gap = Gap(Why.TIMEOUT, "test.people/users", "", "no byte for 120 s", "route")
    assert (names(got), got.reading.state, got.reading.gaps) == (["alice"], State.PARTIAL, (gap,))


def test_a_collector_that_tells_no_record_is_contained() -> None:
    def strange(found: Entries) -> Iterator[Any]:
        for one in found:
            yield _account(one)
            yield one.dn

    got = collected(Fake(users=[entry("alice")]), read=strange)
    assert (names(got), got.reading.state) == (["alice"], State.PARTIAL)
    assert "no record" in got.reading.gaps[0].detail


def test_a_collector_that_is_no_generator_and_fails_at_once_is_contained() -> None:
    def fails(_: Entries) -> Iterator[Any]:
        raise KeyError("x")

    got = collected(Fake(users=[entry("alice")]), read=fails)
    assert (names(got), got.reading.gaps[0].why) == ([], Why.MALFORMED)


def test_what_a_collector_leaves_unread_is_read_for_its_gaps() -> None:
    def first(found: Entries) -> Iterator[Account]:
        for one in found:
            yield _account(one)
            return

    cut = Gap(Why.TRUNCATED, "test.people/users")
    got = collected(Fake(users=[entry("alice"), entry("bob"), cut]), read=first)
    assert (names(got), got.reading.gaps) == (["alice"], (cut,))


def test_an_ask_of_another_dialect_is_not_sent_and_proves_none() -> None:
    fake = Fake(users=[entry("alice")], posix=[entry("bob")])
    got = collected(fake, USERS, POSIX)
    assert (names(got), got.reading.state) == (["alice"], State.COMPLETE)
    assert fake.sent == ["test.people/users"]


def test_an_ask_of_another_dialect_does_not_make_up_for_one_that_was_refused() -> None:
    got = collected(Fake(users=[Gap(Why.DENIED)]), USERS, POSIX)
    assert got.reading.state is State.FAILED


def test_what_is_left_out_is_not_sent() -> None:
    fake = Fake(users=[entry("alice")])
    got = collected(fake, left="test.people/users")
    assert (got.reading.state, got.reading.gaps[0].why, fake.sent) == (
        State.NOT_ASKED,
        Why.NOT_ASKED,
        [],
    )


def test_what_is_left_out_was_not_asked_even_where_it_would_not_fit() -> None:
    got = collected(Fake(), POSIX, left="test.people/posix")
    assert got.reading.state is State.NOT_ASKED


def test_where_nothing_was_answered_a_claim_from_absence_is_dropped() -> None:
    def hasty(found: Entries) -> Iterator[Account]:
        if not list(found):
            yield Account(name="nobody", uid=1, gid=1, home="", shell="")

    assert names(collected(Fake(users=[]), read=hasty)) == ["nobody"]
    refused = collected(Fake(users=[Gap(Why.DENIED)]), read=hasty)
    assert (names(refused), refused.reading.state) == ([], State.FAILED)


def test_very_many_gaps_end_in_one_that_hides_everything() -> None:
    def bad(found: Entries) -> Iterator[Unreadable]:
        for _ in found:
            for number in range(3 * MOST_GAPS):
                yield Unreadable(Pointer("test.people/users"), "bad", part=f"CN={number}")

    got = collected(Fake(users=[entry("alice")]), read=bad)
    assert len(got.reading.gaps) == MOST_GAPS + 1
    assert got.reading.hides("CN=never seen")
