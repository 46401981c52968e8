"""How long `handover --help` takes, and which heavy libraries it loads."""

import subprocess
import sys

from benchmarks.measure import measured

TIMES = 9
HEAVY = ("paramiko", "ldap3", "msal", "sqlalchemy", "rich", "jinja2", "psutil", "cryptography")
LOADED = (
    "import sys; from agent.cli.main import cli; cli(['--help'], standalone_mode=False); "
    "print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
)


def main() -> None:
    """Print the minimum and the median of some runs."""
    argv = [sys.executable, "-c", "from agent.cli.main import main; main()", "--help"]
    cpu = sorted(measured("help", argv).cpu_s for _ in range(TIMES))
    bare = sorted(measured("python", [sys.executable, "-c", ""]).cpu_s for _ in range(TIMES))
    print(f"- `handover --help`: {cpu[0]:.3f} s CPU at least, {cpu[TIMES // 2]:.3f} s median")
    print(f"- an empty Python: {bare[0]:.3f} s")
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(heavy=HEAVY)],
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"- heavy libraries loaded by it: {done.stderr.strip()}")
