"""The servers of a domain are found in DNS; whoever answers does not choose where a password goes."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.message
import dns.rrset
import pytest

from collectors.transports.ldap import Security, find_servers
from inventory.errors import TimedOut, Unreachable

HOST = "127.0.0.53"
AD, ANY = "_ldap._tcp.dc._msdcs.corp.example.", "_ldap._tcp.corp.example."
Zone = dict[str, list[str]]


@contextmanager
def _dns(answer: Callable[[bytes], bytes | None]) -> Iterator[int]:
    """Serve DNS over UDP on a loopback address; yield the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind((HOST, 0))
        listener.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    query, sender = listener.recvfrom(4096)
                except TimeoutError:
                    continue
                if (told := answer(query)) is not None:
                    listener.sendto(told, sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def _zone(records: Zone) -> Callable[[bytes], bytes]:
    def answer(query: bytes) -> bytes:
        asked = dns.message.from_wire(query)
        told = dns.message.make_response(asked)
        name = asked.question[0].name.to_text()
        if name in records:
            told.answer.append(dns.rrset.from_text(name, 60, "IN", "SRV", *records[name]))
        else:
            told.set_rcode(3)
        return told.to_wire(max_size=65_535)

    return answer


def _found(records: Zone, security: Security = Security.LDAPS) -> tuple[tuple[str, int], ...]:
    with _dns(_zone(records)) as port:
        return find_servers("Corp.example", security, nameservers=[HOST], port=port)


def test_servers_come_in_the_order_that_dns_prefers() -> None:
    records = {
        AD: [
            "10 50 389 dc3.corp.example.",
            "0 10 389 dc2.corp.example.",
            "0 90 389 DC1.corp.example.",
        ]
    }
    names = ["dc1.corp.example", "dc2.corp.example", "dc3.corp.example"]
    assert _found(records) == tuple((name, 636) for name in names)
    assert _found(records, Security.STARTTLS) == tuple((name, 389) for name in names)


def test_a_directory_that_is_not_active_directory_is_found_as_well() -> None:
    assert _found({ANY: ["0 0 1389 ldap.corp.example."]}) == (("ldap.corp.example", 1389),)


def test_servers_outside_of_the_domain_are_left_out_and_named_in_the_error() -> None:
    records = {AD: ["0 0 389 evil.example.", "5 0 389 dc1.corp.example."]}
    assert _found(records) == (("dc1.corp.example", 636),)
    with pytest.raises(Unreachable, match=r"evil\.example.*does not lie within it.*`servers`"):
        _found({AD: ["0 0 389 evil.example."], ANY: ["0 0 389 xcorp.example."]})


def test_records_that_name_no_server_are_left_out() -> None:
    odd = ["0 0 0 dc1.corp.example.", "0 0 389 .", r"0 0 389 a\027b\.c.corp.example."]
    with pytest.raises(Unreachable, match=r"names no directory server for Corp\.example"):
        _found({AD: odd})


def test_no_more_servers_are_taken_than_can_be_tried() -> None:
    assert len(_found({ANY: [f"0 0 389 dc{one}.corp.example." for one in range(30)]})) == 16


def test_a_domain_without_records_is_named() -> None:
    with pytest.raises(Unreachable, match="name it in `servers`"):
        _found({})


@pytest.mark.parametrize(
    "domain", ["", "corp", "corp example", "-x.example", "a" * 300 + ".example"]
)
def test_what_is_no_domain_is_not_asked_for(domain: str) -> None:
    with pytest.raises(Unreachable, match="is not the name of a domain"):
        find_servers(domain, Security.LDAPS, nameservers=[HOST], port=1)


def test_a_server_that_does_not_answer_is_left_in_time() -> None:
    start = time.monotonic()
    with _dns(lambda _: None) as port, pytest.raises(TimedOut, match="no DNS server answered"):
        find_servers("corp.example", Security.LDAPS, nameservers=[HOST], port=port, lookup_s=0.5)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("raw", [b"", b"\x00" * 12, b"\xff" * 600], ids=["empty", "zero", "ff"])
def test_an_answer_that_is_none_is_an_error_that_says_so(raw: bytes) -> None:
    def answer(query: bytes) -> bytes:
        return query[:2] + b"\x81\x80" + raw

    with _dns(answer) as port, pytest.raises((TimedOut, Unreachable)):
        find_servers("corp.example", Security.LDAPS, nameservers=[HOST], port=port, lookup_s=0.5)
