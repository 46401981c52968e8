"""Muster GmbH, the client, and NewMSP, who takes over: their people, and what every host has."""

from collections.abc import Mapping
from typing import Literal

from tests.demo.canaries import secret
from tests.demo.oldmsp import fingerprint
from tests.demo.standins import Unit, lsblk, systemctl
from tests.lab.keys import named_pair
from tests.lab.spec import AUDIT, Account, Content, File, Group, HostSpec

ANNA = named_pair("anna@muster")
BEN = named_pair("ben@muster")
NEW = named_pair("operator@newmsp")
STRANGER = named_pair("nobody knows whose")
ADMINS = "%sudo ALL=(ALL:ALL) ALL\n"
READER = {"audit": "audit ALL=(root) NOPASSWD: ALL\n"}
HASH = f"$6$saltsalt${secret('shadow hash')}wJc8FNw3vK0ZJ9a1yqG6T2o5mXe4rL7bU0hDkPzQ"

CLIENT = """\
  client:
    people:
      - name: Anna Muster
        mails: [anna.muster@muster.example]
        accounts: [anna]
        keys: ["{anna}"]
      - name: Ben Kurz
        mails: [ben.kurz@muster.example]
        accounts: [ben]
        keys: ["{ben}"]
    mail_domains: [muster.example]
    networks: ["10.77.0.0/16"]
    servers: [.muster.example]
"""
INCOMING = """\
  incoming:
    name: NewMSP
    people:
      - name: Mira Dorn
        mails: [mira.dorn@newmsp.example]
        accounts: [mdorn]
    mail_domains: [newmsp.example]
    networks: ["198.51.100.0/24"]
    ssh_keys: ["{new}"]
    servers: [.newmsp.example]
"""


def client() -> str:
    """Return the client's lines below `parties:` in handover.yaml."""
    return CLIENT.format(anna=fingerprint(ANNA.public), ben=fingerprint(BEN.public))


def incoming() -> str:
    """Return the lines below `parties:` of the provider who takes over."""
    return INCOMING.format(new=fingerprint(NEW.public))


def debian(
    name: str,
    *,
    accounts: tuple[Account, ...] = (),
    groups: tuple[Group, ...] = (),
    sudoers: Mapping[str, str] | None = None,
    files: Mapping[str, Content] | None = None,
    units: tuple[Unit, ...] = (),
    networks: tuple[Literal["front", "back"], ...] = ("front",),
    sshd_options: tuple[str, ...] = (),
    has_reader: bool = True,
) -> HostSpec:
    """Return a host of the company: Anna administers it, NewMSP's key is in, the audit may read."""
    anna = Account(
        name="anna",
        uid=1000,
        gecos="Anna Muster",
        shell="/bin/bash",
        password=HASH,
        changed="20400",
        authorized_keys=(f"{ANNA.public} anna@muster-laptop",),
    )
    mira = Account(
        name="mdorn",
        uid=1010,
        gecos="Mira Dorn",
        authorized_keys=(f"{NEW.public} operator@newmsp",),
    )
    given = {group.name for group in groups}
    own = () if "sudo" in given else (Group(name="sudo", gid=27, members=("anna",)),)
    return HostSpec(
        name=name,
        networks=networks,
        accounts=(AUDIT, anna, mira, *accounts),
        groups=(*own, *groups),
        sudoers={**(READER if has_reader else {}), **(sudoers or {})},
        files={
            "/run/systemd/system/standin": "",  # the directory shows that systemd runs
            "/usr/local/bin/systemctl": systemctl(*units),
            "/etc/chrony/chrony.conf": "pool ntp.muster.example iburst\n",
            "/usr/local/bin/lsblk": lsblk("vda", is_encrypted=name == "files1"),
            **(files or {}),
        },
        sshd_options=sshd_options,
    )


def root_keys(*lines: str) -> File:
    """Return an authorized_keys file of root."""
    return File("".join(f"{line}\n" for line in lines), 0o600)
