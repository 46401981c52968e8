"""What leaves a host has no secret in it, and loses nothing that an audit is asked for."""

import time

import pytest

from collectors.redact import redact

SECRET = "S3cretValue"
LINES = (
    "curl -u admin:{} https://a.example/",
    "curl -uadmin:{} https://a.example/",
    "curl --user 'admin:{}' https://a.example/",
    "curl -H 'X-Api-Key: {}' https://a.example/",
    'curl -H "Authorization: Bearer {}" https://a.example/',
    "curl -H 'Authorization: token {}' https://a.example/",
    "curl https://a.example/x?token={}",
    "curl 'https://a.example/x?a=b&sig={}'",
    "curl https://a.example/x?key={}",
    "curl https://admin:{}@a.example/",
    "curl https://hooks.slack.com/services/T0/B0/{}",
    "curl https://api.telegram.org/bot12:{}/send",
    "curl https://a.webhook.office.com/webhookb2/{}",
    "curl https://hc-ping.com/{}",
    "wget --http-password {} https://a.example/",
    "wget --password={} https://a.example/",
    "mysqldump -u shop -p{} shop",
    "mysql -uroot -p'{}' shop",
    "mariadb-dump --password={} shop",
    "mongodump -u a -p {}",
    "PGPASSWORD={} psql shop",
    "MYSQL_PWD={} mysql shop",
    "psql postgresql://shop:{}@db.example/shop",
    "redis-cli -a {} ping",
    "requirepass {}",
    "ldapsearch -x -D cn=a -w {} uid=b",
    "snmpget -v2c -c {} a.example",
    "check_snmp -H a.example -C {}",
    "smbclient -U 'scan%{}' //nas/scan",
    "winexe -U dom/scan%{} //a.example cmd",
    "//nas/scan /srv cifs username=scan,password={} 0 0",
    "//nas/scan /srv cifs user=scan,pass={} 0 0",
    "sshpass -p{} ssh a.example",
    "sshpass -p '{}' ssh a.example",
    "lftp -u scan,{} ftp://a.example",
    "docker login -u a -p {} registry.example",
    "zip -P {} a.zip a",
    "7z a -p{} a.7z",
    "openssl enc -aes256 -k {}",
    "openssl enc -aes256 -pass pass:{}",
    "ipmitool -H a.example -U admin -P {} power status",
    "xfreerdp /u:a /p:{} /v:a.example",
    "htpasswd -b /etc/users alice {}",
    "echo {} | sudo -S reboot",
    "echo '{}' | passwd --stdin alice",
    "kinit alice <<< {}",
    "rclone copy --sftp-pass {} a: b:",
    "borg create --passphrase {} a::b",
    "cloudflared tunnel run --token {}",
    "DB_PASS={}",
    "AuthPass={}",
    "define('DB_PASSWORD', '{}');",
    "AWS_SECRET_ACCESS_KEY={}",
    "Kennwort: {}",
    "Passwort = {}",
    "root:$6$salt${}abcdefgh:19000:0:99999:7:::",
    "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----",
)
KEPT = (
    "audit ALL=(root) NOPASSWD: ALL",
    "audit ALL=(root) NOPASSWD:SETENV: /usr/bin/systemctl restart app",
    "alice ALL=(root) PASSWD: /usr/bin/id, NOPASSWD: /usr/bin/w",
    "%wheel ALL=(ALL) NOPASSWD: WEB",
    "Defaults passwd_tries=3",
    "proxy_pass http://10.0.0.5:8080;",
    "PasswordAuthentication no",
    "RESTIC_PASSWORD_FILE=/etc/restic/password",
    "root: noc@oldmsp.example",
    "mailto:noc@oldmsp.example",
    "rsync -a -e 'ssh -p 2222' /srv backup@vault.example:/srv",
    "mysql -u root -h db.example shop",
    "curl -fsS https://manage.example/run.sh | sh",
    "tar czf /srv/a.tgz -C /srv a",
    "passive: true",
    "bypass=10.0.0.1",
)


@pytest.mark.parametrize("line", LINES)
def test_the_secret_of_a_line_is_masked(line: str) -> None:
    assert SECRET in line.format(SECRET)
    assert SECRET not in redact(line.format(SECRET))


@pytest.mark.parametrize("line", KEPT)
def test_a_line_without_a_secret_stays_as_it_is(line: str) -> None:
    assert redact(line) == line


@pytest.mark.parametrize(
    "piece", ["pass", "mysql -", "curl -u ", "a:", "snmp -c", "'", "--user ", "-"]
)
def test_no_line_takes_long(piece: str) -> None:
    start = time.process_time()
    redact(piece * (16_384 // len(piece)))
    assert time.process_time() - start < 1.5
