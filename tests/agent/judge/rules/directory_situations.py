"""For each rule about directories a small world in which it is met, and one in which it is not."""

from inventory.model.directory_accounts import DirectoryMembers, DirectorySecret
from inventory.model.directory_rights import ManagedPasswordReader, ResourceDelegation
from tests.agent.judge.rules.directory_worlds import (
    ADMINS,
    ANYBODY,
    BACKUP,
    COMPATIBLE,
    COPY,
    FAR,
    MANY,
    MIA,
    OLD,
    SID,
    SVC,
    account,
    bare,
    inside,
    members,
    named,
    right,
    used,
    world,
)
from tests.agent.judge.rules.forest_situations import FOREST_SITUATIONS
from tests.agent.judge.rules.sysvol_situations import SYSVOL_SITUATIONS

DIRECTORY_SITUATIONS = {
    **FOREST_SITUATIONS,
    **SYSVOL_SITUATIONS,
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
