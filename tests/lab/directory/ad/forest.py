"""The forest: levels, role holders, trusts, sites, the recycle bin, and settings of the directory."""

from tests.lab.directory.ad.computers import DEAD, SITES
from tests.lab.directory.ad.specimen import SYSTEM, Specimen, decoy, given, specimen
from tests.lab.directory.names import BASE, CONFIGURATION
from tests.lab.directory.orders import Add, Change, Sid

PARTITIONS = f"CN=Partitions,{CONFIGURATION}"
DIRECTORY_SERVICE = f"CN=Directory Service,CN=Windows NT,CN=Services,{CONFIGURATION}"
INBOUND, OUTBOUND, BOTH = 1, 2, 3
QUARANTINED, FOREST, WITHIN, AS_EXTERNAL = 0x4, 0x8, 0x20, 0x40
PROVIDER_TRUST = "oldmsp.example"


def trust(partner: str, flat: str, direction: int, attributes: int, *, sid: str) -> Add:
    """Return a trusted domain."""
    return Add(
        dn=f"CN={partner},{SYSTEM}",
        attributes={
            "objectClass": "trustedDomain",
            "trustPartner": partner,
            "flatName": flat,
            "trustDirection": str(direction),
            "trustType": "2",
            "trustAttributes": str(attributes),
            "securityIdentifier": Sid(sid),
        },
        trust=True,
    )


TRUSTS = (
    specimen(
        "a trust in the provider who leaves",
        37,
        "oldmsp.example, both ways, no SID filter",
        trust(PROVIDER_TRUST, "OLDMSP", BOTH, 0, sid="S-1-5-21-777777777-888888888-999999999"),
    ),
    specimen(
        "a forest that is trusted as an external domain",
        37,
        "partner.example, outbound, forest, treated as external",
        trust("partner.example", "PARTNER", OUTBOUND, FOREST | AS_EXTERNAL, sid="S-1-5-21-9-8-7"),
    ),
    decoy(
        "a trust with a SID filter",
        37,
        "sister.example, outbound, quarantined",
        trust("sister.example", "SISTER", OUTBOUND, QUARANTINED, sid="S-1-5-21-6-5-4"),
    ),
    specimen(
        "a trust by which we are trusted",
        37,
        "customer.example trusts this domain (inbound)",
        trust("customer.example", "CUSTOMER", INBOUND, QUARANTINED, sid="S-1-5-21-3-2-1"),
    ),
)
# Not part of the domain as it starts: with it, Samba's KDC gives no ticket for a service.
CHILD_DOMAIN = specimen(
    "a domain that this audit does not read",
    2,
    "child.corp.example is in the forest",
    Add(
        dn=f"CN=CHILD,{PARTITIONS}",
        attributes={
            "objectClass": "crossRef",
            "nCName": f"DC=child,{BASE}",
            "dnsRoot": "child.corp.example",
            "nETBIOSName": "CHILD",
            "systemFlags": "3",
        },
    ),
)
LEVELS: tuple[Specimen, ...] = (
    given("the level of the forest and of the domain", 1, BASE, "2008 R2 (4)"),
    specimen(
        "a role whose holder is gone",
        3,
        "the infrastructure master is DC2",
        Add(
            dn=f"CN=NTDS Settings,{DEAD}",
            attributes={"objectClass": "nTDSDSA"},
        ),
        Change(
            dn=f"CN=Infrastructure,{BASE}",
            replace={"fSMORoleOwner": f"CN=NTDS Settings,{DEAD}"},
        ),
    ),
)
NETWORK = (
    specimen(
        "a second site with its network",
        41,
        "Branch: 10.20.0.0/16, linked at cost 100",
        Add(dn=f"CN=Branch,{SITES}", attributes={"objectClass": "site"}),
        Add(
            dn=f"CN=10.20.0.0/16,CN=Subnets,{SITES}",
            attributes={
                "objectClass": "subnet",
                "siteObject": f"CN=Branch,{SITES}",
                "location": "Branch office",
            },
        ),
        Add(
            dn=f"CN=Head-Branch,CN=IP,CN=Inter-Site Transports,{SITES}",
            attributes={
                "objectClass": "siteLink",
                "siteList": (f"CN=Branch,{SITES}", f"CN=Default-First-Site-Name,{SITES}"),
                "cost": "100",
                "replInterval": "180",
            },
        ),
    ),
    specimen(
        "a network that belongs to no site",
        41,
        "10.30.0.0/16 has no siteObject",
        Add(
            dn=f"CN=10.30.0.0/16,CN=Subnets,{SITES}",
            attributes={"objectClass": "subnet"},
        ),
    ),
    given(
        "the controller without a network",
        41,
        f"CN=DC1,CN=Servers,CN=Default-First-Site-Name,{SITES}",
        "no subnet is of its site",
    ),
)
SETTINGS = (
    given("no recycle bin", 55, PARTITIONS, "msDS-EnabledFeature is not told"),
    given("no backup", 57, BASE, "dSASignature was never written"),
    given("what changed lately", 58, f"CN=Domain Admins,CN=Users,{BASE}", "members added today"),
    given(
        "what products added to the schema",
        59,
        f"CN=Schema,{CONFIGURATION}",
        "sudo, sshPublicKey, LAPS, Exchange; version 69",
    ),
    specimen(
        "a directory that answers without a login",
        60,
        "dSHeuristics: the seventh character is 2",
        Change(dn=DIRECTORY_SERVICE, replace={"dSHeuristics": "0000002"}),
    ),
    given("a password in clear is accepted", 65, BASE, "simple bind on port 389"),
    given("a certificate that ends soon", 66, BASE, "40 days"),
)
SPECIMENS = (*LEVELS, *TRUSTS, *NETWORK, *SETTINGS)
