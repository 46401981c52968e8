"""The demonstration: `make demo` starts the company, audits it, clears some of it, audits again."""

import shutil
import sys
import time
from pathlib import Path

import click

from tests.demo import acts, company
from tests.demo.engagement import write_folder
from tests.lab.directory import keeper
from tests.lab.directory.samba import SambaAd
from tests.lab.hosts import Lab, needs_of

FOLDER = Path("build/demo")
OPENING = """\
Muster GmbH: {hosts} hosts, each a real SSH server with a root and a machine id of its own, and a real
Active Directory (Samba). OldMSP has run them for years and leaves. NewMSP takes over. On two hosts
the audit may not become root; one only shows a menu; one is reached through the jump host. The
directory is read as an ordinary user of the domain.
"""
BETWEEN = """\
Three weeks later. On web1 Jane's account, sudo rule, job, agent and repository are gone; OldMSP's
key in root's file was swapped for another that nobody knows. On web2 the trusted authority, the key
command, root's second key file and the log target are gone; Puppet is not. On mail1 root's mail
stays in the house; the monitoring agent still reports to OldMSP. db1 is switched off. In the domain
Jane's account is disabled and no administrator any more, the agent's account may copy secrets no
more, the trust with OldMSP is gone, krbtgt has a new password once; Karl's rights are still there.
"""
ENDING = """\
The folder is {folder}: handover.yaml, OldMSP's profile, both audits, the documents.
Look at:
  {folder}/documents/          the dossier and the checklist: verified, still open, cannot tell
  handover -C {folder} checklist
  handover -C {folder} footprint
  handover -C {folder} changes
  handover -C {folder} who "Jane Doe"
It took {seconds:.0f} s. The hosts are gone again.
"""


def main() -> int:
    """Play both acts into ./build/demo; return 1 when one of them fails."""
    if lacking := needs_of() or keeper.needs_of():
        click.echo(lacking, err=True)
        return 1
    start = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    with Lab(company.HOSTS) as lab, SambaAd() as dc, company.at_work(lab):
        click.echo(OPENING.format(hosts=len(company.HOSTS)))
        write_folder(lab, dc, FOLDER)
        played = _shown("audit")
        click.echo(BETWEEN)
        acts.remove(lab, dc)
        played = played and _shown("audit") and _shown("checklist")
    click.echo(ENDING.format(folder=FOLDER, seconds=time.monotonic() - start))
    return 0 if played else 1


def _shown(command: str) -> bool:
    """Run a command before the eyes of the reader; return whether it did what it should."""
    click.echo(f"$ handover -C {FOLDER} {command}")
    status = acts.shown(FOLDER, command)
    click.echo()
    return status in (acts.COMPLETE, acts.WITH_GAPS)


if __name__ == "__main__":
    sys.exit(main())
