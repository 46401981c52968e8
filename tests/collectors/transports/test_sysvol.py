"""SYSVOL over SMB: a real controller read as a plain user, and servers that mean harm."""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from smbprotocol.exceptions import SMBException
from smbprotocol.header import SMB2HeaderResponse
from smbprotocol.session import Session

from collectors.entries import Entry
from collectors.spec import SysvolFiles
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap import LdapLogin
from collectors.transports.smb_line import SmbLine, SmbLogin
from collectors.transports.sysvol import Sysvol, SysvolLimits, SysvolPlace, part_of
from inventory.errors import Denied
from inventory.model.evidence import Gap, Why
from tests.lab.directory.ad.policies import LINKED
from tests.lab.directory.ad.sysvol import UNREADABLE
from tests.lab.directory.canaries import MARK
from tests.lab.directory.domain import Login
from tests.lab.directory.samba import SambaAd

SCRIPTS = SysvolFiles("scripts", ("scripts/**/*.cmd",), "script")
REGISTRY = SysvolFiles("registry", ("Policies/*/machine/registry.POL",), "registry")
QUICK = SysvolLimits(connect_s=5, answer_s=20, total_s=60)
Told = tuple[list[Entry], tuple[Gap, ...]]


def asked(sysvol: Sysvol, ask: SysvolFiles) -> Told:
    found = sysvol.files(f"test/{ask.name}", ask)
    entries = list(found)
    return entries, found.gaps


def of(
    server: str,
    login: Login | None = None,
    *,
    port: int = 445,
    limits: SysvolLimits = QUICK,
    guard: LockoutGuard | None = None,
    domain: str = "corp.example",
) -> Sysvol:
    name, password = (login.principal, login.password) if login else ("map@corp.example", "x")
    place = SysvolPlace("lab", server, domain, port=port)
    return Sysvol(place, LdapLogin(name, lambda: password), guard or LockoutGuard(), limits)


def test_a_plain_user_reads_what_is_there_and_a_refused_file_is_a_gap(samba_ad: SambaAd) -> None:
    sysvol = of(samba_ad.address, samba_ad.reader)
    entries, gaps = asked(sysvol, SCRIPTS)
    assert [one.dn for one in entries] == ["scripts/logon.cmd", "scripts/map.cmd"]
    assert entries[1].texts("masked") == ("line 2",)
    assert entries[1].number("changed") > 1_700_000_000
    assert [(gap.why, gap.part, gap.cure) for gap in gaps] == [
        (Why.DENIED, "scripts", "directory right")
    ]
    assert UNREADABLE in gaps[0].detail
    entries, gaps = asked(sysvol, REGISTRY)
    assert [one.dn for one in entries] == [f"Policies/{LINKED}/Machine/Registry.pol"]
    assert gaps == ()
    sysvol.close()
    sysvol.close()


def test_the_line_is_sealed_and_no_planted_password_comes_over(samba_ad: SambaAd) -> None:
    line = SmbLine(samba_ad.address, 445, name="dc", connect_s=3, answer_s=3, total_s=30)
    line.open(SmbLogin(samba_ad.reader.principal, samba_ad.reader.password), "SYSVOL", host="dc1")
    assert line._session.encrypt_data
    assert line._session.password is None
    line.close()
    sysvol = of(samba_ad.address, samba_ad.reader)
    everything = SysvolFiles("all", ("Policies/**/*.xml", "scripts/**/*.cmd"), "script")
    entries, _ = asked(sysvol, everything)
    assert len(entries) > 3
    assert all(
        MARK.encode() not in raw for one in entries for v in one.values.values() for raw in v
    )
    sysvol.close()


def test_a_wrong_password_is_tried_once_in_all_and_hides_everything(samba_ad: SambaAd) -> None:
    guard = LockoutGuard()
    wrong = Login(name="nobody.here", password="wrong", dn="")
    sysvol = of(samba_ad.address, wrong, guard=guard)
    for _ in range(3):
        entries, (gap,) = asked(sysvol, SCRIPTS)
        assert not entries
        assert (gap.why, gap.part, gap.cure) == (Why.DENIED, "", "credential")
    with guard.attempt(f"{wrong.principal} in lab"):  # one failure is counted, not three
        pass


