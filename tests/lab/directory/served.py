"""A directory server in a folder that its keeper removes: what every kind of it has."""

from pathlib import Path

from tests.lab.directory.authority import Certificate
from tests.lab.directory.keeper import Keeper


class Served:
    """A server while it runs; its certificate is of the lab's authority."""

    keeper: Keeper
    folder: Path

    def __exit__(self, *error: object) -> None:
        """End the server and remove its folder."""
        self.keeper.close()

    @property
    def ca_file(self) -> Path:
        """Return the certificate of the lab's authority, in PEM form."""
        return self.folder / "tls" / "ca.pem"

    @property
    def certificate_sha256(self) -> str:
        """Return the fingerprint of the server's certificate."""
        tls = self.folder / "tls"
        return Certificate(tls / "server.pem", tls / "server-key.pem").sha256
