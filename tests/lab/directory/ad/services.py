"""What products keep in the directory: certificates, Exchange, DHCP, printers, shares, agents."""

from tests.lab.directory.ad.people import ANNA
from tests.lab.directory.ad.specimen import SERVERS, STAFF, SYSTEM, computer, decoy, specimen, user
from tests.lab.directory.names import CONFIGURATION
from tests.lab.directory.orders import Add, Authority, Descriptor

SERVICES = f"CN=Services,{CONFIGURATION}"
KEYS = f"CN=Public Key Services,{SERVICES}"
TEMPLATES = f"CN=Certificate Templates,{KEYS}"
CLIENT_AUTH, SERVER_AUTH = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"
ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"
OWNED = "O:DAG:DAD:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;DA)(A;;LCRPLORC;;;AU)"
EXCHANGE = f"CN=Microsoft Exchange,{SERVICES}"
NET_SERVICES = f"CN=NetServices,{SERVICES}"
OUR_CA, FOREIGN_CA = "CORP-CA", "OldMSP Issuing CA"


def template(
    name: str, *, who: str, names_flag: int, enrolment_flag: int = 0, usage: str = CLIENT_AUTH
) -> Add:
    """Return a certificate template that `who` (a word of SDDL) may enrol in."""
    return Add(
        dn=f"CN={name},{TEMPLATES}",
        attributes={
            "objectClass": "pKICertificateTemplate",
            "displayName": name,
            "msPKI-Certificate-Name-Flag": str(names_flag),
            "msPKI-Enrollment-Flag": str(enrolment_flag),
            "msPKI-RA-Signature": "0",
            "msPKI-Template-Schema-Version": "2",
            "pKIExtendedKeyUsage": usage,
            "nTSecurityDescriptor": Descriptor(f"{OWNED}(OA;;CR;{ENROLL};;{who})"),
        },
    )


