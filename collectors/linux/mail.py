"""Through which host mail leaves, and who gets the mail and the alerts of a host.

Sources: postconf(5), update-exim4.conf(8), sendmail's cf/README, ssmtp.conf(5), msmtp(1),
nullmailer-send(8), dma(8), smtpd.conf(5); aliases(5), forward(5), and each alerting program's page.
"""

import re
from collections.abc import Iterator

from collectors.settings import Setting, host_of, keeping, kept, settings
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector
from inventory.model.evidence import Pointer
from inventory.model.operation import MailAlias, MailRelay

SERVERS = SshFiles(
    "servers",
    (
        "/etc/postfix/main.cf",
        "/etc/exim4/update-exim4.conf.conf",
        "/etc/exim4/exim4.conf",
        "/etc/exim/exim.conf",
        "/etc/dma/dma.conf",
    ),
    filter=keeping("relayhost", "smtp_fallback_relay", "dc_smarthost", "route_list", "smarthost"),
)
SENDMAIL = SshFiles("sendmail", ("/etc/mail/sendmail.cf",), filter=kept("/^DS./"))
OPENSMTPD = SshFiles(
    "opensmtpd",
    ("/etc/smtpd.conf", "/etc/mail/smtpd.conf", "/etc/opensmtpd/smtpd.conf"),
    filter=kept(r"/^[^#]*relay[ \t]+(host|via)[ \t]/"),
)
CLIENTS = SshFiles(
    "clients",
    ("/etc/msmtprc", "/etc/ssmtp/ssmtp.conf", "{home}/.msmtprc", "{home}/.esmtprc"),
    needs="root",
    filter=keeping("host", "hostname", "mailhub"),
)
# A line is `host protocol --user=... --pass=...`: nothing but the host leaves.
NULLMAILER = SshFiles(
    "nullmailer",
    ("/etc/nullmailer/remotes",),
    needs="root",
    filter="""awk '/^[ \\t]*(#|$)/ { print ""; next } { print "host = " $1 }'""",
)
ALIASES = SshFiles("aliases", ("/etc/aliases", "/etc/mail/aliases", "/etc/postfix/aliases"))
FORWARDS = SshFiles("forwards", ("{home}/.forward", "{home}/.qmail"), needs="root")
# Settings of programs whose alerts go to a person; nothing else of the file leaves the host.
_ALERT_KEYS = (
    "unattended-upgrade::mail|email|email_address|email_addresses|email_to|mailto|mailaddr|destemail"
    "|zed_email_addr|zed_email|report_email|mail-on-warning|action_mail_acct|reportemail"
    "|set[ \\t]+alert|alert"
)
_ALERT_FILTER = kept(
    rf"l ~ /^[ \t]*({_ALERT_KEYS})[ \t]*[=:]?[ \t]*[^ \t=:]/ || l ~ /^[ \t]*[^# \t].*[ \t]-m[ \t]/"
)
ALERTS = SshFiles(
    "alerts",
    (
        "/etc/apt/apt.conf.d/*unattended-upgrades*",
        "/etc/apt/listchanges.conf",
        "/etc/apticron/apticron.conf",
        "/etc/cron-apt/config",
        "/etc/dnf/automatic.conf",
        "/etc/yum/yum-cron.conf",
        "/etc/smartd.conf",
        "/etc/smartmontools/smartd.conf",
        "/etc/logwatch/conf/logwatch.conf",
        "/etc/mdadm/mdadm.conf",
        "/etc/mdadm.conf",
        "/etc/fail2ban/jail.conf",
        "/etc/fail2ban/jail.local",
        "/etc/fail2ban/jail.d/*",
        "/etc/default/rkhunter",
        "/etc/rkhunter.conf",
        "/etc/default/aide",
        "/etc/psad/psad.conf",
    ),
    filter=_ALERT_FILTER,
)
GUARDED_ALERTS = SshFiles(
    "guarded_alerts",
    (
        "/etc/monit/monitrc",
        "/etc/monit/conf.d/*",
        "/etc/monitrc",
        "/etc/zfs/zed.d/zed.rc",
        "/etc/audit/auditd.conf",
        "/etc/backupninja.conf",
    ),
    needs="root",
    filter=_ALERT_FILTER,
)

_PROGRAMS = (
    ("postfix", "postfix"),
    ("exim", "exim"),
    ("dma", "dma"),
    ("msmtp", "msmtp"),
    ("ssmtp", "ssmtp"),
    ("esmtp", "esmtp"),
    ("nullmailer", "nullmailer"),
)
_ENTRY = re.compile(r"(\"[^\"]{1,200}\"|[^\s:#\"]{1,200})\s*:\s*(.*)")
_TARGET = re.compile(r"\"[^\"]*\"|[^\s,\"][^,\"]*")
_ALERT = re.compile(rf"\s*({_ALERT_KEYS})\s*[=:]?\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;#]+))", re.I)
_SMARTD = re.compile(r"\s*(/?[\w/.-]{1,100})\s.*?\s?-m\s+([^\s#]{1,200})")
_RELAY = re.compile(r"relay\s+(?:host|via)\s+(\S{1,300})")


