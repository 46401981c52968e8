r"""Which scripts run at logon and startup, and which servers they name ([MS-GPSCR] 2.2).

[Startup]
0CmdLine=\\server\share\install.cmd
0Parameters=/quiet
"""

import re
from collections.abc import Iterator

from collectors.entries import Entries, Entry
from collectors.policy_files import content, policy_of, secrets, side_of
from collectors.spec import SysvolFiles, Unreadable, collector
from collectors.windows_scripts import masked_arguments, servers
from inventory.model.directory_policies import PolicySecret, PolicySetting

_LISTS = ("scripts.ini", "psscripts.ini")
_SUFFIXES = ("cmd", "bat", "ps1", "psm1", "vbs", "vbe", "js", "jse", "wsf", "kix", "py", "hta")
LISTS = SysvolFiles(
    "lists",
    tuple(f"Policies/*/{side}/Scripts/{name}" for side in ("Machine", "User") for name in _LISTS),
    "ini",
)
SCRIPTS = SysvolFiles(
    "scripts",
    (
        *(f"scripts/**/*.{suffix}" for suffix in _SUFFIXES),
        *(
            f"Policies/*/{side}/Scripts/**/*.{suffix}"
            for side in ("Machine", "User")
            for suffix in _SUFFIXES
        ),
    ),
    "script",
)

_ENTRY = re.compile(r"\s*(?P<number>\d{1,6})(?P<what>CmdLine|Parameters)\s*=(?P<value>.*)", re.I)


@collector(
    "directory.policy_scripts",
    asks=[LISTS, SCRIPTS],
    tells=[PolicySetting, PolicySecret],
    source="ldap",
)
def policy_scripts(
    lists: Entries, scripts: Entries
) -> Iterator[PolicySetting | PolicySecret | Unreadable]:
    """Yield each script that a policy runs, each script file, and that a password stands in it."""
    for entry in lists:
        yield from secrets(entry, "password in a script's parameters")
        yield from _run(entry)
    for entry in scripts:
        yield from secrets(entry, "password in a script")
        named = tuple(
            sorted({line.partition(" ")[2] for line in content(entry).split("\n")} - {""})
        )
        yield PolicySetting(
            at=entry.at(),
            policy=policy_of(entry),
            side=side_of(entry),
            kind="script file",
            name=entry.dn.rpartition("/")[2],
            value=entry.dn,
            file=entry.dn,
            servers=named,
        )


def _run(entry: Entry) -> Iterator[PolicySetting]:
    section, command = "", {"cmdline": "", "parameters": ""}
    waiting = ""
    for line in (*content(entry).split("\n"), "[end]"):
        bare = line.strip()
        found = _ENTRY.fullmatch(bare)
        if bare.startswith("[") or (found and found["number"] != waiting):
            if command["cmdline"]:
                yield _script(entry, section, command)
            command = {"cmdline": "", "parameters": ""}
        if bare.startswith("["):
            section, waiting = bare.strip("[]").casefold(), ""
        elif found:
            waiting = found["number"]
            command[found["what"].lower()] = found["value"].strip()


def _script(entry: Entry, section: str, command: dict[str, str]) -> PolicySetting:
    value = masked_arguments(" ".join(filter(None, command.values())))[0][:1000]
    return PolicySetting(
        at=entry.at(section),
        policy=policy_of(entry),
        side=side_of(entry),
        kind="script",
        name=section,
        value=value,
        file=entry.dn,
        servers=tuple(sorted(set(servers(value)))),
    )
