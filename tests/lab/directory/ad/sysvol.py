"""The files of SYSVOL: scripts, and the policies' settings, with what a handover must find in them.

Formats: [MS-GPREG] 2.2.1 (Registry.pol), [MS-GPSB] 2.2 (GptTmpl.inf), [MS-GPSCR] 2.2 (scripts.ini),
[MS-GPPREF] 2.2 (preferences), [MS-GPSI] 2.2 (software).
"""

from collections.abc import Mapping
from pathlib import Path

from tests.lab.directory.ad.policies import ENFORCED, LINKED, POLICIES
from tests.lab.directory.ad.specimen import Specimen, specimen
from tests.lab.directory.canaries import MARK, canary
from tests.lab.directory.names import NETBIOS
from tests.lab.directory.orders import Add

REG_SZ, REG_DWORD = 1, 4
UPDATES = "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate"
PACKAGE = "{D4D4D4D4-0001-4001-8001-000000000001}"
PACKAGE_PATH = "\\\\nas.oldmsp.example\\deploy\\agent.msi"
UNREADABLE = "scripts/administrators-only.cmd"
TECHNICIANS = f"{NETBIOS}\\OldMSP Technicians"
ENCRYPTED = f"{MARK}Cpassword+ZLZs1YfPIdrLm1/kVpAAAA=="  # has the form of base64, as the real ones

LOGON = f"""\
@echo off
net use H: \\\\nas.oldmsp.example\\homes /user:{NETBIOS}\\map {canary("logon script")}
\\\\nas.oldmsp.example\\deploy\\agent.exe /install
"""
HARMLESS = "@echo off\r\nnet use S: \\\\files1.corp.example\\files\r\n"
GROUPS_XML = f"""\
<?xml version="1.0" encoding="utf-8"?>
<Groups clsid="{{3125E937-EB16-4b4c-9934-544FC6D24D26}}">
  <User clsid="{{DF5F1855-51E5-4d24-8B1A-D9BDE98BA1D1}}" name="localadmin" image="2"
        changed="2019-03-04 05:06:07" uid="{{E5E5E5E5-0001-4001-8001-000000000001}}">
    <Properties action="U" newName="" fullName="" description="" cpassword="{ENCRYPTED}"
                changeLogon="0" noChange="1" neverExpires="1" acctDisabled="0"
                userName="localadmin"/>
  </User>
  <Group clsid="{{6D4A79E4-529C-4481-ABD0-F5BD7EA93BA7}}" name="Administrators (built-in)" image="2"
         changed="2019-03-04 05:06:07" uid="{{E5E5E5E5-0002-4002-8002-000000000002}}">
    <Properties action="U" newName="" description="" deleteAllUsers="0" deleteAllGroups="0"
                removeAccounts="0" groupSid="S-1-5-32-544" groupName="Administrators (built-in)">
      <Members><Member name="{TECHNICIANS}" action="ADD" sid=""/></Members>
    </Properties>
  </Group>
</Groups>
"""
TASKS_XML = f"""\
<?xml version="1.0" encoding="utf-8"?>
<ScheduledTasks clsid="{{CC63F200-7309-4ba0-B154-A71CD118DBCC}}">
  <TaskV2 clsid="{{D8896631-B747-47a7-84A6-C155337F3BC8}}" name="OldMSP maintenance" image="0"
          changed="2020-01-02 03:04:05" uid="{{E5E5E5E5-0003-4003-8003-000000000003}}">
    <Properties action="C" name="OldMSP maintenance" runAs="{NETBIOS}\\svc-rmm" logonType="Password"
                cpassword="{ENCRYPTED}">
      <Task version="1.2"><Actions Context="Author"><Exec>
        <Command>\\\\nas.oldmsp.example\\deploy\\maintain.cmd</Command>
      </Exec></Actions></Task>
    </Properties>
  </TaskV2>
</ScheduledTasks>
"""
SECURITY = f"""\
[Unicode]
Unicode=yes
[System Access]
MinimumPasswordLength = 8
PasswordComplexity = 1
[Privilege Rights]
SeDebugPrivilege = *S-1-5-32-544,{TECHNICIANS}
SeRemoteInteractiveLogonRight = *S-1-5-32-544,*S-1-5-32-555
[Group Membership]
*S-1-5-32-544__Memberof =
*S-1-5-32-544__Members = {TECHNICIANS},{NETBIOS}\\Domain Admins
*S-1-5-32-555__Members = {TECHNICIANS}
[Version]
signature="$CHICAGO$"
Revision=1
"""
SCRIPTS = """\

[Startup]
0CmdLine=\\\\nas.oldmsp.example\\deploy\\startup.cmd
0Parameters=/quiet
1CmdLine=local.cmd
1Parameters=
[Shutdown]
0CmdLine=bye.cmd
0Parameters=
"""
COMMENTS = """\
<?xml version='1.0' encoding='utf-8'?>
<policyComments revision="1.0" schemaVersion="1.0">
  <comments><admTemplate>
    <comment policyRef="ns0:CorporateWuURL" commentText="$(resource.ns0_CorporateWuURL)"/>
  </admTemplate></comments>
  <resources minRequiredRevision="1.0"><stringTable>
    <string id="ns0_CorporateWuURL">Set by OldMSP, ticket 4711</string>
  </stringTable></resources>
</policyComments>
"""


