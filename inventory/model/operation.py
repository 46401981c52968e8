"""What runs, when, under whose control, and whom it reports to."""

from collections.abc import Iterator

from inventory.model.record import Identifier, Mark, Record


class Service(Record, frozen=True, kw_only=True):
    """A unit of systemd, or a service of OpenRC or SysV."""

    KEY = ("name",)

    name: str
    state: str  # running, exited, failed, stopped
    enabled: str | None = None  # enabled, disabled, static, masked
    description: str = ""
    runs_as: str | None = None


class ScheduledJob(Record, frozen=True, kw_only=True):
    """A line of crontab(5), a script in cron.daily, an at job, or a systemd timer."""

    KEY = ("place", "schedule", "command")
    PART = "place"

    place: str  # file, or the timer's unit
    schedule: str  # as written
    command: str  # redacted
    account: str | None = None  # runs as
    mail_to: str | None = None  # MAILTO as written; "": output is thrown away

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the account, the addresses that get the output, and the text of the command."""
        if self.account:
            yield Identifier(Mark.ACCOUNT, self.account)
        for address in (self.mail_to or "").replace(",", " ").split():
            yield Identifier(Mark.MAIL if "@" in address else Mark.ACCOUNT, address)
        yield Identifier(Mark.TEXT, self.command)


class Agent(Record, frozen=True, kw_only=True):
    """A monitoring, security, remote-control, backup or management agent."""

    KEY = ("product", "instance", "server")

    product: str
    type: str  # monitoring, security, remote control, backup, logging, management, tunnel
    state: str  # the most that was seen of it: "running", "enabled", "installed"
    server: str | None = None  # where it reports to; None: its configuration does not say
    instance: str | None = None  # tenant, site or instance id
    found_by: str = ""  # "unit zabbix-agent.service", "path /opt/..."

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the server and the instance."""
        if self.server:
            yield Identifier(Mark.SERVER, self.server)
            yield Identifier(Mark.ADDRESS, self.server)
        if self.instance:
            yield Identifier(Mark.INSTANCE, self.instance)


class ManagementHook(Record, frozen=True, kw_only=True):
    """A way in which another machine decides what this one runs (Salt, Puppet, Chef, pull)."""

    KEY = ("product", "controller")

    product: str
    controller: str  # master, server or repository
    state: str = ""
    file: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the controller."""
        yield Identifier(Mark.SERVER, self.controller)
        yield Identifier(Mark.TEXT, self.controller)


class MailRelay(Record, frozen=True, kw_only=True):
    """The host through which mail leaves (postfix, exim, sendmail, msmtp, ssmtp)."""

    KEY = ("program", "relay")

    program: str
    relay: str

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the relay."""
        yield Identifier(Mark.SERVER, self.relay)
        yield Identifier(Mark.ADDRESS, self.relay)


class MailAlias(Record, frozen=True, kw_only=True):
    """Who gets the mail of a local address (aliases(5), .forward, AlertAddress settings)."""

    KEY = ("file", "name", "target")
    PART = "file"

    file: str
    name: str
    target: str

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the address that gets the mail."""
        yield Identifier(Mark.MAIL if "@" in self.target else Mark.ACCOUNT, self.target)


class LogTarget(Record, frozen=True, kw_only=True):
    """A host to which logs are sent (rsyslog, syslog-ng, journald)."""

    KEY = ("program", "target")

    program: str
    target: str
    protocol: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the target."""
        yield Identifier(Mark.SERVER, self.target)
        yield Identifier(Mark.ADDRESS, self.target)


class BackupJob(Record, frozen=True, kw_only=True):
    """A backup found by its configuration or schedule; installed is not scheduled is not run."""

    KEY = ("product", "destination", "place")
    PART = "place"

    product: str
    place: str  # file in which it was found
    destination: str = ""  # user:password@ removed; empty: not stated
    secret_from: str | None = None  # path of the password file, name of the variable

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the destination."""
        if self.destination:
            rest = self.destination.split("://")[-1].split("@")[-1]
            yield Identifier(Mark.SERVER, rest.split("/")[0].split(":")[0])
            yield Identifier(Mark.TEXT, self.destination)


class AccessControl(Record, frozen=True, kw_only=True):
    """Mandatory access control: SELinux or AppArmor and its mode."""

    KEY = ("type",)

    type: str
    mode: str  # enforcing, permissive, disabled, enabled
    profiles: int | None = None


class TimeSync(Record, frozen=True, kw_only=True):
    """How the clock is kept (chrony, systemd-timesyncd, ntpd)."""

    KEY = ("program",)

    program: str
    servers: tuple[str, ...] = ()
    is_synchronised: bool | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the servers."""
        for server in self.servers:
            yield Identifier(Mark.SERVER, server)


class Tunnel(Record, frozen=True, kw_only=True):
    """A program that opens a way in from outside (autossh -R, cloudflared, ngrok, frpc)."""

    KEY = ("program", "target")

    program: str
    target: str
    found_by: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the target."""
        yield Identifier(Mark.SERVER, self.target)
        yield Identifier(Mark.TEXT, self.target)
