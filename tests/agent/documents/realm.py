"""A small domain with one or two records of every kind that directories have. Invented."""

from collections.abc import Iterable, Mapping

from inventory.model.directory import (
    DirectoryConnection,
    DirectoryOption,
    DirectoryPasswordPolicy,
    DirectoryServer,
    DirectorySetting,
    Domain,
    DomainController,
    DomainPartition,
    PartitionBackup,
    RoleHolder,
    SchemaExtension,
    ServerCertificate,
    Site,
    SiteLink,
    SiteSubnet,
    TenantLink,
    Trust,
)
from inventory.model.directory_accounts import (
    DeletedObject,
    DirectoryAccount,
    DirectoryComputer,
    DirectoryGroup,
    DirectoryKey,
    DirectoryMembers,
    DirectorySecret,
    DirectorySignIn,
    ForeignPrincipal,
    MembershipChange,
    Netgroup,
)
from inventory.model.directory_policies import PolicySecret, PolicySetting
from inventory.model.directory_rights import (
    DirectoryRight,
    DirectorySudoRole,
    HostAccessRule,
    LocalAdminPassword,
    ManagedPasswordReader,
    RecoveryKey,
    ResourceDelegation,
)
from inventory.model.directory_services import (
    CertificateAuthority,
    CertificateTemplate,
    ConnectionPoint,
    DhcpServer,
    DnsEntry,
    DnsZone,
    ExchangeServer,
    GroupPolicy,
    OrganizationalUnit,
    PolicyLink,
    PrintQueue,
    PublishedShare,
    TrustedAuthority,
)
from inventory.model.evidence import Evidence, Gap, Pointer
from inventory.model.record import KINDS, Record, replace_at
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen
from tests.agent.documents.company import AUDIT, ago

NAME = "muster.example"
BASE = "DC=muster,DC=example"
SID = "S-1-5-21-1-2-3"
PRINT = "SHA256:d1rect0ryKeycccccccccccccccccccccccccccccccc"
POLICY = "{31B2F340-016D-11D2-945F-00C04FB984F9}"
OF_DIRECTORIES = tuple(
    sorted(
        name
        for name, kind in KINDS.items()
        if kind.__module__.startswith("inventory.model.directory")
    )
)

Told = tuple[Reading, tuple[Seen[Record], ...]]


def dn(name: str, unit: str = "Users") -> str:
    """The DN of an entry."""
    return f"CN={name},OU={unit},{BASE}"


def account(name: str, rid: int, **fields: object) -> DirectoryAccount:
    """An enabled account whose password is two years old."""
    given = {"type": "user", "is_enabled": True, "password_changed": ago(700), **fields}
    return DirectoryAccount(id=f"id-{name}", dn=dn(name), name=name, sid=f"{SID}-{rid}", **given)


def group(name: str, rid: int) -> DirectoryGroup:
    """A group of the domain."""
    return DirectoryGroup(id=f"id-{name}", dn=dn(name), name=name, sid=f"{SID}-{rid}")


def members(of: str, *names: str) -> DirectoryMembers:
    """Who is directly in a group."""
    return DirectoryMembers(group=f"id-{of}", dn=dn(of), members=tuple(map(dn, names)))


def computer(name: str, days: int = 3, **fields: object) -> list[Record]:
    """A computer, and its last use so many days ago."""
    one = DirectoryComputer(
        id=f"id-{name}",
        dn=dn(name, "Servers"),
        name=f"{name.upper()}$",
        dns_name=f"{name}.muster.example",
        os="Windows Server 2022 Standard",
        is_enabled=True,
        **fields,
    )
    return [one, DirectorySignIn(account=one.id, when=ago(days))]


def people() -> list[Record]:
    """Who is in the domain: a chain of groups, the leaving party's account, services."""
    return [
        account("mdorn", 1101, mails=("maria@muster.example",), display_name="Maria Dorn"),
        account("jalt", 1102, mails=("jan@oldmsp.example",), display_name="Jan Alt"),
        account("clerk", 1103, display_name="Ordinary Clerk"),
        account("gone", 1104, is_enabled=False),
        account(
            "svc-sql", 1105, service_names=("MSSQLSvc/db1.muster.example",), manager=dn("mdorn")
        ),
        account("gmsa_web$", 1106, type="gMSA"),
        group("Domain Admins", 512),
        group("Schema Admins", 518),
        group("Helpdesk", 1201),
        group("Backup desk", 1202),
        members("Domain Admins", "mdorn", "Helpdesk"),
        members("Schema Admins"),
        members("Helpdesk", "jalt"),
        members("Backup desk", "clerk"),
        DirectorySignIn(account="id-mdorn", when=ago(2)),
        DirectorySignIn(account="id-jalt", when=ago(1)),
        DirectorySignIn(account="id-clerk", when=ago(51)),
        DirectorySignIn(account="id-svc-sql", when=None),
        DirectoryKey(
            account="id-jalt",
            dn=dn("jalt"),
            name="jalt",
            algorithm="ssh-ed25519",
            fingerprint=PRINT,
        ),
        DirectorySecret(object=dn("clerk"), attribute="description"),
        MembershipChange(
            group="id-Helpdesk", dn=dn("Helpdesk"), member=dn("jalt"), is_removed=False, when=ago(9)
        ),
        DeletedObject(id="id-old", name="old", type="user", parent=f"OU=Users,{BASE}", when=ago(4)),
        ForeignPrincipal(sid="S-1-5-21-7-7-7-1105", dn=f"CN=S-1-5-21-7-7-7-1105,{BASE}"),
        Netgroup(name="servers", triples=("(web1,,)",)),
        *computer("web1"),
        *computer("kiosk", days=200),
    ]


