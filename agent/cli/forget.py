"""`handover forget`: erases what is kept of a person; the seals still verify."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from agent.audit.pages import Pages
from agent.cli.decide import author_of
from agent.cli.tables import Table, print_lines, print_tables
from agent.judge import marks
from agent.judge.case import Certainty
from agent.judge.matching import Matcher
from agent.judge.who import person_of
from collectors.directory_values import first_value
from inventory.errors import ConfigError
from inventory.model.account import Account
from inventory.model.directory_accounts import DirectoryAccount
from inventory.model.evidence import Gap
from inventory.model.party import Party, Person
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantUser

LEAST_NAME = 3  # characters of a name by which free text is searched
_WORD = re.compile(r"[\w.@+-]+")
LEFT = (
    "Not touched: handover.yaml and profiles, documents that were written, recordings, and copies "
    "of the store. Remove the person there by hand."
)


class Sought:
    """What says something of a person: by mark, or by name in any field."""

    def __init__(self, person: Person, party: Party, *, exact: bool) -> None:
        """Take the person; `exact`: leave out what only mentions the name in a text."""
        self._matcher = Matcher((Party(role=party.role, name="", people=(person,)),))
        self._exact = exact
        names = (person.name, *person.mails, *person.accounts, *person.keys)
        self._names = frozenset(filter(None, names))
        self._ids: frozenset[str] = frozenset()

    def learn(self, record: Record) -> None:
        """Take what an account of a directory or tenant is called elsewhere, if it is their own.

        Members, managers, roles, rights and sign-ins name it by its id, its SID or its DN.
        """
        if isinstance(record, DirectoryAccount | TenantUser) and self._is_own(record):
            ids = (record.id, record.sid, record.dn, getattr(record, "upn", None))
            self._ids |= {one.casefold() for one in ids if one}

    def _is_own(self, account: DirectoryAccount | TenantUser) -> bool:
        found = self._matcher.matches(account.identifiers())
        is_proved = any(one.certainty is Certainty.PROVED for one in found)
        name = account.name if isinstance(account, TenantUser) else account.display_name
        return is_proved or self._is_named(account.dn or "") or name in self._names

    def is_in(self, record: Record) -> bool:
        """Tell whether a record says something of the person."""
        found = self._matcher.matches(record.identifiers())
        if any(not self._exact or one.certainty is Certainty.PROVED for one in found):
            return True
        where = record.at.where.casefold()  # "DN", or "DN attribute"
        if any(where == one or where.startswith(f"{one} ") for one in self._ids):
            return True
        fields: dict[str, Any] = msgspec.structs.asdict(record)
        return any(self._is_named(text) for text in _texts(tuple(fields.values())))

    def is_in_gap(self, gap: Gap) -> bool:
        """Tell whether a gap names the person."""
        texts = (gap.part, gap.detail)
        is_called = any(one in text.casefold() for one in self._ids for text in texts)
        return is_called or any(self.is_mentioned(text) for text in texts)

    def is_mentioned(self, text: str) -> bool:
        """Tell whether a text names the person, as a word of it or part of a path."""
        words = {word.strip(".") for word in _WORD.findall(text)}
        return any(len(name) >= LEAST_NAME and _holds(text, words, name) for name in self._names)

    def _is_named(self, text: str) -> bool:
        """Tell whether a field is the person's name, id or DN, or a path that has it as a step."""
        bare = text.rpartition("\\")[2]
        if text.casefold() in self._ids or ("=" in text and first_value(text) in self._names):
            return True
        return bare in self._names or ("/" in text and bool(self._names & set(text.split("/"))))


@click.command
@click.argument("person")
@click.option("--exact", is_flag=True, help="Leave out what only mentions the name in a text.")
@click.option("--why", default="", help="The reason, kept in the journal; do not name the person.")
@click.option("--by", default="", help="Who does it; default: who is logged in.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget(folder: Path, *, person: str, exact: bool, why: str, by: str, yes: bool) -> None:
    """Erase what is kept of a PERSON, in all audits: name, mail address, account or fingerprint.

    What is erased reads as unknown from then on. The seals still verify, and the journal keeps
    that something was erased, by whom and when.
    """
    from agent.cli.opening import SUBJECTS, kept  # noqa: F401  (imports every record kind)

    author = author_of(by)
    sought = Sought(*person_of(_parties(folder), _asked(person)), exact=exact)
    if sought.is_mentioned(why) or sought.is_mentioned(author):
        raise ConfigError("--why and --by stay in the journal: they must not name the person")
    with kept(folder) as store:
        for record in store.sought(sought.is_in):
            sought.learn(record)
        records = store.sought(sought.is_in)
        entries = tuple(
            entry.seq for entry in store.journal() if entry.body and sought.is_mentioned(entry.body)
        )
        _tell(records, len(entries))
        if not yes and not click.confirm("Erase this for good?", default=False):
            raise click.Abort
        erased = store.forget(
            sought.is_in,
            author=author,
            at=int(time.time()),
            why=why,
            gaps=sought.is_in_gap,
            entries=entries,
        )
    Pages(folder).forget()  # of an audit that was interrupted: it asks them again
    print_lines((f"erased: {erased} records, gaps and journal entries", LEFT))


def _parties(folder: Path) -> tuple[Party, ...]:
    """Return the parties of the engagement: they say by what a person is known."""
    from agent.cli.opening import engagement_of

    return engagement_of(folder, asks=False).parties


def _asked(person: str) -> str:
    asked = person.strip()
    if len(asked) < LEAST_NAME:
        raise ConfigError(f"a name of less than {LEAST_NAME} characters would be found everywhere")
    return asked


def _tell(records: Sequence[Record], entries: int) -> None:
    kinds = Counter(type(record).__name__ for record in records)
    rows = tuple((kind, str(count)) for kind, count in sorted(kinds.items()))
    table = Table(("kind", "records"), rows, "WOULD BE ERASED, in all audits", "no record")
    print_tables((table,))
    if entries:
        print_lines((f"journal entries: {entries}",))
    accounts = sorted({record.name for record in records if isinstance(record, Account)})
    if accounts:
        bear = f"accounts that bear the name: {', '.join(accounts)}"
        print_lines((bear, "What else names an account goes with: handover forget ACCOUNT", ""))


def _texts(values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from _texts(value)
        elif isinstance(value, msgspec.Struct):  # as an object in a list of members
            yield from _texts(msgspec.structs.astuple(value))


def _holds(text: str, words: set[str], name: str) -> bool:
    return name in words or (" " in name and marks.person(name) in marks.person(text))
