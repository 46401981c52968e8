"""What the collectors of SYSVOL tell holds no password, even when a recording brings one."""

import msgspec

from collectors.registry import builtin
from collectors.spec import Collector
from inventory.model.directory_policies import PolicySecret, PolicySetting
from tests.collectors.directory.cases import collected

SECRET = "Hund.2019"
GUID = "{A1A1A1A1-0001-4001-8001-000000000001}"
COLLECTORS: dict[str, Collector] = {one.name: one for one in builtin()}


def told(name: str, ask: str, content: str, path: str) -> list[PolicySetting | PolicySecret]:
    answers = {ask: [{"dn": path, "values": {"content": [content], "changed": ["1577934245"]}}]}
    found = collected(COLLECTORS[f"directory.{name}"], answers).records
    assert all(SECRET not in str(one) for one in found)
    return list(found)  # type: ignore[arg-type]


def test_of_a_recording_that_was_not_redacted_no_password_is_kept() -> None:
    task = (
        f'<S><TaskV2 name="t"><Properties cpassword="{SECRET}" runAs="CORP\\svc">'
        f"<Command>psexec</Command><Arguments>-p {SECRET} x</Arguments></Properties></TaskV2></S>"
    )
    path = f"Policies/{GUID}/Machine/Preferences/ScheduledTasks/ScheduledTasks.xml"
    secret, setting = told("policy_preferences", "preferences", task, path)
    assert (secret.what, secret.account) == ("password of a preference", "CORP\\svc")
    assert setting.value == "psexec -p *** x"
    script = f"[Startup]\n0CmdLine=psexec\n0Parameters=-p {SECRET}\n"
    (setting,) = told(
        "policy_scripts", "lists", script, f"Policies/{GUID}/User/Scripts/scripts.ini"
    )
    assert (setting.value, setting.side) == ("psexec -p ***", "user")
    value = {"key": "K", "name": "V", "type": 1, "value": f"http://u:{SECRET}@a.example/"}
    (setting,) = told(
        "policy_registry",
        "registry",
        msgspec.json.encode(value).decode(),
        f"Policies/{GUID}/Machine/Registry.pol",
    )
    assert setting.value == "http://u:***@a.example/"
    assert setting.servers == ("a.example",)
