"""The hosts that the internet reaches: two web servers, mail, the jump host, the branch's router."""

from tests.demo import oldmsp
from tests.demo.canaries import secret
from tests.demo.muster import ADMINS, BEN, STRANGER, debian, root_keys
from tests.demo.standins import IDLE, Unit, docker, nft
from tests.lab.spec import AUDIT, Account, File, Group, HostSpec

CONNECT = f"/opt/connectwisecontrol-{oldmsp.SCREENCONNECT}"
TUNNEL_ARGUMENTS = "-M 0 -N -R 2207:localhost:22 tunnel@gw.oldmsp.example"

WEB1_SUDO = """\
# Managed by OldMSP. Do not edit by hand.
User_Alias OLDMSP = jdoe, kalt
Cmnd_Alias WEB = /usr/bin/systemctl restart nginx, /usr/bin/systemctl reload nginx
OLDMSP ALL = (ALL) NOPASSWD: ALL
deploy ALL = (root) NOPASSWD: WEB
"""
WEB1_CRON = f"""\
MAILTO=noc@oldmsp.example
STATUS_TOKEN={secret("cron variable")}
17 * * * * root curl -fsS https://manage.oldmsp.example/run.sh | sh
*/5 * * * * root curl -fsS -H 'X-Api-Key: {secret("cron header")}' https://status.muster.example/ping
30 2 * * * www-data mysqldump -u shop -p{secret("cron mysql")} shop > /var/backups/shop.sql
40 2 * * * root curl -u backup:{secret("cron basic auth")} -T /var/backups/shop.sql https://dav.muster.example/
50 2 * * * root curl -H "Authorization: Bearer {secret("cron bearer")}" https://api.muster.example/done
"""
WEB1_SITE = f"""\
server {{
    listen 80;
    server_name www.muster.example muster.example;
    root /var/www/shop;
}}
server {{
    listen 80;
    server_name status.muster.example;
    location / {{
        proxy_set_header Authorization "Basic {secret("nginx header")}";
        proxy_pass https://muster:{secret("nginx address")}@status.oldmsp.example;
    }}
}}
"""
DEPLOY_LINE = (
    f'from="{oldmsp.NETWORK}",command="/usr/local/bin/deploy",no-pty,'
    f'environment="DEPLOY_TOKEN={secret("authorized key environment")}"'
    f" {oldmsp.DEPLOY.public} deploy"
)
WP_CONFIG = f"""\
<?php
define('DB_NAME', 'shop');
define('DB_USER', 'shop');
define('DB_PASSWORD', '{secret("wordpress database")}');
define('AUTH_SALT', '{secret("wordpress salt")}');
"""
WEB1 = debian(
    "web1",
    accounts=(
        Account(
            name="jdoe",
            uid=1001,
            gecos="Jane Doe,OldMSP",
            shell="/bin/bash",
            password="!",
            changed="19100",
            authorized_keys=(f"{oldmsp.JANE.public} jane.doe@oldmsp.example",),
        ),
        Account(
            name="deploy",
            uid=1002,
            home="/srv/deploy",
            authorized_keys=(DEPLOY_LINE,),
        ),
    ),
    groups=(Group(name="docker", gid=999, members=("jdoe", "anna")),),
    sudoers={"oldmsp": WEB1_SUDO},
    files={
        "/root/.ssh/authorized_keys": root_keys(
            f"{oldmsp.DEPLOY.public} deploy@oldmsp",
            f"{STRANGER.public} backup",
        ),
        "/etc/cron.d/oldmsp-maintenance": WEB1_CRON,
        "/etc/nginx/sites-enabled/shop": WEB1_SITE,
        "/var/www/shop/wp-config.php": File(WP_CONFIG, 0o640, "root:www-data"),
        "/etc/letsencrypt/accounts/acme-v02.api.letsencrypt.org/directory/0f3a/regr.json": File(
            '{"body": {"contact": ["mailto:noc@oldmsp.example"]}, '
            '"uri": "https://acme-v02.api.letsencrypt.org/acme/acct/1700000001"}\n',
            0o600,
        ),
        "/etc/apt/sources.list.d/oldmsp.list": (
            "deb [signed-by=/usr/share/keyrings/oldmsp.gpg] "
            f"https://muster:{secret('apt address')}@apt.oldmsp.example/debian stable main\n"
        ),
        f"{CONNECT}/ClientLaunchParameters.txt": (
            "e=Access&y=Guest&h=control.oldmsp.example&p=8041&s=&k=BgIAAACkAABSU0Ex&t=&c=Muster\n"
        ),
        "/etc/app/shop.env": File(f"APP_SECRET={secret('app environment')}\n", 0o640),
        "/etc/systemd/system/shop-worker.service": (
            "[Service]\nUser=www-data\n"
            f"Environment=REDIS_PASSWORD={secret('unit environment')}\n"
            f"ExecStart=/usr/bin/php worker.php --password={secret('unit argument')}\n"
        ),
    },
    units=(
        Unit("nginx", "A high performance web server and a reverse proxy server"),
        Unit("shop-worker", "Background jobs of the shop"),
        Unit(f"connectwisecontrol-{oldmsp.SCREENCONNECT}", "ConnectWise Control"),
    ),
)

