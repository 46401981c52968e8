"""Worlds for the rules about what group policies set."""

from inventory.model.directory_policies import PolicySecret, PolicySetting
from tests.agent.judge.rules.building import ago
from tests.agent.judge.rules.directory_worlds import account, bare, named, world

POLICY = "{A1A1A1A1-0001-4001-8001-000000000001}"
FILE = f"Policies/{POLICY}/Machine/Registry.pol"


def setting(kind: str, server: str = "", **more: object) -> PolicySetting:
    said: dict[str, object] = {"value": rf"\\{server}\deploy\x.cmd", "servers": (server,)}
    said |= {"name": kind, "side": "computer", "file": FILE, **more}
    return PolicySetting(policy=POLICY, kind=kind, **said)  # type: ignore[arg-type]


def administrator(who: str) -> PolicySetting:
    return setting("local administrator", value=who, servers=(), account=who)


SECRET = PolicySecret(
    policy=POLICY, file=FILE, what="password of a preference", where="User x", since=ago(900)
)
SYSVOL_SITUATIONS = {
    "directory.policy-password": bare((), (SECRET,)),
    "directory.policy-script-elsewhere": world(
        (setting("script", "corp.example"),), (setting("script", "nas9.far.example"),)
    ),
    "directory.update-server": bare(
        (setting("update server", "wsus.corp.example"),),
        (setting("update server", "wsus.oldmsp.example"),),
    ),
    "directory.local-admin-by-policy": world(
        (named("Domain Admins", 512), administrator(r"corp.example\Domain Admins")),
        (account("mia"), administrator(r"corp.example\mia")),
    ),
}
