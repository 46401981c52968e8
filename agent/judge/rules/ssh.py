"""Whom the SSH server lets in beyond the keys of each account (sshd_config(5))."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.rule import Hit, Subject, broken, broken_if, rule, unclear
from agent.judge.rules.words import shown
from agent.judge.sshd import By, Server
from inventory.model.access import SshdSetting, SshTrust
from inventory.model.account import Account, Group, PasswordState
from inventory.model.evidence import Evidence, Pointer
from inventory.model.host import HostIdentity
from inventory.model.truth import Truth
from inventory.snapshot import Seen

LEGACY = "legacy"  # the cure of a gap: the server speaks nothing that is still accepted
_DIRECTORY_KEYS = ("sss_ssh_authorizedkeys", "google_authorized_keys")
_COMMANDS = ("AuthorizedKeysCommand", "AuthorizedPrincipalsCommand")


@rule(
    "ssh.password-root",
    "Root cannot log in over SSH with a password",
    Severity.HIGH,
    needs=(SshdSetting, Account, Group, PasswordState),
    reason="A password of root is known to more people than anyone can list. Whoever leaves "
    "takes it along, and a login with it names nobody.",
    remedy="Set PermitRootLogin to no or prohibit-password, once a client account with sudo "
    "has been tested. Change root's password.",
)
def password_root(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts with uid 0 that a password opens over SSH."""
    host = subject.host
    yield from _without_settings(subject)
    server = Server(host)
    states = {row.record.account: row for row in host.rows(PasswordState)}
    for row in host.rows(Account):
        if row.record.uid == 0:
            gate = server.gate(row.record, By.PASSWORD)
            yield from _root(subject, row, states.get(row.record.name), gate.lets_in, gate.says)


def _root(
    subject: Subject,
    row: Seen[Account],
    state: Seen[PasswordState] | None,
    lets_in: Truth,
    says: str,
) -> Iterator[Hit]:
    name = row.record.name
    is_fresh = state is not None and not state.carried
    if lets_in is Truth.NO or (state and is_fresh and state.record.state in ("locked", "never")):
        return
    if lets_in is Truth.UNKNOWN:
        yield unclear(row, f"whether a password opens {name} is not known: {says}", name)
    elif state and is_fresh:
        settings = _written(subject, "permitrootlogin")
        written = (setting.evidence for setting in settings)
        places = (row.evidence, state.evidence, *written)
        yield Hit(Verdict.NOT_MET, f"a password opens {name} over SSH", name, places, row.carried)
    else:
        yield unclear(row, f"sshd takes a password for {name}; whether it has one is unread", name)


@rule(
    "ssh.password",
    "The SSH server takes keys only",
    Severity.MEDIUM,
    needs=(SshdSetting,),
    reason="Passwords are guessed, shared and written down. After a handover nobody can say "
    "who still knows one.",
    remedy="Give every person a key of their own, then set PasswordAuthentication and "
    "KbdInteractiveAuthentication to no.",
)
def password(subject: Subject) -> Iterator[Hit]:
    """Yield the settings by which passwords are taken."""
    yield from _without_settings(subject)
    without_pam = Server(subject.host).setting("usepam") == "no"
    for keyword in ("passwordauthentication", "kbdinteractiveauthentication"):
        if keyword == "kbdinteractiveauthentication" and without_pam:
            continue
        for row in _written(subject, keyword):
            if row.record.value.lower() == "yes":
                within = f"Match {row.record.match}" if row.record.match else ""
                where = f" ({shown(within)})" if within else ""
                yield broken_if(_is_sure(subject, row), row, f"{keyword} is yes{where}", within)


@rule(
    "ssh.empty-password",
    "The SSH server refuses empty passwords",
    Severity.HIGH,
    needs=(SshdSetting,),
    reason="An account without a password is then open to everybody who reaches the host.",
    remedy="Set PermitEmptyPasswords to no.",
)
def empty_password(subject: Subject) -> Iterator[Hit]:
    """Yield the settings that let empty passwords in."""
    yield from _without_settings(subject)
    for row in _written(subject, "permitemptypasswords"):
        if row.record.value.lower() == "yes":
            sure, match = _is_sure(subject, row), row.record.match
            yield broken_if(sure, row, "PermitEmptyPasswords is yes", match)


