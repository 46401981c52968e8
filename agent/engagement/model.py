"""What an engagement file says, checked and typed; nothing here was contacted or resolved."""

import datetime
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from agent.engagement.mistakes import Place
from agent.engagement.secrets import SecretRef
from collectors.transports.ldap_dns import NAMES
from collectors.transports.session import Become as Become
from inventory.model.party import Party, Role

FORMATS = ("html", "md", "csv", "ics")  # in which documents are written
PROFILES = ("core", "audit", "devices", "m365", "security")  # of what a tenant is asked


class SshTransport(StrEnum):
    """Which client speaks SSH."""

    PARAMIKO = "paramiko"
    OPENSSH = "openssh"  # the user's own ssh, with ProxyCommand and hardware keys


class LdapSecurity(StrEnum):
    """What protects a connection to a directory."""

    LDAPS = "ldaps"
    STARTTLS = "starttls"
    CLEAR = "clear-text-passwords-allowed"  # nothing does; said in so many words, and a finding


class Detail(StrEnum):
    """How exact what is said about ordinary people is."""

    MINIMAL = "minimal"
    FULL = "full"


class Authorisation(Struct, frozen=True):
    """Who allowed this audit."""

    name: str
    role: str
    date: datetime.date
    reference: str
    until: datetime.date | None = None  # the last day; None: not limited

    def is_valid_on(self, day: datetime.date) -> bool:
        """Tell whether the authorisation covers a day."""
        return self.date <= day and (self.until is None or day <= self.until)


class Dates(Struct, frozen=True):
    """The days of the transition."""

    audit: datetime.date | None = None
    cutover: datetime.date | None = None  # None: no transition is under way
    access_ended: datetime.date | None = None  # when the leaver's access to secrets ended


class Documents(Struct, frozen=True):
    """How the documents are written."""

    folder: str = "documents"  # below the engagement folder, or absolute
    formats: tuple[str, ...] = ("html",)
    paper: str = "A4"


class Entry(Struct, frozen=True):
    """One host as one list names it; None: this list does not say."""

    name: str
    at: Place
    via: str  # "hosts", "ssh_config", "ansible", "csv"
    address: str | None = None
    port: int | None = None
    user: str | None = None
    jump: tuple[str, ...] | None = None  # (): reached directly
    key: Path | None = None
    key_secret: SecretRef | None = None  # the private key itself, kept elsewhere than in a file
    password: SecretRef | None = None
    passphrase: SecretRef | None = None
    become: Become | None = None
    tags: tuple[str, ...] = ()
    host_key_alias: str | None = None
    known_hosts: tuple[Path, ...] = ()
    needs_openssh: bool = False  # reached by a ProxyCommand, which only ssh itself runs
    not_asked: str = ""  # why it cannot be asked over SSH; empty: it can


class SshConfigUse(Struct, frozen=True):
    """Which hosts of an ssh_config are meant."""

    path: Path | None = None  # None: ~/.ssh/config
    names: tuple[str, ...] | None = None  # None: every name without a wildcard


class Defaults(Struct, frozen=True):
    """What holds for each host of a source of which no list made for the audit says otherwise."""

    user: str | None = None
    port: int | None = None
    jump: tuple[str, ...] = ()
    key: Path | None = None
    key_secret: SecretRef | None = None
    password: SecretRef | None = None
    passphrase: SecretRef | None = None
    become: Become = Become.NONE


class SshSource(Struct, frozen=True):
    """A fleet that is asked over SSH."""

    name: str
    at: Place
    hosts: tuple[Entry, ...] = ()
    ssh_config: SshConfigUse | None = None
    ansible: Path | None = None
    csv: Path | None = None
    candidates: tuple[str, ...] = ()  # CIDR; looked at by a sweep, never logged in to
    defaults: Defaults = Defaults()
    known_hosts: Path | None = None
    transport: SshTransport = SshTransport.PARAMIKO
    connect_timeout_s: float = 10
    host_timeout_s: float = 180
    parallel: int = 50


class LocalSource(Struct, frozen=True):
    """This machine."""

    name: str
    at: Place
    become: Become = Become.NONE


