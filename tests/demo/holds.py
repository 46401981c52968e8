"""What OldMSP holds at Muster GmbH: every hold that the company's hosts were given, by kind and host.

Each is found by its kind, its host and a piece of its title. `sure` is what the profile must prove;
else it is a guess that a person is asked about.
"""

from typing import NamedTuple


class Planted(NamedTuple):
    """One hold."""

    kind: str
    host: str
    piece: str  # of its title
    sure: bool = True


HOLDS = (
    Planted("account", "web1", "jdoe"),
    Planted("account", "jump", "oldmsp"),
    Planted("account", "mon1", "oldmsp"),
    Planted("account", "edge", "kalt"),
    Planted("account", "db1", "dbadmin", sure=False),
    Planted("ssh key", "web1", 'deploy@oldmsp" on web1, account root'),
    Planted("ssh key", "web1", '"deploy" on web1, account deploy'),
    Planted("ssh key", "web1", "jane.doe@oldmsp.example"),
    Planted("ssh key", "web2", '"karl" on web2, account root'),
    Planted("ssh key", "jump", '"jane" on jump, account oldmsp'),
    Planted("ssh key", "jump", '"karl" on jump, account oldmsp'),
    Planted("ssh key", "files1", "account scan", sure=False),
    Planted("trusted authority", "web2", "trusted user CA"),
    Planted("key command", "web2", "/opt/oldmsp/bin/keys", sure=False),
    Planted("private key", "db1", "/root/.ssh/id_ed25519"),
    Planted("sudo", "web1", "jdoe"),
    Planted("sudo", "web1", "kalt"),
    Planted("doas", "db1", "kalt"),
    Planted("group", "web1", "jdoe in group docker"),
    Planted("group", "jump", "oldmsp in group sudo"),
    Planted("job", "web1", "manage.oldmsp.example", sure=False),
    Planted("job", "erp1", "/home/kalt/report.sh"),
    Planted("job", "erp1", "/opt/oldmsp/bin/healthcheck"),
    Planted("job", "ci1", "as jdoe"),
    Planted("job mail", "web1", "noc@oldmsp.example"),
    Planted("job mail", "erp1", "karl.alt@oldmsp.example"),
    Planted("agent", "web1", "ScreenConnect"),
    Planted("agent", "files1", "MeshCentral (OLDMSP7C1D5E)"),
    Planted("agent", "files1", "MeshCentral (Muster)"),
    Planted("agent", "erp1", "TeamViewer"),
    Planted("agent", "ci1", "Wazuh"),
    Planted("agent", "ci1", "Filebeat"),
    Planted("agent", "ci1", "NRPE"),
    Planted("agent", "mail1", "Zabbix agent (203.0.113.10)"),
    Planted("agent", "mail1", "Zabbix agent (zabbix.oldmsp.example)"),
    Planted("agent", "mon1", "Zabbix agent 2"),
    Planted("agent", "jump", "SNMP daemon (203.0.113.0/24)"),
    Planted("agent", "jump", "SNMP daemon (203.0.113.10)"),
    Planted("management hook", "web2", "Puppet"),
    Planted("management hook", "db1", "Salt"),
    Planted("management hook", "erp1", "ansible-pull"),
    Planted("management hook", "erp1", "git clone"),
    Planted("domain join", "ci1", "oldmsp.example"),
    Planted("vpn peer", "jump", "wireguard"),
    Planted("vpn peer", "jump", "jdoe-laptop", sure=False),
    Planted("vpn peer", "erp1", "openvpn"),
    Planted("vpn peer", "erp1", "ipsec"),
    Planted("tunnel", "jump", "autossh"),
    Planted("firewall source", "jump", "203.0.113.0/24"),
    Planted("firewall source", "jump", "2001:db8:77::/48"),
    Planted("firewall source", "files1", "203.0.113.0/24"),
    Planted("mail relay", "mail1", "smtp.oldmsp.example"),
    Planted("mail alias", "mail1", "mail of root"),
    Planted("mail alias", "mail1", "mail of ben"),
    Planted("mail alias", "mail1", "updates@oldmsp.example"),
    Planted("log target", "web2", "logs.oldmsp.example"),
    Planted("resolver", "files1", "203.0.113.53"),
    Planted("resolver", "db1", "sets vault.oldmsp.example"),
    Planted("resolver", "db1", "sets vault as"),
    Planted("time server", "edge", "ntp.oldmsp.example"),
    Planted("time server", "mon1", "ntp.oldmsp.example"),
    Planted("repository", "web1", "apt.oldmsp.example"),
    Planted("repository", "edge", "apk.oldmsp.example"),
    Planted("container image", "web2", "registry.oldmsp.example"),
    Planted("backup destination", "db1", "restic"),
    Planted("backup destination", "files1", "borgmatic"),
    Planted("network mount", "files1", "vault.oldmsp.example"),
    Planted("certificate", "erp1", "support.oldmsp.example"),
    Planted("certificate account", "web1", "noc@oldmsp.example"),
    Planted("web target", "web1", "status.oldmsp.example", sure=False),
)

# What lies where the audit's account may not look: host, collector, and the place that the gap names.
HIDDEN = (
    ("edge", "linux.authorized_keys", "/root/.ssh/authorized_keys"),
    ("mon1", "linux.sudo", "/etc/sudoers"),
)

# Powers that are nobody's: they stand in the way of zero until somebody owns up to them.
NOBODYS = (
    Planted("ssh key", "web1", '"backup" on web1, account root'),
    Planted("account", "jump", "toor"),
    Planted("tunnel", "ci1", "cloudflared"),
)

# What the second act leaves on the hosts that it clears. Of db1, which is off then, nobody can tell.
CLEARED = ("web1", "web2", "mail1")
LEFT = (
    Planted("ssh key", "web1", '"deploy" on web1, account deploy'),
    Planted("certificate account", "web1", "noc@oldmsp.example"),
    Planted("web target", "web1", "status.oldmsp.example", sure=False),
    Planted("management hook", "web2", "Puppet"),
    Planted("container image", "web2", "registry.oldmsp.example"),
    Planted("agent", "mail1", "Zabbix agent (203.0.113.10)"),
    Planted("agent", "mail1", "Zabbix agent (zabbix.oldmsp.example)"),
    Planted("mail alias", "mail1", "updates@oldmsp.example"),
)
REMOVED = tuple(one for one in HOLDS if one.host in CLEARED and one not in LEFT)