@pytest.mark.parametrize("user", ["", "CN=map,CN=Users,DC=corp,DC=example"])
def test_nobody_and_a_dn_are_no_login_and_nothing_is_sent(user: str) -> None:
    place = SysvolPlace("lab", "192.0.2.1", "corp.example")
    sysvol = Sysvol(place, LdapLogin(user, lambda: "x"), LockoutGuard(), QUICK)
    _, (gap,) = asked(sysvol, SCRIPTS)
    assert gap.why is Why.DENIED
    assert "user@domain" in gap.detail


def test_another_domain_is_not_there_and_that_proves_nothing(samba_ad: SambaAd) -> None:
    sysvol = of(samba_ad.address, samba_ad.reader, domain="other.example")
    entries, gaps = asked(sysvol, REGISTRY)
    assert not entries
    assert [(gap.why, gap.part) for gap in gaps] == [(Why.FAILED, "")]
    sysvol.close()


def test_without_the_extra_it_is_a_gap_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] == "smbprotocol":
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "smbprotocol", None)
    monkeypatch.delitem(sys.modules, "collectors.transports.smb_line", raising=False)
    _, (gap,) = asked(of("192.0.2.1"), SCRIPTS)
    assert (gap.why, gap.cure, gap.part) == (Why.NO_TOOL, "extra", "")
    assert "handover[sysvol]" in gap.detail


def test_hostile_names_links_and_sizes_are_gaps_of_their_part(own_samba_ad: SambaAd) -> None:
    root = own_samba_ad.sysvol
    scripts = root / "scripts"
    (scripts / "big.cmd").write_bytes(b"x" * 5000)
    (scripts / "a" / "b" / "c").mkdir(parents=True)
    (scripts / "a" / "b" / "c" / "deep.cmd").write_bytes(b"rem\n")
    (scripts / "a" / "near.cmd").write_bytes(b"copy \\\\nas.oldmsp.example\\x\n")
    (scripts / "out.cmd").symlink_to(own_samba_ad.folder / "etc" / "krb5.conf")
    (scripts / "loop").symlink_to(scripts)
    (scripts / "\x1b[31mred.cmd").write_bytes(b"rem\n")
    (scripts / "folder.cmd").mkdir()
    for path in (scripts, *scripts.rglob("*")):
        if not path.is_symlink() and path.name != Path(UNREADABLE).name:
            path.chmod(0o755)
    sysvol = of(own_samba_ad.address, own_samba_ad.reader)
    ask = SysvolFiles("s", ("scripts/**/*.cmd",), "script", most_bytes=4000, depth=2)
    entries, gaps = asked(sysvol, ask)
    names = [one.dn for one in entries]
    assert "scripts/a/near.cmd" in names, gaps
    assert not any("out.cmd" in name or "big.cmd" in name or "deep.cmd" in name for name in names)
    assert "krb5" not in str(entries)
    assert {gap.part for gap in gaps} == {"scripts"}
    said = " ".join(gap.detail for gap in gaps)
    assert "5000 bytes" in said
    assert "\x1b" not in said + " ".join(names)
    sysvol.close()


@pytest.mark.parametrize("limits", [{"most_bytes": 60}, {"most_folders": 1}])
def test_more_than_one_sysvol_may_have_is_not_read(
    samba_ad: SambaAd, limits: dict[str, int]
) -> None:
    sysvol = of(samba_ad.address, samba_ad.reader, limits=SysvolLimits(total_s=30, **limits))
    found = [asked(sysvol, ask) for ask in (SCRIPTS, REGISTRY)]
    assert Why.TRUNCATED in {gap.why for _, gaps in found for gap in gaps}
    sysvol.close()


def test_too_many_files_are_a_gap_of_all(samba_ad: SambaAd) -> None:
    sysvol = of(samba_ad.address, samba_ad.reader)
    entries, gaps = asked(sysvol, SysvolFiles("s", SCRIPTS.paths, "script", most_files=1))
    assert len(entries) < 2
    assert (Why.TRUNCATED, "") in {(gap.why, gap.part) for gap in gaps}
    sysvol.close()


