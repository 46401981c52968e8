"""The line to a directory is proved before a byte of the password leaves, or it is closed."""

import socket
import ssl
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap import (
    LdapPlace,
    Security,
    Untrusted,
    open_directory,
)
from collectors.transports.ldap_line import certificate_facts
from inventory.errors import ConfigError, Denied, TimedOut, Unreachable
from tests.collectors.transports.directories import LOGIN, PASSWORD, QUICK, USER, users
from tests.lab.directory.authority import Certificate, issue, new_authority
from tests.lab.ldap_server import Behaviour, FakeDirectory

NAME = "dc1.corp.example"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return new_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return new_authority(tmp_path_factory.mktemp("other"), name="Somebody Else")


@pytest.fixture(scope="module")
def shown(authority: Certificate, tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return issue(authority, tmp_path_factory.mktemp("server"), NAME, days=30)


def _server(shown: Certificate, security: Security, behaviour: Behaviour | None = None):
    return FakeDirectory(users(2), behaviour, certificate=shown, ldaps=security is Security.LDAPS)


def _place(server: FakeDirectory, security: Security, ca: Certificate | None) -> LdapPlace:
    return LdapPlace(
        "corp",
        servers=(server.address,),
        security=security,
        ca_file=str(ca.certificate) if ca else None,
        server_name=NAME,
    )


def _opened(place: LdapPlace):
    return open_directory(place, LOGIN, LockoutGuard(), QUICK)


def _no_word_of_the_login_left(server: FakeDirectory) -> bool:
    told = bytes(server.heard)
    return (
        PASSWORD.encode() not in told
        and USER.encode() not in told
        and "bind" not in server.requests
    )


BOTH = pytest.mark.parametrize("security", [Security.LDAPS, Security.STARTTLS])


@BOTH
def test_a_server_is_proved_by_its_authority_and_name(
    shown: Certificate, authority: Certificate, security: Security
) -> None:
    with _server(shown, security) as server, _opened(_place(server, security, authority)) as door:
        assert (door.bind.checked_by, door.bind.how, door.bind.in_clear) == ("CA", "simple", False)
        facts = door.certificate
    assert facts is not None
    assert facts.fingerprint == f"sha256:{shown.sha256}"
    assert (facts.subject, facts.issuer, facts.names) == (f"CN={NAME}", "CN=Lab CA", (NAME,))
    assert (facts.algorithm, facts.bits, facts.signed_with) == ("EC secp256r1", 256, "sha256")
    assert facts.tls in ("TLSv1.2", "TLSv1.3")
    assert facts.not_after_s == int(shown.parsed.not_valid_after_utc.timestamp())


@BOTH
def test_a_wrong_authority_is_refused_before_the_password_leaves(
    shown: Certificate, other: Certificate, security: Security
) -> None:
    with _server(shown, security) as server:
        with pytest.raises(Untrusted, match=r"not proved to be dc1\.corp\.example") as err:
            _opened(_place(server, security, other))
        assert _no_word_of_the_login_left(server)
    assert f"sha256:{shown.sha256}" in str(err.value)  # what to compare before it is pinned


@BOTH
def test_the_authorities_of_this_machine_do_not_prove_it_either(
    shown: Certificate, security: Security
) -> None:
    with _server(shown, security) as server:
        with pytest.raises(Untrusted, match="name its authority as `ca_file`"):
            _opened(_place(server, security, None))
        assert _no_word_of_the_login_left(server)


@BOTH
def test_a_wrong_name_is_refused_before_the_password_leaves(
    shown: Certificate, authority: Certificate, security: Security
) -> None:
    with _server(shown, security) as server:
        place = replace(_place(server, security, authority), server_name="dc2.corp.example")
        with pytest.raises(Untrusted, match=r"dc2\.corp\.example.*server_name"):
            _opened(place)
        with pytest.raises(Untrusted, match="IP address mismatch"):
            _opened(replace(place, server_name=None))
        assert _no_word_of_the_login_left(server)


@BOTH
def test_an_expired_certificate_is_refused(
    authority: Certificate, security: Security, tmp_path: Path
) -> None:
    expired = issue(authority, tmp_path, NAME, days=0)
    with _server(expired, security) as server:
        with pytest.raises(Untrusted, match="expired"):
            _opened(_place(server, security, authority))
        assert _no_word_of_the_login_left(server)


@BOTH
@pytest.mark.parametrize("write", [str.lower, str.upper], ids=["lower", "upper"])
def test_a_pinned_certificate_proves_a_server_without_any_authority(
    shown: Certificate, security: Security, write
) -> None:
    pin = "sha256:" + write(shown.sha256)
    with _server(shown, security) as server:
        place = replace(_place(server, security, None), pin=pin, server_name=None)
        with _opened(place) as door:
            assert door.bind.checked_by == "pin"


@BOTH
def test_another_certificate_than_the_pinned_one_is_refused_before_the_password_leaves(
    shown: Certificate, authority: Certificate, security: Security
) -> None:
    with _server(shown, security) as server:
        place = replace(_place(server, security, authority), pin="sha256:" + "0" * 64)
        with pytest.raises(Untrusted, match="is pinned"):
            _opened(place)
        assert _no_word_of_the_login_left(server)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("refuse", "does not start TLS .protocolError: unsupported extended operation"),
        ("inject", "somebody may be in between"),
        ("early", "somebody may be in between"),
    ],
)
def test_stripped_starttls_is_refused_before_the_password_leaves(
    shown: Certificate, authority: Certificate, mode: str, words: str
) -> None:
    with _server(shown, Security.STARTTLS, Behaviour(starttls=mode)) as server:
        with pytest.raises(Untrusted, match=words):
            _opened(_place(server, Security.STARTTLS, authority))
        assert _no_word_of_the_login_left(server)


