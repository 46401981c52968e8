"""Worlds for the rules about the forest, its machines and services, and what Unix hosts take."""

from inventory.model.directory import (
    DirectoryConnection,
    DirectoryOption,
    DirectoryPasswordPolicy,
    DirectoryServer,
    Domain,
    DomainController,
    DomainPartition,
    PartitionBackup,
    RoleHolder,
    ServerCertificate,
    TenantLink,
    Trust,
)
from inventory.model.directory_accounts import (
    DeletedObject,
    DirectoryComputer,
    DirectoryKey,
    DirectorySignIn,
    MembershipChange,
)
from inventory.model.directory_rights import (
    DirectoryRight,
    DirectorySudoRole,
    LocalAdminPassword,
)
from inventory.model.directory_services import (
    CertificateAuthority,
    CertificateTemplate,
    DnsZone,
    ExchangeServer,
    GroupPolicy,
    PolicyLink,
    TrustedAuthority,
)
from inventory.model.record import Record
from tests.agent.judge.rules.building import OURS, ago
from tests.agent.judge.rules.directory_worlds import (
    ADMINS,
    DOMAIN,
    SID,
    account,
    bare,
    inside,
    named,
    world,
)

POLICY_ID = "{31B2F340-016D-11D2-945F-00C04FB984F9}"
PRINT = "sha256:" + "a" * 64


def domain(**more: object) -> Domain:
    said: dict[str, object] = {"level": 7, "machine_quota": 0, **more}
    return Domain(dn=DOMAIN.dn, dns_name=DOMAIN.dns_name, sid=SID, **said)  # type: ignore[arg-type]


def controller(name: str, **more: object) -> DomainController:
    return DomainController(name=f"{name}.corp.example", **more)  # type: ignore[arg-type]


def computer(name: str = "WS1$", **more: object) -> DirectoryComputer:
    said: dict[str, object] = {"is_enabled": True, "primary_group": 515, "created": ago(900)}
    said |= {"password_changed": ago(800), "os": "Windows Server 2022 Standard", **more}
    dn = f"CN={name},CN=Computers,{DOMAIN.dn}"
    return DirectoryComputer(id=f"id-{name}", dn=dn, name=name, **said)  # type: ignore[arg-type]


def used(name: str, days: float) -> DirectorySignIn:
    return DirectorySignIn(account=f"id-{name}", when=ago(days))


def at_work(name: str, days: float) -> tuple[Record, ...]:
    """Return a controller with its computer, and when it was used last."""
    machine = computer(name, primary_group=516)
    return controller(name.rstrip("$"), computer=machine.id), machine, used(name, days)


def partition(name: str, *, is_here: bool) -> DomainPartition:
    return DomainPartition(dn=f"DC={name}", dns_name=name, is_domain=True, is_here=is_here)


def trust(direction: str, days: float = 5, partner: str = "far.example") -> Trust:
    return Trust(partner=partner, direction=direction, type="Active Directory", changed=ago(days))


def policy(length: int = 14, *, of: str = "domain", locks: int = 10) -> DirectoryPasswordPolicy:
    return DirectoryPasswordPolicy(
        dn=f"CN={of},{DOMAIN.dn}", name=of, type=of, least_length=length, lockout_after=locks
    )


def option(name: str, value: str) -> DirectoryOption:
    return DirectoryOption(name=name, value=value)


def connection(
    security: str = "ldaps",
    *,
    takes_clear: bool | None = False,
    in_clear: bool = False,
    bind: str = "simple",
) -> DirectoryConnection:
    return DirectoryConnection(
        security=security, checked_by="CA", bind=bind, in_clear=in_clear, takes_clear=takes_clear
    )


def certificate(days: float) -> ServerCertificate:
    return ServerCertificate(
        fingerprint=PRINT, subject="CN=dc1", issuer="CN=ca", not_after=ago(-days)
    )


def server(*, open_: bool) -> DirectoryServer:
    return DirectoryServer(dialect="posix", product="OpenLDAP", reads_anonymously=open_)


def authority(days: float = 900, **more: object) -> CertificateAuthority:
    return CertificateAuthority(
        name="corp-ca", dn="CN=corp-ca", not_after=ago(-days), fingerprint=PRINT, **more
    )  # type: ignore[arg-type]


TEMPLATE_DN = "CN=Web,CN=Certificate Templates"
TEMPLATE = CertificateTemplate(
    name="Web", dn=TEMPLATE_DN, takes_subject=True, purposes=("1.3.6.1.5.5.7.3.2",)
)
ENROLL = DirectoryRight(
    object=TEMPLATE_DN,
    type="template",
    principal="S-1-5-11",
    rights=("extended",),
    on="Certificate-Enrollment",
)


def trusted(print_: str, name: str = "corp-ca") -> TrustedAuthority:
    return TrustedAuthority(
        store="NTAuth", fingerprint=print_, subject=f"CN={name}", not_after=ago(-900), bits=4096
    )


def exchange(version: str) -> ExchangeServer:
    return ExchangeServer(name="ex1", organisation="Corp", version=version)


def zone(updates: str = "secure", *, wild: bool = False) -> DnsZone:
    return DnsZone(name="corp.example", partition="DC=x", updates=updates, has_wildcard=wild)


def ssh_key(name: str = "mia", **more: object) -> DirectoryKey:
    said: dict[str, object] = {"algorithm": "ssh-ed25519", "fingerprint": OURS, **more}
    return DirectoryKey(account=f"id-{name}", name=name, **said)  # type: ignore[arg-type]


