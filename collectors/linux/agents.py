"""Which agents a host has, whether they run, and whom their configuration reports to.

How each is recognised stands in collectors/signatures. Running is told by systemd's cgroups
(systemd.slice(5)) and by the names of processes (proc(5), comm: 15 characters).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from functools import cache
from shlex import quote

from msgspec import Struct

from collectors.settings import Setting, host_of, keeping, listed, settings
from collectors.signatures import SIGNATURES
from collectors.signatures.signature import Signature
from collectors.spec import Answer, Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.model.evidence import Pointer
from inventory.model.operation import Agent

_INSTALLED = (
    "/etc/systemd/system/*.service /run/systemd/system/*.service /usr/lib/systemd/system/*.service"
    " /lib/systemd/system/*.service /usr/local/lib/systemd/system/*.service /etc/init.d/*"
)
_ENABLED = "/etc/systemd/system/*.wants/*.service /etc/rc3.d/S* /etc/runlevels/*/*"
_RUNNING = " ".join(
    f"{root}/system.slice/{units}"
    for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified")
    for units in ("*.service", "*.slice/*.service")
)


def _names(groups: Iterable[tuple[str, ...]]) -> str:
    return "|".join(dict.fromkeys(name for group in groups for name in group))


def _path(pattern: str) -> str:
    """Return a shell word for a path; a group in it is a place for any name."""
    glob = re.sub(r"\(.*\)", "*", pattern)
    return glob if "*" in glob else quote(glob)


SEEN = SshCommand(
    "seen",
    f"ls -d {_INSTALLED} {_ENABLED} {_RUNNING} /run/openrc/started/* 2>/dev/null"
    f" | grep -E '/(S[0-9][0-9])?({_names(s.units for s in SIGNATURES)})([.]service)?$';"
    f" ls -d {' '.join(_path(path) for s in SIGNATURES for path in s.paths)} 2>/dev/null;"
    " cat /proc/[0-9]*/comm 2>/dev/null | sort -u"
    f" | grep -xE '{_names(s.processes for s in SIGNATURES)}' | sed 's/^/process /';"
    " if [ ! -r /proc/1/comm ]; then echo hidden; fi",
    tool="grep",
)
CONFIGS = SshFiles(
    "configs",
    tuple(path for s in SIGNATURES if not s.filter for path in s.files),
    filter=keeping(_names((*s.server, *s.instance) for s in SIGNATURES if s.files)),
)
# JSON and queries, with a setting a line; the onboarding file of Defender is JSON within JSON.
PACKED = SshFiles(
    "packed",
    tuple(path for s in SIGNATURES for path in s.packed),
    filter=r"tr -d '\\' | tr '{},&?' '\n\n\n\n\n' | "
    + keeping(_names((*s.server, *s.instance) for s in SIGNATURES if s.packed)),
)
OWN = tuple(
    SshFiles(re.sub(r"\W+", "_", s.product.lower()), s.files, filter=s.filter)
    for s in SIGNATURES
    if s.filter
)

_STATES = ("installed", "enabled", "running")
_UNIT_LINE = re.compile(r"(/\S{1,300}?)/(S\d\d)?([^/\s]{1,200}?)(\.service)?")
_HOST = re.compile(r"[\w.:/%-]{1,255}")


class Sighting(Struct, frozen=True):
    """One sign of an agent: what shows it, and how far it goes."""

    signature: Signature
    state: str
    found_by: str
    at: Pointer
    instance: str | None = None


class Report(Struct, frozen=True):
    """What a configuration says: a server, an instance, or both None."""

    at: Pointer
    server: str | None = None
    instance: str | None = None
    of: str | None = None  # the instance whose own directory the file lies in


@collector("linux.agents", asks=[SEEN, CONFIGS, PACKED, *OWN], tells=[Agent])
def agents(seen: Answers, *files: Answers) -> Iterator[Agent | Unreadable]:
    """Yield each agent that is installed, for each server and instance that it is set up for."""
    sightings: dict[str, list[Sighting]] = {}
    for answer in seen:
        for number, line in answer.lines():
            if line == "hidden":
                detail = "other accounts' processes are hidden (proc(5), hidepid)"
                yield Unreadable(answer.at(number), detail, "processes")
            for sighting in _sightings(line, answer.at(number)):
                sightings.setdefault(sighting.signature.product, []).append(sighting)
    answers = [answer for group in files for answer in group]
    yield from _variables(answers)
    for signs in sightings.values():
        yield from _agents(signs, [r for a in answers for r in _reports(a, signs[0].signature)])


@cache
def _matchers() -> tuple[tuple[Signature, re.Pattern[str], re.Pattern[str]], ...]:
    """Return the signatures with what their units and paths look like."""
    never = "(?!)"
    return tuple(
        (s, re.compile("|".join(s.units) or never), re.compile("|".join(s.paths) or never))
        for s in SIGNATURES
    )


def _sightings(line: str, at: Pointer) -> Iterator[Sighting]:
    """Yield what `/etc/systemd/system/nrpe.service`, `/opt/jc` or `process nrpe` shows."""
    if line.startswith("process "):
        name = line.removeprefix("process ")
        for signature in SIGNATURES:
            if name in signature.processes:
                yield Sighting(signature, "running", line, at)
        return
    split = _UNIT_LINE.fullmatch(line)
    for signature, units, paths in _matchers():
        if hit := paths.fullmatch(line):
            yield Sighting(signature, "installed", f"path {line}", at, _group(hit))
        elif split and _is_unit(split) and (hit := units.fullmatch(split.group(3))):
            found_by = f"unit {split.group(3)}{split.group(4) or ''}"
            yield Sighting(signature, _state(split.group(1)), found_by, at, _group(hit))


def _group(hit: re.Match[str]) -> str | None:
    """Return the hexadecimal id of an instance, where the name holds one."""
    ids = (group for group in hit.groups() if group and re.fullmatch("[0-9a-f]{16}", group))
    return next(ids, None)


def _is_unit(split: re.Match[str]) -> bool:
    return bool(split.group(4)) or any(
        word in split.group(1) for word in ("/init.d", "/rc3.d", "/runlevels", "/openrc")
    )


def _state(directory: str) -> str:
    if directory.startswith(("/sys/fs/cgroup", "/run/openrc")):
        return "running"
    is_start = directory.endswith((".wants", "/rc3.d")) or "/runlevels/" in directory
    return "enabled" if is_start else "installed"


def _agents(signs: Sequence[Sighting], reports: Sequence[Report]) -> Iterator[Agent]:
    """Yield one product's agents; those that have an id in their name each with their own state."""
    named = dict.fromkeys(sign.instance for sign in signs if sign.instance)
    for name in named or (None,):
        own = [sign for sign in signs if name is None or sign.instance == name]
        said = [r for r in reports if r.of in (None, name)]
        told = [r.instance for r in said if r.instance]
        instances: Sequence[str | None] = [name] if name else told or [None]
        servers: Sequence[Report | None] = [r for r in said if r.server] or [None]
        for server in servers:
            for instance in dict.fromkeys(instances):
                yield _agent(own, server, instance)


