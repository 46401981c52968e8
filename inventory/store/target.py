"""Writes the readings of one target, within one transaction: differences against what was open."""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import Connection, and_, bindparam, null, select

from inventory.codec import Coded, plain, plain_reading
from inventory.errors import StoreError
from inventory.model.evidence import Pointer
from inventory.model.record import KINDS, Record
from inventory.reading import Reading
from inventory.store.difference import Row, difference, is_hidden
from inventory.store.encoding import Encoding
from inventory.store.seals import USABLE, Head, digest_of, gaps_digest, head_of
from inventory.store.spool import Spooled
from inventory.store.streamed import Streamed
from inventory.store.tables import CARRIED, READING, RECORD, RESULT, VOLATILE
from inventory.store.writes import (
    DIGEST,
    END_RESULT,
    NEW_RESULT,
    REFRESHED,
    REPORTED,
    SALT,
    Writes,
    fetched,
    many,
    rows_of,
)


class Told(Protocol):
    """What one collector made of one target: collectors.runner.Collected is one."""

    @property
    def reading(self) -> Reading:
        """Return the outcome."""
        ...

    @property
    def records(self) -> Collection[Record]:
        """Return the records that were seen; those in a Spool are never held all at once."""
        ...

    @property
    def parser(self) -> int:
        """Return the version of the code that read the answers."""
        ...


class Known(Struct, frozen=True):
    """What the store holds of one reading before this audit."""

    id: int
    reported: int | None  # None: never
    head: Head | None


class TargetWriting:
    """The writing of one target within one transaction."""

    def __init__(
        self,
        db: Connection,
        number: int,
        source: str,
        target: str,
        generation: int,
        encoding: Encoding,
    ) -> None:
        self._db, self._number, self._generation = db, number, generation
        self._source, self._target = source, target
        self._writes, self._encoding = Writes(db, number), encoding

    def keep(self, collected: Sequence[Told]) -> None:
        """Write all readings."""
        told = {plain(one.reading.key.collector): one for one in collected}
        if len(told) != len(collected):
            raise StoreError(f"{self._target}: one collector reported twice")
        known = self._known(tuple(told))
        if any(isinstance(one.records, Spooled) for one in collected):
            self._keep_large(told, known)
            return
        rows, fleeting = self._rows(_OPEN), self._rows(_FLEETING)
        for name, one in told.items():
            before = known[name]
            self._keep(one, before, rows.get(before.id, ()), fleeting.get(before.id, ()))
        self._writes.write()

    def _keep_large(self, told: dict[str, Told], known: dict[str, Known]) -> None:
        """Write one reading after the other, so that only one group of records is held."""
        for name, one in told.items():
            before = known[name]
            stream = Streamed(self._db, self._writes, before.id, plain_reading(one.reading))
            if isinstance(one.records, Spooled):
                self._stream(one, one.records, before, stream)
            else:
                usable = one.reading.state in USABLE
                rows = stream.standing() if usable else ()
                self._keep(one, before, rows, stream.fleeting() if usable else ())
            self._writes.write()

    def _check(self, one: Told) -> None:
        key = one.reading.key
        if (plain(key.source), plain(key.target)) != (self._source, self._target):
            raise StoreError(f"a reading of {key.target} was handed in for {self._target}")
        if one.records and one.reading.state not in USABLE:
            raise StoreError(f"{key.target}: {key.collector} {one.reading.state}, yet has records")

    def _keep(self, one: Told, before: Known, rows: Sequence[Row], fleeting: Sequence[Row]) -> None:
        self._check(one)
        reading = plain_reading(one.reading)
        told = self._encoding.of(reading.key.collector, one.records)
        found = difference(reading, told.lasting, rows)
        added = list(rows_of(before.id, found.added))
        head = head_of(reading, one.parser)
        if not self._lasts(before, head, nothing=found.is_nothing):
            kept, new = (row.digest for row in found.kept), (row[DIGEST] for row in added)
            self._result(before, head, sorted((*kept, *new)))
        self._writes.records(found, added)
        self._volatile(reading, told.fleeting, before.id, fleeting)

    def _stream(self, one: Told, records: Spooled, before: Known, stream: Streamed) -> None:
        self._check(one)
        reading = plain_reading(one.reading)
        usable = reading.state in USABLE
        nothing = not usable or stream.lasting(records.lines(volatile=False))
        head = head_of(reading, one.parser)
        if not self._lasts(before, head, nothing=nothing):
            self._result(before, head, stream.seen() if usable else ())
        if _replaces(reading, any(KINDS[kind].VOLATILE for kind in records.kinds)):
            stream.volatile(records.lines(volatile=True))
            self._writes.add(REFRESHED, {"of": before.id, "to": self._number})

    def _lasts(self, before: Known, head: Head, *, nothing: bool) -> bool:
        """Let the last result hold on when nothing is new; tell whether it does."""
        self._writes.add(REPORTED, {"of": before.id, "to": self._number})
        return nothing and before.reported == self._number - 1 and before.head == head

    def _result(self, before: Known, head: Head, seen: Iterable[bytes]) -> None:
        """End the last result, and begin another; `seen`: digests of all records, in order."""
        salt = os.urandom(SALT)
        unread = gaps_digest(salt, head.gaps)
        if before.head is not None:
            self._writes.add(END_RESULT, {"of": before.id, "to": before.reported})
        row = {
            "reading": before.id,
            "first": self._number,
            "state": head.state,
            "tells": head.tells,
            "gaps": head.gaps,
            "salt": salt,
            "unread": unread,
            "parser": head.parser,
            "digest": digest_of(head, unread, seen),
        }
        self._writes.add(NEW_RESULT, row)

    def _volatile(
        self, reading: Reading, told: Sequence[Coded], of: int, rows: Sequence[Row]
    ) -> None:
        """Replace what this reading could see; what a gap hides keeps its older audit."""
        if not _replaces(reading, bool(told)):
            return
        fresh = {(record.kind, record.key): record for record in reversed(told)}
        gone = [
            row.id
            for row in rows
            if (row.kind, row.key) in fresh or not is_hidden(reading, row.kind, row.part)
        ]
        self._writes.volatile(of, gone, fresh.values())
        self._writes.add(REFRESHED, {"of": of, "to": self._number})

    def _known(self, collectors: Sequence[str]) -> dict[str, Known]:
        """Return what is known of each collector's reading; new ones are entered."""
        known = dict(self._entered())
        new = [
            {
                "source": self._source,
                "target": self._target,
                "collector": name,
                "generation": self._generation,
                "reported": self._number,
            }
            for name in collectors
            if name not in known
        ]
        if not new:
            return known
        many(self._db, READING.insert(), new)
        return {**dict(self._entered()), **known}

    def _entered(self) -> Iterator[tuple[str, Known]]:
        for of, collector, reported, state, tells, gaps, parser in self._here(_ENTERED):
            if state is None:
                yield collector, Known(of, None, None)
            else:
                yield collector, Known(of, reported, Head(state, tells, gaps, parser))

    def _rows(self, query: Any) -> dict[int, tuple[Row, ...]]:
        """Return the target's rows by reading."""
        return {
            of: tuple(_row(row) for row in some)
            for of, some in groupby(self._here(query), itemgetter(0))
        }

    def _here(self, query: Any) -> list[tuple[Any, ...]]:
        return fetched(
            self._db,
            query,
            source=self._source,
            target=self._target,
            generation=self._generation,
        )


