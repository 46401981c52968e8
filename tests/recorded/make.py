"""Records the demonstration's company again: `python -m tests.recorded.make`, as root.

Only hosts in which every kind of hold occurs are kept, and of long lists only their first lines.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import click
import msgspec
from msgspec import structs

from collectors.spec import Answers
from collectors.transports.recording import Recorded, recordings
from tests.demo import acts, company
from tests.demo.canaries import leaks
from tests.lab.hosts import Lab, needs_of

MUSTER = Path(__file__).with_name("muster")
HOSTS = ("ci1", "db1", "erp1", "files1", "mail1", "mon1", "web1", "web2")
LONG = ("linux.packages/dpkg", "linux.updates/apt", "linux.services/users")
MOST_LINES = 30
BOOT_ID = "/proc/sys/kernel/random/boot_id"  # of the machine that runs the lab


def main() -> int:
    """Record into tests/recorded/muster; return 1 when the lab cannot run here."""
    if lacking := needs_of():
        click.echo(lacking, err=True)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "muster"
        with Lab(company.HOSTS) as lab, company.at_work(lab):
            acts.first_act(lab, None, folder)
        keep(folder)
    return 0


def keep(folder: Path) -> None:
    """Keep what the tests need of an engagement's folder, without keys."""
    shutil.rmtree(MUSTER, ignore_errors=True)
    MUSTER.mkdir()
    shutil.copy(folder / "oldmsp.yaml", MUSTER)
    lines = (folder / "handover.yaml").read_text().splitlines(keepends=True)
    unwanted = ("    key:", "    known_hosts:")
    kept = (x for x in lines if not x.startswith(unwanted) and ("{name:" not in x or is_kept(x)))
    (MUSTER / "handover.yaml").write_text("".join(kept).replace(", jump: jump", ""))
    for one in recordings(folder / "answers"):
        if one.target in HOSTS:
            raw = msgspec.json.format(msgspec.json.encode(thin(one)), indent=1)
            if found := leaks(raw):
                raise ValueError(f"{one.target}: a secret was recorded: {found}")
            (MUSTER / f"{one.target}.json").write_bytes(raw + b"\n")


def is_kept(line: str) -> bool:
    """Tell whether a line of handover.yaml names a host that is kept."""
    return any(f"{{name: {host}," in line for host in HOSTS)


def thin(one: Recorded) -> Recorded:
    """Return the recording without what is long, or is about the machine that runs the lab."""
    outcomes = {name: (thinned(name, got), gaps) for name, (got, gaps) in one.outcomes.items()}
    return structs.replace(one, outcomes=dict(sorted(outcomes.items())))


def thinned(name: str, got: Answers) -> Answers:
    """Return the answers of one ask."""
    if name in LONG:
        return tuple(structs.replace(one, text=first_lines(one.text)) for one in got)
    return tuple(one for one in got if one.path != BOOT_ID)


def first_lines(text: str) -> str:
    """Return the first lines."""
    return "".join(text.splitlines(keepends=True)[:MOST_LINES])


if __name__ == "__main__":
    sys.exit(main())
