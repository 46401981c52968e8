"""Muster's devices, what was found on them, and the tokens that steer them."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.lab.graph.guids import guid
from tests.lab.graph.muster_people import BEN, Held

PCS = 12


def devices() -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield lists about devices."""
    names = [f"MUSTER-PC{number:02}" for number in range(1, PCS + 1)]
    yield "/devices", [_device(name) for name in names]
    yield "/deviceManagement/managedDevices", [_managed(name) for name in names]
    screen = "ScreenConnect Client (7d1f0c2ba94e6358)"
    backup = "Veeam Agent for Microsoft Windows"
    yield (
        "/deviceManagement/detectedApps",
        [
            Held("remote agent", _program(screen, "ScreenConnect Software", 3)),
            Held("backup agent", _program(backup, "Veeam Software Group GmbH", 2)),
            _program("7-Zip 24.08 (x64)", "Igor Pavlov", PCS),
        ],
    )
    for program, count in ((screen, 3), (backup, 2)):
        yield (
            f"/deviceManagement/detectedApps/{guid(program)}/managedDevices",
            [_managed(name) for name in names[:count]],
        )
    vpp = {
        "id": guid("vpp"),
        "appleId": "vpp@oldmsp.example",
        "organizationName": "OldMSP GmbH",
        "expirationDateTime": "2027-03-01T00:00:00Z",
        "state": "valid",
    }
    yield "/deviceAppManagement/vppTokens", [Held("apple purchase", vpp)]
    dep = {
        "id": guid("dep"),
        "appleIdentifier": "dep@oldmsp.example",
        "tokenName": "Muster ABM",
        "tokenExpirationDateTime": "2027-02-01T00:00:00Z",
    }
    yield "/deviceManagement/depOnboardingSettings", [Held("apple enrolment", dep)]
    yield (
        "/informationProtection/bitlocker/recoveryKeys",
        [
            {
                "id": guid(f"bitlocker {name}"),
                "createdDateTime": "2025-05-01T00:00:00Z",
                "deviceId": guid(f"device id {name}"),
                "volumeType": "operatingSystemVolume",
            }
            for name in names[:-1]
        ],
    )


def _device(name: str) -> dict[str, Any]:
    return {
        "id": guid(f"device {name}"),
        "deviceId": guid(f"device id {name}"),
        "displayName": name,
        "operatingSystem": "Windows",
        "operatingSystemVersion": "10.0.26100.2033",
        "trustType": "AzureAd",
        "isManaged": True,
        "isCompliant": True,
        "accountEnabled": True,
        "approximateLastSignInDateTime": "2026-11-20T08:00:00Z",
        "registrationDateTime": "2025-01-10T08:00:00Z",
    }


def _managed(name: str) -> dict[str, Any]:
    return {
        "id": guid(f"managed {name}"),
        "deviceName": name,
        "azureADDeviceId": guid(f"device id {name}"),
        "serialNumber": f"SN{name[-2:]}7721",
        "manufacturer": "LENOVO",
        "model": "21HM",
        "operatingSystem": "Windows",
        "osVersion": "10.0.26100.2033",
        "complianceState": "compliant",
        "isEncrypted": True,
        "lastSyncDateTime": "2026-11-20T08:00:00Z",
        "enrolledDateTime": "2025-01-10T08:00:00Z",
        "managementAgent": "mdm",
        "managedDeviceOwnerType": "company",
        "userPrincipalName": BEN,
        "deviceEnrollmentType": "windowsAzureADJoin",
        "jailBroken": "Unknown",
        "isSupervised": False,
    }


def _program(name: str, publisher: str, devices: int) -> dict[str, Any]:
    return {
        "id": guid(name),
        "displayName": name,
        "version": "24.1",
        "publisher": publisher,
        "platform": "windows",
        "deviceCount": devices,
    }
