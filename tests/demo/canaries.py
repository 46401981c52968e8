"""Secrets that are planted where hosts keep them: none may ever leave a host.

Every value holds the MARK, so that one search finds any of them. The private keys are canaries too.
"""

from tests.demo import oldmsp

MARK = "c4Nary7Xq"

PLACES = (
    "app environment",
    "at job",
    "apt address",
    "authorized key environment",
    "autossh argument",
    "borgmatic address",
    "borgmatic passphrase",
    "container environment",
    "cron basic auth",
    "cron bearer",
    "cron header",
    "cron mysql",
    "cron pgpassword",
    "cron slack",
    "cron smbclient",
    "cron sshpass",
    "cron variable",
    "cron webhook query",
    "fstab option",
    "git address",
    "gitlab token",
    "ipsec secret",
    "login shell history",
    "machine password",
    "msmtp password",
    "my.cnf",
    "netrc",
    "nginx header",
    "nginx address",
    "openvpn secret",
    "pgpass",
    "postfix sasl",
    "process argument",
    "rclone password",
    "restic password",
    "rsyslog password",
    "salt key",
    "shadow hash",
    "snmp community",
    "sssd bind",
    "sudo argument",
    "teamviewer password",
    "timer argument",
    "unit argument",
    "unit environment",
    "user cron",
    "wireguard private",
    "wireguard preshared",
    "wordpress database",
    "wordpress salt",
    "zabbix psk",
)


def secret(place: str) -> str:
    """Return the secret that lies at a place; raises ValueError for a place that is not listed."""
    return f"{MARK}{PLACES.index(place):02}"


def leaks(raw: bytes) -> list[bytes]:
    """Return what betrays a secret: the mark, or the middle of a private key."""
    bare = raw.replace(b"\n", b"").replace(b"\\n", b"")
    return [piece for piece in _pieces() if piece in raw or piece in bare]


def _pieces() -> tuple[bytes, ...]:
    pairs = (oldmsp.JANE, oldmsp.KARL, oldmsp.DEPLOY, oldmsp.AUTHORITY)
    bodies = ("".join(pair.private.splitlines()[2:-2]) for pair in pairs)
    return (MARK.encode(), *(body[:40].encode() for body in bodies))
