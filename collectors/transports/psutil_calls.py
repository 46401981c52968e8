"""Answers the local collectors' questions about this machine through psutil, as JSON text.

What the system refuses stands in the answer as `null`, and the collector tells it.
"""

import json
import platform
import time
from collections.abc import Callable
from typing import Any

from inventory.errors import TransportError

_NETWORK = ("nfs", "cifs", "smbfs", "afpfs", "webdav", "autofs", "fuse.", "9p")


def answer_call(call: str) -> str:
    """Return the JSON text for a call. Raises TransportError when there is no such call."""
    if call not in _CALLS:
        raise TransportError(f"psutil is not asked for {call!r}, only for {', '.join(_CALLS)}")
    return json.dumps(_CALLS[call]())


def _machine() -> dict[str, Any]:
    import psutil

    return {
        "hostname": platform.node(),
        "system": platform.system(),
        "release": platform.release(),
        "version": _version(),
        "architecture": platform.machine(),
        "processor": platform.processor(),
        "cpus": psutil.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "booted_s": int(psutil.boot_time()),
        "clock_s": int(time.time()),
    }


def _version() -> str:
    """Return the version that people know: 14.5 of macOS, 10.0.20348 of Windows."""
    return platform.mac_ver()[0] or platform.version()


def _disks() -> list[dict[str, Any]]:
    import psutil

    return [
        {
            "mountpoint": part.mountpoint,
            "device": part.device,
            "type": part.fstype,
            "options": part.opts.split(",") if part.opts else [],
            "usage": _usage(part),
        }
        for part in psutil.disk_partitions(all=False)
    ]


def _usage(part: Any) -> dict[str, int] | None:
    """Return size and free space; None for a network mount, which could hang, and when refused."""
    import psutil

    if _is_network(part):
        return None
    try:
        usage = psutil.disk_usage(part.mountpoint)
    except OSError:
        return None
    return {"size_bytes": usage.total, "free_bytes": usage.free}


def _is_network(part: Any) -> bool:
    return part.fstype.lower().startswith(_NETWORK) or "remote" in part.opts.split(",")


def _network() -> list[dict[str, Any]]:
    import psutil

    states = psutil.net_if_stats()
    return [
        {
            "interface": interface,
            "is_up": states[interface].isup if interface in states else None,
            "addresses": [
                {
                    "family": getattr(one.family, "name", ""),
                    "address": one.address,
                    "netmask": one.netmask,
                }
                for one in addresses
            ],
        }
        for interface, addresses in psutil.net_if_addrs().items()
    ]


def _users() -> list[dict[str, Any]]:
    import psutil

    return [
        {"account": user.name, "terminal": user.terminal, "origin": user.host}
        for user in psutil.users()
    ]


_CALLS: dict[str, Callable[[], Any]] = {
    "machine": _machine,
    "disks": _disks,
    "network": _network,
    "users": _users,
}
