"""Lets the audit in at a directory: one attempt, and why it is refused in plain words."""

from ldap3 import ANONYMOUS, NONE, SIMPLE, SYNC, Connection, Server
from ldap3.core.exceptions import LDAPException
from msgspec import Struct
from pyasn1.error import PyAsn1Error

from collectors.clean import clean_text
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap_ber import Message, Result, controls, header, result
from collectors.transports.ldap_codes import (
    CONFIDENTIALITY,
    INVALID,
    STRONGER,
    ad_subcode,
    explained,
)
from collectors.transports.ldap_line import OpenLine
from collectors.transports.ldap_place import BindFacts, LdapLimits, LdapLogin, LdapPlace, Security
from collectors.transports.ldap_wire import LdapWire
from inventory.errors import Denied, ParseError, TransportError, Unreachable

PPOLICY = "1.3.6.1.4.1.42.2.27.8.5.1"  # draft-behera-ldap-password-policy, section 6
_EXPIRED_389, _EXPIRING_389 = b"2.16.840.1.113730.3.4.4", b"2.16.840.1.113730.3.4.5"
DAY_S = 86_400
_TRY_LATER = (51, 52)  # busy, unavailable: it says nothing of the password
_PPOLICY_ERRORS = {
    0: "the password has expired: change it, then try again",
    1: "the account is locked: wait, or have it unlocked, before you try again",
    2: "the password must be changed at the first login: change it, then try again",
}


class Policy(Struct, frozen=True):
    """What the password policy of a server says with the result of a login."""

    refusal: str = ""
    warning: str = ""


class Heard:
    """How ldap3 receives over a line that is secured and bounded already."""

    def __init__(self, wire: LdapWire, silence_s: float, end: float) -> None:
        """Take the wire, how long it may be silent, and when (time.monotonic) all is over."""
        self._wire, self.silence_s, self.end = wire, silence_s, end
        self.last: Message | None = None

    def receiving(self) -> list[bytes]:
        """Return one whole message; errors of the line pass through ldap3 as they are."""
        self.last = self._wire.receive(self.silence_s, self.end)
        return [self.last.raw]


def connection_over(
    wire: LdapWire, server: str, heard: Heard, login: tuple[str, str] | None = None
) -> Connection:
    """Return a connection of ldap3 over a line that is open; nothing is sent by this."""
    connection = Connection(
        Server(server.rpartition(":")[0], get_info=NONE),
        *(login or ()),
        authentication=SIMPLE if login else ANONYMOUS,
        client_strategy=SYNC,
        auto_referrals=False,
        auto_range=False,
        check_names=False,
        read_only=True,
        raise_exceptions=False,
        return_empty_attributes=False,
    )
    # What ldap3's own open() would do, without its connecting.
    connection.strategy._outstanding = {}
    connection.strategy.receiving = heard.receiving
    connection.socket, connection.closed, connection.listening = wire.line, False, True
    return connection


def log_in(
    wire: LdapWire,
    line: OpenLine,
    place: LdapPlace,
    login: LdapLogin,
    guard: LockoutGuard,
    limits: LdapLimits,
) -> BindFacts:
    """Let the audit in, by the one attempt that it has. Raises Denied, Unreachable, TimedOut."""
    clear = place.security is Security.CLEAR
    facts = BindFacts("anonymous", "", place.security, line.checked_by, clear)
    if not login.kerberos and not login.user and login.password is None:
        _simple(wire, line, place, None, limits)
        return facts
    with guard.attempt(f"{login.user or 'the Kerberos ticket'} in {place.name}"):
        if login.kerberos:
            return _kerberos(wire, line, place, login, limits)
        warning = _simple(wire, line, place, (login.user, _password(place, login)), limits)
    return BindFacts("simple", login.user, place.security, line.checked_by, clear, warning)


