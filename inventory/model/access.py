"""What may be done with an account: sudo, doas, SSH keys, the SSH server's rules."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class SudoGrant(Record, frozen=True, kw_only=True):
    """One user specification of sudoers(5): who, on which hosts, as whom, which commands."""

    KEY = ("file", "users", "hosts", "run_as", "run_as_groups", "commands")
    PART = "file"

    file: str
    users: tuple[str, ...]  # unquoted: "alice", "%wheel", "#1000", "ADMINS" (an alias), "!bob"
    hosts: tuple[str, ...]
    run_as: tuple[str, ...] = ("root",)  # users; empty: as oneself, with another group
    run_as_groups: tuple[str, ...] = ()
    commands: tuple[str, ...]  # as written, "!" for a negation, "ALL"; secrets redacted
    tags: tuple[str, ...] = ()  # in force: NOPASSWD, SETENV, ..., and options: "NOTAFTER=2027..."


class SudoAlias(Record, frozen=True, kw_only=True):
    """A User_Alias, Host_Alias, Runas_Alias or Cmnd_Alias of sudoers(5)."""

    KEY = ("file", "type", "name")
    PART = "file"

    type: str  # "User", "Host", "Runas", "Cmnd"
    name: str
    members: tuple[str, ...]
    file: str = ""


class SudoDefault(Record, frozen=True, kw_only=True):
    """A Defaults entry of sudoers(5) that changes whose password is asked, or who one becomes."""

    KEY = ("file", "scope", "setting")
    PART = "file"

    file: str
    setting: str  # "!authenticate", "targetpw", "runas_default=operator"
    scope: str = ""  # ":alice", "@web1", ">oracle", "!/bin/ls"; empty: everybody and everything


class DoasRule(Record, frozen=True, kw_only=True):
    """A rule of doas.conf(5); the last one that matches decides."""

    KEY = ("file", "order")
    PART = "file"

    file: str = ""
    order: int  # from 1 within the file
    permits: bool
    identity: str  # "alice" or ":wheel"
    target: str | None = None  # as USER; None: root
    command: str | None = None  # with arguments where they are bound; None: any
    needs_password: bool = True


class AuthorizedKey(Record, frozen=True, kw_only=True):
    """A line of an authorized_keys file (sshd(8)): the key by fingerprint, never a secret."""

    KEY = ("file", "account", "fingerprint", "options")
    PART = "file"

    account: str
    file: str
    algorithm: str
    fingerprint: str  # SHA256:...
    bits: int | None = None
    comment: str = ""
    options: tuple[str, ...] = ()  # as written, redacted: 'command="..."', "no-pty"
    origins: tuple[str, ...] = ()  # from= patterns
    command: str | None = None  # forced command
    is_authority: bool = False  # cert-authority: any certificate that this key signs gets in
    is_weak: bool = False  # DSA, or RSA below 2048 bits

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the fingerprint, the comment, and the addresses it may come from."""
        yield Identifier(Mark.FINGERPRINT, self.fingerprint)
        if self.comment:
            yield Identifier(Mark.TEXT, self.comment)
        for origin in self.origins:
            yield Identifier(Mark.ADDRESS, origin)


class KeyFile(Record, frozen=True, kw_only=True):
    """An authorized_keys file: that it is there, whose, and who may write it."""

    KEY = ("path", "account")
    PART = "path"

    path: str
    account: str
    owner: str
    mode: int
    changed: Moment | None = None


class SshTrust(Record, frozen=True, kw_only=True):
    """What else opens the SSH server: a trusted CA, a key command, a host-based trust."""

    KEY = ("type", "value", "file")
    PART = "file"

    type: str  # "TrustedUserCAKeys", "AuthorizedKeysCommand", "AuthorizedPrincipalsFile", "shosts"
    value: str  # fingerprint of a CA key, or the path and arguments
    file: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield a fingerprint, or the text of the command."""
        mark = Mark.FINGERPRINT if self.value.startswith("SHA256:") else Mark.TEXT
        yield Identifier(mark, self.value)


class SshdSetting(Record, frozen=True, kw_only=True):
    """A setting of the SSH server that decides who gets in (sshd_config(5))."""

    KEY = ("keyword", "match")
    PART = "file"

    keyword: str  # lower case: "permitrootlogin"
    match: str = ""  # the Match block's criteria; empty: global
    value: str
    file: str = ""  # of the first line that sets it; empty: sshd -T does not say
    is_effective: bool  # sshd -T says so; False: only read from the file


class LoginSecret(Record, frozen=True, kw_only=True):
    """A file on disk that holds a secret: the place, the owner and the age, never the content."""

    KEY = ("path",)
    PART = "path"

    path: str
    type: str  # "private SSH key", ".pgpass", "cloud credentials", ...
    owner: str
    mode: int
    size_bytes: int | None = None
    changed: Moment | None = None
    is_encrypted: bool | None = None  # None: cannot be told from outside
    fingerprint: str | None = None  # of the public half, where one lies beside it

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the fingerprint when it is known."""
        if self.fingerprint:
            yield Identifier(Mark.FINGERPRINT, self.fingerprint)
