"""The line to a directory: passwords in clear, the certificate, what is shown without a login."""

from collections.abc import Iterator

from agent.judge.case import Severity
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule, unclear
from agent.judge.rules.words import DAY_S
from inventory.model.directory import (
    DirectoryConnection,
    DirectoryServer,
    ServerCertificate,
)

CERTIFICATE_DAYS = 60


@rule(
    "directory.clear-text",
    "Passwords reach the directory protected only",
    Severity.MEDIUM,
    needs=(DirectoryConnection,),
    per=Per.DIRECTORY,
    reason="Who listens on the way has the password of every program that logs in so.",
    remedy="Ask for signing or TLS on the server; move programs to LDAPS.",
)
def clear_text(subject: Subject) -> Iterator[Hit]:
    """Yield that the audit itself went in clear, or that the server would take it."""
    for row in subject.directory.rows(DirectoryConnection):
        one = row.record
        if one.in_clear and one.bind == "simple":
            says = "handover.yaml lets the audit's own password go in clear"
            yield broken(row, says, "audit", severity=Severity.HIGH)
        if one.takes_clear:
            yield broken(row, "the server takes passwords in clear", "server")
        elif one.takes_clear is None:
            yield unclear(
                row, "whether the server takes passwords in clear was not tried", "server"
            )


@rule(
    "directory.certificate",
    "The directory's certificate lasts for two months",
    Severity.HIGH,
    needs=(ServerCertificate,),
    per=Per.DIRECTORY,
    reason="When it ends, whatever logs in over LDAPS stops.",
    remedy="Renew it; find out who does so, and from which authority.",
)
def certificate(subject: Subject) -> Iterator[Hit]:
    """Yield the certificate when it ends soon, or has."""
    for row in subject.directory.rows(ServerCertificate):
        one = row.record
        if one.not_after is None:
            yield unclear(row, f"until when {one.subject} is good is not known", one.fingerprint)
        elif one.not_after.earliest < subject.now + CERTIFICATE_DAYS * DAY_S:
            yield broken(row, f"{one.subject} ends on {one.not_after}", one.fingerprint)


@rule(
    "directory.reads-anonymously",
    "Nobody lists the directory without a login",
    Severity.HIGH,
    needs=(DirectoryServer,),
    per=Per.DIRECTORY,
    reason="Anybody on the network can list accounts, groups and what is written about them.",
    remedy="Let the server's access rules give entries to those only who logged in.",
)
def reads_anonymously(subject: Subject) -> Iterator[Hit]:
    """Yield the servers that show entries to whoever asks."""
    for row in subject.directory.rows(DirectoryServer):
        shows = row.record.reads_anonymously
        name = row.record.dns_name or subject.directory.name
        if shows:
            yield broken(row, f"{name} shows entries without a login", name)
        elif shows is None:
            why = row.record.unclear_anonymously or "it was not tried"
            yield unclear(row, f"what {name} shows without a login is not known: {why}", name)
