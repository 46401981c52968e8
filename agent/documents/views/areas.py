"""The areas into which readings fall: few enough for one line of the coverage matrix."""

from collections.abc import Iterable

from agent.judge.subjects import subject

_KINDS: dict[str, str] = {
    "identity": "HostIdentity HostKey Hardware SerialNumber OperatingSystem Uptime",
    "accounts": "Account Group DomainJoin",
    "passwords": "PasswordState",
    "logins": "LastLogin LoggedIn",
    "sudo and doas": "SudoGrant SudoAlias SudoDefault DoasRule",
    "SSH keys": "AuthorizedKey KeyFile",
    "SSH server": "SshdSetting SshTrust",
    "agents and hooks": "Agent ManagementHook",
    "jobs": "ScheduledJob",
    "services": "Service",
    "backups": "BackupJob",
    "secrets on disk": "LoginSecret",
    "addresses": "Address Route Neighbour Resolver",
    "ports and peers": "Listener ListenerOwner Connection",
    "firewall": "Firewall FirewallSource",
    "VPN and tunnels": "VpnPeer Tunnel",
    "mail and alerts": "MailRelay MailAlias",
    "logs": "LogTarget",
    "certificates": "Certificate CertificateAccount",
    "web sites": "WebSite",
    "databases": "Database",
    "containers": "Container",
    "packages": "Package Repository Subscription",
    "updates": "PendingUpdate UpdateState Reboot",
    "disks": "Filesystem DiskSpace BlockDevice DiskArray Encryption",
    "protection": "AccessControl TimeSync",
    "the directory itself": "DirectoryServer DirectoryConnection ServerCertificate Domain "
    "DomainPartition RoleHolder DomainController PartitionBackup DirectoryOption DirectorySetting "
    "SchemaExtension DeletedObject Site SiteSubnet SiteLink",
    "trusts and tenants": "Trust ForeignPrincipal TenantLink",
    "directory accounts": "DirectoryAccount DirectorySignIn DirectoryKey DirectorySecret",
    "directory groups": "DirectoryGroup DirectoryMembers MembershipChange Netgroup",
    "directory computers": "DirectoryComputer LocalAdminPassword RecoveryKey",
    "directory rights": "DirectoryRight ResourceDelegation ManagedPasswordReader "
    "DirectorySudoRole HostAccessRule",
    "password policies": "DirectoryPasswordPolicy",
    "group policies": "GroupPolicy PolicyLink OrganizationalUnit PolicySetting PolicySecret",
    "DNS": "DnsZone DnsEntry",
    "certificate services": "CertificateAuthority TrustedAuthority CertificateTemplate",
    "published services": "ExchangeServer ConnectionPoint PrintQueue PublishedShare DhcpServer",
}
AREAS = tuple(_KINDS)
_AREA = {kind: area for area, kinds in _KINDS.items() for kind in kinds.split()}


def area(tells: Iterable[str], collector: str) -> str:
    """Return the area of a reading by the kinds that it tells; a stranger's is its own subject."""
    found = next((_AREA[kind] for kind in tells if kind in _AREA), None)
    return found or subject(collector) or "everything"
