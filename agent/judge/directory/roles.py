"""The sudo rules that a directory hands out to a host (sudoers.ldap(5))."""

from collections.abc import Iterator

from msgspec import Struct

from agent.judge import members, sudo
from agent.judge.case import Certainty, Power
from agent.judge.directory.joins import Joined
from agent.judge.hosts import Host
from inventory.model.access import SudoGrant
from inventory.model.account import Account
from inventory.model.directory_rights import DirectorySudoRole
from inventory.model.truth import Truth
from inventory.snapshot import Seen

_NSSWITCH = "nsswitch:"  # the part of linux.sudo that says that sudo takes rules from elsewhere
_NO_PASSWORD = "!authenticate"  # noqa: S105


class Role(Struct, frozen=True):
    """A rule that may be in force on a host."""

    row: Seen[DirectorySudoRole]
    here: Truth
    allowed: tuple[str, ...]
    power: Power
    certainty: Certainty

    @property
    def text(self) -> str:
        """Return `sudo ALL by rule admins-all of the directory`."""
        return f"sudo {sudo.named(self.allowed)} by the directory's rule {self.row.record.name}"

    @property
    def needs_password(self) -> bool:
        """Return whether sudo asks for the caller's password."""
        return _NO_PASSWORD not in self.row.record.options


def roles(host: Host) -> tuple[Role, ...]:
    """Return the rules of a host's directories that are not known to be for other hosts."""
    return host.once(_roles)


def _roles(host: Host) -> tuple[Role, ...]:
    return tuple(_found(host))


def _found(host: Host) -> Iterator[Role]:
    asks = asks_directory(host)
    if asks is Truth.NO:
        return
    is_here = members.is_host(host)
    for directory in host.once(Joined).directories:
        for row in directory.rows(DirectorySudoRole):
            one = row.record
            here = asks & members.meant(_denials_last(one.hosts), is_here, of="Host", aliases={})
            allowed = tuple(text for text in one.commands if not text.startswith("!"))
            if here is not Truth.NO and allowed and one.is_enabled:
                doubted = row.carried or one.not_after or one.not_before  # by the time of use
                here &= Truth.UNKNOWN if doubted else Truth.YES
                yield Role(row, here, allowed, *_power(host, one, allowed))


def _power(host: Host, one: DirectorySudoRole, allowed: tuple[str, ...]) -> tuple[Power, Certainty]:
    zero = sudo.zero_names(host) | {"ALL"}
    if one.run_as and not zero & set(one.run_as):
        return Power.RUN_AS, Certainty.PROVED
    return sudo.power_of(allowed, "")


def asks_directory(host: Host) -> Truth:
    """Tell whether sudo takes rules from a directory (`sudoers:` of nsswitch.conf(5))."""
    unread = host.blanks(SudoGrant)
    if any(blank.gap.part.startswith(_NSSWITCH) for blank in unread):
        return Truth.YES
    return Truth.UNKNOWN if unread else Truth.NO


def is_meant(host: Host, account: Account, role: Role) -> Truth:
    """Tell whether a rule is for an account of the host."""
    is_user = members.is_user(host, account)
    return members.meant(_denials_last(role.row.record.users), is_user, of="User", aliases={})


def _denials_last(items: tuple[str, ...]) -> list[str]:
    """Return a list in the order in which a directory's rule is judged: a denial always counts."""
    return sorted(items, key=lambda item: item.startswith("!"))
