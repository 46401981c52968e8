"""Which software policies install, and from where ([MS-GPSI] 2.2.3.1); the directory tells it."""

import re
from collections.abc import Iterator

from collectors.directory_values import first_value
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import unshown
from collectors.windows_scripts import servers
from inventory.model.directory_policies import PolicySetting

PACKAGES = LdapSearch(
    "packages",
    "(|(objectClass=packageRegistration)(objectClass=groupPolicyContainer))",
    ("objectClass", "displayName", "packageName", "msiFileList", "gPCFileSysPath"),
    base="CN=Policies,CN=System,{domain}",
    dialect="ad",
    empty="gap",
    no_base="gap",
)

_POLICY = re.compile(r"CN=(\{[0-9A-Fa-f-]{36}\}),CN=Policies,CN=System,", re.IGNORECASE)
_SIDE = re.compile(r",CN=(Machine|User),CN=\{", re.IGNORECASE)


@collector("directory.policy_packages", asks=[PACKAGES], tells=[PolicySetting], source="ldap")
def policy_packages(found: Entries) -> Iterator[PolicySetting | Unreadable]:
    """Yield each package that a policy installs; one that names no file is a gap of its policy."""
    for entry in found:
        policy = _policy(entry)
        if b"packageregistration" not in (one.lower() for one in entry.raws("objectClass")):
            if not entry.has("gPCFileSysPath"):
                yield unshown(entry, "what a policy installs is", part=policy)
        elif entry.has("msiFileList"):
            yield _package(entry, policy)
        else:
            yield unshown(entry, "where a package comes from is", "msiFileList", part=policy)


def _policy(entry: Entry) -> str:
    told = _POLICY.search(entry.dn)
    return (told.group(1) if told else first_value(entry.dn)).upper()


def _package(entry: Entry, policy: str) -> PolicySetting:
    side = _SIDE.search(entry.dn)
    # "0:\\server\share\agent.msi": the number of each file's layer before it
    paths = tuple(path.partition(":")[2] or path for path in entry.texts("msiFileList"))
    value = ", ".join(paths)
    return PolicySetting(
        at=entry.at("msiFileList"),
        policy=policy,
        side={"machine": "computer", "user": "user"}[side.group(1).lower()] if side else "",
        kind="software",
        name=entry.text("displayName") or entry.text("packageName") or first_value(entry.dn),
        value=value,
        servers=tuple(sorted({name for path in paths for name in servers(path)})),
    )
