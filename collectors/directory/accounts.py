"""Which accounts of people and services Active Directory has, and when each was last used.

Sources: [MS-ADTS] 2.2.16 (userAccountControl), [MS-ADA1] to [MS-ADA3] (the attributes).
"""

from collections.abc import Callable, Iterator, Mapping

from msgspec import structs

from collectors.account_states import beside, without_state
from collectors.directory_texts import secrets
from collectors.directory_values import (
    DISABLED,
    LOCKED_OUT,
    account_flags,
    addresses,
    entry_id,
    filetime,
    first,
    first_value,
    generalized_time,
    sid_text,
    sids,
    text,
)
from collectors.entries import Entries, Entry, Values, clean_value, number
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_accounts import DirectoryAccount, DirectorySecret, DirectorySignIn

_OF_ALL = (
    "objectGUID",
    "objectSid",
    "sAMAccountName",
    "userPrincipalName",
    "displayName",
    "mail",
    "proxyAddresses",
    "description",
    "info",
    "comment",
    "company",
    "title",
    "userAccountControl",
    "msDS-User-Account-Control-Computed",
    "adminCount",
    "whenCreated",
    "accountExpires",
    "pwdLastSet",
    "lastLogonTimestamp",
    "primaryGroupID",
    "manager",
    "servicePrincipalName",
    "msDS-SupportedEncryptionTypes",
    "msDS-AllowedToDelegateTo",
    "msDS-KeyCredentialLink",
    "sIDHistory",
    "userWorkstations",
    "scriptPath",
    "homeDirectory",
    "profilePath",
    "uidNumber",
    "gidNumber",
    "loginShell",
    "unixHomeDirectory",
    "msExchRecipientTypeDetails",
)
_TIMES = ("pwdlastset", "accountexpires", "lastlogontimestamp")
# SAM_NORMAL_USER_ACCOUNT: users of every class, and no computers ([MS-SAMR] 2.2.1.9). Every domain
# has some: an answer without any was not shown what there is.
USERS = LdapSearch("users", "(sAMAccountType=805306368)", _OF_ALL, dialect="ad", empty="gap")
MANAGED = LdapSearch(
    "managed",
    "(|(objectClass=msDS-GroupManagedServiceAccount)(objectClass=msDS-ManagedServiceAccount)"
    "(objectClass=msDS-DelegatedManagedServiceAccount))",
    (*_OF_ALL, "objectClass"),
    dialect="ad",
)
CONTACTS = LdapSearch(
    "contacts",
    "(&(objectCategory=person)(objectClass=contact))",
    (
        "objectGUID",
        "cn",
        "displayName",
        "mail",
        "proxyAddresses",
        "description",
        "info",
        "comment",
        "company",
        "title",
        "manager",
        "whenCreated",
        "msExchRecipientTypeDetails",
    ),
    dialect="ad",
)

_MANAGED_TYPES = (
    (b"msDS-DelegatedManagedServiceAccount", "dMSA"),
    (b"msDS-GroupManagedServiceAccount", "gMSA"),
    (b"msDS-ManagedServiceAccount", "sMSA"),
)
_MAILBOXES = {
    0x1: "mailbox",
    0x2: "linked mailbox",
    0x4: "shared mailbox",
    0x8: "legacy mailbox",
    0x10: "room mailbox",
    0x20: "equipment mailbox",
    0x40: "mail contact",
    0x80: "mail user",
    0x800000: "arbitration mailbox",
    0x20000000: "discovery mailbox",
    0x80000000: "remote mailbox",
    0x200000000: "remote room mailbox",
    0x400000000: "remote equipment mailbox",
    0x800000000: "remote shared mailbox",
}


def _one_text(found: Values) -> str:
    return clean_value(found[0])


def _all_texts(found: Values) -> tuple[str, ...]:
    return tuple(sorted(map(clean_value, found)))


def _one_number(found: Values) -> int | None:
    return number(found[0])


def _workstations(found: Values) -> tuple[str, ...]:
    """Return the names of `PC1,PC2`, sorted."""
    names = (name.strip() for name in clean_value(found[0]).split(","))
    return tuple(sorted(name for name in names if name))


def _mailbox(found: Values) -> str | None:
    """Return what Exchange calls the recipient; a number that is not known here as it is."""
    told = number(found[0])
    return None if told is None else _MAILBOXES.get(told, str(told))


