"""When members of privileged groups were added and removed, as replication remembers it.

Source: [MS-ADTS] 3.1.1.3.4 and [MS-DRSR] (DS_REPL_VALUE_META_DATA), which a server writes as XML:
one value for each member, those that were removed lately included.
"""

import re
from collections.abc import Iterator

from collectors.clean import clean_text
from collectors.directory_values import entry_id, generalized_time
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_accounts import MembershipChange
from inventory.model.evidence import Pointer, Why
from inventory.model.moment import Moment

# adminCount marks what AdminSDHolder protects; the others give as much and are not marked.
CHANGES = LdapSearch(
    "changes",
    "(&(objectCategory=group)(|(adminCount=1)(sAMAccountName=DnsAdmins)"
    "(sAMAccountName=Group Policy Creator Owners)(sAMAccountName=Cert Publishers)"
    "(sAMAccountName=Key Admins)(sAMAccountName=Enterprise Key Admins)"
    "(sAMAccountName=Organization Management)(sAMAccountName=Exchange Trusted Subsystem)"
    "(sAMAccountName=Exchange Windows Permissions)))",
    ("objectGUID", "msDS-ReplValueMetaData"),
    dialect="ad",
    empty="gap",
)

ATTRIBUTE = "msDS-ReplValueMetaData"
MOST_BYTES = 16_384  # of one value: a DN and a few numbers
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # not allowed in XML; servers end it with NUL
_SIGNS = re.compile(r"[-:T]")
_NEVER = "1601-"


@collector("directory.membership_changes", asks=[CHANGES], tells=[MembershipChange], source="ldap")
def membership_changes(found: Entries) -> Iterator[MembershipChange | Unreadable]:
    """Yield the last addition or removal of each member of privileged groups.

    A group that never had a member has no such values. Where no group at all shows any, the
    server does not tell them to this account, or does not keep them.
    """
    seen = told = 0
    for entry in found:
        seen, told = seen + 1, told + entry.has(ATTRIBUTE)
        yield from _changes(entry)
    if seen and not told:
        detail = "no privileged group shows when its members changed"
        yield Unreadable(Pointer(found.ask), detail, why=Why.DENIED, cure="directory right")


def _changes(entry: Entry) -> Iterator[MembershipChange | Unreadable]:
    unreadable = 0
    for raw in entry.raws(ATTRIBUTE):
        fields = _fields(raw)
        if fields is None:
            unreadable += 1
        elif fields.get("pszAttributeName", "").lower() == "member":
            change = _change(entry, fields)
            unreadable += change is None
            if change is not None:
                yield change
    if unreadable:
        detail = f"{unreadable} changes cannot be read"
        yield Unreadable(entry.at(ATTRIBUTE), detail, entry.dn)


def _fields(raw: bytes) -> dict[str, str] | None:
    """Return the elements of one value by name; None: it is no such XML, or far too long.

    Servers write the ampersand of a DN as it is, which XML does not allow.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if len(raw) > MOST_BYTES:
        return None
    text = _UNSAFE.sub("", raw.decode("utf-8", "replace"))
    try:
        root = fromstring(_AMPERSAND.sub("&amp;", text))
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return {str(child.tag): clean_text(child.text or "") for child in root}


def _change(entry: Entry, fields: dict[str, str]) -> MembershipChange | None:
    member, deleted = fields.get("pszObjectDn", ""), fields.get("ftimeDeleted", _NEVER)
    is_removed = not deleted.startswith(_NEVER)
    when = _time(deleted if is_removed else fields.get("ftimeLastOriginatingChange", ""))
    if not member or when is None:
        return None
    return MembershipChange(
        at=entry.at(ATTRIBUTE),
        group=entry_id(entry),
        dn=entry.dn,
        member=member,
        is_removed=is_removed,
        when=when,
    )


def _time(text: str) -> Moment | None:
    """Return the moment of `2026-11-23T18:16:14Z`; None: it is none, or 1601, which means never."""
    if text.startswith(_NEVER):
        return None
    return generalized_time(_SIGNS.sub("", text[:40]).encode())
