"""Where a host sends its logs.

Sources: rsyslog.conf(5), https://www.rsyslog.com/doc/configuration/modules/omfwd.html,
syslog-ng.conf(5), journal-upload.conf(5), journald.conf(5), audisp-remote.conf(5).
"""

import re
from collections.abc import Iterator

from collectors.settings import host_of, keeping, settings
from collectors.spec import Answer, Answers, SshFiles, collector
from inventory.model.operation import LogTarget

_PIECES = r"""awk '/^[ \t]*#/ { print ""; next } LEGACY { s = $0; out = "";
 while (match(s, /PATTERN/)) {
  out = out " " substr(s, RSTART, RLENGTH); s = substr(s, RSTART + RLENGTH) }
 print out }'"""
# Of `action(type="omfwd" target="a" pwd="b")` only the pieces that are named here leave the host.
RSYSLOG = SshFiles(
    "rsyslog",
    ("/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf"),
    filter=_PIECES.replace(
        "LEGACY", r"/(^|[ \t])@@?([(][^)]*[)])?[A-Za-z0-9[]/ && !/[(]type=/ { print; next }"
    ).replace("PATTERN", r"action[ \t]*[(]|(type|target|server|protocol)[ \t]*=[ \t]*\"[^\"]*\""),
)
SYSLOG_NG = SshFiles(
    "syslog_ng",
    ("/etc/syslog-ng/syslog-ng.conf", "/etc/syslog-ng/conf.d/*.conf"),
    filter=_PIECES.replace("LEGACY", "").replace(
        "PATTERN",
        r"destination[ \t]|source[ \t]|(network|syslog|tcp6?|udp6?)[ \t]*[(][ \t]*\"[^\"]*\""
        r"|transport[(][^)]*[)]",
    ),
)
JOURNAL = SshFiles(
    "journal",
    (
        "/etc/systemd/journal-upload.conf",
        "/etc/systemd/journal-upload.conf.d/*.conf",
        "/etc/systemd/journald.conf",
        "/etc/systemd/journald.conf.d/*.conf",
    ),
    filter=keeping("url", "forwardtosocket"),
)
AUDIT = SshFiles(
    "audit",
    ("/etc/audit/audisp-remote.conf", "/etc/audisp/audisp-remote.conf"),
    needs="root",
    grant=True,
    filter=keeping("remote_server"),
)

_LEGACY = re.compile(r"(?:^|\s)(@@?)(?:\([^)]{0,20}\))?(\[[0-9a-fA-F:.]+\]|[\w.-]+)")
_NAMED = re.compile(r"(type|target|server|protocol)\s*=\s*\"([^\"]*)\"")
_DRIVER = re.compile(r"(network|syslog|tcp6?|udp6?)\s*\(\s*\"([^\"]+)\"")
_TRANSPORT = re.compile(r"transport\(\s*\"?([\w-]+)")


@collector("linux.log_targets", asks=[RSYSLOG, SYSLOG_NG, JOURNAL], tells=[LogTarget])
def log_targets(rsyslog: Answers, syslog_ng: Answers, journal: Answers) -> Iterator[LogTarget]:
    """Yield the hosts that rsyslog, syslog-ng and the journal send logs to."""
    for answer in rsyslog:
        yield from _legacy(answer)
        yield from _actions(answer)
    for answer in syslog_ng:
        yield from _destinations(answer)
    for answer in journal:
        for setting in settings(answer):
            if setting.value:
                target = host_of(setting.value)
                yield LogTarget(at=setting.at, program="journald", target=target)


@collector("linux.audit_targets", asks=[AUDIT], tells=[LogTarget])
def audit_targets(audit: Answers) -> Iterator[LogTarget]:
    """Yield the host that the audit daemon sends its events to."""
    for answer in audit:
        for setting in settings(answer):
            if setting.value:
                target = host_of(setting.value)
                yield LogTarget(at=setting.at, program="auditd", target=target, protocol="tcp")


def _legacy(answer: Answer) -> Iterator[LogTarget]:
    """Yield the targets of `*.* @@(o)logs.example:6514`; one @ is UDP, two are TCP."""
    for number, line in answer.lines():
        if found := _LEGACY.search(line[:2000]):
            yield LogTarget(
                at=answer.at(number),
                program="rsyslog",
                target=host_of(found.group(2)),
                protocol="tcp" if found.group(1) == "@@" else "udp",
            )


def _actions(answer: Answer) -> Iterator[LogTarget]:
    """Yield the targets of `action(type="omfwd" target="..." protocol="tcp")`, over many lines."""
    named: dict[str, str] = {}
    place = 0
    for number, line in (*answer.lines(), (0, "action(")):
        head, opens, rest = line[:4000].partition("action")
        named.update(_NAMED.findall(head))
        if not opens:
            continue
        yield from _action(answer, place, named)
        named, place = dict(_NAMED.findall(rest)), number


def _action(answer: Answer, place: int, named: dict[str, str]) -> Iterator[LogTarget]:
    target = named.get("target") or named.get("server")
    if target:
        protocol = named.get("protocol", "udp" if named.get("type") == "omfwd" else "")
        relp = "relp" if named.get("type") == "omrelp" else protocol.lower()
        host = host_of(target)
        yield LogTarget(at=answer.at(place), program="rsyslog", target=host, protocol=relp)


def _destinations(answer: Answer) -> Iterator[LogTarget]:
    """Yield the targets of `destination d { network("logs.example" transport("tls")); };`."""
    is_source = False
    for number, line in answer.lines():
        if "source" in line or "destination" in line:
            is_source = "destination" not in line
        for found in () if is_source else _DRIVER.finditer(line[:4000]):
            transport = _TRANSPORT.search(line[:4000])
            driver = found.group(1).removesuffix("6")
            protocol = transport.group(1) if transport else driver
            yield LogTarget(
                at=answer.at(number),
                program="syslog-ng",
                target=host_of(found.group(2)),
                protocol="" if protocol in ("network", "syslog") else protocol,
            )
