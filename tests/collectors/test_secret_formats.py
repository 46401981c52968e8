"""Secrets in the files of hosts, as the manuals of their formats write them: none survives."""

import time

import pytest

from collectors.redact import redact

WORD = "C4naryXq7Zt2"
BLOB = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0MTIzNDU2Nzg5MDEyMw=="
HEX = "0123456789ABCDEF0123456789ABCDEF"
FILES = {
    "crontab, a variable": "MAILTO=root\nRESTIC_PASSWORD={}\n0 3 * * * restic backup /srv",
    "crontab, before a command": "0 3 * * * root PGPASSWORD='{}' pg_dump shop",
    "crontab, a URL": "*/5 * * * * curl -fsS https://user:{}@backup.example/ping",
    "unit, an environment": '[Service]\nEnvironment="DB_PASSWORD={}" "OTHER=1"',
    "unit, an argument": "ExecStart=/usr/bin/agent --token={} --url https://x.example",
    "process list": "postgres 12 /usr/bin/app --db-password {} --port 5",
    "a file of variables": 'export API_KEY="{}"',
    "netplan, Wi-Fi": 'access-points:\n  home:\n    password: "{}"',
    "netplan, 802.1X": "auth:\n  key-management: eap\n  client-key-password: {}",
    "wpa_supplicant": 'network={\n ssid="x"\n psk="{}"\n}',
    "borgmatic": 'encryption_passphrase: "{}"',
    "rclone": "[remote]\ntype = sftp\npass = {}\n",
    "rclone, a token": 'token = {"access_token":"{}","refresh_token":"{}"}',
    "pgpass": "db.example:5432:shop:shop:{}",
    "pgpass, any port": "*:*:shop:shop:{}",
    "cloud-init": "users:\n- name: a\n  plain_text_passwd: '{}'\n",
    "netrc": "machine x.example login y password {}",
    "my.cnf": "[client]\nuser=root\npassword={}",
    "WireGuard": "PrivateKey = {}\nPresharedKey = {}",
    "nslcd": "binddn cn=a,dc=b\nbindpw {}",
    "slapd": "rootdn cn=a\nrootpw {}",
    "smb.conf": "[global]\n  passwd = {}",
    "sssd": "ldap_default_authtok = {}",
    "snmpd, a community": "rocommunity {} 10.0.0.0/8",
    "snmpd, a user": 'createUser u SHA "{}" AES "{}"',
    "ipsec.secrets": ': PSK "{}"\na.example : XAUTH "{}"',
    "named": 'key "rndc" { algorithm hmac-sha256; secret "{}"; };',
    "msmtp": "account x\npassword {}\n",
    "postfix": "[smtp.example]:587 user@example:{}",
    "zabbix": "DBPassword={}",
    "kubeconfig, a token": "    token: {}",
    "kubeconfig, a key": f"    client-key-data: {BLOB}",
    "docker": f'{{"auths": {{"r.example": {{"auth": "{BLOB}"}}}}}}',
    "npmrc": "//registry.example/:_authToken={}",
    "pip.conf": "index-url = https://u:{}@pypi.example/simple",
    "AWS": "aws_secret_access_key = {}",
    "Azure": f"AccountName=x;AccountKey={BLOB};EndpointSuffix=core",
    "ADO": "Server=db;User Id=sa;Password={};Encrypt=true",
    "JDBC": "jdbc:mysql://db/shop?user=a&password={}",
    "AMQP": "amqp://a:{}@mq//",
    "haproxy": "stats auth admin:{}",
    "keepalived": "    auth_pass {}",
    "redis": "masterauth {}\nrequirepass {}",
    "FreeRADIUS": "client x { secret = {} }",
    "XML": "<password>{}</password><user>a</user>",
    "JSON": '{"password":"{}","secretKey": "{}"}',
    "a router": "enable secret 5 $1$abcd$C4naryXq7Zt2\nusername a password 7 {}",
    "Apache": "alice:$apr1$salt$C4naryXq7Zt2abcdefgh",
    "LDAP": f"userPassword: {{SSHA}}{BLOB}",
    "LDIF of another kind": f"alice:{{SHA512}}{BLOB}",
    "smbpasswd": f"alice:1000:{'X' * 32}:{HEX}:[U          ]:LCT-1:",
    "shadow": "root:$y$j9T$abc$C4naryXq7Zt2:19000:0:99999:7:::",
    "shadow of long ago": "root:abC4naryXq7Zt:19000:0:99999:7:::".replace("abC4naryXq7Zt", "C4naryXq7Zt2x"),
    "grub": f"password_pbkdf2 root grub.pbkdf2.sha512.10000.{HEX}.{HEX}",
    "Stripe": "sk_live_C4naryXq7Zt2abcdefgh",
    "SendGrid": f"SG.{'a' * 22}.C4naryXq7Zt2{'b' * 31}",
    "Google": f"AIzaC4naryXq7Zt2{'A' * 30}",
    "npm": f"npm_C4naryXq7Zt2{'a' * 30}",
    "PyPI": f"pypi-C4naryXq7Zt2{'a' * 40}",
    "GitHub": f"github_pat_C4naryXq7Zt2{'a' * 40}",
    "Vault": f"hvs.C4naryXq7Zt2{'a' * 20}",
    "age": f"AGE-SECRET-KEY-1{'Q' * 58}",
    "a key": f"-----BEGIN PRIVATE KEY-----\n{BLOB}\n-----END PRIVATE KEY-----\nafter",
    "a key without its end": f"-----BEGIN RSA PRIVATE KEY-----\n{BLOB}\n",
    "an encrypted key": (
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\n"
        f"{BLOB}\n-----END RSA PRIVATE KEY-----\nafter"
    ),
    "a key on one line": f'"key": "-----BEGIN PRIVATE KEY-----\\n{BLOB}\\n-----END PRIVATE KEY-----"',
    "a PGP key": (
        f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{BLOB}\n-----END PGP PRIVATE KEY BLOCK-----\nafter"
    ),
    "PuTTY": f"Private-Lines: 2\n{BLOB}\n{BLOB}\nPrivate-MAC: ab",
}  # fmt: skip
KEPT = (
    "password requisite pam_pwquality.so retry=3",
    "password [success=1 default=ignore] pam_unix.so obscure yescrypt",
    "password include system-auth",
    "passwd: files sss",
    "shadow:         files",
    "root:x:0:0:root:/root:/bin/bash",
    "alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash",
    "docker:x:999:alice,bob",
    "alice:100000:65536",
    "root:*:19000:0:99999:7:::",
    "alice:!:19000:0:99999:7:::",
    "LISTEN 0 128 0.0.0.0:5432 0.0.0.0:* users:((\"postgres\",pid=1,fd=3))",
    "link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff",
    "inet6 2001:db8:1234:5678::1/64 scope global",
    "PasswordAuthentication no",
    "PermitRootLogin prohibit-password",
    "ldap_tls_reqcert = demand",
    "auth required pam_unix.so",
    "stats uri /haproxy",
    "<server>auth.example</server>",
    "Key=value",
    "[Unit] Description=Backup",
    "SHA256:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ alice@pc (ED25519)",
    "-----BEGIN CERTIFICATE-----",
    "0 3 * * * root passwd -l alice",
    "ExecStart=/usr/bin/restic --password-file /etc/restic/key backup /srv",
    "the secret is kept in the vault;",
)  # fmt: skip


