"""Recordings of an audit: what targets tell is written as well, or read instead of being asked."""

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import structs

from agent.audit.run import asked
from agent.audit.targets import Ask, Opened, Target
from collectors.registry import of_source
from collectors.spec import Collector
from collectors.transports.directory_recording import RecordedDirectory, Recording
from collectors.transports.recording import Recorded, record, record_directory, recordings
from collectors.transports.session import Told
from inventory.model.evidence import Gap


class Recorder:
    """Writes what targets tell into a folder as well; what could not be written is told after."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is made when the first target has told something."""
        self._folder = folder
        self._failures: dict[str, str] = {}

    @property
    def failures(self) -> tuple[str, ...]:
        """Return what is missing of the recording, a line for each target."""
        return tuple(f"{name}: {why}" for name, why in sorted(self._failures.items()))

    def targets(self, targets: Iterable[Target]) -> Iterator[Target]:
        """Yield the targets; what each tells is written as well."""
        for target in targets:
            yield structs.replace(target, ask=self._recording(target))

    def _recording(self, target: Target) -> Ask:
        def ask(_collectors: Sequence[Collector], _leave_out: Sequence[str]) -> Told | Opened | Gap:
            began = int(time.time())
            told = asked(target)
            if isinstance(told, Told):
                told = structs.replace(told, asked=(began, int(time.time())))
            try:
                return self._written(target, told)
            except OSError as err:  # the audit itself goes on: nothing that was told is lost
                self._failures[target.name] = err.strerror or str(err)
            return told

        return ask

    def _written(self, target: Target, told: Told | Opened | Gap) -> Told | Opened | Gap:
        """Write what was told; of a directory, return one that is written while it is read."""
        if target.is_tenant:
            self._failures[target.name] = "tenants are not recorded yet"
            return told
        place = (self._folder, target.source, target.name)
        if isinstance(told, Opened):
            return self._through(target, told, record_directory(*place, told.dialect))
        if target.is_directory and isinstance(told, Gap):
            self._note(target, record_directory(*place, told))
        else:
            record(*place, told)
        return told

    def _through(self, target: Target, told: Opened, recording: Recording) -> Opened:
        def close() -> None:
            recording.close()
            self._note(target, recording)
            told.close()

        return Opened(told.dialect, lambda name, ask: recording.of(told.search(name, ask)), close)

    def _note(self, target: Target, recording: Recording) -> None:
        if recording.failure:
            self._failures[target.name] = recording.failure


def replayed(folder: Path) -> Iterator[Target]:
    """Yield the recorded targets, which are read from the folder instead of being asked."""
    for one in recordings(folder):
        if isinstance(one, RecordedDirectory):
            yield Target(one.source, one.target, of_source("ldap"), _reading(one))
        else:
            yield Target(one.source, one.target, _readers(one), _replaying(one))


def _readers(one: Recorded) -> tuple[Collector, ...]:
    """Return the collectors of the kind of source that was recorded; of a host, all there are."""
    names = {name.partition("/")[0] for name in one.outcomes}
    for kind in ("local", "sweep"):
        collectors = of_source(kind)
        if names & {collector.name for collector in collectors}:
            return collectors
    return of_source("ssh")


def _replaying(one: Recorded) -> Ask:
    return lambda _collectors, _leave_out: one.told()


def _reading(one: RecordedDirectory) -> Ask:
    directory = Opened(one.head.dialect, one.search, lambda: None)
    return lambda _collectors, _leave_out: one.head.gap or directory
