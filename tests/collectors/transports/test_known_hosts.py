"""Only what known_hosts pins is known (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""

import base64
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.transports.known_hosts import HostKeys
from tests.lab.keys import ecdsa_pair, ed25519_pair

ED, EC = ed25519_pair().public, ecdsa_pair().public


def _blob(public: str) -> bytes:
    return base64.b64decode(public.split()[1])


def _keys(folder: Path, text: str | bytes) -> HostKeys:
    path = folder / "known_hosts"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return HostKeys([path])


@pytest.mark.parametrize(
    ("names", "name", "port"),
    [
        ("web1", "web1", 22),
        ("web1,192.0.2.1", "192.0.2.1", 22),
        ("Web1.Example", "web1.example", 22),
        ("web1", "WEB1", 22),
        ("[web1]:2222", "web1", 2222),
        ("[192.0.2.*]:2222", "192.0.2.7", 2222),
        ("web?.example,!web2.example", "web3.example", 22),
        ("*.example", "a.b.example", 22),
        ("2001:db8::1", "2001:db8::1", 22),
        ("[2001:db8::1]:2222", "2001:db8::1", 2222),
    ],
)
def test_a_name_that_is_listed_has_its_key(
    names: str, name: str, port: int, tmp_path: Path
) -> None:
    assert _keys(tmp_path, f"{names} {ED}\n").of(name, port) == {"ssh-ed25519": _blob(ED)}


@pytest.mark.parametrize(
    ("line", "name", "port"),
    [
        (f"web1 {ED}", "web1", 2222),
        (f"[web1]:2222 {ED}", "web1", 22),
        (f"[web1]:2222 {ED}", "web1", 222),
        (f"web1 {ED}", "web10", 22),
        (f"web?.example,!web2.example {ED}", "web2.example", 22),
        (f"[abc]:2222 {ED}", "a", 2222),
        (f"@cert-authority * {ED}", "web1", 22),
        (f"# web1 {ED}", "web1", 22),
        ("web1 ssh-ed25519 not-base64!", "web1", 22),
        ("web1 ssh-ed25519", "web1", 22),
        ("web1", "web1", 22),
        (f"|1|short {ED}", "web1", 22),
    ],
)
def test_any_other_name_is_unknown(line: str, name: str, port: int, tmp_path: Path) -> None:
    assert _keys(tmp_path, f"{line}\n").of(name, port) == {}


@pytest.mark.parametrize(("name", "port"), [("web1", 22), ("web1", 2222)])
def test_names_hashed_by_ssh_keygen_are_found(name: str, port: int, tmp_path: Path) -> None:
    stated = name if port == 22 else f"[{name}]:{port}"
    path = tmp_path / "known_hosts"
    path.write_text(f"{stated} {ED}\nother {EC}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", path], check=True, capture_output=True)
    assert "web1" not in path.read_text()
    assert HostKeys([path]).of(name, port) == {"ssh-ed25519": _blob(ED)}
    assert HostKeys([path]).of("web2", port) == {}


def test_all_types_of_a_host_are_pinned_and_a_revoked_one_is_not(tmp_path: Path) -> None:
    text = f"web1 {ED}\nweb1 {EC}\n"
    assert set(_keys(tmp_path, text).of("web1", 22)) == {"ssh-ed25519", "ecdsa-sha2-nistp256"}
    revoked = f"{text}@revoked * {ED}\n"
    assert set(_keys(tmp_path, revoked).of("web1", 22)) == {"ecdsa-sha2-nistp256"}


def test_the_first_file_wins_and_a_missing_one_pins_nothing(tmp_path: Path) -> None:
    first, second, other = tmp_path / "a", tmp_path / "b", ed25519_pair().public
    first.write_text(f"web1 {ED}\n")
    second.write_text(f"web1 {other}\n")
    keys = HostKeys([tmp_path / "none", first, second])
    assert keys.of("web1", 22) == {"ssh-ed25519": _blob(ED)}


@given(st.lists(st.sampled_from([*b"*?!,| \n\t@#[]:", *ED.encode()[:40], 0, 255])).map(bytes))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_any_bytes_only_a_pattern_can_pin_a_strange_name(tmp_path: Path, raw: bytes) -> None:
    found = _keys(tmp_path, raw).of("zzz9", 22)
    assert found == {} or b"*" in raw or b"?" in raw
