"""Directories without a network: lists of entries answer, and a door that notes its closing."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from agent.audit.targets import Opened, Target
from collectors.clean import clean_text
from collectors.entries import Entries, Entry
from collectors.spec import Collector, LdapSearch, Unreadable
from inventory.model.account import Account
from inventory.model.directory import Domain
from inventory.model.evidence import Gap

USERS = LdapSearch("users", "(objectClass=user)", ("cn", "description", "lastLogon"))
DOMAINS = LdapSearch("domains", "(objectClass=domainDNS)", ("objectSid",), scope="base")

Found = Iterable[Entry | Gap]
Answer = Found | Callable[[], Found]


def _people(found: Entries) -> Iterator[Account | Unreadable]:
    for entry in found:
        name = entry.text("cn")
        if name is None:
            yield Unreadable(entry.at(), "it has no name", part=entry.dn)
            continue
        if name == "crash":
            raise RuntimeError(name)
        told = entry.text("description") or ""
        yield Account(at=entry.at(), name=name, uid=1, gid=1, home=entry.dn, shell="", gecos=told)


def _domains(found: Entries) -> Iterator[Domain]:
    for entry in found:
        yield Domain(at=entry.at(), dn=entry.dn, dns_name="corp.example", sid=entry.text("sid"))


PEOPLE = Collector("test.people", (USERS,), (Account,), _people, "ldap")
DOMAIN = Collector("test.domain", (DOMAINS,), (Domain,), _domains, "ldap")


def person(name: str | None, **values: str) -> Entry:
    told = {} if name is None else {"cn": (name.encode(),)}
    told |= {key: (value.encode(),) for key, value in values.items()}
    return Entry("test.people/users", f"CN={clean_text(str(name))},DC=corp,DC=example", told)


def domain(sid: str) -> Entry:
    return Entry("test.domain/domains", "DC=corp,DC=example", {"sid": (sid.encode(),)})


class Door:
    """An open directory: its answers by ask, how often it was closed."""

    def __init__(self, **answers: Answer) -> None:
        self._answers = answers
        self.closed = 0
        self.threads: set[int] = set()

    def search(self, name: str, ask: LdapSearch) -> Entries:
        self.threads.add(threading.get_ident())
        found = self._answers.get(ask.name, ())
        return Entries(name, found() if callable(found) else found)

    def close(self) -> None:
        self.closed += 1

    @property
    def directory(self) -> Opened:
        return Opened("ad", self.search, self.close)


def directory(
    door: Door | Callable[[], Opened | Gap],
    *,
    name: str = "corp.example",
    collectors: Sequence[Collector] = (PEOPLE, DOMAIN),
    leave_out: tuple[str, ...] = (),
) -> Target:
    """Return a directory as a target of the source "ad"."""

    def ask(_collectors: Sequence[Collector], _leave_out: Sequence[str]) -> Opened | Gap:
        return door.directory if isinstance(door, Door) else door()

    return Target("ad", name, tuple(collectors), ask, leave_out)
