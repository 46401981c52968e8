"""A real Active Directory domain controller: Samba as LDAP, global catalogue, KDC, DNS and SYSVOL.

    with SambaAd() as dc:
        run("ldapsearch", "-H", f"ldap://{dc.address}", ...)

It serves the domain of `specimens.py`. A domain is made once a day, in the user's cache folder,
and copied for each controller: a copy starts in about two seconds.
"""

from pathlib import Path
from typing import Self

from tests.lab.directory.ad import dns
from tests.lab.directory.domain import (
    ADMINISTRATOR,
    PRIVATE,
    READER,
    Login,
    configure,
    specimen_domain,
    write,
)
from tests.lab.directory.keeper import Keeper, run
from tests.lab.directory.ldif import Entries, entries
from tests.lab.directory.names import (
    BASE,
    CONFIGURATION,
    DC_NAME,
    DOMAIN,
    DOMAIN_SID,
    FIRST_ADDRESS,
    NETBIOS,
    REALM,
)
from tests.lab.directory.orders import Order
from tests.lab.directory.served import Served

LDAP, LDAPS, CATALOGUE, CATALOGUE_TLS, KDC, SMB, DNS = 389, 636, 3268, 3269, 88, 445, 53
START = "/usr/sbin/samba -F --no-process-group -s {configuration} -M single --debug-stdout &"


class SambaAd(Served):
    """A running domain controller; it is ready when the `with` begins."""

    domain = DOMAIN
    realm = REALM
    base = BASE
    configuration = CONFIGURATION
    name = DC_NAME
    domain_sid = DOMAIN_SID
    administrator = ADMINISTRATOR
    reader = READER
    ldap_port = LDAP
    ldaps_port = LDAPS

    def __init__(self, source: Path | None = None, *, strong_auth: bool = False) -> None:
        """Take the folder of a domain; None: the domain of the specimens.

        With `strong_auth` a password in clear is refused by the server, as on a hardened one.
        """
        self._source = source
        self._strong_auth = strong_auth

    def __enter__(self) -> Self:
        """Copy the domain to a folder of its own and start the controller."""
        source = self._source or specimen_domain()
        self.keeper = Keeper()
        try:
            self.folder = self.keeper.folder / "ad"
            run("cp", "-a", source, self.folder)
            self.address = self.keeper.address
            configuration = configure(self.folder, self.address, strong_auth=self._strong_auth)
            if self.address != FIRST_ADDRESS:
                self.write(dns.moved(self.address))
            self.keeper.order(
                (PRIVATE + START).format(address=self.address, configuration=configuration)
            )
            self.keeper.wait_for(LDAP, LDAPS, KDC, SMB)
        except BaseException:
            self.keeper.close()
            raise
        return self

    @property
    def krb5_conf(self) -> Path:
        """Return the file for the environment variable KRB5_CONFIG."""
        return self.folder / "etc" / "krb5.conf"

    @property
    def sysvol(self) -> Path:
        """Return the folder that is shared as SYSVOL."""
        return self.folder / "state" / "sysvol" / self.domain

    def write(self, *orders: Order) -> None:
        """Change the directory of the running controller."""
        write(self.folder, orders)

    def search(
        self, *words: str, login: Login = READER, base: str = BASE, scheme: str = "ldaps"
    ) -> Entries:
        """Search with OpenLDAP's client, as the plain reader unless told otherwise.

        The client knows the controller by its address alone: it does not check the certificate.
        """
        plain = ("ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-E", "!pr=500/noprompt")
        where = ("-H", f"{scheme}://{self.address}", "-b", base)
        who = ("-D", login.principal, "-w", login.password)
        return entries(run(*plain, *where, *who, *words, env={"LDAPTLS_REQCERT": "never"}))

    def smb(self, command: str, *, login: Login = READER, share: str = "sysvol") -> str:
        """Do a command of smbclient in a share, as the plain reader unless told otherwise."""
        who = ("-U", f"{NETBIOS}/{login.name}%{login.password}")
        return run("smbclient", f"//{self.address}/{share}", *who, "-c", command)

    def ticket(self, login: Login, cache: Path) -> dict[str, str]:
        """Get a Kerberos ticket; return the environment in which it is used."""
        env = {"KRB5_CONFIG": str(self.krb5_conf), "KRB5CCNAME": f"FILE:{cache}"}
        run("kinit", f"{login.name}@{self.realm}", given=f"{login.password}\n", env=env)
        return env
