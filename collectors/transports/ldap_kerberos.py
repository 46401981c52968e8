"""Logs in at a directory with a Kerberos ticket that is there already (SASL GSSAPI, RFC 4752).

Over TLS the ticket is bound to the server's certificate (RFC 5929, tls-server-end-point). Without
TLS the line is sealed by Kerberos: a server that offers less is refused.
"""

import hashlib
from typing import Any

from collectors.clean import clean_text
from collectors.transports.ldap_ber import Message, header, result
from collectors.transports.ldap_bind import policy_told, refused
from collectors.transports.ldap_encode import integer, message_bytes, octets, tlv
from collectors.transports.ldap_line import OpenLine
from collectors.transports.ldap_place import BindFacts, LdapLimits, LdapLogin, LdapPlace, Security
from collectors.transports.ldap_wire import LdapWire, Line
from inventory.errors import Denied, ParseError, TimedOut, Unreachable

NO_LAYER, SIGNED, SEALED = 1, 2, 4
IN_PROGRESS = 14  # saslBindInProgress
MOST_STEPS = 10
MOST_FRAME = 16 * 1024 * 1024  # bytes of what is sealed as one
OUR_FRAME = 65_536
_CREDENTIALS = 0x87  # serverSaslCreds of a bind response


class SealedLine:
    """A line whose every frame is sealed: four bytes of length, then what Kerberos wrapped."""

    def __init__(self, line: Line, context: Any, most_sent: int, failure: type[Exception]) -> None:
        """Take the line, the security context, what the server takes at once, and what fails."""
        self._line, self._context, self._most = line, context, most_sent
        self._failure = failure
        self._got = bytearray()

    def sendall(self, data: bytes) -> None:
        """Send all of it, sealed."""
        for at in range(0, len(data), self._most):
            frame = self._context.wrap(data[at : at + self._most], True).message
            self._line.sendall(len(frame).to_bytes(4, "big") + frame)

    def recv(self, most: int) -> bytes:
        """Return what one frame holds; b"" at the end. Raises OSError when it was tampered with."""
        while (size := self._size()) is None:
            chunk = self._line.recv(most)
            if not chunk:
                return b""
            self._got += chunk
        frame = bytes(self._got[4 : 4 + size])
        del self._got[: 4 + size]
        return self._opened(frame)

    def _size(self) -> int | None:
        """Return the size of the frame that is there as a whole; None: more is to come."""
        if len(self._got) < 4:
            return None
        size = int.from_bytes(self._got[:4], "big")
        if size > MOST_FRAME:
            raise OSError(f"a sealed frame of {size} bytes")
        return size if len(self._got) >= 4 + size else None

    def _opened(self, frame: bytes) -> bytes:
        try:
            told = self._context.unwrap(frame)
        except self._failure as err:
            raise OSError("a sealed frame cannot be opened") from err
        if not told.encrypted:
            raise OSError("a frame came that is not sealed")
        return bytes(told.message)

    def settimeout(self, seconds: float) -> None:
        """Set how long the next call may take."""
        self._line.settimeout(seconds)

    def close(self) -> None:
        """Close the line."""
        self._line.close()


def log_in_by_ticket(
    wire: LdapWire, line: OpenLine, place: LdapPlace, login: LdapLogin, limits: LdapLimits
) -> BindFacts:
    """Log in with the ticket; seal the line where TLS does not. Raises Denied, Unreachable."""
    try:
        import gssapi
    except ImportError as err:
        raise Denied(
            f"{place.name}: Kerberos needs the package gssapi, which is not installed: install "
            "handover with its extra `kerberos`, or give a user and a password"
        ) from err
    host = place.server_name or line.server.rpartition(":")[0]
    exchange = _Exchange(wire, place, limits)
    try:
        context = _context(gssapi, host, login, line)
        has_tls = line.certificate is not None
        layer = _agreed(exchange, context, gssapi.exceptions.GSSError, has_tls=has_tls)
    except gssapi.exceptions.GSSError as err:
        raise Denied(
            f"{place.name}: no Kerberos login as {login.user or 'the owner of the ticket'} at "
            f"{host}: {clean_text(str(err))[:200]}: look at `klist`, and get a ticket with `kinit`"
        ) from err
    account = str(context.initiator_name or login.user)
    sealed = layer == SEALED
    in_clear = place.security is Security.CLEAR and not sealed
    return BindFacts(
        "kerberos", clean_text(account), place.security, line.checked_by, in_clear, sealed=sealed
    )