# What few accounts have: attribute, field, and how it is written.
_RARE: Mapping[str, tuple[str, Callable[[Values], object]]] = {
    "serviceprincipalname": ("service_names", _all_texts),
    "msds-supportedencryptiontypes": ("encryption", _one_number),
    "msds-allowedtodelegateto": ("delegates_to", _all_texts),
    "msds-keycredentiallink": ("key_credentials", len),
    "sidhistory": ("sid_history", sids),
    "userworkstations": ("workstations", _workstations),
    "scriptpath": ("script", _one_text),
    "homedirectory": ("home", _one_text),
    "profilepath": ("profile", _one_text),
    "uidnumber": ("uid_number", _one_number),
    "gidnumber": ("gid_number", _one_number),
    "loginshell": ("shell", _one_text),
    "unixhomedirectory": ("unix_home", _one_text),
    "msexchrecipienttypedetails": ("mailbox", _mailbox),
}
_RARE_NAMES = frozenset(_RARE)

Told = DirectoryAccount | DirectorySignIn | DirectorySecret | Unreadable


@collector(
    "directory.accounts",
    asks=[USERS, MANAGED, CONTACTS],
    tells=[DirectoryAccount, DirectorySignIn, DirectorySecret],
    source="ldap",
)
def accounts(users: Entries, managed: Entries, contacts: Entries) -> Iterator[Told]:
    """Yield users, managed service accounts and contacts, their last use, and where secrets stand.

    What absence proves: every account has userAccountControl and pwdLastSet; where the first is
    not shown, a right is missing, and the state stays unknown. The same default entry of the
    security descriptor that shows them (both property sets, to Pre-Windows 2000 Compatible Access)
    shows lastLogonTimestamp: only beside it "no last use" is told as never used.
    """
    yield from _states(users)
    yield from _states(managed)
    for entry in contacts:
        yield _contact(entry)
        yield from secrets(entry)


def _states(found: Entries) -> Iterator[Told]:
    hidden = 0
    for entry in found:
        control = number(first(entry.values, "useraccountcontrol"))
        account = _account(entry, control)
        yield account
        yield from beside(account, entry, control, _TIMES)
        hidden += control is None
    yield from without_state(found, hidden, "accounts")


def _account(entry: Entry, control: int | None) -> DirectoryAccount:
    """Return a user or managed account; written plainly, as it runs for every one of thousands."""
    values = entry.values
    sid = first(values, "objectsid")
    computed = number(first(values, "msds-user-account-control-computed"))
    password = first(values, "pwdlastset")
    account = DirectoryAccount(
        at=entry.at(),
        id=entry_id(entry),
        dn=entry.dn,
        name=text(values, "samaccountname") or first_value(entry.dn),
        type=_type(values.get("objectclass")),
        sid=sid_text(sid),
        upn=text(values, "userprincipalname"),
        display_name=text(values, "displayname"),
        mails=addresses(values),
        description=text(values, "description") or "",
        company=text(values, "company") or "",
        title=text(values, "title") or "",
        is_enabled=None if control is None else not control & DISABLED,
        is_locked=None if computed is None else bool(computed & LOCKED_OUT),
        flags=() if control is None else account_flags(control),
        is_protected=first(values, "admincount") == b"1",
        created=generalized_time(first(values, "whencreated")),
        expires=filetime(first(values, "accountexpires")),
        password_changed=filetime(password),
        must_change=password == b"0",
        primary_group=number(first(values, "primarygroupid")),
        manager=text(values, "manager"),
    )
    if _RARE_NAMES.isdisjoint(values):
        return account
    rare = {
        field: decode(values[name]) for name, (field, decode) in _RARE.items() if name in values
    }
    return structs.replace(account, **rare)


def _contact(entry: Entry) -> DirectoryAccount:
    """Return somebody who cannot log on: an address that mail goes to."""
    values = entry.values
    return DirectoryAccount(
        at=entry.at(),
        id=entry_id(entry),
        dn=entry.dn,
        name=text(values, "cn") or first_value(entry.dn),
        type="contact",
        display_name=text(values, "displayname"),
        mails=addresses(values),
        description=text(values, "description") or "",
        company=text(values, "company") or "",
        title=text(values, "title") or "",
        created=generalized_time(first(values, "whencreated")),
        manager=text(values, "manager"),
        mailbox=_mailbox(values.get("msexchrecipienttypedetails", (b"",))),
    )


def _type(classes: Values | None) -> str:
    if not classes:
        return "user"
    return next((name for written, name in _MANAGED_TYPES if written in classes), "user")