def test_a_server_without_tls_gets_no_password_by_ldaps(authority: Certificate) -> None:
    with FakeDirectory(users(1)) as server:
        with pytest.raises((Unreachable, TimedOut), match="TLS handshake"):
            _opened(_place(server, Security.LDAPS, authority))
        assert PASSWORD.encode() not in bytes(server.heard)


def test_tls_before_1_2_is_refused(shown: Certificate, authority: Certificate) -> None:
    with _server(shown, Security.LDAPS) as server:
        server.context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            server.context.maximum_version = ssl.TLSVersion.TLSv1_1
        server.context.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.raises(Unreachable, match=r"1\.2 or later"):
            _opened(_place(server, Security.LDAPS, authority))
        assert _no_word_of_the_login_left(server)


def test_a_password_goes_in_clear_only_when_that_is_said() -> None:
    with FakeDirectory(users(1)) as server:
        with pytest.raises(Untrusted):  # what LdapPlace says unless it is told otherwise: LDAPS
            _raise_untrusted(server)
        place = LdapPlace("corp", servers=(server.address,), security=Security.CLEAR)
        with _opened(place) as door:
            assert door.bind.in_clear
            assert door.bind.checked_by == "nothing"
            assert door.certificate is None
        assert PASSWORD.encode() in bytes(server.heard)


def _raise_untrusted(server: FakeDirectory) -> None:
    """Try StartTLS with a server that has no certificate at all."""
    server.behaviour.starttls = "refuse"
    _opened(LdapPlace("corp", servers=(server.address,), security=Security.STARTTLS))


def test_a_file_that_holds_no_authority_is_named(shown: Certificate, tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate")
    with _server(shown, Security.LDAPS) as server:
        place = replace(_place(server, Security.LDAPS, None), ca_file=str(wrong))
        with pytest.raises(ConfigError, match=r"ca\.pem holds no certificate"):
            _opened(place)
        with pytest.raises(ConfigError, match="is not there"):
            _opened(replace(place, ca_file=str(tmp_path / "none.pem")))


def test_the_next_server_is_tried_when_one_does_not_answer(
    shown: Certificate, authority: Certificate
) -> None:
    with _server(shown, Security.LDAPS) as server:
        closed = ("127.0.0.78", 9)
        place = _place(server, Security.LDAPS, authority)
        with _opened(replace(place, servers=(closed, server.address))) as door:
            assert door.server == f"{server.address[0]}:{server.address[1]}"
    with pytest.raises(Unreachable, match=r"127\.0\.0\.78:9 cannot be reached: Connection refused"):
        _opened(replace(place, servers=(closed,)))


@BOTH
def test_a_server_that_says_nothing_is_left_in_time(
    authority: Certificate, security: Security
) -> None:
    with socket.create_server(("127.0.0.78", 0)) as silent:
        place = LdapPlace(
            "corp", servers=(silent.getsockname()[:2],), security=security, server_name=NAME
        )
        with pytest.raises(TimedOut):
            open_directory(place, LOGIN, LockoutGuard(), replace(QUICK, connect_s=0.3))


def test_a_handshake_that_drips_is_left_in_time(authority: Certificate) -> None:
    with socket.create_server(("127.0.0.78", 0)) as slow:
        threading.Thread(target=_drip, args=(slow,), daemon=True).start()
        place = LdapPlace("corp", servers=(slow.getsockname()[:2],), server_name=NAME)
        with pytest.raises(TimedOut, match="handshake did not end in time"):
            open_directory(place, LOGIN, LockoutGuard(), replace(QUICK, connect_s=0.5))


def _drip(listener: socket.socket) -> None:
    """Answer with a TLS record, a byte at a time."""
    try:
        client, _ = listener.accept()
        with client:
            client.sendall(b"\x16\x03\x03\x40\x00")
            for _ in range(100):
                client.sendall(b"\x02")
                threading.Event().wait(0.05)
    except OSError:
        return


def test_the_port_of_something_else_is_named(authority: Certificate) -> None:
    with socket.create_server(("127.0.0.78", 0)) as web:
        threading.Thread(target=_web, args=(web,), daemon=True).start()
        place = LdapPlace("corp", servers=(web.getsockname()[:2],), security=Security.CLEAR)
        with pytest.raises(Unreachable, match="with something else"):
            _opened(place)


def _web(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client:
        client.recv(100)
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_a_certificate_that_cannot_be_read_has_at_least_a_fingerprint() -> None:
    facts = certificate_facts(b"\x30\x03abc")
    assert facts.fingerprint.startswith("sha256:")
    assert facts.subject == ""


def test_a_refused_line_is_not_a_failed_login() -> None:
    assert issubclass(Untrusted, Denied)  # as an SSH host with another key is
