"""What an ssh_config says of one host: where it is, who logs in, and the way there."""

import re
from collections.abc import Callable
from pathlib import Path

from agent.engagement import checks
from agent.engagement.files import path_from
from agent.engagement.mistakes import Mistakes, Place, Wrong
from agent.engagement.model import Entry
from agent.engagement.ssh_config import (
    Option,
    SshConfig,
    address_of,
    expanded,
    local_user,
    user_of,
)

_THROUGH = re.compile(r"\s-W\s?(?:%h:%p|\[%h\]:%p)\s")


def entry_of(config: SshConfig, name: str, at: Place, mistakes: Mistakes) -> Entry:
    """Return what the config says of a name; wrong values are noted at their own line."""
    found = config.resolve(name)
    said = _Said(config, name, found, mistakes)
    jump, needs_openssh = _way(said)
    return Entry(
        name=name,
        at=at,
        via="ssh_config",
        address=said.one("hostname", lambda _: checks.host_name(address_of(name, found))),
        port=said.one("port", checks.port),
        user=said.one("user", checks.user_name),
        jump=jump,
        key=said.one("identityfile", said.path),
        host_key_alias=said.one("hostkeyalias", checks.alias),
        known_hosts=said.known_hosts(),
        needs_openssh=needs_openssh,
    )


class _Said:
    """The settings that hold for one name, each read with its check."""

    def __init__(
        self, config: SshConfig, name: str, found: dict[str, Option], mistakes: Mistakes
    ) -> None:
        self._config, self._found, self._mistakes = config, found, mistakes
        self._tokens = {
            "d": str(Path("~").expanduser()),
            "h": address_of(name, found),
            "n": name,
            "r": user_of(found),
            "u": local_user(),
        }

    def words(self, key: str) -> tuple[str, ...]:
        """Return the arguments of a setting."""
        return self._found[key].words if key in self._found else ()

    def one(self, key: str, check: Callable[[str], checks.Value]) -> checks.Value | None:
        """Return the checked first argument; None when it is not set, or wrong (then noted)."""
        option = self._found.get(key)
        if option is None or option.words[0].lower() == "none":
            return None
        try:
            return check(option.words[0])
        except Wrong as err:
            self._mistakes.add(option.place, f"{key} {err}")
            return None

    def path(self, text: str) -> Path:
        """Return a path with its tokens and ~ replaced."""
        return path_from(expanded(text, self._tokens), self._config.folder)

    def known_hosts(self) -> tuple[Path, ...]:
        """Return the files of pinned host keys; none for /dev/null, which pins nothing."""
        files = self.words("userknownhostsfile")
        return tuple(self.path(one) for one in files if one.lower() not in ("none", "/dev/null"))


def _way(said: _Said) -> tuple[tuple[str, ...] | None, bool]:
    """Return the jump hosts, and whether only ssh itself can go the way."""
    if said.words("proxyjump"):
        if said.words("proxyjump")[0].lower() == "none":
            return (), False
        return said.one("proxyjump", checks.hops), False
    command = " ".join(said.words("proxycommand"))
    if not command or command.lower() == "none":
        return None, False
    through = proxy_jump(command)
    return (through, False) if through else (None, True)


def proxy_jump(command: str) -> tuple[str, ...] | None:
    """Return the jump host of `ssh -W %h:%p [user@]host`; None for any other ProxyCommand."""
    words = _THROUGH.sub(" ", f"{command} ").split()
    if len(words) != 2 or Path(words[0]).name != "ssh" or not _THROUGH.search(f"{command} "):
        return None
    try:
        return (checks.hop(words[1]),)
    except Wrong:
        return None
