"""What cases cannot show of storage: that network mounts never reach df, in every shell."""

import shutil
import subprocess
from pathlib import Path

import pytest

from collectors.linux.storage import SPACE, filesystems
from collectors.spec import Answer
from inventory.model.host import Filesystem

MOUNTS = r"""26 1 8:2 / / rw - ext4 /dev/sda2 rw
60 26 8:17 / /srv/Alte\040Daten rw shared:30 - fuseblk /dev/sdb1 rw
61 26 0:50 / /mnt/nas rw shared:31 - nfs4 nas:/export rw
62 26 0:51 / /mnt/win rw - cifs //fs01/daten rw
63 26 0:52 / /mnt/remote rw - fuse.sshfs alice@host:/ rw
64 26 8:18 / /data rw - xfs /dev/sdb2 rw
65 26 0:54 / /data rw - nfs nas:/over rw
66 26 8:2 /srv /bind rw - ext4 /dev/sda2 rw
67 26 0:55 / /auto rw - autofs systemd-1 rw
68 26 0:56 / /dev/shm rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox ash"])
def test_only_local_filesystems_reach_df_and_each_device_once(shell: str, tmp_path: Path) -> None:
    if not shutil.which(shell.split()[0]):
        pytest.fail(f"{shell.split()[0]} is needed: scripts/debian-packages")
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS)
    text = SPACE.text.replace("/proc/self/mountinfo", str(table)).replace(
        "df -Pk $points", "printf '<%s>' $points"
    )
    said = subprocess.run([*shell.split(), "-c", text], capture_output=True, text=True, check=True)
    assert said.stdout == "</></srv/Alte Daten>", "a mount over /data hides it; /bind is / again"


def test_without_local_filesystems_df_is_not_run_for_all(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_text("61 26 0:50 / / rw - nfs4 nas:/export rw\n")
    text = SPACE.text.replace("/proc/self/mountinfo", str(table)).replace("df -Pk", "echo df")
    said = subprocess.run(["sh", "-c", text], capture_output=True, text=True, check=True)
    assert said.stdout == ""


def test_a_line_end_in_a_mountpoint_stays_an_escape() -> None:
    answer = Answer("x/mounts", "36 35 98:0 / /a\\012b\\134 rw - ext4 /dev/sdb1 rw\n")
    told = [one for one in filesystems((answer,)) if isinstance(one, Filesystem)]
    assert [one.mountpoint for one in told] == ["/a\\012b\\"]
