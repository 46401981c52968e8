"""Where a directory is, how the line to it is secured, and who asks: the words of the transport."""

import time
from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

MIB = 1024 * 1024
PORT, PORT_TLS = 389, 636


class Security(StrEnum):
    """How the line to a directory is secured."""

    LDAPS = "ldaps"  # TLS from the first byte
    STARTTLS = "starttls"  # TLS before anything else is said (RFC 4511 section 4.14)
    CLEAR = "clear"  # only when the file says so in so many words


class LdapLogin(Struct, frozen=True):
    """Who asks: by password, by a Kerberos ticket that is there already, or nobody (anonymous)."""

    user: str = ""  # a DN, user@domain, or DOMAIN\user
    password: Callable[[], str] | None = None  # called once, when the line is secured
    kerberos: bool = False


class LdapPlace(Struct, frozen=True):
    """One directory, and how to know that it is the right one."""

    name: str  # as people call it, in messages
    servers: tuple[tuple[str, int], ...] = ()  # host and port, in the order in which they are tried
    domain: str = ""  # where no server is named: servers are found by DNS (SRV)
    security: Security = Security.LDAPS
    ca_file: str | None = None  # None: the authorities that this machine trusts
    pin: str | None = None  # "sha256:<hex>" of the DER certificate; then no authority is asked
    server_name: str | None = None  # to be found in the certificate, when connecting by address


class LdapLimits(Struct, frozen=True):
    """How long and how much one directory may take."""

    connect_s: float = 10  # for TCP and TLS together, a server
    bind_s: float = 20
    total_s: float = 3600  # for all searches of one door
    silence_s: float = 120  # without a byte; an ask may allow less
    most_message: int = 64 * MIB  # bytes of one entry or other message
    most_bytes: int = 4096 * MIB  # of one search
    page: int = 1000  # entries; servers of Microsoft give no more at once

    def bind_end(self) -> float:
        """Return when (time.monotonic) a login that begins now must be over."""
        return time.monotonic() + self.bind_s


class BindFacts(Struct, frozen=True):
    """How the audit came in, and by what it knew the server."""

    how: str  # "simple", "kerberos", "anonymous"
    account: str
    security: Security
    checked_by: str  # "CA", "pin"; "nothing": the line is clear, or sealed by Kerberos alone
    in_clear: bool  # whether what was said could be read on the way
    warning: str = ""  # what the server said of the account: its password is about to expire
    sealed: bool = False  # by Kerberos


class CertificateFacts(Struct, frozen=True):
    """The certificate that a server showed (RFC 5280), and the protocol that was agreed."""

    fingerprint: str  # "sha256:<hex>" of the DER form
    subject: str
    issuer: str
    names: tuple[str, ...] = ()  # subject alternative names
    not_before_s: int | None = None  # seconds since 1970 UTC
    not_after_s: int | None = None
    algorithm: str | None = None  # of the key: "RSA", "EC secp256r1", ...
    bits: int | None = None
    signed_with: str | None = None  # hash of the signature: "sha256"
    tls: str | None = None  # "TLSv1.3"


class RootDse(Struct, frozen=True):
    """What the server says of itself (RFC 4512 section 5.1, [MS-ADTS] 3.1.1.3.2). All clean."""

    dialect: str  # "ad": Active Directory, Samba included; "posix": all others
    product: str  # "Active Directory", "Samba", "OpenLDAP", "389-ds", "FreeIPA", "unknown"
    contexts: tuple[str, ...] = ()  # namingContexts
    domain: str = ""  # DN: defaultNamingContext, or the first suffix that holds data
    suffixes: tuple[str, ...] = ()  # all contexts that hold data, {domain} first
    configuration: str = ""  # DN
    schema: str = ""  # DN: schemaNamingContext, or subschemaSubentry where there is none
    forest: str = ""  # DN of the forest's root domain
    config: str = ""  # DN of the server's own configuration: cn=config
    dns_domain: str = ""  # "corp.example", of `domain`
    dns_name: str = ""  # of the server
    vendor: str = ""
    version: str = ""
    controls: tuple[str, ...] = ()  # OIDs
    capabilities: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()  # of SASL
    domain_level: int | None = None  # 0 = 2000 ... 7 = 2016, 10 = 2025
    forest_level: int | None = None
    controller_level: int | None = None
    now_s: int | None = None  # the server's clock, where it tells it (AD)
    is_global_catalog: bool | None = None
