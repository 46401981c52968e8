"""The traces that an audit leaves, where they lie, and who can see them."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from agent.audit.sources import Planned
from agent.engagement.model import GraphSource, LdapSource
from collectors.transports.script import exact_commands, host_asks
from collectors.transports.session import Become


class Trace(Struct, frozen=True):
    """One trace: what remains, where, and who can see it."""

    source: str  # the name of the source
    what: str
    where: str
    seen_by: str


# Of a login over SSH without a terminal, whatever is asked (sshd(8), pam(8), systemd-logind(8)).
_LOGIN = (
    (
        "the login: account, address, time, and the fingerprint of its key",
        "log of sshd (auth.log, secure, or the journal), and wherever logs are sent",
        "root and group adm of the host; whoever runs the log server",
    ),
    (
        "the session: a scope of systemd and the account's own manager, while it lasts",
        "journal; /run/user",
        "every account of the host, while it lasts; then as the log",
    ),
    (
        "what PAM keeps of a login: Debian and Ubuntu make a new message of the day",
        "/run/motd.dynamic; lastlog; /run/faillock",
        "every account of the host",
    ),
    (
        "the programs that were started and the files that were opened",
        "audit.log of auditd, process accounting, and agents that watch the host",
        "root of the host; whoever runs these agents, the provider that leaves perhaps",
    ),
    ("times of access of the files that are read", "the file systems, mounted relatime", "root"),
)
_SWEEP = (
    "a connection to the SSH port that is closed again, without a login",
    "log of sshd; logs of firewalls and intrusion detection",
    "whoever runs the hosts and the network",
)


_LOGGERS = "whoever collects the logs, the provider that leaves perhaps"
# Of binds and searches (Windows security auditing; slapd.conf(5), slapo-accesslog(5)).
_BIND = (
    (
        "the login: account, address, time (Windows events 4624 and 4776, or 4768 for a ticket)",
        "security log of the domain controller; the access log of slapd or 389-ds",
        f"administrators and Event Log Readers; root of the server; {_LOGGERS}",
    ),
    (
        "what the server notes of an account that logs in (lastLogon, logonCount; authTimestamp)",
        "the entry of the audit's own account",
        "whoever may read that entry: in Active Directory every user of the domain",
    ),
    (
        "a login that is refused (Windows events 4625, 4771, 4776), and that it failed",
        "the same logs; badPwdCount or pwdFailureTime of the account",
        f"as above; {_LOGGERS}",
    ),
)
_SEARCHES = (
    (
        "each search with its filter, where these are logged (Windows event 1644; loglevel stats)",
        "log Directory Service of the domain controller; the access log of slapd or 389-ds",
        f"administrators and Event Log Readers; root of the server; {_LOGGERS}",
    ),
    (
        "reads of audited objects (Windows event 4662), and what sensors note of many searches",
        "security log of the domain controller; the console of the sensor",
        f"administrators; {_LOGGERS}",
    ),
)
_SYSVOL = (
    (
        "a second login, over SMB (Windows event 4624), and what is opened (5140, 5145)",
        "security log of the domain controller; logs of Samba",
        f"administrators and Event Log Readers; root of the server; {_LOGGERS}",
    ),
)
# Of sign-ins and requests (learn.microsoft.com/entra/identity/monitoring-health, and
# learn.microsoft.com/graph/microsoft-graph-activity-logs-overview).
_WATCHERS = "administrators and readers of reports, a partner that leaves among them perhaps"
_GRAPH = (
    (
        "each sign-in of the audit's app (or of the person), with time and address",
        "sign-in log of the tenant: service principals, or users",
        _WATCHERS,
    ),
    (
        "each request, where the tenant keeps them (Microsoft Graph activity logs)",
        "the log workspace or storage that the tenant sends its logs to",
        f"{_WATCHERS}; whoever runs that workspace",
    ),
    (
        "that the app was made and granted its permissions; reads of the list of BitLocker keys",
        "audit log of the tenant",
        _WATCHERS,
    ),
)
_LOOK_UP = (
    "a question to DNS for the servers of the domain",
    "log of the DNS server, where queries are logged",
    "whoever runs DNS",
)


def traces_of(targets: Iterable[Planned]) -> Iterator[Trace]:
    """Yield the traces of each source once, by what is asked of its targets and how."""
    told: dict[Trace, None] = {}
    for one in targets:
        for what, where, seen_by in _of_one(one):
            told.setdefault(Trace(one.source.name, what, where, seen_by))
    yield from told


def _of_one(one: Planned) -> Iterator[tuple[str, str, str]]:
    if one.is_sweep:
        yield _SWEEP
        return
    if isinstance(one.source, LdapSource):
        yield from _of_directory(one.source)
        return
    if isinstance(one.source, GraphSource):
        yield from _GRAPH
        return
    if one.host is not None:
        yield from _LOGIN
        if one.host.jumps:
            yield (
                "at each jump host: the login, and the connection that it passes on",
                "log of sshd of the jump host",
                "root and group adm of the jump host; whoever runs the log server",
            )
    elif one.become is Become.NONE:
        yield ("times of access of the files that are read", "the file systems", "root")
    yield from _of_sudo(one)


def _of_directory(source: LdapSource) -> Iterator[tuple[str, str, str]]:
    if source.srv_names:
        yield _LOOK_UP
    if not source.anonymous:
        yield from _BIND
        if reads_sysvol(source):
            yield from _SYSVOL
    yield from _SEARCHES


def reads_sysvol(source: LdapSource) -> bool:
    r"""Return whether files of SYSVOL may be read: not by a DN, and where they are wanted."""
    return source.sysvol and (source.kerberos or "=" not in source.user)


def _of_sudo(one: Planned) -> Iterator[tuple[str, str, str]]:
    """Yield what sudo keeps (sudo(8), sudoers(5): Logging, mail_badpass, mail_no_perms)."""
    if one.become is Become.NONE:
        return
    most = sum(len(exact_commands(ask)) for _, ask in host_asks(one.collectors))
    calls = f"up to {most} calls" if one.become is Become.COMMANDS else "one call"
    yield (
        f"{calls} of sudo a run, with the command and the account",
        "log of sudo (auth.log, secure, the journal, or its own file); wherever logs are sent",
        "root and group adm of the host; whoever runs the log server",
    )
    yield (
        "each call that sudo refuses, and perhaps a mail about it",
        "log of sudo; the mailbox of root, or whoever gets root's mail",
        "whoever reads that mailbox, the provider that leaves perhaps",
    )
