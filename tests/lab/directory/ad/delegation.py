"""Delegation of every kind, key credentials, managed service accounts, and accounts of the cloud."""

import hashlib

from tests.lab.directory.ad.people import ANNA, JANE
from tests.lab.directory.ad.specimen import (
    ADMINS,
    CONTROLLERS,
    GROUPS,
    NEVER_EXPIRES,
    PROTOCOL_TRANSITION,
    SERVICES,
    STAFF,
    UNCONSTRAINED,
    WORKSTATION,
    computer,
    decoy,
    given_decoy,
    specimen,
    user,
)
from tests.lab.directory.names import BASE, CONFIGURATION
from tests.lab.directory.orders import Add, Change, Descriptor, Grant

MANAGED = f"CN=Managed Service Accounts,{BASE}"
TENANT = "8f1d6c1e-5a0b-4e0f-9a53-0d6f1f2c7b11"
TENANT_NAME = "mustergmbh.example"
SYNC_NAME = "MSOL_0a1b2c3d4e5f"
REGISTRATION = f"CN=Device Registration Configuration,CN=Services,{CONFIGURATION}"
SYNC_SAYS = (
    "Account created by Microsoft Azure Active Directory Connect with installation identifier "
    "0a1b2c3d4e5f47d8a9b0c1d2e3f40516 running on computer AADC1 configured to synchronize to "
    f"tenant {TENANT_NAME}. This account must have directory replication permissions in the local "
    "Active Directory and write permission on certain attributes to enable Hybrid Deployment."
)


def _key(owner: str, seed: str) -> str:
    """Return a key credential as a DN with binary ([MS-ADTS] 2.2.20); its material is made up."""
    digest = hashlib.sha256(seed.encode()).digest()
    parts = ((1, digest), (2, digest), (4, b"\x01"), (5, b"\x00"), (9, b"\x00" * 8))
    blob = (0x200).to_bytes(4, "little")
    blob += b"".join(len(v).to_bytes(2, "little") + bytes([k]) + v for k, v in parts)
    return f"B:{2 * len(blob)}:{blob.hex().upper()}:{owner}"


DELEGATIONS = (
    specimen(
        "a server that may act as anybody, anywhere",
        21,
        "unconstrained delegation on a member server",
        computer("WEB9", flags=WORKSTATION | UNCONSTRAINED),
    ),
    specimen(
        "a service account that may act as anybody, anywhere",
        21,
        "unconstrained delegation on a user",
        user(
            "svc_iis",
            ou=SERVICES,
            flags=UNCONSTRAINED,
            attributes={"servicePrincipalName": "HTTP/iis.corp.example"},
        ),
    ),
    given_decoy(
        "a domain controller",
        21,
        f"CN=DC1,{CONTROLLERS}",
        "controllers have unconstrained delegation by nature",
    ),
    specimen(
        "a service that may act as anybody to the controller",
        22,
        "constrained delegation with protocol transition to ldap/dc1",
        user(
            "svc_kcd",
            ou=SERVICES,
            flags=PROTOCOL_TRANSITION,
            attributes={
                "servicePrincipalName": "HTTP/kcd.corp.example",
                "msDS-AllowedToDelegateTo": ("cifs/files1.corp.example", "ldap/dc1.corp.example"),
            },
        ),
    ),
    specimen(
        "a service that may act for users to a file server",
        22,
        "constrained delegation, no protocol transition: of low severity",
        computer("APP1", attributes={"msDS-AllowedToDelegateTo": ("cifs/files1.corp.example",)}),
    ),
    specimen(
        "a server on which a service account may act as anybody (RBCD)",
        23,
        "svc_sql is named in msDS-AllowedToActOnBehalfOfOtherIdentity",
        computer(
            "RBCD1",
            attributes={
                "msDS-AllowedToActOnBehalfOfOtherIdentity": Descriptor(
                    "O:BAD:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;{@svc_sql})"
                )
            },
        ),
    ),
    specimen(
        "a second way to log on as an administrator (key credential)",
        24,
        "a key of whom nobody knows on adm.anna",
        Change(
            dn=f"CN=adm.anna,{ADMINS}",
            add={"msDS-KeyCredentialLink": _key(f"CN=adm.anna,{ADMINS}", "shadow")},
        ),
    ),
    decoy(
        "a person who uses Windows Hello",
        24,
        "a key on an ordinary account",
        user("hello.hans"),
        Change(
            dn=f"CN=hello.hans,{STAFF}",
            add={"msDS-KeyCredentialLink": _key(f"CN=hello.hans,{STAFF}", "hello")},
        ),
    ),
)


