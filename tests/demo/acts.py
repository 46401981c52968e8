"""The two acts: the company as OldMSP leaves it, and three weeks of removals later."""

import os
import subprocess
import sys
from pathlib import Path

from tests.demo import oldmsp, realm
from tests.demo.engagement import write_folder
from tests.demo.muster import STRANGER
from tests.lab.directory.samba import SambaAd
from tests.lab.hosts import Host, Lab
from tests.lab.keys import named_pair

HANDOVER = Path(sys.executable).with_name("handover")
MOST_S = 300
COMPLETE, WITH_GAPS = 0, 3  # exit statuses
SWAPPED = named_pair("a key that took the place of OldMSP's")
OFFLINE = "db1"


def handover(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the command line in an engagement's folder."""
    return subprocess.run(
        [str(HANDOVER), "-C", str(folder), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_S,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
    )


def shown(folder: Path, *words: str) -> int:
    """Run the command line on this terminal, and return its exit status."""
    return subprocess.run([str(HANDOVER), "-C", str(folder), *words], check=False).returncode


def first_act(lab: Lab, dc: SambaAd | None, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Write the engagement and audit the company; the answers are recorded beside it."""
    write_folder(lab, dc, folder)
    return handover(folder, "audit", "--record", str(folder / "answers"))


def second_act(lab: Lab, dc: SambaAd, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Take away what OldMSP had on three hosts and in the domain, lose a host, and audit again."""
    remove(lab, dc)
    return handover(folder, "audit")


def remove(lab: Lab, dc: SambaAd) -> None:
    """Do what was done in three weeks: removals on three hosts and in the domain, one host off."""
    realm.clear(dc)
    clear_web1(lab["web1"])
    clear_web2(lab["web2"])
    clear_mail1(lab["mail1"])
    lab[OFFLINE].stop("off")


def clear_web1(host: Host) -> None:
    """Remove Jane, her rights and OldMSP's tools; its key in root's file is swapped for another."""
    host.exec(["sed", "-i", "/^jdoe:/d", "/etc/passwd", "/etc/shadow"])
    host.exec(["sed", "-i", "s/jdoe,//", "/etc/group"])
    host.write(
        "/root/.ssh/authorized_keys",
        f"{SWAPPED.public} deploy@2027\n{STRANGER.public} backup\n",
        0o600,
    )
    for path in (
        "/home/jdoe",
        "/etc/sudoers.d/oldmsp",
        "/etc/cron.d/oldmsp-maintenance",
        "/etc/apt/sources.list.d/oldmsp.list",
        f"/opt/connectwisecontrol-{oldmsp.SCREENCONNECT}",
    ):
        host.remove(path)
    host.exec(["sed", "-i", "/connectwisecontrol/d", "/usr/local/bin/systemctl"])


def clear_web2(host: Host) -> None:
    """Trust OldMSP's authority, key command and keys no more; Puppet still obeys it."""
    settings = "/^(TrustedUserCAKeys|AuthorizedKeysCommand)/d"
    host.exec(["sed", "-i", "-E", settings, "/etc/ssh/sshd_config"])
    for path in ("/etc/ssh/oldmsp-users.pub", "/opt/oldmsp", "/root/.ssh/authorized_keys2"):
        host.remove(path)
    host.write(
        "/etc/rsyslog.d/90-oldmsp.conf",
        'action(type="omfwd" target="logs.muster.example" port="6514" protocol="tcp")\n',
    )


def clear_mail1(host: Host) -> None:
    """Let root's mail stay in the house, and mail leave through NewMSP; Zabbix still reports."""
    host.write("/etc/aliases", "postmaster: root\nroot: anna.muster@muster.example\n")
    host.write(
        "/etc/postfix/main.cf",
        "myhostname = mail1.muster.example\nrelayhost = [smtp.newmsp.example]:587\n",
    )
    host.remove("/home/ben/.forward")
