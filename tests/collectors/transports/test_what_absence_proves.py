"""What cannot be seen, opened or read to its end is a gap, not taken for absent or empty."""

from collections.abc import Callable

import pytest

from agent.audit.sudoers import commands_text
from collectors.registry import of_source
from collectors.spec import SshCommand, SshFiles
from collectors.transports.session import Become
from inventory.model.evidence import Why
from tests.collectors.transports.asking import ask, files, gaps
from tests.lab.hosts import HostSpec, Lab


@pytest.fixture(scope="module")
def hosts(lab: Callable[..., Lab]) -> Lab:
    granted = {"handover": commands_text(of_source("ssh"), ["audit"])}
    return lab(HostSpec(name="none"), HostSpec(name="commands", sudoers=granted))


def test_a_partial_answer_of_a_granted_directory_is_never_complete(hosts: Lab) -> None:
    host = hosts["commands"]
    bad = (("x/d", SshFiles("d", ("/etc/sudoers.d/*",), needs="root", grant=True)),)
    assert gaps(ask(host, Become.COMMANDS, asks=bad), "x/d") == ()
    host.exec(["ln", "-s", "/nowhere", "/etc/sudoers.d/gone"])
    try:
        told = ask(host, Become.COMMANDS, asks=bad)
        assert gaps(told, "x/d")
    finally:
        host.remove("/etc/sudoers.d/gone")


def test_a_program_that_only_root_may_see_is_not_taken_for_absent(hosts: Lab) -> None:
    host = hosts["none"]
    host.write("/opt/hidden/bin/tool", "#!/bin/sh\necho here\n", 0o700)
    host.write("/usr/local/sbin/secret", "#!/bin/sh\necho here\n", 0o700)
    host.exec(["chmod", "700", "/opt/hidden"])
    for tool in ("/opt/hidden/bin/tool", "secret"):
        told = ask(host, asks=(("x/t", SshCommand("t", tool)),))
        assert [gap.why for gap in gaps(told, "x/t")] == [Why.DENIED]
    assert ask(host, asks=(("x/t", SshCommand("t", "nothing")),)).outcomes["x/t"] == ((), ())


def test_a_file_that_cannot_be_opened_or_filtered_is_a_gap(hosts: Lab) -> None:
    host = hosts["none"]
    passwd = ("/etc/passwd",)
    told = ask(
        host,
        asks=(
            ("x/a", SshFiles("a", passwd, filter="openssl2 x509")),
            ("x/b", SshFiles("b", passwd, filter="awk '{'")),
            ("x/c", SshFiles("c", passwd, filter="grep nobody-has-this")),
            ("x/d", SshFiles("d", ("/proc/self/mem",))),
            ("x/e", SshFiles("e", ("/proc/1/environ", "/etc/passwd"))),
        ),
    )
    assert [gap.why for gap in gaps(told, "x/a")] == [Why.FAILED]
    assert [gap.why for gap in gaps(told, "x/b")] == [Why.FAILED]
    assert gaps(told, "x/c") == ()
    assert [gap.why for gap in gaps(told, "x/d")] == [Why.FAILED]
    assert [(gap.why, gap.part) for gap in gaps(told, "x/e")] == [(Why.DENIED, "/proc/1/environ")]
    assert set(files(told, "x/e")) == {"/etc/passwd"}
