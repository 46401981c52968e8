"""Who is in a directory: accounts, computers, groups and their members, and their last use.

`id` is what stays when an entry is renamed or moved: objectGUID, entryUUID, nsUniqueId or
ipaUniqueID, else the DN in lower case.
"""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class DirectoryAccount(Record, frozen=True, kw_only=True):
    """An account of a person or a service (user, inetOrgPerson, posixAccount, gMSA)."""

    KEY = ("id",)

    id: str
    dn: str
    name: str  # sAMAccountName, uid
    type: str  # "user", "gMSA", "dMSA", "sMSA" (managed, of one computer), "posix", "contact"
    sid: str | None = None
    upn: str | None = None
    display_name: str | None = None
    mails: tuple[str, ...] = ()  # lower case, proxy addresses included
    description: str = ""
    company: str = ""
    title: str = ""
    is_enabled: bool | None = None  # None: the directory has no such state, or does not show it
    is_locked: bool | None = None
    flags: tuple[str, ...] = ()  # set bits of userAccountControl by their names, sorted
    is_protected: bool = False  # adminCount is 1: it is, or was, in a privileged group
    created: Moment | None = None
    expires: Moment | None = None  # of the account; None: never
    password_changed: Moment | None = None  # None: never set, or must be changed at once
    must_change: bool = False
    primary_group: int | None = None  # RID
    manager: str | None = None  # DN
    service_names: tuple[str, ...] = ()  # servicePrincipalName
    encryption: int | None = None  # msDS-SupportedEncryptionTypes
    delegates_to: tuple[str, ...] = ()  # msDS-AllowedToDelegateTo
    key_credentials: int = 0  # values of msDS-KeyCredentialLink
    sid_history: tuple[str, ...] = ()
    workstations: tuple[str, ...] = ()  # may log on there only
    script: str | None = None
    home: str | None = None
    profile: str | None = None
    uid_number: int | None = None
    gid_number: int | None = None
    shell: str | None = None
    unix_home: str | None = None
    mailbox: str | None = None  # "mailbox", "remote mailbox", ...: what Exchange says of it

    def identifiers(self) -> Iterator[Identifier]:
        """Yield mail addresses, the UPN, the login name, the person, and the free texts."""
        for mail in self.mails:
            yield Identifier(Mark.MAIL, mail)
        if self.upn:
            yield Identifier(Mark.MAIL, self.upn)
        yield Identifier(Mark.ACCOUNT, self.name)
        if self.display_name:
            yield Identifier(Mark.PERSON, self.display_name)
        for text in (self.display_name, self.description, self.company, self.title):
            if text:
                yield Identifier(Mark.TEXT, text)


class DirectoryComputer(Record, frozen=True, kw_only=True):
    """A computer's account; Active Directory only."""

    KEY = ("id",)

    id: str
    dn: str
    name: str  # sAMAccountName with its $
    sid: str | None = None
    dns_name: str | None = None
    os: str | None = None
    os_version: str | None = None
    is_enabled: bool | None = None
    flags: tuple[str, ...] = ()
    description: str = ""
    location: str = ""
    created: Moment | None = None
    password_changed: Moment | None = None
    primary_group: int | None = None  # RID: 515 computers, 516 controllers, 521 read-only ones
    managed_by: str | None = None  # DN
    service_names: tuple[str, ...] = ()
    encryption: int | None = None
    delegates_to: tuple[str, ...] = ()
    key_credentials: int = 0
    sid_history: tuple[str, ...] = ()

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the names and the free text."""
        yield Identifier(Mark.SERVER, self.dns_name or self.name.rstrip("$"))
        if self.description:
            yield Identifier(Mark.TEXT, self.description)


class DirectoryGroup(Record, frozen=True, kw_only=True):
    """A group (group, posixGroup, groupOfNames, ...). Its members are a record of their own."""

    KEY = ("id",)

    id: str
    dn: str
    name: str  # sAMAccountName, cn
    sid: str | None = None
    scope: str = ""  # "global", "universal", "domain local", "builtin"; empty: not said
    is_security: bool = True  # False: only for mail
    description: str = ""
    mail: str | None = None
    managed_by: str | None = None  # DN
    is_protected: bool = False
    created: Moment | None = None
    gid_number: int | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the mail address and the free text."""
        if self.mail:
            yield Identifier(Mark.MAIL, self.mail)
        if self.description:
            yield Identifier(Mark.TEXT, self.description)


class DirectoryMembers(Record, frozen=True, kw_only=True):
    """The direct members of a group as its entry lists them; primary groups are not in it."""

    KEY = ("group",)
    PART = "dn"

    group: str  # id of the DirectoryGroup
    dn: str = ""  # of the group: a list that breaks off is a gap of this part
    members: tuple[str, ...] = ()  # DN as written, sorted; of a foreign principal the DN of its SID
    names: tuple[str, ...] = ()  # memberUid: login names


class Netgroup(Record, frozen=True, kw_only=True):
    """A netgroup (RFC 2307 nisNetgroup)."""

    KEY = ("name",)

    name: str
    triples: tuple[str, ...] = ()  # "(host,user,domain)"
    members: tuple[str, ...] = ()  # names of other netgroups


class ForeignPrincipal(Record, frozen=True, kw_only=True):
    """A member from another domain, known here by its SID alone."""

    KEY = ("sid",)

    sid: str
    dn: str


class DirectorySignIn(Record, frozen=True, kw_only=True):
    """The last use of an account or computer that the directory has replicated.

    An account without such a record: the directory does not say whether it was ever used.
    """

    KEY = ("account",)
    VOLATILE = True

    account: str  # id
    when: Moment | None = None  # as wide as its lag; None: the directory knows of none
    by: str = "lastLogonTimestamp"  # the attribute that says so


class DirectoryKey(Record, frozen=True, kw_only=True):
    """An SSH public key that the directory hands out (sshPublicKey, altSecurityIdentities)."""

    KEY = ("account", "fingerprint")
    PART = "dn"

    account: str  # id of the DirectoryAccount
    dn: str = ""  # of the account: a key that cannot be read is a gap of this part
    name: str  # its login name
    algorithm: str
    fingerprint: str  # SHA256:...
    bits: int | None = None
    comment: str = ""
    is_weak: bool = False  # DSA, or RSA below 2048 bits

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the fingerprint and the comment."""
        yield Identifier(Mark.FINGERPRINT, self.fingerprint)
        if self.comment:
            yield Identifier(Mark.TEXT, self.comment)


class DirectorySecret(Record, frozen=True, kw_only=True):
    """That a text of an entry looks as if it held a password: where, never what."""

    KEY = ("object", "attribute")

    object: str  # DN
    attribute: str


class MembershipChange(Record, frozen=True, kw_only=True):
    """When a member of a privileged group was added or removed (msDS-ReplValueMetaData)."""

    KEY = ("group", "member", "is_removed")
    PART = "dn"

    group: str  # id of the DirectoryGroup
    dn: str = ""  # of the group: a list that breaks off is a gap of this part
    member: str  # DN
    is_removed: bool
    when: Moment


class DeletedObject(Record, frozen=True, kw_only=True):
    """An entry that was deleted and is still kept."""

    KEY = ("id",)

    id: str
    name: str
    type: str  # "user", "computer", "group", ...
    sid: str | None = None
    parent: str | None = None  # where it was, DN
    when: Moment | None = None
