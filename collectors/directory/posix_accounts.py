"""Which accounts OpenLDAP, 389-ds or FreeIPA have, whether they are locked, and their last use.

Sources: RFC 2307 (posixAccount, shadowAccount), slapo-ppolicy(5) (pwd*), the 389 Directory Server
administration guide (nsAccountLock, lastLoginTime), the FreeIPA schema (krb*).
"""

from collections.abc import Iterator, Mapping

from collectors.directory_texts import secrets
from collectors.directory_values import (
    addresses,
    entry_id,
    first,
    first_value,
    generalized_time,
    is_copy,
    strange,
    text,
    truth,
)
from collectors.entries import Entries, Entry, Values, number
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import RIGHT
from inventory.model.directory_accounts import DirectoryAccount, DirectorySecret, DirectorySignIn
from inventory.model.evidence import Pointer, Why
from inventory.model.moment import Moment

# Operational attributes are asked by their names: a server leaves them out otherwise. Whoever keeps
# a directory has people in it: an answer without any was not shown what there is.
PEOPLE = LdapSearch(
    "people",
    "(|(objectClass=posixAccount)(objectClass=person)(objectClass=account)"
    "(objectClass=shadowAccount)(objectClass=simpleSecurityObject))",
    (
        "objectClass",
        "uid",
        "cn",
        "entryUUID",
        "nsUniqueId",
        "ipaUniqueID",
        "displayName",
        "mail",
        "description",
        "o",
        "title",
        "manager",
        "uidNumber",
        "gidNumber",
        "loginShell",
        "homeDirectory",
        "createTimestamp",
        "shadowLastChange",
        "shadowExpire",
        "pwdChangedTime",
        "pwdAccountLockedTime",
        "pwdReset",
        "nsAccountLock",
        "krbCanonicalName",
        "krbPrincipalName",
        "krbPrincipalExpiration",
        "krbLastPwdChange",
        "authTimestamp",
        "pwdLastSuccess",
        "lastLoginTime",
        "krbLastSuccessfulAuth",
    ),
    dialect="posix",
    empty="gap",
)

_FOR_EVER = b"000001010000Z"  # locked by an administrator, until one unlocks it
_TIMES = ("pwdchangedtime", "krbprincipalexpiration", "krblastpwdchange", "createtimestamp")
_DAYS = ("shadowexpire", "shadowlastchange")
_POSIX = (b"posixaccount", b"shadowaccount")
_USES = ("pwdlastsuccess", "authtimestamp", "lastlogintime", "krblastsuccessfulauth")
_WRITTEN = {"lastlogintime": "lastLoginTime", "pwdlastsuccess": "pwdLastSuccess"} | {
    "authtimestamp": "authTimestamp",
    "krblastsuccessfulauth": "krbLastSuccessfulAuth",
}

Told = DirectoryAccount | DirectorySignIn | DirectorySecret | Unreadable


@collector(
    "directory.posix_accounts",
    asks=[PEOPLE],
    tells=[DirectoryAccount, DirectorySignIn, DirectorySecret],
    source="ldap",
)
def posix_accounts(people: Entries) -> Iterator[Told]:
    """Yield accounts, their last use where the server keeps it, and where secrets stand in texts.

    What absence proves: no lock is told as none only where the entry shows another attribute that
    the same right covers (krbPrincipalName beside nsAccountLock in FreeIPA, pwdChangedTime beside
    pwdAccountLockedTime in OpenLDAP); elsewhere it stays unknown. Most servers keep no last use:
    an account without it may have been used today. Every posixAccount has a number (RFC 2307): one
    that does not show it may be root.
    """
    hidden = 0
    for entry in people:
        if is_copy(entry):
            continue
        account = _account(entry)
        hidden += not entry.has("uidNumber") and _is_of(entry, b"posixaccount")
        yield account
        if (use := _last_use(entry.values)) is not None:
            name, when = use
            yield DirectorySignIn(at=account.at, account=account.id, when=when, by=_WRITTEN[name])
        yield from secrets(entry, ("description",))
        for name in _strange(entry.values):
            yield Unreadable(entry.at(name), "its value cannot be read", entry.dn)
    if hidden:
        detail = f"{hidden} accounts do not show their number (uidNumber)"
        yield Unreadable(Pointer(people.ask), detail, why=Why.DENIED, cure=RIGHT)


