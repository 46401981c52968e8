"""Who can log in: local accounts, groups, the state of passwords, last logins."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class Account(Record, frozen=True, kw_only=True):
    """A line of passwd(5)."""

    KEY = ("name", "uid")  # two lines may share a name or a uid: both are facts

    name: str
    uid: int
    gid: int
    gecos: str = ""
    home: str = ""
    shell: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the login name, the person in GECOS, and a mail address found there."""
        yield Identifier(Mark.ACCOUNT, self.name)
        if self.gecos:
            yield Identifier(Mark.PERSON, self.gecos.split(",")[0])
            yield Identifier(Mark.TEXT, self.gecos)


class PasswordState(Record, frozen=True, kw_only=True):
    """A line of shadow(5) without its hash: which scheme, whether locked, and the dates."""

    KEY = ("account",)

    account: str
    state: str  # "set", "locked", "none" (logs in without), "never" (* or !: no password login)
    scheme: str | None = None  # yescrypt, sha512, md5, ...
    changed: Moment | None = None  # day precise; None: the entry has no date
    most_days: int | None = None  # a new one is due after so many days
    expires: Moment | None = None  # the account as a whole


class Group(Record, frozen=True, kw_only=True):
    """A line of group(5)."""

    KEY = ("name", "gid")

    name: str
    gid: int
    members: tuple[str, ...] = ()  # supplementary; primary members stand in Account.gid


class LastLogin(Record, frozen=True, kw_only=True):
    """The last login of an account that the host still remembers (lastlog(8), last(1))."""

    KEY = ("account",)
    VOLATILE = True

    account: str
    when: Moment | None = None  # None: the log was read and says never
    origin: str | None = None  # host or address it came from

    def identifiers(self) -> Iterator[Identifier]:
        """Yield where it came from."""
        if self.origin:
            yield Identifier(Mark.ADDRESS, self.origin)


class LoggedIn(Record, frozen=True, kw_only=True):
    """A session that was open at the time of the audit (who(1))."""

    KEY = ("account", "terminal")
    VOLATILE = True

    account: str
    terminal: str
    origin: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield where it comes from."""
        if self.origin:
            yield Identifier(Mark.ADDRESS, self.origin)
