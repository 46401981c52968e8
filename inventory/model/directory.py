"""What a directory is: server, domains, controllers, sites, trusts, policies, recoverability."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class DirectoryServer(Record, frozen=True, kw_only=True):
    """What a directory server says of itself in its root DSE (RFC 4512 section 5.1)."""

    dns_name: str | None = None
    dialect: str  # "ad", "posix"
    product: str  # "Active Directory", "Samba", "OpenLDAP", "389-ds", "FreeIPA", "unknown"
    version: str | None = None
    contexts: tuple[str, ...] = ()  # naming contexts that it serves
    mechanisms: tuple[str, ...] = ()  # supportedSASLMechanisms
    offers_starttls: bool = False
    controller_level: int | None = None  # msDS-Behavior-Version: 0 = 2000 ... 7 = 2016, 10 = 2025
    # Whether entries are shown without a login: the suffix, or what lies right below it.
    reads_anonymously: bool | None = None
    unclear_anonymously: str = ""  # why that is not known, where it was tried

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the server's name."""
        if self.dns_name:
            yield Identifier(Mark.SERVER, self.dns_name)


class DirectoryConnection(Record, frozen=True, kw_only=True):
    """How the audit reached the directory: the protection of the line, and who it was."""

    security: str  # "ldaps", "starttls", "clear"
    checked_by: str  # "CA", "pin", "nothing"
    bind: str  # "simple", "kerberos", "anonymous"
    account: str = ""
    in_clear: bool = False  # what was said could be read on the way: neither TLS nor Kerberos
    takes_clear: bool | None = None  # whether passwords are taken in clear; None: not tried
    tls: str | None = None  # "TLSv1.3"; None: the line has none
    warning: str = ""  # what the server said of the account: its password is about to expire


class ServerCertificate(Record, frozen=True, kw_only=True):
    """The certificate that the directory server showed (RFC 5280)."""

    KEY = ("fingerprint",)

    fingerprint: str  # sha256:... of the DER form
    subject: str
    issuer: str
    names: tuple[str, ...] = ()  # subject alternative names
    not_before: Moment | None = None
    not_after: Moment | None = None
    algorithm: str | None = None  # of the key: "RSA", "EC secp256r1", ...
    bits: int | None = None
    signed_with: str | None = None  # hash of the signature: "sha256"

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the names."""
        for name in self.names:
            yield Identifier(Mark.SERVER, name)


class Domain(Record, frozen=True, kw_only=True):
    """The domain, or the suffix of a directory that is not Active Directory."""

    KEY = ("dn",)

    dn: str
    dns_name: str
    netbios: str | None = None
    sid: str | None = None
    id: str | None = None  # objectGUID, entryUUID: another one is another directory
    forest: str | None = None  # DNS name of the forest's root domain
    level: int | None = None  # msDS-Behavior-Version of the domain
    forest_level: int | None = None
    machine_quota: int | None = None  # computers that any user may add
    created: Moment | None = None


class DomainPartition(Record, frozen=True, kw_only=True):
    """A partition of the forest (crossRef): a domain that is or is not read here, or another."""

    KEY = ("dn",)

    dn: str  # nCName
    dns_name: str | None = None
    netbios: str | None = None
    is_domain: bool
    is_here: bool  # it is a naming context of the server that was asked


class RoleHolder(Record, frozen=True, kw_only=True):
    """Who holds an operations master role (FSMO, [MS-ADTS] 3.1.1.1.11)."""

    KEY = ("role",)

    role: str  # "schema", "domain naming", "RID", "PDC emulator", "infrastructure"
    holder: str | None  # the server's name; None: the entry names none
    is_deleted: bool = False  # it names a server that was deleted


class DomainController(Record, frozen=True, kw_only=True):
    """A domain controller: its computer account, and its place in the sites."""

    KEY = ("name",)

    name: str  # DNS name, or the account's where there is none
    computer: str | None = None  # id of its DirectoryComputer; None: only the sites name it
    site: str | None = None
    domain: str | None = None  # DN of the domain that it serves; None: nothing says so
    is_read_only: bool = False
    is_global_catalog: bool | None = None
    reveals: tuple[str, ...] = ()  # principals whose secrets a read-only one may keep (DN)
    never_reveals: tuple[str, ...] = ()

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its name."""
        yield Identifier(Mark.SERVER, self.name)


