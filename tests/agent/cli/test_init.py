"""`handover init`: what is asked, in which order, and that what is written always loads."""

import datetime
import os
from pathlib import Path

import click
import pytest

from agent.cli.ticking import ticked
from agent.engagement.file import load
from agent.engagement.model import (
    Become,
    Detail,
    LdapSecurity,
    SshConfigUse,
)
from inventory.model.party import Leaving, Role
from tests.agent.cli.answering import directory, fleet, home_in, typed
from tests.agent.cli.running import run

QUESTIONS = (
    "Client [muster]",
    "Who leaves",
    "Their name",
    "Their people",
    "Their mail domains",
    "Who takes over",
    "Cutover",
    "Who authorised",
    "in which role",
    "written where",
    "on which day",
    "Do the staff know",
    "Which are audited",
    "Account on the hosts",
    "Private key",
    "Root on the hosts",
    "Directory: its domain",
    "asked as",
    "its password lies in",
    "CA file",
    "Personal detail",
)
ANSWERS = (
    "Muster GmbH",
    "",
    "OldMSP",
    "Jane Doe, Max O'Neil",
    "oldmsp.example",
    "NewMSP",
    "2027-06-23",
    "Anna Muster",
    "managing director",
    "mail of 10 May",
    "2026-05-10",
    "y",
    "1,3",
    "handover-audit",
    "~/.ssh/handover",
    "commands",
    "Corp.example",
    "CORP\\audit",
    "",
    "",
    "full",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return home_in(tmp_path, monkeypatch)


def test_it_asks_in_order_and_writes_what_was_answered(home: Path) -> None:
    folder = home / "muster"
    ran = run(folder, "init", typed=typed(*ANSWERS))
    assert ran.status == 0
    places = [ran.out.index(question) for question in QUESTIONS]
    assert places == sorted(places)
    assert ran.out.rstrip().endswith("Nothing was contacted. Next: handover plan")
    found = load(folder)
    assert found.warnings == ()
    assert found.client == "Muster GmbH"
    outgoing, incoming = found.party(Role.OUTGOING), found.party(Role.INCOMING)
    assert outgoing
    assert incoming
    assert [person.name for person in outgoing.people] == ["Jane Doe", "Max O'Neil"]
    assert (outgoing.mail_domains, incoming.name) == (("oldmsp.example",), "NewMSP")
    assert found.dates.cutover == datetime.date(2027, 6, 23)
    assert found.authorisation
    assert found.authorisation.role == "managing director"
    assert (found.told, found.detail) == (True, Detail.FULL)
    assert fleet(found).ssh_config == SshConfigUse(None, ("web1", "db1"))
    assert (fleet(found).defaults.user, fleet(found).defaults.become) == (
        "handover-audit",
        Become.COMMANDS,
    )
    asked = directory(found)
    assert (asked.domain, asked.user, asked.security) == (
        *("corp.example", "CORP\\audit"),
        LdapSecurity.LDAPS,
    )
    assert str(asked.password) == "env:AUDIT_LDAP"


def test_only_enter_gives_this_machine_and_a_file_of_its_owner(home: Path) -> None:
    folder = home / "muster"
    ran = run(folder, "init", typed="\n" * len(QUESTIONS))
    assert ran.status == 0
    found = load(folder)
    assert (found.client, found.authorisation, found.dates.cutover) == ("muster", None, None)
    assert found.party(Role.OUTGOING) is None
    assert len(found.sources) == 1
    assert (folder / "handover.yaml").stat().st_mode & 0o777 == 0o600
    assert "Without an authorisation only this machine is audited." in ran.out


def test_the_cutover_is_in_42_days_by_default(home: Path) -> None:
    answers = ("", "", "OldMSP", *([""] * 20))
    assert run(home / "muster", "init", typed=typed(*answers)).status == 0
    today = datetime.datetime.now(datetime.UTC).date()
    assert load(home / "muster").dates.cutover == today + datetime.timedelta(days=42)


def test_a_person_who_leaves_is_their_own_people(home: Path) -> None:
    args = ("--no-input", "--leaving", "fewer-duties", "--outgoing", "Jane Doe")
    assert run(home / "muster", "init", *args).status == 0
    outgoing = load(home / "muster").party(Role.OUTGOING)
    assert outgoing
    assert outgoing.leaving is Leaving.FEWER_DUTIES
    assert [person.name for person in outgoing.people] == ["Jane Doe"]


def test_a_wrong_answer_is_told_at_once_and_asked_again(home: Path) -> None:
    answers = ["", "", "OldMSP", "", "no domain", "oldmsp.example", "", "2027-02-30", *([""] * 20)]
    ran = run(home / "muster", "init", typed=typed(*answers))
    assert ran.status == 0
    assert "must be a domain such as muster.example, got 'no domain'" in ran.out
    assert "must be a date of the calendar" in ran.out
    assert ran.out.count("Their mail domains") == 2


def test_an_empty_answer_that_is_needed_is_told_and_asked_again(home: Path) -> None:
    ran = run(home / "muster", "init", typed=typed(*ANSWERS[:8], "", *ANSWERS[8:]))
    assert ran.status == 0
    assert "must be 1 to 300 characters" in ran.out


def test_an_answer_that_a_terminal_obeys_is_refused(home: Path) -> None:
    ran = run(home / "muster", "init", typed=typed("\x1b[31mx", *([""] * 20)))
    assert "must not hold control or invisible characters" in ran.out
    assert load(home / "muster").client == "muster"


def test_when_the_answers_end_nothing_is_written(home: Path) -> None:
    ran = run(home / "muster", "init", typed="Muster\n")
    assert ran.status == 1
    assert not (home / "muster" / "handover.yaml").exists()


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_what_is_there_is_never_overwritten(kind: str, home: Path) -> None:
    path = home / "muster" / "handover.yaml"
    if kind == "file":
        path.write_text("client: Old\n")
    elif kind == "link":
        path.symlink_to(home / "elsewhere")
    else:
        path.mkdir()
    ran = run(home / "muster", "init", "--no-input")
    assert ran.status == 2
    assert "exists already" in ran.err
    assert not (home / "elsewhere").exists()
    assert kind != "file" or path.read_text() == "client: Old\n"


def test_a_new_folder_is_made_for_its_owner(home: Path) -> None:
    assert run(home / "new" / "one", "init", "--no-input").status == 0
    assert (home / "new" / "one").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_told(home: Path) -> None:
    (home / "plain").write_text("")
    ran = run(home / "plain" / "x", "init", "--no-input")
    assert ran.status == 2
    assert "cannot be written" in ran.err


def test_all_wrong_options_are_told_at_once(home: Path) -> None:
    args = (
        "--domain",
        "x",
        "--cutover",
        "soon",
        "--client",
        " ",
        "--person",
        "\x07",
        "--host",
        "-o",
    )
    ran = run(home / "muster", "init", "--no-input", *args)
    assert ran.status == 2
    told = sorted(line.split()[0] for line in ran.err.splitlines())
    assert told == ["--client", "--cutover", "--domain", "--host", "--person"]
    assert "\x07" not in ran.err


def test_options_answer_without_a_question(home: Path) -> None:
    args = (
        "--client",
        "Muster",
        "--outgoing",
        "OldMSP",
        "--domain",
        "a.example",
        "--domain",
        "b.example",
    )
    assert run(home / "muster", "init", *args, "--no-input").status == 0
    outgoing = load(home / "muster").party(Role.OUTGOING)
    assert outgoing
    assert outgoing.mail_domains == ("a.example", "b.example")


def test_an_authorisation_without_its_reference_is_refused(home: Path) -> None:
    ran = run(home / "muster", "init", "--no-input", "--authorised-by", "Anna")
    assert ran.status == 2
    assert "--authorised-as is missing" in ran.err


def test_code_forges_are_not_offered(home: Path) -> None:
    ran = run(home / "muster", "init", typed=typed(*ANSWERS))
    assert "web2" in ran.out
    assert "git" not in ran.out.replace("github", "")


def test_without_an_ssh_config_no_host_is_offered(home: Path) -> None:
    (home / ".ssh" / "config").unlink()
    ran = run(home / "muster", "init", typed="\n" * len(QUESTIONS))
    assert ran.status == 0
    assert "names no hosts" in ran.out


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("none", ()),
        ("all", ("a", "b", "c")),
        ("2", ("b",)),
        ("1-2, 2 c", ("a", "b", "c")),
        ("3,1", ("c", "a")),
    ],
)
def test_hosts_are_ticked_by_number_range_or_name(text: str, names: tuple[str, ...]) -> None:
    assert ticked(text, ("a", "b", "c")) == names


@pytest.mark.parametrize("text", ["0", "4", "2-1", "1-9", "x", "1-", "٣"])
def test_a_tick_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError, match="must be numbers from 1 to 3"):
        ticked(text, ("a", "b", "c"))


def test_the_umask_does_not_open_the_file(home: Path) -> None:
    old = os.umask(0)
    try:
        run(home / "muster", "init", "--no-input")
    finally:
        os.umask(old)
    assert (home / "muster" / "handover.yaml").stat().st_mode & 0o777 == 0o600
