"""The tenant of Muster GmbH with what OldMSP has in it; a hold can be left out by its name."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tests.lab.graph.muster_apps import applications, policies
from tests.lab.graph.muster_devices import devices
from tests.lab.graph.muster_organisation import organisation
from tests.lab.graph.muster_people import DOMAIN, INITIAL, NETWORK, TENANT_ID, Held, users
from tests.lab.graph.muster_power import groups, roles
from tests.lab.graph.muster_services import reports, services
from tests.lab.graph.muster_singles import singles
from tests.lab.graph.routes import SERVICE_PLANS
from tests.lab.graph.store import LabTenant


class Specimen(NamedTuple):
    """One way in which OldMSP is in the tenant: what the hold is called, and a piece of its title."""

    name: str
    kind: str
    piece: str
    sure: bool = True


SPECIMENS = (
    Specimen("admin account", "tenant role", "jane.doe"),
    Specimen("guest", "tenant account", "guest karl.alt@oldmsp.example"),
    Specimen("guest role", "tenant role", "karl.alt@oldmsp.example has Exchange Administrator"),
    Specimen("eligible role", "eligible role", "karl.alt@oldmsp.example may take"),
    Specimen("group role", "tenant role by group", "through Helpdesk externals"),
    Specimen("group owner", "role group owner", "owns Helpdesk externals"),
    Specimen("app owner", "application owner", "owns the application Ticket sync"),
    Specimen("app secret", "app credential", "oldmsp.example automation"),
    Specimen("foreign app", "app grant", "has Directory.ReadWrite.All"),
    Specimen("consent", "consent", "may act for everybody"),
    Specimen("federated credential", "federated credential", "ci.oldmsp.example"),
    Specimen("partner", "partner", "is marked as a service provider"),
    Specimen("reseller", "reseller", "sold 40 x SPB"),
    Specimen("technical notices", "notification address", "noc@oldmsp.example"),
    Specimen("saml notices", "app notice", "certs@oldmsp.example"),
    Specimen("named location", "named location", NETWORK),
    Specimen("policy exclusion", "access exclusion", "leaves out"),
    Specimen("apple push", "management token", "apple@oldmsp.example"),
    Specimen("apple purchase", "management token", "vpp@oldmsp.example"),
    Specimen("apple enrolment", "management token", "dep@oldmsp.example"),
    Specimen("certificate authority", "certificate authority", "OldMSP"),
    Specimen("scoped administrator", "scoped administrator", "karl.alt@oldmsp.example administers"),
    Specimen("consent reviewer", "reviewer", "requests for applications go to"),
    Specimen("role approver", "role approver", "lets others take"),
    Specimen("leftover domain", "leftover domain", "muster.oldmsp.example"),
    Specimen("remote agent", "managed agent", "ScreenConnect", sure=False),
    Specimen("backup agent", "managed agent", "Veeam", sure=False),
)


# What looks like it and is not OldMSP's: pieces of titles that must not be attributed to it.
DECOYS = (
    "alt.karla@muster.example",  # an employee whose name sounds like Karl's
    "NewMSP Portal",  # the application of who takes over
    "old-msp.example",  # another company's domain
    "2 x POWER_BI_STANDARD",  # sold by a distributor
    "198.51.100.0/24",  # the network of who takes over
)


NAMES = tuple(one.name for one in SPECIMENS)


def muster(without: Iterable[str] = ()) -> LabTenant:
    """Return the tenant; `without`: the names of specimens that were removed.

    Raises ValueError for a name that is none.
    """
    gone = frozenset(without)
    if strange := gone.difference(NAMES):
        raise ValueError(f"no specimens: {sorted(strange)}")
    return LabTenant(
        TENANT_ID,
        DOMAIN,
        INITIAL,
        lists={path: _kept(rows, gone) for path, rows in _lists()},
        ones={path: body for path, body in _kept(dict(singles()), gone).items() if body},
        reports=dict(reports()),
        plans=frozenset(SERVICE_PLANS),
    )


def _kept(value: Any, gone: frozenset[str]) -> Any:
    """Return a value without what is held by a hold that is gone."""
    if isinstance(value, Held):
        return None if value.hold in gone else _kept(value.value, gone)
    if isinstance(value, dict):
        return {name: _kept(one, gone) for name, one in value.items()}
    if isinstance(value, list | tuple):
        there = (one for one in value if not (isinstance(one, Held) and one.hold in gone))
        return [_kept(one, gone) for one in there]
    return value


def _lists() -> Iterator[tuple[str, Sequence[Any]]]:
    yield "/users", users()
    yield from organisation()
    yield from groups()
    yield from roles()
    yield from applications()
    yield from policies()
    yield from devices()
    yield from services()