def _context(gssapi: Any, host: str, login: LdapLogin, line: OpenLine) -> Any:
    """Return the security context for the service ldap on a host."""
    credentials = None
    if login.user:
        name = gssapi.Name(login.user, gssapi.NameType.kerberos_principal)
        credentials = gssapi.Credentials(name=name, usage="initiate")
    flags = gssapi.RequirementFlag
    return gssapi.SecurityContext(
        name=gssapi.Name(f"ldap@{host}", gssapi.NameType.hostbased_service),
        creds=credentials,
        mech=gssapi.MechType.kerberos,
        usage="initiate",
        channel_bindings=_binding(gssapi, line),
        flags=[
            flags.mutual_authentication,
            flags.integrity,
            flags.confidentiality,
            flags.replay_detection,
            flags.out_of_sequence_detection,
        ],
    )


def _binding(gssapi: Any, line: OpenLine) -> Any:
    """Return what binds the login to the server's certificate (RFC 5929 section 4)."""
    if line.certificate is None:
        return None
    der = line.socket.getpeercert(binary_form=True)  # type: ignore[attr-defined]
    signed_with = line.certificate.signed_with or "sha256"
    strong = {"md5": "sha256", "sha1": "sha256"}.get(signed_with, signed_with)
    digest = hashlib.new(strong, der).digest()
    return gssapi.raw.ChannelBindings(application_data=b"tls-server-end-point:" + digest)


def _agreed(exchange: "_Exchange", context: Any, failure: type[Exception], *, has_tls: bool) -> int:
    """Prove who we are, agree on a layer, and put it on the line; return the layer."""
    token = b""
    for _ in range(MOST_STEPS):
        token = exchange.step(context.step(token or None) or b"")
        if context.complete:
            break
    else:
        raise Unreachable("Kerberos comes to no end")
    offer = bytes(context.unwrap(token).message)
    if len(offer) != 4:
        raise Unreachable("the server offers nothing that Kerberos knows")
    layer = _layer(offer[0], has_tls=has_tls, place=exchange.place)
    ours = bytes([layer]) + (OUR_FRAME if layer != NO_LAYER else 0).to_bytes(3, "big")
    exchange.last(bytes(context.wrap(ours, False).message))
    if layer == SEALED:
        most = min(OUR_FRAME, int.from_bytes(offer[1:], "big") or OUR_FRAME)
        room = max(256, int(context.get_wrap_size_limit(most)))
        exchange.wire.line = SealedLine(exchange.wire.line, context, room, failure)
    return layer


def _layer(offered: int, *, has_tls: bool, place: LdapPlace) -> int:
    if has_tls and offered & NO_LAYER:
        return NO_LAYER
    if offered & SEALED:
        return SEALED
    raise Denied(f"{place.name} does not seal the line by Kerberos: use `security: ldaps`")


class _Exchange:
    """The steps of a SASL login over a wire."""

    def __init__(self, wire: LdapWire, place: LdapPlace, limits: LdapLimits) -> None:
        self.wire, self.place = wire, place
        self._silence_s, self._end = limits.bind_s, limits.bind_end()

    def step(self, token: bytes) -> bytes:
        """Send a token; return the server's."""
        told = self._sent(token)
        ended = result(told)
        if ended.code not in (0, IN_PROGRESS):
            raise refused(self.place, "the Kerberos ticket", ended, policy_told(told))
        return _token(told)

    def last(self, token: bytes) -> None:
        """Send the last token. Raises Denied when the server does not let us in."""
        told = self._sent(token)
        ended, policy = result(told), policy_told(told)
        if ended.code or policy.refusal:
            raise refused(self.place, "the Kerberos ticket", ended, policy)

    def _sent(self, token: bytes) -> Message:
        number = self.wire.next_id()
        sasl = tlv(0xA3, octets(b"GSSAPI"), octets(token))
        raw = message_bytes(number, tlv(0x60, integer(3), octets(b""), sasl))
        self.wire.send(raw, self._silence_s)
        try:
            told = self.wire.receive(self._silence_s, self._end)
        except ParseError as err:
            raise Unreachable(f"{self.place.name} answers with something else: {err}") from err
        except TimedOut as err:
            raise TimedOut(f"{self.place.name} did not answer the login in time") from err
        if told.id != number or told.op != 0x61:
            raise Unreachable(f"{self.place.name} answers the login with something else")
        return told


def _token(told: Message) -> bytes:
    """Return the server's token of a bind response (RFC 4511 section 4.2.2)."""
    raw, at = told.raw, told.start
    while at < told.end:
        kind, start, at = header(raw, at, told.end)
        if kind == _CREDENTIALS:
            return raw[start:at]
    return b""
