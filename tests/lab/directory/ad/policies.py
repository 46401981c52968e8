"""Password policies, the policies of Windows with their links, and what SYSVOL holds of them."""

from tests.lab.directory.ad.specimen import (
    GROUPS,
    SERVERS,
    STAFF,
    SYSTEM,
    WORKSTATIONS,
    decoy,
    given,
    specimen,
    user,
)
from tests.lab.directory.names import BASE, DOMAIN
from tests.lab.directory.orders import Add, Change

DAY = 864_000_000_000
POLICIES = f"CN=Policies,{SYSTEM}"
SETTINGS = f"CN=Password Settings Container,{SYSTEM}"
LINKED = "{A1A1A1A1-0001-4001-8001-000000000001}"
UNLINKED = "{A1A1A1A1-0002-4002-8002-000000000002}"
ENFORCED = "{A1A1A1A1-0003-4003-8003-000000000003}"
SWITCHED_OFF = "{A1A1A1A1-0004-4004-8004-000000000004}"


def _settings(name: str, rank: int, *, length: int, lockout: int, applies_to: str) -> Add:
    """Return a fine-grained password policy (PSO)."""
    return Add(
        dn=f"CN={name},{SETTINGS}",
        attributes={
            "objectClass": "msDS-PasswordSettings",
            "msDS-PasswordSettingsPrecedence": str(rank),
            "msDS-PasswordReversibleEncryptionEnabled": "FALSE",
            "msDS-PasswordHistoryLength": "24",
            "msDS-PasswordComplexityEnabled": "TRUE",
            "msDS-MinimumPasswordLength": str(length),
            "msDS-MinimumPasswordAge": str(-DAY),
            "msDS-MaximumPasswordAge": str(-42 * DAY),
            "msDS-LockoutThreshold": str(lockout),
            "msDS-LockoutObservationWindow": str(-DAY // 48),
            "msDS-LockoutDuration": str(-DAY // 48),
            "msDS-PSOAppliesTo": applies_to,
        },
    )


PASSWORDS = (
    given("the password policy of the domain", 29, BASE, "7 characters, no lockout"),
    specimen(
        "a password policy that is weaker than the domain's",
        30,
        "ScannersPSO: 4 characters, for Accounting",
        _settings("ScannersPSO", 20, length=4, lockout=0, applies_to=f"CN=Accounting,{GROUPS}"),
    ),
    decoy(
        "a password policy that is stronger",
        30,
        "AdminsPSO: 16 characters, for Domain Admins",
        _settings(
            "AdminsPSO", 10, length=16, lockout=5, applies_to=f"CN=Domain Admins,CN=Users,{BASE}"
        ),
    ),
    given("computers that anybody may join", 31, BASE, "ms-DS-MachineAccountQuota is 10"),
)


def _policy(guid: str, name: str, *, version: int = 65537, flags: int = 0) -> Add:
    return Add(
        dn=f"CN={guid},{POLICIES}",
        attributes={
            "objectClass": "groupPolicyContainer",
            "displayName": name,
            "gPCFileSysPath": f"\\\\{DOMAIN}\\sysvol\\{DOMAIN}\\Policies\\{guid}",
            "versionNumber": str(version),
            "flags": str(flags),
            "gPCFunctionalityVersion": "2",
        },
    )


def _link(unit: str, *links: tuple[str, int]) -> Change:
    told = "".join(f"[LDAP://cn={guid},{POLICIES.lower()};{option}]" for guid, option in links)
    return Change(dn=unit, replace={"gPLink": told})


WINDOWS_POLICIES = (
    decoy(
        "a policy that is at work",
        39,
        "linked to OU=Workstations",
        _policy(LINKED, "Workstations"),
        _link(WORKSTATIONS, (LINKED, 0)),
    ),
    specimen(
        "a policy that is linked nowhere",
        39,
        "no gPLink names it",
        _policy(UNLINKED, "Old proxy settings"),
    ),
    specimen(
        "a policy that nobody below can refuse",
        39,
        "enforced on OU=Staff; disabled on OU=Servers",
        _policy(ENFORCED, "OldMSP baseline", version=131074),
        _link(STAFF, (ENFORCED, 2)),
        _link(SERVERS, (ENFORCED, 1)),
    ),
    specimen(
        "a policy whose settings are switched off",
        39,
        "flags 3: neither computers nor users",
        _policy(SWITCHED_OFF, "Test", flags=3),
    ),
)
SCRIPTS = (
    specimen(
        "a login script on a server that nobody knows",
        40,
        "\\\\nas.oldmsp.example\\logon\\map.cmd; home and profile there, too",
        user(
            "script.sue",
            attributes={
                "scriptPath": "\\\\nas.oldmsp.example\\logon\\map.cmd",
                "homeDirectory": "\\\\nas.oldmsp.example\\homes\\sue",
                "homeDrive": "H:",
                "profilePath": "\\\\nas.oldmsp.example\\profiles\\sue",
            },
        ),
    ),
    decoy(
        "a login script and a home of the house",
        40,
        "on FILES1, which is a computer of the domain",
        user(
            "home.hugo",
            attributes={
                "scriptPath": "logon.cmd",
                "homeDirectory": "\\\\files1.corp.example\\homes\\hugo",
            },
        ),
    ),
)
SPECIMENS = (*PASSWORDS, *WINDOWS_POLICIES, *SCRIPTS)
