"""Whether a directory shows entries without a login: asked over a line on which nobody logs in.

The line is a second one, secured and verified as the first: whatever a server does to somebody who
did not log in, it does not do to the audit. No login is tried on it, not even an anonymous one.
"""

import time

from msgspec import Struct

from collectors.as_nobody import AS_NOBODY, MOST_PARTS, PARTS, SUFFIX
from collectors.ldap_filter import parse_filter
from collectors.spec import LdapSearch
from collectors.transports.ldap_ber import Result
from collectors.transports.ldap_codes import (
    NO_SUCH_OBJECT,
    OPERATIONS_ERROR,
    SIZE_LIMIT,
    STRONGER,
    explained,
)
from collectors.transports.ldap_line import open_line
from collectors.transports.ldap_names import places
from collectors.transports.ldap_place import LdapLimits, LdapPlace, RootDse, Security
from collectors.transports.ldap_request import Ended, Found, Reader, Request
from collectors.transports.ldap_wire import LdapWire
from inventory.errors import ConfigError, ParseError, TransportError

MOST_S = 10.0  # for all of it
# It is not there for nobody, or nobody may not: inappropriateAuthentication, invalidCredentials,
# insufficientAccessRights, unwillingToPerform.
_REFUSED = frozenset((NO_SUCH_OBJECT, 48, 49, 50, 53))


class Shown(Struct, frozen=True):
    """Whether entries are shown without a login; None: why that is not known."""

    entries: bool | None
    why: str = ""


class _Unclear(TransportError):
    """An answer that tells neither."""


class _Closed(TransportError):
    """Nobody may ask for anything at all."""


def shown_to_nobody(
    place: LdapPlace, server: tuple[str, int], root: RootDse, known: Reader, limits: LdapLimits
) -> Shown:
    """Return whether a server shows entries to nobody; `known` reads as the audit's account."""
    from collectors.transports.ldap_readers import FastReader

    try:
        line = open_line(place, server, limits)
    except (TransportError, ConfigError) as err:
        return Shown(None, str(err))
    wire = LdapWire(line.socket, limits.most_message)
    try:
        nobody = FastReader(wire, time.monotonic() + MOST_S)
        return _shown(nobody, known, root, place.security)
    except _Closed:
        return Shown(entries=False)
    except (TransportError, ParseError) as err:
        return Shown(None, str(err))
    finally:
        wire.leave()


def _shown(nobody: Reader, known: Reader, root: RootDse, security: Security) -> Shown:
    suffixes = places("{domain}", root)
    if not suffixes:
        return Shown(None, "the server does not tell what it holds")
    for ask in AS_NOBODY:
        if any(_sees(nobody, ask, suffix.encode(), security) for suffix in suffixes):
            return Shown(entries=True)
    for suffix in suffixes:
        parts, are_all = _parts(known, suffix.encode())
        if any(_sees(nobody, SUFFIX, part, security) for part in parts):
            return Shown(entries=True)
        if not are_all:
            return Shown(None, f"only {len(parts)} of the parts of {suffix} were tried")
    return Shown(entries=False)


def _sees(nobody: Reader, ask: LdapSearch, base: bytes, security: Security) -> bool:
    """Tell whether a search shows an entry. Raises _Unclear, _Closed, and what the reader does."""
    sees = False
    for told in nobody.page(_request(ask, base)):
        sees = sees or isinstance(told, Found)
        if isinstance(told, Ended) and not sees:
            _judge(told.result, security)
    return sees


def _judge(ended: Result, security: Security) -> None:
    """Pass over an answer that says: nothing for you."""
    if ended.code == OPERATIONS_ERROR or (
        ended.code == STRONGER and security is not Security.CLEAR
    ):
        raise _Closed(explained(ended))
    if ended.code and ended.code not in _REFUSED:
        raise _Unclear(explained(ended))


def _parts(known: Reader, suffix: bytes) -> tuple[list[bytes], bool]:
    """Return the names of what lies right below a suffix, and whether these are all of them."""
    parts, are_all = [], False
    for told in known.page(_request(PARTS, suffix)):
        if isinstance(told, Found):
            parts.append(told.dn)
        elif isinstance(told, Ended):
            are_all = told.result.code in (0, NO_SUCH_OBJECT)
            if not are_all and told.result.code != SIZE_LIMIT:
                raise _Unclear(f"what lies below it was not told ({explained(told.result)})")
    return parts[:MOST_PARTS], are_all and len(parts) <= MOST_PARTS


def _request(ask: LdapSearch, base: bytes) -> Request:
    tree = parse_filter(ask.filter)
    most = ask.most_entries if ask.scope == "one" else 0
    return Request(base, ask.scope, tree, ask.filter, ask.attributes, MOST_S, most=most)
