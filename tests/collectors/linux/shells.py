"""Runs the filter of an ask as a host would: in each shell that this machine has."""

import shutil
import subprocess
from collections.abc import Iterator

from collectors.redact import redact
from collectors.spec import Answer, SshFiles

SHELLS = tuple(
    shell for shell in (("dash",), ("bash",), ("busybox", "ash")) if shutil.which(shell[0])
)
_BUSYBOX = 'awk() { busybox awk "$@"; }; sed() { busybox sed "$@"; }; '


def filtered(ask: SshFiles, text: str) -> str:
    """Return what the filter lets through; every shell and tool must agree, and say nothing else."""
    found = set(_outputs(ask.filter, text))
    assert len(found) == 1, f"{ask.name}: shells disagree"
    return found.pop()


def _outputs(command: str, text: str) -> Iterator[str]:
    assert SHELLS, "no POSIX shell to test with"
    for shell in SHELLS:
        prefix = _BUSYBOX if shell[0] == "busybox" else ""
        done = subprocess.run(
            [*shell, "-c", prefix + command], input=text.encode(), capture_output=True, timeout=20
        )
        assert (done.returncode, done.stderr) == (0, b"")
        yield done.stdout.decode()


def as_answer(ask: SshFiles, path: str, text: str, *accounts: str) -> Answer:
    """Return the answer that a host would give for a file of this content."""
    return Answer(ask.name, redact(filtered(ask, text)), path, accounts)
