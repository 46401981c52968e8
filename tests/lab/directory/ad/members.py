"""Who has power by membership: directly, nested, by the primary group, from elsewhere; and who not."""

from tests.lab.directory.ad.people import ANNA, BEN, JANE, LEAVER
from tests.lab.directory.ad.specimen import (
    ADMINS,
    BUILTIN,
    DISABLED,
    GROUPS,
    MAIL_UNIVERSAL,
    NEVER_EXPIRES,
    PROVIDER,
    SECURITY_LOCAL,
    SERVICES,
    STAFF,
    UNIVERSAL,
    USERS,
    Specimen,
    decoy,
    group,
    joins,
    specimen,
    user,
)
from tests.lab.directory.names import BASE, DOMAIN_SID
from tests.lab.directory.orders import Add, Change, Delete, Sid

DOMAIN_ADMINS = f"CN=Domain Admins,{USERS}"
FOREIGN_SID = "S-1-5-21-777777777-888888888-999999999-1105"
FOREIGN = f"CN={FOREIGN_SID},CN=ForeignSecurityPrincipals,{BASE}"
HELPDESK = f"CN=Helpdesk,{GROUPS}"
SECOND_LEVEL = f"CN=Second Level,{GROUPS}"
THIRD_LEVEL = f"CN=Third Level,{GROUPS}"
EXCHANGE_GROUPS = f"OU=Microsoft Exchange Security Groups,{BASE}"
CROWD = f"CN=Newsletter,{GROUPS}"


def _in_builtin(login: str, group_name: str, where: str, row: int = 14) -> Specimen:
    dn = f"CN={login},{ADMINS}"
    return specimen(
        f"a member of {group_name}",
        row,
        f"{login} is in {group_name}",
        user(login, ou=ADMINS),
        joins(f"CN={group_name},{where}", dn),
    )


