"""The store's snapshot is the one that a plain model in memory gives, whatever the audits were."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from inventory.model.access import AuthorizedKey
from inventory.model.account import Account, LoggedIn
from inventory.model.evidence import Evidence, Gap, Pointer, Why
from inventory.model.record import Record, replace_at
from inventory.model.truth import Truth
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen
from inventory.store import Identity, Spool, Store, pairing, spool, streamed
from inventory.store.reading import ANOTHER, NOT_ASKED
from inventory.store.seals import USABLE
from tests.inventory.building import TELLS, Told, account, denied, key, logged_in, told

LASTING = (Account, AuthorizedKey)
KINDS = (*LASTING, LoggedIn)
TARGETS = ("web1", "web2")
HOMES = ("/home/a", "/home/b")
VALUES: dict[type[Record], tuple[str, ...]] = {Account: ("shell",), AuthorizedKey: ("comment",)}


class Plan(Struct, frozen=True):
    """One audit: what each target told, which machine answered, how it ended."""

    told: dict[str, tuple[Told, ...]]
    machine: dict[str, str | None]
    sealed: bool
    reopened: bool


@st.composite
def readings(draw: st.DrawFn, target: str, collector: str) -> Told:
    state = draw(st.sampled_from([State.COMPLETE, State.COMPLETE, State.PARTIAL, State.FAILED]))
    tells = draw(st.sampled_from([TELLS, TELLS, TELLS, ("Account", "LoggedIn"), ()]))
    gaps: list[Gap] = []
    if state is State.PARTIAL:
        parts = draw(st.lists(st.sampled_from(["", *HOMES, "/none"]), max_size=2))
        gaps = [denied(part) for part in parts]
    if state is State.FAILED and draw(st.booleans()):
        gaps = [Gap(Why.UNREACHABLE)]
    records: list[Record] = []
    if state is not State.FAILED:
        records = draw(st.lists(seen(), max_size=5))
    parser = draw(st.sampled_from([1, 1, 1, 2]))
    return told(
        *records,
        target=target,
        collector=collector,
        state=state,
        gaps=gaps,
        tells=tells,
        parser=parser,
    )


def seen() -> st.SearchStrategy[Record]:
    names = st.sampled_from(["root", "alice", "bob"])
    shells = st.sampled_from(["/bin/sh", "/bin/bash"])
    return st.one_of(
        st.builds(lambda n, s, k: account(n, shell=s, line=k), names, shells, st.integers(1, 3)),
        st.builds(
            lambda h, c: key(h, comment=c), st.sampled_from(HOMES), st.sampled_from(["x", "y", ""])
        ),
        st.builds(logged_in, names),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    asked = [target for target in TARGETS if draw(st.integers(0, 3))]
    tellings = {
        target: tuple(
            draw(readings(target, name))
            for name in ("linux.one", "linux.two")
            if draw(st.integers(0, 4))
        )
        for target in asked
    }
    machine = {target: draw(st.sampled_from([None, "m1", "m1", "m1", "m2"])) for target in asked}
    return Plan(tellings, machine, draw(st.integers(0, 4)) > 0, draw(st.booleans()))


class Reference:
    """What is known after each audit, kept whole, in the most direct way."""

    def __init__(self) -> None:
        self.audits: list[MemorySnapshot] = []
        self._known: dict[ReadingKey, tuple[Reading, dict[object, Seen[Record]]]] = {}
        self._machines: dict[str, list[str]] = {}

    def take(self, plan: Plan) -> None:
        number = len(self.audits) + 1
        fresh = dict(self._reported(plan, number))
        asked = {(one.target, one.generation) for one in fresh}
        for name, (reading, rows) in self._known.items():
            if name not in fresh:
                other = any(t == name.target and g != name.generation for t, g in asked)
                blank = Reading(
                    name, State.NOT_ASKED, reading.tells, (ANOTHER if other else NOT_ASKED,)
                )
                fresh[name] = blank, {of: carried(row) for of, row in rows.items()}
        self._known = fresh
        self.audits.append(
            MemorySnapshot(
                number, [(reading, tuple(rows.values())) for reading, rows in fresh.values()]
            )
        )

    def _reported(
        self, plan: Plan, number: int
    ) -> Iterator[tuple[ReadingKey, tuple[Reading, dict[object, Seen[Record]]]]]:
        for target, tellings in plan.told.items():
            generation = self._generation(target, plan.machine[target])
            for one in tellings:
                name = ReadingKey("ssh", target, one.reading.key.collector, generation)
                gaps = tuple(sorted(set(one.reading.gaps)))
                reading = Reading(name, one.reading.state, one.reading.tells, gaps)
                old = self._known.get(name, (reading, {}))[1]
                yield name, (reading, self._rows(reading, one, old, number))

    def _rows(
        self, reading: Reading, one: Told, old: dict[object, Seen[Record]], number: int
    ) -> dict[object, Seen[Record]]:
        rows = {of: carried(row) for of, row in old.items() if not_disproved(reading, row)}
        now: dict[object, Seen[Record]] = {}
        for record in one.records:
            name = reading.key
            evidence = Evidence("ssh", name.target, name.collector, record.at, number)
            now.setdefault((type(record), record.key()), Seen(record, evidence))
        fresh = {of: row for of, row in now.items() if not lessened(rows.get(of), row)}
        return {**rows, **fresh}

    def _generation(self, target: str, machine: str | None) -> int:
        known = self._machines.setdefault(target, [])
        if machine and machine not in known:
            known.append(machine)
        return known.index(machine) if machine else max(len(known) - 1, 0)


def carried(row: Seen[Record]) -> Seen[Record]:
    return Seen(row.record, row.evidence, carried=True)


def not_disproved(reading: Reading, row: Seen[Record]) -> bool:
    if reading.state is State.COMPLETE:
        return type(row.record).__name__ not in reading.tells
    if reading.state is State.PARTIAL and reading.gaps:
        hides = row.record.part == "" or any(
            gap.part in ("", row.record.part) for gap in reading.gaps
        )
        return hides or type(row.record).__name__ not in reading.tells
    return True


def lessened(old: Seen[Record] | None, new: Seen[Record]) -> bool:
    """Tell whether what a gap may hide is all that the new sighting lacks."""
    if old is None or old.record.VOLATILE:
        return False
    pairs = [
        (getattr(old.record, name), getattr(new.record, name)) for name in VALUES[type(new.record)]
    ]
    return all(now in ("", before) for before, now in pairs) and any(a != b for a, b in pairs)


def run(store: Store, plan: Plan, number: int, *, spooled: bool) -> Store:
    running = store.begin({"audit": number}, 1000 - number)
    for target, told_now in plan.told.items():
        spool = Spool(store.path.parent)
        tellings = [in_file(one, spool) for one in told_now] if spooled else told_now
        machine = plan.machine[target]
        identity = Identity(machine, (f"SHA256:{machine}",)) if machine else None
        running.commit_target("ssh", target, tellings, identity)
        if plan.reopened:
            running.close()
            store.close()
            store = Store.open(store.path)
            running = store.resume()
            assert ("ssh", target) in running.done()
    if plan.sealed:
        running.seal(number)
    else:
        running.abort(number)
    return store


def shown(
    snapshot: MemorySnapshot | object, kind: type[Record], target: str | None, *, places: bool
) -> tuple[set[object], list[object]]:
    known = snapshot.read(kind, target=target).known()  # type: ignore[attr-defined]
    rows = {row if places else without_place(row) for row in known.rows}
    assert len(rows) == len(known.rows)
    return rows, sorted(known.blanks)


def without_place(row: Seen[Record]) -> Seen[Record]:
    e = row.evidence
    evidence = Evidence(e.source, e.target, e.collector, Pointer(), e.audit)
    return Seen(replace_at(row.record, Pointer()), evidence, row.carried)


def in_file(one: Told, spool: Spool) -> Told:
    """Return what was told with its records in a file; none where none may be."""
    records = spool.keep(one.records) if one.reading.state in USABLE else ()
    return structs.replace(one, records=records)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(plans(), min_size=1, max_size=7))
def test_the_store_says_what_the_model_says(audits: list[Plan]) -> None:
    follow(audits, spooled=[False] * len(audits))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(plans(), min_size=1, max_size=7), st.integers(0, 3), st.data())
def test_the_store_says_the_same_of_readings_that_are_streamed(
    audits: list[Plan], waiting: int, data: st.DataObject
) -> None:
    spooled = data.draw(st.lists(st.booleans(), min_size=len(audits), max_size=len(audits)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "MOST_WAITING", waiting)
        patch.setattr(streamed, "GROUP", 2)
        patch.setattr(streamed, "PAGE", 2)
        patch.setattr(spool, "BLOCK_RECORDS", 2)
        follow(audits, spooled=spooled)


def follow(audits: list[Plan], *, spooled: list[bool]) -> None:
    """Run audits, and compare what the store says with the model after each and at the end."""
    reference = Reference()
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "audits.db")
        for number, plan in enumerate(audits, start=1):
            store = run(store, plan, number, spooled=spooled[number - 1])
            reference.take(plan)
            compare(store, reference, number, newest=number)
        for number in range(1, len(audits)):
            compare(store, reference, number, newest=len(audits))
        assert store.verify() == []
        store.close()


def compare(store: Store, reference: Reference, number: int, *, newest: int) -> None:
    expected, found = reference.audits[number - 1], store.snapshot(number, unsealed=True)
    assert by_key(found.readings()) == by_key(expected.readings())
    assert found.targets() == expected.targets()
    for target in (None, *TARGETS):
        for kind in LASTING if number < newest else KINDS:
            places = number == newest
            assert shown(found, kind, target, places=places) == shown(
                expected, kind, target, places=places
            )
        assert_no_false_no(found, expected, target)


def by_key(readings: tuple[Reading, ...]) -> dict[ReadingKey, tuple[object, ...]]:
    assert len({one.key for one in readings}) == len(readings)
    return {one.key: (one.state, sorted(one.tells), one.gaps) for one in readings}


def assert_no_false_no(found: object, expected: MemorySnapshot, target: str | None) -> None:
    for kind in KINDS:
        truth = found.read(kind, target=target).any()  # type: ignore[attr-defined]
        if expected.read(kind, target=target).any() is not Truth.NO:
            assert truth is not Truth.NO
