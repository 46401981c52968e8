"""`handover init`: what it asks of a directory, and that no password is ever written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.engagement.file import load
from agent.engagement.model import (
    LdapSecurity,
)
from tests.agent.cli.answering import directory, home_in, typed
from tests.agent.cli.running import run

SIGNED = ("", "", "", "", "", "Anna", "director", "mail", "", "", "none")  # up to the hosts


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return home_in(tmp_path, monkeypatch)


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
