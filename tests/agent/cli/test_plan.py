"""`handover plan` tells all that would be asked, and contacts nobody."""

import json
import socket
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.audit.sudoers import script_digest, script_of
from agent.cli.main import cli
from collectors.lint import problems
from collectors.registry import builtin, of_source

FILE = """\
client: Muster GmbH
told: no
retention: 30 days
dates: {cutover: 2027-06-23}
authorisation: {name: Anna Muster, role: managing director, date: 2026-05-10, reference: mail}
parties:
  client: {name: Muster GmbH}
  outgoing: {name: OldMSP, leaving: provider, networks: [0.0.0.0/0, "::/0"]}
  incoming: {name: NewMSP}
sources:
  - {name: here, kind: local}
  - name: fleet
    kind: ssh
    user: handover-audit
    become: script
    candidates: [192.0.2.0/28]
    hosts:
      - {name: web1, address: 192.0.2.11}
      - {name: db1, address: 192.0.2.12, jump: web1, become: commands, user: reader}
      - {name: old1, address: 192.0.2.13, become: shell, user: admin}
"""


class Contact(BaseException):
    """Something was contacted, or a program started."""


@pytest.fixture(autouse=True)
def nobody_is_contacted(monkeypatch: pytest.MonkeyPatch) -> None:
    def contact(*_: object, **__: object) -> None:
        raise Contact

    for owner, name in (
        *((socket.socket, one) for one in ("connect", "connect_ex", "sendto", "bind")),
        *((socket, one) for one in ("create_connection", "getaddrinfo", "gethostbyname")),
        (subprocess.Popen, "__init__"),
    ):
        monkeypatch.setattr(owner, name, contact)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "handover.yaml"
    path.write_text(FILE)
    path.chmod(0o600)
    return tmp_path


def _plan(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(folder), "plan", *words], catch_exceptions=False)


def test_a_contact_would_be_noticed() -> None:
    with pytest.raises(Contact):
        socket.create_connection(("192.0.2.1", 22))


def test_it_names_targets_rights_traces_and_every_question(folder: Path) -> None:
    shown = _plan(folder).output
    assert "Authorised by: Anna Muster" in shown
    assert "handover-audit@192.0.2.11:22, and sudo for the installed script" in shown
    assert "reader@192.0.2.12:22 through web1, and sudo for single commands" in shown
    assert "192.0.2.0/28" in shown.partition("ONLY LOOKED UP")[2].partition("WITH WHICH")[0]
    assert "log of sshd" in shown
    assert "! This machine is in the hands of OldMSP" in shown
    assert "have not been told" in shown
    for collector in of_source("ssh"):
        assert f"  {collector.name}: " in shown


def test_it_prints_each_question_word_by_word(folder: Path) -> None:
    shown = _plan(folder, "--full").output
    assert "           $SUDO ss -ltnup\n" in shown
    assert "can be granted: /usr/bin/grep -RnaH . /etc/sudoers.d" in shown
    assert "when nothing comes back: no such file: there is none" in shown


def test_it_is_the_same_as_json(folder: Path) -> None:
    plan = json.loads(_plan(folder, "--json").output)
    assert [one["name"] for one in plan["discovery"]] == ["192.0.2.0/28"]
    assert [one["become"] for one in plan["targets"]][1:] == ["script", "commands", "shell"]
    asked = {question["name"] for one in plan["subjects"] for question in one["questions"]}
    assert asked == {f"{one.name}/{ask.name}" for one in of_source("ssh") for ask in one.asks}
    shadow = next(
        question
        for one in plan["subjects"]
        for question in one["questions"]
        if question["name"] == "linux.passwords/shadow"
    )
    assert (shadow["right"], shadow["only_by_script"], shadow["asks"]) == (
        *("root", True),
        ["/etc/shadow"],
    )


def test_quick_leaves_out_what_is_slow_and_says_so(folder: Path) -> None:
    plan = json.loads(_plan(folder, "--quick", "--json").output)
    assert all("linux.updates/apt" in one["left_out"] for one in plan["targets"])


def test_the_notice_says_what_why_how_long_and_whom_to_ask(folder: Path) -> None:
    notice = " ".join(_plan(folder, "--notice").output.split())
    for piece in (
        "On 2027-06-23 the care of our IT systems passes from OldMSP to NewMSP.",
        "4 computers",
        "kept for 30 days",
        "authorised by Anna Muster, managing director",
        "go to Anna Muster",
        "never the value",
    ):
        assert piece in notice
    assert len(_plan(folder, "--notice").output.splitlines()) < 35


def test_without_an_authorisation_only_this_machine_is_planned(folder: Path) -> None:
    path = folder / "handover.yaml"
    path.write_text("\n".join(x for x in FILE.splitlines() if not x.startswith("authorisation")))
    shown = _plan(folder).output
    assert "Authorised by: nobody" in shown
    assert "Nobody has authorised this audit: only this machine is asked." in shown
    assert "web1" not in shown
    assert "AUTHORISED BY: nobody" in _plan(folder, "--notice").output


@pytest.mark.parametrize("way", ["script", "commands"])
def test_what_to_grant_is_for_the_accounts_that_log_in(folder: Path, way: str) -> None:
    shown = _plan(folder, "--sudoers", way).output
    assert "Defaults:handover-audit, reader !requiretty" in shown
    assert "admin" not in shown.partition("Defaults:")[2].partition("\n")[0]


def test_what_to_grant_is_the_script_unless_it_is_said(folder: Path) -> None:
    assert _plan(folder, "--sudoers").output == _plan(folder, "--sudoers", "script").output
    told = _plan(folder, "--sudoers", "--out", str(folder / "grant"))
    assert (folder / "grant/handover-probe").exists(), told.output


def test_the_files_to_hand_over_are_written_as_they_are_pinned(folder: Path) -> None:
    told = _plan(folder, "--sudoers", "script", "--out", str(folder / "grant"))
    assert "install -o root -g root -m 0755 handover-probe" in told.output
    assert (folder / "grant/handover-probe").read_bytes() == script_of(of_source("ssh"))
    assert script_digest(of_source("ssh")) in (folder / "grant/handover.sudoers").read_text()


def test_two_names_of_one_address_are_planned_once_and_both_told(folder: Path) -> None:
    path = folder / "handover.yaml"
    web1 = "      - {name: web1, address: 192.0.2.11}\n"
    twice = path.read_text().replace(web1, web1 + web1.replace("web1", "shop"))
    path.write_text(twice)
    shown = _plan(folder).output
    assert "192.0.2.11:22 (also shop), " in shown
    assert "  shop " not in shown


def test_out_alone_is_wrong_use(folder: Path) -> None:
    assert _plan(folder, "--out", "x").exit_code == 2


def test_names_of_hosts_cannot_write_to_the_terminal(folder: Path) -> None:
    (folder / "hosts.csv").write_text("name,address\nweb\x1b[31m2,192.0.2.14\n")
    path = folder / "handover.yaml"
    path.write_text(path.read_text().replace("    hosts:\n", "    csv: hosts.csv\n    hosts:\n"))
    done = CliRunner().invoke(cli, ["-C", str(folder), "plan"])
    assert "\x1b" not in done.output


def test_what_is_planned_only_reads() -> None:
    assert list(problems(builtin())) == []
