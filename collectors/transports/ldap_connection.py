"""What connecting to a directory told, as the one entry of an ask with the base `{connection}`."""

from collections.abc import Iterable

from collectors.entries import Entry, Values
from collectors.transports.ldap_anonymous import Shown
from collectors.transports.ldap_place import BindFacts, CertificateFacts, RootDse

STARTTLS = "1.3.6.1.4.1.1466.20037"  # supportedExtension (RFC 4511 section 4.14)

Fact = str | int | bool | None


def connection_entry(
    ask: str, root: RootDse, certificate: CertificateFacts | None, bind: BindFacts, shown: Shown
) -> Entry:
    """Return the entry; its attributes are those that `directory.connection` asks for."""
    values = _of_root(root) | _of_bind(bind) | _of_nobody(shown)
    if certificate is not None:
        values |= _of_certificate(certificate)
    return Entry(ask, "", {name: told for name, told in values.items() if told})


def _of_root(root: RootDse) -> dict[str, Values]:
    return {
        "dialect": _values((root.dialect,)),
        "product": _values((root.product,)),
        "version": _values((root.version or None,)),
        "dnshostname": _values((root.dns_name or None,)),
        "namingcontexts": _values(root.contexts),
        "supportedsaslmechanisms": _values(root.mechanisms),
        "starttls": _values((STARTTLS in root.extensions,)),
        "controllerlevel": _values((root.controller_level,)),
    }


def _of_bind(bind: BindFacts) -> dict[str, Values]:
    return {
        "security": _values((bind.security.value,)),
        "checkedby": _values((bind.checked_by,)),
        "bind": _values((bind.how,)),
        "account": _values((bind.account or None,)),
        "inclear": _values((bind.in_clear,)),
        "warning": _values((bind.warning or None,)),
    }


def _of_nobody(shown: Shown) -> dict[str, Values]:
    return {
        "readsanonymously": _values((shown.entries,)),
        "notknownanonymously": _values((shown.why or None,)),
    }


def _of_certificate(told: CertificateFacts) -> dict[str, Values]:
    return {
        "fingerprint": _values((told.fingerprint,)),
        "subject": _values((told.subject,)),
        "issuer": _values((told.issuer,)),
        "subjectaltname": _values(told.names),
        "notbefore": _values((told.not_before_s,)),
        "notafter": _values((told.not_after_s,)),
        "keyalgorithm": _values((told.algorithm,)),
        "keybits": _values((told.bits,)),
        "signedwith": _values((told.signed_with,)),
        "tls": _values((told.tls,)),
    }


def _values(told: Iterable[Fact]) -> Values:
    """Return facts as a directory writes values; what is None is left out."""
    return tuple(_value(one) for one in told if one is not None)


def _value(one: str | int | bool) -> bytes:
    if isinstance(one, bool):
        return b"TRUE" if one else b"FALSE"
    return str(one).encode()
