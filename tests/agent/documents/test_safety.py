"""What is said of disks and backups where little was asked, or only an earlier audit saw it."""

from agent.documents.cell import Known
from agent.documents.views.dossier import Dossier
from agent.documents.views.safety import Backups
from inventory.model.evidence import Gap, Why
from inventory.model.host import BlockDevice
from inventory.model.operation import BackupJob
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company

OFF = {name: (Gap(Why.UNREACHABLE),) for name in company.ASKED}
JOB = BackupJob(product="restic", place="/etc/cron.d/backup", destination="sftp:vault:/m")


def dossier(*records, gaps=None) -> Dossier:
    """One host with these records; with `gaps` only an earlier audit saw them."""
    told = company.readings("web1", records, gaps=gaps, carried=gaps is not None)
    return Dossier(company.told(MemorySnapshot(company.AUDIT, told)))


def counts(found: Backups) -> tuple[int, int, int]:
    return found.found, found.none, found.unknown


def test_a_backup_that_only_an_earlier_audit_saw_is_not_counted_as_found():
    assert counts(dossier(JOB).backups) == (1, 0, 0)
    then = dossier(JOB, gaps=OFF).backups
    assert counts(then) == (0, 0, 1)
    assert "not seen now" in then.hosts[0].jobs.text


def test_without_a_job_a_host_is_verified_only_when_all_was_read():
    assert counts(dossier().backups) == (0, 1, 0)
    assert counts(dossier(gaps=OFF).backups) == (0, 0, 1)


def test_a_disk_that_only_proc_partitions_shows_is_a_disk():
    [host] = dossier(BlockDevice(name="vda", type="block", size_bytes=64 * 1024**3)).glances
    assert (host.disks.known, host.disks.text) == (Known.ALL, "vda 64.0 GiB")