def _replaces(reading: Reading, told: bool) -> bool:
    """Tell whether a reading replaces volatile records: it told some, or could have."""
    could = any(name in KINDS and KINDS[name].VOLATILE for name in reading.tells)
    return reading.state in USABLE and (told or could)


def _row(row: tuple[Any, ...]) -> Row:
    _, id_, kind, version, part, key, body, ask, place, digest, hidden = row
    at = Pointer(ask, place)
    return Row(id_, kind, version, part, key, body, at, digest, hidden is not None)


_HERE = and_(
    READING.c.source == bindparam("source"),
    READING.c.target == bindparam("target"),
    READING.c.generation == bindparam("generation"),
)
_CONTENT = ("reading", "id", "kind", "version", "part", "key", "body", "ask", "place", "digest")
_ENTERED = (
    select(READING.c.id, READING.c.collector, READING.c.reported)
    .add_columns(RESULT.c.state, RESULT.c.tells, RESULT.c.gaps, RESULT.c.parser)
    .outerjoin(RESULT, and_(RESULT.c.reading == READING.c.id, RESULT.c.last.is_(None)))
    .where(_HERE)
)
_OPEN = (
    select(*(RECORD.c[name] for name in _CONTENT), CARRIED.c.first)
    .join(READING)
    .outerjoin(CARRIED, and_(CARRIED.c.record == RECORD.c.id, CARRIED.c.last.is_(None)))
    .where(RECORD.c.last.is_(None), _HERE)
    .order_by(RECORD.c.reading)
)
_FLEETING = (
    select(*(VOLATILE.c[name] for name in _CONTENT), null())
    .join(READING)
    .where(_HERE)
    .order_by(VOLATILE.c.reading)
)
