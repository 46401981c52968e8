"""Where a tenant is asked, who asks, and how long and how much it may take."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

MIB = 1024 * 1024
# Login host and Graph host (learn.microsoft.com/graph/deployments).
CLOUD_URLS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "global": ("https://login.microsoftonline.com", "https://graph.microsoft.com"),
        "gcc-high": ("https://login.microsoftonline.us", "https://graph.microsoft.us"),
        "dod": ("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
        "china": ("https://login.chinacloudapi.cn", "https://microsoftgraph.chinacloudapi.cn"),
    }
)
# Requests in seconds that each budget has (learn.microsoft.com/graph/throttling-limits); of the
# directory units of resource: those of the smallest tenant.
WINDOWS: Mapping[str, tuple[int, float]] = MappingProxyType(
    {
        "directory": (3500, 10),
        "reports": (5, 10),
        "policies": (1, 1),
        "usage": (14, 600),
        "security": (150, 60),
        "services": (240, 60),
        "devices": (100, 10),  # no number is published: kept low
        "other": (100, 10),
    }
)


class GraphPlace(Struct, frozen=True):
    """One tenant, and the hosts that tell of it."""

    name: str  # as people call it, in messages
    tenant: str  # id or domain
    cloud: str  # a Cloud; "": another one, of which every ask is tried
    login_url: str  # https://login.microsoftonline.com
    graph_url: str  # https://graph.microsoft.com
    ca_file: str | None = None  # None: the authorities that this machine trusts


class GraphLogin(Struct, frozen=True):
    """Who asks: exactly one of certificate, secret, device code, managed identity."""

    app: str = ""  # client id; of a managed identity "": the machine's own
    certificate: Callable[[], str] | None = None  # PEM: private key and certificate
    passphrase: Callable[[], str] | None = None
    secret: Callable[[], str] | None = None
    device_code: bool = False
    managed_identity: bool = False
    show: Callable[[str], None] = print  # tells a person where to type the code

    @property
    def how(self) -> str:
        """Return the way in one word or two."""
        if self.managed_identity:
            return "managed identity"
        if self.device_code:
            return "device code"
        return "certificate" if self.certificate else "secret"


class GraphLimits(Struct, frozen=True):
    """How long and how much one tenant may take."""

    connect_s: float = 10
    silence_s: float = 60  # without a byte
    total_s: float = 6 * 3600  # for all asks of one door
    wait_s: float = 900  # in all, of a budget, for a service that is away or says to come again
    most_page: int = 64 * MIB  # bytes of one answer, unpacked
    most_report: int = 512 * MIB  # bytes of one report
    most_refreshes: int = 20  # tokens that may be refused in the middle
    first_pause_s: float = 1  # before the second try; it doubles from there
    windows: Mapping[str, tuple[int, float]] = WINDOWS
