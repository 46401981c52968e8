"""Small readings and records from which the store's tests build their audits."""

from collections.abc import Collection, Iterable
from pathlib import Path

from msgspec import Struct

from inventory.model.access import AuthorizedKey
from inventory.model.account import Account, LoggedIn
from inventory.model.evidence import Gap, Pointer, Why
from inventory.model.record import Record
from inventory.reading import Reading, ReadingKey, State
from inventory.store import Identity, Store

TELLS = ("Account", "AuthorizedKey", "LoggedIn")


class Told(Struct, frozen=True):
    """What collectors.runner.Collected is, seen from the store."""

    reading: Reading
    records: Collection[Record] = ()
    parser: int = 1


def told(
    *records: Record,
    target: str = "web1",
    collector: str = "linux.one",
    state: State = State.COMPLETE,
    gaps: Iterable[Gap] = (),
    tells: tuple[str, ...] = TELLS,
    parser: int = 1,
) -> Told:
    key = ReadingKey("ssh", target, collector)
    return Told(Reading(key, state, tells, tuple(gaps)), records, parser)


def account(name: str, *, shell: str = "/bin/sh", line: int = 1) -> Account:
    at = Pointer("linux.one/passwd", f"/etc/passwd:{line}")
    return Account(at=at, name=name, uid=1000, gid=1000, home=f"/home/{name}", shell=shell)


def key(home: str, print_: str = "SHA256:a", *, comment: str = "") -> AuthorizedKey:
    return AuthorizedKey(
        account=home, file=home, algorithm="ssh-ed25519", fingerprint=print_, comment=comment
    )


def logged_in(name: str) -> LoggedIn:
    return LoggedIn(account=name, terminal="pts/0")


def denied(part: str = "") -> Gap:
    return Gap(Why.DENIED, "linux.one/passwd", part, "Permission denied", "root")


def audit(store: Store, *collected: Told, now: int = 100, identity: Identity | None = None) -> str:
    """Run one whole audit of the targets that are told."""
    with store.begin({"only": None}, now) as running:
        for name in dict.fromkeys(one.reading.key.target for one in collected):
            mine = [one for one in collected if one.reading.key.target == name]
            running.commit_target("ssh", name, mine, identity)
        return running.seal(now + 1)


def opened(folder: Path) -> Store:
    return Store.open(folder / "audits.db")
