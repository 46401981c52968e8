"""What cases cannot show of timers and services: that the snippets find the texts, in every shell."""

import shutil
import subprocess
from pathlib import Path

import pytest

from collectors.linux.services import UNITS, services
from collectors.linux.services import USERS as UNIT_USERS
from collectors.linux.timers import TEXTS, timers
from collectors.spec import Answer
from inventory.model.operation import ScheduledJob, Service

SHELLS = ["dash", "bash", "busybox ash"]
FILES = {
    "usr/lib/systemd/system/pull.timer": "[Timer]\nOnCalendar=daily\n",
    "usr/lib/systemd/system/pull.service": "[Service]\nUser=weak\nExecStart=/bin/weak\n",
    "etc/systemd/system/pull.service": "[Service]\nExecStart=/bin/strong\n",
    "etc/systemd/system/pull.timer.d/x.conf": "[Timer]\nOnCalendar=\nOnCalendar=03:00\n",
    "etc/systemd/system/pull.service.d/x.conf": "[Service]\nUser=drop\n",
}


def said(shell: str, text: str, root: Path) -> str:
    """Return what a snippet says of a tree of unit files."""
    if not shutil.which(shell.split()[0]):
        pytest.fail(f"{shell.split()[0]} is needed: scripts/debian-packages")
    for path, content in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    (root / "lib").symlink_to("usr/lib")
    return subprocess.run(
        [*shell.split(), "-c", text], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_the_strongest_text_of_a_timer_and_its_service_decides(shell: str, tmp_path: Path) -> None:
    text = TEXTS.text
    for folder in ("/etc", "/run", "/usr", "/lib"):
        text = text.replace(f" {folder}/", f" {tmp_path}{folder}/").replace(
            f"'{folder}/", f"'{tmp_path}{folder}/"
        )
    text = text.replace("-h /lib", f"-h {tmp_path}/lib")
    texts = Answer("x/texts", said(shell, text, tmp_path))
    listed = Answer("x/timers", "n/a n/a n/a n/a pull.timer pull.service\n")
    (job,) = timers((listed,), (texts,))
    assert isinstance(job, ScheduledJob)
    assert (job.schedule, job.command, job.account) == ("03:00", "/bin/strong", "root")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_service_runs_as_its_drop_in_says(shell: str, tmp_path: Path) -> None:
    text = UNIT_USERS.text.replace("/$d", f"{tmp_path}/$d").replace("-h /lib", f"-h {tmp_path}/lib")
    users = Answer("x/users", said(shell, text, tmp_path))
    assert users.text.count("[Service]") == 3, "the link /lib is not read again"
    units = Answer(f"x/{UNITS.name}", "pull.service loaded active running Pull\n")
    (service,) = services((units,), (), (users,), ())
    assert isinstance(service, Service)
    assert service.runs_as == "drop"
