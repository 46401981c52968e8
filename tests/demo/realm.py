"""Muster's domain corp.example: what OldMSP has in it, and what becomes of that in three weeks."""

from pathlib import Path

from tests.demo.holds import Planted
from tests.lab.directory import acts
from tests.lab.directory.ad.specimen import PROVIDER
from tests.lab.directory.names import BASE, DC_NAME, DOMAIN
from tests.lab.directory.samba import LDAPS, SambaAd

ADMINS = f"CN=Domain Admins,CN=Users,{BASE}"
JANE = f"CN=Jane Doe,{PROVIDER}"
KARL = f"CN=kalt,{PROVIDER}"
SOURCE = """\
  - name: directory
    kind: ldap
    domain: {domain}
    servers: ["ldaps://{address}:{port}"]
    server_name: {name}
    user: {user}
    password: file:reader.password
    ca_file: directory-ca.pem
"""


def _here(kind: str, piece: str, *, sure: bool = True) -> Planted:
    return Planted(kind, DOMAIN, piece, sure)


HOLDS = (
    _here("directory account", "account jdoe (Jane Doe)"),
    _here("directory account", "account kalt (Karl Alt)"),
    _here("directory account", "account svc-rmm"),
    _here("directory account", "account cloud.clara"),
    _here("directory account", "account ext01"),
    _here("directory account", "account ext02"),
    _here("directory account", "account ext03 (OldMSP Support)", sure=False),
    _here("directory account", "account ext04", sure=False),
    _here("directory account", "account ext05", sure=False),
    _here("directory member", "jdoe in Domain Admins"),
    _here("directory right", "svc-rmm may copy every secret"),
    _here("directory right", "kalt may do everything with the domain"),
    _here("directory right", "jdoe may do everything with AdminSDHolder"),
    _here("directory right", "kalt may do everything with AdminSDHolder"),
    _here("directory right", "jdoe may do everything with the OU"),
    _here("directory right", "kalt may do everything with the OU"),
    _here("directory right", "jdoe may create child, delete child, write of the policy"),
    _here("directory right", "kalt may create child, delete child, write of the policy"),
    _here("directory key", "unix.jane"),
    _here("trust", "trust with oldmsp.example"),
    _here("directory dns", "MX 10 smtp.oldmsp.example"),
    _here("directory dns", "CNAME portal.oldmsp.example"),
    _here("directory dns", "vpn.muster.example A 203.0.113.10"),
    _here("directory dns", "*.lab.corp.example A 203.0.113.10"),
    _here("directory dns", "v=spf1 include:oldmsp.example", sure=False),
    _here("directory server", "DHCP server dhcp.oldmsp.example"),
    _here("directory service", "share Projects"),
    _here("directory service", "service Veeam Backup", sure=False),
    _here("policy setting", "software OldMSP Agent"),
    _here("policy setting", "task OldMSP maintenance"),
    _here("policy setting", "script startup"),
    _here("policy setting", "script file map.cmd"),
    _here("policy setting", "get their updates from http://wsus.oldmsp.example"),
    _here("policy setting", "report their updates to http://wsus.oldmsp.example"),
    _here("policy administrator", "jdoe is administrator of the machines of policy Workstations"),
    _here("policy administrator", "kalt is administrator of the machines of policy Workstations"),
    _here("policy administrator", "jdoe has SeDebugPrivilege on"),
    _here("policy administrator", "kalt has SeDebugPrivilege on"),
    _here("policy administrator", "jdoe is in Remote Desktop Users on"),
    _here("policy administrator", "kalt is in Remote Desktop Users on"),
)
REMOVED = ("account jdoe", "jdoe in Domain Admins", "svc-rmm may copy every secret", "trust with")


def write_source(dc: SambaAd, folder: Path) -> str:
    """Write what the source of a running controller needs, and return its lines."""
    (folder / "directory-ca.pem").write_bytes(dc.ca_file.read_bytes())
    secret = folder / "reader.password"
    secret.write_text(dc.reader.password)
    secret.chmod(0o600)
    return SOURCE.format(
        domain=DOMAIN,
        address=dc.address,
        port=LDAPS,
        name=f"{DC_NAME.lower()}.{DOMAIN}" if "." not in DC_NAME else DC_NAME,
        user=dc.reader.principal,
    )


def clear(dc: SambaAd) -> None:
    """Do what was done in three weeks.

    Jane's account is disabled and out of Domain Admins, the agent's account may copy secrets no
    more, the trust is gone, krbtgt and Administrator have new passwords. Somebody made a new
    administrator; Karl's rights are still there.
    """
    dc.write(
        *acts.disable(JANE),
        *acts.remove_member(ADMINS, JANE),
        *acts.withdraw_copying("svc-rmm"),
        *acts.remove_trust(),
        *acts.rotate("krbtgt"),
        *acts.rotate("Administrator"),
        *acts.new_administrator("adm.new"),
    )
