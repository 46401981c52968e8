"""Rights by security descriptors: who could take the domain, an OU, a policy, and who may."""

from tests.lab.directory.ad.people import ANNA, KARL
from tests.lab.directory.ad.specimen import (
    GROUPS,
    NEVER_EXPIRES,
    PROVIDER,
    SERVERS,
    SERVICES,
    SYSTEM,
    WORKSTATIONS,
    decoy,
    given_decoy,
    group,
    specimen,
    user,
)
from tests.lab.directory.names import BASE, DOMAIN_SID
from tests.lab.directory.orders import Grant

GET_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
GET_CHANGES_ALL = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
GET_CHANGES_FILTERED = "89e95b76-444d-4c62-991a-0facbeda640c"
RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"
ALL = "CCDCLCSWRPWPDTLOCRSDRCWDWO"
UNKNOWN_SID = f"{DOMAIN_SID}-99999"
ADMIN_SD_HOLDER = f"CN=AdminSDHolder,{SYSTEM}"
DEFAULT_POLICY = f"CN={{31B2F340-016D-11D2-945F-00C04FB984F9}},CN=Policies,{SYSTEM}"
RMM = f"CN=svc-rmm,{PROVIDER}"
ALL_OF_OLDMSP = f"(A;;{ALL};;;{{@OldMSP Technicians}})"

DOMAIN_ROOT = (
    specimen(
        "a service account that may copy all passwords (DCSync)",
        (18, 12),
        "svc-rmm of OldMSP: DS-Replication-Get-Changes and -All on the domain root",
        user(
            "svc-rmm",
            ou=PROVIDER,
            flags=NEVER_EXPIRES,
            password_days=1100,
            attributes={
                "mail": "rmm@oldmsp.example",
                "description": "OldMSP remote management, do not delete",
                "servicePrincipalName": "RMM/manage.corp.example",
            },
        ),
        Grant(dn=BASE, ace=f"(OA;;CR;{GET_CHANGES};;{{@svc-rmm}})"),
        Grant(dn=BASE, ace=f"(OA;;CR;{GET_CHANGES_ALL};;{{@svc-rmm}})"),
    ),
    decoy(
        "an account that may read changes without secrets",
        18,
        "Get-Changes alone copies no password",
        user("svc_sync", ou=SERVICES, attributes={"manager": ANNA}),
        Grant(dn=BASE, ace=f"(OA;;CR;{GET_CHANGES};;{{@svc_sync}})"),
    ),
    specimen(
        "a person who owns the domain by a right (GenericAll)",
        18,
        "Karl Alt of OldMSP: full control of the domain root",
        user(
            "kalt",
            ou=PROVIDER,
            name="Karl Alt",
            attributes={"userPrincipalName": "karl.alt@oldmsp.example"},
        ),
        Grant(dn=BASE, ace=f"(A;;{ALL};;;{{@kalt}})"),
    ),
    specimen(
        "an account that may write the rights of the domain (WriteDACL)",
        18,
        "may give itself all rights",
        user("svc_dacl", ou=SERVICES),
        Grant(dn=BASE, ace="(A;;WD;;;{@svc_dacl})"),
    ),
    specimen(
        "an account that may take ownership of the domain (WriteOwner)",
        18,
        "may make itself the owner",
        user("svc_owner", ou=SERVICES),
        Grant(dn=BASE, ace="(A;;WO;;;{@svc_owner})"),
    ),
    decoy(
        "a group that is refused the right",
        18,
        "a deny entry gives nothing",
        group("No replication", owner=ANNA),
        Grant(dn=BASE, ace=f"(OD;;CR;{GET_CHANGES_ALL};;{{@No replication}})"),
    ),
    decoy(
        "a right that only children inherit",
        18,
        "inherit-only, for users: not on the domain root itself",
        group("Password desk", owner=ANNA),
        Grant(
            dn=BASE,
            ace=f"(OA;CIIO;CR;{RESET_PASSWORD};bf967aba-0de6-11d0-a285-00aa003049e2;{{@Password desk}})",
        ),
    ),
    given_decoy(
        "the account of the cloud, which copies passwords by its nature",
        18,
        f"CN=MSOL_0a1b2c3d4e5f,CN=Users,{BASE}",
        "Entra Connect needs the right; row 47 tells of it",
    ),
    given_decoy(
        "the rights of Domain Admins and of the system",
        18,
        BASE,
        "well-known principals have them by default",
    ),
)
PERSISTENCE = (
    specimen(
        "a right that comes back on every administrator",
        17,
        "OldMSP Technicians: full control of AdminSDHolder",
        group("OldMSP Technicians", f"CN=Jane Doe,{PROVIDER}", KARL, ou=PROVIDER),
        Grant(dn=ADMIN_SD_HOLDER, ace=ALL_OF_OLDMSP),
    ),
)
DELEGATED = (
    specimen(
        "an OU in other hands",
        19,
        "OldMSP Technicians: full control of OU=Servers",
        Grant(dn=SERVERS, ace=ALL_OF_OLDMSP.replace("(A;;", "(A;CI;")),
    ),
    specimen(
        "a policy in other hands",
        (19, 39),
        "OldMSP Technicians may edit the Default Domain Policy",
        Grant(dn=DEFAULT_POLICY, ace="(A;;CCDCLCSWRPWPLORC;;;{@OldMSP Technicians})"),
    ),
    specimen(
        "a right of somebody who is no more",
        19,
        f"{UNKNOWN_SID} resolves to no account",
        Grant(dn=WORKSTATIONS, ace=f"(A;CI;{ALL};;;{UNKNOWN_SID})"),
    ),
    specimen(
        "a help desk that resets passwords",
        19,
        "Helpdesk may reset passwords below OU=Staff",
        Grant(
            dn=f"OU=Staff,{BASE}",
            ace=f"(OA;CIIO;CR;{RESET_PASSWORD};bf967aba-0de6-11d0-a285-00aa003049e2;{{@Helpdesk}})",
        ),
    ),
    decoy(
        "a right to read",
        19,
        "Accounting may read OU=Groups: reading is no delegation",
        Grant(dn=GROUPS, ace="(A;CI;RPLCRC;;;{@Accounting})"),
    ),
)
SPECIMENS = (*DOMAIN_ROOT, *PERSISTENCE, *DELEGATED)
