"""What an Ansible inventory says of the way to its hosts.

Source: docs.ansible.com, "Connecting to hosts: behavioral inventory parameters". Templates are not
evaluated, passwords in clear are not read: such a host is named with the reason.
"""

import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from agent.engagement import checks
from agent.engagement.ansible_command import NotInstalled, listed
from agent.engagement.ansible_files import Known, is_static, read_inventory
from agent.engagement.commands import CommandFailed
from agent.engagement.files import path_from
from agent.engagement.mistakes import Mistakes, Place, Wrong, shown
from agent.engagement.model import Entry
from agent.engagement.ssh_hosts import proxy_jump

OVER_SSH = ("ssh", "smart", "paramiko", "paramiko_ssh")
ADDRESS = ("ansible_host", "ansible_ssh_host")
PORT = ("ansible_port", "ansible_ssh_port")
USER = ("ansible_user", "ansible_ssh_user")
KEY = ("ansible_private_key_file", "ansible_ssh_private_key_file")
ARGUMENTS = ("ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args")


def ansible_entries(path: Path, folder: Path, mistakes: Mistakes) -> Iterator[Entry]:
    """Yield the hosts of an inventory, through the user's `ansible-inventory` where it is there.

    Without it, files are read here; what only Ansible can run is a mistake with the way out.
    """
    base = path if path.is_dir() else path.parent
    for known in _known(path, folder, mistakes):
        entry = _entry(known, base, mistakes)
        if entry is not None:
            yield entry


def _known(path: Path, folder: Path, mistakes: Mistakes) -> tuple[Known, ...]:
    place = Place(str(path), 1)
    try:
        return listed(path, folder)
    except NotInstalled:
        if is_static(path):
            return read_inventory(path, mistakes)
        mistakes.add(place, "runs a program or plugin: install ansible-core, or list the hosts")
    except CommandFailed as err:
        if is_static(path):
            return read_inventory(path, mistakes)
        mistakes.add(place, f"ansible-inventory gives no hosts: {err}; run it yourself to see why")
    return ()


def _entry(known: Known, base: Path, mistakes: Mistakes) -> Entry | None:
    said = _Said(known, mistakes)
    name = said.checked("its name", known.name, checks.host_name)
    if name is None:
        return None
    jump, proxied = said.way()
    return Entry(
        name=name,
        at=known.at,
        via="ansible",
        address=said.one(ADDRESS, checks.host_name),
        port=said.one(PORT, checks.port),
        user=said.one(USER, checks.user_name),
        jump=jump,
        key=said.one(KEY, lambda text: path_from(text, base)),
        tags=known.groups,
        not_asked=proxied or said.not_asked(),
    )


class _Said:
    """The variables of one host, each read with its check."""

    def __init__(self, known: Known, mistakes: Mistakes) -> None:
        self._known, self._mistakes = known, mistakes

    def one(
        self, names: tuple[str, ...], check: Callable[[str], checks.Value]
    ) -> checks.Value | None:
        """Return the checked value of the first variable that is set and is no template."""
        name = _set(self._known.variables, names)
        if name is None or "{{" in self._known.variables[name]:
            return None
        return self.checked(name, self._known.variables[name], check)

    def checked(
        self, name: str, text: str, check: Callable[[str], checks.Value]
    ) -> checks.Value | None:
        """Return a checked text; None when it is wrong (then noted)."""
        try:
            return check(text)
        except Wrong as err:
            self._mistakes.add(self._known.at, f"{name} of {shown(self._known.name)} {err}")
            return None

    def not_asked(self) -> str:
        """Return why the host cannot be asked over SSH; empty when it can."""
        variables = self._known.variables
        way = variables.get("ansible_connection", "ssh").removeprefix("ansible.builtin.")
        if way not in OVER_SSH:
            return f"the Ansible inventory reaches it by {shown(way)}, not over SSH"
        for names in (ADDRESS, PORT, USER, KEY, ARGUMENTS):
            for name in names:
                if "{{" in variables.get(name, ""):
                    return f"{name} is a template of Ansible, which is not evaluated here"
        return ""

    def way(self) -> tuple[tuple[str, ...] | None, str]:
        """Return the jump hosts in the arguments for ssh, and what only ssh could run."""
        for name in reversed(ARGUMENTS):
            words = self._words(name)
            if jump := _option(words, "proxyjump"):
                return self.checked(name, jump, checks.hops), ""
            command = _option(words, "proxycommand")
            if command and command.lower() != "none":
                through = proxy_jump(command)
                reason = (
                    f"{name} has a ProxyCommand: put it into ssh_config, with transport: openssh"
                )
                return through, "" if through else reason
        return None, ""

    def _words(self, name: str) -> list[str]:
        try:
            return shlex.split(self._known.variables.get(name, ""))
        except ValueError:
            text = f"{name} of {shown(self._known.name)} has a quote without end"
            self._mistakes.add(self._known.at, text)
            return []


def _set(variables: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if variables.get(name)), None)


def _option(words: list[str], wanted: str) -> str | None:
    """Return the value of an option of ssh(1): -J, -o Key=value, -oKey=value."""
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if wanted == "proxyjump" and word.startswith("-J"):
            return word[2:] or following
        if word.startswith("-o"):
            key, _, value = (word[2:] or following).strip().partition("=")
            if key.strip().lower() == wanted:
                return value.strip()
    return None
