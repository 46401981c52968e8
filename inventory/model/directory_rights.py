"""What may be done in a directory beyond membership: rights on objects, delegation, sudo."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class DirectoryRight(Record, frozen=True, kw_only=True):
    """A right that a security descriptor gives and that changes something ([MS-DTYP] 2.4.4).

    Rights to read are not kept. The owner has the right "owner". What is denied is kept too,
    since it may take away what another entry gives.
    """

    KEY = (
        *("object", "principal", "rights", "on", "inherits_to"),
        *("is_inherited", "is_denied", "is_here", "is_conditional"),
    )
    PART = "object"

    object: str  # DN
    type: str  # "domain", "AdminSDHolder", "OU", "container", "policy", "policies", "controller",
    #   "group", "template", "CA", "authorities" (containers of certificate services), "DNS"
    principal: str  # SID
    rights: tuple[str, ...]  # "all", or of "owner", "write dacl", "write owner", "write",
    #   "validated write", "extended", "create child", "delete child", "delete", "delete tree"
    on: str = ""  # the attribute, property set, extended right or child class; empty: all of them
    inherits_to: str = ""  # the class of objects below it that it is for; empty: all, or itself
    is_inherited: bool = False
    is_denied: bool = False
    is_here: bool = True  # False: only handed on to objects below (inherit only)
    is_conditional: bool = False  # it counts only where a condition on the user's claims holds


class ResourceDelegation(Record, frozen=True, kw_only=True):
    """Who may act as anybody towards a computer or account (resource-based delegation)."""

    KEY = ("account", "principal")
    PART = "account"

    account: str  # id of the account or computer that lets it happen
    principal: str  # SID


class ManagedPasswordReader(Record, frozen=True, kw_only=True):
    """Who may read the password of a managed service account (msDS-GroupMSAMembership)."""

    KEY = ("account", "principal")
    PART = "account"

    account: str  # id
    principal: str  # SID


class LocalAdminPassword(Record, frozen=True, kw_only=True):
    """That a computer's local administrator password is kept by LAPS, and until when it is good."""

    KEY = ("computer", "type")

    computer: str  # id
    type: str  # "legacy", "Windows"
    expires: Moment | None = None


class RecoveryKey(Record, frozen=True, kw_only=True):
    """That recovery keys of a computer's disks are kept in the directory: how many, never which."""

    KEY = ("computer",)

    computer: str  # DN of the computer
    number: int


class DirectorySudoRole(Record, frozen=True, kw_only=True):
    """A sudo rule that the directory hands out to hosts (sudoers.ldap(5))."""

    KEY = ("id",)
    PART = "dn"

    id: str
    dn: str
    name: str
    users: tuple[str, ...] = ()  # "alice", "%wheel", "+netgroup", "#1000", "ALL", "!bob"
    hosts: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()  # "ALL", "!/bin/sh"; secrets redacted
    options: tuple[str, ...] = ()  # "!authenticate"
    run_as: tuple[str, ...] = ()  # empty: root
    run_as_groups: tuple[str, ...] = ()
    order: int | None = None
    not_before: Moment | None = None
    not_after: Moment | None = None
    is_enabled: bool = True  # FreeIPA rules can be off
    description: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the users by name, and the text."""
        for user in self.users:
            if user[:1] not in ("%", "+", "#", "!") and user != "ALL":
                yield Identifier(Mark.ACCOUNT, user)
        if self.description:
            yield Identifier(Mark.TEXT, self.description)


class HostAccessRule(Record, frozen=True, kw_only=True):
    """A rule of FreeIPA that lets users use services of hosts (HBAC)."""

    KEY = ("id",)

    id: str
    name: str
    users: tuple[str, ...] = ()  # DN; "all"
    hosts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    is_enabled: bool = True