def _told(text: str) -> str:
    return redact(text.replace("{}", WORD))


@pytest.mark.parametrize("name", list(FILES))
def test_no_secret_of_a_file_survives(name: str) -> None:
    text = FILES[name]
    told = _told(text)
    assert told != text.replace("{}", WORD)
    for secret in (WORD, BLOB, HEX, "Q" * 58):
        assert secret not in told


@pytest.mark.parametrize("line", KEPT)
def test_a_harmless_line_stays_as_it_is(line: str) -> None:
    assert redact(line) == line


def test_the_lines_around_a_secret_stay() -> None:
    text = f"first: 1\n{FILES['an encrypted key']}\n{FILES['a PGP key']}\nlast: 2"
    told = redact(text)
    assert told.startswith("first: 1\n")
    assert told.count("\nafter") == 2
    assert told.endswith("\nlast: 2")


def test_what_was_masked_once_stays_as_it_is() -> None:
    for text in FILES.values():
        told = _told(text)
        assert redact(told) == told


@pytest.mark.parametrize(
    "piece", ["a:", "password ", "secret ", "user ", "[a]", "<token>", "createUser a ", "PSK \"", "{SHA}",
              "-----BEGIN PRIVATE KEY-----", "Private-Lines: 1\n", "1", ":1", " ", "\n"]
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    began = time.process_time()
    redact(piece * (262_144 // len(piece)))
    assert time.process_time() - began < 2.0
