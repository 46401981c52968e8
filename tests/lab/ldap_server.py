"""A small LDAP server that behaves as Windows does where Samba does not, or as an enemy would.

    with FakeDirectory(entries, Behaviour(range_step=1500), kind="ad") as server:
        place = LdapPlace("fake", servers=(server.address,), security=Security.CLEAR)

Unpaged searches end at 1000 entries (sizeLimitExceeded), attributes come in ranges, references and
errors in the middle of a page can be had, and a number of tricks. What a client sent is kept in
`heard` (after TLS) and `requests`. It shares no code with what it tests.
"""

import contextlib
import itertools
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.lab.directory.authority import Certificate
from tests.lab.ldap_answers import (
    encoded,
    ended,
    integer,
    is_below,
    is_in,
    matches,
    octets,
    page_asked,
    page_control,
    parts,
    size_of,
    tlv,
)
from tests.lab.ldap_tricks import Tricks

REQUESTS = {0x60: "bind", 0x42: "unbind", 0x63: "search", 0x77: "extended"}
Parts = list[tuple[int, bytes]]
Values = Sequence[str | bytes]
Entries = Mapping[str, Mapping[str, Values]]

PAGED, SD_FLAGS, DELETED = (f"1.2.840.113556.1.4.{number}" for number in (319, 801, 417))
STARTTLS, NOTICE = "1.3.6.1.4.1.1466.20037", "1.3.6.1.4.1.1466.20036"
DOMAIN = "DC=corp,DC=example"
AD_ROOT: Mapping[str, Values] = {
    "defaultNamingContext": [DOMAIN],
    "rootDomainNamingContext": [DOMAIN],
    "configurationNamingContext": [f"CN=Configuration,{DOMAIN}"],
    "schemaNamingContext": [f"CN=Schema,CN=Configuration,{DOMAIN}"],
    "namingContexts": [
        DOMAIN,
        f"CN=Configuration,{DOMAIN}",
        f"CN=Schema,CN=Configuration,{DOMAIN}",
        f"DC=DomainDnsZones,{DOMAIN}",
        f"DC=ForestDnsZones,{DOMAIN}",
    ],
    "supportedControl": [PAGED, SD_FLAGS, DELETED],
    "supportedCapabilities": ["1.2.840.113556.1.4.800"],
    "supportedSASLMechanisms": ["GSSAPI"],
    "dnsHostName": ["dc1.corp.example"],
    "domainFunctionality": ["7"],
    "forestFunctionality": ["7"],
    "domainControllerFunctionality": ["7"],
    "currentTime": ["20261125020400.0Z"],
    "isGlobalCatalogReady": ["TRUE"],
}
POSIX_ROOT: Mapping[str, Values] = {
    "objectClass": ["top", "OpenLDAProotDSE"],
    "namingContexts": ["dc=lin,dc=example"],
    "supportedControl": [PAGED],
    "supportedExtension": [STARTTLS],
}
ROOTS = {"ad": AD_ROOT, "posix": POSIX_ROOT}


@dataclass
class Behaviour:
    """How a server behaves; the defaults are those of Windows."""

    users: dict[str, str] = field(default_factory=lambda: {"auditor@corp.example": "s3cret-Pw"})
    bind: tuple[int, str] | None = None  # code and text of every login
    bind_controls: bytes = b""  # encoded controls that come with it
    needs_login: bool = True
    starttls: str = "ok"  # "refuse", "inject", "early"
    root: Mapping[str, Values] = field(default_factory=dict)  # in place of what the kind says
    most_unpaged: int = 1000
    most_page: int = 1000
    range_step: int = 1500
    references: tuple[str, ...] = ()  # addresses that follow the entries of a subtree search
    fail_page: Mapping[int, tuple[int, str]] = field(default_factory=dict)  # page: code and text
    refuse_base: Mapping[str, tuple[int, str]] = field(default_factory=dict)  # base: code and text
    constant_cookie: bool = False  # as Samba and 389-ds have it
    trick: str = ""  # one of those of tests/lab/ldap_tricks.py


