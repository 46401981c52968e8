"""A real OpenLDAP server with Unix accounts: slapd on a loopback address of its own.

    with OpenLdap() as server:
        server.search("(objectClass=posixAccount)", "uid")

Its entries are loaded offline, as big trees are: the overlay memberof did not see them, so that
memberOf stands only where a group was changed since.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from tests.lab.directory.authority import issue, new_authority
from tests.lab.directory.domain import Login
from tests.lab.directory.keeper import Keeper, run
from tests.lab.directory.ldif import Entries, additions, changes, entries
from tests.lab.directory.orders import Order
from tests.lab.directory.posix import specimens
from tests.lab.directory.posix.entries import (
    AUDITOR_DN,
    AUDITOR_PASSWORD,
    BASE,
    HIDDEN,
    POLICIES,
    PUBLIC,
    READER_DN,
    READER_PASSWORD,
)
from tests.lab.directory.served import Served

NAME = "ldap1.lin.example"
ROOT_DN, ROOT_PASSWORD = f"cn=admin,{BASE}", "Root.of.the.lin.tree"
LDAP, LDAPS = 389, 636
SCHEMAS = Path(__file__).with_name("schemas")
START = "/usr/sbin/slapd -d 0 -F {folder}/config -h 'ldap://{address}/ ldaps://{address}/' &"
CONFIGURATION = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
include {schemas}/sudo.schema
include {schemas}/openssh.schema
include {schemas}/ipa.schema
pidfile {folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload back_monitor
moduleload memberof
moduleload ppolicy
moduleload refint
TLSCACertificateFile {folder}/tls/ca.pem
TLSCertificateFile {folder}/tls/server.pem
TLSCertificateKeyFile {folder}/tls/server-key.pem
sizelimit size.soft=500 size.hard=unlimited size.prtotal=unlimited
access to dn.base="" by * read
access to dn.base="cn=Subschema" by * read

database config
access to * by dn.exact="{auditor}" read by * none

database mdb
suffix {base}
rootdn {root}
rootpw {password}
directory {folder}/tree
maxsize 4294967296
dbnosync
index objectClass,uid,cn,uidNumber,gidNumber,member,memberUid,sudoUser eq
access to attrs=userPassword by self write by anonymous auth by * none
access to dn.subtree="{hidden}" by dn.exact="{auditor}" read by * none
access to dn.subtree="{public}" by * read
access to * by users read by anonymous auth by * none
overlay memberof
memberof-group-oc groupOfNames
memberof-member-ad member
memberof-memberof-ad memberOf
overlay refint
refint_attributes manager
overlay ppolicy
ppolicy_default cn=default,{policies}

database monitor
access to * by dn.exact="{auditor}" read by * none
"""
READER = Login("reader", READER_PASSWORD, READER_DN)
AUDITOR = Login("auditor", AUDITOR_PASSWORD, AUDITOR_DN)
ROOT = Login("admin", ROOT_PASSWORD, ROOT_DN)


class OpenLdap(Served):
    """A running slapd; it is ready when the `with` begins."""

    base = BASE
    name = NAME
    reader = READER  # reads all entries but those below ou=hidden
    auditor = AUDITOR  # reads the settings (cn=config) and the monitor, too
    root = ROOT
    ldap_port = LDAP
    ldaps_port = LDAPS

    def __init__(self, ldif: Path | None = None) -> None:
        """Take the entries as a file; None: the specimens."""
        self._ldif = ldif

    def __enter__(self) -> Self:
        """Load the entries and start the server."""
        self.keeper = Keeper()
        try:
            self.folder = self.keeper.folder / "slapd"
            self.address = self.keeper.address
            prepare(self.folder, self._ldif)
            self.keeper.order(START.format(folder=self.folder, address=self.address))
            self.keeper.wait_for(LDAP, LDAPS)
        except BaseException:
            self.keeper.close()
            raise
        return self

    def search(
        self, *words: str, login: Login | None = READER, base: str = BASE, scheme: str = "ldaps"
    ) -> Entries:
        """Search with OpenLDAP's client, as the plain reader unless told otherwise; None: as nobody.

        The client knows the server by its address alone: it does not check the certificate.
        """
        plain = ("ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt")
        where = ("-H", f"{scheme}://{self.address}", "-b", base)
        who = ("-D", login.dn, "-w", login.password) if login else ()
        return entries(run(*plain, *where, *who, *words, env={"LDAPTLS_REQCERT": "never"}))

    def write(self, *orders: Order) -> None:
        """Change the directory of the running server, as its root."""
        who = ("-D", ROOT_DN, "-w", ROOT_PASSWORD)
        given = changes(orders)
        run("ldapmodify", "-x", "-H", f"ldap://{self.address}", *who, given=given)


def prepare(folder: Path, ldif: Path | None) -> None:
    """Make the settings, the certificate and the loaded tree of a server in a folder."""
    for name in ("config", "tree", "tls"):
        (folder / name).mkdir(parents=True)
    authority = new_authority(folder / "tls")
    issue(authority, folder / "tls", NAME, days=400)
    told = folder / "slapd.conf"
    told.write_text(_configuration(folder))
    entries_file = ldif or write_ldif(specimens.orders(), folder / "specimens.ldif")
    run("slapadd", "-q", "-f", told, "-l", entries_file)
    run("slaptest", "-Q", "-f", told, "-F", folder / "config")


def write_ldif(orders: Iterable[Order], path: Path) -> Path:
    """Write orders as entries into a file, and return it."""
    path.write_text(additions(orders))
    return path


def _configuration(folder: Path) -> str:
    return CONFIGURATION.format(
        folder=folder,
        schemas=SCHEMAS,
        base=BASE,
        root=ROOT_DN,
        password=ROOT_PASSWORD,
        auditor=AUDITOR_DN,
        hidden=HIDDEN,
        public=PUBLIC,
        policies=POLICIES,
    )
