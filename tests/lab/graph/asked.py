"""Asks a tenant of the lab through the product's own transport and collectors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import structs

from collectors.registry import of_source
from collectors.runner import Collected
from collectors.spec import GraphGet
from collectors.streaming import Streaming, whole
from collectors.transports.graph import GraphDoor, GraphLimits, GraphLogin, GraphPlace, open_tenant
from collectors.transports.guard import LockoutGuard
from inventory.reading import ReadingKey
from tests.lab.graph.login import App
from tests.lab.graph.routes import ROUTES
from tests.lab.graph.server import GraphLab, serve
from tests.lab.graph.store import LabTenant

APP_ID = "5d4c3b2a-0000-4000-8000-0000000000ad"
SECRET = "the secret of the lab's audit"
EVERYTHING = frozenset(name for route in ROUTES for name in route.needs)
WIDE = dict.fromkeys(GraphLimits().windows, (1000000, 1.0))  # no time is waited away in tests


def app() -> App:
    """Return the audit's application with every permission there is."""
    return App(APP_ID, permissions=set(EVERYTHING), secret=SECRET)


@contextmanager
def lab_of(tenant: LabTenant, folder: Path, *, cloud: str = "global") -> Iterator[GraphLab]:
    """Run a tenant that the audit's application may ask; windows are wide."""
    with serve(tenant, folder, apps=[app()], cloud=cloud) as lab:
        lab.graph.watch.windows = dict(WIDE)
        yield lab


def opened(lab: GraphLab, *, limits: GraphLimits | None = None) -> GraphDoor:
    """Return the tenant, logged in with a secret."""
    place = GraphPlace(
        lab.tenant.domain,
        lab.tenant.domain,
        lab.graph.cloud,
        lab.login_url,
        lab.graph_url,
        str(lab.ca_file),
    )
    login = GraphLogin(app=APP_ID, secret=lambda: SECRET)
    wanted = structs.replace(limits or GraphLimits(), windows=WIDE)
    return open_tenant(place, login, LockoutGuard(), wanted)


def collected(door: GraphDoor) -> Iterator[tuple[str, Collected]]:
    """Yield what each collector of a tenant tells, by its name."""
    for one in of_source("graph"):
        key = ReadingKey("cloud", "muster", one.name)
        yield one.name, whole(Streaming(one, door.rows, key=key, dialect=""))


def asks() -> Iterator[tuple[str, GraphGet]]:
    """Yield every ask of a tenant by its full name."""
    for one in of_source("graph"):
        for ask in one.asks:
            if isinstance(ask, GraphGet):
                yield f"{one.name}/{ask.name}", ask