WEB2_CONTAINERS = """\
shop|registry.oldmsp.example/muster/shop:2027.4|Up 3 weeks|0.0.0.0:8080->80/tcp
cache|redis:7|Up 3 weeks|6379/tcp
"""
WEB2 = debian(
    "web2",
    sshd_options=(
        "TrustedUserCAKeys /etc/ssh/oldmsp-users.pub",
        "AuthorizedKeysCommand /opt/oldmsp/bin/keys %u",
        "AuthorizedKeysCommandUser nobody",
    ),
    files={
        "/etc/ssh/oldmsp-users.pub": f"{oldmsp.AUTHORITY.public} OldMSP user CA\n",
        "/opt/oldmsp/bin/keys": File("#!/bin/sh\nexit 0\n", 0o755),
        "/root/.ssh/authorized_keys2": root_keys(f"{oldmsp.KARL.public} karl"),
        "/etc/puppetlabs/puppet/puppet.conf": (
            "[main]\ncertname = web2.muster.example\n[agent]\nserver = puppet.oldmsp.example\n"
        ),
        "/usr/local/bin/docker": docker(WEB2_CONTAINERS),
        "/etc/rsyslog.d/90-oldmsp.conf": (
            'action(type="omfwd" target="logs.oldmsp.example" port="6514" protocol="tcp"'
            f' StreamDriver="gtls" pwd="{secret("rsyslog password")}")\n'
        ),
        "/srv/shop/docker-compose.yml": (
            f"services:\n  shop:\n    environment:\n      DB_PASS: {secret('container environment')}\n"
        ),
    },
    units=(Unit("docker", "Docker Application Container Engine"),),
)

MAIL1 = debian(
    "mail1",
    accounts=(
        Account(name="ben", uid=1003, gecos="Ben Kurz", authorized_keys=(f"{BEN.public} ben",)),
    ),
    files={
        "/etc/aliases": (
            "postmaster: root\nroot: noc@oldmsp.example, anna.muster@muster.example\n"
        ),
        "/home/ben/.forward": File("jane.doe@oldmsp.example\n", 0o644, "ben"),
        "/etc/postfix/main.cf": (
            "myhostname = mail1.muster.example\n"
            "relayhost = [smtp.oldmsp.example]:587\n"
            "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n"
        ),
        "/etc/postfix/sasl_passwd": File(
            f"[smtp.oldmsp.example]:587 muster:{secret('postfix sasl')}\n", 0o600
        ),
        "/etc/apt/apt.conf.d/50unattended-upgrades": (
            'Unattended-Upgrade::Mail "updates@oldmsp.example";\n'
        ),
        "/etc/msmtprc": File(
            "account default\nhost mail.muster.example\nuser alerts\n"
            f"password {secret('msmtp password')}\n",
            0o600,
        ),
        "/root/.netrc": File(
            f"machine dav.muster.example login mail password {secret('netrc')}\n", 0o600
        ),
        "/usr/sbin/zabbix_agentd": File(IDLE, 0o755),
        "/etc/zabbix/zabbix_agentd.conf": (
            f"Server=127.0.0.1,{oldmsp.OFFICE}\nServerActive=zabbix.oldmsp.example:10051\n"
            f"Hostname=mail1\nTLSPSKFile=/etc/zabbix/agent.psk\n"
        ),
        "/etc/zabbix/agent.psk": File(f"{secret('zabbix psk')}\n", 0o640),
    },
    units=(
        Unit("postfix", "Postfix Mail Transport Agent"),
        Unit("zabbix-agent", "Zabbix Agent"),
    ),
)

