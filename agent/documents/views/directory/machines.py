"""Computers of a directory: systems, last use, kept passwords, and those that nobody audited."""

from collections import defaultdict

from msgspec import Struct

from agent.documents.cell import Cell, of_bounds, of_field, unknown, whys_of
from agent.documents.views.directory.accounts import USED, counted, used_word
from agent.documents.views.directory.realm import Realm
from agent.documents.views.table import MOST_ROWS, Row, Table, names_of, place, state
from agent.judge.directory.people import last_use
from agent.judge.directory.reach import reach
from collectors.directory_values import first_value, parent_dn
from inventory.model.directory_accounts import DirectoryComputer, DirectorySignIn
from inventory.model.directory_rights import LocalAdminPassword, RecoveryKey
from inventory.model.record import Record
from inventory.model.truth import Bounds
from inventory.snapshot import Seen

f = of_field
UNNAMED = "no system is told"


class Kept(Struct, frozen=True):
    """Of how many computers something is kept in the directory."""

    laps: Cell
    bitlocker: Cell


def systems(realm: Realm) -> Table:
    """Return the systems of computers that are not disabled, and when they were used last."""
    directory = realm.directory
    groups: dict[str, list[Seen[DirectoryComputer]]] = defaultdict(list)
    for row in directory.rows(DirectoryComputer):
        if row.record.is_enabled is not False:
            groups[_system(row.record)].append(row)
    whys = whys_of(directory.blanks(DirectoryComputer))
    ordered = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    return Table(
        title="Computers that are not disabled, by system and last use",
        columns=("System", "Computers", *(word.capitalize() for word in USED)),
        known=state(bool(groups), whys),
        rows=tuple(_row(name, rows, realm) for name, rows in ordered[:MOST_ROWS]),
        more=max(0, len(ordered) - MOST_ROWS),
        whys=whys,
        kinds=names_of(DirectoryComputer),
        places=False,
    )


def _system(one: DirectoryComputer) -> str:
    return " ".join(filter(None, (one.os, one.os_version))) or UNNAMED


def _row(name: str, rows: list[Seen[DirectoryComputer]], realm: Realm) -> Row:
    signs = last_use(realm.directory)
    words = [used_word(signs.get(row.record.id), realm.now) for row in rows]
    unread = realm.directory.blanks(DirectorySignIn)
    counts = (Bounds(words.count(word), None if unread else words.count(word)) for word in USED)
    return Row((f(name), f(len(rows), "number"), *(counted(one, unread) for one in counts)))


def kept(realm: Realm) -> Kept:
    """Return of how many computers local passwords and recovery keys are kept."""
    directory = realm.directory
    with_password = {row.record.computer for row in directory.rows(LocalAdminPassword)}
    with_keys = {row.record.computer.casefold() for row in directory.rows(RecoveryKey)}
    rows = [r.record for r in directory.rows(DirectoryComputer) if r.record.is_enabled is not False]
    return Kept(
        _of_all(sum(one.id in with_password for one in rows), len(rows), realm, LocalAdminPassword),
        _of_all(sum(one.dn.casefold() in with_keys for one in rows), len(rows), realm, RecoveryKey),
    )


def _of_all(number: int, everybody: int, realm: Realm, kind: type[Record]) -> Cell:
    """Return `3 of 21`; whether the rest has none is only known when all could be read."""
    blanks = realm.directory.blanks(kind, DirectoryComputer)
    if not blanks:
        return f(f"{number} of {everybody}")
    return unknown(blanks) if not number else of_bounds(Bounds(number, None), blanks)


def blind(realm: Realm) -> Table:
    """Return the computers that are not disabled and that no host audit reached."""
    found = reach(realm.directory, realm.judgement.holdings.hosts)
    rows = sorted(found.blind, key=lambda row: row.record.name)
    whys = whys_of(realm.directory.blanks(DirectoryComputer))
    return Table(
        title=f"Computers that no audit reached ({len(found.audited)} were reached)",
        columns=("Computer", "System", "Last used", "Lies in"),
        known=state(bool(rows), whys, all_fresh=not any(row.carried for row in rows)),
        rows=tuple(_blind(row, realm) for row in rows[:MOST_ROWS]),
        more=max(0, len(rows) - MOST_ROWS),
        whys=whys,
        kinds=names_of(DirectoryComputer),
    )


def _blind(row: Seen[DirectoryComputer], realm: Realm) -> Row:
    one = row.record
    cells = (
        f(one.dns_name or one.name.rstrip("$"), "code"),
        f(_system(one)),
        realm.used(one.id),
        f(first_value(parent_dn(one.dn))),
    )
    return Row(cells, place(row.evidence), row.evidence.audit if row.carried else 0)
