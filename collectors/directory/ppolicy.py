"""Which password policies OpenLDAP, 389-ds or FreeIPA keep.

Sources: slapo-ppolicy(5) (pwdPolicy), the MIT Kerberos schema (krbPwdPolicy), the 389 Directory
Server configuration reference (passwordPolicy).
"""

from collections.abc import Iterator

from collectors.directory_values import DAY_S, first_value, parent_dn, strange, truth
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory import DirectoryPasswordPolicy
from inventory.model.evidence import Why

# FreeIPA shows policies to few, and so may any other: an empty answer proves nothing.
POLICIES = LdapSearch(
    "policies",
    "(|(objectClass=pwdPolicy)(objectClass=krbPwdPolicy)"
    "(&(objectClass=ldapSubEntry)(objectClass=passwordPolicy)))",
    (
        "objectClass",
        "cn",
        "pwdAttribute",
        "pwdMinLength",
        "pwdInHistory",
        "pwdMaxAge",
        "pwdLockout",
        "pwdMaxFailure",
        "pwdLockoutDuration",
        "krbPwdMinLength",
        "krbPwdHistoryLength",
        "krbPwdMinDiffChars",
        "krbMaxPwdLife",
        "krbPwdMaxFailure",
        "krbPwdLockoutDuration",
        "passwordMinLength",
        "passwordInHistory",
        "passwordCheckSyntax",
        "passwordExp",
        "passwordMaxAge",
        "passwordLockout",
        "passwordMaxFailure",
        "passwordLockoutDuration",
    ),
    dialect="posix",
    needs="the password policies",
    empty="gap",
)

_NUMBERS = tuple(
    name.lower()
    for name in POLICIES.attributes
    if name.endswith(("Length", "History", "Age", "Failure", "Duration", "Life", "Chars"))
)
_GLOBAL = "global_policy"
_CLASSES = 3  # of characters in one password: what Active Directory calls complex


@collector("directory.ppolicy", asks=[POLICIES], tells=[DirectoryPasswordPolicy], source="ldap")
def ppolicy(found: Entries) -> Iterator[DirectoryPasswordPolicy | Unreadable]:
    """Yield password policies; what one does not state is None, or what the server then takes."""
    for entry in found:
        classes = {name.lower() for name in entry.raws("objectClass")}
        if b"krbpwdpolicy" in classes:
            yield _of_kerberos(entry)
        elif b"pwdpolicy" in classes:
            yield _of_openldap(entry)
        else:
            yield _of_389(entry)
        yield from _unknown(entry)


def _unknown(entry: Entry) -> Iterator[Unreadable]:
    """Yield what is no number, and that a policy does not show what it demands."""
    for name in strange(entry.values, _NUMBERS):
        yield Unreadable(entry.at(name), "its value cannot be read", entry.dn)
    if entry.values.keys() <= {"objectclass", "cn"}:
        detail = "it does not show what it demands"
        yield Unreadable(entry.at(), detail, entry.dn, Why.DENIED, "directory right")


def _of_openldap(entry: Entry) -> DirectoryPasswordPolicy:
    """Return a pwdPolicy; every one has pwdAttribute, so beside it pwdLockout absent is FALSE."""
    lockout = truth(entry.raw("pwdLockout"))
    if lockout is None and entry.has("pwdAttribute"):
        lockout = False
    return DirectoryPasswordPolicy(
        at=entry.at(),
        dn=entry.dn,
        name=_name(entry),
        type="ppolicy",
        least_length=entry.number("pwdMinLength"),
        history=entry.number("pwdInHistory"),
        most_days=_days(entry.number("pwdMaxAge")),
        lockout_after=entry.number("pwdMaxFailure") if lockout else _never(lockout),
        lockout_min=_minutes(entry.number("pwdLockoutDuration")),
    )


def _of_kerberos(entry: Entry) -> DirectoryPasswordPolicy:
    """Return a policy of FreeIPA: the global one, or that of the group of the same name."""
    classes = entry.number("krbPwdMinDiffChars")
    return DirectoryPasswordPolicy(
        at=entry.at(),
        dn=entry.dn,
        name=_name(entry),
        type="kerberos",
        least_length=entry.number("krbPwdMinLength"),
        history=entry.number("krbPwdHistoryLength"),
        is_complex=None if classes is None else classes >= _CLASSES,
        most_days=_days(entry.number("krbMaxPwdLife")),
        lockout_after=entry.number("krbPwdMaxFailure"),
        lockout_min=_minutes(entry.number("krbPwdLockoutDuration")),
        applies_to=_group(entry),
    )


def _group(entry: Entry) -> tuple[str, ...]:
    """Return the group: `cn=admins,cn=REALM,cn=kerberos,<suffix>` is for the group admins."""
    name, realm = _name(entry), parent_dn(entry.dn)
    if name == _GLOBAL or not parent_dn(realm).lower().startswith("cn=kerberos,"):
        return ()
    return (f"cn={name},cn=groups,cn=accounts,{parent_dn(parent_dn(realm))}",)


def _of_389(entry: Entry) -> DirectoryPasswordPolicy:
    """Return a policy of a subtree or user; 389-ds writes `on` and `off`."""
    lockout, syntax = _is_on(entry, "passwordLockout"), _is_on(entry, "passwordCheckSyntax")
    expires = _is_on(entry, "passwordExp") is not False
    return DirectoryPasswordPolicy(
        at=entry.at(),
        dn=entry.dn,
        name=_name(entry),
        type="389-ds",
        least_length=entry.number("passwordMinLength") if syntax else None,
        history=entry.number("passwordInHistory"),
        is_complex=syntax,
        most_days=_days(entry.number("passwordMaxAge")) if expires else None,
        lockout_after=entry.number("passwordMaxFailure") if lockout else _never(lockout),
        lockout_min=_minutes(entry.number("passwordLockoutDuration")),
    )


def _name(entry: Entry) -> str:
    return entry.text("cn") or first_value(entry.dn)


def _is_on(entry: Entry, name: str) -> bool | None:
    return {"on": True, "off": False}.get((entry.text(name) or "").lower())


def _never(lockout: bool | None) -> int | None:
    """Return 0 failures where nobody is locked out; None: it is not stated."""
    return None if lockout is None else 0


def _days(seconds: int | None) -> int | None:
    """Return whole days; 0 seconds mean that a password never has to be changed."""
    return -(-seconds // DAY_S) if seconds else None


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else -(-seconds // 60)
