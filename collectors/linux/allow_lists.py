"""Addresses that a program treats better than others: lists beside the host's own firewall.

Sources: pg_hba.conf (https://www.postgresql.org/docs/current/auth-pg-hba-conf.html), jail.conf(5)
of fail2ban, `ignoreip`.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_network

from collectors.settings import listed
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector
from inventory.model.network import FirewallSource

# Comments stay behind, and so do options that may hold a password (ldapbindpasswd, radiussecrets).
POSTGRESQL = SshFiles(
    "postgresql",
    (
        "/etc/postgresql/*/*/pg_hba.conf",
        "/var/lib/pgsql/data/pg_hba.conf",
        "/var/lib/pgsql/*/data/pg_hba.conf",
        "/var/lib/postgresql/data/pg_hba.conf",
        "/var/lib/postgresql/*/data/pg_hba.conf",
    ),
    needs="root",
    filter="sed 's/#.*//;s/ldap[a-z]*=.*//;s/radius[a-z]*=.*//'",
)
FAIL2BAN = SshFiles(
    "fail2ban",
    ("/etc/fail2ban/jail.conf", "/etc/fail2ban/jail.local", "/etc/fail2ban/jail.d/*"),
    filter="awk '/^[ \\t]*ignoreip[ \\t]*[=:]/ { on = 1; print; next } "
    'on && /^[ \\t]*([#;].*)?$/ { print ""; next } '
    "on && /^[ \\t]/ { print; next } "
    '{ on = 0; print "" }\'',
)

_WORD = re.compile(r'"[^"]{0,200}"[^\s"]*|\S+')
_KEY = re.compile(r"\s*ignoreip\s*(?:[=:]|$)")
_LONGEST = 4000
_HOSTS = frozenset(("host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"))
_INCLUDES = frozenset(("include", "include_if_exists", "include_dir"))
_ANYBODY = frozenset(("all", "samehost", "samenet", "0.0.0.0/0", "::/0", "localhost"))
_NAMED = re.compile(r"[\w.:/%-]{1,255}")

Told = FirewallSource | Unreadable


@collector("linux.pg_hba", asks=[POSTGRESQL], tells=[FirewallSource])
def pg_hba(files: Answers) -> Iterator[Told]:
    """Yield whom PostgreSQL lets log in by address: `host all all 192.0.2.7/32 scram-sha-256`."""
    for answer in files:
        for number, line in answer.lines():
            yield from _rule(answer, number, line.strip())


def _rule(answer: Answer, number: int, line: str) -> Iterator[Told]:
    words = _WORD.findall(re.sub(r" ?, ?", ",", line[:_LONGEST]))
    kind, at = words[0], answer.at(number)
    if kind == "local":
        return
    if kind in _INCLUDES:
        yield Unreadable(at, "rules of another file are not read", answer.path)
        return
    if kind not in _HOSTS or len(words) < 5 or line.endswith("\\"):
        yield Unreadable(at, "not a rule of pg_hba.conf", answer.path)
        return
    source, method = _masked(words[3], words[4]), words[4]
    if source != words[3]:
        method = words[5] if len(words) > 5 else ""
    if method != "reject" and _is_named(source):
        rule = " ".join((*words[:3], source, method))[:300]
        yield FirewallSource(at=at, source=source, port="postgresql", rule=rule, by="PostgreSQL")


def _masked(address: str, mask: str) -> str:
    """Return `192.0.2.0/24` for an address with its mask in a column of its own."""
    try:
        return str(ip_network(f"{address}/{mask}", strict=False))
    except ValueError:
        return address


@collector("linux.fail2ban", asks=[FAIL2BAN], tells=[FirewallSource])
def fail2ban(files: Answers) -> Iterator[Told]:
    """Yield whom fail2ban never bans: `ignoreip = 127.0.0.1/8 192.0.2.7`, over several lines."""
    for answer in files:
        for number, line in answer.lines():
            found = _KEY.sub("", line, count=1)
            for word in listed(found.split(" #")[0].split(" ;")[0]):
                if "%(" in word or word.startswith("file:"):
                    at = answer.at(number)
                    yield Unreadable(at, "addresses of another place are not read", answer.path)
                elif _is_named(word):
                    yield FirewallSource(
                        at=answer.at(number),
                        source=word,
                        rule=f"ignoreip {word}"[:300],
                        by="fail2ban",
                    )


def _is_named(source: str) -> bool:
    """Tell whether it names somebody: neither everybody nor the host itself."""
    if source in _ANYBODY or not _NAMED.fullmatch(source):
        return False
    try:
        return not ip_network(source, strict=False).is_loopback
    except ValueError:
        return not source.replace(".", "").isdigit()
