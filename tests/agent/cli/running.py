"""Runs a command as the shell would, over an engagement of small readings."""

from pathlib import Path

from click.testing import CliRunner
from msgspec import Struct

from agent.cli.main import cli, guarded
from inventory.model import all as every
from inventory.model.evidence import Gap, Why
from inventory.model.record import KINDS, Record
from inventory.reading import State
from inventory.store import FILE, Store
from tests.inventory.building import Told, audit, told

SUBJECTS = every.SUBJECTS
ALL = tuple(KINDS)
JANE = "SHA256:" + "J" * 43
YAML = f"""\
client: Muster
dates:
  cutover: 2027-06-23
parties:
  client:
    name: Muster
    accounts: [anna]
  outgoing:
    name: OldMSP
    accounts: [oldmsp]
    people:
      - name: Jane Doe
        accounts: [jane]
        keys: ["{JANE}"]
"""
DENIED = Gap(Why.DENIED, "linux.one/all", "", "needs root", "root")


class Ran(Struct, frozen=True):
    status: int
    out: str
    err: str


def run(folder: Path, *words: str, typed: str | None = None) -> Ran:
    """Run `handover -C FOLDER WORDS`; typed: what a person types."""
    runner = CliRunner()
    with runner.isolation(input=typed) as (out, err, _):
        args = ["-C", str(folder), *words]
        status = guarded(lambda: cli(args=args, prog_name="handover", standalone_mode=False))
        return Ran(status, out.getvalue().decode(), err.getvalue().decode())


def whole(*records: Record, target: str = "web1", parser: int = 1) -> Told:
    """Return a reading that could tell every kind and was answered in full."""
    return told(*records, target=target, tells=ALL, parser=parser)


def refused(*, target: str = "web1") -> Told:
    """Return a reading that could tell every kind and was refused as a whole."""
    return told(target=target, tells=ALL, state=State.FAILED, gaps=[DENIED])


def engagement(folder: Path, *audits: tuple[Told, ...], text: str = YAML) -> Path:
    """Write an engagement with these audits, in their order."""
    (folder / "handover.yaml").write_text(text)
    (folder / "handover.yaml").chmod(0o600)
    folder.chmod(0o700)
    with Store.open(folder / FILE) as store:
        for number, collected in enumerate(audits, 1):
            audit(store, *collected, now=1000 * number)
    return folder
