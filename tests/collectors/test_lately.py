"""Hosts that told the same are read once; whatever differs is read for itself."""

from collections.abc import Iterator, Mapping

from collectors.lately import DIFFERENT, MOST_CHARACTERS, Lately
from collectors.runner import Collected, collect
from collectors.spec import Answer, Collector, Outcome, SshCommand, Unreadable, is_whole
from inventory.model.account import Account
from inventory.model.evidence import Gap, Why
from inventory.reading import ReadingKey, State

ASKS = (SshCommand("names", "cat names"), SshCommand("more", "cat more"))
REFUSED = Gap(Why.DENIED, "test.names/more", "", "no right", "root")


class Counting:
    """A collector of names that counts how often it read."""

    def __init__(self) -> None:
        self.times = 0
        self.collector = Collector("test.names", ASKS, (Account,), self.read)

    def read(self, names: tuple[Answer, ...], more: tuple[Answer, ...]) -> Iterator[object]:
        self.times += 1
        for answer in names:
            for _, name in answer.lines():
                if name == "bad":
                    yield Unreadable(answer.at(), "a bad name")
                elif name == "crash":
                    raise ValueError(name)
                else:
                    shell = "whole" if is_whole(more) else "part"
                    yield Account(name=name, uid=1, gid=1, home="/", shell=shell)


def outcomes(text: str, more: Outcome = ((), ())) -> Mapping[str, Outcome]:
    answer = Answer("test.names/names", "".join(iter(text)))  # never the same object twice
    return {"test.names/names": ((answer,), ()), "test.names/more": more}


def of(counting: Counting, lately: Lately, told: Mapping[str, Outcome], host: str) -> Collected:
    key = ReadingKey("fleet", host, "test.names")
    return collect(counting.collector, told, key=key, lately=lately)


def test_the_same_answers_are_read_once_and_make_a_reading_of_each_host() -> None:
    counting, lately = Counting(), Lately()
    one, two = (of(counting, lately, outcomes("alice\nbad"), host) for host in ("web1", "web2"))
    alone = collect(counting.collector, outcomes("alice\nbad"), key=two.reading.key)
    assert counting.times == 2  # once for both, once alone
    assert two == alone
    assert two.records is one.records
    assert (one.reading.key.target, two.reading.key.target) == ("web1", "web2")
    assert two.reading.state is State.PARTIAL
    assert two.reading.gaps == one.reading.gaps


def test_a_host_that_was_refused_something_is_not_taken_for_one_that_was_not() -> None:
    counting, lately = Counting(), Lately()
    whole = of(counting, lately, outcomes("alice"), "web1")
    part = of(counting, lately, outcomes("alice", ((), (REFUSED,))), "web2")
    assert (whole.reading.state, part.reading.state) == (State.COMPLETE, State.PARTIAL)
    assert [one.shell for one in (*whole.records, *part.records)] == ["whole", "part"]
    assert part.reading.gaps == (REFUSED,)


def test_other_text_another_exit_and_another_collector_are_read_for_themselves() -> None:
    counting, lately = Counting(), Lately()
    of(counting, lately, outcomes("alice"), "web1")
    assert of(counting, lately, outcomes("alicf"), "web2").records[0].name == "alicf"
    failed = ((Answer("test.names/more", "", exit=1),), ())
    of(counting, lately, outcomes("alice", failed), "web3")
    assert counting.times == 3
    other = Counting()
    of(other, lately, outcomes("alice"), "web4")
    assert other.times == 1


def test_only_the_latest_are_kept_and_nothing_long() -> None:
    counting, lately = Counting(), Lately()
    for number in range(DIFFERENT + 1):
        of(counting, lately, outcomes(f"name{number}"), "web")
    of(counting, lately, outcomes("name1"), "web")
    assert counting.times == DIFFERENT + 1
    of(counting, lately, outcomes("name0"), "web")
    assert counting.times == DIFFERENT + 2
    long = "\n" * (MOST_CHARACTERS + 1)
    for host in ("web1", "web2"):
        of(counting, lately, outcomes(long), host)
    assert counting.times == DIFFERENT + 4


def test_a_collector_that_failed_is_tried_again() -> None:
    counting, lately = Counting(), Lately()
    for host in ("web1", "web2"):
        found = of(counting, lately, outcomes("alice\ncrash"), host)
        assert found.reading.state is State.PARTIAL
    assert counting.times == 2
