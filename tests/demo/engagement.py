"""The engagement's folder: handover.yaml, OldMSP's profile, the audit's key, the pinned host keys."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.demo import company, muster, oldmsp, realm
from tests.lab.directory.samba import SambaAd
from tests.lab.hosts import Host, Lab
from tests.lab.keys import write_pair

HANDOVER = """\
client: Muster GmbH
parties:
{client}  outgoing:
    profile: oldmsp.yaml
{incoming}
authorisation:
  name: Anna Muster
  role: managing director
  date: 2026-11-02
  reference: letter to OldMSP of 2 November 2026

dates:
  audit: 2026-11-24
  cutover: 2027-01-15

sources:
  - name: servers
    kind: ssh
    user: audit
    key: audit.key
    known_hosts: known_hosts
    become: shell
    hosts:
{hosts}"""


def write_folder(lab: Lab, dc: SambaAd | None, folder: Path) -> None:
    """Write all that `handover -C FOLDER audit` needs."""
    folder.mkdir(parents=True, exist_ok=True)
    directory = realm.write_source(dc, folder) if dc else ""
    (folder / "handover.yaml").write_text(handover_yaml(lab.hosts) + directory)
    (folder / "oldmsp.yaml").write_text(oldmsp.profile())
    shutil.copy(lab.known_hosts, folder / "known_hosts")
    write_pair(lab.client, folder / "audit.key", comment="audit@lab")
    for name in ("handover.yaml", "oldmsp.yaml"):
        (folder / name).chmod(0o600)


def handover_yaml(hosts: tuple[Host, ...]) -> str:
    """Return the engagement file for running hosts."""
    return HANDOVER.format(
        client=muster.client(), incoming=muster.incoming(), hosts="".join(_lines(hosts))
    )


def _lines(hosts: tuple[Host, ...]) -> Iterator[str]:
    for host in hosts:
        words = [f"name: {host.name}", f"address: {host.address}"]
        if host.name in company.BEHIND:
            words.append(f"jump: {company.BEHIND[host.name]}")
        if host.name in company.WITHOUT_ROOT:
            words.append("become: none")
        yield f"      - {{{', '.join(words)}}}\n"
