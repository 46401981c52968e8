"""Secrets that lie on a host: who can read them, and what they open without a passphrase."""

from collections.abc import Iterator

from agent.judge.case import Severity
from agent.judge.rules.rule import Hit, Subject, broken, rule, unclear
from inventory.model.access import LoginSecret

_EVERYBODY_READS = 0o004
_SSH_KEY = "private SSH key"


@rule(
    "secret.readable",
    "Secrets are readable to their owner only",
    Severity.HIGH,
    needs=(LoginSecret,),
    reason="Every account of the host may have read it. Closing the leaver's account does not "
    "take back what it could copy.",
    remedy="Take read access from all others, and change the secret itself.",
)
def readable(subject: Subject) -> Iterator[Hit]:
    """Yield the files with a secret that everybody on the host may read."""
    for row in subject.host.rows(LoginSecret):
        one = row.record
        if one.mode & _EVERYBODY_READS:
            says = f"{one.path} ({one.type}, of {one.owner}) has mode {one.mode & 0o7777:04o}"
            yield broken(row, says, one.path)


@rule(
    "secret.plain-key",
    "Private SSH keys on disk have a passphrase",
    Severity.MEDIUM,
    needs=(LoginSecret,),
    reason="Whoever copied the file can log in with it from anywhere, wherever its public "
    "half lies.",
    remedy="Find out what logs in with it, replace it by a new key, and remove the old public "
    "half everywhere. A program's key stays plain, but bind it with from= and command=.",
)
def plain_key(subject: Subject) -> Iterator[Hit]:
    """Yield the private keys without a passphrase."""
    for row in subject.host.rows(LoginSecret):
        one = row.record
        if one.type != _SSH_KEY:
            continue
        if one.is_encrypted is None:
            yield unclear(row, f"whether {one.path} has a passphrase cannot be told", one.path)
        elif not one.is_encrypted:
            named = f", {one.fingerprint}" if one.fingerprint else ""
            yield broken(row, f"{one.path} of {one.owner} has none{named}", one.path)
