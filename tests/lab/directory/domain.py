"""The domain of the lab: made by Samba's own tools in a folder, and configured where it lies."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.lab.directory.authority import issue, new_authority
from tests.lab.directory.cache import made_once
from tests.lab.directory.keeper import run
from tests.lab.directory.names import (
    BASE,
    DC_NAME,
    DOMAIN,
    DOMAIN_SID,
    FIRST_ADDRESS,
    NETBIOS,
    REALM,
)
from tests.lab.directory.orders import Order, as_json

TLS_DAYS = 40  # the certificate ends soon after a handover: this is a specimen, too
SYSTEM_PYTHON = "/usr/bin/python3"
WRITER = Path(__file__).with_name("sam_writer.py")
SMB_CONF = """\
[global]
netbios name = DC1
realm = {realm}
workgroup = {netbios}
server role = active directory domain controller
server services = ldap, kdc, cldap, dns, s3fs, winbindd
interfaces = {address}/8
bind interfaces only = yes
private dir = {folder}/private
state directory = {folder}/state
cache directory = {folder}/cache
lock directory = {folder}
pid directory = {folder}/run
ncalrpc dir = {folder}/ncalrpc
binddns dir = {folder}/bind-dns
ntp signd socket directory = {folder}/ntp_signd
log file = {folder}/logs/log.%m
logging = file
log level = 1
idmap_ldb:use rfc2307 = yes
ldap server require strong auth = {strong_auth}
tls certfile = {folder}/tls/server.pem
tls keyfile = {folder}/tls/server-key.pem
tls cafile = {folder}/tls/ca.pem
dns forwarder =
dns update command = /bin/true
spn update command = /bin/true
samba kcc command = /bin/true
gpo update command = /bin/true
disable netbios = yes
name resolve order = host
smb ports = 445
load printers = no
printing = bsd
printcap name = /dev/null

[sysvol]
path = {folder}/state/sysvol
read only = no

[netlogon]
path = {folder}/state/sysvol/{domain}/scripts
read only = no
"""
KRB5_CONF = """\
[libdefaults]
default_realm = {realm}
dns_lookup_kdc = false
dns_lookup_realm = false
rdns = false
dns_canonicalize_hostname = false
[realms]
{realm} = {{
  kdc = {address}:88
  kpasswd_server = {address}:464
}}
[domain_realm]
.{domain} = {realm}
{domain} = {realm}
"""
FOLDERS = ("run", "ncalrpc", "logs", "ntp_signd", "cache", "bind-dns", "tls")
# Samba's programs find each other in /run/samba, whatever the configuration says. They ask nobody
# but the controller itself for names: a trusted domain is not looked for on the network.
PRIVATE = """\
mkdir -p /run/samba
for folder in /run/samba /var/lib/samba /var/cache/samba /var/log/samba; do
  mount -t tmpfs tmpfs $folder