def domain() -> list[Record]:
    """What the domain itself is."""
    return [
        DirectoryServer(dialect="ad", product="Active Directory", dns_name="dc1.muster.example"),
        DirectoryConnection(
            security="ldaps", checked_by="CA", bind="simple", account="audit@muster.example",
            tls="TLSv1.3",
        ),
        ServerCertificate(
            fingerprint="sha256:aa", subject="CN=dc1.muster.example", issuer="CN=CA",
            not_after=ago(-90),
        ),
        Domain(
            dn=BASE, dns_name=NAME, netbios="MUSTER", sid=SID, forest=NAME, level=7, forest_level=7,
            machine_quota=10,
        ),
        DomainPartition(dn=BASE, dns_name=NAME, is_domain=True, is_here=True),
        RoleHolder(role="PDC emulator", holder="DC1"),
        DomainController(name="dc1.muster.example", site="Main"),
        Site(name="Main"),
        SiteSubnet(network="10.20.0.0/24", site="Main"),
        SiteLink(name="DEFAULTIPSITELINK", sites=("Main",), cost=100, interval_min=180),
        Trust(partner="oldmsp.example", direction="both", type="Active Directory"),
        DirectoryPasswordPolicy(
            dn=BASE, name="domain", type="domain", least_length=7, lockout_after=0
        ),
        DirectoryOption(name="recycle bin", value="off"),
        SchemaExtension(arc="1.3.6.1.4.1.15953", examples=("sudoCommand",), number=10),
        PartitionBackup(partition=BASE, when=ago(3)),
        DirectorySetting(object="cn=config", name="anonymous access", value="off"),
        TenantLink(tenant_id="11111111-1111-1111-1111-111111111111", name="muster.example"),
    ]  # fmt: skip


def rights() -> list[Record]:
    """Who may do what beside groups."""
    return [
        DirectoryRight(
            object=BASE, type="domain", principal=f"{SID}-1105", rights=("extended",),
            on="DS-Replication-Get-Changes-All",
        ),
        ResourceDelegation(account="id-web1", principal=f"{SID}-1105"),
        ManagedPasswordReader(account="id-gmsa_web$", principal=f"{SID}-1201"),
        LocalAdminPassword(computer="id-web1", type="Windows", expires=ago(-20)),
        RecoveryKey(computer=dn("web1", "Servers"), number=2),
        DirectorySudoRole(
            id="id-sudo", dn=dn("admins"), name="admins", users=("%helpdesk",), hosts=("ALL",),
            commands=("ALL",),
        ),
        HostAccessRule(id="id-hbac", name="allow_all", users=("all",), hosts=("all",)),
    ]  # fmt: skip


def services() -> list[Record]:
    """What depends on the domain."""
    return [
        GroupPolicy(id=POLICY, dn=dn(POLICY, "Policies"), name="Default Domain Policy"),
        PolicyLink(object=BASE, policy=POLICY, order=1),
        PolicySetting(
            policy=POLICY, side="computer", kind="update server", name="WUServer",
            value="http://wsus.oldmsp.example:8530", servers=("wsus.oldmsp.example",),
        ),
        PolicySecret(
            policy=POLICY, file="Groups.xml", what="password of a preference", where="User/Admin"
        ),
        OrganizationalUnit(id="id-ou", dn=f"OU=Servers,{BASE}", name="Servers"),
        DnsZone(name=NAME, partition=BASE, updates="secure", ages=True, records=12),
        DnsEntry(zone=NAME, name="@", type="MX", value="10 smtp.oldmsp.example"),
        CertificateAuthority(name="Muster CA", dn=dn("Muster CA"), server="ca1.muster.example"),
        TrustedAuthority(store="NTAuth", fingerprint="sha256:bb", subject="CN=Muster CA"),
        CertificateTemplate(name="WebServer", dn=dn("WebServer"), takes_subject=True),
        ExchangeServer(name="EX1", organisation="Muster"),
        ConnectionPoint(dn=dn("Veeam"), name="Veeam", bindings=("backup.oldmsp.example",)),
        PrintQueue(dn=dn("Printer"), name="Printer", server="print1.muster.example"),
        PublishedShare(dn=dn("Files"), name="Files", type="share", targets=("\\\\files1\\files",)),
        DhcpServer(name="dhcp1.muster.example", address="10.20.0.2"),
    ]  # fmt: skip


def records() -> list[Record]:
    """Everything of the domain."""
    return [*domain(), *people(), *rights(), *services()]


def readings(
    found: Iterable[Record], *, gaps: Mapping[str, tuple[Gap, ...]] | None = None, name: str = NAME
) -> list[Told]:
    """A reading for each kind; `gaps`: by the kinds that could not be read, or not in full."""
    rows = list(found)
    told: list[Told] = []
    for kind in OF_DIRECTORIES:
        some = (gaps or {}).get(kind, ())
        whole = any(not gap.part for gap in some)
        state = (State.FAILED if whole else State.PARTIAL) if some else State.COMPLETE
        mine = [] if whole else [one for one in rows if type(one).__name__ == kind]
        key = ReadingKey("directory", name, f"directory.{kind.lower()}")
        seen = tuple(_seen(one, key, at) for at, one in enumerate(mine, 1))
        told.append((Reading(key, state, (kind,), some), seen))
    return told


def _seen(record: Record, key: ReadingKey, at: int) -> Seen[Record]:
    pointer = Pointer(f"{key.collector}/ask", f"entry {at}")
    evidence = Evidence("directory", key.target, key.collector, pointer, AUDIT)
    return Seen(replace_at(record, pointer), evidence)


def snapshot(gaps: Mapping[str, tuple[Gap, ...]] | None = None) -> MemorySnapshot:
    """The domain alone, without any host."""
    return MemorySnapshot(AUDIT, readings(records(), gaps=gaps))
