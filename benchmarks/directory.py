"""A directory of 20,000 objects read, decoded and stored, beside other clients of the same server.

`ldapsearch` writes LDIF; ldap3 with its defaults decodes by the schema; ldapdomaindump decodes and
writes JSON; handover decodes to the same types, and as an audit makes records and stores them. CPU
is that of the client, its start included; compare within one run only.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.directory_client import ATTRIBUTES, FILTERS
from benchmarks.measure import Run, measured
from tests.lab.directory import bulk
from tests.lab.directory.openldap import OpenLdap
from tests.lab.directory.samba import SambaAd

OBJECTS = 20_000
ENVIRONMENT = Path("build/bench")
PACKAGES = ("agent", "benchmarks", "collectors", "inventory")
PASSWORD = "BENCHMARK_PASSWORD"  # of the environment variable
# What ldapdomaindump tells as well: users, groups and their members, computers, policy, trusts.
COLLECTORS = "accounts,computers,groups,members,domain_password_policies,trusts"
ENGAGEMENT = """\
client: Benchmark
authorisation: {{name: Benchmark, role: owner, date: 2026-01-01, reference: this run}}
sources:
  - name: corp
    kind: ldap
    security: clear-text-passwords-allowed
    servers: ["ldap://{address}:{port}"]
    user: {user}
    password: env:{password}
"""
HEAD = """\
| client | wall s | client CPU s | CPU s/10,000 | x | peak MB |
|---|---|---|---|---|---|"""


def main() -> None:
    """Measure Samba as a domain controller, then slapd."""
    # As it is where it is installed: no client compiles its modules while it is measured.
    subprocess.run([sys.executable, "-m", "compileall", "-q", *PACKAGES], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        with SambaAd(bulk.domain(OBJECTS)) as dc:
            login = (dc.reader.principal, dc.reader.password)
            with _named("Active Directory (Samba), users read and decoded"):
                _read("ad", dc.address, dc.base, *login)
            with _named("Active Directory (Samba), users, groups, computers decoded and stored"):
                _table(list(_storing(Path(scratch), dc.address, *login)))
        with OpenLdap(bulk.ldif(OBJECTS)) as server:
            login = (server.reader.dn, server.reader.password)
            with _named("OpenLDAP, accounts read and decoded"):
                _read("posix", server.address, server.base, *login)


@contextmanager
def _named(title: str) -> Iterator[None]:
    print(f"### {title}\n", flush=True)
    yield
    print(flush=True)


def _table(runs: list[Run]) -> None:
    """Print what each took; `x` is how many times the CPU of the last, which is ours."""
    print(HEAD)
    for run in runs:
        print(
            f"| {run.name} | {run.wall_s:.1f} | {run.cpu_s:.2f} "
            f"| {run.cpu_s * 10_000 / OBJECTS:.2f} | {run.cpu_s / runs[-1].cpu_s:.1f} "
            f"| {run.peak_mb:.0f} |"
        )


def _read(kind: str, address: str, base: str, user: str, password: str) -> None:
    runs = list(_reading(kind, address, base, user, password))
    _table(runs)
    print(_part(runs))


def _reading(kind: str, address: str, base: str, user: str, password: str) -> Iterator[Run]:
    env = {PASSWORD: password}
    plain = ["ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-E", "pr=1000/noprompt"]
    who = ["-H", f"ldap://{address}", "-b", base, "-D", user, "-w", password]
    yield measured("ldapsearch, LDIF", [*plain, *who, FILTERS[kind], *ATTRIBUTES[kind]])
    for name, way in (("ldap3, defaults", "ldap3"), ("handover", "handover")):
        client = [sys.executable, "-m", "benchmarks.directory_client", way, kind, address, base]
        yield measured(f"{name}: connecting alone", [*client, user, "0"], env)
        yield measured(name, [*client, user, str(OBJECTS * 3 // 4)], env)


def _part(runs: list[Run]) -> str:
    """Return what reading and decoding took of ldap3 and of handover, without connecting."""
    *_, start, whole, our_start, ours = (run.cpu_s for run in runs)
    theirs, mine = whole - start, ours - our_start
    return (
        f"\nReading and decoding alone: ldap3 {theirs:.2f} s, handover {mine:.2f} s of CPU, "
        f"{theirs / mine:.1f} times less"
    )


def _storing(folder: Path, address: str, user: str, password: str) -> Iterator[Run]:
    program = _ldapdomaindump()
    if program is None:
        print("ldapdomaindump could not be installed: it is left out\n", flush=True)
    else:
        dump = [str(program), "-u", rf"CORP\{user.split('@')[0]}", "-p", password, "-at", "SIMPLE"]
        out = ["--no-html", "--no-grep", "-o", str(folder / "dump"), f"ldap://{address}"]
        yield measured("ldapdomaindump, JSON", [*dump, *out])
    text = ENGAGEMENT.format(address=address, port=389, user=user, password=PASSWORD)
    (folder / "handover.yaml").write_text(text)
    client = [sys.executable, "-m", "benchmarks.directory_client", "store", str(folder)]
    yield measured("handover, an audit", [*client, COLLECTORS], {PASSWORD: password})


def _ldapdomaindump() -> Path | None:
    """Return the program, installed into an environment of its own; None: it cannot be had."""
    program = ENVIRONMENT / "bin/ldapdomaindump"
    if program.exists():
        return program
    pip = [str(ENVIRONMENT / "bin/pip"), "install", "-q", "ldapdomaindump"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        subprocess.run(pip, check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    except subprocess.CalledProcessError:
        return None
    return program
