"""What is installed and how current it is: packages, updates, where they come from."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class Package(Record, frozen=True, kw_only=True):
    """An installed package (dpkg, rpm, apk, pacman, snap, flatpak)."""

    KEY = ("manager", "name", "architecture", "version")

    manager: str
    name: str
    version: str
    architecture: str = ""


class PendingUpdate(Record, frozen=True, kw_only=True):
    """An update that the package lists offer and that is not installed."""

    KEY = ("name",)

    name: str
    version: str
    is_security: bool | None = None  # None: the source does not say


class UpdateState(Record, frozen=True, kw_only=True):
    """How fresh the package lists are: stale lists mean that pending updates are not known."""

    KEY = ("manager",)

    manager: str
    lists_changed: Moment | None = None  # None: there are no lists
    automatic: bool | None = None  # unattended-upgrades, dnf-automatic; None: not stated


class Repository(Record, frozen=True, kw_only=True):
    """A place that packages come from."""

    KEY = ("url", "suite", "file")
    PART = "file"

    url: str  # user:password@ removed
    suite: str = ""  # suite of apt, section of yum, zypper and pacman, tag of apk
    file: str = ""
    is_checked: bool | None = None  # signatures are checked; None: the file does not say

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the server."""
        host = self.url.split("://")[-1].split("/")[0].split("@")[-1]
        yield Identifier(Mark.SERVER, host.split(":")[0])


class Container(Record, frozen=True, kw_only=True):
    """A container known to Docker, Podman or containerd."""

    KEY = ("engine", "name")

    engine: str
    name: str
    image: str
    state: str
    ports: tuple[str, ...] = ()

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the registry that the image comes from."""
        first, slash, _ = self.image.partition("/")
        if slash and ("." in first or ":" in first):
            yield Identifier(Mark.SERVER, first.split(":")[0])


class Database(Record, frozen=True, kw_only=True):
    """A database server found by its cluster, data directory, package or listener."""

    KEY = ("product", "instance")

    product: str
    instance: str
    version: str | None = None
    port: int | None = None
    directory: str | None = None


class WebSite(Record, frozen=True, kw_only=True):
    """A site that a web server is configured to serve."""

    KEY = ("server", "name", "file")
    PART = "file"

    server: str  # nginx, apache
    name: str
    file: str
    target: str | None = None  # document root or proxied address

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the site's name and where it passes requests to."""
        yield Identifier(Mark.SERVER, self.name)
        if self.target:
            yield Identifier(Mark.TEXT, self.target)


class Certificate(Record, frozen=True, kw_only=True):
    """A certificate in a file or shown by a listening port (RFC 5280)."""

    KEY = ("place", "fingerprint")
    PART = "place"

    place: str  # path, or "tcp/443"
    fingerprint: str  # SHA256 of the DER form, hex
    subject: str
    issuer: str
    names: tuple[str, ...] = ()
    not_before: Moment
    not_after: Moment
    key_type: str = ""  # "RSA 2048", "EC P-256"
    renewed_by: str | None = None  # certbot, acme.sh; None: not known

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the names it stands for."""
        for name in self.names:
            yield Identifier(Mark.SERVER, name)
        yield Identifier(Mark.TEXT, self.subject)


class CertificateAccount(Record, frozen=True, kw_only=True):
    """An account with a certificate authority, and the address that gets its warnings."""

    KEY = ("client", "server", "contact")

    client: str  # certbot, acme.sh
    server: str
    contact: str  # mail address; empty when none is registered

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the contact."""
        if self.contact:
            yield Identifier(Mark.MAIL, self.contact)
