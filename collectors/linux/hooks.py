"""Which other machine or repository decides what a host runs.

Sources: https://docs.saltproject.io/en/latest/ref/configuration/minion.html, puppet.conf(5),
https://docs.chef.io/config_rb_client/, rhsm.conf(5), landscape-client(1), git-config(1),
https://cloudinit.readthedocs.io (result.json), the policy_server.dat of CFEngine.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from collectors.settings import Setting, host_of, keeping, kept, listed, plain, settings
from collectors.spec import Answer, Answers, SshFiles, collector, is_whole
from inventory.model.operation import ManagementHook


class Control(Struct, frozen=True):
    """A product that takes orders: where it says from whom, and from whom when it does not."""

    product: str
    paths: tuple[str, ...]
    key: str  # expression over the setting's name
    unstated: str = ""  # the product's documented default


CONTROLS = (
    Control("Salt", ("/etc/salt/minion", "/etc/salt/minion.d/*.conf"), "master", "salt"),
    Control(
        "Puppet",
        ("/etc/puppetlabs/puppet/puppet.conf", "/etc/puppet/puppet.conf"),
        "server|ca_server",
        "puppet",
    ),
    Control(
        "Chef",
        ("/etc/chef/client.rb", "/etc/cinc/client.rb", "/etc/chef/client.d/*.rb"),
        "chef_server_url",
    ),
    Control("Landscape", ("/etc/landscape/client.conf",), "url"),
    Control("Red Hat subscription", ("/etc/rhsm/rhsm.conf",), "hostname"),
    Control("Uyuni", ("/etc/sysconfig/rhn/up2date",), "serverurl"),
    Control("Rudder", ("/opt/rudder/etc/rudder-agent.conf",), "policy_server"),
)
DEPLOYED = (
    "/etc/.git/config",
    "/opt/*/.git/config",
    "/srv/*/.git/config",
    "/usr/local/*/.git/config",
    "/var/www/.git/config",
    "/var/www/*/.git/config",
)
FILES = SshFiles(
    "files",
    tuple(path for control in CONTROLS for path in control.paths),
    filter=keeping(*(control.key for control in CONTROLS), sections=True),
)
PACKED = SshFiles(
    "packed",
    ("/run/cloud-init/result.json", "/opt/jc/jcagent.conf"),
    filter=r"tr '{},' '\n\n\n' | " + keeping("datasource", "agentserverhost"),
)
POLICY = SshFiles(
    "policy",
    ("/var/cfengine/policy_server.dat", "/var/rudder/cfengine-community/policy_server.dat"),
    filter="head -n 1 | sed 's/^/server = /'",
)
REMOTES = SshFiles("remotes", DEPLOYED, filter=keeping("url"))
SCRIPTS = SshFiles(
    "scripts",
    (
        "/etc/cron.hourly/*",
        "/etc/cron.daily/*",
        "/etc/cron.weekly/*",
        "/etc/cron.monthly/*",
        "/usr/local/sbin/*",
        "/usr/local/bin/*.sh",
        "/opt/*.sh",
        "/opt/*/*.sh",
        "/root/*.sh",
        "/root/bin/*",
    ),
    needs="root",
    filter=kept(
        r"!/^[ \t]*#/ && /(git[ \t].*(pull|fetch)|ansible-pull|(curl|wget)[ \t].*[|][ \t]*"
        r"(sudo[ \t]+)?(ba)?sh)([ \t;&|]|$)/"
    ),
    deep=True,
)

_PULLS = (
    ("ansible-pull", re.compile(r"\bansible-pull\b")),
    ("git pull", re.compile(r"\bgit\s.*\b(?:pull|fetch)\b")),
    ("download and run", re.compile(r"\b(?:curl|wget)\s")),
)
_ADDRESS = re.compile(
    r"(?:https?|ssh|git)://[^\s\"'|;&)]{3,300}|\b[\w.-]{1,60}@[\w.-]{1,100}:\S{1,200}"
)


@collector("linux.management_hooks", asks=[FILES, PACKED, POLICY], tells=[ManagementHook])
def management_hooks(files: Answers, packed: Answers, policy: Answers) -> Iterator[ManagementHook]:
    """Yield the master, server or datasource that each management product obeys."""
    for control in CONTROLS:
        own = [answer for answer in files if _belongs(answer.path, control)]
        yield from _controllers(control, own, is_all=is_whole(files, control.paths))
    for answer in packed:
        for setting in settings(answer):
            product = "cloud-init" if setting.key == "datasource" else "JumpCloud"
            if setting.value:
                yield _hook(answer, setting, product, setting.value)
    for answer in policy:
        product = "Rudder" if "rudder" in answer.path else "CFEngine"
        for setting in settings(answer):
            yield _hook(answer, setting, product, host_of(setting.value))


@collector("linux.deployed_repositories", asks=[REMOTES], tells=[ManagementHook])
def deployed_repositories(remotes: Answers) -> Iterator[ManagementHook]:
    """Yield the repositories from which what lies in /opt, /srv, /etc and /var/www was cloned."""
    for answer in remotes:
        for setting in settings(answer):
            if setting.value:
                yield _hook(answer, setting, "git clone", setting.value)


@collector("linux.pull_scripts", asks=[SCRIPTS], tells=[ManagementHook])
def pull_scripts(scripts: Answers) -> Iterator[ManagementHook]:
    """Yield the lines of scripts that fetch what the host then runs."""
    for answer in scripts:
        for number, line in answer.lines():
            product = next((name for name, shape in _PULLS if shape.search(line[:2000])), None)
            if product:
                address = _ADDRESS.search(line[:2000])
                controller = address.group() if address else line.strip()[:300]
                yield ManagementHook(
                    at=answer.at(number),
                    product=product,
                    controller=controller,
                    file=answer.path,
                )


def _belongs(path: str, control: Control) -> bool:
    return any(path == one or path.startswith(one.partition("*")[0]) for one in control.paths)


def _controllers(
    control: Control, answers: list[Answer], *, is_all: bool
) -> Iterator[ManagementHook]:
    """Yield whom the product obeys; its documented default when it is set up without saying."""
    stated = False
    for answer in answers:
        for setting in settings(answer):
            if not re.fullmatch(control.key, setting.key):
                continue
            for word in _words(setting.value):
                stated = True
                yield _hook(answer, setting, control.product, word)
    if answers and is_all and not stated and control.unstated:
        yield ManagementHook(
            at=answers[0].at(),
            product=control.product,
            controller=control.unstated,
            state="default",
            file=answers[0].path,
        )


def _words(value: str) -> tuple[str, ...]:
    """Return the controllers of `salt1`, `[salt1, salt2]`, `https://chef.example/organizations/a`."""
    return tuple(plain(w) if "://" in w else host_of(w) for w in listed(value))


def _hook(answer: Answer, setting: Setting, product: str, controller: str) -> ManagementHook:
    return ManagementHook(at=setting.at, product=product, controller=controller, file=answer.path)
