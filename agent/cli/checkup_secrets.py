"""Whether the secrets that sources need are where they are said to lie; none is read."""

import os
from collections.abc import Iterator
from pathlib import Path

from agent.cli.checkup_words import BAD, NOTE, Check
from agent.engagement.secrets import Kind, SecretRef


def secret(what: str, ref: SecretRef) -> Iterator[Check]:
    """Yield whether a secret is where it is said to lie; none is read, no command is run."""
    if ref.kind is Kind.ENV and not os.environ.get(ref.what):
        yield Check(what, NOTE, f"{ref} is not set now: export it before the audit")
    if ref.kind is Kind.FILE and (says := unusable(Path(ref.what))):
        yield Check(what, BAD, f"{ref} {says}")


def unusable(path: Path) -> str:
    """Return why a private file cannot be used; empty when it can."""
    try:
        mode = path.stat().st_mode
    except OSError as err:
        return f"cannot be read: {err.strerror}"
    return "can be read by others: chmod 600 it" if mode & 0o077 else ""