def sudo(*options: str) -> DirectorySudoRole:
    return DirectorySudoRole(
        id="id-role",
        dn="cn=all",
        name="all",
        users=("mia",),
        hosts=("ALL",),
        commands=("ALL",),
        options=options,
    )


_CHANGE = {"group": "id-512", "member": "CN=mia", "is_removed": False}
_LINK = PolicyLink(object=DOMAIN.dn, policy=POLICY_ID, order=1)
_POLICY = GroupPolicy(id=POLICY_ID, dn="CN=p", name="Default")
_REVEALS = f"CN=Domain Admins,{DOMAIN.dn}"

FOREST_SITUATIONS = {
    "directory.controllers": bare(
        (*at_work("DC1$", 3), *at_work("DC2$", 9)), (*at_work("DC1$", 3), *at_work("DC2$", 90))
    ),
    "directory.role-holder": bare(
        (RoleHolder(role="RID", holder="dc1"),), (RoleHolder(role="RID", holder=None),)
    ),
    "directory.computer-eol": bare((computer(),), (computer(os="Windows Server 2008 R2"),)),
    "directory.controller-silent": bare(
        (computer("DC1$", primary_group=516), used("DC1$", 3)),
        (computer("DC1$", primary_group=516), used("DC1$", 90)),
    ),
    "directory.stale-computer": bare(
        (computer(), used("WS1$", 3)), (computer(), used("WS1$", 300))
    ),
    "directory.laps": bare(
        (computer(), LocalAdminPassword(computer="id-WS1$", type="Windows", expires=ago(-9))),
        (computer(),),
    ),
    "directory.sso-key": bare(
        (computer("AZUREADSSOACC$", password_changed=ago(9)),),
        (computer("AZUREADSSOACC$", password_changed=ago(400)),),
    ),
    "directory.read-only-controller": world(
        (*ADMINS, controller("ro1", is_read_only=True, reveals=("CN=clerks",))),
        (*ADMINS, controller("ro1", is_read_only=True, reveals=(_REVEALS,))),
    ),
    "directory.level": bare((domain(),), (domain(level=4),)),
    "directory.whole-forest": bare(
        (partition("corp.example", is_here=True),), (partition("sub.example", is_here=False),)
    ),
    "directory.trust": bare((trust("in"),), (trust("out"),)),
    "directory.trust-stale": bare((trust("in"),), (trust("in", 200),)),
    "directory.password-policy": bare((policy(),), (policy(6),)),
    "directory.fine-policy": bare(
        (policy(), policy(20, of="fine-grained")), (policy(), policy(8, of="fine-grained"))
    ),
    "directory.machine-quota": bare((domain(),), (domain(machine_quota=10),)),
    "directory.recycle-bin": bare((option("recycle bin", "on"),), (option("recycle bin", "off"),)),
    "directory.heuristics": bare(
        (option("dSHeuristics", ""),), (option("dSHeuristics", "0000002"),)
    ),
    "directory.backup": bare(
        (PartitionBackup(partition=DOMAIN.dn, when=ago(2)),),
        (PartitionBackup(partition=DOMAIN.dn, when=None),),
    ),
    "directory.recent-member": bare(
        (MembershipChange(**_CHANGE, when=ago(90)),), (MembershipChange(**_CHANGE, when=ago(3)),)
    ),
    "directory.recent-deletion": bare(
        (DeletedObject(id="x", name="mia", type="user", when=ago(90)),),
        (DeletedObject(id="x", name="mia", type="user", when=ago(3)),),
    ),
    "directory.clear-text": bare((connection(),), (connection(takes_clear=True),)),
    "directory.certificate": bare((certificate(300),), (certificate(9),)),
    "directory.tenant": bare(
        (TenantLink(tenant_id="muster-tenant"),), (TenantLink(tenant_id="old-tenant"),)
    ),
    "directory.reads-anonymously": bare((server(open_=False),), (server(open_=True),)),
    "directory.policy-unlinked": bare((_POLICY, _LINK), (_POLICY,)),
    "directory.dns-updates": bare((zone(),), (zone("any"),)),
    "directory.dns-wildcard": bare((zone(),), (zone(wild=True),)),
    "directory.authority": bare((authority(),), (authority(30),)),
    "directory.template": world(
        (TEMPLATE, authority()), (TEMPLATE, ENROLL, authority(templates=("Web",)))
    ),
    "directory.trusted-authority": bare(
        (trusted(PRINT), authority()), (trusted("sha256:" + "b" * 64, "old-ca"), authority())
    ),
    "directory.exchange": bare(
        (exchange("Version 15.2 (Build 32562.17)"),), (exchange("Version 15.1 (Build 30044.4)"),)
    ),
    "directory.path-elsewhere": world(
        (account("mia", script="logon.cmd"),), (account("mia", home=r"\\nas9\homes\mia"),)
    ),
    "directory.uid0": bare((account("mia", uid_number=1000),), (account("toor", uid_number=0),)),
    "directory.shared-uid": bare(
        (account("mia", uid_number=1000),),
        (account("mia", uid_number=1000), account("max", uid_number=1000)),
    ),
    "directory.sudo-all": bare((sudo(),), (sudo("!authenticate"),)),
    "directory.key-of-closed": bare(
        (account("mia"), ssh_key()), (account("mia", is_enabled=False), ssh_key())
    ),
    "directory.weak-key": bare((ssh_key(),), (ssh_key(algorithm="ssh-dss", is_weak=True),)),
    "directory.shared-key": bare((ssh_key(),), (ssh_key(), ssh_key("max"))),
    "directory.dangling-member": world(
        (named("A", 3001), account("mia"), inside("A", "mia")), (named("A", 3001), inside("A", "x"))
    ),
}
