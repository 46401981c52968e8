"""Who can log in to a host, and what they may become there."""

from agent.documents.cell import Cell, Known, of_field, of_fields, of_read, unknown
from agent.documents.views import say
from agent.documents.views.table import Listing, Look
from agent.judge.rootlike import GROUPS
from inventory.model.access import (
    AuthorizedKey,
    DoasRule,
    KeyFile,
    LoginSecret,
    SshdSetting,
    SshTrust,
    SudoAlias,
    SudoDefault,
    SudoGrant,
)
from inventory.model.account import Account, Group, LastLogin, LoggedIn, PasswordState
from inventory.model.host import DomainJoin

f = of_field


def _account(one: Account, look: Look) -> tuple[Cell, ...]:
    password = of_read(look.password(one.name), _password)
    changed = of_read(look.password(one.name), lambda state: say.moment(state.changed) or "")
    return (
        f(one.name, "code"),
        f(one.uid, "number"),
        f(one.gecos),
        f(one.shell, "code"),
        password,
        changed,
        _login(one.name, look),
    )


def _password(one: PasswordState) -> str:
    until = f", account until {say.moment(one.expires)}" if one.expires else ""
    scheme = f" ({one.scheme})" if one.scheme else ""
    words = {"none": "none needed", "never": "no password login"}
    return f"{words.get(one.state, one.state)}{scheme}{until}"


def _login(account: str, look: Look) -> Cell:
    """Return the last login: exact for those with power, in buckets for everybody else."""
    exact = not look.is_minimal or account in look.privileged

    def told(one: LastLogin) -> str:
        if one.when is None:
            return "never"
        if not exact:
            return say.bucket(one.when, look.now)
        return f"{one.when}, from {one.origin}" if one.origin else str(one.when)

    return of_read(look.login(account), told)


def _session(one: LoggedIn, look: Look) -> tuple[Cell, ...]:
    exact = not look.is_minimal or one.account in look.privileged
    origin = f(one.origin) if exact else f("not told: personal detail is minimal")
    return f(one.account, "code"), f(one.terminal, "code"), origin


def _group(one: Group, look: Look) -> tuple[Cell, ...]:
    return f(one.name, "code"), f(one.gid, "number"), _members(one, look), _power(one, look)


def _members(one: Group, look: Look) -> Cell:
    """Return who is in the group: those it names, and those whose primary group it is."""
    accounts = look.host.read(Account).where(lambda account: account.gid == one.gid)
    primary = of_read(accounts, lambda account: f"{account.name} (primary)")
    if not one.members:
        return primary
    names = (*one.members, *primary.texts)
    known = Known.PART if primary.whys else Known.ALL
    return Cell(known, names[:12], max(0, len(names) - 12), primary.whys, "code")


def _power(one: Group, look: Look) -> Cell:
    if one.name in GROUPS:
        return f("amounts to root")
    if any(f"%{one.name}" in row.record.users for row in look.host.rows(SudoGrant)):
        return f("named in sudoers")
    blanks = look.host.blanks(SudoGrant, SudoAlias)
    return unknown(blanks) if blanks else f("not named in sudoers")


def _is_telling(one: Group) -> bool:
    return bool(one.members) or one.name in GROUPS


def _sudo(one: SudoGrant, _: Look) -> tuple[Cell, ...]:
    return (
        of_fields(one.users, "code"),
        of_fields((*one.run_as, *(f":{group}" for group in one.run_as_groups)), "code"),
        of_fields(one.commands, "code"),
        of_fields(one.tags),
        of_fields(one.hosts, "code"),
    )


def _doas(one: DoasRule, _: Look) -> tuple[Cell, ...]:
    return (
        f(one.order, "number"),
        f("permits" if one.permits else "denies"),
        f(one.identity, "code"),
        f(one.target or "root", "code"),
        f(one.command or "any command", "code"),
        f("yes" if one.needs_password else "no"),
    )


def _key(one: AuthorizedKey, _: Look) -> tuple[Cell, ...]:
    kind = f"{one.algorithm} {one.bits or ''}".strip()
    return (
        f(one.account, "code"),
        f(one.fingerprint, "code"),
        f(one.comment),
        f(f"{kind}, weak" if one.is_weak else kind),
        of_fields(one.options, "code") if one.options else f("no limits"),
    )


def _secret(one: LoginSecret, _: Look) -> tuple[Cell, ...]:
    return (
        f(one.path, "code"),
        f(one.type),
        f(one.owner, "code"),
        f(say.mode(one.mode), "code"),
        f(say.moment(one.changed)),
        f(say.yes(one.is_encrypted)),
    )


def _sshd(one: SshdSetting, _: Look) -> tuple[Cell, ...]:
    source = "in force" if one.is_effective else "only read from the file"
    return f(one.keyword, "code"), f(one.value, "code"), f(one.match or "everybody"), f(source)


ACCOUNTS = Listing(
    "Accounts",
    Account,
    ("Account", "Uid", "Person", "Shell", "Password", "Changed", "Last login"),
    _account,
    lambda one: (one.uid, one.name),
    (PasswordState, LastLogin),
)
SECRETS = Listing(
    "Secrets on disk",
    LoginSecret,
    ("Place", "What", "Owner", "Mode", "Changed", "Encrypted"),
    _secret,
    lambda one: one.path,
)
KEYS = Listing(
    "SSH keys that open an account",
    AuthorizedKey,
    ("Account", "Fingerprint", "Comment", "Type", "Options"),
    _key,
    lambda one: (one.account, one.fingerprint),
)

LISTINGS = (
    ACCOUNTS,
    Listing(
        "Groups with members, and groups that amount to root",
        Group,
        ("Group", "Gid", "Members", "Power"),
        _group,
        lambda one: (one.name not in GROUPS, one.name),
        (Account, SudoGrant),
        _is_telling,
    ),
    Listing("Sessions open during the audit", LoggedIn, ("Account", "Terminal", "From"), _session),
    Listing("Sudo grants", SudoGrant, ("Who", "As", "Commands", "Tags", "On hosts"), _sudo),
    Listing(
        "Sudo aliases",
        SudoAlias,
        ("Alias", "Type", "Members"),
        lambda one, _: (f(one.name, "code"), f(one.type), of_fields(one.members, "code", 12)),
    ),
    Listing(
        "Sudo defaults that change who must prove what",
        SudoDefault,
        ("Setting", "For"),
        lambda one, _: (f(one.setting, "code"), f(one.scope or "everybody", "code")),
    ),
    Listing(
        "doas rules",
        DoasRule,
        ("Order", "Says", "Who", "As", "Command", "Password"),
        _doas,
        lambda one: (one.file, one.order),
    ),
    KEYS,
    Listing(
        "Key files",
        KeyFile,
        ("File", "Account", "Owner", "Mode", "Changed"),
        lambda one, _: (
            f(one.path, "code"),
            f(one.account, "code"),
            f(one.owner, "code"),
            f(say.mode(one.mode), "code"),
            f(say.moment(one.changed)),
        ),
    ),
    Listing(
        "What else opens the SSH server",
        SshTrust,
        ("Type", "Value"),
        lambda one, _: (f(one.type), f(one.value, "code")),
    ),
    Listing(
        "Settings of the SSH server",
        SshdSetting,
        ("Setting", "Value", "For", "Source"),
        _sshd,
        lambda one: (one.match, one.keyword),
    ),
    Listing(
        "Accounts from a directory",
        DomainJoin,
        ("Directory", "By", "Servers", "Allowed"),
        lambda one, _: (f(one.domain), f(one.by), of_fields(one.servers), of_fields(one.allowed)),
    ),
    SECRETS,
)
