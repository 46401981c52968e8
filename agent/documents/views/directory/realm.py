"""One directory as its pages see it: its entries by name, their last use, and whose they are."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from agent.documents.cell import Cell, of_field, of_read, unknown
from agent.documents.views import say
from agent.documents.views.ledger import Ledger
from agent.judge.case import Certainty
from agent.judge.directory.directories import Directory
from agent.judge.directory.people import last_use, powerful, use_text
from agent.judge.directory.principals import Principals
from agent.judge.judgement import Judgement
from inventory.model.directory_accounts import DirectoryAccount, DirectorySignIn
from inventory.model.record import Identifier
from inventory.snapshot import Read, Seen

AD, POSIX = "ad", "posix"


class Realm:
    """One directory, how exact to be, and the parties whose its entries may be."""

    def __init__(self, directory: Directory, judgement: Judgement, *, is_minimal: bool) -> None:
        """Take the directory; joins are made when they are asked for."""
        self.directory = directory
        self.judgement = judgement
        self.is_minimal = is_minimal
        self.now = judgement.case.dates.now
        self.principals = directory.once(Principals)

    @cached_property
    def accounts(self) -> dict[str, Seen[DirectoryAccount]]:
        """Return the accounts by their ids; fresh ones win."""
        rows = sorted(self.directory.rows(DirectoryAccount), key=lambda row: not row.carried)
        return {row.record.id: row for row in rows}

    def name(self, dn: str) -> str:
        """Return the name of who has a DN, else its first part."""
        return self.principals.of_dn(dn).name

    def name_of_sid(self, sid: str) -> str:
        """Return the name of who has a SID, else the SID."""
        return self.principals.of_sid(sid).name

    def name_of_id(self, entry: str) -> str:
        """Return the name of an entry by its id."""
        known = self.principals.by_id.get(entry)
        return known.name if known else entry

    def names(self, dns: Iterable[str]) -> tuple[str, ...]:
        """Return the names of some DNs."""
        return tuple(map(self.name, dns))

    def is_told_exactly(self, entry: str) -> bool:
        """Return whether the exact last use may be told: of those with power, or of everybody."""
        return not self.is_minimal or entry in powerful(self.directory)

    def used(self, entry: str) -> Cell:
        """Return the last use of an account or computer: exact with power, else in buckets."""
        row = last_use(self.directory).get(entry)
        if row is None:
            blanks = self.directory.blanks(DirectorySignIn)
            return unknown(blanks) if blanks else of_field(None)
        return of_read(Read((row,), ()), lambda one: self._when(one, entry))

    def _when(self, one: DirectorySignIn, entry: str) -> str:
        if one.when is None:
            return "never, as far as the directory knows"
        exact = self.is_told_exactly(entry)
        return use_text(one.when, self.now) if exact else say.bucket(one.when, self.now)

    def whose(self, identifiers: Sequence[Identifier]) -> tuple[str, str]:
        """Return the party by which marks are recognised and how surely; "" when none is."""
        matches = self.judgement.holdings.matcher.matches(identifiers)
        if not matches:
            return "", ""
        guess = matches[0].certainty is Certainty.PROPOSED
        return matches[0].party, "proposed" if guess else matches[0].certainty.value


def applies(ledger: Ledger[Any, Realm], realm: Realm) -> bool:
    """Return whether a directory could have such records; of one that nobody knows: yes."""
    is_ad = realm.directory.is_ad
    return is_ad is None or not ledger.dialect or (ledger.dialect == AD) is is_ad
