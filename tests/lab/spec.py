"""What a lab host is made of: accounts, groups, keys, files, and the root it starts from."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeAlias


class File(NamedTuple):
    """A file to lay into a host; `owner` is `user`, `user:group` or numbers."""

    content: str | bytes
    mode: int = 0o644
    owner: str = "root:root"


class Link(NamedTuple):
    """A symbolic link to lay into a host."""

    target: str


Content: TypeAlias = str | bytes | File | Link | tuple[str | bytes, int, str]


@dataclass(frozen=True, kw_only=True)
class Account:
    """One line of passwd(5) and of shadow(5); the days are the raw fields of shadow(5)."""

    name: str
    uid: int
    gid: int | None = None  # None: a group of its own with the uid's number
    gecos: str = ""
    home: str | None = None  # None: /home/NAME
    shell: str = "/bin/sh"
    password: str = "*"  # `!` locks the account: sshd refuses it when PAM is off
    changed: str = "19700"
    min_days: str = "0"
    max_days: str = "99999"
    warn_days: str = "7"
    inactive_days: str = ""
    expires: str = ""
    authorized_keys: tuple[str, ...] = ()

    @property
    def home_path(self) -> str:
        """Return the home directory."""
        return f"/home/{self.name}" if self.home is None else self.home

    @property
    def group_id(self) -> int:
        """Return the number of the primary group."""
        return self.uid if self.gid is None else self.gid

    def passwd_line(self) -> str:
        """Return the line of passwd(5)."""
        words = (self.name, "x", self.uid, self.group_id, self.gecos, self.home_path, self.shell)
        return ":".join(map(str, words))

    def shadow_line(self) -> str:
        """Return the line of shadow(5)."""
        days = (self.changed, self.min_days, self.max_days, self.warn_days, self.inactive_days)
        return ":".join((self.name, self.password, *days, self.expires, ""))


@dataclass(frozen=True, kw_only=True)
class Group:
    """One line of group(5)."""

    name: str
    gid: int
    members: tuple[str, ...] = ()

    def line(self) -> str:
        """Return the line of group(5)."""
        return f"{self.name}:x:{self.gid}:{','.join(self.members)}"


AUDIT = Account(name="audit", uid=1900, gecos="Reads for the audit")


@dataclass(frozen=True, kw_only=True)
class HostSpec:
    """One host; what is left out gets a plain default.

    `os="debian"` starts from this machine's own packages without its identity; `os="busybox"` from
    a root with nothing but BusyBox and sshd. `networks` holds "front" (this machine reaches it),
    "back" (only hosts with a leg in it do), or both: a jump host.
    """

    name: str
    hostname: str | None = None  # None: the name
    machine_id: str | None = None  # None: derived from the name; "": the host has none
    os: Literal["debian", "busybox"] = "debian"
    networks: tuple[Literal["front", "back"], ...] = ("front",)
    accounts: tuple[Account, ...] = (AUDIT,)
    groups: tuple[Group, ...] = ()
    sudoers: Mapping[str, str] = field(default_factory=dict)  # name in /etc/sudoers.d: text
    files: Mapping[str, Content] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    use_pam: bool = True  # BusyBox hosts have no PAM whatever stands here
    sshd_options: tuple[str, ...] = ()  # lines put first in sshd_config, where the first one wins

    @property
    def host_name(self) -> str:
        """Return what the host calls itself."""
        return self.name if self.hostname is None else self.hostname

    @property
    def machine_number(self) -> str:
        """Return the content of /etc/machine-id, without the newline."""
        if self.machine_id is not None:
            return self.machine_id
        return hashlib.md5(self.name.encode(), usedforsecurity=False).hexdigest()

    def with_key(self, public_key: str) -> "HostSpec":
        """Return the same host with this key accepted for the account `audit`."""
        return replace(self, accounts=tuple(_keyed(self.accounts, public_key)))


def _keyed(accounts: tuple[Account, ...], public_key: str) -> Iterator[Account]:
    for account in accounts:
        keys = (*account.authorized_keys, public_key)
        yield replace(account, authorized_keys=keys) if account.name == "audit" else account
    if not any(account.name == "audit" for account in accounts):
        yield replace(AUDIT, authorized_keys=(public_key,))