JUMP_RULES = f"""\
table inet filter {{
	chain input {{
		type filter hook input priority filter; policy drop;
		iifname "lo" accept
		ct state established,related accept
		ip saddr {{ {oldmsp.NETWORK}, 10.77.0.0/16 }} tcp dport 22 accept
		ip6 saddr {oldmsp.NETWORK_6} tcp dport 22 accept
		udp dport 51820 accept
	}}
}}
"""
JUMP = debian(
    "jump",
    networks=("front", "back"),
    accounts=(
        Account(
            name="oldmsp",
            uid=1004,
            gecos="Provider access",
            shell="/bin/bash",
            password="$y$j9T$abcdefghijklmnop$" + "x" * 43,
            changed="18900",
            authorized_keys=(
                f"{oldmsp.JANE.public} jane",
                f"{oldmsp.KARL.public} karl",
            ),
        ),
        Account(name="toor", uid=0, gid=0, home="/root", gecos="", password="$6$ab$" + "y" * 86),
    ),
    groups=(Group(name="sudo", gid=27, members=("anna", "oldmsp")),),
    files={
        "/etc/wireguard/wg0.conf": File(
            "[Interface]\nAddress = 10.99.0.2/32\nListenPort = 51820\n"
            f"PrivateKey = {secret('wireguard private')}\n\n"
            "[Peer]\n# OldMSP operations\nPublicKey = 3kkWfrUBoYwJzbT4JYq0t1uM0k8BbV9gJ2yqkR0oHVM=\n"
            f"PresharedKey = {secret('wireguard preshared')}\n"
            f"Endpoint = vpn.oldmsp.example:51820\nAllowedIPs = 10.99.0.0/24, {oldmsp.NETWORK}\n",
            0o600,
        ),
        "/usr/local/bin/nft": nft(JUMP_RULES),
        "/usr/bin/autossh": File(IDLE, 0o755),
        "/etc/systemd/system/oldmsp-tunnel.service": (
            "[Unit]\nDescription=Support access\n[Service]\n"
            f"ExecStart=/usr/bin/autossh {TUNNEL_ARGUMENTS}\n"
            f"Environment=AUTOSSH_PASSWORD={secret('autossh argument')}\n"
        ),
        "/usr/sbin/snmpd": File(IDLE, 0o755),
        "/etc/snmp/snmpd.conf": File(
            f"rocommunity {secret('snmp community')} {oldmsp.NETWORK}\n"
            f"trap2sink {oldmsp.OFFICE} {secret('snmp community')}\n",
            0o600,
        ),
        "/etc/openvpn/easy-rsa/pki/index.txt": File(
            "V\t290512091400Z\t\t0A\tunknown\t/CN=anna-laptop\n"
            "V\t290512091400Z\t\t0B\tunknown\t/CN=jdoe-laptop\n"
            "R\t290512091400Z\t250101000000Z\t0C\tunknown\t/CN=kalt-phone\n",
            0o600,
        ),
        "/root/.bash_history": File(
            f"mysql -u root -p{secret('login shell history')} shop\n", 0o600
        ),
    },
    sudoers={"admins": ADMINS},
    units=(
        Unit("oldmsp-tunnel", "Support access"),
        Unit("wg-quick@wg0", "WireGuard via wg-quick(8) for wg0", "exited"),
    ),
)

EDGE = HostSpec(
    name="edge",
    os="busybox",
    accounts=(AUDIT, Account(name="kalt", uid=1005, gecos="K. Alt", password="!")),
    files={
        "/root/.ssh/authorized_keys": root_keys(f"{oldmsp.KARL.public} kalt@laptop"),
        "/etc/apk/repositories": (
            "https://cdn.example.org/alpine/v3.20/main\nhttps://apk.oldmsp.example/v3.20/branch\n"
        ),
        "/etc/chrony/chrony.conf": "server ntp.oldmsp.example iburst\n",
    },
)
HOSTS = (WEB1, WEB2, MAIL1, JUMP, EDGE)
