"""What depends on a directory: policies, DNS zones, certificate authorities, mail, printers."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class GroupPolicy(Record, frozen=True, kw_only=True):
    """A group policy object ([MS-GPOL] 2.2.8.1)."""

    KEY = ("id",)

    id: str  # its GUID, upper case in braces as in its path
    dn: str
    name: str
    computer_version: int | None = None
    user_version: int | None = None
    is_user_off: bool = False
    is_computer_off: bool = False
    path: str | None = None  # \\domain\SysVol\...
    created: Moment | None = None
    changed: Moment | None = None


class PolicyLink(Record, frozen=True, kw_only=True):
    """That a policy is linked to a domain, OU or site (gPLink)."""

    KEY = ("object", "policy")

    object: str  # DN
    policy: str  # GUID in braces
    order: int
    is_enforced: bool = False
    is_disabled: bool = False


class OrganizationalUnit(Record, frozen=True, kw_only=True):
    """An organizational unit."""

    KEY = ("id",)

    id: str
    dn: str
    name: str
    description: str = ""
    managed_by: str | None = None
    blocks_policies: bool = False


class DnsZone(Record, frozen=True, kw_only=True):
    """A DNS zone that the directory keeps ([MS-DNSP] 2.3.1)."""

    KEY = ("name", "partition")

    name: str
    partition: str  # DN below which it lies
    updates: str | None = None  # "none", "any", "secure"; None: not told
    ages: bool | None = None  # whether old entries are removed
    records: int | None = None  # nodes; None: they could not be counted
    has_wildcard: bool | None = None
    masters: tuple[str, ...] = ()  # of a secondary or stub zone, or a forwarder

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the zone's name and the addresses of its masters."""
        yield Identifier(Mark.SERVER, self.name)
        for master in self.masters:
            yield Identifier(Mark.ADDRESS, master)


class DnsEntry(Record, frozen=True, kw_only=True):
    """A DNS record that leads elsewhere: MX, NS, CNAME, TXT, SRV, or an address of the internet."""

    KEY = ("zone", "name", "type", "value")

    zone: str
    name: str
    type: str
    value: str

    def identifiers(self) -> Iterator[Identifier]:
        """Yield where it leads."""
        mark = {"A": Mark.ADDRESS, "AAAA": Mark.ADDRESS, "TXT": Mark.TEXT}
        yield Identifier(mark.get(self.type, Mark.SERVER), self.value)


class CertificateAuthority(Record, frozen=True, kw_only=True):
    """An enterprise certificate authority (pKIEnrollmentService)."""

    KEY = ("name",)

    name: str
    dn: str
    server: str | None = None
    templates: tuple[str, ...] = ()  # what it issues
    not_after: Moment | None = None  # of its newest certificate
    fingerprint: str | None = None  # sha256:... of that one

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its server."""
        if self.server:
            yield Identifier(Mark.SERVER, self.server)


class TrustedAuthority(Record, frozen=True, kw_only=True):
    """A certificate that the forest trusts: for logons (NTAuth), as a root, or in between."""

    KEY = ("store", "fingerprint")

    store: str  # "NTAuth", "root", "AIA"
    fingerprint: str  # sha256:...
    subject: str
    issuer: str = ""
    not_after: Moment | None = None
    algorithm: str | None = None  # of the key: "RSA", "EC secp256r1", ...
    bits: int | None = None
    signed_with: str | None = None  # hash of the signature: "sha256"


class CertificateTemplate(Record, frozen=True, kw_only=True):
    """What a certificate authority may issue, and to whose word ([MS-CRTD])."""

    KEY = ("name",)

    name: str
    dn: str
    display_name: str = ""
    takes_subject: bool = False  # who asks says whom it is for, in the subject or its other names
    needs_approval: bool = False
    signatures: int = 0  # that a request needs
    purposes: tuple[str, ...] = ()  # extended key usages, OIDs; empty: any
    signer_purposes: tuple[str, ...] = ()  # what those must have who sign a request, OIDs
    no_security_extension: bool = False  # it leaves out the SID of whom it is for
    schema_version: int | None = None
    changed: Moment | None = None


class ExchangeServer(Record, frozen=True, kw_only=True):
    """A server of an Exchange organisation."""

    KEY = ("name",)

    name: str
    organisation: str
    version: str | None = None
    roles: int | None = None  # msExchCurrentServerRoles

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its name."""
        yield Identifier(Mark.SERVER, self.name)


class ConnectionPoint(Record, frozen=True, kw_only=True):
    """Where a service says that it is to be found (serviceConnectionPoint)."""

    KEY = ("dn",)

    dn: str
    name: str
    type: str = ""  # class, where it is more than a connection point
    keywords: tuple[str, ...] = ()
    bindings: tuple[str, ...] = ()  # serviceBindingInformation
    dns_name: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its server, and the texts in which a server may stand."""
        if self.dns_name:
            yield Identifier(Mark.SERVER, self.dns_name)
        for text in (*self.bindings, *self.keywords):
            yield Identifier(Mark.TEXT, text)


class PrintQueue(Record, frozen=True, kw_only=True):
    """A printer that is published in the directory."""

    KEY = ("dn",)

    dn: str
    name: str
    server: str | None = None
    share: str | None = None  # UNC
    driver: str | None = None
    location: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its server."""
        if self.server:
            yield Identifier(Mark.SERVER, self.server)


class PublishedShare(Record, frozen=True, kw_only=True):
    """A shared folder or DFS root that is published in the directory."""

    KEY = ("dn",)

    dn: str
    name: str
    type: str  # "share", "DFS root", "DFS link"
    targets: tuple[str, ...] = ()  # UNC

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the servers."""
        for target in self.targets:
            yield Identifier(Mark.SERVER, target.removeprefix("\\\\").partition("\\")[0])


class DhcpServer(Record, frozen=True, kw_only=True):
    """A DHCP server that is authorised in the forest."""

    KEY = ("name", "address")

    name: str
    address: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the name and the address."""
        yield Identifier(Mark.SERVER, self.name)
        if self.address:
            yield Identifier(Mark.ADDRESS, self.address)
