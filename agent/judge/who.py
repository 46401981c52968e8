"""One person's ways: everything that a name, mail address, account or fingerprint leads to."""

from collections.abc import Iterable, Iterator

from msgspec import Struct, structs

from agent.judge import marks
from agent.judge.case import AccessPath, Case, Hold
from agent.judge.footprint import Holdings, hold_of, order
from agent.judge.holds.kind import Candidate
from agent.judge.matching import Matcher, weakened
from inventory.model.party import Party, Person, Role
from inventory.snapshot import Blank


class Ways(Struct, frozen=True):
    """What one person can do, and the gaps that could hide more."""

    asked: str
    known_as: tuple[str, ...]  # accounts, addresses and keys that the profiles give the person
    holds: tuple[Hold, ...]
    paths: tuple[AccessPath, ...]
    blanks: tuple[Blank, ...]


def who(case: Case, asked: str) -> Ways:
    """Return a person's ways, asked for by name, mail address, account or fingerprint.

    A person whom no profile knows is looked for by that one mark alone.
    """
    holdings = Holdings(case)
    person, party = person_of(case.parties, asked.strip())
    alone = Party(role=party.role, name="", people=(person,))  # by no mark of the party's own
    matcher = Matcher((alone,))
    holds = tuple(sorted(_holds(holdings, matcher, party.name), key=order))
    accounts = {(hold.target, hold.subject) for hold in holds if hold.kind == "account"}
    paths = list(dict.fromkeys(hold.path for hold in holds if hold.path))
    for scene in holdings.scenes:
        for account in sorted(name for target, name in accounts if target == scene.host.name):
            found = [path for path in scene.paths.paths if path.account == account]
            paths.extend(path for path in found if path not in paths)
    known_as = (person.name, *person.mails, *person.accounts, *person.keys)
    return Ways(asked, tuple(filter(None, known_as)), holds, tuple(paths), holdings.blanks)


def _holds(holdings: Holdings, matcher: Matcher, party: str) -> Iterator[Hold]:
    for one in holdings.judged:
        candidate = one.candidate
        sure = matcher.matches((*candidate.identifiers, *candidate.through))
        guesses = tuple(map(weakened, matcher.matches(candidate.perhaps)))
        for match in (sure or guesses)[:1]:
            theirs = structs.replace(match, party=party)  # as decisions know it
            decided = holdings.after_decision(candidate.key, theirs)
            if decided is not None and _means_someone(candidate):
                yield hold_of(candidate, decided)


def _means_someone(candidate: Candidate) -> bool:
    """Return whether it stands for a person: what only mentions a place does not."""
    return candidate.kind not in ("certificate", "web target", "repository", "container image")


def person_of(parties: Iterable[Party], asked: str) -> tuple[Person, Party]:
    """Return the person of a profile, or one who is known by nothing but what was asked."""
    for party in parties:
        for person in party.people:
            if asked in (*person.accounts, *person.keys) or _is_named(person, asked):
                return person, party
    nobody = Party(role=Role.OUTGOING, name=asked)
    if asked.startswith("SHA256:"):
        return Person(name="", keys=(asked,)), nobody
    if marks.mail(asked):
        return Person(name="", mails=(asked,)), nobody
    if " " in asked:
        return Person(name=asked), nobody
    return Person(name="", accounts=(asked,)), nobody


def _is_named(person: Person, asked: str) -> bool:
    wanted = marks.mail(asked)
    mails = {marks.mail(address) for address in person.mails}
    is_name = bool(asked) and marks.person(person.name) == marks.person(asked)
    return is_name or (wanted in mails and wanted is not None)
