"""What products add to the schema: LAPS, key credentials, sudo, SSH keys, Exchange, by hand.

Names and meanings are the products'; object identifiers are the published ones where they are
known, and of the arc for documentation (1.3.6.1.4.1.32473, RFC 5612) where they are not.
"""

import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.lab.directory.names import CONFIGURATION
from tests.lab.directory.orders import Add, Change, Order, ReadSchemaAnew

SCHEMA = f"CN=Schema,{CONFIGURATION}"
TEXT, PRINTABLE, OCTETS = ("2.5.5.12", "64"), ("2.5.5.5", "19"), ("2.5.5.10", "4")
NUMBER, BIG, TIME = ("2.5.5.9", "2"), ("2.5.5.16", "65"), ("2.5.5.11", "24")
DN_BINARY = ("2.5.5.7", "127")
DN_BINARY_CLASS = bytes.fromhex("2a864886f7140101010b")
CONFIDENTIAL = 904
LAPS = "1.2.840.113556.1.8000.2554.50051.45980.28112.18903.35903.6685103.1224907.2"
WINDOWS_LAPS = "1.2.840.113556.1.6.44.1"
SUDO = "1.3.6.1.4.1.15953.9"
OPENSSH = "1.3.6.1.4.1.24552.500.1.1"
EXAMPLE = "1.3.6.1.4.1.32473.7"


class Kind(NamedTuple):
    """A kind of attribute."""

    name: str
    oid: str
    syntax: tuple[str, str] = TEXT
    single: bool = True
    flags: int = 0
    link: int | None = None


ATTRIBUTES = (
    Kind("ms-Mcs-AdmPwd", f"{LAPS}.1", PRINTABLE, flags=CONFIDENTIAL),
    Kind("ms-Mcs-AdmPwdExpirationTime", f"{LAPS}.2", BIG),
    Kind("msLAPS-PasswordExpirationTime", f"{WINDOWS_LAPS}.1", BIG),
    Kind("msLAPS-Password", f"{WINDOWS_LAPS}.2", PRINTABLE, flags=CONFIDENTIAL),
    Kind("msLAPS-EncryptedPassword", f"{WINDOWS_LAPS}.3", OCTETS, flags=CONFIDENTIAL),
    Kind("msDS-KeyCredentialLink", "1.2.840.113556.1.4.2328", DN_BINARY, single=False, link=2220),
    Kind("sudoUser", f"{SUDO}.1.1", single=False),
    Kind("sudoHost", f"{SUDO}.1.2", single=False),
    Kind("sudoCommand", f"{SUDO}.1.3", single=False),
    Kind("sudoOption", f"{SUDO}.1.5", single=False),
    Kind("sudoRunAsUser", f"{SUDO}.1.6", single=False),
    Kind("sudoRunAsGroup", f"{SUDO}.1.7", single=False),
    Kind("sudoNotBefore", f"{SUDO}.1.8", TIME, single=False),
    Kind("sudoNotAfter", f"{SUDO}.1.9", TIME, single=False),
    Kind("sudoOrder", f"{SUDO}.1.10", NUMBER),
    Kind("sshPublicKey", f"{OPENSSH}.1.13", OCTETS, single=False),
    Kind("msExchVersion", f"{EXAMPLE}.1", BIG),
    Kind("msExchRecipientTypeDetails", f"{EXAMPLE}.2", BIG),
    Kind("msExchMailboxGuid", f"{EXAMPLE}.3", OCTETS),
    Kind("msExchCurrentServerRoles", f"{EXAMPLE}.4", NUMBER),
    Kind("mSSMSMPName", f"{EXAMPLE}.5", single=False),
    Kind("mSSMSSiteCode", f"{EXAMPLE}.6", single=False),
    Kind("msDS-DelegatedMSAState", f"{EXAMPLE}.7", NUMBER),
    Kind("msDS-ManagedAccountPrecededByLink", f"{EXAMPLE}.8"),
)
SUDO_ROLE = tuple(kind.name for kind in ATTRIBUTES if kind.name.startswith("sudo"))
EXCHANGE = ("msExchVersion", "msExchRecipientTypeDetails", "msExchMailboxGuid")


def orders() -> Iterator[Order]:
    """Yield the additions; what follows may use them."""
    for kind in ATTRIBUTES:
        yield Add(dn=f"CN={kind.name},{SCHEMA}", attributes=_attribute(kind))
    yield ReadSchemaAnew()
    yield _class("sudoRole", f"{SUDO}.2.1", may=(*SUDO_ROLE, "description"))
    yield _class("msExchOrganizationContainer", f"{EXAMPLE}.101", may=("msExchVersion",))
    yield _class(
        "msExchExchangeServer",
        f"{EXAMPLE}.102",
        may=("msExchVersion", "msExchCurrentServerRoles", "serialNumber", "versionNumber"),
    )
    yield _class(
        "mSSMSManagementPoint",
        f"{EXAMPLE}.103",
        may=("mSSMSMPName", "mSSMSSiteCode", "dNSHostName"),
    )
    yield _class(
        "msDS-DelegatedManagedServiceAccount",
        f"{EXAMPLE}.104",
        above="computer",
        may=("msDS-DelegatedMSAState", "msDS-ManagedAccountPrecededByLink"),
    )
    yield ReadSchemaAnew()
    yield Change(dn=f"CN=Container,{SCHEMA}", add={"possSuperiors": "msExchOrganizationContainer"})
    laps = tuple(kind.name for kind in ATTRIBUTES if "LAPS" in kind.name or "Mcs" in kind.name)
    yield Change(dn=f"CN=Computer,{SCHEMA}", add={"mayContain": laps})
    yield Change(
        dn=f"CN=User,{SCHEMA}",
        add={"mayContain": ("msDS-KeyCredentialLink", "sshPublicKey", *EXCHANGE)},
    )
    yield ReadSchemaAnew()


def _attribute(kind: Kind) -> dict[str, Any]:
    told: dict[str, Any] = {
        "objectClass": "attributeSchema",
        "lDAPDisplayName": kind.name,
        "adminDisplayName": kind.name,
        "attributeID": kind.oid,
        "attributeSyntax": kind.syntax[0],
        "oMSyntax": kind.syntax[1],
        "isSingleValued": "TRUE" if kind.single else "FALSE",
        "searchFlags": str(kind.flags),
        "schemaIDGUID": _id(kind.name),
    }
    if kind.link is not None:
        told |= {"linkID": str(kind.link), "oMObjectClass": DN_BINARY_CLASS}
    return told


def _class(name: str, oid: str, *, may: tuple[str, ...], above: str = "top") -> Add:
    return Add(
        dn=f"CN={name},{SCHEMA}",
        attributes={
            "objectClass": "classSchema",
            "lDAPDisplayName": name,
            "adminDisplayName": name,
            "governsID": oid,
            "objectClassCategory": "1",
            "subClassOf": above,
            "possSuperiors": ("container", "organizationalUnit", "domainDNS"),
            "mayContain": may,
            "rDNAttID": "cn",
            "schemaIDGUID": _id(name),
        },
    )


def _id(name: str) -> bytes:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"schema {name}").bytes_le
