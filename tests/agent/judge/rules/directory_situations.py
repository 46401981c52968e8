"""For each rule about directories a small world in which it is met, and one in which it is not."""

from inventory.model.directory import Domain
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectorySecret,
    DirectorySignIn,
)
from inventory.model.record import Record
from tests.agent.judge.rules.building import Situation, ago

NAME = "corp.example"
SID = "S-1-5-21-1-2-3"
DOMAIN = Domain(dn="DC=corp,DC=example", dns_name=NAME, sid=SID)


def account(name: str, rid: int = 2000, **more: object) -> DirectoryAccount:
    said: dict[str, object] = {"type": "user", "is_enabled": True, "created": ago(900), **more}
    said.setdefault("password_changed", ago(20))
    dn = f"CN={name},CN=Users,{DOMAIN.dn}"
    return DirectoryAccount(id=f"id-{name}", dn=dn, name=name, sid=f"{SID}-{rid}", **said)  # type: ignore[arg-type]


def used(name: str, days: float) -> DirectorySignIn:
    return DirectorySignIn(account=f"id-{name}", when=ago(days))


def world(met: tuple[Record, ...], broken: tuple[Record, ...]) -> Situation:
    return Situation({NAME: (DOMAIN, *met)}, {NAME: (DOMAIN, *broken)})


def bare(met: tuple[Record, ...], broken: tuple[Record, ...]) -> Situation:
    """Return worlds of rules that do not look at the domain."""
    return Situation({NAME: met}, {NAME: broken})


OLD = {"password_changed": ago(800)}
MIA, SVC = account("mia", **OLD), "svc-sql"

DIRECTORY_SITUATIONS = {
    "directory.stale-account": world((MIA, used("mia", 5)), (MIA, used("mia", 200))),
    "directory.password-never-expires": world(
        (account("mia", flags=("password never expires",)),),
        (account("mia", flags=("password never expires",), **OLD),),
    ),
    "directory.no-password": world(
        (account("mia"),), (account("mia", flags=("password not required",)),)
    ),
    "directory.weak-encryption": world(
        (account("mia"),), (account("mia", flags=("reversible encryption",)),)
    ),
    "directory.no-preauthentication": world(
        (account("mia"),), (account("mia", flags=("no preauthentication",)),)
    ),
    "directory.service-ticket": world(
        (account(SVC, type="gMSA", service_names=("MSSQLSvc/db1.corp.example",)),),
        (account(SVC, service_names=("MSSQLSvc/db1.corp.example",)),),
    ),
    "directory.secret-in-text": bare(
        (), (DirectorySecret(object=MIA.dn, attribute="description"),)
    ),
    "directory.krbtgt": world(
        (account("krbtgt", 502, is_enabled=False),),
        (account("krbtgt", 502, is_enabled=False, **OLD),),
    ),
    "directory.administrator": world(
        (account("Administrator", 500),), (account("Administrator", 500, **OLD),)
    ),
    "directory.guest": world((account("Guest", 501, is_enabled=False),), (account("Guest", 501),)),
    "directory.sync-account": world(
        (account("MSOL_1a2b"),), (account("MSOL_1a2b"), account("MSOL_9f8e"))
    ),
}
