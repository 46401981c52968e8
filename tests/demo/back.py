"""The hosts behind: database, files, ERP, build server, monitoring, and a switch with a menu."""

from tests.demo import oldmsp
from tests.demo.canaries import secret
from tests.demo.certificate import self_signed
from tests.demo.muster import ADMINS, BEN, debian
from tests.demo.standins import IDLE, Timer, Unit, systemctl
from tests.lab.keys import named_pair
from tests.lab.spec import AUDIT, Account, File, HostSpec

SCANNER = named_pair("the scanner's")
KARLS_HASH = "$6$rounds=5000$abc$" + "z" * 86

DB1_CRON = f"""\
PGPASSWORD={secret("cron pgpassword")}
0 1 * * * root pg_dump shop | restic backup --stdin
10 1 * * * root PGPASSWORD={secret("cron pgpassword")} psql -c "VACUUM" shop
20 1 * * * root curl -fsS 'https://hooks.slack.com/services/T0AB/B0CD/{secret("cron slack")}'
30 1 * * * root curl -fsS 'https://mon.muster.example/push?token={secret("cron webhook query")}'
"""
DB1 = debian(
    "db1",
    accounts=(
        Account(name="kalt", uid=1005, gecos="Karl Alt", password="!", home="/home/kalt"),
        Account(name="dbadmin", uid=1006, gecos="Karl Alt", password=KARLS_HASH, changed="19500"),
    ),
    files={
        "/etc/doas.conf": File("permit persist :sudo\npermit nopass kalt as root\n", 0o600),
        "/etc/cron.d/dumps": DB1_CRON,
        "/etc/restic/db1.env": File(
            f"RESTIC_REPOSITORY=sftp:muster@vault.oldmsp.example:/backup/db1\n"
            f"RESTIC_PASSWORD={secret('restic password')}\n",
            0o600,
        ),
        "/root/.ssh/id_ed25519": File(oldmsp.DEPLOY.private, 0o600),
        "/root/.ssh/id_ed25519.pub": f"{oldmsp.DEPLOY.public} deploy@oldmsp\n",
        "/root/.pgpass": File(f"localhost:5432:*:postgres:{secret('pgpass')}\n", 0o600),
        "/root/.my.cnf": File(f"[client]\npassword={secret('my.cnf')}\n", 0o600),
        "/usr/bin/salt-minion": File(IDLE, 0o755),
        "/etc/salt/minion": "master: salt.oldmsp.example\nid: db1\n",
        "/etc/salt/pki/minion/minion.pem": File(f"{secret('salt key')}\n", 0o400),
        "/etc/postgresql/15/main/postgresql.conf": (
            "port = 5432\ndata_directory = '/var/lib/postgresql/15/main'\n"
        ),
        "/etc/hosts": (
            f"127.0.0.1\tlocalhost\n127.0.1.1\tdb1\n{oldmsp.VAULT}\tvault.oldmsp.example vault\n"
        ),
    },
    units=(
        Unit("postgresql@15-main", "PostgreSQL Cluster 15-main"),
        Unit("salt-minion", "The Salt Minion"),
    ),
)

