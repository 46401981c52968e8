"""Asking a fleet: handover beside OpenSSH with the same script, and beside Ansible's facts.

Real sshd on loopback addresses that share this machine's root, so the hosts' own work runs on the
same cores: wall times are bounded by it, and only ratios of one run mean something. The hosts are
copies of one root, so what is read once of equal answers nearly always is here. `ssh true` and
Ansible's ping show what a login alone costs here. CPU is told apart: of the client with all its
children, and of the hosts, which have cores of their own elsewhere.
HOSTS=150 python -m benchmarks fleet
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import HEAD, Run, measured
from collectors.registry import of_source
from collectors.transports.script import host_asks, sent_script
from tests.lab.fleet import Fleet, fleet

HOSTS = int(os.environ.get("HOSTS", "60"))
PARALLEL = 50
TUNED = (
    *("-o", "KexAlgorithms=curve25519-sha256", "-o", "HostKeyAlgorithms=ssh-ed25519"),
    *("-o", "Ciphers=aes128-gcm@openssh.com"),
)
ENVIRONMENT = Path("build/bench")
YAML = """\
client: Benchmark
authorisation: {{name: Benchmark, role: owner, date: 2026-01-01, reference: this run}}
sources:
  - name: fleet
    kind: ssh
    known_hosts: {known_hosts}
    user: {user}
    key: {key}
    parallel: {parallel}
    hosts:
{hosts}
"""


def main() -> None:
    """Measure all clients on the same hosts and print the table and the ratios."""
    with fleet(HOSTS) as hosts, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _openssh(hosts, folder, TUNED, "warm-up")
        bare = [
            _true(hosts, folder),
            _ansible(hosts, folder, "ping"),
        ]
        runs = [
            _openssh(hosts, folder, TUNED, "xargs -P50 ssh, tuned, same script"),
            _openssh(hosts, folder, (), "xargs -P50 ssh, defaults, same script"),
            _handover(hosts, folder, "handover, answers only", "collect"),
            _handover(hosts, folder, "handover, parsed and stored", "audit"),
            _handover(hosts, folder, "handover, the same once more", "audit"),
            _ansible(hosts, folder, "setup"),
        ]
        size = (folder / "engagement/audits.db").stat().st_size
    print(f"{HOSTS} hosts, {PARALLEL} at once, {len(_questions())} questions a host\n")
    print(HEAD)
    print("\n".join(run.row(HOSTS) for run in (*bare, *runs)))
    _ratios(*runs)
    _floor(bare[0], runs[3], runs[-1])
    print(f"- store after two audits of the unchanged fleet: {size / 1e6:.1f} MB")


def _ratios(tuned: Run, _plain: Run, bare: Run, whole: Run, _again: Run, ansible: Run) -> None:
    print(f"\n- wall against tuned OpenSSH: {bare.wall_s / tuned.wall_s:.2f}x (asked: 1.2x)")
    print(f"- client CPU against tuned OpenSSH, answers: {bare.cpu_s / tuned.cpu_s:.2f}x (1.5x)")
    print(f"- client CPU against tuned OpenSSH, in all: {whole.cpu_s / tuned.cpu_s:.2f}x (3.5x)")
    print(f"- faster than Ansible's facts: {ansible.wall_s / whole.wall_s:.1f}x (asked: 5x)")
    print(f"- client CPU against Ansible: {ansible.cpu_s / whole.cpu_s:.1f}x less")
    print(
        f"- CPU on the hosts against Ansible: {ansible.hosts_cpu_s / whole.hosts_cpu_s:.1f}x less"
    )


def _floor(true: Run, whole: Run, ansible: Run) -> None:
    """Print what the shared cores allow: the logins, and the hosts' own work, take their part."""
    cores = os.cpu_count() or 1
    wanted, work = ansible.wall_s / 5, whole.hosts_cpu_s / cores
    print(f"- 5x faster than Ansible: {wanted:.1f} s; `ssh true` alone: {true.wall_s:.1f} s")
    print(f"- the hosts' own CPU, parsed and stored, fills {cores} cores for {work:.1f} s")