class Site(Record, frozen=True, kw_only=True):
    """A site of the forest."""

    KEY = ("name",)

    name: str
    description: str = ""
    location: str = ""


class SiteSubnet(Record, frozen=True, kw_only=True):
    """A network that belongs to a site."""

    KEY = ("network",)

    network: str  # CIDR
    site: str | None = None
    description: str = ""
    location: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the network, and what is said of it."""
        yield Identifier(Mark.ADDRESS, self.network)
        if self.description:
            yield Identifier(Mark.TEXT, self.description)


class SiteLink(Record, frozen=True, kw_only=True):
    """A link between sites, over which controllers replicate."""

    KEY = ("name",)

    name: str
    sites: tuple[str, ...]
    cost: int | None = None
    interval_min: int | None = None


class Trust(Record, frozen=True, kw_only=True):
    """A trust with another domain or realm (trustedDomain, [MS-ADTS] 6.1.6.7)."""

    KEY = ("partner",)

    partner: str  # DNS name, or NetBIOS name of an old one
    flat_name: str | None = None
    sid: str | None = None
    direction: str  # "in": they trust us; "out": we trust them; "both"; "disabled"
    type: str  # "Windows NT", "Active Directory", "MIT Kerberos", "DCE", or the number
    attributes: tuple[str, ...] = ()  # "quarantined", "forest transitive", "within forest", ...
    created: Moment | None = None
    changed: Moment | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the partner's names."""
        yield Identifier(Mark.SERVER, self.partner)
        if self.flat_name:
            yield Identifier(Mark.TEXT, self.flat_name)


class DirectoryPasswordPolicy(Record, frozen=True, kw_only=True):
    """A password policy: the domain's, a fine-grained one (PSO), or one of ppolicy."""

    KEY = ("dn",)
    PART = "dn"

    dn: str
    name: str
    type: str  # "domain", "fine-grained", "ppolicy", "kerberos" (FreeIPA), "389-ds"
    precedence: int | None = None
    least_length: int | None = None
    history: int | None = None
    is_complex: bool | None = None
    is_reversible: bool | None = None
    most_days: int | None = None  # None: a password never has to be changed
    lockout_after: int | None = None  # failures; 0: never
    lockout_min: int | None = None
    applies_to: tuple[str, ...] = ()  # DN; empty: everybody


class DirectoryOption(Record, frozen=True, kw_only=True):
    """A setting of the whole directory: the recycle bin, dSHeuristics, the tombstone lifetime."""

    KEY = ("name",)

    name: str  # "recycle bin", "tombstone lifetime days", "dSHeuristics", "schema version", ...
    value: str


class SchemaExtension(Record, frozen=True, kw_only=True):
    """Attributes or classes that a product added to the schema, by the arc of their OIDs."""

    KEY = ("arc",)

    arc: str  # "1.2.840.113556.1.8000.2554.12345"
    examples: tuple[str, ...] = ()  # names of a few
    number: int = 0


class PartitionBackup(Record, frozen=True, kw_only=True):
    """When a partition was last backed up, as its dSASignature's metadata tells ([MS-ADTS])."""

    KEY = ("partition",)

    partition: str
    when: Moment | None = None  # None: the metadata was read, and no backup was ever told


class DirectorySetting(Record, frozen=True, kw_only=True):
    """A fact of a directory server's own configuration (cn=config): who may do all, replication."""

    KEY = ("object", "name")

    object: str  # DN of the database or agreement
    name: str  # "root dn", "replica of", "anonymous access", ...
    value: str

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the value as a text that may mention anybody."""
        yield Identifier(Mark.TEXT, self.value)


class TenantLink(Record, frozen=True, kw_only=True):
    """That the directory names a cloud tenant (the connection point of device registration)."""

    KEY = ("tenant_id",)

    tenant_id: str
    name: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the tenant."""
        yield Identifier(Mark.TENANT, self.tenant_id)
        if self.name:
            yield Identifier(Mark.SERVER, self.name)
