"""How agents of providers are called as installed programs, as device management lists them.

Names are those of the vendors' products; a part of the name or of the maker's is enough, so that
versions and editions do not matter. A program under a name of its own (a branded agent) is not
recognised by it.
"""

import re

from msgspec import Struct


class Program(Struct, frozen=True):
    """An agent as an installed program."""

    product: str
    type: str  # as in Signature: "remote control", "management", "monitoring", "backup", ...
    name: re.Pattern[str]


def _program(product: str, type_: str, name: str) -> Program:
    return Program(product, type_, re.compile(rf"(?i){name}"))


_RMM, _BACKUP, _MONITOR, _TUNNEL = "remote control", "backup", "monitoring", "tunnel"
PROGRAMS: tuple[Program, ...] = (
    _program("ScreenConnect", _RMM, r"\bscreen ?connect\b|connectwise control"),
    _program("ConnectWise Automate", _RMM, r"connectwise automate|labtech"),
    _program("ConnectWise RMM", _RMM, r"\bITSPlatform\b|connectwise rmm"),
    _program("NinjaOne", _RMM, r"ninja ?rmm|ninjaone"),
    _program("Datto RMM", _RMM, r"datto rmm|centrastage"),
    _program("Atera", _RMM, r"\batera ?agent\b|\batera\b"),
    _program("N-able", _RMM, r"n-able|n-central|take control agent|advanced monitoring agent"),
    _program("Kaseya VSA", _RMM, r"kaseya"),
    _program("Syncro", _RMM, r"\bsyncro\b"),
    _program("Action1", _RMM, r"\baction1\b"),
    _program("Pulseway", _RMM, r"pulseway"),
    _program("SuperOps", _RMM, r"superops"),
    _program("Level", _RMM, r"^level(?: agent)?$"),
    _program("Tactical RMM", _RMM, r"tactical ?rmm|mesh ?agent|mesh ?central"),
    _program("ManageEngine", "management", r"manageengine|zoho assist"),
    _program("TeamViewer", _RMM, r"teamviewer"),
    _program("AnyDesk", _RMM, r"anydesk"),
    _program("Splashtop", _RMM, r"splashtop"),
    _program("LogMeIn", _RMM, r"logmein|goto ?resolve|gotoassist|rescue applet"),
    _program("RustDesk", _RMM, r"rustdesk"),
    _program("BeyondTrust", _RMM, r"beyondtrust|bomgar"),
    _program("DameWare", _RMM, r"dameware"),
    _program("VNC", _RMM, r"\b(?:real|tight|ultra|tiger)? ?vnc\b|vnc (?:server|connect)"),
    _program("Chrome Remote Desktop", _RMM, r"chrome remote desktop"),
    _program("ISL Online", _RMM, r"\bisl (?:alwayson|light)"),
    _program("Veeam", _BACKUP, r"\bveeam\b"),
    _program("Acronis", _BACKUP, r"\bacronis\b|cyber protect"),
    _program("Datto backup", _BACKUP, r"datto (?:windows )?(?:agent|backup|cloud continuity)"),
    _program("Cove", _BACKUP, r"cove data protection|backup manager"),
    _program("Carbonite", _BACKUP, r"carbonite"),
    _program("CrashPlan", _BACKUP, r"crashplan|code42"),
    _program("MSP360", _BACKUP, r"msp360|cloudberry"),
    _program("Synology Active Backup", _BACKUP, r"active backup for business"),
    _program("Macrium", _BACKUP, r"macrium"),
    _program("Axcient", _BACKUP, r"axcient"),
    _program("Druva", _BACKUP, r"\bdruva\b"),
    _program("Zabbix", _MONITOR, r"zabbix agent"),
    _program("Checkmk", _MONITOR, r"check ?_?mk agent"),
    _program("PRTG", _MONITOR, r"\bprtg\b"),
    _program("Auvik", _MONITOR, r"auvik"),
    _program("Lansweeper", _MONITOR, r"lansweeper|lsagent"),
    _program("Liongard", _MONITOR, r"liongard|roar agent"),
    _program("Huntress", "security", r"huntress"),
    _program("ThreatLocker", "security", r"threatlocker"),
    _program("Tailscale", _TUNNEL, r"tailscale"),
    _program("ZeroTier", _TUNNEL, r"zerotier"),
    _program("ngrok", _TUNNEL, r"\bngrok\b"),
    _program("Cloudflare WARP", _TUNNEL, r"cloudflare warp|cloudflared"),
)


def of_program(name: str, publisher: str = "") -> Program | None:
    """Return the agent that a program is, by its name, else by its maker; None: none of these."""
    for text in (name, publisher):
        for one in PROGRAMS:
            if text and one.name.search(text[:300]):
                return one
    return None