def _questions() -> list[tuple[str, object]]:
    return [(name, ask) for name, ask in host_asks(of_source("ssh")) if not ask.deep]


def _openssh(hosts: Fleet, folder: Path, tuned: tuple[str, ...], name: str) -> Run:
    script = folder / "probe"
    asked = sent_script(_questions(), nonce="ab" * 16, gathered=True)  # type: ignore[arg-type]
    script.write_bytes(asked)
    answers = folder / "answers"
    answers.mkdir(exist_ok=True)
    command = f'"exec /bin/sh -s" <{script} >{answers}/"$1"'
    run = measured(name, _each(hosts, folder, tuned, command))
    _check(answers, len(hosts.hosts))
    return run


def _true(hosts: Fleet, folder: Path) -> Run:
    argv = _each(hosts, folder, TUNED, "true </dev/null")
    return measured("xargs -P50 ssh true, tuned", argv)


def _each(hosts: Fleet, folder: Path, tuned: tuple[str, ...], command: str) -> list[str]:
    """Return a command line that runs a shell command on each host through OpenSSH."""
    listed = folder / "hosts"
    listed.write_text("".join(f"{host.address} {host.port}\n" for host in hosts.hosts))
    options = (
        *("-F", "/dev/null", "-i", str(hosts.key), "-o", "IdentitiesOnly=yes"),
        *("-o", f"UserKnownHostsFile={hosts.known_hosts}", "-o", "BatchMode=yes", *tuned),
    )
    one = f'ssh {" ".join(options)} -l {hosts.user} -p "$2" "$1" {command}'
    return ["xargs", "-a", str(listed), "-P", str(PARALLEL), "-L", "1", "sh", "-c", one, "sh"]


def _check(answers: Path, many: int) -> None:
    whole = [path for path in answers.iterdir() if path.read_bytes().rstrip().endswith(b" Z")]
    if len(whole) != many:
        raise RuntimeError(f"only {len(whole)} of {many} answers are whole")
    shutil.rmtree(answers)


def _handover(hosts: Fleet, folder: Path, name: str, what: str) -> Run:
    engagement = folder / "engagement"
    engagement.mkdir(exist_ok=True)
    listed = "".join(
        f"      - {{name: {host.name}, address: {host.address}, port: {host.port}}}\n"
        for host in hosts.hosts
    )
    text = YAML.format(
        known_hosts=hosts.known_hosts,
        user=hosts.user,
        key=hosts.key,
        parallel=PARALLEL,
        hosts=listed,
    )
    (engagement / "handover.yaml").write_text(text)
    return measured(name, [sys.executable, "-m", "benchmarks.client", what, str(engagement)])


def _ansible(hosts: Fleet, folder: Path, module: str) -> Run:
    """Measure an Ansible module with pipelining; ansible-core is installed when missing."""
    program = ENVIRONMENT / "bin/ansible"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        pip = [str(ENVIRONMENT / "bin/pip"), "install", "-q", "ansible-core"]
        subprocess.run(pip, check=True)
    inventory = folder / "inventory"
    inventory.write_text(
        "".join(
            f"{host.name} ansible_host={host.address} ansible_port={host.port} "
            f"ansible_user={hosts.user} ansible_python_interpreter=/usr/bin/python3 "
            f"ansible_ssh_private_key_file={hosts.key} ansible_ssh_common_args="
            f"'-F /dev/null -o UserKnownHostsFile={hosts.known_hosts} {' '.join(TUNED)}'\n"
            for host in hosts.hosts
        )
    )
    env = {
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_NOCOLOR": "1",
        "HOME": str(folder),
    }
    argv = [str(program), "all", "-i", str(inventory), "-m", module, "-f", str(PARALLEL)]
    return measured(f"ansible -m {module} -f {PARALLEL}, pipelining, tuned", argv, env)