def _setting(key: str, name: str, kind: int, content: bytes) -> bytes:
    wide = [part.encode("utf-16-le") for part in ("[", ";", "]", f"{key}\0", f"{name}\0")]
    opening, then, closing, key_raw, name_raw = wide
    numbers = kind.to_bytes(4, "little"), len(content).to_bytes(4, "little")
    return opening + then.join((key_raw, name_raw, *numbers, content)) + closing


def _text(value: str) -> bytes:
    return f"{value}\0".encode("utf-16-le")


def registry() -> bytes:
    """Return Registry.pol: where computers get their updates."""
    server = _text("http://wsus.oldmsp.example:8530")
    on = (1).to_bytes(4, "little")
    settings = (
        _setting(UPDATES, "WUServer", REG_SZ, server),
        _setting(UPDATES, "WUStatusServer", REG_SZ, server),
        _setting(f"{UPDATES}\\AU", "UseWUServer", REG_DWORD, on),
    )
    return b"PReg\x01\0\0\0" + b"".join(settings)


def _wide(text: str) -> bytes:
    """Return text as Windows' own editors write it: UTF-16 with a mark, lines that end in CR LF."""
    return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")


def files() -> Mapping[str, bytes]:
    """Return what lies in SYSVOL/DOMAIN, by path."""
    machine = f"Policies/{LINKED}/Machine"
    return {
        "scripts/logon.cmd": HARMLESS.encode(),
        "scripts/map.cmd": LOGON.encode(),
        UNREADABLE: b"rem for administrators\r\n",
        f"Policies/{LINKED}/GPT.INI": b"[General]\r\nVersion=65537\r\n",
        f"{machine}/Registry.pol": registry(),
        f"{machine}/comment.cmtx": COMMENTS.encode(),
        f"{machine}/Scripts/scripts.ini": _wide(SCRIPTS),
        f"{machine}/Scripts/Startup/local.cmd": b"@echo off\r\n",
        f"{machine}/Microsoft/Windows NT/SecEdit/GptTmpl.inf": _wide(SECURITY),
        f"{machine}/Preferences/Groups/Groups.xml": GROUPS_XML.encode(),
        f"{machine}/Preferences/ScheduledTasks/ScheduledTasks.xml": TASKS_XML.encode(),
        f"{machine}/Applications/{PACKAGE}.aas": b"\x08\0\0\0" + _text(PACKAGE_PATH),
        f"Policies/{ENFORCED}/GPT.INI": b"[General]\r\nVersion=131074\r\n",
        f"Policies/{ENFORCED}/User/Registry.pol": b"PReg\x01\0\0\0",
    }


def lay(folder: Path) -> None:
    """Write the files below a folder; all but one can be read by everybody."""
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / UNREADABLE).chmod(0o600)


def _below_machine() -> tuple[Add, ...]:
    """Return the objects between a policy and its packages."""
    machine = f"CN=Machine,CN={LINKED},{POLICIES}"
    store = f"CN=Class Store,{machine}"
    return (
        Add(dn=machine, attributes={"objectClass": "container"}),
        Add(dn=store, attributes={"objectClass": "classStore"}),
        Add(dn=f"CN=Packages,{store}", attributes={"objectClass": "classStore"}),
        Add(
            dn=f"CN={PACKAGE},CN=Packages,{store}",
            attributes={
                "objectClass": "packageRegistration",
                "displayName": "OldMSP Agent",
                "packageName": "OldMSP Agent",
                "msiFileList": f"0:{PACKAGE_PATH}",
                "msiScriptName": "A",
                "packageFlags": "-1066401744",
            },
        ),
    )


SPECIMENS: tuple[Specimen, ...] = (
    specimen(
        "software that a policy installs from the provider's server",
        39,
        f"{PACKAGE_PATH} on all workstations",
        *_below_machine(),
    ),
)
TOLD_BY_FILES = (
    ("a password in a policy", "Groups.xml and ScheduledTasks.xml: cpassword"),
    ("a password in a login script", "map.cmd: net use with a password"),
    ("local administrators set by a policy", f"{TECHNICIANS} in Groups.xml and GptTmpl.inf"),
    ("an update server set by a policy", "http://wsus.oldmsp.example:8530"),
    ("a startup script on the provider's server", "\\\\nas.oldmsp.example\\deploy\\startup.cmd"),
    ("a task set by a policy", "OldMSP maintenance, as svc-rmm"),
    ("a file that a plain user may not read", UNREADABLE),
)