@collector("linux.mail_relays", asks=[SERVERS, SENDMAIL, OPENSMTPD], tells=[MailRelay])
def mail_relays(servers: Answers, sendmail: Answers, opensmtpd: Answers) -> Iterator[MailRelay]:
    """Yield the host that a mail server hands all its mail to."""
    for answer in servers:
        for setting in settings(answer):
            for relay in _relays(setting):
                yield MailRelay(at=setting.at, program=_program(answer), relay=relay)
    for answer in sendmail:
        for number, line in answer.lines():
            host = re.split(r"[\[:]", line[2:].rstrip("] "))[-1]
            yield MailRelay(at=answer.at(number), program="sendmail", relay=host)
    for answer in opensmtpd:
        for number, line in answer.lines():
            if found := _RELAY.search(line):
                host = host_of(found.group(1))
                yield MailRelay(at=answer.at(number), program="opensmtpd", relay=host)


@collector("linux.mail_clients", asks=[CLIENTS, NULLMAILER], tells=[MailRelay])
def mail_clients(clients: Answers, nullmailer: Answers) -> Iterator[MailRelay]:
    """Yield the host that the small mail programs, which keep a password, send through."""
    for answer in (*clients, *nullmailer):
        for setting in settings(answer):
            if setting.value:
                relay = host_of(setting.value)
                yield MailRelay(at=setting.at, program=_program(answer), relay=relay)


@collector("linux.mail_aliases", asks=[ALIASES], tells=[MailAlias])
def mail_aliases(aliases: Answers) -> Iterator[MailAlias | Unreadable]:
    """Yield who gets the mail of each local name: `root: alice, bob@example.com`."""
    for answer in aliases:
        for number, line in _joined(answer):
            entry = _ENTRY.fullmatch(line)
            if not entry:
                yield Unreadable(answer.at(number), "not an alias", answer.path)
                continue
            name = entry.group(1).strip('"')
            yield from _aliases(answer.path, name, entry.group(2), answer.at(number))


@collector("linux.mail_forwards", asks=[FORWARDS], tells=[MailAlias])
def mail_forwards(forwards: Answers) -> Iterator[MailAlias]:
    """Yield where accounts let their mail be sent on to."""
    for answer in forwards:
        names = ",".join(answer.accounts)
        for number, line in answer.lines():
            if not line.lstrip().startswith("#"):
                yield from _aliases(answer.path, names, line.lstrip("&"), answer.at(number))


@collector("linux.alert_addresses", asks=[ALERTS], tells=[MailAlias])
def alert_addresses(alerts: Answers) -> Iterator[MailAlias]:
    """Yield who gets the alerts of updates, disks, arrays, logs and intrusions."""
    for answer in alerts:
        yield from _alerts(answer)


@collector("linux.guarded_alert_addresses", asks=[GUARDED_ALERTS], tells=[MailAlias])
def guarded_alert_addresses(guarded_alerts: Answers) -> Iterator[MailAlias]:
    """Yield who gets the alerts of monit, ZFS, the audit daemon and backupninja."""
    for answer in guarded_alerts:
        yield from _alerts(answer)


def _program(answer: Answer) -> str:
    return next((name for word, name in _PROGRAMS if word in answer.path), answer.path)


def _relays(setting: Setting) -> Iterator[str]:
    """Yield the hosts of `[smtp.example]:587`, `a.example::587;b.example`, `* a.example byname`."""
    if setting.key == "route_list":
        words = setting.value.split()[1:2]
    else:
        words = re.split(r"[,;\s]+", setting.value)
    for word in words:
        host = host_of(word.partition("::")[0] if word.count("::") == 1 else word)
        if host:
            yield host


def _joined(answer: Answer) -> Iterator[tuple[int, str]]:
    """Yield the entries; a line that starts with white space goes on with the one before."""
    start, text = 0, ""
    for number, line in answer.lines():
        if line.lstrip().startswith("#"):
            continue
        if line[0] in " \t" and start:
            text += f" {line.strip()}"
            continue
        if start:
            yield start, text
        start, text = number, line.strip()
    if start:
        yield start, text


def _aliases(path: str, name: str, targets: str, at: Pointer) -> Iterator[MailAlias]:
    for target in _TARGET.findall(targets):
        bare = target.strip().strip('"').lstrip("\\").strip()
        if bare:
            yield MailAlias(at=at, file=path, name=name, target=bare)


def _alerts(answer: Answer) -> Iterator[MailAlias]:
    """Yield the addresses of `MAILADDR root`, `destemail = a@b.example`, `DEVICESCAN -m root`."""
    for number, line in answer.lines():
        text = line[:2000]
        if found := _ALERT.match(text):
            name = " ".join(found.group(1).split())
            value = found.group(2) or found.group(3) or found.group(4) or ""
        elif "smartd" in answer.path and (found := _SMARTD.match(text)):
            name, value = f"{found.group(1)} -m", found.group(2)
        else:
            continue
        for target in re.split(r"[,\s]+", value):
            if target and target != "<nomailer>":
                yield MailAlias(at=answer.at(number), file=answer.path, name=name, target=target)
