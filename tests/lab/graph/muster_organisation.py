"""Muster's organisation: notices, domains, authorities, what it has licensed."""

import base64
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from tests.lab.directory.authority import authority_der
from tests.lab.graph.guids import guid
from tests.lab.graph.muster_people import (
    DISTRIBUTOR_ID,
    DOMAIN,
    INITIAL,
    OLDMSP_ID,
    POWER_BI,
    SPB,
    TENANT_ID,
    Held,
)
from tests.lab.graph.routes import SERVICE_PLANS

FEDERATED = f"works.{DOMAIN}"


def organisation() -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield lists about the organisation."""
    yield (
        "/organization",
        [
            {
                "id": TENANT_ID,
                "displayName": "Muster GmbH",
                "tenantType": "AAD",
                "createdDateTime": "2019-03-11T09:00:00Z",
                "countryLetterCode": "DE",
                "technicalNotificationMails": [
                    f"it@{DOMAIN}",
                    Held("technical notices", "noc@oldmsp.example"),
                ],
                "securityComplianceNotificationMails": [f"it@{DOMAIN}"],
                "marketingNotificationEmails": [],
                "verifiedDomains": [
                    {"name": DOMAIN, "isDefault": True, "isInitial": False},
                    {"name": INITIAL, "isDefault": False, "isInitial": True},
                ],
                "assignedPlans": [
                    {"service": "exchange", "capabilityStatus": "Enabled", "servicePlanId": SPB}
                ],
                "onPremisesSyncEnabled": None,
                "onPremisesLastSyncDateTime": None,
                "privacyProfile": {"contactEmail": f"privacy@{DOMAIN}"},
            }
        ],
    )
    authority = base64.b64encode(_authority()).decode()
    yield (
        f"/organization/{TENANT_ID}/certificateBasedAuthConfiguration",
        [
            Held(
                "certificate authority",
                {
                    "id": guid("cba"),
                    "certificateAuthorities": [
                        {"isRootAuthority": True, "certificate": authority, "issuer": "OldMSP"}
                    ],
                },
            )
        ],
    )
    yield (
        "/domains",
        [
            _domain(DOMAIN, isDefault=True),
            _domain(INITIAL, isInitial=True),
            _left(),
            _domain(FEDERATED, authenticationType="Federated"),
        ],
    )
    yield (
        f"/domains/{FEDERATED}/federationConfiguration",
        [
            {
                "id": guid("federation"),
                "displayName": "Works login",
                "issuerUri": f"https://sso.{DOMAIN}/adfs/services/trust",
                "passiveSignInUri": f"https://sso.{DOMAIN}/adfs/ls",
                "signingCertificate": base64.b64encode(_signing()).decode(),
                "federatedIdpMfaBehavior": "enforceMfaByFederatedIdp",
            }
        ],
    )
    text = {"@odata.type": "#microsoft.graph.domainDnsMxRecord", "recordType": "Mx", "ttl": 3600}
    record = {
        **text,
        "label": DOMAIN,
        "mailExchange": "muster-example.mail.example",
        "preference": 0,
    }
    shared = {"supportedService": "Email", "isOptional": False}
    yield (
        f"/domains/{DOMAIN}/serviceConfigurationRecords",
        [{"id": guid("mx"), **record, **shared}],
    )
    for name in (DOMAIN, INITIAL, "muster.oldmsp.example"):
        yield f"/domains/{name}/verificationDnsRecords", []
    seats = {"enabled": 40, "warning": 0, "suspended": 0, "lockedOut": 0}
    plans = [
        {
            "servicePlanId": guid(f"plan {name}"),
            "servicePlanName": name,
            "provisioningStatus": "Success",
            "appliesTo": "User",
        }
        for name in SERVICE_PLANS
    ]
    sku = {"appliesTo": "User", "capabilityStatus": "Enabled", "consumedUnits": 38}
    yield (
        "/subscribedSkus",
        [
            {
                "id": f"{TENANT_ID}_{SPB}",
                "skuId": SPB,
                "skuPartNumber": "SPB",
                **sku,
                "prepaidUnits": seats,
                "servicePlans": plans,
                "subscriptionIds": [guid("subscription spb")],
            }
        ],
    )
    yield (
        "/directory/subscriptions",
        [
            Held("reseller", _subscription("spb", SPB, "SPB", 40, OLDMSP_ID)),
            _subscription("pbi", POWER_BI, "POWER_BI_STANDARD", 2, DISTRIBUTOR_ID),
        ],
    )


@cache
def _authority() -> bytes:
    return authority_der("OldMSP Root CA oldmsp.example", 900, is_weak=False)


@cache
def _signing() -> bytes:
    return authority_der(f"sso.{DOMAIN}", 400, is_weak=False)


def _domain(name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "authenticationType": "Managed",
        "isDefault": False,
        "isInitial": False,
        "isVerified": True,
        "isAdminManaged": True,
        "supportedServices": ["Email"],
        "passwordValidityPeriodInDays": 2147483647,
        **more,
    }


def _left() -> Held:
    return Held("leftover domain", _domain("muster.oldmsp.example", isVerified=False))


def _subscription(name: str, sku: str, part: str, seats: int, owner: str) -> dict[str, Any]:
    return {
        "id": guid(f"subscription {name}"),
        "commerceSubscriptionId": guid(f"commerce {name}"),
        "skuId": sku,
        "skuPartNumber": part,
        "status": "Enabled",
        "totalLicenses": seats,
        "createdDateTime": "2024-01-10T00:00:00Z",
        "nextLifecycleDateTime": "2027-01-31T00:00:00Z",
        "isTrial": False,
        "ownerTenantId": owner,
        "ownerType": "User",
    }
