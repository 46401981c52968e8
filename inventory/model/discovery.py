"""What was seen without being asked: machines that answer and that nobody has listed."""

from collections.abc import Iterator

from inventory.model.record import Identifier, Mark, Record


class Candidate(Record, frozen=True, kw_only=True):
    """An address that answers on the SSH port; nobody logged in to it."""

    KEY = ("address", "port")

    address: str
    port: int
    banner: str = ""  # what it says first (RFC 4253, section 4.2); empty: nothing in time

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the address."""
        yield Identifier(Mark.ADDRESS, self.address)
