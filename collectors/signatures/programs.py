"""How agents of providers are called as installed programs, as device management lists them.

Names are those of the vendors' products, from memory; a part of the name is enough, so that
versions and editions do not matter. Some vendors call their agents by words that say nothing
("Windows Agent"): these are recognised by their maker. A product that hosts may have as well is
called as there. What is not recognised: an agent under a name of its own (branded), one that is
not entered into the list of installed programs, and most products that only a person starts.
"""

import re

from msgspec import Struct

MOST_READ = 300  # characters of a name


class Program(Struct, frozen=True):
    """An agent as an installed program."""

    product: str
    type: str  # as in Signature: "remote control", "management", "monitoring", "backup", ...


def _patterns(
    type_: str, *products: tuple[str, str]
) -> tuple[tuple[Program, re.Pattern[str]], ...]:
    return tuple(
        (Program(product, type_), re.compile(rf"(?i){name}")) for product, name in products
    )


_REMOTE = "remote control"
PROGRAMS = (
    *_patterns(
        _REMOTE,
        ("ScreenConnect", r"\bscreen ?connect\b|connectwise control"),
        ("ConnectWise Automate", r"connectwise automate|\blabtech\b"),
        ("ConnectWise RMM", r"\bITSPlatform\b|\bITSupport247\b|\bSAAZ|connectwise rmm"),
        ("NinjaOne", r"ninja ?rmm|ninja ?one|\bninja remote\b"),
        ("Datto RMM", r"datto rmm|centrastage"),
        ("Atera", r"\batera ?agent\b|^atera$"),
        ("N-able N-sight", r"advanced monitoring agent|\bn-sight\b"),
        ("N-able N-central", r"\bn-central\b"),
        ("N-able Take Control", r"\btake control\b|\bBASupport"),
        ("Kaseya VSA", r"\bkaseya\b"),
        ("Syncro", r"\bsyncro\b|\bkabuto\b"),
        ("Action1", r"\baction1\b"),
        ("Pulseway", r"\bpulseway\b"),
        ("SuperOps", r"\bsuper ?ops\b"),
        ("Level", r"^level(?: agent)?$"),
        ("Tactical RMM", r"\btactical ?(?:rmm|agent)\b"),
        ("MeshCentral", r"\bmesh ?(?:agent|central)\b"),
        ("ManageEngine Endpoint Central", r"(?:manageengine|endpoint central|uems).*\bagent\b"),
        ("Zoho Assist", r"\bzoho assist\b"),
        ("TeamViewer", r"\bteamviewer\b"),
        ("AnyDesk", r"\banydesk\b"),
        ("Splashtop", r"\bsplashtop\b"),
        ("LogMeIn", r"\blogmein\b|\bgoto ?resolve\b|\bgotoassist\b"),
        ("RustDesk", r"\brustdesk\b"),
        ("BeyondTrust", r"\bbeyondtrust\b|\bbomgar\b"),
        ("DameWare", r"\bdameware\b"),
        ("VNC server", r"\b(?:real|tight|ultra|tiger)? ?vnc\b(?! viewer)"),
        ("Chrome Remote Desktop", r"\bchrome remote desktop\b"),
        ("ISL Online", r"\bisl (?:alwayson|light)\b"),
        ("DWAgent", r"\bdwagent\b|\bdwservice\b"),
        ("SimpleHelp", r"\bsimple ?help\b"),
        ("Remote Utilities", r"\bremote utilities\b.*\bhost\b"),
        ("Supremo", r"\bsupremo\b"),
        ("Radmin", r"\bradmin server\b"),
        ("NetSupport", r"\bnetsupport\b.*\bclient\b|\bnetsupport manager\b"),
        ("NoMachine", r"\bnomachine\b"),
    ),
    *_patterns(
        "backup",
        ("Veeam agent", r"\bveeam\b"),
        ("Acronis", r"\bacronis\b|\bcyber protect\b"),
        ("Datto backup", r"datto (?:windows )?(?:agent|backup|cloud continuity)"),
        ("Cove", r"\bcove data protection\b|^backup manager\b"),
        ("Carbonite", r"\bcarbonite\b"),
        ("CrashPlan", r"\bcrashplan\b|\bcode42\b"),
        ("MSP360", r"\bmsp360\b|\bcloudberry\b"),
        ("Synology Active Backup", r"\bactive backup for business\b"),
        ("Macrium", r"\bmacrium\b"),
        ("Axcient", r"\baxcient\b"),
        ("Druva", r"\bdruva\b"),
        ("ShadowProtect", r"\bstoragecraft\b|\bshadowprotect\b"),
        ("Arcserve", r"\barcserve\b"),
        ("Altaro", r"\baltaro\b"),
        ("Backup Exec", r"\bbackup exec\b"),
        ("Commvault", r"\bcommvault\b"),
        ("UrBackup", r"\burbackup\b"),
    ),
    *_patterns(
        "monitoring",
        ("Zabbix agent 2", r"\bzabbix agent 2\b"),
        ("Zabbix agent", r"\bzabbix agent\b"),
        ("Checkmk agent", r"\bcheck ?_?mk agent\b"),
        ("PRTG probe", r"\bprtg\b"),
        ("Auvik", r"\bauvik\b"),
        ("Lansweeper", r"\blansweeper\b|\blsagent\b"),
        ("Liongard", r"\bliongard\b|\broar agent\b"),
        ("NSClient++", r"\bnsclient\+\+"),
        ("Datadog agent", r"\bdatadog agent\b"),
        ("New Relic", r"\bnew relic\b"),
        ("Site24x7", r"\bsite24x7\b"),
        ("Icinga 2", r"\bicinga ?2\b"),
    ),
    *_patterns(
        "security",
        ("Huntress", r"\bhuntress\b"),
        ("ThreatLocker", r"\bthreatlocker\b"),
        ("CrowdStrike Falcon", r"\bcrowdstrike\b"),
        ("SentinelOne", r"\bsentinelone\b|^sentinel agent\b"),
        ("Sophos", r"\bsophos\b.*\b(?:endpoint|agent)\b"),
        ("ESET", r"\beset (?:endpoint|management|server|file security)\b"),
        ("Bitdefender", r"\bbitdefender endpoint\b"),
        ("Wazuh", r"\bwazuh\b"),
        ("Webroot", r"\bwebroot\b"),
        ("Malwarebytes", r"\bmalwarebytes endpoint\b"),
        ("Trend Micro", r"\btrend micro\b.*\bagent\b|\bworry-free\b"),
        ("Cortex XDR", r"\bcortex xdr\b"),
        ("Carbon Black", r"\bcarbon black\b"),
        ("Trellix", r"\btrellix agent\b|\bmcafee agent\b"),
        ("Rapid7", r"\brapid7\b"),
        ("Qualys", r"\bqualys\b"),
        ("Nessus agent", r"\bnessus agent\b"),
        ("Datto EDR", r"\bdatto edr\b"),
    ),
    *_patterns(
        "management",
        ("Puppet agent", r"\bpuppet agent\b"),
        ("Salt minion", r"\bsalt minion\b"),
        ("Chef", r"\bchef (?:infra )?client\b"),
        ("JumpCloud", r"\bjumpcloud\b"),
        ("Automox", r"\bautomox\b"),
        ("ImmyBot", r"\bimmy ?bot\b"),
        ("PDQ", r"\bpdq ?connect\b"),
        ("Ivanti", r"\bivanti\b.*\b(?:agent|endpoint manager)\b"),
    ),
    *_patterns(
        "tunnel",
        ("Tailscale", r"\btailscale\b"),
        ("ZeroTier", r"\bzerotier\b"),
        ("ngrok", r"\bngrok\b"),
        ("cloudflared", r"\bcloudflared\b"),
        ("Cloudflare WARP", r"\bcloudflare warp\b"),
        ("NetBird", r"\bnetbird\b"),
        ("Twingate", r"\btwingate\b"),
    ),
)
MAKERS = _patterns(  # whose programs on a PC belong to the agent, whatever they are called
    _REMOTE,
    ("ConnectWise", r"^connectwise\b"),
    ("N-able", r"^n-able\b|^solarwinds msp\b"),
    ("NinjaOne", r"^ninja ?(?:rmm|one)\b"),
    ("Atera", r"^atera\b"),
    ("Kaseya VSA", r"^kaseya\b"),
    ("Syncro", r"^servably\b"),
    ("Pulseway", r"^mmsoft design\b"),
    ("Tactical RMM", r"^amidaware\b"),
)


def of_program(name: str, publisher: str = "") -> Program | None:
    """Return the agent that a program is, by its name, else by its maker; None: none of these."""
    for text, patterns in ((name, PROGRAMS), (publisher, MAKERS)):
        for program, pattern in patterns:
            if pattern.search(text[:MOST_READ].strip()):
                return program
    return None
