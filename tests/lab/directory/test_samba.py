"""The domain controller of the lab answers on every way in, and is gone when its process is."""

import hashlib
import ipaddress
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.lab.directory.ad import sysvol
from tests.lab.directory.domain import empty_domain
from tests.lab.directory.keeper import run
from tests.lab.directory.orders import Change
from tests.lab.directory.samba import CATALOGUE, CATALOGUE_TLS, DNS, LDAPS, SambaAd

ABANDONED = """\
import time
from tests.lab.directory.samba import SambaAd
with SambaAd() as controller:
    print(controller.address, controller.keeper.folder, flush=True)
    time.sleep(60)
"""


GUEST_ALONE = "(sAMAccountName=Guest)"
GUEST = "CN=Guest,CN=Users,DC=corp,DC=example"


def test_a_plain_user_reads_over_ldap_ldaps_and_start_tls(samba_ad):
    asked = (GUEST_ALONE, "1.1")
    assert GUEST in samba_ad.search(*asked)
    assert GUEST in samba_ad.search(*asked, scheme="ldap")
    assert GUEST in samba_ad.search("-ZZ", *asked, scheme="ldap")


def test_the_certificate_names_the_controller_and_is_signed_by_the_labs_authority(samba_ad):
    for port in (LDAPS, CATALOGUE_TLS):
        context = ssl.create_default_context(cafile=str(samba_ad.ca_file))
        with (
            socket.create_connection((samba_ad.address, port), 10) as plain,
            context.wrap_socket(plain, server_hostname=samba_ad.name) as shown,
        ):
            der = shown.getpeercert(binary_form=True)
        assert der is not None
        assert hashlib.sha256(der).hexdigest() == samba_ad.certificate_sha256


def test_the_catalogue_answers(samba_ad):
    words = ("-H", f"ldap://{samba_ad.address}:{CATALOGUE}", "-b", "", "-s", "base")
    assert "dnsHostName: dc1.corp.example" in run("ldapsearch", "-x", "-LLL", *words)


def test_a_ticket_is_given_for_the_directory(samba_ad, tmp_path):
    env = samba_ad.ticket(samba_ad.reader, tmp_path / "tickets")
    assert "ldap/dc1.corp.example@CORP.EXAMPLE" in run("kvno", f"ldap/{samba_ad.name}", env=env)


def test_a_plain_user_reads_the_files_of_sysvol_as_they_lie_there(samba_ad, tmp_path):
    for name, content in sysvol.files().items():
        remote = f"{samba_ad.domain}/{name}".replace("/", "\\")
        fetch = f'get "{remote}" "{tmp_path}/copy"'
        if name == sysvol.UNREADABLE:
            with pytest.raises(RuntimeError, match="ACCESS_DENIED"):
                samba_ad.smb(fetch)
        else:
            samba_ad.smb(fetch)
            assert (tmp_path / "copy").read_bytes() == content


def test_login_scripts_are_shared_as_netlogon(samba_ad):
    assert "map.cmd" in samba_ad.smb("ls", share="netlogon")


def test_the_running_directory_can_be_changed_and_says_so(own_samba_ad):
    guest = f"CN=Guest,CN=Users,{own_samba_ad.base}"
    own_samba_ad.write(Change(dn=guest, replace={"description": "Changed by the lab"}))
    found = own_samba_ad.search("(sAMAccountName=Guest)", "description")
    assert found[guest]["description"] == (b"Changed by the lab",)


def test_two_controllers_run_beside_each_other(samba_ad, own_samba_ad):
    assert samba_ad.address != own_samba_ad.address
    for controller in (samba_ad, own_samba_ad):
        answer = resolved(controller, controller.name)
        assert answer.count(ipaddress.IPv4Address(controller.address).packed) == 1


def resolved(controller, name):
    """Ask the controller for the address of a name (RFC 1035); return its raw answer."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = b"\0\x07\x01\0\0\x01\0\0\0\0\0\0" + labels + b"\0\0\x01\0\x01"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.settimeout(20)
        asked.sendto(question, (controller.address, DNS))
        return asked.recv(4096)


def test_nobody_but_this_machine_is_spoken_to(samba_ad):
    """The controller's trusts name domains elsewhere: they are not looked for there."""
    found = run("ss", "-Huntap")
    own = [line for line in found.splitlines() if "samba" in line or "winbindd" in line]
    assert own
    assert not [line for line in own if not is_local(line.split()[5])]


def is_local(peer):
    host = peer.rsplit(":", 1)[0].strip("[]").split("%")[0]
    return host in ("*", "0.0.0.0", "::") or ipaddress.ip_address(host).is_loopback


def test_a_killed_process_leaves_no_server_and_no_folder():
    with subprocess.Popen(
        [sys.executable, "-c", ABANDONED], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        address, folder = owner.stdout.readline().split()
        os.kill(owner.pid, signal.SIGKILL)
    late = time.monotonic() + 20
    while Path(folder).exists() and time.monotonic() < late:
        time.sleep(0.05)
    assert not Path(folder).exists()
    assert f"{address}:389" not in run("ss", "-Hltn")


def test_a_hardened_controller_refuses_a_password_in_clear():
    with SambaAd(empty_domain(), strong_auth=True) as controller:
        with pytest.raises(RuntimeError, match="Strong"):
            controller.search(GUEST_ALONE, "1.1", scheme="ldap")
        assert GUEST in controller.search(GUEST_ALONE, "1.1")
        assert GUEST in controller.search("-ZZ", GUEST_ALONE, "1.1", scheme="ldap")