DIRECT = (
    specimen(
        "an administrator of the client",
        14,
        "direct member of Domain Admins",
        user(
            "adm.anna",
            ou=ADMINS,
            name="adm.anna",
            attributes={"mail": "anna.muster@muster.example", "manager": ANNA},
        ),
        joins(DOMAIN_ADMINS, f"CN=adm.anna,{ADMINS}"),
    ),
    specimen(
        "an administrator of the provider who leaves",
        (14, 15),
        "Jane Doe of OldMSP, by mail, in Domain Admins",
        user(
            "jdoe",
            ou=PROVIDER,
            name="Jane Doe",
            attributes={"mail": "jane.doe@oldmsp.example", "company": "OldMSP GmbH"},
        ),
        joins(DOMAIN_ADMINS, JANE),
    ),
    specimen(
        "a disabled administrator",
        15,
        "disabled, and still in Domain Admins",
        user("adm.old", ou=ADMINS, flags=DISABLED, seen_days=500, password_days=1200),
        joins(DOMAIN_ADMINS, f"CN=adm.old,{ADMINS}"),
    ),
    specimen(
        "a stale administrator",
        (7, 9, 15),
        "enabled, in Domain Admins, not seen for 300 days",
        user("adm.stale", ou=ADMINS, flags=NEVER_EXPIRES, seen_days=300, password_days=1300),
        joins(DOMAIN_ADMINS, f"CN=adm.stale,{ADMINS}"),
    ),
    specimen(
        "a service account with all power",
        (12, 13, 14),
        "svc_veeam: SPN, Domain Admins",
        user(
            "svc_veeam",
            ou=SERVICES,
            flags=NEVER_EXPIRES,
            password_days=1900,
            attributes={"servicePrincipalName": "VeeamBackupSvc/backup1.corp.example"},
        ),
        joins(DOMAIN_ADMINS, f"CN=svc_veeam,{SERVICES}"),
    ),
    _in_builtin("op.account", "Account Operators", BUILTIN),
    _in_builtin("op.server", "Server Operators", BUILTIN),
    _in_builtin("op.backup", "Backup Operators", BUILTIN),
    _in_builtin("op.print", "Print Operators", BUILTIN),
    _in_builtin("op.policy", "Group Policy Creator Owners", USERS),
    _in_builtin("op.schema", "Schema Admins", USERS),
    _in_builtin("op.forest", "Enterprise Admins", USERS),
    _in_builtin("op.certs", "Cert Publishers", USERS),
    _in_builtin("op.dns", "DnsAdmins", USERS, 43),
)
MAIL_ADMINS = (
    specimen(
        "a member of Exchange's most powerful group",
        14,
        "op.mail is in Organization Management",
        Add(dn=EXCHANGE_GROUPS, attributes={"objectClass": "organizationalUnit"}),
        user("op.mail", ou=ADMINS),
        group(
            "Organization Management", f"CN=op.mail,{ADMINS}", ou=EXCHANGE_GROUPS, kind=UNIVERSAL
        ),
    ),
)
NESTED = (
    specimen(
        "an administrator through three groups",
        14,
        "third.tim: Third Level, Second Level, Helpdesk, Domain Admins",
        user("third.tim", name="third.tim"),
        group("Third Level", f"CN=third.tim,{STAFF}"),
        group("Second Level", THIRD_LEVEL),
        group("Helpdesk", SECOND_LEVEL, owner=ANNA),
        joins(DOMAIN_ADMINS, HELPDESK),
    ),
    specimen(
        "a circle of groups that leads to power",
        (14, 62),
        "Second Level holds Third Level, which holds Second Level",
        joins(THIRD_LEVEL, SECOND_LEVEL),
    ),
    decoy(
        "a circle of groups that leads nowhere",
        14,
        "Circle A and Circle B hold each other and Ben; neither is in a privileged group",
        group("Circle A", BEN, owner=ANNA),
        group("Circle B", f"CN=Circle A,{GROUPS}", owner=ANNA),
        joins(f"CN=Circle A,{GROUPS}", f"CN=Circle B,{GROUPS}"),
    ),
    specimen(
        "an administrator by the primary group",
        (14, 36),
        "primaryGroupID 512; no member attribute says so",
        user("primary.pat", ou=ADMINS, attributes={"primaryGroupID": "512"}),
    ),
    specimen(
        "somebody of another forest among the administrators",
        (14, 38),
        "a foreign SID in BUILTIN\\Administrators",
        Change(
            dn=f"CN=Administrators,{BUILTIN}",
            add={"member": f"<SID={FOREIGN_SID}>"},
            strictly=True,
        ),
    ),
    decoy(
        "a group named as a privileged one",
        14,
        "called Domain Admins (old); an ordinary group",
        group("Domain Admins (old)", BEN, owner=ANNA),
    ),
    decoy(
        "a mail list of the administrators",
        14,
        "a distribution list: no rights",
        group("Admins News", BEN, kind=MAIL_UNIVERSAL, owner=ANNA),
    ),
)
LEFT_BEHIND = (
    specimen(
        "an account that once was privileged",
        16,
        "adminCount 1, in no privileged group",
        user("once.olaf", attributes={"adminCount": "1"}),
    ),
    specimen(
        "a foreign identity of old",
        20,
        "sIDHistory of another domain",
        user(
            "moved.moe",
            attributes={"sIDHistory": Sid("S-1-5-21-123456789-234567890-345678901-1201")},
        ),
    ),
    specimen(
        "a hidden administrator",
        20,
        "sIDHistory is the SID of Domain Admins of this domain",
        user("hidden.hal", attributes={"sIDHistory": Sid(f"{DOMAIN_SID}-512")}),
    ),
    specimen(
        "a deleted administrator",
        56,
        "deleted today; was adminCount 1",
        user("adm.gone", ou=ADMINS, attributes={"adminCount": "1", "description": "OldMSP"}),
        Delete(dn=f"CN=adm.gone,{ADMINS}"),
    ),
)
HYGIENE = (
    specimen("an empty group without an owner", 62, "no member, no managedBy", group("Empty")),
    decoy(
        "a group with members and an owner",
        62,
        "nothing to say",
        group("Accounting", ANNA, BEN, owner=ANNA),
    ),
    specimen(
        "a group whose owner left",
        63,
        "managedBy is a disabled account",
        group("Archive", BEN, owner=LEAVER),
    ),
    specimen(
        "a person whose manager left",
        63,
        "manager is a disabled account",
        user(
            "team.tea",
            attributes={"manager": LEAVER},
        ),
    ),
    specimen(
        "the world in the group of old applications",
        61,
        "Anonymous and Everyone in Pre-Windows 2000 Compatible Access",
        Change(
            dn=f"CN=Pre-Windows 2000 Compatible Access,{BUILTIN}",
            add={"member": ("<SID=S-1-5-7>", "<SID=S-1-1-0>")},
        ),
    ),
    decoy(
        "a group of files",
        14,
        "domain local, of no privileged group",
        group("Files read", ANNA, kind=SECURITY_LOCAL, owner=ANNA),
    ),
)
SPECIMENS = (*DIRECT, *MAIL_ADMINS, *NESTED, *LEFT_BEHIND, *HYGIENE)