FILES1 = debian(
    "files1",
    accounts=(
        Account(
            name="scan",
            uid=1008,
            gecos="Scanner",
            home="/srv/scan",
            authorized_keys=(f"{SCANNER.public} karl.alt@oldmsp.example",),
        ),
    ),
    files={
        "/etc/borgmatic/config.yaml": File(
            "repositories:\n"
            f"    - path: ssh://muster:{secret('borgmatic address')}@vault.oldmsp.example/./files1\n"
            f"      label: vault\nencryption_passphrase: {secret('borgmatic passphrase')}\n",
            0o600,
        ),
        "/etc/ufw/ufw.conf": "ENABLED=yes\nLOGLEVEL=low\n",
        "/etc/ufw/user.rules": File(
            "*filter\n"
            f"### tuple ### allow tcp 22 0.0.0.0/0 any {oldmsp.NETWORK} in\n"
            f"-A ufw-user-input -p tcp --dport 22 -s {oldmsp.NETWORK} -j ACCEPT\n"
            "### tuple ### allow tcp 445 0.0.0.0/0 any 10.77.0.0/16 in\n"
            "COMMIT\n",
            0o640,
        ),
        "/usr/local/mesh_services/meshagent/meshagent": File(IDLE, 0o755),
        "/usr/local/mesh_services/meshagent/meshagent.msh": (
            f"MeshName=Muster\nMeshServer=wss://mesh.oldmsp.example:443/agent.ashx\n"
            f"ServerID={oldmsp.MESH}\n"
        ),
        "/etc/systemd/system/meshagent.service": (
            "[Service]\nExecStart=/usr/local/mesh_services/meshagent/meshagent\n"
        ),
        "/root/.config/rclone/rclone.conf": File(
            f"[archive]\ntype = sftp\nhost = archive.muster.example\n"
            f"pass = {secret('rclone password')}\n",
            0o600,
        ),
        "/etc/fstab": (
            "//nas.muster.example/scan /srv/scan cifs "
            f"username=scan,password={secret('fstab option')} 0 0\n"
        ),
        "/etc/cron.d/scan": (
            f"*/10 * * * * root smbclient -U 'scan%{secret('cron smbclient')}' //nas/scan -c ls\n"
            f"*/20 * * * * root sshpass -p {secret('cron sshpass')} scp scan@nas:/x /srv/scan\n"
        ),
        "/etc/resolv.conf": f"search muster.example\nnameserver {oldmsp.NAME_SERVER}\n",
    },
    units=(Unit("smbd", "Samba SMB Daemon"), Unit("meshagent", "meshagent background service")),
)

CHECK = Timer("oldmsp-healthcheck")
ERP1 = debian(
    "erp1",
    networks=("back",),
    accounts=(Account(name="kalt", uid=1005, gecos="Karl Alt,,+49 30 5550100", password="!"),),
    files={
        "/usr/local/bin/systemctl": systemctl(
            Unit("erp", "Muster ERP"),
            Unit("teamviewerd", "TeamViewer remote control daemon"),
            Unit("openvpn-client@oldmsp", "OpenVPN tunnel for oldmsp"),
            timers=(CHECK,),
        ),
        "/etc/systemd/system/oldmsp-healthcheck.timer": "[Timer]\nOnCalendar=*:0/15\n",
        "/etc/systemd/system/oldmsp-healthcheck.service": (
            "[Service]\nUser=kalt\nExecStart=/opt/oldmsp/bin/healthcheck --report "
            f"https://manage.oldmsp.example --token {secret('timer argument')}\n"
        ),
        "/opt/teamviewer/tv_bin/teamviewerd": File(IDLE, 0o755),
        "/etc/teamviewer/global.conf": File(
            f'[strng] OwningManagerCompanyName = "{oldmsp.MANAGER}"\n'
            f'[strng] Permanent_Password = "{secret("teamviewer password")}"\n',
            0o600,
        ),
        "/etc/systemd/system/teamviewerd.service": (
            "[Service]\nExecStart=/opt/teamviewer/tv_bin/teamviewerd -d\n"
        ),
        "/etc/openvpn/client/oldmsp.conf": File(
            "client\nremote vpn.oldmsp.example 1194 udp\n<secret>\n"
            f"{secret('openvpn secret')}\n</secret>\n",
            0o600,
        ),
        "/etc/ipsec.conf": (
            "conn oldmsp\n    left=%defaultroute\n    right=203.0.113.1\n"
            f"    rightsubnet={oldmsp.NETWORK}\n    auto=start\n"
        ),
        "/etc/ipsec.secrets": File(f'203.0.113.1 : PSK "{secret("ipsec secret")}"\n', 0o600),
        "/var/spool/cron/crontabs/kalt": File(
            "MAILTO=karl.alt@oldmsp.example\n"
            f"0 6 * * * /home/kalt/report.sh --password {secret('user cron')}\n",
            0o600,
            "kalt",
        ),
        "/etc/cron.hourly/baseline": File(
            "#!/bin/sh\nansible-pull -U https://git.oldmsp.example/muster/baseline.git site.yml\n",
            0o755,
        ),
        "/opt/erp/.git/config": (
            '[remote "origin"]\n'
            f"\turl = https://muster:{secret('git address')}@git.oldmsp.example/muster/erp.git\n"
        ),
        "/etc/ssl/erp.crt": self_signed("erp.muster.example"),
        "/etc/nginx/ssl/support.crt": self_signed("support.oldmsp.example"),
    },
)

