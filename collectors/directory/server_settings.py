"""What a directory server's own configuration says: who may do all, and which servers follow it.

Sources: slapd-config(5), slapd.access(5), slapd-monitor(5), the 389 Directory Server configuration
reference, the FreeIPA tree.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory import DirectorySetting

CONFIG = LdapSearch(
    "config",
    "(|(objectClass=olcDatabaseConfig)(objectClass=olcGlobal)(objectClass=nsslapdConfig)"
    "(objectClass=nsDS5ReplicationAgreement))",
    (
        "olcRootDN",
        "olcAccess",
        "olcUpdateRef",
        "olcMultiProvider",
        "olcMirrorMode",
        "olcDisallows",
        "olcRequires",
        "olcSecurity",
        "olcReadOnly",
        "nsslapd-rootdn",
        "nsslapd-allow-anonymous-access",
        "nsslapd-require-secure-binds",
        "nsDS5ReplicaHost",
        "nsDS5ReplicaPort",
        "nsDS5ReplicaBindDN",
    ),
    base="{config}",
    dialect="posix",
    needs="the server's configuration",
    empty="gap",
    no_base="gap",
)
MONITOR = LdapSearch(
    "monitor",
    "(monitorUpdateRef=*)",
    ("monitorUpdateRef",),
    base="cn=Databases,cn=Monitor",
    dialect="posix",
    needs="the server's monitor",
    no_base="gap",
)
SUFFIX = LdapSearch(
    "suffix", "(contextCSN=*)", ("contextCSN",), scope="base", dialect="posix", empty="none"
)
MASTERS = LdapSearch(
    "masters",
    "(objectClass=nsContainer)",
    ("cn",),
    base="cn=masters,cn=ipa,cn=etc,{domain}",
    scope="one",
    dialect="posix",
    no_base="none",
)

_PLAIN = {
    "olcRootDN": "root dn",
    "nsslapd-rootdn": "root dn",
    "olcUpdateRef": "replica of",
    "olcMultiProvider": "multi-provider",
    "olcMirrorMode": "multi-provider",
    "olcDisallows": "disallows",
    "olcRequires": "requires",
    "olcSecurity": "security",
    "olcReadOnly": "read only",
    "nsslapd-allow-anonymous-access": "anonymous access",
    "nsslapd-require-secure-binds": "requires secure binds",
    "nsDS5ReplicaBindDN": "replication account",
}
_CHANGE_ID = re.compile(r"[0-9.]{14,30}Z#[0-9a-f]{6}#([0-9a-f]{3})#[0-9a-f]{6}")
_WORD = re.compile(r"(?:\"[^\"]*\"|[^\s\"])+")
_WRITING = frozenset(("add", "delete", "write", "manage"))
_LEVELS = _WRITING | {"none", "disclose", "auth", "compare", "search", "read"}
_ANYBODY = frozenset(("*", "anonymous"))


class Grant(Struct, frozen=True):
    """One `by` of an access rule: whom it lets do what."""

    what: str  # "*", "attrs=userPassword"
    who: str
    level: str

    @property
    def writes(self) -> bool:
        """Return whether it lets change something: a level, or privileges such as `=wrscxd`."""
        return self.level in _WRITING or (
            self.level[:1] in ("=", "+") and not _PRIVILEGES.isdisjoint(self.level)
        )


_PRIVILEGES = frozenset("wazm")  # slapd.access(5): write, add, delete, manage


@collector(
    "directory.server_settings",
    asks=[CONFIG, MONITOR, SUFFIX, MASTERS],
    tells=[DirectorySetting],
    source="ldap",
)
def server_settings(
    config: Entries, monitor: Entries, suffix: Entries, masters: Entries
) -> Iterator[DirectorySetting | Unreadable]:
    """Yield who holds the root DN, who may write without limits, and where replicas are.

    Few accounts may read the configuration; without it neither of these is known.
    """
    for entry in config:
        yield from _plain(entry)
        yield from _agreement(entry)
        yield from _access(entry)
    for entry in monitor:
        for value in entry.texts("monitorUpdateRef"):
            yield _setting(entry, "replica of", value, "monitorUpdateRef")
    for entry in suffix:
        if ids := _server_ids(entry):
            yield _setting(entry, "ids of writing servers", ", ".join(ids), "contextCSN")
    for entry in masters:
        if name := entry.text("cn"):
            yield _setting(entry, "FreeIPA server", name, "cn")


def _setting(entry: Entry, name: str, value: str, attribute: str) -> DirectorySetting:
    return DirectorySetting(at=entry.at(attribute), object=entry.dn, name=name, value=value)


def _plain(entry: Entry) -> Iterator[DirectorySetting]:
    for attribute, name in _PLAIN.items():
        values = tuple(value for value in entry.texts(attribute) if value.upper() != "FALSE")
        if values:
            yield _setting(entry, name, ", ".join(values), attribute)


def _agreement(entry: Entry) -> Iterator[DirectorySetting]:
    if host := entry.text("nsDS5ReplicaHost"):
        port = entry.text("nsDS5ReplicaPort")
        value = f"{host}:{port}" if port else host
        yield _setting(entry, "replicates to", value, "nsDS5ReplicaHost")


def _server_ids(entry: Entry) -> list[str]:
    """Return the servers that wrote: `20260101000000.000000Z#000000#001#000000` names 001."""
    found = (_CHANGE_ID.fullmatch(value) for value in entry.texts("contextCSN"))
    return sorted({match.group(1) for match in found if match})


def _access(entry: Entry) -> Iterator[DirectorySetting | Unreadable]:
    """Yield what lets anybody write, and who may write to everything."""
    for value in entry.texts("olcAccess"):
        index, rule = _index(value)
        grants = _grants(rule)
        if not grants:
            yield Unreadable(entry.at("olcAccess"), f"access rule {index} cannot be read", entry.dn)
        for number, grant in enumerate(grants):
            told = f"to {grant.what} by {grant.who} {grant.level}"
            if grant.writes and grant.who in _ANYBODY:
                yield _setting(entry, f"anybody may write {index}.{number}", told, "olcAccess")
            elif grant.writes and grant.what == "*" and grant.who != "self":
                yield _setting(entry, f"may write all {index}.{number}", told, "olcAccess")


def _index(value: str) -> tuple[str, str]:
    """Return `0` and the rule of `{0}to * by * read`."""
    match = re.match(r"\{([0-9]{1,4})\}", value)
    return (match.group(1), value[match.end() :]) if match else ("0", value)


def _grants(rule: str) -> tuple[Grant, ...]:
    """Return the grants of `to <what> by <who> <level> by ...` (slapd.access(5))."""
    words = _WORD.findall(rule)
    if not words or words[0] != "to" or "by" not in words or rule.count('"') % 2:
        return ()
    first = words.index("by")
    what = " ".join(words[1:first])
    return tuple(_grant(what, clause) for clause in _clauses(words[first:]))


def _clauses(words: list[str]) -> Iterator[list[str]]:
    """Yield the words after each `by`."""
    clause: list[str] = []
    for word in (*words[1:], "by"):
        if word != "by":
            clause.append(word)
        elif clause:
            yield clause
            clause = []


def _grant(what: str, clause: list[str]) -> Grant:
    """Return a grant; a clause without a level gives what the rule's default is: none."""
    at = next((n for n, word in enumerate(clause) if n and _is_level(word)), len(clause))
    level = clause[at] if at < len(clause) else "none"
    return Grant(what, " ".join(clause[:at]), level)


def _is_level(word: str) -> bool:
    return word.removeprefix("self") in _LEVELS or word[:1] in ("=", "+", "-")
