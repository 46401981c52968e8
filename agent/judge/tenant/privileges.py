"""What a role, or a permission of an application, gives in a tenant: data, with its source.

Roles: "Microsoft Entra built-in roles" (learn.microsoft.com, permissions-reference, January 2026):
the ids and the label "privileged" are Microsoft's, the words and the power are ours. A template id
is the same in every tenant. Permissions: "Microsoft Graph permissions reference"; those of M05.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from agent.judge.case import Power

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
SYNCHRONISATION = "d29b2b05-8046-44ba-8758-1e26182fcf32"  # Directory Synchronization Accounts


class Privilege(Struct, frozen=True):
    """What a role or a permission gives."""

    says: str
    power: Power
    is_privileged: bool = True  # Microsoft calls it so; of a permission: it is among those of M05


def _more(says: str, power: Power = Power.CONTROL) -> Privilege:
    """Return what a role gives that Microsoft does not call privileged."""
    return Privilege(says, power, is_privileged=False)


ROLES: Mapping[str, Privilege] = {  # template id
    GLOBAL_ADMINISTRATOR: Privilege("everything in the tenant", Power.ROOT),
    "e8611ab8-c189-46e8-94e1-60213ab1f814": Privilege("every role of the tenant", Power.ROOT),
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": Privilege(
        "passwords and factors of everybody, administrators too", Power.ROOT
    ),
    "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8": Privilege(  # Partner Tier2 Support
        "passwords of everybody, administrators too", Power.ROOT
    ),
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": Privilege(
        "every application, and its credentials", Power.CONTROL
    ),
    "158c047a-c907-4556-b7ef-446551a6b5f7": Privilege(
        "every application, and its credentials", Power.CONTROL
    ),
    "cf1c38e5-3621-4004-a7cb-879624dced7c": Privilege("new applications", Power.RUN_AS),
    "db506228-d27e-4b7d-95e5-295956d6615f": Privilege("every agent identity", Power.CONTROL),
    "ecb2c6bf-0ab6-418e-bd87-7986f8d63bbe": Privilege(
        "how security attributes are provisioned", Power.RUN_AS
    ),
    "422218e4-db15-4ef9-bbe0-8afb41546d79": Privilege(
        "what is provisioned of security attributes, to read", Power.INFORMATION
    ),
    "c4e39bd9-1100-46d3-8c65-fb160da0071f": Privilege(
        "passwords and factors of all but administrators", Power.CONTROL
    ),
    "25a516ed-2fa0-40ea-a2d0-12923a21473a": Privilege(
        "code that runs when people sign in", Power.CONTROL
    ),
    "aaf43236-0c0d-4d5f-883a-6955382ac081": Privilege(
        "keys of federation and encryption", Power.CONTROL
    ),
    "7698a772-787b-4ac8-901f-60d6b08affd2": Privilege("devices of the tenant", Power.CONTROL),
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": Privilege("conditional access", Power.CONTROL),
    "9360feb5-f418-4baa-8175-e2a00bac4301": Privilege("users and groups, to write", Power.CONTROL),
    "8329153b-31d0-4727-b945-745eb3bc5f31": Privilege(
        "domains, and who vouches for their logins", Power.CONTROL
    ),
    "be2f45a1-457d-42af-a067-6ec1fa63bc45": Privilege(
        "other providers whose people may sign in", Power.CONTROL
    ),
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": Privilege("everything, to read", Power.INFORMATION),
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": Privilege(
        "passwords of all but administrators", Power.CONTROL
    ),
    "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2": Privilege(
        "synchronisation and federation with a directory", Power.CONTROL
    ),
    "3a2c62db-5318-420d-8d74-23affee5d9d5": Privilege(
        "managed devices, and what runs on them", Power.CONTROL
    ),
    "59d46f88-662b-457b-bceb-5c3809e5908f": Privilege(
        "what happens to accounts of those who come and go", Power.CONTROL
    ),
    "4ba39ca4-527c-499a-b93d-d9b492c50246": Privilege(  # Partner Tier1 Support
        "passwords of all but administrators", Power.CONTROL
    ),
    "966707d0-3269-4727-9be2-8c3a10f19b9d": Privilege(
        "passwords of all but administrators", Power.CONTROL
    ),
    "194ae4cb-b126-40b2-bd5b-6091b380977d": Privilege(
        "security settings, conditional access among them", Power.CONTROL
    ),
    "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f": Privilege("alerts and incidents", Power.RUN_AS),
    "5d6b6bb7-de71-4623-b4af-96380a352509": Privilege(
        "security settings and reports, to read", Power.INFORMATION
    ),
    "fe930be7-5e62-47db-91af-98c3a49a38b1": Privilege(
        "users and groups, and passwords of all but administrators", Power.CONTROL
    ),
    SYNCHRONISATION: _more("what the synchronisation with a directory writes"),
    "0526716b-113d-4c15-b2c8-68e3c22b9f80": _more("how people sign in"),
    "29232cdf-9323-42fd-ade2-1d097af3e4de": _more("all of Exchange: every mailbox"),
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": _more("all of SharePoint and OneDrive"),
    "69091246-20e8-4a56-aa4d-066075b2a7a8": _more("all of Teams"),
    "fdd7a751-b60b-444a-984c-02652fe8fa1c": _more("groups, and who is in them"),
    "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e": _more("who gets which access"),
    "b0f54661-2d74-4c50-afa3-1ec803f12efe": _more("subscriptions and payment"),
    "4d6ac14f-3453-41d0-bef9-a3e0c569773a": _more("licences"),
    "17315797-102d-40b4-93e0-432062caca18": _more("compliance, searches in all mail among it"),
    "11648597-926c-4cf3-9c36-bcebb0ba8dcc": _more("flows and apps of the Power Platform"),
    "9f06204d-73c1-4d4c-880a-6edb90606fd8": _more("administration of every joined device"),
    "11451d60-acb2-45eb-a7d6-43d0f0125c13": _more("cloud PCs"),
    "1707125e-0aa2-4d4d-8655-a7c786c76a25": _more("backup and restore of Microsoft 365"),
}

PERMISSIONS: Mapping[str, Privilege] = {  # of applications, by name
    "RoleManagement.ReadWrite.Directory": Privilege("every role of the tenant", Power.ROOT),
    "AppRoleAssignment.ReadWrite.All": Privilege(
        "every permission of every application", Power.ROOT
    ),
    "Application.ReadWrite.All": Privilege("every application, and its credentials", Power.ROOT),
    "Directory.ReadWrite.All": Privilege("users, groups and settings, to write", Power.CONTROL),
    "RoleAssignmentSchedule.ReadWrite.Directory": Privilege("every role of the tenant", Power.ROOT),
    "RoleEligibilitySchedule.ReadWrite.Directory": Privilege(
        "every role of the tenant", Power.ROOT
    ),
    "RoleManagementPolicy.ReadWrite.Directory": Privilege(
        "what taking a role asks for", Power.CONTROL
    ),
    "PrivilegedAccess.ReadWrite.AzureADGroup": Privilege(
        "who is in groups that have roles", Power.ROOT
    ),
    "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup": Privilege(
        "who is in groups that have roles", Power.ROOT
    ),
    "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup": Privilege(
        "who may join groups that have roles", Power.ROOT
    ),
    "UserAuthenticationMethod.ReadWrite.All": Privilege(
        "factors of everybody, administrators too", Power.ROOT
    ),
    "Domain.ReadWrite.All": Privilege("domains, and who vouches for their logins", Power.ROOT),
    "Organization.ReadWrite.All": Privilege(
        "the organisation, and whose certificates log in", Power.ROOT
    ),
    "User.ReadWrite.All": Privilege("users, to write", Power.CONTROL),
    "Group.ReadWrite.All": Privilege("groups, and who is in them", Power.CONTROL),
    "GroupMember.ReadWrite.All": Privilege("who is in groups", Power.CONTROL),
    "Policy.ReadWrite.ConditionalAccess": Privilege("conditional access", Power.CONTROL),
    "Policy.ReadWrite.AuthenticationMethod": Privilege("how people sign in", Power.CONTROL),
    "Policy.ReadWrite.PermissionGrant": Privilege("how applications get consent", Power.CONTROL),
    "Policy.ReadWrite.CrossTenantAccess": Privilege("who comes in from elsewhere", Power.CONTROL),
    "EntitlementManagement.ReadWrite.All": Privilege("who gets which access", Power.CONTROL),
    "DeviceManagementConfiguration.ReadWrite.All": Privilege(
        "what is set on managed devices", Power.CONTROL
    ),
    "DeviceManagementManagedDevices.ReadWrite.All": Privilege("managed devices", Power.CONTROL),
    "DeviceManagementManagedDevices.PrivilegedOperations.All": Privilege(
        "managed devices, wiping them too", Power.CONTROL
    ),
    "DeviceManagementApps.ReadWrite.All": Privilege("programs on managed devices", Power.CONTROL),
    "DeviceManagementScripts.ReadWrite.All": Privilege("scripts on managed devices", Power.CONTROL),
    "DeviceManagementRBAC.ReadWrite.All": Privilege("roles over managed devices", Power.CONTROL),
    "Sites.FullControl.All": Privilege("every site and its files", Power.CONTROL),
    "Sites.ReadWrite.All": Privilege("every file of every site, to write", Power.RUN_AS),
    "Files.ReadWrite.All": Privilege("every file, to write", Power.RUN_AS),
    "Mail.ReadWrite": Privilege("every mailbox, to write", Power.RUN_AS),
    "Mail.Send": Privilege("mail in the name of everybody", Power.RUN_AS),
    "MailboxSettings.ReadWrite": Privilege("rules of every mailbox", Power.RUN_AS),
    "full_access_as_app": Privilege("every mailbox (Exchange)", Power.RUN_AS),
    "Exchange.ManageAsApp": Privilege("Exchange, as far as its roles go", Power.CONTROL),
}
_WRITES = ("readwrite", "fullcontrol", "full_access", "manage", ".send", "accessasuser")


def of_permission(name: str) -> Privilege:
    """Return what a permission gives an application; one that is not listed by its name alone."""
    known = PERMISSIONS.get(name)
    if known is not None:
        return known
    power = Power.RUN_AS if writes(name) else Power.INFORMATION
    return Privilege(name, power, is_privileged=False)


def of_scopes(names: Iterable[str]) -> Privilege:
    """Return what consent gives an application: never more than the person who uses it has."""
    wanted = tuple(names)
    known = [name for name in wanted if writes(name)]
    power = Power.RUN_AS if known else Power.INFORMATION
    is_privileged = any(name in PERMISSIONS or "accessasuser" in name.casefold() for name in known)
    return Privilege(", ".join(known or wanted), power, is_privileged)


def writes(name: str) -> bool:
    """Return whether a permission lets more than read, by its name."""
    folded = name.casefold()
    return any(word in folded for word in _WRITES)
