"""Who is in a tenant: users and guests, their last use and factors, groups and who is in them."""

from collections.abc import Iterator

from msgspec import Struct

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class TenantObject(Struct, frozen=True, order=True):
    """An object as a list of another names it."""

    id: str
    type: str  # "user", "group", "servicePrincipal", "device", "orgContact"; "": not said
    name: str = ""


class UserLicence(Struct, frozen=True, order=True):
    """A licence of a user, and the way by which it came."""

    sku: str  # skuId
    group: str | None = None  # id of the group that gives it; None: assigned to the user
    error: str = ""  # "CountViolation", ...; empty: none
    is_active: bool = True


class TenantUser(Record, frozen=True, kw_only=True):
    """A user of the tenant: member, guest, or an account that no person signs in with."""

    KEY = ("id",)

    id: str
    upn: str  # userPrincipalName
    name: str = ""
    mail: str | None = None
    type: str | None = None  # "Member", "Guest"; None: an old member
    is_enabled: bool | None = None
    created: Moment | None = None
    creation: str | None = None  # "Invitation", "LocalAccount", ...; None: a usual one
    invitation: str | None = None  # "PendingAcceptance", "Accepted"
    is_synchronised: bool = False  # from the directory on the premises
    immutable_id: str | None = None
    sid: str | None = None  # on the premises
    sam_name: str | None = None  # on the premises
    dn: str | None = None  # on the premises
    premises_domain: str | None = None  # its DNS name
    password_set: Moment | None = None
    password_policies: tuple[str, ...] = ()  # "DisablePasswordExpiration", ...
    licences: tuple[UserLicence, ...] = ()
    usage_location: str | None = None
    company: str = ""
    department: str = ""
    title: str = ""
    employee_type: str | None = None
    # employeeLeaveDateTime; Graph leaves it empty for whoever lacks User-LifeCycleInfo.Read.All
    leaves: Moment | None = None
    addresses: tuple[str, ...] = ()  # "SMTP:alice@client.example"; the main one in capitals
    other_mails: tuple[str, ...] = ()
    is_resource: bool | None = None

    @property
    def is_guest(self) -> bool:
        """Return whether it comes from outside, by its type or by its name."""
        return self.type == "Guest" or "#ext#" in self.upn.casefold()

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its names and addresses; of a guest the address that it was invited by."""
        yield Identifier(Mark.MAIL, self.upn)
        for mail in (self.mail, *self.other_mails):
            if mail:
                yield Identifier(Mark.MAIL, mail)
        for address in self.addresses:
            scheme, _, mail = address.partition(":")
            if mail and scheme.casefold() == "smtp":
                yield Identifier(Mark.MAIL, mail)
        if self.sam_name:
            yield Identifier(Mark.ACCOUNT, self.sam_name)
        if self.name:
            yield Identifier(Mark.PERSON, self.name)
        for text in (self.company, self.department, self.title):
            if text:
                yield Identifier(Mark.TEXT, text)


class TenantSignIn(Record, frozen=True, kw_only=True):
    """The last use of a user that the tenant knows of (Graph: signInActivity; needs a licence)."""

    KEY = ("user",)
    VOLATILE = True

    user: str  # id
    last: Moment | None = None  # by a person; None: the tenant knows of none
    last_by_program: Moment | None = None  # lastNonInteractiveSignInDateTime
    last_success: Moment | None = None  # kept since December 2023


class UserManager(Record, frozen=True, kw_only=True):
    """Who is the manager of a user."""

    KEY = ("user",)

    user: str  # id
    manager: TenantObject


class DeletedUser(Record, frozen=True, kw_only=True):
    """A user that was deleted and can still be restored."""

    KEY = ("id",)

    id: str
    upn: str
    deleted: Moment | None = None


class MfaRegistration(Record, frozen=True, kw_only=True):
    """Which factors a user has registered (Graph: userRegistrationDetails; needs a licence)."""

    KEY = ("user",)

    user: str  # id
    upn: str
    is_admin: bool | None = None
    is_registered: bool | None = None
    is_capable: bool | None = None
    is_passwordless: bool | None = None
    methods: tuple[str, ...] = ()  # "microsoftAuthenticatorPush", "mobilePhone", ...; never numbers


class SignInMethod(Record, frozen=True, kw_only=True):
    """One factor of a user, by its kind and name (asked only when personal detail is wanted)."""

    KEY = ("user", "id")
    PART = "user"

    user: str  # id
    id: str
    type: str  # "fido2", "microsoftAuthenticator", "phone", "password", ...
    name: str = ""  # of the device or key; never a phone number
    created: Moment | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the name."""
        if self.name:
            yield Identifier(Mark.TEXT, self.name)


class MailboxPurpose(Record, frozen=True, kw_only=True):
    """What a mailbox is for (Graph: mailboxSettings, userPurpose)."""

    KEY = ("user",)
    PART = "user"

    user: str  # id
    purpose: str  # "user", "shared", "room", "equipment", "linked", "others"


class MailRule(Record, frozen=True, kw_only=True):
    """A rule of an inbox that sends mail on (asked only when personal detail is wanted)."""

    KEY = ("user", "id")
    PART = "user"

    user: str  # id
    id: str
    is_enabled: bool | None = None
    to: tuple[str, ...] = ()  # addresses to which it forwards or redirects

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the addresses."""
        for mail in self.to:
            yield Identifier(Mark.MAIL, mail)


class TenantGroup(Record, frozen=True, kw_only=True):
    """A group of the tenant."""

    KEY = ("id",)

    id: str
    name: str
    description: str = ""
    mail: str | None = None
    types: tuple[str, ...] = ()  # "Unified" (Microsoft 365), "DynamicMembership"
    is_security: bool | None = None
    is_mail: bool | None = None
    is_team: bool = False
    is_role_assignable: bool = False
    is_synchronised: bool = False
    sid: str | None = None  # on the premises
    sam_name: str | None = None  # on the premises
    rule: str | None = None  # of dynamic membership
    rule_state: str | None = None  # "On", "Paused"
    licences: tuple[str, ...] = ()  # skuIds that it gives its members
    visibility: str | None = None
    created: Moment | None = None
    expires: Moment | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its address, and the texts."""
        if self.mail:
            yield Identifier(Mark.MAIL, self.mail)
        for text in (self.name, self.description):
            if text:
                yield Identifier(Mark.TEXT, text)


class TenantMembers(Record, frozen=True, kw_only=True):
    """The direct members of a group."""

    KEY = ("group",)
    PART = "group"

    group: str  # id
    members: tuple[TenantObject, ...] = ()  # sorted


class TenantOwners(Record, frozen=True, kw_only=True):
    """The owners of a group, an application or a service principal."""

    KEY = ("object",)
    PART = "object"

    object: str  # id
    type: str  # "group", "application", "servicePrincipal"
    owners: tuple[TenantObject, ...] = ()  # sorted


class GroupLicenceError(Record, frozen=True, kw_only=True):
    """A group of which some members lack the licence that it should give them."""

    KEY = ("group",)

    group: str  # id
    name: str
