"""Mounts a FUSE file system that never answers, in another process' mount namespace.

`python hang.py PID TARGET TYPE SOURCE`: says "mounted", and lives until its standard input ends.
"""

import ctypes
import os
import sys

CLONE_NEWNS = 0x00020000
LIBC = ctypes.CDLL(None, use_errno=True)


def mount_mute(pid: int, target: str, kind: str, source: str) -> int:
    """Mount at `target` inside the namespace of `pid`; return the device that must stay open."""
    device = os.open("/dev/fuse", os.O_RDWR)
    namespace = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
    _checked(LIBC.setns(namespace, CLONE_NEWNS), "setns")
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
    words = (word.encode() for word in (source, target, kind))
    _checked(LIBC.mount(*words, 0, options.encode()), "mount")
    return device


def _checked(result: int, call: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


if __name__ == "__main__":
    mount_mute(int(sys.argv[1]), *sys.argv[2:5])
    os.write(1, b"mounted\n")
    sys.stdin.read()
