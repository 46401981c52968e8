"""`handover init`: what is asked, in which order, and that what is written always loads."""

import datetime
import os
import signal
import string
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.ticking import ticked
from agent.engagement import checks, directory_checks
from agent.engagement.draft import Answers, draft
from agent.engagement.file import engagement_of, load
from agent.engagement.mistakes import Wrong
from agent.engagement.model import (
    Become,
    Detail,
    Engagement,
    LdapSecurity,
    LdapSource,
    SshConfigUse,
    SshSource,
)
from inventory.model.party import Leaving, Role
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
CONFIG = """\
Host web1 web2 db1
  HostName 192.0.2.1
Host git
  HostName github.com
Host *
  User audit
"""
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
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text(CONFIG)
    (tmp_path / "muster").mkdir()
    return tmp_path


def typed(*answers: str) -> str:
    return "".join(f"{answer}\n" for answer in answers)


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


def directory(found: Engagement) -> LdapSource:
    (source,) = (one for one in found.sources if isinstance(one, LdapSource))
    return source


SIGNED = ("", "", "", "", "", "Anna", "director", "mail", "", "", "none")  # up to the hosts


def test_a_directory_is_asked_for_until_it_can_be_used(home: Path) -> None:
    (home / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    answers = (
        *SIGNED,
        *("CORP", "ldap://u:geheim@dc1", "ldap://dc1.corp.example"),
        *("audit", "uid=audit,dc=corp,dc=example"),
        *("geheim", "prompt"),
        *("nothing.pem", str(home / "ca.pem")),
        "",
    )
    ran = run(home / "muster", "init", typed=typed(*answers))
    assert ran.status == 0
    for piece in (
        "must be the DNS name of a domain such as corp.example, got 'CORP'",
        "must be a server alone",
        "must be a UPN (audit@corp.example), DOMAIN\\user or a DN, got 'audit'",
        "must say where the secret lies",
        "nothing.pem does not exist",
    ):
        assert piece in ran.out
    asked = directory(load(home / "muster"))
    assert [str(one) for one in asked.servers] == ["dc1.corp.example:389"]
    assert (asked.security, asked.ca_file) == (LdapSecurity.STARTTLS, home / "ca.pem")
    assert "geheim" not in (home / "muster" / "handover.yaml").read_text()


def test_an_account_that_is_left_out_means_a_ticket(home: Path) -> None:
    ran = run(home / "muster", "init", typed=typed(*SIGNED, "corp.example", *[""] * 5))
    assert ran.status == 0
    asked = directory(load(home / "muster"))
    assert (asked.kerberos, asked.user, asked.password) == (True, "", None)


def test_an_address_takes_no_ticket_so_the_account_is_asked_for(home: Path) -> None:
    answers = (*SIGNED, "ldaps://192.0.2.1", "", "a@corp.example", *[""] * 5)
    ran = run(home / "muster", "init", typed=typed(*answers))
    assert ran.status == 0
    assert "must be a UPN" in ran.out
    assert directory(load(home / "muster")).user == "a@corp.example"


def test_a_directory_can_be_given_by_options(home: Path) -> None:
    args = ("--directory", "corp.example", "--directory-user", "a@corp.example", "--no-input")
    assert run(home / "muster", "init", *args).status == 0
    assert directory(load(home / "muster")).user == "a@corp.example"
    wrong = ("--directory", "x", "--directory-user", "x", "--directory-password", "x")
    ran = run(home / "other", "init", "--no-input", *wrong)
    assert ran.status == 2
    told = [line.split()[0] for line in ran.err.splitlines()]
    assert told == ["--directory", "--directory-user", "--directory-password"]


@pytest.mark.parametrize("reached", ["Directory", "asked as", "its password"])
def test_an_interrupt_among_the_questions_of_the_directory_writes_nothing(
    reached: str, home: Path
) -> None:
    at = {
        "Directory": (),
        "asked as": ("corp.example",),
        "its password": ("corp.example", "a@b.cd"),
    }
    command = (sys.executable, "-m", "tests.agent.cli.as_main", "-C", str(home / "muster"), "init")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin
        assert child.stdout
        child.stdin.write(typed(*SIGNED, *at[reached]).encode())
        child.stdin.flush()
        shown = b""
        while reached.encode() not in shown:
            piece = os.read(child.stdout.fileno(), 4096)
            assert piece, shown
            shown += piece
        while child.poll() is None:  # one that comes just before the read is not seen by it
            child.send_signal(signal.SIGINT)
            time.sleep(0.2)
        assert child.returncode == 1
    assert not (home / "muster" / "handover.yaml").exists()


def fleet(found: Engagement) -> SshSource:
    (source,) = (one for one in found.sources if isinstance(one, SshSource))
    return source


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


def passes(check: object) -> st.SearchStrategy[str]:
    """Return texts that a check of `init` lets through, hostile ones among them."""
    pieces = st.sampled_from(
        ("'", '"', ": ", " #", "- ", "{", "]", "&a", "*a", "!!x", "%", "@", "`", "|", ">", "\\", "\\n",
         "null", "yes", "1e3", "2027-01-01", "~", "=", "<<", "?", ",", "é", "😀", "ß", "\u00a0x")
    )  # fmt: skip
    text = st.text(max_size=30) | st.lists(
        pieces | st.text(string.printable, max_size=5), max_size=6
    ).map("".join)
    return text.map(str.strip).filter(lambda one: _holds(check, one))


def _holds(check: object, text: str) -> bool:
    try:
        check(text)  # type: ignore[operator]
    except Wrong:
        return False
    return True


WORDS = passes(checks.words)
DAYS = st.dates(datetime.date(1970, 1, 1), datetime.date(9999, 12, 31))
NAME = st.from_regex(r"\A[a-z0-9][a-z0-9.-]{0,20}\Z")
DOMAIN = st.from_regex(r"\A[a-z0-9]{1,9}(\.[a-z]{2,5}){1,3}\Z")


USERS = st.builds("{}@a.example".format, WORDS) | WORDS.map("DOMAIN\\{}".format)
USERS = USERS.filter(lambda name: _holds(directory_checks.user, name)) | st.just('cn="x",dc=#')


@st.composite
def answers(draw: st.DrawFn) -> Answers:
    signed = draw(st.booleans())
    hosts = draw(st.lists(NAME, max_size=3, unique=True))
    return Answers(
        client=draw(WORDS),
        leaving=draw(st.sampled_from(Leaving)).value,
        outgoing=draw(st.just("") | WORDS),
        outgoing_people=tuple(draw(st.lists(WORDS, max_size=3))),
        outgoing_domains=tuple(draw(st.lists(DOMAIN, max_size=3))),
        incoming=draw(st.just("") | WORDS),
        cutover=draw(st.none() | DAYS),
        authorised_by=draw(WORDS) if signed else "",
        authorised_as=draw(WORDS) if signed else "",
        authorised_on=draw(DAYS) if signed else None,
        reference=draw(WORDS) if signed else "",
        told=draw(st.booleans()),
        hosts=tuple(hosts),
        user=draw(st.just("") | NAME.filter(lambda name: _holds(checks.user_name, name))),
        key=draw(st.just("") | st.just("~/.ssh/id") | NAME),
        become=draw(st.sampled_from(Become)).value,
        directory=draw(st.just("") | st.sampled_from(("a.example", "ldap://[::1]", "LDAPS://x:7"))),
        directory_user=draw(USERS),
        directory_password=draw(st.sampled_from(("env:X", "prompt", "cmd:pass 'a b'"))),
        detail=draw(st.sampled_from(Detail)).value,
    )


@given(answers())
@settings(max_examples=150, deadline=None)
def test_what_is_written_loads_and_says_what_was_answered(given_: Answers) -> None:
    found = engagement_of(draft(given_).encode(), Path("/nowhere"))
    assert found.client == given_.client
    outgoing, incoming = found.party(Role.OUTGOING), found.party(Role.INCOMING)
    assert (outgoing.name if outgoing else "") == given_.outgoing
    assert (incoming.name if incoming else "") == given_.incoming
    if outgoing:
        assert tuple(person.name for person in outgoing.people) == given_.outgoing_people
        assert set(outgoing.mail_domains) == set(given_.outgoing_domains)
    assert found.dates.cutover == given_.cutover
    assert (found.authorisation.name if found.authorisation else "") == given_.authorised_by
    assert (found.authorisation.reference if found.authorisation else "") == given_.reference
    assert (found.told, found.detail.value) == (given_.told, given_.detail)
    if given_.hosts:
        use = fleet(found).ssh_config
        assert use
        assert use.names == given_.hosts
    if given_.directory:
        asked = directory(found)
        assert (asked.user, asked.kerberos) == (given_.directory_user, False)
        assert asked.domain == ("a.example" if given_.directory == "a.example" else "")
        plain = given_.directory.startswith("ldap://")
        assert asked.security is (LdapSecurity.STARTTLS if plain else LdapSecurity.LDAPS)


def test_the_umask_does_not_open_the_file(home: Path) -> None:
    old = os.umask(0)
    try:
        run(home / "muster", "init", "--no-input")
    finally:
        os.umask(old)
    assert (home / "muster" / "handover.yaml").stat().st_mode & 0o777 == 0o600
