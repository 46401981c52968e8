"""Which rules of FreeIPA let whom log in where (host-based access control, HBAC)."""

from collections.abc import Iterator

from collectors.directory_values import entry_id, first_value, truth
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_rights import HostAccessRule

RULES = LdapSearch(
    "rules",
    "(objectClass=ipaHBACRule)",
    (
        "ipaUniqueID",
        "cn",
        "accessRuleType",
        "ipaEnabledFlag",
        "userCategory",
        "memberUser",
        "hostCategory",
        "memberHost",
        "externalHost",
        "serviceCategory",
        "memberService",
    ),
    dialect="posix",
)


@collector("directory.host_access", asks=[RULES], tells=[HostAccessRule], source="ldap")
def host_access(found: Entries) -> Iterator[HostAccessRule | Unreadable]:
    """Yield the rules that allow; FreeIPA has ignored rules that deny since version 3."""
    for entry in found:
        if (entry.text("accessRuleType") or "").lower() != "deny":
            yield HostAccessRule(
                at=entry.at(),
                id=entry_id(entry),
                name=entry.text("cn") or first_value(entry.dn),
                users=_whom(entry, "userCategory", "memberUser"),
                hosts=_whom(entry, "hostCategory", "memberHost", "externalHost"),
                services=_whom(entry, "serviceCategory", "memberService"),
                is_enabled=truth(entry.raw("ipaEnabledFlag")) is not False,
            )


def _whom(entry: Entry, category: str, *names: str) -> tuple[str, ...]:
    if (entry.text(category) or "").lower() == "all":
        return ("all",)
    return tuple(sorted(one for name in names for one in entry.texts(name)))
