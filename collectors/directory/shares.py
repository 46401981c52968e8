r"""Which shared folders and DFS roots are published ([MS-DFSNM], [MS-DFSC]).

A volume names one share. A DFS root of the first kind (fTDfs) lists its servers in remoteServerName
as `\\fs01\public`, or `*` for the entry's own; one of the second kind (msDFS-Namespacev2) and its
links (msDFS-Linkv2) hold their targets as XML in UTF-16 (msDFS-TargetListv2):

    <targets ...><target priorityRank="0" ... state="online">\\fs01\public</target></targets>
"""

import re
from collections.abc import Iterator

from collectors.clean import clean_text
from collectors.directory_values import first_value
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import unshown
from inventory.model.directory_services import PublishedShare

VOLUMES = LdapSearch(
    "volumes", "(objectCategory=volume)", ("cn", "uNCName"), dialect="ad", no_base="gap"
)
DFS = LdapSearch(
    "dfs",
    "(|(objectClass=fTDfs)(objectClass=msDFS-Namespacev2)(objectClass=msDFS-Linkv2))",
    ("cn", "objectClass", "remoteServerName", "msDFS-TargetListv2", "msDFS-LinkPathv2"),
    base="CN=Dfs-Configuration,CN=System,{domain}",
    dialect="ad",
    no_base="gap",
)

_TARGET = re.compile(r"<target\b[^<>]{0,500}>\s{0,9}(\\\\[^<>]{1,1000}?)\s{0,9}</target>")
_MOST_LIST = 256 * 1024  # bytes of one list of targets
Told = PublishedShare | Unreadable


@collector("directory.shares", asks=[VOLUMES, DFS], tells=[PublishedShare], source="ldap")
def shares(volumes: Entries, dfs: Entries) -> Iterator[Told]:
    """Yield shared folders, DFS roots and DFS links with the servers behind them."""
    for entry in volumes:
        if not entry.has("uNCName"):
            yield unshown(entry, "the server of a share is", "uNCName")
        yield PublishedShare(
            at=entry.at("uNCName"),
            dn=entry.dn,
            name=entry.text("cn") or first_value(entry.dn),
            type="share",
            targets=entry.texts("uNCName"),
        )
    for entry in dfs:
        yield _old_root(entry) if entry.has("remoteServerName") else _of_list(entry)


def _old_root(entry: Entry) -> PublishedShare:
    targets = tuple(one for one in entry.texts("remoteServerName") if one.startswith("\\\\"))
    return PublishedShare(
        at=entry.at("remoteServerName"),
        dn=entry.dn,
        name=entry.text("cn") or first_value(entry.dn),
        type="DFS root",
        targets=targets,
    )


def _of_list(entry: Entry) -> Told:
    at, raw = entry.at("msDFS-TargetListv2"), entry.raw("msDFS-TargetListv2")
    if raw is None:
        return unshown(entry, "the servers of a DFS root or link are", "msDFS-TargetListv2")
    text = raw[:_MOST_LIST].decode("utf-16", "replace")
    targets = tuple(sorted({_plain(match[1]) for match in _TARGET.finditer(text)}))
    if not targets or len(raw) > _MOST_LIST:
        return Unreadable(at, "a list of DFS servers that cannot be read", entry.dn)
    is_link = b"msdfs-linkv2" in {one.lower() for one in entry.raws("objectClass")}
    return PublishedShare(
        at=at,
        dn=entry.dn,
        name=entry.text("msDFS-LinkPathv2") or entry.text("cn") or first_value(entry.dn),
        type="DFS link" if is_link else "DFS root",
        targets=targets,
    )


def _plain(text: str) -> str:
    """Return the text of an XML element as people read it."""
    for name, sign in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", '"'),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ):
        text = text.replace(name, sign)
    return clean_text(text)
