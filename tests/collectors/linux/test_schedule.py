"""What cases cannot show of schedules: no line is lost, and the snippet finds every crontab."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.linux.schedule import USERS, system_crontabs, user_crontabs
from collectors.spec import Answer, Unreadable
from inventory.model.operation import ScheduledJob
from inventory.model.record import Mark

LINES = st.lists(
    st.text(st.characters(codec="ascii", exclude_characters="\n\r"), max_size=40), max_size=8
)


@given(lines=LINES)
def test_every_line_is_a_job_a_variable_a_comment_or_unreadable(lines: list[str]) -> None:
    answer = Answer("x/crontabs", "\n".join(lines), "/etc/cron.d/some")
    told = list(system_crontabs((answer,), (), ()))
    quiet = [line for line in lines if not line.strip() or line.lstrip()[0] == "#" or "=" in line]
    assert len(told) >= len(lines) - len(quiet)
    assert all(isinstance(one, ScheduledJob) or one.part == "/etc/cron.d/some" for one in told)


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox ash"])
def test_crontabs_are_found_where_each_distribution_keeps_them(shell: str, tmp_path: Path) -> None:
    if not shutil.which(shell.split()[0]):
        pytest.fail(f"{shell.split()[0]} is needed: scripts/debian-packages")
    for place in ("root", "crontabs/alice", "tabs/www", "atjobs/a0000101"):
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_text("# comment\n\n@daily /bin/true\n")
    (tmp_path / "crontabs" / "empty").write_text("")
    text = USERS.text.replace("/var/spool/cron", str(tmp_path))
    said = subprocess.run([*shell.split(), "-c", text], capture_output=True, text=True, check=False)
    assert said.returncode in USERS.ok
    told = list(user_crontabs((Answer("x/users", said.stdout),)))
    jobs = [one for one in told if isinstance(one, ScheduledJob)]
    assert {(one.account, one.at.where.rpartition(":")[2]) for one in jobs} == {
        ("root", "3"),
        ("alice", "3"),
        ("www", "3"),
    }
    assert not [one for one in told if isinstance(one, Unreadable)]


def test_each_address_of_a_mailto_is_an_identifier() -> None:
    job = ScheduledJob(
        place="/etc/crontab", schedule="@daily", command="x", mail_to="noc@oldmsp.example, root"
    )
    marks = {(one.mark, one.value) for one in job.identifiers()}
    assert {(Mark.MAIL, "noc@oldmsp.example"), (Mark.ACCOUNT, "root")} <= marks
