"""One command measured as a whole: wall time, CPU of it and its children, and peak memory.

Children that leave their parents (Ansible's connections that persist) are adopted and counted.
"""

import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

EVERY_S = 0.05


@dataclass(frozen=True)
class Run:
    """What one command took."""

    name: str
    wall_s: float
    cpu_s: float
    hosts_cpu_s: float  # of the servers that this process has started, and all that they ran
    peak_mb: float  # resident memory of the command and all its children together, sampled

    def row(self, hosts: int) -> str:
        """Return a line of the table."""
        each, there = 1000 * self.cpu_s / hosts, 1000 * self.hosts_cpu_s / hosts
        return (
            f"| {self.name} | {self.wall_s:.1f} | {hosts / self.wall_s:.1f} | {self.cpu_s:.1f} "
            f"| {each:.0f} | {there:.0f} | {self.peak_mb:.0f} |"
        )


HEAD = """\
| client | wall s | hosts/s | client CPU s | client ms/host | on the host ms | peak MB |
|---|---|---|---|---|---|---|"""
ADOPT = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)


def measured(name: str, argv: Sequence[str], env: Mapping[str, str] | None = None) -> Run:
    """Run a command and return what it took. Raises RuntimeError when it fails."""
    ctypes.CDLL(None).prctl(ADOPT, 1, 0, 0, 0)
    servers = psutil.Process().children(recursive=True)
    there = _spent(servers)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with subprocess.Popen(
        argv,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as child:
        watch = _Memory(child.pid)
        said = child.communicate()[0]
    wall = time.monotonic() - start
    _end_left(servers)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode not in (0, 3):
        raise RuntimeError(f"{name} ended with {child.returncode}: {said[-2000:]}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    now_there = _spent(psutil.Process().children(recursive=True))
    return Run(name, wall, cpu, now_there - there, watch.end() / 1e6)


def _spent(processes: Sequence[psutil.Process]) -> float:
    """Return the CPU seconds of processes and of all that they have waited for."""
    return sum(map(_spent_by, processes))


def _spent_by(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:4]))
    except psutil.Error:
        return 0.0


def _end_left(servers: Sequence[psutil.Process]) -> None:
    """End what the command has left running, so that its CPU is counted."""
    kept = {process.pid for process in servers}
    for process in psutil.Process().children():
        if process.pid not in kept:
            process.terminate()
            process.wait()


class _Memory:
    """Samples the resident memory of a process and its children."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._peak, self._stop = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> int:
        self._stop.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                tree = [self._process, *self._process.children(recursive=True)]
                self._peak = max(self._peak, sum(_resident(one) for one in tree))
            except psutil.Error:
                return


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
