"""Whether a search of a directory is one that may be sent: it reads, and asks for no secret.

Judged twice: over all collectors by a test, and by the search itself before anything is sent.
"""

import re
from collections.abc import Iterator

from collectors.ldap_filter import Matched, leaves, parse_filter
from collectors.secret_attributes import SECRET_ATTRIBUTES
from collectors.spec import LdapSearch
from inventory.errors import ParseError

PLACES = frozenset(
    ("domain", "configuration", "schema", "forest", "dns_domain", "config", "connection"),
)
DESCRIPTOR = "ntsecuritydescriptor"
MOST_ATTRIBUTES = 200
IN_CHAIN = "1.2.840.113556.1.4.1941"  # half a minute of the server's time for one answer

_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?:;(?:binary|lang-[A-Za-z0-9-]+))*")
_PLACE = re.compile(r"\{([^{}]*)\}")


def ldap_problems(ask: LdapSearch) -> Iterator[str]:
    """Yield what is wrong with a search."""
    yield from _attribute_problems(ask)
    yield from _filter_problems(ask.filter)
    yield from _base_problems(ask)
    if ask.most_entries < 1 or ask.timeout_s < 1:
        yield "has no time, or may bring no entry"


def _attribute_problems(ask: LdapSearch) -> Iterator[str]:
    if not 1 <= len(ask.attributes) <= MOST_ATTRIBUTES:
        yield f"asks for {len(ask.attributes)} attributes: no name at all would mean all of them"
    if ask.attributes == ("1.1",):
        return
    for name in ask.attributes:
        if not _ATTRIBUTE.fullmatch(name):
            yield f"asks for {name!r}, which is not the name of one attribute"
        yield from _secret_problems(name)
        if name.lower() == DESCRIPTOR and not ask.descriptors:
            yield "asks for nTSecurityDescriptor without `descriptors`: it would silently be absent"


def _filter_problems(text: str) -> Iterator[str]:
    try:
        found = tuple(leaves(parse_filter(text)))
    except ParseError as err:
        yield f"has a filter that cannot be read: {err}"
        return
    for leaf in found:
        if not _ATTRIBUTE.fullmatch(leaf.name):
            yield f"filters by {leaf.name!r}, which is not the name of one attribute"
        yield from _secret_problems(leaf.name)
        if isinstance(leaf, Matched) and leaf.rule == IN_CHAIN:
            yield "filters by the whole chain of memberships, which is too much for a server"


def _secret_problems(name: str) -> Iterator[str]:
    if name.split(";")[0].lower() in SECRET_ATTRIBUTES:
        yield f"asks for {name}, which holds secrets"


def _base_problems(ask: LdapSearch) -> Iterator[str]:
    for place in _PLACE.findall(ask.base):
        if place not in PLACES:
            yield f"has the base {ask.base!r}: {{{place}}} is not known"
    if re.search(r"[{}\x00-\x1f]", _PLACE.sub("", ask.base)):
        yield f"has the base {ask.base!r}, which is no name of an entry"
    if not ask.base and ask.scope != "base":
        yield "searches below the root DSE: name the part of the directory"
