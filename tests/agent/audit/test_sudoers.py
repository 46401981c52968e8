"""What the hosts' owner is asked to grant: it is valid, exact, and made from the asks themselves."""

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from agent.audit.sudoers import (
    commands_text,
    only_asked_by_script,
    script_digest,
    script_of,
    script_text,
)
from collectors.registry import of_source
from collectors.spec import SshCommand, collector
from collectors.transports.script import exact_commands, host_asks
from inventory.errors import ConfigError

ALL = of_source("ssh")


def _valid(text: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "sudoers"
    path.write_text(text)
    path.chmod(0o440)
    return subprocess.run(
        ["/usr/sbin/visudo", "-csf", str(path)], capture_output=True, text=True, check=False
    )


def _commands(text: str) -> list[str]:
    return [line.strip(" ,\\") for line in text.splitlines() if line.startswith("    /")]


@pytest.mark.parametrize("account", ["audit", "svc-audit.7", "CORP\\audit", "audit@corp.example"])
def test_both_ways_are_valid_for_any_account(account: str, tmp_path: Path) -> None:
    for text in (commands_text(ALL, [account]), script_text(ALL, [account, "other"])):
        done = _valid(text, tmp_path)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "account",
    ["", "ALL", "AUDIT", "%wheel", "#0", "+net", "a b", "a,b", "a\nroot", 'a"', "!a", "a=b"],
)
def test_an_account_that_would_mean_something_else_is_refused(account: str) -> None:
    with pytest.raises(ConfigError, match="sudoers"):
        commands_text(ALL, [account])


def test_every_granted_command_is_of_an_ask_and_has_no_wildcard() -> None:
    granted = {command for _, ask in host_asks(ALL) for command in exact_commands(ask)}
    for line in _commands(commands_text(ALL, ["audit"])):
        command = line.removesuffix(' ""').replace("\\", "")
        assert command in granted or f"/usr{command}" in granted
        assert not re.search(r"[*?\[\]!]", line)
        assert line.startswith("/")


def test_a_command_without_words_allows_none() -> None:
    lines = [line for line in _commands(commands_text(ALL, ["audit"])) if " " not in line]
    assert lines == []


def test_the_script_is_pinned_by_the_digest_of_its_bytes() -> None:
    digest = hashlib.sha256(script_of(ALL)).hexdigest()
    assert script_digest(ALL) == digest
    assert f"sha256:{digest}" in script_text(ALL, ["audit"])
    assert "noexec" not in script_text(ALL, ["audit"])


def test_what_single_commands_leave_open_is_named() -> None:
    rest = only_asked_by_script(ALL)
    assert "linux.passwords/shadow" in rest
    assert "linux.sudo/sudoers" not in rest
    assert "linux.accounts/passwd" not in rest
    text = re.sub(r"\n# ", " ", commands_text(ALL, ["audit"]))
    assert all(name in text for name in rest)
    assert f"{len(rest)} questions" in text


def test_words_that_mean_something_in_sudoers_are_escaped(tmp_path: Path) -> None:
    @collector(
        "test.odd",
        asks=[SshCommand("odd", "true", needs="root", exact=("/bin/x a:b,c=d #e",))],
        tells=[],
    )
    def odd() -> None:
        """Yield nothing."""

    from collectors.spec import COLLECTORS

    text = commands_text([COLLECTORS.pop("test.odd")], ["audit"])
    assert _commands(text) == [r"/bin/x a\:b\,c\=d \#e"]
    assert _valid(text, tmp_path).returncode == 0
