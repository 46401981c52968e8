"""Where passwords stand in Windows scripts, and which servers a line names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.windows_scripts import masked_arguments, masked_line, servers

SECRET = "Hund.2019"


@pytest.mark.parametrize(
    "line",
    [
        rf"net use H: \\nas\homes /user:CORP\map {SECRET}",
        rf"net use H: \\nas\homes {SECRET} /user:CORP\map /persistent:no",
        rf'net use \\nas\ipc$ "{SECRET}" /user:map',
        f"net user localadmin {SECRET} /add",
        f"NET.EXE USER localadmin {SECRET} & echo done",
        rf"schtasks /create /tn x /ru CORP\svc /rp {SECRET} /sc daily",
        rf"psexec \\pc1 -u admin -p {SECRET} cmd",
        f"cmdkey /add:nas /user:map /pass:{SECRET}",
        f"wmic /node:pc1 /user:x /password:{SECRET} os get name",
        f"sc config Agent obj= CORP\\svc password= {SECRET}",
        f"$p = ConvertTo-SecureString '{SECRET}' -AsPlainText -Force",
        f'$p = ConvertTo-SecureString -String "{SECRET}" -AsPlainText -Force',
        f'net.MapNetworkDrive "H:", "\\\\nas\\homes", False, "map", "{SECRET}"',
        f"set PASSWORD={SECRET}",
        f"set pw={SECRET}",
        f"curl -u map:{SECRET} https://nas.example/x",
        f"msiexec /i agent.msi PASSWORD={SECRET}",
    ],
)
def test_a_password_is_taken_out_and_told(line: str) -> None:
    plain, is_masked = masked_line(line)
    assert is_masked
    assert SECRET not in plain
    assert "***" in plain


@pytest.mark.parametrize(
    "line",
    [
        r"net use S: \\files1.corp.example\files",
        r"net use S: \\files1.corp.example\files * /user:%USERNAME%",
        r"net use H: \\nas\homes /user:map %PW%",
        "net use * /delete",
        "net user map /domain",
        "net use > nul",
        "psexec -p %1 cmd",
        "echo net users pass by",
        "rem the password is in the safe",
        r"copy \\dc1\netlogon\a.cmd C:\pass",
        "",
    ],
)
def test_a_line_without_one_passes_untouched(line: str) -> None:
    assert masked_line(line) == (line, False)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (r"\\NAS.oldmsp.example\deploy\agent.exe /install", ["nas.oldmsp.example"]),
        (r'start "" "\\nas\a" & copy \\nas\b \\files1\c', ["nas", "files1"]),
        (r"copy \\?\UNC\nas\share\x .", ["nas"]),
        (r"dir \\.\pipe\x", []),
        (r"dir C:\\temp\\x", []),
        (r"%LOGONSERVER%\netlogon \\%LOGONSERVER%\x", []),
        ("iwr https://u:p@get.oldmsp.example:8443/a.ps1", ["get.oldmsp.example"]),
        ("iwr http://[2001:db8::7]:80/x", ["2001:db8::7"]),
        (r"\\nas@SSL\dav\x", ["nas"]),
    ],
)
def test_the_servers_that_a_line_names(line: str, named: list[str]) -> None:
    assert list(servers(line)) == named


@pytest.mark.parametrize("text", [f"-u x -p {SECRET}", f"/rp {SECRET}", f"/pass:{SECRET} -q"])
def test_arguments_alone_hold_a_password(text: str) -> None:
    plain, is_masked = masked_arguments(text)
    assert is_masked
    assert SECRET not in plain
    assert masked_arguments("-p 8080 -q") == ("-p 8080 -q", False)


@given(st.text())
def test_any_line_can_be_read(line: str) -> None:
    plain, is_masked = masked_line(line)
    assert is_masked == (plain != line)
    assert all(name == name.lower() for name in servers(line))


@pytest.mark.parametrize("piece", ["net use ", "-p ", "\\\\", "password= ", "MapNetworkDrive ,"])
def test_a_long_hostile_line_takes_no_time(piece: str) -> None:
    masked_line((piece * 16_384)[:16_384])
    list(servers((piece * 16_384)[:16_384]))