@contextmanager
def server(act: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve on a port of this machine; each connection is handed to `act`."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=_contained, args=(act, line), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


def _contained(act: Callable[[socket.socket], None], line: socket.socket) -> None:
    with line:
        try:
            act(line)
        except OSError:
            return


def silent(line: socket.socket) -> None:
    line.recv(4096)
    time.sleep(20)


def garbage(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"\0\0\x10\0" + b"garbage!" * 512)


def huge(line: socket.socket) -> None:
    line.recv(4096)
    line.sendall(b"\xff\xff\xff\xff" + b"\xfeSMB" * 100)
    time.sleep(20)


def gone(line: socket.socket) -> None:
    line.recv(4096)


def other(line: socket.socket) -> None:
    line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    time.sleep(20)


@pytest.mark.parametrize("act", [silent, garbage, huge, gone, other])
def test_a_server_that_means_harm_is_a_gap_within_the_time(
    act: Callable[[socket.socket], None], capfd: pytest.CaptureFixture[str]
) -> None:
    with server(act) as port:
        began = time.monotonic()
        limits = SysvolLimits(connect_s=2, answer_s=2, total_s=4)
        sysvol = of("127.0.0.1", port=port, limits=limits)
        entries, (gap,) = asked(sysvol, SCRIPTS)
        sysvol.close()
    assert not entries
    assert gap.why in (Why.UNREACHABLE, Why.TIMEOUT)
    assert gap.cure == "route"
    assert time.monotonic() - began < 10
    assert capfd.readouterr() == ("", "")


def test_nobody_at_the_port_is_a_gap() -> None:
    _, (gap,) = asked(of("127.0.0.1", port=1), SCRIPTS)
    assert (gap.why, gap.cure) == (Why.UNREACHABLE, "route")


@pytest.mark.parametrize("after", [0, 300, 1500, 4000])
def test_what_is_changed_on_the_way_is_noticed(samba_ad: SambaAd, after: int) -> None:
    """A byte that somebody in between turns around ends the reading; nothing wrong is told."""

    def tamper(line: socket.socket) -> None:
        with socket.create_connection((samba_ad.address, 445)) as real:
            threading.Thread(target=_pass, args=(line, real), daemon=True).start()
            seen = 0
            while data := real.recv(65536):
                if seen <= after < seen + len(data):
                    at = min(after - seen + 20, len(data) - 1)
                    data = data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]
                seen += len(data)
                line.sendall(data)

    with server(tamper) as port:
        sysvol = of("127.0.0.1", samba_ad.reader, port=port, limits=QUICK)
        entries, gaps = asked(sysvol, SCRIPTS)
        sysvol.close()
    names = {one.dn for one in entries}
    assert gaps
    assert names <= {"scripts/logon.cmd", "scripts/map.cmd"}
    assert all("nas.oldmsp" in one.raw("content").decode() for one in entries if "map" in one.dn)


def _pass(source: socket.socket, to: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            to.sendall(data)
    except OSError:
        return


def test_the_time_of_the_whole_reading_ends_it(samba_ad: SambaAd) -> None:
    sysvol = of(samba_ad.address, samba_ad.reader, limits=SysvolLimits(total_s=2))
    asked(sysvol, REGISTRY)
    time.sleep(2.5)
    _, gaps = asked(sysvol, SCRIPTS)
    assert {gap.why for gap in gaps} == {Why.TIMEOUT}
    sysvol.close()


def test_an_answer_without_a_signature_is_refused() -> None:
    line = SmbLine("127.0.0.1", 1, name="dc", connect_s=1, answer_s=1, total_s=5)
    session = Session(line._line, "u", "p", require_encryption=False)
    session.encrypt_data, session.signing_key = False, b"k" * 16
    line._line.dialect = 0x0210
    line._line.session_table[7] = session
    with pytest.raises(SMBException, match="signature"):
        line._line.verify_signature(SMB2HeaderResponse(), 7)
    session.encrypt_data = True
    with pytest.raises(SMBException, match="not sealed"):
        line._line.verify_signature(SMB2HeaderResponse(), 7)


def test_a_login_shows_no_password() -> None:
    assert "s3cret" not in repr(SmbLogin("map", "s3cret"))


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("scripts", "scripts"),
        ("Scripts/a/b.cmd", "scripts"),
        ("Policies", ""),
        ("Policies/{a}/Machine/x", "{A}"),
    ],
)
def test_the_part_of_a_path(path: str, part: str) -> None:
    assert part_of(path) == part


def test_a_refused_login_is_not_told_as_unreachable(samba_ad: SambaAd) -> None:
    line = SmbLine(samba_ad.address, 445, name="dc", connect_s=3, answer_s=3, total_s=30)
    with pytest.raises(Denied, match=r"nobody\.here"):
        line.open(SmbLogin("nobody.here@corp.example", "x"), "SYSVOL", host="dc1")
    line.close()
