"""Which certificates a host keeps and shows, when they end, and who is warned (RFC 5280, RFC 8555).

Only the first certificate of a file leaves the host; private keys never do, wherever they stand.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from collectors.settings import host_of, keeping, settings
from collectors.spec import KIB, Answer, Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.model.evidence import Pointer
from inventory.model.moment import Moment
from inventory.model.software import Certificate, CertificateAccount

if TYPE_CHECKING:
    from cryptography import x509

_FIRST = (
    "awk '/-----BEGIN/ { keep = /BEGIN (TRUSTED |X509 )?CERTIFICATE-----/ } keep { print }"
    " keep && /-----END/ { exit }'"
)
FILES = SshFiles(
    "files",
    (
        "/etc/ssl/*.pem",
        "/etc/ssl/*.crt",
        "/etc/ssl/*.cer",
        "/etc/ssl/*/*.crt",
        "/etc/ssl/certs/ssl-cert-*.pem",
        "/etc/nginx/*.crt",
        "/etc/nginx/*.pem",
        "/etc/nginx/*/*.crt",
        "/etc/nginx/*/*.pem",
        "/etc/apache2/*/*.crt",
        "/etc/apache2/*/*.pem",
        "/etc/httpd/*/*.crt",
        "/etc/httpd/*/*.pem",
        "/etc/pki/tls/certs/*.crt",
        "/etc/pki/tls/certs/*.pem",
        "/etc/haproxy/*.pem",
        "/etc/postfix/*.pem",
        "/etc/postfix/*.crt",
        "/etc/dovecot/*.pem",
        "/etc/openvpn/*.crt",
        "/etc/ldap/*.crt",
        "/etc/ldap/*/*.crt",
        "/etc/cockpit/ws-certs.d/*.cert",
        "/etc/cockpit/ws-certs.d/*.crt",
        "/etc/webmin/miniserv.pem",
    ),
    filter=_FIRST,
    most_bytes=64 * KIB,
)
GUARDED = SshFiles(
    "guarded",
    (
        "/etc/letsencrypt/live/*/cert.pem",
        "/etc/ssl/private/*.pem",
        "/etc/haproxy/*/*.pem",
        "/etc/dovecot/*/*.pem",
        "/etc/openvpn/server/*.crt",
        "/etc/openvpn/client/*.crt",
        "/etc/openvpn/easy-rsa/pki/ca.crt",
        "/root/.acme.sh/*/fullchain.cer",
        "/var/lib/acme/*/cert.pem",
        "/var/lib/dehydrated/certs/*/cert.pem",
        "/var/lib/caddy/.local/share/caddy/certificates/*/*/*.crt",
        "/etc/pve/local/pveproxy-ssl.pem",
        "/etc/pve/local/pve-ssl.pem",
        "/etc/kubernetes/pki/*.crt",
        "/var/lib/postgresql/*/*/server.crt",
    ),
    needs="root",
    filter=_FIRST,
    most_bytes=64 * KIB,
)
# The first certificate of each local port on which TLS is likely; STARTTLS where it is the custom.
SHOWN = SshCommand(
    "shown",
    'ss -Hltn | awk \'{ n = split($4, a, ":"); h = substr($4, 1, length($4) - length(a[n]) - 1);'
    ' if (h ~ /^(0[.]0[.]0[.]0|[*]|.::.|.*%.*)$/) h = "127.0.0.1";'
    " if (!s[a[n]]++) print a[n], h }'"
    " | while read -r p h; do case $p in 25|587) o='-starttls smtp' ;; 110) o='-starttls pop3' ;;"
    " 143) o='-starttls imap' ;; 389) o='-starttls ldap' ;; 5432) o='-starttls postgres' ;;"
    " 443|465|563|636|853|989|990|992|993|994|995|2376|2379|2380|3269|4443|5061|5671|5986|6443"
    "|6514|8006|8007|8140|8443|8834|8883|9090|9200|9443|10000|10250) o= ;; *) continue ;; esac;"
    ' echo "port $p"; timeout 4 openssl s_client -connect "$h:$p" $o </dev/null 2>/dev/null'
    f" | {_FIRST}; done",
    tool="openssl",
    no_tool="gap",
    timeout_s=60,
    deep=True,
)
ACCOUNTS = SshFiles(
    "accounts",
    (
        "/etc/letsencrypt/accounts/*/directory/*/regr.json",
        "/etc/letsencrypt/accounts/*/*/directory/*/regr.json",
    ),
    needs="root",
    filter="""tr '"' '\\n' | grep -E '^(mailto:|https://)'""",
)
CLIENTS = SshFiles(
    "clients",
    (
        "{home}/.acme.sh/account.conf",
        "{home}/.acme.sh/ca/*/ca.conf",
        "{home}/.acme.sh/ca/*/*/ca.conf",
        "/etc/dehydrated/config",
        "/etc/caddy/Caddyfile",
        "/etc/traefik/traefik.yml",
        "/etc/traefik/traefik.yaml",
        "/etc/traefik/traefik.toml",
    ),
    needs="root",
    filter=keeping(
        *("account_email", "ca_email", "contact_email", "email"),
        *("default_acme_server", "ca", "caserver"),
    ),
)

_PEM = re.compile(
    r"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]{1,60000}-----END [A-Z0-9 ]{1,30}-----"
)
_PORT = re.compile(r"^port (\d{1,5})$", re.MULTILINE)
_RENEWERS = (
    ("/letsencrypt/", "certbot"),
    ("/.acme.sh/", "acme.sh"),
    ("/dehydrated/", "dehydrated"),
    ("/caddy/", "caddy"),
    ("/var/lib/acme/", "lego"),
    ("/traefik/", "traefik"),
)
_MAIL_KEYS = ("account_email", "ca_email", "contact_email", "email")
_SERVER_KEYS = ("default_acme_server", "ca", "caserver")

Told = Certificate | Unreadable


@collector("linux.certificates", asks=[FILES], tells=[Certificate])
def certificates(files: Answers) -> Iterator[Told]:
    """Yield the certificates in the usual places; bundles of public authorities are left out."""
    for answer in files:
        if not re.search(r"bundle|ca-certificates|/cert\.pem$", answer.path):
            yield from _of_file(answer)


@collector("linux.guarded_certificates", asks=[GUARDED], tells=[Certificate])
def guarded_certificates(guarded: Answers) -> Iterator[Told]:
    """Yield the certificates in places that only root may enter."""
    for answer in guarded:
        yield from _of_file(answer)


@collector("linux.shown_certificates", asks=[SHOWN], tells=[Certificate])
def shown_certificates(shown: Answers) -> Iterator[Told]:
    """Yield the certificates that listening ports show; a port without one is left out."""
    for answer in shown:
        marks = list(_PORT.finditer(answer.text))
        starts = [*(mark.start() for mark in marks), len(answer.text)]
        if answer.text[: starts[0]].strip():
            yield Unreadable(answer.at(1), "text before the first port")
        for mark, end in zip(marks, starts[1:], strict=True):
            text = answer.text[mark.end() : end]
            line = answer.text.count("\n", 0, mark.start()) + 1
            yield from _of_text(text, f"tcp/{mark.group(1)}", answer.at(line))


@collector("linux.certificate_accounts", asks=[ACCOUNTS, CLIENTS], tells=[CertificateAccount])
def certificate_accounts(accounts: Answers, clients: Answers) -> Iterator[CertificateAccount]:
    """Yield the accounts with certificate authorities, and the address that gets their warnings."""
    for answer in accounts:
        yield from _certbot(answer)
    for answer in clients:
        yield from _client(answer)


def _certbot(answer: Answer) -> Iterator[CertificateAccount]:
    """Yield the account of `/etc/letsencrypt/accounts/SERVER/directory/ID/regr.json`."""
    server = answer.path.partition("/accounts/")[2].partition("/")[0]
    words = [text.strip() for _, text in answer.lines()]
    contacts = [word.removeprefix("mailto:") for word in words if word.startswith("mailto:")]
    for contact in contacts or [""]:
        yield CertificateAccount(at=answer.at(), client="certbot", server=server, contact=contact)


def _client(answer: Answer) -> Iterator[CertificateAccount]:
    said = list(settings(answer))
    servers = [host_of(s.value) for s in said if s.key in _SERVER_KEYS and s.value]
    place = answer.path.partition("/.acme.sh/ca/")[2].partition("/")[0]
    for setting in said:
        if setting.key in _MAIL_KEYS and "@" in setting.value:
            yield CertificateAccount(
                at=setting.at,
                client=_renewer(answer.path) or "acme",
                server=place or (servers[0] if servers else ""),
                contact=setting.value,
            )


def _renewer(path: str) -> str | None:
    return next((name for place, name in _RENEWERS if place in path), None)


def _of_file(answer: Answer) -> Iterator[Told]:
    """Yield the certificate; a file that holds only a key or parameters has none."""
    if "-----BEGIN" in answer.text:
        yield from _of_text(answer.text, answer.path, answer.at(), part=answer.path)
    elif answer.text.strip():
        yield Unreadable(answer.at(), "not a certificate", answer.path)


def _of_text(text: str, place: str, at: Pointer, *, part: str = "") -> Iterator[Told]:
    if "-----BEGIN" not in text:
        return
    pem = _PEM.search(text)
    told = _certificate(pem.group(), place, at) if pem else None
    yield told or Unreadable(at, "a certificate that cannot be read", part or place)


def _certificate(pem: str, place: str, at: Pointer) -> Certificate | None:
    """Return the certificate of a PEM block; None when it is none."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.hashes import SHA256

    plain = re.sub(r"(BEGIN|END) (?:TRUSTED|X509) ", r"\1 ", pem)
    try:
        found = x509.load_pem_x509_certificate(plain.encode())
        return Certificate(
            at=at,
            place=place,
            fingerprint=found.fingerprint(SHA256()).hex(),
            subject=_name(found.subject),
            issuer=_name(found.issuer),
            names=_names(found),
            not_before=Moment.exact(int(found.not_valid_before_utc.timestamp())),
            not_after=Moment.exact(int(found.not_valid_after_utc.timestamp())),
            key_type=_key(found),
            renewed_by=_renewer(place),
        )
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm, OverflowError):
        return None


def _name(name: "x509.Name") -> str:
    """Return the common name, or the whole name when it has none."""
    from cryptography.x509.oid import NameOID

    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()


def _names(found: "x509.Certificate") -> tuple[str, ...]:
    """Return the host names and addresses that it stands for."""
    from cryptography import x509

    try:
        said = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return ()
    hosts = said.get_values_for_type(x509.DNSName)
    addresses = said.get_values_for_type(x509.IPAddress)
    return tuple(dict.fromkeys((*hosts, *map(str, addresses))))


def _key(found: "x509.Certificate") -> str:
    """Return `RSA 2048`, `EC secp256r1` or `Ed25519`; empty for a kind that is not known."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

    try:
        key = found.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return ""
    match key:
        case rsa.RSAPublicKey():
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"EC {key.curve.name}"
        case ed25519.Ed25519PublicKey():
            return "Ed25519"
        case ed448.Ed448PublicKey():
            return "Ed448"
        case _:
            return ""