@rule(
    "ssh.legacy",
    "The SSH server is not too old to be spoken with",
    Severity.HIGH,
    needs=(HostIdentity,),
    reason="Current clients refuse its algorithms, because they can be broken. Whoever takes over "
    "cannot log in with their usual tools, and software of that age gets no corrections.",
    remedy="Ask it once through `transport: openssh` with an ssh_config that allows the old "
    "algorithms for this host alone. Then update or replace the server.",
)
def legacy(subject: Subject) -> Iterator[Hit]:
    """Yield that the audit's client and the server had no algorithm in common."""
    for blank in subject.host.blanks(HostIdentity):
        if blank.gap.cure == LEGACY:
            place = Pointer(where="SSH handshake")
            audit = subject.case.snapshot.audit
            seen = Evidence(blank.source, blank.target, blank.collector, place, audit)
            yield Hit(Verdict.NOT_MET, blank.gap.detail, "", (seen,))


@rule(
    "ssh.ca-trust",
    "No certificate authority opens every account",
    Severity.HIGH,
    needs=(SshTrust,),
    reason="Whoever holds the authority's key makes themselves a way into every account, "
    "root included, and it stands in no authorized_keys file.",
    remedy="Find out who holds the authority's key. Take it over or replace it, and remove "
    "TrustedUserCAKeys where nobody needs it.",
)
def ca_trust(subject: Subject) -> Iterator[Hit]:
    """Yield the authorities that the server trusts."""
    for row in subject.host.rows(SshTrust):
        if row.record.type == "TrustedUserCAKeys":
            yield broken(row, f"certificates of CA {row.record.value} let in", row.record.value)


@rule(
    "ssh.key-command",
    "No command hands out keys",
    Severity.MEDIUM,
    needs=(SshTrust,),
    reason="Who gets in is decided by a program and the server that it asks, not by files "
    "on the host. If that server is the leaver's, so is the host.",
    remedy="Read the command, find the server that it asks, and take that over first.",
)
def key_command(subject: Subject) -> Iterator[Hit]:
    """Yield the commands; those of a directory that the host has joined weigh less."""
    for row in subject.host.rows(SshTrust):
        trust = row.record
        if trust.type in _COMMANDS:
            follows = any(known in trust.value for known in _DIRECTORY_KEYS)
            severity = Severity.LOW if follows else None
            says = f"{trust.type} is {shown(trust.value)}"
            yield broken(row, says, trust.value, severity=severity)


@rule(
    "ssh.host-trust",
    "No other host's word opens an account",
    Severity.MEDIUM,
    needs=(SshTrust, SshdSetting),
    reason="Files such as .rhosts and shosts.equiv let in whoever controls another machine, "
    "without a key or a password.",
    remedy="Remove the file, and set HostbasedAuthentication to no.",
)
def host_trust(subject: Subject) -> Iterator[Hit]:
    """Yield the files; without HostbasedAuthentication they weigh less."""
    values = {row.record.value.lower() for row in _written(subject, "hostbasedauthentication")}
    severity = Severity.LOW if values == {"no"} else None
    for row in subject.host.rows(SshTrust):
        if row.record.type == "shosts":
            says = f"{row.record.value} names hosts that are trusted"
            yield broken(row, says, row.record.value, severity=severity)


def _without_settings(subject: Subject) -> Iterator[Hit]:
    """Yield that nothing is known where sshd has no settings: another server may let in."""
    if not subject.host.rows(SshdSetting):
        yield Hit(Verdict.UNKNOWN, "no settings of sshd were found; another server may let in")


def _is_sure(subject: Subject, row: Seen[SshdSetting]) -> bool:
    """Tell whether a setting holds: of files the first one wins, which may not have been read."""
    unread = {blank.collector for blank in subject.host.blanks(SshdSetting)}
    return row.record.is_effective or row.evidence.collector not in unread


def _written(subject: Subject, keyword: str) -> tuple[Seen[SshdSetting], ...]:
    """Return what is in force, or else written; Match blocks are known from files only."""
    rows = [row for row in subject.host.rows(SshdSetting) if row.record.keyword == keyword]
    in_force = any(row.record.is_effective and not row.carried for row in rows)
    return tuple(row for row in rows if row.record.is_effective or row.record.match or not in_force)
