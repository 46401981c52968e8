"""What this machine is, by psutil: name, system, disks, addresses, sessions.

Source: https://psutil.readthedocs.io, as collectors/transports/psutil_calls.py writes it down.
"""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import TypeVar

import msgspec
from msgspec import Struct

from collectors.spec import Answer, Answers, LocalCall, Unreadable, collector
from inventory.errors import ParseError
from inventory.model.account import LoggedIn
from inventory.model.host import (
    DiskSpace,
    Filesystem,
    Hardware,
    HostIdentity,
    OperatingSystem,
    Uptime,
)
from inventory.model.network import Address

MACHINE = LocalCall("machine", "machine")
DISKS = LocalCall("disks", "disks")
NETWORK = LocalCall("network", "network")
USERS = LocalCall("users", "users")

_NETWORK_TYPES = ("nfs", "cifs", "smbfs", "afpfs", "webdav", "autofs", "9p")
_IDS = {"Darwin": "macos", "Windows": "windows", "Linux": "linux"}


class _Machine(Struct, frozen=True):
    hostname: str
    system: str
    release: str
    version: str
    architecture: str
    processor: str
    cpus: int | None
    memory_bytes: int
    booted_s: int
    clock_s: int


class _Usage(Struct, frozen=True):
    size_bytes: int
    free_bytes: int


class _Disk(Struct, frozen=True):
    mountpoint: str
    device: str
    type: str
    options: tuple[str, ...]
    usage: _Usage | None


class _InterfaceAddress(Struct, frozen=True):
    family: str
    address: str
    netmask: str | None


class _Interface(Struct, frozen=True):
    interface: str
    is_up: bool | None
    addresses: tuple[_InterfaceAddress, ...]


class _User(Struct, frozen=True):
    account: str
    terminal: str | None
    origin: str | None


Shape = TypeVar("Shape")


def _read(answer: Answer, shape: type[Shape]) -> Shape:
    """Return the answer in its shape. Raises ParseError when it has another."""
    try:
        return msgspec.json.decode(answer.text, type=shape)
    except msgspec.DecodeError as err:
        raise ParseError(f"{answer.ask} is not what psutil_calls writes: {err}") from err


@collector(
    "local.machine",
    asks=[MACHINE],
    tells=[HostIdentity, OperatingSystem, Hardware, Uptime],
    source="local",
)
def machine(told: Answers) -> Iterator[HostIdentity | OperatingSystem | Hardware | Uptime]:
    """Yield name, system, processor and memory of this machine, and how long it has been up."""
    for answer in told:
        at, one = answer.at(), _read(answer, _Machine)
        yield HostIdentity(
            hostname=one.hostname, fqdn=one.hostname if "." in one.hostname else None, at=at
        )
        yield OperatingSystem(
            id=_IDS.get(one.system, one.system.lower()),
            version=one.version or None,
            name=f"{one.system} {one.release}".strip(),
            kernel=one.release or None,
            architecture=one.architecture or None,
            at=at,
        )
        yield Hardware(
            processor=one.processor or None, cpus=one.cpus, memory_bytes=one.memory_bytes, at=at
        )
        yield Uptime(up_s=max(0, one.clock_s - one.booted_s), clock_s=one.clock_s, at=at)


@collector("local.disks", asks=[DISKS], tells=[Filesystem, DiskSpace], source="local")
def disks(told: Answers) -> Iterator[Filesystem | DiskSpace | Unreadable]:
    """Yield the mounted filesystems of this machine, and how full the local ones are."""
    for answer in told:
        at = answer.at()
        for disk in _read(answer, tuple[_Disk, ...]):
            is_network = disk.type.lower().startswith(_NETWORK_TYPES) or "remote" in disk.options
            yield Filesystem(
                mountpoint=disk.mountpoint,
                device=disk.device,
                type=disk.type,
                options=disk.options,
                is_network=is_network,
                at=at,
            )
            if disk.usage:
                size, free = disk.usage.size_bytes, disk.usage.free_bytes
                yield DiskSpace(mountpoint=disk.mountpoint, size_bytes=size, free_bytes=free, at=at)
            elif not is_network and "cdrom" not in disk.options:
                yield Unreadable(at, f"the free space of {disk.mountpoint} was refused")


@collector("local.network", asks=[NETWORK], tells=[Address], source="local")
def network(told: Answers) -> Iterator[Address]:
    """Yield the addresses of this machine's interfaces, but for the loopback's."""
    for answer in told:
        for interface in _read(answer, tuple[_Interface, ...]):
            macs = [a.address for a in interface.addresses if a.family in ("AF_LINK", "AF_PACKET")]
            for one in interface.addresses:
                if one.family in ("AF_INET", "AF_INET6"):
                    yield from _address(interface, one, macs, answer)


def _address(
    interface: _Interface, one: _InterfaceAddress, macs: list[str], answer: Answer
) -> Iterator[Address]:
    """Yield the address unless it is the loopback's. Raises ParseError when it is none."""
    bare = one.address.partition("%")[0]
    try:
        if ip_address(bare).is_loopback:
            return
        prefix = _prefix(one.netmask) if one.netmask else None
    except ValueError as err:
        raise ParseError(f"not an address: {one.address[:60]!r}") from err
    yield Address(
        interface=interface.interface,
        address=bare,
        prefix=prefix,
        mac=macs[0].replace("-", ":").lower() if macs else None,
        is_up=interface.is_up,
        at=answer.at(),
    )


def _prefix(netmask: str) -> int:
    """Return the length of a netmask: 255.255.255.0 is 24, ffff:ffff:: is 32."""
    if ":" in netmask:
        return int(ip_address(netmask)).bit_count()
    return ip_network(f"0.0.0.0/{netmask}").prefixlen


@collector("local.users", asks=[USERS], tells=[LoggedIn], source="local")
def users(told: Answers) -> Iterator[LoggedIn]:
    """Yield the sessions that are open on this machine."""
    for answer in told:
        for user in _read(answer, tuple[_User, ...]):
            yield LoggedIn(
                account=user.account,
                terminal=user.terminal or "",
                origin=user.origin or None,
                at=answer.at(),
            )
