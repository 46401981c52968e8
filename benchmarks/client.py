"""What is measured of handover: `collect` asks and keeps nothing, `audit` parses and stores."""

import sys
import time
from pathlib import Path

from agent.audit.doors import Doors
from agent.audit.run import Asking, run
from agent.audit.sources import Chosen, planned
from agent.audit.targets import Outlook, Target
from agent.engagement.file import load
from agent.engagement.secrets import Secrets
from collectors.spec import Collector
from inventory.store import FILE, Store

PARALLEL = 50


def main(what: str, folder: Path) -> None:
    """Ask the engagement's fleet."""
    plan = planned(load(folder), Chosen(quick=True), discover=True)
    with Doors(plan, Secrets()) as doors:
        targets = doors.targets()
        outlooks = _collect(targets) if what == "collect" else _audit(targets, folder)
    lost = [one for one in outlooks if one not in (Outlook.READ, Outlook.PART)]
    if lost:
        sys.exit(f"{len(lost)} hosts did not answer")


def _collect(targets: tuple[Target, ...]) -> list[Outlook]:
    bare = [Target(one.source, one.name, (), _all(one)) for one in targets]
    return [result.outlook for result in Asking(bare, parallel=PARALLEL)]


def _all(target: Target):  # noqa: ANN202
    def ask(_: tuple[Collector, ...], __: tuple[str, ...]):  # noqa: ANN202
        return target.ask(target.collectors, target.leave_out)

    return ask


def _audit(targets: tuple[Target, ...], folder: Path) -> list[Outlook]:
    with Store.open(folder / FILE) as store, store.begin({}, int(time.time())) as audit:
        outlooks = [result.outlook for result in run(targets, audit, parallel=PARALLEL)]
        audit.seal(int(time.time()))
    return outlooks


main(sys.argv[1], Path(sys.argv[2]))
