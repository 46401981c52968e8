"""Which servers a domain names for its directory in DNS (SRV, RFC 2782): bounded and cleaned."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from collectors.clean import clean_text
from collectors.transports.ldap_place import PORT, PORT_TLS, Security
from inventory.errors import TimedOut, Unreachable

# Of a domain of Active Directory ([MS-ADTS] 6.3.2.3), then of any directory (RFC 2782).
NAMES = ("_ldap._tcp.dc._msdcs.{domain}", "_ldap._tcp.{domain}")
MOST_SERVERS = 16
LOOKUP_S = 5.0
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})+")


def find_servers(
    domain: str,
    security: Security,
    *,
    nameservers: Sequence[str] = (),
    port: int = 53,
    lookup_s: float = LOOKUP_S,
) -> tuple[tuple[str, int], ...]:
    """Return the servers of a domain, the preferred first. Raises Unreachable, TimedOut.

    Whoever answers in the name of DNS must not choose where a password goes: servers that are not
    named within the domain are left out, and TLS proves the names of the others.
    """
    if not _HOST.fullmatch(domain.lower()):
        raise Unreachable(f"{clean_text(domain)[:100]!r} is not the name of a domain")
    resolver = _resolver(nameservers, port, lookup_s)
    outside: set[str] = set()
    for name in NAMES:
        asked = name.format(domain=domain.lower())
        records = _asked(resolver, asked, lookup_s)
        found = _ordered(records)
        outside |= {host for host, _ in found if not _is_within(host, domain.lower())}
        within = [one for one in found if _is_within(one[0], domain.lower())]
        if within:
            return tuple((host, _port(told, security)) for host, told in within[:MOST_SERVERS])
    raise Unreachable(_nothing(domain, outside))


def _nothing(domain: str, outside: set[str]) -> str:
    if not outside:
        return f"DNS names no directory server for {domain}: name it in `servers`"
    names = ", ".join(sorted(outside)[:3])
    return (
        f"DNS names {names} for {domain}, which does not lie within it: when that is right, "
        "name it in `servers`"
    )


def _resolver(nameservers: Sequence[str], port: int, lookup_s: float) -> Any:
    from dns.exception import DNSException
    from dns.resolver import Resolver

    try:
        resolver = Resolver(configure=not nameservers)
    except (DNSException, OSError) as err:
        raise Unreachable("this machine names no DNS server: name the directory's servers") from err
    if nameservers:
        resolver.nameservers = list(nameservers)
        resolver.port = port
    resolver.timeout = min(2.0, lookup_s)
    resolver.lifetime = lookup_s
    return resolver


def _asked(resolver: Any, name: str, lookup_s: float) -> list[tuple[int, int, str, int]]:
    """Return priority, weight, host and port of each record; none where there are none."""
    from dns.exception import DNSException, Timeout
    from dns.resolver import NXDOMAIN, NoAnswer

    try:
        answer = resolver.resolve(name, "SRV", search=False)
    except (NXDOMAIN, NoAnswer):
        return []
    except Timeout as err:
        raise TimedOut(f"no DNS server answered within {lookup_s:.0f} s for {name}") from err
    except (DNSException, OSError, ValueError) as err:
        why = clean_text(str(err))[:200]
        raise Unreachable(f"DNS gives no answer that can be used for {name}: {why}") from err
    return [
        (int(one.priority), int(one.weight), str(one.target).rstrip(".").lower(), int(one.port))
        for one in answer
    ]


def _ordered(records: list[tuple[int, int, str, int]]) -> list[tuple[str, int]]:
    """Return host and port of what can be a server; always in the same order."""
    usable = [one for one in records if _HOST.fullmatch(one[2]) and 1 <= one[3] <= 65_535]
    ranked = sorted(set(usable), key=lambda one: (one[0], -one[1], one[2], one[3]))
    return list(_once((host, port) for _, _, host, port in ranked))


def _once(servers: Iterator[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    yield from dict.fromkeys(servers)


def _is_within(host: str, domain: str) -> bool:
    return host.endswith(f".{domain}")


def _port(told: int, security: Security) -> int:
    """Return the port to use: DNS names the one without TLS from the first byte."""
    return PORT_TLS if security is Security.LDAPS and told == PORT else told
