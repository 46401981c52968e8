"""Which registry values policies set that name a server, or run something ([MS-GPREG] 2.2.1)."""

import re
from collections.abc import Iterator

from collectors.entries import Entries, Entry
from collectors.policy_content import Setting, settings_of
from collectors.policy_files import content, policy_of, secrets, side_of
from collectors.spec import SysvolFiles, Unreadable, collector
from collectors.windows_scripts import masked_line, servers
from inventory.errors import ParseError
from inventory.model.directory_policies import PolicySecret, PolicySetting

REGISTRY = SysvolFiles(
    "registry",
    ("Policies/*/Machine/Registry.pol", "Policies/*/User/Registry.pol"),
    "registry",
    most_bytes=4096 * 1024,
)

_UPDATES = re.compile(
    r"windowsupdate\\(?:wuserver|wustatusserver|updateserviceurlalternate)$", re.IGNORECASE
)
_RUNS = re.compile(
    r"(?:\\currentversion\\(?:run|runonce|policies\\explorer\\run)\\|\\winlogon\\(?:shell|userinit)$)",
    re.IGNORECASE,
)
_REMOVES = re.compile(r"\*\*del(?:vals|etevalues|etekeys)?\.", re.IGNORECASE)  # [MS-GPREG] 3.2.5.1


@collector(
    "directory.policy_registry", asks=[REGISTRY], tells=[PolicySetting, PolicySecret], source="ldap"
)
def policy_registry(files: Entries) -> Iterator[PolicySetting | PolicySecret | Unreadable]:
    """Yield each value that names a server or runs something, and that a password is set."""
    for entry in files:
        yield from secrets(entry, "registry value")
        try:
            for one in settings_of(content(entry)):
                yield from _setting(entry, one)
        except ParseError as err:
            yield Unreadable(entry.at(), str(err), policy_of(entry))


def _setting(entry: Entry, one: Setting) -> Iterator[PolicySetting]:
    place = f"{one.key}\\{one.name}"
    named = tuple(sorted(servers(one.value)))
    if _UPDATES.search(place):
        kind = "update server"
        named = named or ((one.value.lower(),) if one.value else ())
    elif _RUNS.search(place):
        kind = "autostart"
    elif named:
        kind = "registry"
    else:
        return
    if one.value and not _REMOVES.match(one.name):
        yield PolicySetting(
            at=entry.at(place),
            policy=policy_of(entry),
            side=side_of(entry),
            kind=kind,
            name=place,
            value=masked_line(one.value)[0],
            file=entry.dn,
            servers=named,
        )
