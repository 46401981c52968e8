"""Words for lines: record kinds, lists of hosts, the marks of a subject."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from inventory.model import (
    access,
    account,
    directory,
    directory_accounts,
    directory_policies,
    directory_rights,
    directory_services,
    host,
    network,
    operation,
    software,
    tenant,
    tenant_accounts,
    tenant_apps,
    tenant_devices,
    tenant_licences,
    tenant_partners,
    tenant_policies,
    tenant_roles,
    tenant_services,
)
from inventory.model.record import Record

MOST_LISTED = 4
MOST_BYTES = 1000  # of one text in the journal
MOST_SHOWN = 120  # characters of a subject in a title

KINDS_SAID: dict[type[Record], str] = {
    account.Account: "accounts",
    account.PasswordState: "passwords",
    account.Group: "groups",
    access.SudoGrant: "sudo rights",
    access.SudoAlias: "sudo rights",
    access.SudoDefault: "sudo rights",
    access.DoasRule: "doas rules",
    access.SshdSetting: "settings of sshd",
    access.AuthorizedKey: "authorized keys",
    access.SshTrust: "trusted authorities",
    access.LoginSecret: "private keys",
    host.DomainJoin: "directory joins",
    host.Filesystem: "mounted filesystems",
    network.FirewallSource: "firewall rules",
    network.VpnPeer: "VPN peers",
    network.Resolver: "name servers",
    operation.Agent: "agents",
    operation.ManagementHook: "management hooks",
    operation.ScheduledJob: "jobs",
    operation.MailAlias: "mail aliases",
    operation.MailRelay: "mail relays",
    operation.LogTarget: "log targets",
    operation.BackupJob: "backup jobs",
    operation.TimeSync: "time servers",
    operation.Tunnel: "tunnels",
    directory.DirectoryServer: "what the directory server is",
    directory.Domain: "domains",
    directory.DirectorySetting: "settings of the directory server",
    directory.SiteSubnet: "networks of sites",
    directory.TenantLink: "tenants",
    directory.Trust: "trusts",
    directory_accounts.DirectoryAccount: "accounts of the directory",
    directory_accounts.DirectoryComputer: "computers",
    directory_accounts.DirectoryGroup: "groups of the directory",
    directory_accounts.DirectoryKey: "SSH keys of the directory",
    directory_accounts.DirectoryMembers: "members of groups",
    directory_accounts.ForeignPrincipal: "members from other domains",
    directory_accounts.Netgroup: "netgroups",
    directory_policies.PolicySecret: "passwords in policies",
    directory_policies.PolicySetting: "what policies set",
    directory_rights.DirectoryRight: "rights on objects",
    directory_rights.HostAccessRule: "rules of who may log in where",
    directory_rights.DirectorySudoRole: "sudo rules of the directory",
    directory_rights.ManagedPasswordReader: "readers of managed passwords",
    directory_rights.ResourceDelegation: "delegation",
    directory_services.CertificateAuthority: "certificate authorities",
    directory_services.ConnectionPoint: "connection points",
    directory_services.DhcpServer: "DHCP servers",
    directory_services.DnsEntry: "DNS records",
    directory_services.DnsZone: "DNS zones",
    directory_services.ExchangeServer: "mail servers",
    directory_services.GroupPolicy: "policies",
    directory_services.PolicyLink: "links of policies",
    directory_services.OrganizationalUnit: "units",
    directory_services.PrintQueue: "printers",
    directory_services.PublishedShare: "shares",
    software.Repository: "package sources",
    software.Container: "containers",
    software.Certificate: "certificates",
    software.CertificateAccount: "certificate accounts",
    software.WebSite: "web sites",
    tenant.TenantConnection: "how the audit asks the tenant",
    tenant.NotificationAddress: "notification addresses",
    tenant.TenantDomain: "domains of the tenant",
    tenant.DomainFederation: "federation of domains",
    tenant.TenantSetting: "settings of the tenant",
    tenant_accounts.TenantUser: "users of the tenant",
    tenant_accounts.UserManager: "managers",
    tenant_accounts.TenantGroup: "groups of the tenant",
    tenant_accounts.TenantMembers: "members of the tenant's groups",
    tenant_accounts.TenantOwners: "owners of groups and applications",
    tenant_accounts.MailRule: "rules of inboxes",
    tenant_roles.RoleDefinition: "what roles allow",
    tenant_roles.RoleAssignment: "who has roles",
    tenant_roles.RoleEligibility: "who may take roles",
    tenant_roles.GroupEligibility: "who may join groups",
    tenant_roles.AdministrativeUnit: "administrative units",
    tenant_roles.ScopedRole: "administrators of units",
    tenant_roles.RolePolicy: "what taking a role asks for",
    tenant_apps.Application: "registered applications",
    tenant_apps.ServicePrincipal: "applications",
    tenant_apps.AppCredential: "secrets and certificates of applications",
    tenant_apps.FederatedCredential: "federated credentials",
    tenant_apps.AppPermission: "names of permissions",
    tenant_apps.AppRoleGrant: "permissions of applications",
    tenant_apps.ConsentGrant: "consents",
    tenant_partners.CrossTenantPartner: "settings for other tenants",
    tenant_partners.TenantName: "names of other tenants",
    tenant_partners.ForeignSignIn: "sign-ins from other tenants",
    tenant_partners.PartnerRelationship: "partner relationships",
    tenant_partners.PartnerAssignment: "groups of partner relationships",
    tenant_partners.PartnerContract: "contracts of a partner",
    tenant_licences.TenantSubscription: "subscriptions",
    tenant_policies.AccessPolicy: "conditional access",
    tenant_policies.NamedLocation: "named locations",
    tenant_policies.CertificateTrust: "authorities whose certificates log in",
    tenant_policies.IdentityProvider: "identity providers",
    tenant_policies.SharingPolicy: "sharing of files",
    tenant_policies.ConsentRequests: "requests for applications",
    tenant_policies.AccessReview: "reviews of access",
    tenant_devices.ManagementToken: "tokens of device management",
    tenant_devices.DeviceRole: "roles over devices",
    tenant_devices.DeviceProfile: "profiles of devices",
    tenant_devices.AutopilotDevice: "devices that set themselves up",
    tenant_devices.DetectedApp: "programs on managed devices",
    tenant_devices.DetectedAppDevices: "devices with a program",
    tenant_services.TenantBackupApp: "backup applications",
}


def kinds_text(kinds: Iterable[type[Record]]) -> str:
    """Return `accounts, sudo rights`, in the order of the table; other kinds by their names."""
    wanted = dict.fromkeys(kinds)
    known = [word for kind, word in KINDS_SAID.items() if kind in wanted]
    others = [kind.__name__ for kind in wanted if kind not in KINDS_SAID]
    return ", ".join(dict.fromkeys((*known, *others)))


def listed(names: Sequence[str]) -> str:
    """Return `web1, web2, db1, db2 and 8 more`."""
    unique = list(dict.fromkeys(names))
    more = len(unique) - MOST_LISTED
    return ", ".join(unique[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def bounded(text: str) -> str:
    """Return the text as the journal gives it back: valid Unicode, and short enough to stay whole.

    A longer one ends with a digest of the whole, so that two with one beginning differ.
    """
    raw = text.encode("utf-8", "backslashreplace")
    if len(raw) <= MOST_BYTES:
        return raw.decode()
    digest = sha256(raw).hexdigest()
    return f"{raw[:MOST_BYTES].decode('utf-8', 'ignore')}..[cut, sha256:{digest}]"


def shown(text: str) -> str:
    """Return a subject as a title shows it: short."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}.."