def _managed(name: str, readers: str) -> Add:
    return Add(
        dn=f"CN={name},{MANAGED}",
        attributes={
            "objectClass": "msDS-GroupManagedServiceAccount",
            "sAMAccountName": f"{name}$",
            "userAccountControl": "4096",
            "dNSHostName": f"{name.lower()}.corp.example",
            "msDS-ManagedPasswordInterval": "30",
            "servicePrincipalName": f"HTTP/{name.lower()}.corp.example",
            "msDS-GroupMSAMembership": Descriptor(
                f"O:SYD:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;{readers})"
            ),
        },
    )


MANAGED_ACCOUNTS = (
    specimen(
        "a managed account whose password all computers may read",
        25,
        "Domain Computers in msDS-GroupMSAMembership",
        _managed("gmsa_wide", "DC"),
    ),
    decoy(
        "a managed account of one server",
        (12, 25),
        "WEB9$ alone may read its password",
        _managed("gmsa_web", "{@WEB9$}"),
    ),
    specimen(
        "a delegated managed account that replaces an administrator's",
        25,
        "msDS-ManagedAccountPrecededByLink names Jane Doe",
        Add(
            dn=f"CN=dmsa_new,{MANAGED}",
            attributes={
                "objectClass": "msDS-DelegatedManagedServiceAccount",
                "sAMAccountName": "dmsa_new$",
                "userAccountControl": "4096",
                "msDS-DelegatedMSAState": "2",
                "msDS-ManagedAccountPrecededByLink": JANE,
            },
        ),
    ),
)
CLOUD = (
    specimen(
        "the account that copies the domain to the cloud",
        47,
        f"server AADC1, tenant {TENANT_NAME}; may copy all passwords",
        user(
            SYNC_NAME,
            ou=f"CN=Users,{BASE}",
            flags=NEVER_EXPIRES,
            password_days=1000,
            seen_days=0.1,
            attributes={"description": SYNC_SAYS},
        ),
        Grant(dn=BASE, ace=f"(OA;;CR;1131f6aa-9c07-11d1-f79f-00c04fc2dcd2;;{{@{SYNC_NAME}}})"),
        Grant(dn=BASE, ace=f"(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;{{@{SYNC_NAME}}})"),
    ),
    decoy(
        "a group whose name starts as the account's",
        47,
        "a group of people",
        Add(
            dn=f"CN=MSOL_Readers,{GROUPS}",
            attributes={
                "objectClass": "group",
                "sAMAccountName": "MSOL_Readers",
                "member": ANNA,
                "managedBy": ANNA,
            },
        ),
    ),
    specimen(
        "the key of single sign-on to the cloud",
        48,
        "AZUREADSSOACC$: 1400 days old",
        computer(
            "AZUREADSSOACC",
            ou=f"CN=Computers,{BASE}",
            os=("", ""),
            password_days=1400,
            attributes={
                "servicePrincipalName": "HOST/autologon.microsoftazuread-sso.com",
                "dNSHostName": (),
                "operatingSystem": (),
                "operatingSystemVersion": (),
                "lastLogonTimestamp": (),
            },
        ),
    ),
    specimen(
        "the tenant that devices join",
        49,
        f"azureADId {TENANT}, azureADName {TENANT_NAME}",
        Add(dn=REGISTRATION, attributes={"objectClass": "container"}),
        Add(
            dn=f"CN=62a0ff2e-97b9-4513-943f-0d221bd30080,{REGISTRATION}",
            attributes={
                "objectClass": "serviceConnectionPoint",
                "keywords": (f"azureADName:{TENANT_NAME}", f"azureADId:{TENANT}"),
            },
        ),
    ),
)
SPECIMENS = (*DELEGATIONS, *MANAGED_ACCOUNTS, *CLOUD)
