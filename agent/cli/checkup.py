"""What `handover doctor` looks at: the installation, SSH here, the folder, the engagement."""

import datetime
import os
import re
import shutil
import stat
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from agent.cli.checkup_sources import sources
from agent.cli.checkup_words import BAD, FINE, NOTE, UNSURE, Check
from agent.engagement.commands import CommandFailed, output
from agent.engagement.file import NAME, load
from agent.engagement.files import exposure
from agent.engagement.model import Authorisation
from inventory.errors import ConfigError

LIBRARIES = (
    "click", "cryptography", "dnspython", "jinja2", "ldap3", "msgspec", "paramiko", "rich",
    "sqlalchemy",
)  # fmt: skip
LEAST_PYTHON = (3, 11)
ENDS_SOON_DAYS = 14
LEAST_FREE, LITTLE_FREE = 100 << 20, 1 << 30  # bytes


def installation() -> Iterator[Check]:
    """Yield versions and paths."""
    python = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info[:2] >= LEAST_PYTHON
    yield Check("Python", FINE if enough else BAD, f"{python} at {sys.executable}")
    try:
        yield Check("handover", FINE, f"{version('handover')} at {Path(__file__).parents[2]}")
    except PackageNotFoundError:
        yield Check("handover", NOTE, f"not installed, run from {Path(__file__).parents[2]}")
    for name in LIBRARIES:
        try:
            yield Check(name, FINE, version(name))
        except PackageNotFoundError:
            yield Check(name, BAD, "missing: install handover anew")


def ssh() -> Iterator[Check]:
    """Yield what there is for SSH on this machine."""
    yield _client()
    yield _agent()
    for path in ("~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"):
        if (file := Path(path).expanduser()).exists():
            yield _known_hosts(file)
    home = Path("~/.ssh/known_hosts").expanduser()
    if not home.exists():
        yield Check("known hosts", NOTE, f"{home} does not exist: unknown host keys are refused")


def place(folder: Path) -> Iterator[Check]:
    """Yield who may look into the folder, and how much room it has."""
    if not folder.is_dir():
        yield Check("folder", BAD, f"{folder.absolute()} does not exist: choose one with -C")
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o022:
        yield Check("folder", BAD, f"{folder.absolute()} can be changed by others: chmod 700 it")
    elif mode & 0o055:
        yield Check("folder", NOTE, f"{folder.absolute()} can be read by others: chmod 700 it")
    else:
        yield Check("folder", FINE, f"{folder.absolute()}, for its owner only")
    free = shutil.disk_usage(folder).free
    state = BAD if free < LEAST_FREE else NOTE if free < LITTLE_FREE else FINE
    yield Check("disk space", state, f"{free >> 20} MiB free")


def engagement(folder: Path, *, contact: bool = False) -> Iterator[Check]:
    """Yield whether handover.yaml can be used, who authorised it, and whom it names.

    `contact`: whether directories are connected to, as far as the audit is authorised today.
    """
    path = folder / NAME
    if not path.exists():
        yield Check(NAME, NOTE, "does not exist: `handover init` writes one")
        return
    try:
        found = load(folder)
    except ConfigError as err:
        yield Check(NAME, BAD, str(err).replace("\n", "; "))
        return
    who = exposure(path)
    says = f"can be changed by {who}: chmod 600 it" if who else "can be used"
    yield Check(NAME, BAD if who else FINE, says)
    today = datetime.datetime.now(datetime.UTC).date()
    yield authorised(found.authorisation, today)
    may = found.authorisation is not None and found.authorisation.is_valid_on(today)
    if contact and not may:
        yield Check("contact", NOTE, "nobody is contacted: no authorisation covers today")
    yield from sources(found, contact=contact and may)


def authorised(given: Authorisation | None, today: datetime.date) -> Check:
    """Return whether the authorisation covers the day, and for how long."""
    what = "authorisation"
    if given is None:
        return Check(what, NOTE, "none: only this machine is audited")
    age = (today - given.date).days
    said = f"by {given.name}, {given.role}, {age} days ago ({given.reference})"
    if age < 0:
        return Check(what, BAD, f"begins only on {given.date}: nothing is asked before")
    if given.until is None:
        return Check(what, FINE, f"{said}, without an end")
    left = (given.until - today).days
    if left < 0:
        return Check(what, BAD, f"ended on {given.until}: have it renewed, and set `until`")
    state = NOTE if left <= ENDS_SOON_DAYS else FINE
    return Check(what, state, f"{said}, ends in {left} days")


def signatures() -> Iterator[Check]:
    """Yield whether the signatures of agents can be used."""
    from collectors.signatures import SIGNATURES

    names = Counter(one.product for one in SIGNATURES)
    for one in SIGNATURES:
        patterns = (*one.units, *one.processes, *one.paths, *one.server, *one.instance)
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as err:
                yield Check(f"signature {one.product}", BAD, f"{pattern}: {err}")
        if names[one.product] > 1:
            yield Check(f"signature {one.product}", BAD, "is there more than once")
        if not (one.units or one.processes or one.paths):
            yield Check(f"signature {one.product}", BAD, "has nothing that shows the agent")
    sourced = sum(one.source != "from memory" for one in SIGNATURES)
    says = f"{len(SIGNATURES)} agents, {sourced} with a source, the others from memory"
    yield Check("signatures", FINE, says)


def _client() -> Check:
    path = shutil.which("ssh")
    if path is None:
        return Check("ssh client", NOTE, "not found: ProxyCommand and hardware keys need it")
    try:
        said = output(("sh", "-c", "ssh -V 2>&1"), timeout_s=5, most_bytes=4096)
    except CommandFailed as err:
        return Check("ssh client", UNSURE, f"{path}: {err}")
    return Check("ssh client", FINE, f"{said.decode('utf-8', 'replace').strip()} at {path}")


def _agent() -> Check:
    place_of = os.environ.get("SSH_AUTH_SOCK", "")
    if not place_of:
        return Check("ssh agent", NOTE, "none: keys are read from their files")
    try:
        is_socket = stat.S_ISSOCK(Path(place_of).stat().st_mode)
    except OSError as err:
        return Check("ssh agent", NOTE, f"SSH_AUTH_SOCK names {place_of}: {err.strerror}")
    return Check("ssh agent", FINE if is_socket else BAD, place_of)


def _known_hosts(file: Path) -> Check:
    try:
        with file.open("rb") as lines:
            count = sum(bool(line.strip()) and not line.startswith(b"#") for line in lines)
    except OSError as err:
        return Check("known hosts", BAD, f"{file} cannot be read: {err.strerror}")
    if who := exposure(file):
        return Check("known hosts", BAD, f"{file} can be changed by {who}: chmod 644 it")
    return Check("known hosts", FINE, f"{file}, {count} lines")
