"""What is installed on a host, what runs there, when, and whom it reports to."""

from agent.documents.cell import Cell, of_field, of_fields
from agent.documents.views import say
from agent.documents.views.table import Listing, Look
from inventory.model.operation import (
    Agent,
    BackupJob,
    LogTarget,
    MailAlias,
    MailRelay,
    ManagementHook,
    ScheduledJob,
    Service,
)
from inventory.model.software import (
    Certificate,
    CertificateAccount,
    Container,
    Database,
    PendingUpdate,
    Repository,
    UpdateState,
    WebSite,
)

f = of_field


def _agent(one: Agent, _: Look) -> tuple[Cell, ...]:
    return (
        f(one.product),
        f(one.type),
        f(one.state),
        f(one.server, "code"),
        f(one.instance, "code"),
        f(one.found_by, "small"),
    )


def _service(one: Service, _: Look) -> tuple[Cell, ...]:
    return (
        f(one.name, "code"),
        f(one.state),
        f(one.enabled),
        f(one.runs_as, "code"),
        f(one.description),
    )


def _job(one: ScheduledJob, _: Look) -> tuple[Cell, ...]:
    mail = "output thrown away" if one.mail_to == "" else one.mail_to
    return f(one.schedule, "code"), f(one.command, "code"), f(one.account, "code"), f(mail)


def _certificate(one: Certificate, look: Look) -> tuple[Cell, ...]:
    end = one.not_after.latest
    days = say.days_until(end, look.now)
    left = f"{-days} days ago" if days < 0 else f"in {days} days"
    return (
        f(one.place, "code"),
        of_fields(one.names) if one.names else f(one.subject),
        f(one.issuer),
        f(f"{say.day(end)}, {left}", sort=say.day(end)),
        f(one.key_type),
        f(one.renewed_by),
    )


def _database(one: Database, _: Look) -> tuple[Cell, ...]:
    return (
        f(one.product),
        f(one.instance, "code"),
        f(one.version),
        f(one.port, "number"),
        f(one.directory, "code"),
    )


def _service_order(one: Service) -> tuple[int, str]:
    return {"failed": 0, "running": 1}.get(one.state, 2), one.name


AGENTS = Listing(
    "Agents",
    Agent,
    ("Product", "For", "State", "Reports to", "Instance", "Found by"),
    _agent,
    lambda one: (one.type, one.product),
)
CERTIFICATES = Listing(
    "Certificates",
    Certificate,
    ("Place", "Names", "Issuer", "Ends", "Key", "Renewed by"),
    _certificate,
    lambda one: one.not_after,
)
BACKUPS = Listing(
    "Backup jobs",
    BackupJob,
    ("Product", "Destination", "Password from"),
    lambda one, _: (f(one.product), f(one.destination, "code"), f(one.secret_from, "code")),
)
DATABASES = Listing(
    "Databases", Database, ("Product", "Instance", "Version", "Port", "Directory"), _database
)
CONTAINERS = Listing(
    "Containers",
    Container,
    ("Name", "Image", "State", "Ports", "Engine"),
    lambda one, _: (
        f(one.name, "code"),
        f(one.image, "code"),
        f(one.state),
        of_fields(one.ports),
        f(one.engine),
    ),
)
SITES = Listing(
    "Web sites",
    WebSite,
    ("Name", "Server", "Leads to"),
    lambda one, _: (f(one.name, "code"), f(one.server), f(one.target, "code")),
)
JOBS = Listing("Scheduled jobs", ScheduledJob, ("When", "Command", "As", "Output to"), _job)
REPOSITORIES = Listing(
    "Packages come from",
    Repository,
    ("Place", "Suite", "Signatures checked"),
    lambda one, _: (f(one.url, "code"), f(one.suite), f(say.yes(one.is_checked))),
)

CONTROL = (
    AGENTS,
    Listing(
        "Decides from elsewhere what runs here",
        ManagementHook,
        ("Product", "Controller", "State"),
        lambda one, _: (f(one.product), f(one.controller, "code"), f(one.state)),
    ),
    Listing(
        "Sends logs to",
        LogTarget,
        ("Program", "Target", "Protocol"),
        lambda one, _: (f(one.program), f(one.target, "code"), f(one.protocol)),
    ),
    Listing(
        "Sends mail through",
        MailRelay,
        ("Program", "Relay"),
        lambda one, _: (f(one.program), f(one.relay, "code")),
    ),
    Listing(
        "Who gets local mail and alerts",
        MailAlias,
        ("Address", "Goes to"),
        lambda one, _: (f(one.name, "code"), f(one.target, "code")),
    ),
    BACKUPS,
)
RUNNING = (
    JOBS,
    Listing(
        "Services",
        Service,
        ("Service", "State", "At start", "As", "Description"),
        _service,
        _service_order,
    ),
    CONTAINERS,
    DATABASES,
    SITES,
    CERTIFICATES,
    Listing(
        "Accounts with certificate authorities",
        CertificateAccount,
        ("Client", "Authority", "Warnings go to"),
        lambda one, _: (f(one.client), f(one.server, "code"), f(one.contact)),
    ),
)
INSTALLED = (
    Listing(
        "State of updates",
        UpdateState,
        ("Manager", "Lists from", "Installed by themselves"),
        lambda one, _: (
            f(one.manager),
            f(say.moment(one.lists_changed)),
            f(say.yes(one.automatic)),
        ),
    ),
    Listing(
        "Updates that wait",
        PendingUpdate,
        ("Package", "New version", "Security"),
        lambda one, _: (f(one.name, "code"), f(one.version, "code"), f(say.yes(one.is_security))),
        lambda one: (one.is_security is not True, one.name),
    ),
    REPOSITORIES,
)