def _agent(signs: Sequence[Sighting], report: Report | None, instance: str | None) -> Agent:
    best = max(signs, key=lambda sign: _STATES.index(sign.state))
    return Agent(
        at=report.at if report else best.at,
        product=best.signature.product,
        type=best.signature.type,
        state=best.state,
        server=report.server if report else None,
        instance=instance,
        found_by=best.found_by,
    )


def _reports(answer: Answer, signature: Signature) -> Iterator[Report]:
    """Yield the servers and instances that a configuration file of the product names."""
    if not any(fnmatch(answer.path, path) for path in (*signature.files, *signature.packed)):
        return
    is_packed = answer.path not in signature.files and bool(signature.packed)
    own = re.search(r"-([0-9a-f]{16})/", answer.path)
    of = own.group(1) if own else None
    for setting in settings(answer):
        at = answer.at() if is_packed else setting.at
        if _is_named(setting, signature, signature.server):
            for server in _servers(setting.value):
                yield Report(at, server=server, of=of)
        elif setting.value and _is_named(setting, signature, signature.instance):
            yield Report(at, instance=setting.value[:200], of=of)


def _is_named(setting: Setting, signature: Signature, keys: tuple[str, ...]) -> bool:
    in_section = not signature.section or re.fullmatch(signature.section, setting.section.lower())
    return bool(in_section) and any(re.fullmatch(key, setting.key) for key in keys)


def _servers(value: str) -> Iterator[str]:
    r"""Yield the hosts of `10.0.0.1:10051,[::1]`, `https://a.example/x`, `^10\.0\.0\.1$`."""
    for word in listed(value.replace("\\", "")):
        host = host_of(word.strip("^$"))
        if _HOST.fullmatch(host) and not host.isdecimal():  # collectd: Server "HOST" "PORT"
            yield host


def _variables(answers: Iterable[Answer]) -> Iterator[Unreadable]:
    """Yield the settings whose value stands elsewhere: `${SERVER}`."""
    for answer in answers:
        for setting in settings(answer):
            if "${" in setting.value:
                detail = f"{setting.key} is set by a variable that is not read"
                yield Unreadable(setting.at, detail, answer.path)
