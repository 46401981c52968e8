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
from collectors.spec import SysvolFiles

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


def test_one_thing_is_printed_at_a_time(folder: Path) -> None:
    assert _plan(folder, "--sudoers", "--directory-rights").exit_code == 2
    assert _plan(folder, "--notice", "--directory-rights").exit_code == 2


def test_names_of_hosts_cannot_write_to_the_terminal(folder: Path) -> None:
    (folder / "hosts.csv").write_text("name,address\nweb\x1b[31m2,192.0.2.14\n")
    path = folder / "handover.yaml"
    path.write_text(path.read_text().replace("    hosts:\n", "    csv: hosts.csv\n    hosts:\n"))
    done = CliRunner().invoke(cli, ["-C", str(folder), "plan"])
    assert "\x1b" not in done.output


def test_what_is_planned_only_reads() -> None:
    assert list(problems(builtin())) == []


DIRECTORY = """\
  - name: directory
    kind: ldap
    domain: corp.example
    user: audit@corp.example
    password: env:NOBODY_READS_THIS
"""


@pytest.fixture
def domain(folder: Path) -> Path:
    (folder / "handover.yaml").write_text(FILE + DIRECTORY)
    return folder


def test_each_search_of_a_directory_is_told(domain: Path) -> None:
    shown = _plan(domain).output
    assert "  corp.example  ldaps:// of a server that DNS lists for corp.example as audit@" in shown
    looked_up = shown.partition("ONLY LOOKED UP")[2].partition("WITH WHICH")[0]
    assert "_ldap._tcp.dc._msdcs.corp.example  which servers DNS lists (SRV)" in looked_up
    assert "any user of the directory may ask" in shown
    for collector in of_source("ldap"):
        assert f"  {collector.name}: " in shown
    for trace in (
        "over SMB",
        "events 4624 and 4776",
        "event 1644",
        "slapd",
        "Event Log Readers",
        "DNS",
    ):
        assert trace in shown.partition("WHICH TRACES")[2].partition("WHAT IS ASKED")[0]
    full = _plan(domain, "--full").output
    for collector in of_source("ldap"):
        for ask in collector.asks:
            if isinstance(ask, SysvolFiles):
                said = f" {collector.name}/{ask.name}: files of SYSVOL, right: user, at most"
                assert said in full
                assert all(f"           {path}\n" in full for path in ask.paths)
                continue
            assert f" {collector.name}/{ask.name}: search, right: {ask.needs}, at most" in full
            assert f"           filter: {ask.filter}\n" in full
    assert "           in: Active Directory only\n" in full
    assert "another kind of directory is not asked: there is none" in full


def test_as_json_each_search_has_its_parts(domain: Path) -> None:
    plan = json.loads(_plan(domain, "--json").output)
    told = {one["name"]: one for subject in plan["subjects"] for one in subject["questions"]}
    for collector in of_source("ldap"):
        for ask in collector.asks:
            one = told[f"{collector.name}/{ask.name}"]
            if isinstance(ask, SysvolFiles):
                assert (one["kind"], tuple(one["asks"])) == ("files of SYSVOL", ask.paths)
                assert (one["right"], one["most_bytes"]) == ("user", ask.most_bytes)
                continue
            assert (one["kind"], one["right"]) == ("search", ask.needs)
            assert one["search"]["filter"] == ask.filter
            assert tuple(one["search"]["attributes"]) == ask.attributes
            assert (one["search"]["base"], one["search"]["scope"]) == (ask.base, ask.scope)
    assert told["linux.sudo/sudoers"]["search"] is None
    (target,) = (one for one in plan["targets"] if one["is_directory"])
    assert (target["source"], target["name"]) == ("directory", "corp.example")


def test_the_rights_in_a_directory_are_told_with_the_way_to_take_them_back(domain: Path) -> None:
    shown = _plan(domain, "--directory-rights").output
    assert shown.startswith("RIGHTS IN THE DIRECTORY corp.example [directory], as audit@corp")
    assert "none of them is needed for the rest" in " ".join(shown.split())
    command = 'dsacls "CN=Deleted Objects,DC=corp,DC=example" /G "audit@corp.example:LCRP"'
    assert f"       {command}\n" in shown
    assert shown.count("take back:") == shown.count("grant, as") > 3
    found = json.loads(_plan(domain, "--directory-rights", "--json").output)["directories"]
    assert [one["source"] for one in found] == ["directory"]
    assert command in [line for one in found[0]["grants"] for line in one["grant"]]


def test_the_rights_are_told_before_a_directory_is_named(folder: Path) -> None:
    shown = _plan(folder, "--directory-rights").output
    assert "handover.yaml names no directory: the names below are samples." in shown
    assert "handover-audit@corp.example" in shown


def test_the_staff_are_told_of_the_directory(domain: Path) -> None:
    notice = " ".join(_plan(domain, "--notice").output.split())
    assert "4 computers and the directory of all accounts and computers (corp.example)" in notice
    assert "mail addresses, description and manager" in notice
    assert "description and manager" not in _plan(domain, "--notice", "--only", "fleet").output


def test_a_directory_without_tls_is_a_warning(domain: Path) -> None:
    path = domain / "handover.yaml"
    path.write_text(path.read_text() + "    security: clear-text-passwords-allowed\n")
    shown = " ".join(_plan(domain).output.split())
    assert "! The directory corp.example is asked without TLS" in shown
    assert "in clear text as audit@corp.example" in shown


def test_a_command_that_tells_the_password_of_a_directory_is_not_run(domain: Path) -> None:
    path = domain / "handover.yaml"
    path.write_text(path.read_text().replace("env:NOBODY_READS_THIS", "cmd:pass show audit"))
    for words in ((), ("--directory-rights",), ("--notice",)):
        assert _plan(domain, *words).exit_code == 0  # a program that starts would be noticed