CERTIFICATES = (
    specimen(
        "a certificate authority that ends soon",
        44,
        f"{OUR_CA} on ca1.corp.example ends in 100 days",
        Add(
            dn=f"CN={OUR_CA},CN=Enrollment Services,{KEYS}",
            attributes={
                "objectClass": "pKIEnrollmentService",
                "dNSHostName": "ca1.corp.example",
                "certificateTemplates": (
                    "AnyNameForAll",
                    "AnyNameApproved",
                    "WebServers",
                    "AnyNameAdmins",
                ),
                "cACertificate": Authority(OUR_CA, 100),
            },
        ),
    ),
    specimen(
        "a template by which any user becomes anybody (ESC1)",
        45,
        "published; the requester names the subject; client authentication; Domain Users enrol",
        template("AnyNameForAll", who="DU", names_flag=1),
    ),
    decoy(
        "the same template, not published",
        45,
        "no authority issues it",
        template("AnyNameUnpublished", who="DU", names_flag=1),
    ),
    decoy(
        "the same template, approved by a manager",
        45,
        "msPKI-Enrollment-Flag 2: each request waits for approval",
        template("AnyNameApproved", who="DU", names_flag=1, enrolment_flag=2),
    ),
    decoy(
        "the same template for administrators",
        45,
        "only Domain Admins enrol",
        template("AnyNameAdmins", who="DA", names_flag=1),
    ),
    decoy(
        "a template for web servers",
        45,
        "the subject comes from the directory; server authentication",
        template("WebServers", who="DC", names_flag=0x08000000, usage=SERVER_AUTH),
    ),
    specimen(
        "an authority whose certificates log on, and that nobody here runs",
        46,
        f"{FOREIGN_CA} in NTAuthCertificates; no enrolment service is called so",
        Add(
            dn=f"CN=NTAuthCertificates,{KEYS}",
            attributes={
                "objectClass": "certificationAuthority",
                "cACertificate": (Authority(OUR_CA, 100), Authority(FOREIGN_CA, 2000)),
                "authorityRevocationList": b"\0",
                "certificateRevocationList": b"\0",
            },
        ),
    ),
    specimen(
        "a root authority with a weak key",
        46,
        "RSA with 1024 bits",
        Add(
            dn=f"CN=Old Root,CN=Certification Authorities,{KEYS}",
            attributes={
                "objectClass": "certificationAuthority",
                "cACertificate": Authority("Old Root", 800, True),
                "authorityRevocationList": b"\0",
                "certificateRevocationList": b"\0",
            },
        ),
    ),
)
MAIL = (
    specimen(
        "a mail organisation with a server",
        50,
        "Muster: EX1, Version 15.1",
        Add(dn=EXCHANGE, attributes={"objectClass": "msExchConfigurationContainer"}),
        Add(
            dn=f"CN=Muster,{EXCHANGE}",
            attributes={
                "objectClass": "msExchOrganizationContainer",
                "msExchVersion": "4535486012416",
            },
        ),
        Add(dn=f"CN=Servers,CN=Muster,{EXCHANGE}", attributes={"objectClass": "container"}),
        Add(
            dn=f"CN=EX1,CN=Servers,CN=Muster,{EXCHANGE}",
            attributes={
                "objectClass": "msExchExchangeServer",
                "serialNumber": "Version 15.1 (Build 32507.6)",
                "versionNumber": "1942061595",
                "msExchCurrentServerRoles": "54",
            },
        ),
    ),
    specimen(
        "a mailbox in the cloud of a person of the house",
        50,
        "remote mailbox (2147483648)",
        user(
            "cloud.clara",
            attributes={
                "mail": "clara@muster.example",
                "proxyAddresses": ("SMTP:clara@muster.example", "smtp:clara@oldmsp.example"),
                "msExchRecipientTypeDetails": "2147483648",
            },
        ),
    ),
)
HYPERVISOR = computer("HV1")
AGENTS = (
    specimen(
        "a hypervisor",
        51,
        "Hyper-V on HV1",
        HYPERVISOR,
        Add(
            dn=f"CN=Microsoft Hyper-V,{HYPERVISOR.dn}",
            attributes={
                "objectClass": "serviceConnectionPoint",
                "keywords": "hyperv",
                "serviceBindingInformation": "hv1.corp.example",
            },
        ),
    ),
    specimen(
        "a backup server",
        51,
        "Veeam on HV1",
        Add(
            dn=f"CN=Veeam Backup,{HYPERVISOR.dn}",
            attributes={
                "objectClass": "serviceConnectionPoint",
                "keywords": ("Veeam", "backup1.oldmsp.example"),
                "serviceBindingInformation": "https://backup1.oldmsp.example:9419",
            },
        ),
    ),
    specimen(
        "a server that installs software on all computers",
        51,
        "management point of Configuration Manager",
        Add(dn=f"CN=System Management,{SYSTEM}", attributes={"objectClass": "container"}),
        Add(
            dn=f"CN=SMS-MP-P01,CN=System Management,{SYSTEM}",
            attributes={
                "objectClass": "mSSMSManagementPoint",
                "mSSMSMPName": "sccm.oldmsp.example",
                "mSSMSSiteCode": "P01",
                "dNSHostName": "sccm.oldmsp.example",
            },
        ),
    ),
)
SHARED = (
    specimen(
        "a printer",
        52,
        "\\\\files1\\HP-Floor2",
        Add(
            dn=f"CN=FILES1-HP-Floor2,CN=FILES1,{SERVERS}",
            attributes={
                "objectClass": "printQueue",
                "printerName": "HP-Floor2",
                "serverName": "files1.corp.example",
                "shortServerName": "FILES1",
                "uNCName": "\\\\files1\\HP-Floor2",
                "versionNumber": "4",
                "driverName": "HP Universal",
                "location": "Floor 2",
            },
        ),
    ),
    specimen(
        "a published share whose server nobody knows",
        53,
        "\\\\nas.oldmsp.example\\projects",
        Add(
            dn=f"CN=Projects,{STAFF}",
            attributes={
                "objectClass": "volume",
                "uNCName": "\\\\nas.oldmsp.example\\projects",
            },
        ),
    ),
    decoy(
        "a published share of the house",
        53,
        "FILES1 is a computer of the domain",
        Add(
            dn=f"CN=Files,{STAFF}",
            attributes={
                "objectClass": "volume",
                "uNCName": "\\\\files1.corp.example\\files",
                "managedBy": ANNA,
            },
        ),
    ),
)


def _dhcp(name: str, address: str) -> Add:
    return Add(
        dn=f"CN={name},{NET_SERVICES}",
        attributes={
            "objectClass": "dHCPClass",
            "dhcpServers": f"i{address}$rcn={name}$f0x00000000$s{name}$",
            "dhcpUniqueKey": "0",
            "dhcpType": "1",
            "dhcpIdentification": "This is a server",
            "dhcpFlags": "0",
            "instanceType": "4",
        },
    )


ADDRESSES = (
    specimen(
        "a DHCP server that nobody knows",
        54,
        "dhcp.oldmsp.example, 203.0.113.67",
        _dhcp("dhcp.oldmsp.example", "203.0.113.67"),
    ),
    decoy(
        "a DHCP server of the house",
        54,
        "dc1.corp.example",
        _dhcp("dc1.corp.example", "10.77.0.2"),
    ),
)
SPECIMENS = (*CERTIFICATES, *MAIL, *AGENTS, *SHARED, *ADDRESSES)
