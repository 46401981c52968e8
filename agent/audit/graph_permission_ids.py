"""The ids of Graph's permissions, by name, as the manifest of an app and a consent name them.

Sources: microsoft-graph-devx-content, permissions/new/provisioningInfo.json (scheme Application
and DelegatedWork); microsoft-graph-docs-contrib, concepts/includes/permissions-ids.md.
"""

from collections.abc import Mapping
from typing import NamedTuple

GRAPH = "00000003-0000-0000-c000-000000000000"  # the app id of Microsoft Graph, in every cloud


class PermissionIds(NamedTuple):
    """The two ids of one permission; None: there is none of that kind."""

    application: str | None  # of the app role
    delegated: str | None  # of the scope


PERMISSION_IDS: Mapping[str, PermissionIds] = {
    "AccessReview.Read.All": PermissionIds(
        "d07a8cc0-3d51-4b77-b3b0-32704d1f69fa", "ebfcd32b-babb-40f4-a14b-42706e83bd28"
    ),
    "AdministrativeUnit.Read.All": PermissionIds(
        "134fd756-38ce-4afd-ba33-e9623dbe66c2", "3361d15d-be43-4de6-b441-3c746d05163d"
    ),
    "Application.Read.All": PermissionIds(
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "c79f8feb-a9db-4090-85f9-90d820caa0eb"
    ),
    "AuditLog.Read.All": PermissionIds(
        "b0afded3-3588-46d8-8b3d-9842eff778da", "e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20"
    ),
    "BackupRestore-Configuration.Read.All": PermissionIds(
        "5fbb5982-3230-4882-93c0-2167523ce0c2", "444ed4b6-0554-4dc6-8e9c-3f9a34ee3ff6"
    ),
    "BackupRestore-Control.Read.All": PermissionIds(
        "6fe20a79-0e15-45a1-b019-834c125993a0", "af598c63-4292-4437-b925-e996354d3854"
    ),
    "BitlockerKey.ReadBasic.All": PermissionIds(
        "f690d423-6b29-4d04-98c6-694c42282419", "5a107bfc-4f00-4e1a-b67e-66451267bc68"
    ),
    "CrossTenantInformation.ReadBasic.All": PermissionIds(
        "cac88765-0581-4025-9725-5ebc13f729ee", "81594d25-e88e-49cf-ac8c-fecbff49f994"
    ),
    "DelegatedAdminRelationship.Read.All": PermissionIds(
        "f6e9e124-4586-492f-adc0-c6f96e4823fd", "0c0064ea-477b-4130-82a5-4c2cc4ff68aa"
    ),
    "Device.Read.All": PermissionIds(
        "7438b122-aefc-4978-80ed-43db9fcc7715", "951183d1-1a61-466f-a6d1-1fde911bfd95"
    ),
    "DeviceLocalCredential.ReadBasic.All": PermissionIds(
        "db51be59-e728-414b-b800-e0f010df1a79", "9917900e-410b-4d15-846e-42a357488545"
    ),
    "DeviceManagementApps.Read.All": PermissionIds(
        "7a6ee1e7-141e-4cec-ae74-d9db155731ff", "4edf5f54-4666-44af-9de9-0144fb4b6e8c"
    ),
    "DeviceManagementConfiguration.Read.All": PermissionIds(
        "dc377aa6-52d8-4e23-b271-2a7ae04cedf3", "f1493658-876a-4c87-8fa7-edb559b3476a"
    ),
    "DeviceManagementManagedDevices.Read.All": PermissionIds(
        "2f51be20-0bb4-4fed-bf7b-db946066c75e", "314874da-47d6-4978-88dc-cf0d37f0bb82"
    ),
    "DeviceManagementRBAC.Read.All": PermissionIds(
        "58ca0d9a-1575-47e1-a3cb-007ef2e4583b", "49f0cc30-024c-4dfd-ab3e-82e137ee5431"
    ),
    "DeviceManagementScripts.Read.All": PermissionIds(
        "c7a5be92-2b3d-4540-8a67-c96dcaae8b43", "d32381d8-ee89-4220-9c83-b672aa68d404"
    ),
    "DeviceManagementServiceConfig.Read.All": PermissionIds(
        "06a5fe6d-c49d-46a7-b082-56b1b14103c7", "8696daa5-bce5-4b2e-83f9-51b6defc4e1e"
    ),
    "Directory.Read.All": PermissionIds(
        "7ab1d382-f21e-4acd-a863-ba3e13f7da61", "06da0dbc-49e2-44d2-8312-53f166ab848a"
    ),
    "Domain-InternalFederation.Read.All": PermissionIds(
        "c0e5a7b0-e8b7-40a7-b8e0-8249e6ea81d5", "33203a2a-a761-40f0-8a7c-a7e74a9f8ac6"
    ),
    "Domain.Read.All": PermissionIds(
        "dbb9058a-0e50-45d7-ae91-66909b5d4664", "2f9ee017-59c1-4f1d-9472-bd5529a7b311"
    ),
    "Group.Read.All": PermissionIds(
        "5b567255-7703-4780-807c-7be8301ae99b", "5f8c59db-677d-491f-a6b8-5f174b11ec1d"
    ),
    "GroupMember.Read.All": PermissionIds(
        "98830695-27a2-44f7-8c18-0c3ebc9698f6", "bc024368-1153-4739-b217-4326f2e966d0"
    ),
    "GroupSettings.Read.All": PermissionIds(
        "f3c4f514-c65a-43f5-bfce-1735872258dd", "2eb2bc92-94ef-4c6b-b4ab-2a09bc975e0e"
    ),
    "IdentityProvider.Read.All": PermissionIds(
        "e321f0bb-e7f7-481e-bb28-e3b0b32d4bd0", "43781733-b5a7-4d1b-98f4-e8edff23e1a9"
    ),
    "IdentityRiskyUser.Read.All": PermissionIds(
        "dc5007c0-2d7d-4c42-879c-2dab87571379", "d04bb851-cb7c-4146-97c7-ca3e71baf56c"
    ),
    "LicenseAssignment.Read.All": PermissionIds(
        "e2f98668-2877-4f38-a2f4-8202e0717aa1", "f395577a-0960-456b-979f-7228de0c5996"
    ),
    "MailboxSettings.Read": PermissionIds(
        "40f97065-369a-49f4-947c-6a255697ae91", "87f447af-9fa4-4c32-9dfa-4a57a73d18ce"
    ),
    "MultiTenantOrganization.Read.All": PermissionIds(
        "4f994bc0-31bb-44bb-b480-7a7c1be8c02e", "526aa72a-5878-49fe-bf4e-357973af9b06"
    ),
    "MultiTenantOrganization.ReadBasic.All": PermissionIds(
        "f9c2b2a7-3895-4b2e-80f6-c924b456e50b", "225db56b-15b2-4daa-acb3-0eec2bbe4849"
    ),
    "OnPremDirectorySynchronization.Read.All": PermissionIds(
        "bb70e231-92dc-4729-aff5-697b3f04be95", "f6609722-4100-44eb-b747-e6ca0536989d"
    ),
    "Organization.Read.All": PermissionIds(
        "498476ce-e0fe-48b0-b801-37ba7e2685c6", "4908d5b9-3fb2-4b1e-9336-1888b7937185"
    ),
    "OrganizationalBranding.Read.All": PermissionIds(
        "eb76ac34-0d62-4454-b97c-185e4250dc20", "9082f138-6f02-4f3a-9f4d-5f3c2ce5c688"
    ),
    "Policy.Read.All": PermissionIds(
        "246dd0d5-5bd0-4def-940b-0421030a5b68", "572fea84-0151-49b2-9301-11cb16974376"
    ),
    "Policy.Read.AuthenticationMethod": PermissionIds(
        "8e3bc81b-d2f3-4b7b-838c-32c88218d2f0", "a6ff13ac-1851-4993-8ca9-a671d70de2d5"
    ),
    "Policy.Read.DeviceConfiguration": PermissionIds(
        "bdba4817-6ba1-4a7c-8a01-be9bc7c242dd", "3616a4b0-6746-49c4-a678-4c237599074d"
    ),
    "PrivilegedEligibilitySchedule.Read.AzureADGroup": PermissionIds(
        "edb419d6-7edc-42a3-9345-509bfdf5d87c", "8f44f93d-ecef-46ae-a9bf-338508d44d6b"
    ),
    "ReportSettings.Read.All": PermissionIds(
        "ee353f83-55ef-4b78-82da-555bfa2b4b95", "84fac5f4-33a9-4100-aa38-a20c6d29e5e7"
    ),
    "Reports.Read.All": PermissionIds(
        "230c1aed-a721-4c5d-9cb4-a90514e508ef", "02e97553-ed7b-43d0-ab3c-f8bace0d040c"
    ),
    "RoleAssignmentSchedule.Read.Directory": PermissionIds(
        "d5fe8ce8-684c-4c83-a52c-46e882ce4be1", "344a729c-0285-42c6-9014-f12b9b8d6129"
    ),
    "RoleEligibilitySchedule.Read.Directory": PermissionIds(
        "ff278e11-4a33-4d0c-83d2-d01dc58929a5", "eb0788c2-6d4e-4658-8c9e-c0fb8053f03d"
    ),
    "RoleManagement.Read.All": PermissionIds(
        "c7fbd983-d9aa-4fa7-84b8-17382c103bc4", "48fec646-b2ba-4019-8681-8eb31435aded"
    ),
    "RoleManagement.Read.Directory": PermissionIds(
        "483bed4a-2ad3-4361-a73b-c83ccdbdc53c", "741c54c3-0c1e-44a1-818b-3f97ab4e8c83"
    ),
    "RoleManagementPolicy.Read.Directory": PermissionIds(
        "fdc4c997-9942-4479-bfcb-75a36d1138df", "3de2cdbe-0ff5-47d5-bdee-7f45b4749ead"
    ),
    "SecurityEvents.Read.All": PermissionIds(
        "bf394140-e372-4bf9-a898-299cfc7564e5", "64733abd-851e-478a-bffb-e47a14b18235"
    ),
    "SecurityIncident.Read.All": PermissionIds(
        "45cc0394-e837-488b-a098-1918f48d186c", "b9abcc4f-94fc-4457-9141-d20ce80ec952"
    ),
    "ServiceHealth.Read.All": PermissionIds(
        "79c261e0-fe76-4144-aad5-bdc68fbe4037", "55896846-df78-47a7-aa94-8d3d4442ca7f"
    ),
    "ServiceMessage.Read.All": PermissionIds(
        "1b620472-6534-4fe6-9df2-4680e8aa28ec", "eda39fa6-f8cf-4c3c-a909-432c683e4c9b"
    ),
    "SharePointTenantSettings.Read.All": PermissionIds(
        "83d4163d-a2d8-4d3b-9695-4ae3ca98f888", "2ef70e10-5bfd-4ede-a5f6-67720500b258"
    ),
    "User.Read": PermissionIds(None, "e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
    "User.Read.All": PermissionIds(
        "df021288-bdef-4463-88db-98f22de89214", "a154be20-db9c-4678-8ab7-66f6cc099a59"
    ),
    "UserAuthenticationMethod.Read.All": PermissionIds(
        "38d9df27-64da-44fd-b7c5-a6fbac20248f", "aec28ec7-4d02-4e8c-b864-50163aea77eb"
    ),
}
