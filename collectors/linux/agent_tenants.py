"""Which tenant or site an agent belongs to, where only the agent itself can say it.

Sources: falconctl(8) of CrowdStrike, mdatp health, sentinelctl management status, tailscale status,
cmk-agent-ctl status, the files of ZeroTier (https://docs.zerotier.com/config).
"""

import json
import re
from collections.abc import Iterator
from posixpath import basename

from collectors.settings import host_of, settings
from collectors.spec import Answer, Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.model.operation import Agent

_FALCONCTL = "/opt/CrowdStrike/falconctl"
_SENTINELCTL = "/opt/sentinelone/bin/sentinelctl"
FALCON = SshCommand(
    "falcon",
    f"$SUDO {_FALCONCTL} -g --cid",
    tool=_FALCONCTL,
    needs="root",
    exact=(f"{_FALCONCTL} -g --cid",),
    empty="gap",
)
DEFENDER = SshCommand("defender", "mdatp health --field org_id", empty="gap")
SENTINEL = SshCommand(
    "sentinel",
    f"said=$($SUDO {_SENTINELCTL} management status) || exit; printf '%s\\n' \"$said\""
    " | grep -iE '^[^a-z]*(url|connectivity)[^a-z]'",
    tool=_SENTINELCTL,
    needs="root",
    exact=(f"{_SENTINELCTL} management status",),
    empty="gap",
)
TAILSCALE = SshCommand(
    "tailscale",
    "tailscale status --json --peers=false"
    """ | grep -E '"(BackendState|MagicDNSSuffix|Name|LoginName)"'""",
    empty="gap",
)
# Without the last word the agent would call its server.
CHECKMK = SshCommand(
    "checkmk",
    "$SUDO cmk-agent-ctl status --json --no-query-remote",
    tool="cmk-agent-ctl",
    needs="root",
    empty="gap",
    exact=("/usr/bin/cmk-agent-ctl status --json --no-query-remote",),
)
ZEROTIER = SshFiles(
    "zerotier", ("/var/lib/zerotier-one/networks.d/*.conf",), needs="root", content=False
)

_CID = re.compile(r"cid=\"?([0-9A-Fa-f]{32})\b")
_ORG = re.compile(r"\"?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\"?")
_NETWORK = re.compile(r"([0-9a-f]{16})\.conf")
_JSON_LINE = re.compile(r"\s*\"(\w{1,40})\":\s*\"([^\"]{1,300})\",?\s*")


@collector("linux.crowdstrike", asks=[FALCON], tells=[Agent])
def crowdstrike(falcon: Answers) -> Iterator[Agent | Unreadable]:
    """Yield the customer id of CrowdStrike: `cid="0123456789abcdef0123456789abcdef".`."""
    for answer in falcon:
        found = _CID.search(answer.text)
        if found:
            yield _agent(answer, "CrowdStrike Falcon", instance=found.group(1).lower())
        else:
            yield Unreadable(answer.at(), "no customer id in the answer of falconctl")


@collector("linux.defender", asks=[DEFENDER], tells=[Agent])
def defender(shown: Answers) -> Iterator[Agent | Unreadable]:
    """Yield the organisation that Defender for Endpoint reports to; `""` before it has one."""
    for answer in shown:
        text = answer.text.strip()
        if found := _ORG.fullmatch(text):
            yield _agent(answer, "Defender for Endpoint", instance=found.group(1).lower())
        elif text not in ('""', "unavailable"):
            yield Unreadable(answer.at(), "not an organisation's id")


@collector("linux.sentinelone", asks=[SENTINEL], tells=[Agent])
def sentinelone(shown: Answers) -> Iterator[Agent | Unreadable]:
    """Yield the console of SentinelOne: `URL: https://example-1.sentinelone.net`."""
    for answer in shown:
        hosts = [host_of(s.value) for s in settings(answer) if s.key == "url" and s.value]
        if not hosts:
            yield Unreadable(answer.at(), "no URL in the answer of sentinelctl")
        for host in hosts:
            yield _agent(answer, "SentinelOne", server=host)


@collector("linux.tailscale", asks=[TAILSCALE], tells=[Agent])
def tailscale(shown: Answers) -> Iterator[Agent | Unreadable]:
    """Yield the tailnet that the host is in, and the login that it belongs to."""
    for answer in shown:
        lines = [_JSON_LINE.fullmatch(text) for _, text in answer.lines()]
        said = [(line.group(1), line.group(2)) for line in lines if line]
        if not said:
            yield Unreadable(answer.at(), "not the status of tailscale")
        state = "running" if ("BackendState", "Running") in said else "installed"
        for tailnet in dict.fromkeys(v for k, v in said if k in ("Name", "LoginName")):
            yield _agent(answer, "Tailscale", instance=tailnet, state=state)


@collector("linux.checkmk", asks=[CHECKMK], tells=[Agent])
def checkmk(shown: Answers) -> Iterator[Agent | Unreadable]:
    """Yield the sites that the Checkmk agent is registered with: `{"connections": [...]}`."""
    for answer in shown:
        try:
            said = json.loads(answer.text)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or not isinstance(said.get("connections"), list):
            yield Unreadable(answer.at(), "not the status of cmk-agent-ctl")
            continue
        for connection in said["connections"]:
            site = connection.get("site_id") if isinstance(connection, dict) else None
            if not isinstance(site, str):
                yield Unreadable(answer.at(), "a connection without its site")
                continue
            server, _, name = site.partition("/")
            yield _agent(answer, "Checkmk agent", server=server, instance=name or None)


@collector("linux.zerotier", asks=[ZEROTIER], tells=[Agent])
def zerotier(files: Answers) -> Iterator[Agent]:
    """Yield the networks of ZeroTier that the host has joined: `networks.d/<16 hex>.conf`."""
    for answer in files:
        if found := _NETWORK.fullmatch(basename(answer.path)):
            yield _agent(answer, "ZeroTier", instance=found.group(1))


_TYPES = {"Tailscale": "tunnel", "ZeroTier": "tunnel", "Checkmk agent": "monitoring"}


def _agent(
    answer: Answer,
    product: str,
    *,
    server: str | None = None,
    instance: str | None = None,
    state: str = "installed",
) -> Agent:
    return Agent(
        at=answer.at(),
        product=product,
        type=_TYPES.get(product, "security"),
        state=state,
        server=server,
        instance=instance,
        found_by=f"asked {product}" if not answer.path else f"path {answer.path}",
    )
