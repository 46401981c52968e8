"""Which rules passwords must meet: the domain's ([MS-ADTS] 3.1.1.5.2.1), and fine-grained ones.

Fine-grained policies (msDS-PasswordSettings, [MS-ADTS] 6.1.1.4.11.1) are hidden from ordinary
users, and nothing says that they are: only who is shown their container whole can tell that there
is none.
"""

from collections.abc import Iterator

from collectors.directory_values import DAY_S, duration_s, truth
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import RIGHT, odd_numbers, tells_unset, unshown
from inventory.model.directory import DirectoryPasswordPolicy
from inventory.model.evidence import Pointer, Why

DOMAIN = LdapSearch(
    "domain",
    "(objectClass=*)",
    (
        *("minPwdLength", "pwdHistoryLength", "pwdProperties", "maxPwdAge"),
        *("lockoutThreshold", "lockoutDuration"),
    ),
    scope="base",
    dialect="ad",
    empty="gap",
    no_base="gap",
)
CONTAINER = LdapSearch(
    "container",
    "(objectClass=*)",
    ("instanceType",),
    base="CN=Password Settings Container,CN=System,{domain}",
    scope="base",
    needs="the fine-grained password policies",
    dialect="ad",
    empty="gap",
    no_base="gap",
    descriptors=True,
)
FINE = LdapSearch(
    "fine",
    "(objectClass=*)",
    (
        *("cn", "msDS-PasswordSettingsPrecedence", "msDS-MinimumPasswordLength"),
        *("msDS-PasswordHistoryLength", "msDS-PasswordComplexityEnabled"),
        *("msDS-PasswordReversibleEncryptionEnabled", "msDS-MaximumPasswordAge"),
        *("msDS-LockoutThreshold", "msDS-LockoutDuration", "msDS-PSOAppliesTo"),
    ),
    base="CN=Password Settings Container,CN=System,{domain}",
    scope="one",
    needs="the fine-grained password policies",
    dialect="ad",
    no_base="gap",
)

_COMPLEX, _REVERSIBLE = 0x1, 0x10  # pwdProperties ([MS-ADTS] 3.1.1.4.4, DOMAIN_PASSWORD_*)
_NUMBERS = (
    *("msDS-PasswordSettingsPrecedence", "msDS-MinimumPasswordLength"),
    *("msDS-PasswordHistoryLength", "msDS-MaximumPasswordAge", "msDS-LockoutThreshold"),
    "msDS-LockoutDuration",
)
Told = DirectoryPasswordPolicy | Unreadable


@collector(
    "directory.domain_password_policies",
    asks=[DOMAIN, CONTAINER, FINE],
    tells=[DirectoryPasswordPolicy],
    source="ldap",
)
def domain_password_policies(domain: Entries, container: Entries, fine: Entries) -> Iterator[Told]:
    """Yield the domain's policy and the fine-grained ones; where those may be hidden, a gap."""
    for entry in domain:
        shown = entry.has("minPwdLength")
        yield _of_domain(entry) if shown else unshown(entry, "the domain's policy is")
        yield from odd_numbers(entry, *DOMAIN.attributes)
    whole = {entry.dn: _is_shown_whole(entry) for entry in container}
    for entry in fine:
        shown = entry.has("msDS-PasswordSettingsPrecedence")
        yield _of_fine(entry) if shown else unshown(entry, "a fine-grained policy is")
        yield from odd_numbers(entry, *_NUMBERS)
    for dn, proved in whole.items():
        if not (proved or (proved is not None and fine.seen)):
            at = Pointer(fine.ask, dn)
            yield Unreadable(at, "fine-grained policies may be hidden", "", Why.DENIED, RIGHT)


def _is_shown_whole(container: Entry) -> bool | None:
    """Return whether what is in it may be listed; False: may, if anything is listed; None: no.

    A right to read all comes with the right to list, and with that to see who has rights. A right
    to read attributes alone shows less: then only what is listed proves that it may be listed.
    """
    if not tells_unset(container):
        return None
    return container.has("nTSecurityDescriptor")


def _of_domain(entry: Entry) -> DirectoryPasswordPolicy:
    properties = entry.number("pwdProperties")
    return DirectoryPasswordPolicy(
        at=entry.at("minPwdLength"),
        dn=entry.dn,
        name="domain",
        type="domain",
        least_length=entry.number("minPwdLength"),
        history=entry.number("pwdHistoryLength"),
        is_complex=None if properties is None else bool(properties & _COMPLEX),
        is_reversible=None if properties is None else bool(properties & _REVERSIBLE),
        most_days=_days(entry.raw("maxPwdAge")),
        lockout_after=entry.number("lockoutThreshold"),
        lockout_min=_minutes(entry.raw("lockoutDuration")),
    )


def _of_fine(entry: Entry) -> DirectoryPasswordPolicy:
    return DirectoryPasswordPolicy(
        at=entry.at("msDS-PasswordSettingsPrecedence"),
        dn=entry.dn,
        name=entry.text("cn") or entry.dn,
        type="fine-grained",
        precedence=entry.number("msDS-PasswordSettingsPrecedence"),
        least_length=entry.number("msDS-MinimumPasswordLength"),
        history=entry.number("msDS-PasswordHistoryLength"),
        is_complex=truth(entry.raw("msDS-PasswordComplexityEnabled")),
        is_reversible=truth(entry.raw("msDS-PasswordReversibleEncryptionEnabled")),
        most_days=_days(entry.raw("msDS-MaximumPasswordAge")),
        lockout_after=entry.number("msDS-LockoutThreshold"),
        lockout_min=_minutes(entry.raw("msDS-LockoutDuration")),
        applies_to=entry.texts("msDS-PSOAppliesTo"),
    )


def _days(raw: bytes | None) -> int | None:
    """Return whole days; None: without an end, which 0 means as well."""
    seconds = duration_s(raw)
    return seconds // DAY_S if seconds else None


def _minutes(raw: bytes | None) -> int | None:
    """Return whole minutes; None: until an administrator unlocks."""
    seconds = duration_s(raw)
    return seconds // 60 if seconds else None