done
echo "nameserver {address}" >/run/samba/resolv.conf
[ ! -e /etc/resolv.conf ] || mount --bind /run/samba/resolv.conf /etc/resolv.conf
"""
KERBEROS_NAMES = (
    f"ldap/{DC_NAME}",
    f"ldap/{DC_NAME}/{DOMAIN}",
    "ldap/DC1",
    f"GC/{DC_NAME}/{DOMAIN}",
    f"cifs/{DC_NAME}",
)


class Login(NamedTuple):
    """An account that can be used, and its password."""

    name: str
    password: str
    dn: str

    @property
    def principal(self) -> str:
        """Return the name with its domain (UPN)."""
        return f"{self.name}@{DOMAIN}"


ADMINISTRATOR = Login("Administrator", "Adm1nistrator.of.corp", f"CN=Administrator,CN=Users,{BASE}")
READER = Login("handover.reader", "Reads.the.d1rectory", f"CN=handover.reader,CN=Users,{BASE}")


def write(folder: Path, orders: Iterable[Order]) -> None:
    """Carry out orders on the domain in a folder, all or none."""
    given = json.dumps([as_json(order) for order in orders])
    run(SYSTEM_PYTHON, WRITER, folder / "etc" / "smb.conf", given=given)


def configure(folder: Path, address: str, *, strong_auth: bool = False) -> Path:
    """Write the configuration for a domain that lies in this folder; return that of Samba."""
    folder.chmod(0o755)  # who reads SYSVOL is a user of this machine, too
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    names = {"folder": folder, "address": address, "realm": REALM, "domain": DOMAIN}
    strong = "yes" if strong_auth else "no"
    text = SMB_CONF.format(netbios=NETBIOS, strong_auth=strong, **names)
    (folder / "etc" / "krb5.conf").write_text(KRB5_CONF.format(**names))
    found = folder / "etc" / "smb.conf"
    found.write_text(text)
    return found


def empty_domain() -> Path:
    """Return the folder of a new domain, with an authority for TLS; not for writing."""
    return made_once("samba-empty", _provision, of=(Path(__file__), WRITER))


def specimen_domain() -> Path:
    """Return the folder of a domain that holds the specimens; made anew each day."""
    from tests.lab.directory import specimens

    return made_once("samba-specimens", _fill, of=specimens.SOURCES, daily=True)


def _founded_domain() -> Path:
    """Return the folder of a domain with schema, units and crowd: it is slow to make."""
    from tests.lab.directory.ad import schema, specimen, texts

    parts = (Path(part.__file__) for part in (schema, specimen, texts) if part.__file__)
    return made_once("samba-founded", _found, of=(Path(__file__), WRITER, *parts))


def _provision(folder: Path) -> None:
    """Make a domain in an empty folder. Samba's own default places stay as they are."""
    words = [
        *("samba-tool", "domain", "provision", f"--targetdir={folder}", "--configfile=/dev/null"),
        *(f"--realm={REALM}", f"--domain={NETBIOS}", "--server-role=dc"),
        *("--dns-backend=SAMBA_INTERNAL", f"--adminpass={ADMINISTRATOR.password}"),
        *(
            "--use-rfc2307",
            "--host-name=dc1",
            f"--host-ip={FIRST_ADDRESS}",
            "--function-level=2008_R2",
        ),
        *(f"--domain-sid={DOMAIN_SID}", f"--option=interfaces={FIRST_ADDRESS}/8"),
        "--option=bind interfaces only=yes",
    ]
    script = PRIVATE.format(address=FIRST_ADDRESS) + 'exec "$@"'
    run("unshare", "--mount", "--propagation", "private", "sh", "-ec", script, "sh", *words)
    configure(folder, FIRST_ADDRESS)
    authority = new_authority(folder / "tls")
    issue(authority, folder / "tls", DC_NAME, DOMAIN, "DC1", days=TLS_DAYS)
    for name in KERBEROS_NAMES:
        given = ("-H", folder / "private" / "sam.ldb", "-s", folder / "etc" / "smb.conf")
        run("samba-tool", "spn", "add", name, "DC1$", *given)
    run("samba-tool", "user", "create", READER.name, READER.password, *given)


def _found(folder: Path) -> None:
    from tests.lab.directory import specimens
    from tests.lab.directory.ad import texts

    copy(empty_domain(), folder)
    write(folder, specimens.foundations())
    write(folder, texts.crowd())


def _fill(folder: Path) -> None:
    from tests.lab.directory import specimens
    from tests.lab.directory.ad import sysvol

    copy(_founded_domain(), folder)
    write(folder, specimens.orders())
    sysvol.lay(folder / "state" / "sysvol" / DOMAIN)


def copy(source: Path, folder: Path) -> None:
    """Make a folder the copy of a domain's, ready for writing."""
    shutil.rmtree(folder)
    run("cp", "-a", source, folder)
    configure(folder, FIRST_ADDRESS)
