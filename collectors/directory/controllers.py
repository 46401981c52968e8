"""Which domain controllers there are: their accounts, and their places in the sites.

Accounts by primary group (516, 521: [MS-ADTS] 6.1.1.6); servers and their settings below CN=Sites
([MS-ADTS] 6.1.1.2.2.1.2). A server without NTDS settings is no controller, or no longer one.
"""

from collections.abc import Iterator

from collectors.directory_values import first_value, guid_text, parent_dn
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import odd_numbers, tells_unset, unshown
from inventory.model.directory import DomainController

ACCOUNTS = LdapSearch(
    "accounts",
    "(&(objectCategory=computer)(|(primaryGroupID=516)(primaryGroupID=521)))",
    (
        *("objectGUID", "instanceType", "sAMAccountName", "dNSHostName", "primaryGroupID"),
        *("msDS-RevealOnDemandGroup", "msDS-NeverRevealGroup"),
    ),
    dialect="ad",
    empty="gap",
    no_base="gap",
)
SERVERS = LdapSearch(
    "servers",
    "(objectCategory=server)",
    ("dNSHostName", "serverReference"),
    base="CN=Sites,{configuration}",
    dialect="ad",
    empty="gap",
    no_base="gap",
)
SETTINGS = LdapSearch(
    "settings",
    "(|(objectCategory=nTDSDSA)(objectCategory=nTDSDSARO))",
    ("options",),
    base="CN=Sites,{configuration}",
    dialect="ad",
    empty="gap",
    no_base="gap",
)

_READ_ONLY = 521
_GLOBAL_CATALOG = 0x1  # NTDSDSA_OPT_IS_GC ([MS-ADTS] 6.1.1.2.2.1.2.1.1)


@collector(
    "directory.controllers",
    asks=[ACCOUNTS, SERVERS, SETTINGS],
    tells=[DomainController],
    source="ldap",
)
def controllers(
    accounts: Entries, servers: Entries, settings: Entries
) -> Iterator[DomainController | Unreadable]:
    """Yield the controllers of this domain, and those of others that only the sites name."""
    of_domain = {entry.dn.lower(): entry for entry in accounts}
    of_sites = {entry.dn.lower(): entry for entry in servers}
    options = {parent_dn(entry.dn).lower(): entry.number("options") for entry in settings}
    seen: set[str] = set()
    for dn in sorted(options.keys() & of_sites.keys()):
        server = of_sites[dn]
        reference = (server.text("serverReference") or "").lower()
        seen.add(reference)
        is_catalog = bool((options[dn] or 0) & _GLOBAL_CATALOG)
        yield _controller(of_domain.get(reference), server, is_catalog)
    for dn, account in of_domain.items():
        yield from odd_numbers(account, "primaryGroupID")
        if guid_text(account.raw("objectGUID")) is None or not tells_unset(account):
            yield unshown(account, "a controller's account is", "objectGUID")
        if dn not in seen:
            yield _controller(account, None, None)


def _controller(
    account: Entry | None, server: Entry | None, is_catalog: bool | None
) -> DomainController:
    told = account or server
    assert told is not None  # noqa: S101  (each caller has one of them)
    return DomainController(
        at=told.at(),
        name=_name(account, server) or first_value(told.dn),
        computer=guid_text(account.raw("objectGUID")) if account else None,
        site=_site(server) if server else None,
        domain=_domain(account, server),
        is_read_only=account is not None and account.number("primaryGroupID") == _READ_ONLY,
        is_global_catalog=is_catalog,
        reveals=account.texts("msDS-RevealOnDemandGroup") if account else (),
        never_reveals=account.texts("msDS-NeverRevealGroup") if account else (),
    )


def _name(account: Entry | None, server: Entry | None) -> str | None:
    for told in (account, server):
        if told is not None and (name := told.text("dNSHostName")):
            return name.lower()
    return account.text("sAMAccountName") if account else None


def _site(server: Entry) -> str:
    """Return the site of `CN=DC1,CN=Servers,CN=Site,CN=Sites,...`."""
    return first_value(parent_dn(parent_dn(server.dn)))


def _domain(account: Entry | None, server: Entry | None) -> str | None:
    """Return the DN of the domain in which the computer's account lies."""
    dn = account.dn if account else (server.text("serverReference") if server else None)
    if not dn:
        return None
    at = dn.upper().find(",DC=")
    return dn[at + 1 :] if at >= 0 else None
