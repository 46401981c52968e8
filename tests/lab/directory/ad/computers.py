"""Controllers, servers and workstations: old systems, old accounts, local passwords, disk keys."""

import uuid

from tests.lab.directory.ad.people import ANNA
from tests.lab.directory.ad.specimen import (
    CONTROLLER,
    CONTROLLERS,
    DISABLED,
    UNCONSTRAINED,
    WORKSTATION,
    WORKSTATIONS,
    computer,
    decoy,
    given,
    specimen,
)
from tests.lab.directory.canaries import canary
from tests.lab.directory.names import BASE, CONFIGURATION
from tests.lab.directory.orders import Add, Days

SITES = f"CN=Sites,{CONFIGURATION}"
SITE = f"CN=Default-First-Site-Name,{SITES}"
DEAD = f"CN=DC2,CN=Servers,{SITE}"
OLD_SERVER = ("Windows Server 2012 R2 Standard", "6.3 (9600)")
OLD_CLIENT = ("Windows 7 Professional", "6.1 (7601)")
CLIENT = ("Windows 11 Enterprise", "10.0 (26100)")
LINUX = ("Debian GNU/Linux 12", "12.11")

CONTROLLING = (
    given(
        "the only controller that works", 4, f"CN=DC1,{CONTROLLERS}", "fewer than two controllers"
    ),
    specimen(
        "a controller that is gone",
        4,
        "DC2: Windows Server 2012 R2, no logon for 90 days",
        computer(
            "DC2",
            ou=CONTROLLERS,
            os=OLD_SERVER,
            flags=CONTROLLER | UNCONSTRAINED,
            seen_days=90,
            password_days=95,
            attributes={"primaryGroupID": "516"},
        ),
        Add(
            dn=DEAD,
            attributes={
                "objectClass": "server",
                "dNSHostName": "dc2.corp.example",
                "serverReference": f"CN=DC2,{CONTROLLERS}",
            },
        ),
    ),
    specimen(
        "a read-only controller that keeps administrators' passwords",
        5,
        "Domain Admins in msDS-RevealOnDemandGroup",
        computer(
            "RODC1",
            ou=CONTROLLERS,
            flags=WORKSTATION | 0x4000000 | 0x1000000,
            attributes={
                "primaryGroupID": "521",
                "msDS-RevealOnDemandGroup": f"CN=Domain Admins,CN=Users,{BASE}",
                "msDS-NeverRevealGroup": f"CN=Account Operators,CN=Builtin,{BASE}",
                "managedBy": ANNA,
            },
        ),
    ),
)


def _with_local_password(name: str, *, legacy: bool, ends_in: float) -> Add:
    """Return a computer whose local administrator's password lies in the directory (LAPS)."""
    value, end = (
        ("ms-Mcs-AdmPwd", "ms-Mcs-AdmPwdExpirationTime")
        if legacy
        else ("msLAPS-Password", "msLAPS-PasswordExpirationTime")
    )
    told = {value: canary(f"local password of {name}"), end: Days(-ends_in)}
    return computer(name, ou=WORKSTATIONS, os=CLIENT, attributes=told)


LOCAL_PASSWORDS = (
    decoy(
        "a workstation with a managed local password (legacy LAPS)",
        32,
        "covered: ends in 20 days",
        _with_local_password("WS01", legacy=True, ends_in=20),
    ),
    decoy(
        "a workstation with a managed local password (Windows LAPS)",
        32,
        "covered: ends in 20 days",
        _with_local_password("WS02", legacy=False, ends_in=20),
    ),
    specimen(
        "a workstation whose local password was not changed for long",
        32,
        "expired 60 days ago",
        _with_local_password("WS03", legacy=False, ends_in=-60),
    ),
    specimen(
        "a workstation without a managed local password or a recovery key",
        (32, 33),
        "no expiry attribute; no recovery object below it",
        computer("WS04", ou=WORKSTATIONS, os=CLIENT),
    ),
)
RECOVERY = (
    decoy(
        "a recovery key in the directory (BitLocker)",
        33,
        "WS02 has one; WS01 has none",
        Add(
            dn=f"CN=2026-01-01T00:00:00-00:00{{11111111-1111-4111-8111-111111111111}},CN=WS02,{WORKSTATIONS}",
            attributes={
                "objectClass": "msFVE-RecoveryInformation",
                "msFVE-RecoveryGuid": uuid.UUID("11111111-1111-4111-8111-111111111111").bytes_le,
                "msFVE-RecoveryPassword": canary("recovery password"),
            },
        ),
    ),
)
SYSTEMS = (
    specimen(
        "a server with a system that gets no updates",
        34,
        "Windows Server 2012 R2",
        computer("OLDSRV", os=OLD_SERVER),
    ),
    specimen(
        "a workstation with a system that gets no updates",
        34,
        "Windows 7",
        computer("OLDWS", ou=WORKSTATIONS, os=OLD_CLIENT),
    ),
    decoy("a server with a current system", (34, 35), "nothing to say", computer("FILES1")),
    decoy(
        "a disabled computer with an old system",
        34,
        "disabled: nobody logs on to it",
        computer("OLDOFF", os=OLD_SERVER, flags=WORKSTATION | DISABLED, seen_days=800),
    ),
    specimen(
        "a Linux server of this company",
        34,
        "erp1.corp.example: the host audit knows it",
        computer("ERP1", os=LINUX),
    ),
    specimen(
        "a computer that nobody saw for long",
        35,
        "not seen for 200 days, password 210 days old",
        computer("GHOST", ou=WORKSTATIONS, os=CLIENT, seen_days=200, password_days=210),
    ),
    decoy(
        "a computer that slept a while",
        35,
        "not seen for 95 days: below the limit",
        computer("SLEEPY", ou=WORKSTATIONS, os=CLIENT, seen_days=95, password_days=100),
    ),
    specimen(
        "a workstation in the group of controllers",
        36,
        "primaryGroupID 516 and no controller",
        computer("FAKEDC", ou=WORKSTATIONS, attributes={"primaryGroupID": "516"}),
    ),
)
SPECIMENS = (*CONTROLLING, *LOCAL_PASSWORDS, *RECOVERY, *SYSTEMS)
