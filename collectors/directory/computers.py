"""Which computers Active Directory has, and when each was last used."""

from collections.abc import Iterator

from collectors.account_states import beside, without_state
from collectors.directory_values import (
    DISABLED,
    account_flags,
    entry_id,
    filetime,
    first,
    first_value,
    generalized_time,
    sid_text,
    sids,
    text,
    texts,
)
from collectors.entries import Entries, Entry, number
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_accounts import DirectoryComputer, DirectorySecret, DirectorySignIn

# The category, and not the class: managed service accounts are of a class below computer. Every
# domain has a controller: an answer without any was not shown what there is.
COMPUTERS = LdapSearch(
    "computers",
    "(objectCategory=computer)",
    (
        "objectGUID",
        "objectSid",
        "sAMAccountName",
        "dNSHostName",
        "operatingSystem",
        "operatingSystemVersion",
        "userAccountControl",
        "description",
        "info",
        "comment",
        "location",
        "whenCreated",
        "pwdLastSet",
        "lastLogonTimestamp",
        "primaryGroupID",
        "managedBy",
        "servicePrincipalName",
        "msDS-SupportedEncryptionTypes",
        "msDS-AllowedToDelegateTo",
        "msDS-KeyCredentialLink",
        "sIDHistory",
    ),
    dialect="ad",
    empty="gap",
)

_TIMES = ("pwdlastset", "lastlogontimestamp")

Told = DirectoryComputer | DirectorySignIn | DirectorySecret | Unreadable


@collector(
    "directory.computers",
    asks=[COMPUTERS],
    tells=[DirectoryComputer, DirectorySignIn, DirectorySecret],
    source="ldap",
)
def computers(found: Entries) -> Iterator[Told]:
    """Yield computers, their last use, and where secrets stand in their texts.

    What absence proves is as for accounts: every computer has userAccountControl; where it is not
    shown, a right is missing, and neither the state nor "never used" is told.
    """
    hidden = 0
    for entry in found:
        control = number(first(entry.values, "useraccountcontrol"))
        computer = _computer(entry, control)
        yield computer
        yield from beside(computer, entry, control, _TIMES)
        hidden += control is None
    yield from without_state(found, hidden, "computers")


def _computer(entry: Entry, control: int | None) -> DirectoryComputer:
    values = entry.values
    return DirectoryComputer(
        at=entry.at(),
        id=entry_id(entry),
        dn=entry.dn,
        name=text(values, "samaccountname") or first_value(entry.dn),
        sid=sid_text(first(values, "objectsid")),
        dns_name=text(values, "dnshostname"),
        os=text(values, "operatingsystem"),
        os_version=text(values, "operatingsystemversion"),
        is_enabled=None if control is None else not control & DISABLED,
        flags=() if control is None else account_flags(control),
        description=text(values, "description") or "",
        location=text(values, "location") or "",
        created=generalized_time(first(values, "whencreated")),
        password_changed=filetime(first(values, "pwdlastset")),
        primary_group=number(first(values, "primarygroupid")),
        managed_by=text(values, "managedby"),
        service_names=texts(values, "serviceprincipalname"),
        encryption=number(first(values, "msds-supportedencryptiontypes")),
        delegates_to=texts(values, "msds-allowedtodelegateto"),
        key_credentials=len(values.get("msds-keycredentiallink", ())),
        sid_history=sids(values.get("sidhistory", ())),
    )