class LdapServer(Struct, frozen=True):
    """One server of a directory, as its source names it."""

    host: str  # name or address, without brackets
    port: int

    def __str__(self) -> str:
        """Return host and port; an IPv6 address stands in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class LdapSource(Struct, frozen=True):
    """A directory: one domain of Active Directory, or one LDAP server with its replicas.

    Exactly one of three ways in: `user` and `password`, `kerberos`, or `anonymous`.
    """

    name: str
    at: Place
    domain: str = ""  # in lower case; without `servers`, they are found by DNS SRV
    servers: tuple[LdapServer, ...] = ()  # the first that answers is asked
    security: LdapSecurity = LdapSecurity.LDAPS
    user: str = ""  # UPN, DOMAIN\user or a DN
    password: SecretRef | None = None
    kerberos: bool = False  # with the ticket that is there
    anonymous: bool = False
    ca_file: Path | None = None  # None: the authorities that this machine trusts
    pin: str = ""  # SHA-256 of the server's certificate (DER), 64 hex digits in lower case
    server_name: str = ""  # in its certificate or ticket, when it is reached by another
    timeout_s: float = 120  # without a byte
    sysvol: bool = True  # whether its files are read over SMB, by a login that proves no server

    @property
    def target(self) -> str:
        """Return the stable name of the one thing asked: the domain, else the first server."""
        return self.domain or self.servers[0].host.lower()

    @property
    def srv_names(self) -> tuple[str, ...]:
        """Return what is looked up in DNS for its servers, one after the other; (): nothing is."""
        return () if self.servers else tuple(name.format(domain=self.domain) for name in NAMES)

    @property
    def login(self) -> str:
        """Return as whom it is asked, in words."""
        if self.kerberos:
            return "with the Kerberos ticket that is there"
        return f"as {self.user}" if self.user else "without a login"


class GraphSource(Struct, frozen=True):
    """A tenant of Microsoft Entra and Microsoft 365, asked through Microsoft Graph.

    Exactly one of four ways in: `certificate`, `secret`, `device_code` or `managed_identity`.
    """

    name: str
    at: Place
    tenant: str = ""  # its id, or one of its domains, in lower case
    cloud: str = "global"  # a Cloud; "": login_url and graph_url say it
    login_url: str = ""  # of another cloud, https
    graph_url: str = ""
    app: str = ""  # client id of the audit's own application
    certificate: Path | None = None  # PEM: private key and certificate
    certificate_secret: SecretRef | None = None  # the same, kept elsewhere than in a file
    passphrase: SecretRef | None = None
    secret: SecretRef | None = None
    device_code: bool = False  # a person logs in, in a browser
    managed_identity: bool = False  # of the machine that asks, in Azure
    profiles: tuple[str, ...] = PROFILES  # what is asked
    personal: bool = False  # also what watches people: sign-ins, factors, mail rules, changes
    partner_side: bool = False  # it is a partner's own tenant: its customers are asked for
    sku_names: Path | None = None  # CSV of product names, as Microsoft publishes it
    ca_file: Path | None = None  # None: the authorities that this machine trusts
    timeout_s: float = 60  # without a byte
    wait_s: float = 900  # in all, for a service that says to come again later

    @property
    def target(self) -> str:
        """Return the stable name of the one thing asked."""
        return self.tenant

    @property
    def login(self) -> str:
        """Return as whom it is asked, in words."""
        if self.device_code:
            return "as a person, with a device code"
        way = "a certificate" if self.certificate or self.certificate_secret else "a secret"
        way = "the machine's managed identity" if self.managed_identity else way
        return f"as app {self.app} with {way}" if self.app else f"with {way}"


Source = SshSource | LdapSource | GraphSource | LocalSource


class Engagement(Struct, frozen=True):
    """One transition of one client, as its handover.yaml says."""

    folder: Path
    client: str
    parties: tuple[Party, ...]  # the client first; then who leaves, who takes over
    authorisation: Authorisation | None
    dates: Dates
    sources: tuple[Source, ...]
    told: bool  # whether the staff know of the audit
    detail: Detail
    retention_days: int
    documents: Documents
    plugins: tuple[str, ...] = ()  # PACKAGE==VERSION: packages whose collectors are used
    warnings: tuple[str, ...] = ()

    def party(self, role: Role) -> Party | None:
        """Return the party of a role; None when the file names none."""
        return next((party for party in self.parties if party.role is role), None)

    def allowed_sources(self) -> Iterator[Source]:
        """Yield what may be asked: without an authorisation only this machine."""
        for source in self.sources:
            if self.authorisation or isinstance(source, LocalSource):
                yield source
