"""What the audit's account needs in a directory: for almost all of it nothing but to be a user.

For each search that needs more: the least right, how to grant it and take it back, word by word,
and what it unlocks. None of these rights is needed for the rest.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, structs

from agent.audit.plan import ORDINARY
from agent.audit.right_ways import FALLBACK, IF_HARDENED, WAYS, Way
from agent.audit.sources import Planned
from agent.engagement.model import LdapSource
from collectors.registry import of_source
from collectors.runner import ask_name
from collectors.spec import Collector, LdapSearch
from inventory.errors import ConfigError

ACCOUNT, DOMAIN = "handover-audit", "corp.example"
_SAFE = re.compile(r"[\w .,=@\\+-]{1,1024}")  # the same in cmd, PowerShell, LDIF, slapd.access(5)


class Names(Struct, frozen=True):
    """What stands in the commands: names of the source, samples where it does not say them."""

    account: str  # UPN, DOMAIN\user or DN
    dn: str  # of the account
    domain: str  # DN
    samples: tuple[str, ...]  # which of these are samples, or guessed from another


class Grant(Struct, frozen=True):
    """One right that some searches need: what it unlocks, how it is granted and taken back."""

    right: str
    directory: str  # whose commands these are: "Active Directory", "OpenLDAP"
    hidden: str  # why an ordinary user does not see it
    unlocks: tuple[str, ...]  # what the collectors tell
    searches: tuple[str, ...]  # names of asks
    grant: tuple[str, ...]
    take_back: tuple[str, ...]
    source: str  # where it is documented


class DirectoryRights(Struct, frozen=True):
    """What the account of one directory needs."""

    source: str  # empty: the engagement names no directory, all names are samples
    directory: str
    login: str
    names: Names
    searches: int
    ordinary: int  # of them, for which a plain user is enough
    grants: tuple[Grant, ...]
    if_hardened: tuple[Grant, ...]  # where ordinary users were cut off from what they read


class _Need(Struct, frozen=True):
    """One search that needs more than to be a user."""

    collector: Collector
    ask: LdapSearch


def rights_of(targets: Iterable[Planned]) -> tuple[DirectoryRights, ...]:
    """Return the rights in each directory; of a sample when the engagement names none.

    Raises ConfigError for a name that would mean something else in a command.
    """
    directories = [one for one in targets if isinstance(one.source, LdapSource)]
    if not directories:
        return (_rights(None, of_source("ldap"), ()),)
    return tuple(_of_target(one) for one in directories)


def _of_target(target: Planned) -> DirectoryRights:
    source = target.source
    assert isinstance(source, LdapSource)  # noqa: S101  (only those come here)
    return _rights(source, target.collectors, target.leave_out)


def _rights(
    source: LdapSource | None, collectors: Sequence[Collector], left: Sequence[str]
) -> DirectoryRights:
    names, dialects = names_of(source), _dialects(source)
    searches = [
        _Need(one, ask)
        for one in collectors
        for ask in one.asks
        if isinstance(ask, LdapSearch)
        and ask_name(one, ask) not in left
        and (ask.dialect in dialects or not ask.dialect)
    ]
    more = [one for one in searches if one.ask.needs not in ORDINARY]
    grants = tuple(_grants(more, names, dialects))
    hardened = tuple(_grant(way, (), names, "") for way in IF_HARDENED if way.dialect in dialects)
    return DirectoryRights(
        source=source.name if source else "",
        directory=source.target if source else DOMAIN,
        login=source.login if source else "",
        names=structs.replace(names, samples=_used(names.samples, (*grants, *hardened))),
        searches=len(searches),
        ordinary=len(searches) - len(more),
        grants=grants,
        if_hardened=hardened,
    )


def _used(samples: Iterable[str], grants: Iterable[Grant]) -> tuple[str, ...]:
    lines = [line for one in grants for line in (*one.grant, *one.take_back)]
    return tuple(name for name in samples if any(name in line for line in lines))


def _dialects(source: LdapSource | None) -> tuple[str, ...]:
    r"""Return what the directory may be, judged by the form of the account's name.

    Only Active Directory takes a UPN or DOMAIN\user (RFC 4513 knows DNs alone), and it names no
    user by uid.
    """
    user = source.user if source else ""
    if user and "=" not in user:
        return ("ad",)
    return ("posix",) if user.lower().startswith("uid") else ("ad", "posix")


def _grants(needs: Iterable[_Need], names: Names, dialects: Sequence[str]) -> Iterator[Grant]:
    """Yield a grant for each way, with all searches that it unlocks."""
    found: dict[tuple[Way, str], list[_Need]] = {}
    for need in needs:
        for dialect in (need.ask.dialect,) if need.ask.dialect else dialects:
            for way in ways_for(need.ask, dialect):
                base = need.ask.base if way in FALLBACK else ""
                found.setdefault((way, base), []).append(need)
    for (way, base), unlocked in found.items():
        yield _grant(way, unlocked, names, base)


def ways_for(ask: LdapSearch, dialect: str) -> tuple[Way, ...]:
    """Return how the right that a search needs is granted in a kind of directory."""
    needs = ask.needs.lower()
    fitting = [one for one in WAYS if one.dialect == dialect and re.search(one.told_by, needs)]
    return tuple(fitting) or tuple(one for one in FALLBACK if one.dialect == dialect)


def _grant(way: Way, needs: Sequence[_Need], names: Names, base: str) -> Grant:
    def filled(text: str) -> str:
        for key, value in _values(names, base).items():
            text = text.replace(f"{{{key}}}", value)
        return text

    tells = (one.collector.says.removeprefix("Yield ").rstrip(".") for one in needs)
    return Grant(
        right=filled(way.right),
        directory=way.directory,
        hidden=way.hidden,
        unlocks=tuple(dict.fromkeys(tells)),
        searches=tuple(ask_name(one.collector, one.ask) for one in needs),
        grant=tuple(map(filled, way.grant)),
        take_back=tuple(map(filled, way.take_back)),
        source=way.source,
    )


def _values(names: Names, base: str) -> dict[str, str]:
    """Return what stands for each name in braces; of a forest, its root is taken for the domain."""
    configuration = f"CN=Configuration,{names.domain}"
    return {
        "base": base,  # first: it has names in braces of its own
        "configuration": configuration,
        "schema": f"CN=Schema,{configuration}",
        "forest": names.domain,
        "config": "cn=config",
        "dns_domain": ".".join(_labels(names.domain)),
        "domain": names.domain,
        "member": _member(names.account),
        "account": names.account,
        "user": names.dn.partition(",")[0].partition("=")[2],
        "dn": names.dn,
    }


def _member(account: str) -> str:
    """Return the account as Get-ADUser and Add-ADGroupMember take it."""
    if "=" in account:
        return f'"{account}"'
    if "\\" in account:
        return account.rpartition("\\")[2]
    return f"(Get-ADUser -Filter \"UserPrincipalName -eq '{account}'\")"


def names_of(source: LdapSource | None) -> Names:
    """Return the names for the commands. Raises ConfigError for one that is not safe in them."""
    user = source.user if source else ""
    is_dn = "=" in user
    domain = _domain(source, user)
    dn = user if is_dn else f"uid={ACCOUNT},{domain or _dn(DOMAIN)}"
    account = user or f"{ACCOUNT}@{'.'.join(_labels(domain)) or DOMAIN}"
    samples = [] if user else [account]
    samples += [] if is_dn else [dn]
    # A UPN need not end in the name of the domain, so that is to be looked at as well.
    is_said = bool(domain) and (is_dn or bool(source and source.domain))
    samples += [] if is_said else [domain or _dn(DOMAIN)]
    for name in (account, dn, domain):
        if name and not _SAFE.fullmatch(name):
            raise ConfigError(
                f"{name!r} cannot stand in a command as it is: use an account of its own for the"
                " audit, such as handover-audit"
            )
    return Names(account, dn, domain or _dn(DOMAIN), tuple(samples))


def _domain(source: LdapSource | None, user: str) -> str:
    """Return the DN of the domain as far as the source tells it; empty when it does not."""
    if source is not None and source.domain:
        return _dn(source.domain)
    if "=" in user:
        parts = (part.strip() for part in user.split(","))
        return ",".join(part for part in parts if part.lower().startswith("dc="))
    return _dn(user.rpartition("@")[2]) if "@" in user else ""


def _dn(domain: str) -> str:
    return ",".join(f"DC={label}" for label in domain.split("."))


def _labels(dn: str) -> tuple[str, ...]:
    return tuple(part.partition("=")[2] for part in dn.split(",") if part)