CI1 = debian(
    "ci1",
    accounts=(
        Account(name="ben", uid=1003, gecos="Ben Kurz", authorized_keys=(f"{BEN.public} ben",)),
        Account(name="jdoe", uid=1001, gecos="Jane Doe", password="!"),
        Account(name="builder", uid=1007, gecos="Runs the builds", password="*"),
    ),
    sudoers={
        "admins": ADMINS,
        "builder": f"builder ALL=(root) NOPASSWD: /usr/bin/mysql -p{secret('sudo argument')} ci\n",
    },
    files={
        "/etc/sssd/sssd.conf": File(
            "[sssd]\ndomains = oldmsp.example\n[domain/oldmsp.example]\nid_provider = ldap\n"
            "ldap_uri = ldaps://ldap.oldmsp.example\nldap_default_bind_dn = cn=ci1\n"
            f"ldap_default_authtok = {secret('sssd bind')}\n",
            0o600,
        ),
        "/var/spool/cron/atjobs/a0000101c8c440": File(
            f"#!/bin/sh\nexport TOKEN={secret('at job')}\n/home/jdoe/later.sh\n", 0o700, "jdoe"
        ),
        "/var/ossec/etc/ossec.conf": (
            "<ossec_config>\n  <client>\n    <server>\n"
            "      <address>wazuh.oldmsp.example</address>\n    </server>\n  </client>\n"
            "</ossec_config>\n"
        ),
        "/etc/filebeat/filebeat.yml": 'output.logstash:\n  hosts: ["logs.oldmsp.example:5044"]\n',
        "/usr/share/filebeat/README.md": "Filebeat\n",
        "/etc/nagios/nrpe.cfg": f"allowed_hosts=127.0.0.1,{oldmsp.OFFICE}\n",
        "/usr/sbin/nrpe": File(IDLE, 0o755),
        "/home/builder/.config/glab-cli/config.yml": File(
            f"hosts:\n  git.muster.example:\n    token: {secret('gitlab token')}\n",
            0o600,
            "builder",
        ),
        "/usr/local/bin/cloudflared": File(IDLE, 0o755),
        "/var/lib/samba/private/secrets.tdb": File(f"{secret('machine password')}\n", 0o600),
    },
    units=(Unit("gitlab-runner", "GitLab Runner"), Unit("wazuh-agent", "Wazuh agent")),
)

MON1 = debian(
    "mon1",
    has_reader=False,
    accounts=(Account(name="oldmsp", uid=1004, gecos="OldMSP monitoring", password="!"),),
    files={
        "/usr/sbin/zabbix_agent2": File(IDLE, 0o755),
        "/etc/zabbix/zabbix_agent2.conf": (
            "Server=zabbix.oldmsp.example\nServerActive=zabbix.oldmsp.example\nHostname=mon1\n"
        ),
        "/etc/chrony/chrony.conf": "pool ntp.oldmsp.example iburst\n",
    },
    units=(Unit("zabbix-agent2", "Zabbix Agent 2"),),
)

MENU = """\
#!/bin/sh
echo "Muster core switch. Type a number."
exit 1
"""
SWITCH1 = HostSpec(
    name="switch1",
    os="busybox",
    accounts=(Account(name="audit", uid=AUDIT.uid, gecos="Menu", shell="/usr/local/bin/menu"),),
    files={"/usr/local/bin/menu": File(MENU, 0o755), "/etc/shells": "/usr/local/bin/menu\n"},
)
HOSTS = (DB1, FILES1, ERP1, CI1, MON1, SWITCH1)
