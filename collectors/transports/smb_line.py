"""A session at a file server over SMB 2.1 or newer: signed or sealed, bounded in time, read-only.

It needs smbprotocol, which is an extra. A guest's session is refused, and no link is followed.
"""

import logging
import struct
import threading
import time
from collections.abc import Iterator
from uuid import uuid4

from msgspec import Struct
from smbprotocol.connection import Dialects
from smbprotocol.exceptions import (
    NoMoreFiles,
    NtStatus,
    SMBConnectionClosed,
    SMBException,
    SMBResponseException,
)
from smbprotocol.file_info import FileInformationClass
from smbprotocol.open import (
    CreateDisposition,
    CreateOptions,
    DirectoryAccessMask,
    FileAttributes,
    FilePipePrinterAccessMask,
    ImpersonationLevel,
    Open,
    ShareAccess,
)
from smbprotocol.session import Session
from smbprotocol.tree import TreeConnect
from spnego.exceptions import SpnegoError

from collectors.transports.smb_connection import Signed, plain
from inventory.errors import Denied, TimedOut, TransportError, Unreachable

CHUNK = 65_536  # bytes of one read, or of one page of a listing
MOST_ENTRIES = 20_000  # of one folder
_LINK = 0x400  # FILE_ATTRIBUTE_REPARSE_POINT
_FOLDER = 0x10
_REFUSED = frozenset(
    (
        *(NtStatus.STATUS_ACCESS_DENIED, NtStatus.STATUS_LOGON_FAILURE),
        *(NtStatus.STATUS_PASSWORD_EXPIRED, NtStatus.STATUS_WRONG_PASSWORD),
        *(NtStatus.STATUS_PRIVILEGE_NOT_HELD,),
        *(0xC000006E, 0xC000006F, 0xC0000070, 0xC0000072, 0xC0000193, 0xC0000224, 0xC0000234),
        *(0xC000015B, 0xC0000413, 0xC0000418),
    )
)  # [MS-ERREF] 2.3.1: restrictions, disabled, expired, must change, locked out, no NTLM
_ABSENT = frozenset(
    (
        *(NtStatus.STATUS_OBJECT_NAME_NOT_FOUND, NtStatus.STATUS_OBJECT_PATH_NOT_FOUND),
        *(NtStatus.STATUS_NO_SUCH_FILE,),
    )
)
_ELSEWHERE = frozenset((0xC0000257, NtStatus.STATUS_STOPPED_ON_SYMLINK))  # path not covered (DFS)
# What the library raises when a server says what it should not.
_ODD = (SMBException, SpnegoError, OSError, ValueError, LookupError, TypeError, AttributeError)
_FAILURES = (*_ODD, struct.error, ArithmeticError, NotImplementedError, AssertionError)


class Absent(TransportError):
    """There is no such file or folder."""


class Elsewhere(TransportError):
    """It lies behind a link, on another server perhaps: it is not followed."""


class Found(Struct, frozen=True):
    """One entry of a folder."""

    name: str
    size_bytes: int
    changed_s: int | None
    is_folder: bool
    is_link: bool


class SmbLogin(Struct, frozen=True):
    r"""Who asks: `user@domain` or `DOMAIN\user` by password, or by the Kerberos ticket there is."""

    user: str
    password: str
    kerberos: bool = False

    def __repr__(self) -> str:
        return f"SmbLogin({self.user!r}, ***)"


