r"""Whom policies make members of local groups, and give privileges ([MS-GPSB] 2.2).

[Group Membership]
*S-1-5-32-544__Members = CORP\Technicians,*S-1-5-21-...-512
"""

import re
from collections.abc import Iterator

from collectors.entries import Entries, Entry
from collectors.policy_files import content, policy_of, secrets
from collectors.spec import SysvolFiles, Unreadable, collector
from collectors.well_known_sids import well_known_name
from inventory.model.directory_policies import PolicySecret, PolicySetting

SECURITY = SysvolFiles(
    "security", ("Policies/*/Machine/Microsoft/Windows NT/SecEdit/GptTmpl.inf",), "ini"
)

_ONE = re.compile(r'\s*"[^"]*"|[^,]+')  # a name with a comma in it stands in quotes
ADMINISTRATORS = "S-1-5-32-544"
_NAMES = frozenset(("administrators", "administratoren", "administrateurs", "administradores"))
_RIGHTS = frozenset(  # those by which one logs in or takes over a machine ([MS-GPSB] 2.2.5)
    name.lower()
    for name in (
        "SeDebugPrivilege",
        "SeBackupPrivilege",
        "SeRestorePrivilege",
        "SeTakeOwnershipPrivilege",
        "SeLoadDriverPrivilege",
        "SeTcbPrivilege",
        "SeImpersonatePrivilege",
        "SeCreateTokenPrivilege",
        "SeAssignPrimaryTokenPrivilege",
        "SeEnableDelegationPrivilege",
        "SeSyncAgentPrivilege",
        "SeSecurityPrivilege",
        "SeRemoteInteractiveLogonRight",
        "SeInteractiveLogonRight",
        "SeNetworkLogonRight",
        "SeBatchLogonRight",
        "SeServiceLogonRight",
    )
)


@collector(
    "directory.policy_security", asks=[SECURITY], tells=[PolicySetting, PolicySecret], source="ldap"
)
def policy_security(files: Entries) -> Iterator[PolicySetting | PolicySecret | Unreadable]:
    """Yield each member that a policy puts into a local group, and each holder of a privilege."""
    for entry in files:
        yield from secrets(entry, "security template")
        section = ""
        for line in content(entry).split("\n"):
            bare = line.strip()
            if bare.startswith("["):
                section = bare.strip("[]").casefold()
            elif "=" in bare and not bare.startswith(";"):
                name, _, value = bare.partition("=")
                yield from _line(entry, section, name.strip(), value)


def _line(entry: Entry, section: str, name: str, value: str) -> Iterator[PolicySetting]:
    who = [told for one in _ONE.findall(value) if (told := one.strip().strip('"').lstrip("*"))]
    if section == "privilege rights" and name.lower() in _RIGHTS:
        yield from (_told(entry, "privilege", name, one) for one in who)
    if section != "group membership":
        return
    group, _, way = name.lstrip("*").rpartition("__")
    for one in who:
        if way.lower() == "members":
            yield _told(entry, _kind(group), group, one)
        elif way.lower() == "memberof":
            yield _told(entry, _kind(one), one, group)


def _kind(group: str) -> str:
    bare = group.rpartition("\\")[2].casefold()
    return "local administrator" if group == ADMINISTRATORS or bare in _NAMES else "local group"


def _told(entry: Entry, kind: str, name: str, account: str) -> PolicySetting:
    shown = well_known_name(name) or name if name.upper().startswith("S-1-") else name
    return PolicySetting(
        at=entry.at(name),
        policy=policy_of(entry),
        side="computer",
        kind=kind,
        name=shown,
        value=account,
        file=entry.dn,
        account=account,
    )
