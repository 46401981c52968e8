"""What the owner of the hosts has to grant so that handover may ask as root (sudoers(5)).

One of two ways: single commands, matched by sudo word by word; or one script, reviewed, installed
and pinned by its digest. Both are made from the same asks that an audit sends.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from collectors.runner import ask_name
from collectors.spec import Collector, SshCommand, SshFiles
from collectors.transports.script import (
    INSTALLED_AT,
    HostAsk,
    exact_commands,
    host_asks,
    installed_script,
    version_of,
)
from inventory.errors import ConfigError

FILE = "/etc/sudoers.d/handover"
ALIAS = "HANDOVER"
# sudoers(5): these stand for something else in a command's words, or end it
_SPECIAL = re.compile(r'([\\,:=!"#()*?\[\]])')
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_.-]*\$?|[A-Za-z0-9_][A-Za-z0-9_.-]*[@\\][A-Za-z0-9_.-]+")
_QUIET = "!requiretty, env_reset, timestamp_timeout=0, lecture=never, passwd_tries=0"


def commands_text(collectors: Sequence[Collector], accounts: Sequence[str]) -> str:
    """Return the sudoers file that grants each command that can be granted word by word."""
    told = [(one, tuple(_variants(one))) for one in collectors]
    told = [(one, commands) for one, commands in told if commands]
    names = wrap(", ".join(f"{ALIAS}_{number}" for number in range(1, len(told) + 1)), 90)
    users = _users(accounts)
    lines = [
        *_comment(
            f"What handover asks as root as the account {', '.join(accounts)}: these commands,"
            " word by word, and no others. None has a wildcard; all of them only read. A command is"
            " named in each directory where a distribution may keep it."
        ),
        *_how_to("the file below", only_asked_by_script(collectors)),
        "",
    ]
    for number, (one, commands) in enumerate(told, 1):
        lines += [
            *_comment(f"{one.name}: {one.says.removeprefix('Yield ')}"),
            f"Cmnd_Alias {ALIAS}_{number} = \\",
        ]
        lines += [f"    {command}, \\" for command in commands[:-1]] + [f"    {commands[-1]}", ""]
    lines += [f"Cmnd_Alias {ALIAS} = \\", *(f"    {line} \\" for line in names[:-1])]
    lines += [f"    {names[-1]}", f"Defaults:{users} {_QUIET}, noexec"]
    return "\n".join([*lines, f"{users} ALL=(root) NOPASSWD: {ALIAS}", ""])


def script_text(collectors: Sequence[Collector], accounts: Sequence[str]) -> str:
    """Return the sudoers file that grants the installed script, pinned by its digest."""
    users, digest = _users(accounts), script_digest(collectors)
    lines = [
        *_comment(
            f"What handover asks as root as the account {', '.join(accounts)}: one script,"
            f" {INSTALLED_AT}, version {version_of(host_asks(collectors))}, and nothing else. sudo"
            " runs it only while its content has the digest below, and without arguments. It reads"
            " two lines from its standard input: a nonce, and the names of questions to leave out."
        ),
        *_how_to("the script, and the file below", ()),
        "",
        f"Cmnd_Alias {ALIAS} = sha256:{digest} \\",
        f'    {INSTALLED_AT} ""',
        f"Defaults:{users} {_QUIET}",
        f"{users} ALL=(root) NOPASSWD: {ALIAS}",
        "",
    ]
    return "\n".join(lines)


def script_of(collectors: Sequence[Collector]) -> bytes:
    """Return the script that the hosts' owner reviews and installs."""
    return installed_script(host_asks(collectors))


def script_digest(collectors: Sequence[Collector]) -> str:
    """Return the SHA-256 of the script, in hex as sudoers(5) and sha256sum(1) write it."""
    return hashlib.sha256(script_of(collectors)).hexdigest()


def only_asked_by_script(collectors: Iterable[Collector]) -> tuple[str, ...]:
    """Return the names of asks that single commands leave unanswered, as a whole or in part."""
    return tuple(
        ask_name(one, ask) for one in collectors for ask in one.asks if is_only_by_script(ask)
    )


def is_only_by_script(ask: object) -> bool:
    """Tell whether an ask needs root and no single command could be granted for it."""
    if not isinstance(ask, SshCommand | SshFiles):
        return False
    return ask.needs == "root" and not exact_commands(ask)


def _variants(collector: Collector) -> Iterator[str]:
    """Yield the commands of a collector, escaped, below /usr and where an older system has them."""
    for ask in collector.asks:
        for command in _granted(ask):
            yield command
            if command.startswith(("/usr/bin/", "/usr/sbin/")):
                yield command.removeprefix("/usr")


def _granted(ask: object) -> Iterator[str]:
    if isinstance(ask, HostAsk):
        for command in exact_commands(ask):
            words = (_SPECIAL.sub(r"\\\1", word) for word in command.split(" "))
            yield " ".join(words) + ("" if " " in command else ' ""')  # else any argument would do


def _users(accounts: Sequence[str]) -> str:
    """Return a User_List. Raises ConfigError for a name that would mean something else in it."""
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise ConfigError(
                f"the account {account!r} cannot be named in sudoers as it stands: use an account "
                "of its own for the audit, such as handover-audit"
            )
    return ", ".join(re.sub(r"([@\\])", r"\\\1", account) for account in dict.fromkeys(accounts))


def _how_to(what: str, rest: Sequence[str]) -> Iterator[str]:
    yield "#"
    yield from _comment(
        f"To grant it: read {what}; check with visudo -cf FILE; install with"
        f" install -o root -g root -m 0440 FILE {FILE}. The account should be made for the audit"
        " alone: the Defaults below hold for all that it does. Remove all of it after the handover."
    )
    if rest:
        yield "#"
        yield from _comment(
            f"{len(rest)} questions that need root are not covered: what they ask for may hold"
            " secrets, or has no exact name. They are answered as far as the account itself may"
            " read; all of them by the script: " + ", ".join(rest) + "."
        )


def _comment(text: str) -> Iterator[str]:
    yield from wrap(text, 96, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
