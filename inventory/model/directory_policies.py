"""What the group policies of a domain set on machines and people, and the passwords in them."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record

EVERY_MACHINE = frozenset(  # kinds that let whoever has the place do what he likes on each machine
    ("script", "script file", "software", "task", "service", "update server", "autostart")
)


class PolicySetting(Record, frozen=True, kw_only=True):
    r"""One thing that a policy sets: where updates come from, who is administrator, what runs.

    The servers are those that its value names. Members of groups and holders of privileges are
    names (`CORP\Group`) or SIDs, as the policy has them.
    """

    KEY = ("policy", "side", "kind", "name", "value")
    PART = "policy"

    policy: str  # its id in braces; "scripts": of no policy, but of the folder for login scripts
    side: str = ""  # "computer", "user"; "": neither
    kind: str  # "update server", "local administrator", "local group", "privilege", "script",
    #   "script file", "software", "task", "service", "drive", "printer", "data source",
    #   "autostart", "registry" (any other value that names a server), "local account"
    name: str  # of the value, task, group, privilege, drive or file
    value: str = ""  # what it is set to; of an account or group who is added
    file: str = ""  # below SYSVOL\DOMAIN; "": the directory itself says it
    servers: tuple[str, ...] = ()  # small letters
    account: str = ""  # name or SID of who gets it, or as whom it runs
    is_removed: bool = False  # the policy takes it away

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the servers, the account, and its texts, which may mention anybody."""
        for server in self.servers:
            yield Identifier(Mark.SERVER, server)
        if self.account and not self.account.upper().startswith("S-1-"):
            bare = self.account.rpartition("\\")[2]
            yield Identifier(Mark.MAIL if "@" in bare else Mark.ACCOUNT, bare)
            yield Identifier(Mark.TEXT, bare)
        yield Identifier(Mark.TEXT, self.name)


class PolicySecret(Record, frozen=True, kw_only=True):
    """That a password stands in a file of SYSVOL, where everybody can read it; never the value."""

    KEY = ("policy", "file", "what", "where")
    PART = "policy"

    policy: str  # as of PolicySetting
    file: str
    what: str  # "password of a preference" (cpassword), "password in a script", "registry value"
    where: str  # the element, line, or name of the value
    account: str = ""  # whose it is, where the file says so
    since: Moment | None = None  # when the element or the file was changed last

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the account."""
        if self.account:
            yield Identifier(Mark.ACCOUNT, self.account.rpartition("\\")[2])
