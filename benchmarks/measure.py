"""One command measured as a whole: wall time, CPU of it and its children, and peak memory."""

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
    peak_mb: float  # resident memory of the command and all its children together, sampled

    def row(self, hosts: int) -> str:
        """Return a line of the table."""
        each = 1000 * self.cpu_s / hosts
        return (
            f"| {self.name} | {self.wall_s:.1f} | {hosts / self.wall_s:.1f} | {self.cpu_s:.1f} "
            f"| {each:.0f} | {self.peak_mb:.0f} |"
        )


HEAD = """\
| client | wall s | hosts/s | client CPU s | CPU ms/host | peak MB |
|---|---|---|---|---|---|"""


def measured(name: str, argv: Sequence[str], env: Mapping[str, str] | None = None) -> Run:
    """Run a command and return what it took. Raises RuntimeError when it fails."""
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
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode not in (0, 3):
        raise RuntimeError(f"{name} ended with {child.returncode}: {said[-2000:]}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Run(name, wall, cpu, watch.end() / 1e6)


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
