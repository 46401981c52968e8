"""What an enemy does in the place of a search result: each a method of a session of the server.

They take the id of the request, what would be found, and the attributes that were asked for.
"""

import itertools
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.lab.ldap_answers import ended, page_control, result_parts, tlv

NOTICE = b"1.3.6.1.4.1.1466.20036"  # RFC 4511 section 4.4.1


class Tricks:
    """The tricks; `Behaviour(trick="wrong id")` names one."""

    client: socket.socket
    cookies: dict[bytes, Iterator[tuple[str, dict[str, list[bytes]]]]]

    def send(self, number: int, operation: bytes, controls: bytes = b"") -> None:
        raise NotImplementedError

    def entry(
        self, number: int, dn: str, values: Mapping[str, Sequence[bytes]], names: list[str]
    ) -> None:
        raise NotImplementedError

    def trick_wrong_id(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number + 7, *next(found), names)
        self.send(number, ended(0x65, 0, ""))

    def trick_notice(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)
        self.send(0, tlv(0x78, *result_parts(52, "shutting down"), tlv(0x8A, NOTICE)))
        raise OSError("gone")

    def trick_unsolicited(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)
        self.send(0, tlv(0x78, *result_parts(0, "by the way"), tlv(0x8A, b"1.2.3.4")))
        self.send(number, tlv(0x79, tlv(0x80, b"1.2.3.5")))
        self.send(number, ended(0x65, 0, ""))

    def trick_endless(self, number: int, found: Any, names: list[str]) -> None:
        dn, values = next(found)
        for turn in itertools.count():
            self.entry(number, f"CN=n{turn},{dn}", values, names)

    def trick_same_page(self, number: int, found: Any, names: list[str]) -> None:
        first = list(itertools.islice(found, 10))
        for dn, values in first:
            self.entry(number, dn, values, names)
        self.cookies[b"again"] = iter(first)
        self.send(number, ended(0x65, 0, ""), page_control(b"again"))

    def trick_empty_pages(self, number: int, found: Any, names: list[str]) -> None:
        self.cookies[b"more"] = found
        self.send(number, ended(0x65, 0, ""), page_control(b"more"))

    def trick_range_again(self, number: int, found: Any, names: list[str]) -> None:
        for dn, values in found:
            self.entry(number, dn, values, names)
        self.send(number, ended(0x65, 0, ""))

    trick_range_ends = trick_range_again

    def trick_cut(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)
        self.client.sendall(b"\x30\x82\x10\x00\x02\x01")
        raise OSError("gone")

    def trick_stall(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)

    def trick_stop_reading(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)
        time.sleep(60)

    def trick_huge(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)
        self.client.sendall(b"\x30\x84\x80\x00\x00\x00" + bytes(65_536))

    def trick_trickle(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)
        self.client.sendall(b"\x30\x84\x00\x01\x00\x00")
        while True:
            self.client.sendall(b"\x02")
            time.sleep(0.05)

    def trick_garbage(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)
        self.client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    def trick_indefinite(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)
        self.client.sendall(b"\x30\x80\x02\x01\x01" + bytes(100))

    def trick_other_answer(self, number: int, found: Any, names: list[str]) -> None:
        self.entry(number, *next(found), names)
        self.send(number, ended(0x67, 0, ""))  # a modify response