def _kerberos(
    wire: LdapWire, line: OpenLine, place: LdapPlace, login: LdapLogin, limits: LdapLimits
) -> BindFacts:
    from collectors.transports.ldap_kerberos import log_in_by_ticket

    return log_in_by_ticket(wire, line, place, login, limits)


def _password(place: LdapPlace, login: LdapLogin) -> str:
    """Return the password. An empty one would be taken for a login of nobody (RFC 4513 5.1.2)."""
    password = login.password() if login.password is not None else ""
    if not login.user or not password:
        missing = "user" if not login.user else "password"
        raise Denied(f"{place.name}: the {missing} is empty, and nothing was sent: give both")
    return password


def _simple(
    wire: LdapWire,
    line: OpenLine,
    place: LdapPlace,
    login: tuple[str, str] | None,
    limits: LdapLimits,
) -> str:
    """Bind by password, or as nobody; return what the server warns of."""
    heard = Heard(wire, limits.bind_s, limits.bind_end())
    connection = connection_over(wire, line.server, heard, login)
    try:
        connection.bind(read_server_info=False, controls=[(PPOLICY, False, None)])
        told = heard.last
        if told is None:
            raise Unreachable(f"{line.server} did not answer the login")
        ended, policy = result(told), policy_told(told)
    except (LDAPException, PyAsn1Error, ParseError, ValueError, LookupError, TypeError) as err:
        why = clean_text(str(err))[:200]
        raise Unreachable(f"{line.server} answers the login with something else: {why}") from err
    finally:
        connection.password = None
    if ended.code or policy.refusal:
        raise refused(place, login[0] if login else "an anonymous login", ended, policy)
    return policy.warning


def refused(place: LdapPlace, who: str, ended: Result, policy: Policy) -> TransportError:
    """Return why a login was refused, with the way out."""
    if ended.code in _TRY_LATER:
        return Unreachable(f"{place.name} takes no login now ({explained(ended)}): try later")
    return Denied(f"{who} was refused by {place.name}: {_reason(place, ended, policy)}")


def _reason(place: LdapPlace, ended: Result, policy: Policy) -> str:
    if policy.refusal:
        return policy.refusal
    if ended.code in (STRONGER, CONFIDENTIALITY):
        if place.security is Security.CLEAR:
            way_out = "use `security: ldaps` or `starttls`"
        else:
            way_out = "log in by password, or with Kerberos without TLS, which seals the line"
        return f"the server demands more protection: {way_out} ({explained(ended)})"
    if ended.code == INVALID:
        return ad_subcode(ended) or f"the user or the password is wrong ({explained(ended)})"
    return explained(ended)


def policy_told(told: Message) -> Policy:
    """Return what the password policy says; raises ParseError when it cannot be read."""
    refusal = warning = ""
    for name, value in controls(told):
        if name == PPOLICY.encode():
            found = _ppolicy(value)
            refusal, warning = found.refusal or refusal, found.warning or warning
        elif name == _EXPIRED_389:
            refusal = refusal or _PPOLICY_ERRORS[2]
        elif name == _EXPIRING_389 and value[:20].isdigit():
            warning = _expires(int(value[:20]))
    return Policy(refusal, warning)


def _ppolicy(value: bytes) -> Policy:
    """Return what the control says: an error in [1], or a warning in [0]."""
    refusal = warning = ""
    _, at, end = header(value, 0, len(value))
    while at < end:
        kind, start, at = header(value, at, end)
        if kind == 0x81:
            code = int.from_bytes(value[start:at][:4], "big")
            refusal = _PPOLICY_ERRORS.get(code, "")
        elif kind == 0xA0:
            inner, start, stop = header(value, start, at)
            number = int.from_bytes(value[start:stop][:8], "big")
            warning = _expires(number) if inner == 0x80 else f"{number} logins are left to it"
    return Policy(refusal, warning)


def _expires(seconds: int) -> str:
    return f"its password expires in {seconds // DAY_S} days"