def _is_of(entry: Entry, *classes: bytes) -> bool:
    """Return whether an entry is of one of these classes."""
    return any(name.lower() in classes for name in entry.raws("objectClass"))


def _strange(values: Mapping[str, Values]) -> tuple[str, ...]:
    """Return the attributes from which a lock, an end or a change cannot be told."""
    times = ((name, generalized_time(first(values, name))) for name in _TIMES)
    days = ((name, number(first(values, name))) for name in _DAYS)
    locks = (("nsaccountlock", truth(first(values, "nsaccountlock"))),)
    lock = first(values, "pwdaccountlockedtime")
    until = lock if lock == _FOR_EVER else generalized_time(lock)
    return strange(values, (), (*times, *days, *locks, ("pwdaccountlockedtime", until)))


def _account(entry: Entry) -> DirectoryAccount:
    values = entry.values
    return DirectoryAccount(
        at=entry.at(),
        id=entry_id(entry),
        dn=entry.dn,
        name=text(values, "uid") or text(values, "cn") or first_value(entry.dn),
        type="posix" if _is_of(entry, *_POSIX) else "user",
        upn=text(values, "krbcanonicalname") or text(values, "krbprincipalname"),
        display_name=text(values, "displayname") or text(values, "cn"),
        mails=addresses(values),
        description=text(values, "description") or "",
        company=text(values, "o") or "",
        title=text(values, "title") or "",
        is_enabled=_is_enabled(entry),
        is_locked=_is_locked(values),
        created=generalized_time(first(values, "createtimestamp")),
        expires=_expires(values),
        password_changed=_password_changed(values),
        must_change=_must_change(values),
        manager=text(values, "manager"),
        uid_number=number(first(values, "uidnumber")),
        gid_number=number(first(values, "gidnumber")),
        shell=text(values, "loginshell"),
        unix_home=text(values, "homedirectory"),
    )


def _is_enabled(entry: Entry) -> bool | None:
    """Return False when it is locked for ever, or staged or kept after its deletion (FreeIPA)."""
    values = entry.values
    if first(values, "pwdaccountlockedtime") == _FOR_EVER:
        return False
    if ",cn=provisioning," in entry.dn.lower():
        return False
    if "nsaccountlock" in values:
        locked = truth(values["nsaccountlock"][0])
        return None if locked is None else not locked
    is_shown = "krbprincipalname" in values or "pwdchangedtime" in values
    return True if is_shown else None


def _is_locked(values: Mapping[str, Values]) -> bool | None:
    """Return whether too many failures locked it.

    None also while a lock with a time stands there: the policy may have ended it since.
    """
    if "pwdaccountlockedtime" in values:
        return True if values["pwdaccountlockedtime"][0] == _FOR_EVER else None
    return False if "pwdchangedtime" in values else None


def _expires(values: Mapping[str, Values]) -> Moment | None:
    """Return the first end of Kerberos (krbPrincipalExpiration) and login (shadowExpire)."""
    ends = generalized_time(first(values, "krbprincipalexpiration")), _day(values, "shadowexpire")
    return min((end for end in ends if end is not None), default=None)


def _password_changed(values: Mapping[str, Values]) -> Moment | None:
    """Return what the server wrote, before what tools write (shadowLastChange)."""
    kept = generalized_time(first(values, "pwdchangedtime"))
    by_kerberos = generalized_time(first(values, "krblastpwdchange"))
    return kept or by_kerberos or _day(values, "shadowlastchange")


def _must_change(values: Mapping[str, Values]) -> bool:
    is_reset = truth(first(values, "pwdreset")) is True
    return is_reset or first(values, "shadowlastchange") == b"0"


def _day(values: Mapping[str, Values], name: str) -> Moment | None:
    """Return a day of shadow(5); 0, -1 and less mean that there is none; so do far ones."""
    day = number(first(values, name))
    return Moment.of_day(day) if day is not None and 0 < day < 2_932_897 else None


def _last_use(values: Mapping[str, Values]) -> tuple[str, Moment] | None:
    """Return the latest use that an attribute tells, with the attribute's name."""
    uses = ((name, generalized_time(first(values, name))) for name in _USES if name in values)
    told = [(when, name) for name, when in uses if when is not None]
    if not told:
        return None
    when, name = max(told)
    return name, when
