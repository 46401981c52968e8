"""Small directories for the situations of rules."""

from inventory.model.directory import Domain
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryGroup,
    DirectoryMembers,
    DirectorySignIn,
    ForeignPrincipal,
)
from inventory.model.directory_rights import (
    DirectoryRight,
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
