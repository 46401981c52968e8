"""For each rule about directories a small world in which it is met, and one in which it is not."""

from inventory.model.directory import Domain
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryGroup,
    DirectoryMembers,
    DirectorySecret,
    DirectorySignIn,
    ForeignPrincipal,
)
from inventory.model.directory_rights import (
    DirectoryRight,
    ManagedPasswordReader,
    ResourceDelegation,
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


def named(name: str, rid: int, **more: object) -> DirectoryGroup:
    dn = f"CN={name},CN=Users,{DOMAIN.dn}"
    return DirectoryGroup(id=f"id-{name}", dn=dn, name=name, sid=f"{SID}-{rid}", **more)  # type: ignore[arg-type]


def members(rid: int, *names: str) -> DirectoryMembers:
    return DirectoryMembers(
        group=f"id-{rid}", members=tuple(f"CN={name},CN=Users,{DOMAIN.dn}" for name in names)
    )


def inside(outer: str, inner: str) -> DirectoryMembers:
    return DirectoryMembers(group=f"id-{outer}", members=(f"CN={inner},CN=Users,{DOMAIN.dn}",))


def builtin(rid: int, name: str, sid: str) -> DirectoryGroup:
    return DirectoryGroup(id=f"id-{rid}", dn=f"CN={name},{DOMAIN.dn}", name=name, sid=sid)


def foreign(sid: str) -> ForeignPrincipal:
    return ForeignPrincipal(sid=sid, dn=f"CN={sid},CN=ForeignSecurityPrincipals,{DOMAIN.dn}")


def right(what: str, on: str = "", kind: str = "domain") -> DirectoryRight:
    return DirectoryRight(
        object=DOMAIN.dn, type=kind, principal=f"{SID}-2000", rights=(what,), on=on
    )


COPY = "DS-Replication-Get-Changes-All"
ADMINS = (builtin(512, "Domain Admins", f"{SID}-512"),)
BACKUP = builtin(551, "Backup Operators", "S-1-5-32-551")
COMPATIBLE = builtin(554, "Pre-Windows 2000 Compatible Access", "S-1-5-32-554")
FAR, ANYBODY = foreign("S-1-5-21-9-9-9-1104"), foreign("S-1-5-7")
OLD = {"password_changed": ago(800)}
MANY = tuple(account(f"admin{number}", 4000 + number) for number in range(12))
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
    "directory.leaver-privileged": world(
        (*ADMINS, account("mia"), members(512, "mia")),
        (*ADMINS, account("oldmsp"), members(512, "oldmsp")),
    ),
    "directory.many-admins": world(
        (*ADMINS, account("mia"), members(512, "mia")),
        (*ADMINS, *MANY, members(512, *(one.name for one in MANY))),
    ),
    "directory.closed-admin": world(
        (*ADMINS, account("mia"), members(512, "mia")),
        (*ADMINS, account("mia", is_enabled=False), members(512, "mia")),
    ),
    "directory.stale-admin": world(
        (*ADMINS, account("mia"), members(512, "mia"), used("mia", 5)),
        (*ADMINS, account("mia"), members(512, "mia"), used("mia", 300)),
    ),
    "directory.foreign-admin": world(
        (*ADMINS, account("mia"), members(512, "mia"), FAR),
        (*ADMINS, FAR, DirectoryMembers(group="id-512", members=(FAR.dn,))),
    ),
    "directory.operators": world(
        (*ADMINS, account("mia"), members(512, "mia")),
        (BACKUP, account("mia"), members(551, "mia")),
    ),
    "directory.primary-group": world(
        (account("mia", primary_group=513),), (account("mia", primary_group=512), *ADMINS)
    ),
    "directory.protected-leftover": world(
        (*ADMINS, account("mia", is_protected=True), members(512, "mia")),
        (*ADMINS, account("mia", is_protected=True)),
    ),
    "directory.anonymous": world(
        (COMPATIBLE, account("mia"), members(554, "mia")),
        (COMPATIBLE, ANYBODY, DirectoryMembers(group="id-554", members=(ANYBODY.dn,))),
    ),
    "directory.circle": world(
        (named("A", 3001), named("B", 3002), inside("A", "B")),
        (named("A", 3001), named("B", 3002), inside("A", "B"), inside("B", "A")),
    ),
    "directory.copies-secrets": world((right("read"),), (account("svc"), right("extended", COPY))),
    "directory.domain-rights": world((right("read"),), (account("svc"), right("write dacl"))),
    "directory.delegated": world(
        (right("read"),), (account("svc"), right("write dacl", kind="OU"))
    ),
    "directory.former-identity": world(
        (account("mia"),), (account("mia", sid_history=("S-1-5-21-7-7-7-512",)),)
    ),
    "directory.unconstrained": bare(
        (account("mia"),), (account("mia", flags=("trusted for delegation",)),)
    ),
    "directory.delegation": bare(
        (account("mia"),), (account("mia", delegates_to=("cifs/dc1.corp.example",)),)
    ),
    "directory.resource-delegation": world(
        (account("svc"),),
        (account("svc"), ResourceDelegation(account="id-web", principal=f"{SID}-2000")),
    ),
    "directory.key-credential": world(
        (*ADMINS, account("mia"), members(512, "mia")),
        (*ADMINS, account("mia", key_credentials=2), members(512, "mia")),
    ),
    "directory.managed-password": world(
        (account("svc", type="gMSA"),),
        (
            account("svc", type="gMSA"),
            ManagedPasswordReader(account="id-svc", principal="S-1-5-11"),
        ),
    ),
    "directory.owner-gone": world(
        (account("mia"), named("A", 3001, managed_by=MIA.dn)),
        (account("mia", is_enabled=False), named("A", 3001, managed_by=MIA.dn)),
    ),
}
