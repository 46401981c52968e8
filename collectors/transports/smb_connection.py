"""A connection to a file server whose answers are signed or sealed, bounded, and never redirected.

What smbprotocol lets pass is refused: an answer without a signature, a frame of 4 GiB, a link that
the server wants followed, a wait without an end ([MS-SMB2] 3.2.5.1.3, 3.2.4.1.1).
"""

import re

from smbprotocol.connection import Connection
from smbprotocol.exceptions import NtStatus, SMBException, SMBResponseException
from smbprotocol.header import SMB2HeaderResponse
from smbprotocol.transport import Tcp

from collectors.clean import clean_text

MOST_FRAME = 1024 * 1024
UNSOLICITED = 0xFFFFFFFFFFFFFFFF  # message id of an oplock break, which is never asked for
_STATUS = re.compile(r"STATUS_[A-Z_]{3,80}|0x[0-9a-f]{8}")


class _Bounded(Tcp):  # type: ignore[misc]
    """A line on which no frame is bigger than what is asked for here can be."""

    def _recv(self, length: int, timeout: float) -> object:
        if length > MOST_FRAME:
            raise SMBException(f"a frame of {length} bytes")
        return super()._recv(length, timeout)


class Signed(Connection):  # type: ignore[misc]
    """A connection that waits no longer than it may, follows no link, and takes no bare answer."""

    answer_s: float = 30
    _transport: Tcp | None = None

    @property
    def transport(self) -> Tcp | None:
        """Return the line; the library makes one without bounds when it connects."""
        return self._transport

    @transport.setter
    def transport(self, made: Tcp | None) -> None:
        self._transport = made and _Bounded(made.server, made.port, made.timeout)

    def _check_worker_running(self) -> None:
        """Raise what the thread that listens failed with, whatever it was, as one kind."""
        if self._t_exc is not None:
            self.disconnect(False)
            why = plain(self._t_exc) or type(self._t_exc).__name__
            raise SMBException(f"it answers with something else ({why})") from self._t_exc
        super()._check_worker_running()

    def receive(
        self,
        request: object,
        wait: bool = True,
        timeout: float | None = None,
        resolve_symlinks: bool = True,
    ) -> object:
        """Wait for an answer, as long as one may take; a link is an answer as others are."""
        return super().receive(request, wait, timeout or self.answer_s, False)

    def verify_signature(
        self, header: SMB2HeaderResponse, session_id: int, force: bool = False
    ) -> None:
        """Raise SMBException for an answer in a session that is neither signed nor sealed."""
        session = self.session_table.get(session_id)
        if session is not None and not force and not self._is_notice(header):
            if session.encrypt_data:
                raise SMBException("an answer came that is not sealed")
            force = True
        super().verify_signature(header, session_id, force)

    def _is_notice(self, header: SMB2HeaderResponse) -> bool:
        is_break = header["message_id"].get_value() == UNSOLICITED
        return bool(is_break or header["status"].get_value() == NtStatus.STATUS_PENDING)


def plain(err: Exception) -> str:
    """Return what failed; of an answer of the server its status ([MS-ERREF] 2.3.1)."""
    told = str(err)
    if isinstance(err, SMBResponseException) and (status := _STATUS.search(told)):
        told = status.group()
    return clean_text(told).replace("\n", " ")[:200]