class SmbLine:
    """A share that is open for reading. Close it, or it ends by itself when its time is over."""

    def __init__(
        self,
        server: str,
        port: int,
        *,
        name: str,
        connect_s: float,
        answer_s: float,
        total_s: float,
    ) -> None:
        """Take the place and its limits; nothing is sent yet. `name`: as messages call it."""
        _silence()
        self.name = name
        self._server, self._connect_s, self._end = server, connect_s, time.monotonic() + total_s
        self._line = Signed(uuid4(), server, port, require_signing=True)
        self._line.answer_s = answer_s
        self._tree: TreeConnect | None = None
        self._watch = threading.Timer(total_s, self._cut)
        self._watch.daemon = True

    def open(self, login: SmbLogin, share: str, *, host: str) -> None:
        """Connect, log in by one attempt and open a share; `host`: whom a ticket is for.

        Raises Unreachable, TimedOut, Denied.
        """
        self._watch.start()
        try:
            self._line.connect(timeout=self._connect_s)
            if self._line.dialect < Dialects.SMB_2_1_0:
                raise Unreachable(f"{self.name} offers nothing newer than SMB 2.0")
            self._log_in(login, host)
            self._tree = TreeConnect(self._session, rf"\\{self._server}\{share}")
            self._tree.connect(require_secure_negotiate=self._line.dialect >= Dialects.SMB_3_0_0)
        except _FAILURES as err:
            raise self._told(err) from err

    def _log_in(self, login: SmbLogin, host: str) -> None:
        self._session = Session(
            self._line,
            username=None if login.kerberos else login.user,
            password=None if login.kerberos else login.password,
            require_encryption=bool(self._line.supports_encryption),
            auth_protocol="kerberos" if login.kerberos else "ntlm",
        )
        self._session._hostname_override = host  # a ticket is for a name
        try:
            self._session.connect()
        except (SpnegoError, SMBResponseException) as err:
            raise Denied(f"{login.user} was refused by {self.name} over SMB: {plain(err)}") from err
        except SMBException as err:
            if "Failed to authenticate" in str(err):  # no ticket, no mechanism: nothing was sent
                raise Denied(f"{self.name}: {plain(err)}") from err
            raise
        finally:
            self._session.password = None

    def folder(self, path: str) -> Iterator[Found]:
        """Yield what a folder holds, at most 20,000 entries. Raises TransportError."""
        place = Open(self._tree, path)
        try:
            self._opened(place, CreateOptions.FILE_DIRECTORY_FILE)
            try:
                yield from self._listed(place)
            finally:
                self._closed(place)
        except _FAILURES as err:
            raise self._told(err) from err

    def read(self, path: str, most_bytes: int) -> bytes:
        """Return a file, at most one byte more than is wanted. Raises TransportError."""
        place = Open(self._tree, path)
        try:
            self._opened(place, CreateOptions.FILE_NON_DIRECTORY_FILE)
            try:
                return self._content(place, most_bytes)
            finally:
                self._closed(place)
        except _FAILURES as err:
            raise self._told(err) from err

    def close(self) -> None:
        """Close the line; nothing is waited for."""
        self._watch.cancel()
        self._cut()

    def _opened(self, place: Open, kind: int) -> None:
        is_folder = kind == CreateOptions.FILE_DIRECTORY_FILE
        masks = DirectoryAccessMask if is_folder else FilePipePrinterAccessMask
        reads = masks.FILE_LIST_DIRECTORY if is_folder else masks.FILE_READ_DATA
        share = (ShareAccess.FILE_SHARE_READ, ShareAccess.FILE_SHARE_WRITE)
        place.create(
            ImpersonationLevel.Impersonation,
            reads | masks.FILE_READ_ATTRIBUTES,
            FileAttributes.FILE_ATTRIBUTE_NORMAL,
            share[0] | share[1] | ShareAccess.FILE_SHARE_DELETE,  # others go on as they are used to
            CreateDisposition.FILE_OPEN,
            kind,
        )

    def _closed(self, place: Open) -> None:
        if place.connected and self._is_open():
            try:
                place.close(False)
            except _FAILURES:
                self._cut()  # a file that cannot be closed is closed with the line

    def _listed(self, place: Open) -> Iterator[Found]:
        number = 0
        while True:
            try:
                page = place.query_directory(
                    "*", FileInformationClass.FILE_DIRECTORY_INFORMATION, max_output=CHUNK
                )
            except NoMoreFiles:
                return
            for one in page:
                number += 1
                if number > MOST_ENTRIES:
                    raise SMBException(f"a folder has more than {MOST_ENTRIES} entries")
                yield _found(one)
            if not page:
                return

    def _content(self, place: Open, most_bytes: int) -> bytes:
        size, got = int(place.end_of_file), bytearray()
        wanted = min(size, most_bytes + 1)
        while len(got) < wanted:
            part = place.read(len(got), min(CHUNK, wanted - len(got)))
            if not part:
                break
            got += part
        return bytes(got[: most_bytes + 1])

    def _cut(self) -> None:
        try:
            if self._line.transport is not None:
                self._line.disconnect(close=False)
        except _FAILURES:
            return  # it is broken already

    def _is_open(self) -> bool:
        return self._line.transport is not None and self._line.transport.connected

    def _told(self, err: Exception) -> TransportError:
        """Return what went wrong, in the words of transports."""
        if time.monotonic() >= self._end:
            return TimedOut(f"{self.name}: the time for reading its files is over")
        if isinstance(err, SMBResponseException):
            return self._answered(err)
        says = plain(err)
        if "timeout" in says.lower() or "timed out" in says.lower():
            return TimedOut(f"{self.name} does not answer over SMB: {says}")
        if isinstance(err, SMBConnectionClosed):
            return Unreachable(f"{self.name} broke the SMB connection off")
        if "as a guest" in says:
            return Denied(f"{self.name} lets nobody in but guests: nothing was read as a guest")
        return Unreachable(f"{self.name} over SMB: {says}")

    def _answered(self, err: SMBResponseException) -> TransportError:
        status, says = int(err.status), plain(err)
        if status in _REFUSED:
            return Denied(f"{self.name} refused it over SMB: {says}")
        if status in _ABSENT:
            return Absent(f"{self.name}: {says}")
        if status in _ELSEWHERE:
            return Elsewhere(f"{self.name}: it lies behind a link, which is not followed")
        return Unreachable(f"{self.name} over SMB: {says}")


def _found(one: object) -> Found:
    told = one.fields  # type: ignore[attr-defined]
    flags = told["file_attributes"].get_value()
    when = told["last_write_time"].get_value()
    return Found(
        name=told["file_name"].get_value().decode("utf-16-le", "replace"),
        size_bytes=told["end_of_file"].get_value(),
        changed_s=int(when.timestamp()) if when and when.year > 1601 else None,
        is_folder=bool(flags & _FOLDER),
        is_link=bool(flags & _LINK),
    )


def _silence() -> None:
    """Keep what the library logs to itself: every failure is told as an error already."""
    for name in ("smbprotocol", "spnego"):
        log = logging.getLogger(name)
        log.propagate = False
        if not log.handlers:
            log.addHandler(logging.NullHandler())
