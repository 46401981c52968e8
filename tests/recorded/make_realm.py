"""Records the lab's domain again: `python -m tests.recorded.make_realm`, as root.

Its administrator reads it, so that every search has its answer. The recording is kept packed:
it is long, and nobody reads it line by line.
"""

import gzip
import sys
import tempfile
from pathlib import Path

import click

from tests.agent.cli.auditing import handover
from tests.demo.canaries import leaks
from tests.lab.directory import keeper
from tests.lab.directory.samba import SambaAd

REALM = Path(__file__).with_name("realm.jsonl.gz")
LEAST_BYTES, MOST_BYTES = 50_000, 1 << 20
_ENGAGEMENT = """\
client: Muster GmbH
authorisation: {{name: Mia Muster, role: owner, date: 2026-11-01, reference: order 7}}
parties:
  client: {{name: Muster GmbH, mail_domains: [muster.example]}}
  outgoing: {{name: OldMSP, leaving: provider, mail_domains: [oldmsp.example]}}
sources:
  - {{name: directory, kind: ldap, domain: corp.example, user: {user}, password: 'env:PW',
     servers: ['ldaps://{address}:636'], ca_file: ca.pem, server_name: dc1.corp.example}}
"""


def main() -> int:
    """Record into realm.jsonl.gz; return 1 when the lab cannot run here."""
    if lacking := keeper.needs_of():
        click.echo(lacking, err=True)
        return 1
    with tempfile.TemporaryDirectory() as name, SambaAd() as controller:
        folder, login = Path(name), controller.administrator
        (folder / "ca.pem").write_bytes(Path(controller.ca_file).read_bytes())
        text = _ENGAGEMENT.format(user=login.principal, address=controller.address)
        (folder / "handover.yaml").write_text(text)
        (folder / "handover.yaml").chmod(0o600)
        ran = handover(folder, "audit", "--record", str(folder / "r"), env={"PW": login.password})
        if ran.returncode not in (0, 3):
            click.echo(ran.stderr, err=True)
            return 1
        keep(next((folder / "r").glob("*.jsonl")).read_bytes())
    return 0


def keep(raw: bytes) -> None:
    """Keep a recording. Raises ValueError when a secret is in it, or when it is not whole, or too long."""
    if found := leaks(raw):
        raise ValueError(f"a secret was recorded: {found}")
    packed = gzip.compress(raw, 9, mtime=0)
    if not LEAST_BYTES < len(packed) < MOST_BYTES:
        raise ValueError(f"{len(packed)} bytes are no whole domain, or more than is kept")
    REALM.write_bytes(packed)


if __name__ == "__main__":
    sys.exit(main())
