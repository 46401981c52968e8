"""What cases cannot show of updates: that dnf is never started without root, where it would write."""

import shutil
import subprocess

import pytest

from collectors.linux.updates import DNF
from tests.collectors.linux.shells import SHELLS

FAKE = "dnf() { echo ran $*; return 100; }; "


@pytest.mark.parametrize("shell", SHELLS, ids=lambda one: one[0])
@pytest.mark.parametrize(
    ("user", "prefix", "expected"),
    [
        ("0", FAKE, (100, "ran -q -C check-update\n")),
        ("1000", f"ls() {{ echo denied $* >&2; return 2; }}; {FAKE}", (1, "")),
        ("1000", "", (0, "")),
    ],
    ids=["as root", "as an ordinary account", "without dnf"],
)
def test_dnf_runs_as_root_alone(
    shell: tuple[str, ...], user: str, prefix: str, expected: tuple[int, str]
) -> None:
    text = f"id() {{ echo {user}; }}; {prefix}{DNF.text}"
    program = shutil.which(shell[0]) or shell[0]
    done = subprocess.run(
        [program, *shell[1:], "-c", text],
        capture_output=True,
        text=True,
        env={"PATH": "/nowhere"},
        check=False,
    )
    assert (done.returncode, done.stdout) == expected