class FakeDirectory:
    """The server: it listens on a loopback address of its own while the context lasts."""

    def __init__(
        self,
        entries: Entries,
        behaviour: Behaviour | None = None,
        *,
        kind: str = "ad",
        host: str = "127.0.0.77",
        certificate: Certificate | None = None,
        ldaps: bool = False,
    ) -> None:
        self.entries = {dn: encoded(values) for dn, values in entries.items()}
        self.behaviour = behaviour or Behaviour()
        self.root = encoded({**ROOTS[kind], **self.behaviour.root})
        self.heard = bytearray()  # all that came, without TLS
        self.requests: list[str] = []
        self._ldaps = ldaps
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if certificate:
            self.context.load_cert_chain(certificate.certificate, certificate.key)
        self._listener = socket.create_server((host, 0))
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self.opened: list[socket.socket] = []

    def __enter__(self) -> "FakeDirectory":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._listener, *self.opened):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.opened.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        session = _Session(self, client)
        with contextlib.suppress(OSError, StopIteration):
            if self._ldaps:
                session.secure()
            session.run()
        session.client.close()


@dataclass
class Asked:
    """A search request."""

    base: str
    scope: int
    filter: tuple[int, bytes]
    names: list[str]


class _Session(Tricks):
    """One client."""

    def __init__(self, server: FakeDirectory, client: socket.socket) -> None:
        self.server, self.behaviour, self.client = server, server.behaviour, client
        self.got = b""
        self.bound = False
        self.cookies: dict[bytes, Iterator[tuple[str, dict[str, list[bytes]]]]] = {}
        self.page = 0

    def run(self) -> None:
        while True:
            ((_, whole),) = parts(self._message())
            (_, number), (kind, operation), *rest = parts(whole)
            name = REQUESTS[kind]
            self.server.requests.append(name)
            if name == "unbind":
                return
            told = [parts(one) for _, one in parts(rest[0][1])] if rest else []
            controls = {one[0][1].decode(): one[-1][1] for one in told}
            handle = getattr(self, f"_{name}")
            handle(int.from_bytes(number, "big"), parts(operation), controls)

    def secure(self) -> None:
        """Put TLS on the line, handshake included."""
        self.client = self.server.context.wrap_socket(self.client, server_side=True)
        self.server.opened.append(self.client)

    def send(self, number: int, operation: bytes, controls: bytes = b"") -> None:
        tail = tlv(0xA0, controls) if controls else b""
        self.client.sendall(tlv(0x30, integer(number), operation, tail))

    def _message(self) -> bytes:
        while not (size := size_of(self.got)) or len(self.got) < size:
            chunk = self.client.recv(65_536)
            self.server.heard += chunk
            self.got += chunk
            if not chunk or self.got[:1] != b"0":
                raise OSError("closed, or no LDAP")
        told, self.got = self.got[:size], self.got[size:]
        return told

    def _bind(self, number: int, asked: Parts, _: object) -> None:
        user, (kind, proof) = asked[1][1].decode(), asked[2]
        password = proof.decode() if kind == 0x80 else ""
        code, text = 0, ""
        if self.behaviour.bind:
            code, text = self.behaviour.bind
        elif user and self.behaviour.users.get(user) != password:
            code = 49
            text = "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4563\0"
        self.bound = bool(user) and not code
        self.send(number, ended(0x61, code, text), self.behaviour.bind_controls)

    def _extended(self, number: int, asked: Parts, _: object) -> None:
        mode = self.behaviour.starttls
        if asked[0][1].decode() != STARTTLS or mode == "refuse":
            self.send(number, ended(0x78, 2, "unsupported extended operation"))
            return
        if mode == "early":
            self.send(number, ended(0x61, 0, ""))
        self.send(number, ended(0x78, 0, ""))
        if mode == "inject":
            self.send(2, ended(0x61, 0, ""))
        self.secure()

    def _search(self, number: int, told: Parts, controls: dict[str, bytes]) -> None:
        asked = Asked(
            told[0][1].decode("utf-8", "replace"),
            told[1][1][0],
            told[6],
            [name.decode() for _, name in parts(told[7][1])],
        )
        base, names = asked.base, asked.names
        is_root = not base and asked.scope == 0
        if is_root:
            self.entry(number, "", self.server.root, names)
            self.send(number, ended(0x65, 0, ""))
        elif self.behaviour.needs_login and not self.bound:
            text = "000004DC: LdapErr: DSID-0C0909AF, comment: In order to perform this operation a successful bind must be completed on the connection."
            self.send(number, ended(0x65, 1, text))
        elif base.lower() in self.behaviour.refuse_base:
            self.send(number, ended(0x65, *self.behaviour.refuse_base[base.lower()]))
        elif self._is_missing(base):
            self.send(number, ended(0x65, 32, "0000208D: NameErr: DSID-0310028C, problem 2001"))
        else:
            self._page(number, asked, controls)

    def _is_missing(self, base: str) -> bool:
        return not any(is_below(dn, base) for dn in self.server.entries)

    def _page(self, number: int, asked: Asked, controls: dict[str, bytes]) -> None:
        names = asked.names
        paged = PAGED in controls and PAGED.encode() in self.server.root["supportedControl"]
        size, cookie = page_asked(controls[PAGED]) if paged else (10**9, b"")
        found = self.cookies.pop(cookie, None) if cookie else self._found(asked, controls)
        if found is None:
            self.send(number, ended(0x65, 53, "the cookie is not known"))
            return
        self.page = self.page + 1 if cookie else 1
        most = min(size, self.behaviour.most_page) if paged else self.behaviour.most_unpaged
        if self.behaviour.trick and asked.scope != 0:
            getattr(self, "trick_" + self.behaviour.trick.replace(" ", "_"))(number, found, names)
            return
        for dn, values in itertools.islice(found, most):
            self.entry(number, dn, values, names)
        rest = next(found, None)
        if self.page in self.behaviour.fail_page:
            self.send(number, ended(0x65, *self.behaviour.fail_page[self.page]))
            return
        if rest is None and asked.scope == 2:
            for address in self.behaviour.references:
                self.send(number, tlv(0x73, octets(address)))
        code = 4 if rest is not None and not paged else 0
        following = b""
        if rest is not None and paged:
            following = b"same" if self.behaviour.constant_cookie else b"page%d" % self.page
            self.cookies[following] = itertools.chain([rest], found)
        self.send(number, ended(0x65, code, ""), page_control(following) if paged else b"")

    def _found(
        self, asked: Asked, controls: dict[str, bytes]
    ) -> Iterator[tuple[str, dict[str, list[bytes]]]]:
        for dn, values in self.server.entries.items():
            is_deleted = b"TRUE" in values.get("isDeleted", ()) and DELETED not in controls
            if (
                not is_deleted
                and is_in(dn, asked.base, asked.scope)
                and matches(*asked.filter, values)
            ):
                hidden = () if SD_FLAGS in controls else ("ntsecuritydescriptor",)
                yield dn, {name: v for name, v in values.items() if name.lower() not in hidden}

    def entry(
        self, number: int, dn: str, values: Mapping[str, Sequence[bytes]], names: list[str]
    ) -> None:
        told = [pair for name in names for pair in self._asked_for(name, values)]
        pairs = [tlv(0x30, octets(name), tlv(0x31, *map(octets, v))) for name, v in told]
        self.send(number, tlv(0x64, octets(dn), tlv(0x30, *pairs)))

    def _asked_for(
        self, name: str, values: Mapping[str, Sequence[bytes]]
    ) -> Iterator[tuple[str, Sequence[bytes]]]:
        """Yield an attribute by the name that was asked for, or the range of it that is given."""
        plain, _, option = name.partition(";")
        step = self.behaviour.range_step
        start = int(match[1]) if (match := re.fullmatch(r"range=(\d+)-(?:\d+|\*)", option)) else 0
        for known, told in values.items():
            if known.lower() != plain.lower() or not told:
                continue
            if len(told) <= step and not match:
                yield known, told
                continue
            if not match:
                yield known, []  # as Windows does: the attribute without values, and its range
            if self.behaviour.trick == "range again":
                start = 0
            part = told[start : start + step]
            last = "*" if start + step >= len(told) else str(start + step - 1)
            if self.behaviour.trick != "range ends" or not match:
                yield f"{known};range={start}-{last}", part
