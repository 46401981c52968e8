"""What the host's own firewall lets in, and from whom.

Sources: nft(8), iptables-save(8), ufw(8) and its user.rules, firewalld.zone(5), hosts_access(5).
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import structs

from collectors.settings import keeping, listed, settings
from collectors.spec import (
    KIB,
    Answer,
    Answers,
    SshCommand,
    SshFiles,
    Unreadable,
    collector,
    is_whole,
)
from inventory.model.evidence import Pointer
from inventory.model.network import Firewall, FirewallSource

# Asking must not load a kernel module: what is not loaded has no rules.
NFT = SshCommand(
    "nft",
    'm=/lib/modules/"$(uname -r)"/kernel/net/netfilter; '
    'if [ -d /sys/module/nf_tables ] || ! ls "$m"/nf_tables.ko* >/dev/null 2>&1;'
    " then $SUDO nft list ruleset; fi",
    tool="nft",
    needs="root",
    exact=("/usr/sbin/nft list ruleset",),
    most_bytes=1024 * KIB,
)
IPTABLES = SshCommand(
    "iptables",
    "if [ -e /proc/net/ip_tables_names ] || [ -d /sys/module/nf_tables ];"
    " then $SUDO iptables-save; fi",
    tool="iptables-save",
    needs="root",
    exact=("/usr/sbin/iptables-save",),
    most_bytes=1024 * KIB,
)
IP6TABLES = SshCommand(
    "ip6tables",
    "if [ -e /proc/net/ip6_tables_names ] || [ -d /sys/module/nf_tables ];"
    " then $SUDO ip6tables-save; fi",
    tool="ip6tables-save",
    needs="root",
    exact=("/usr/sbin/ip6tables-save",),
    most_bytes=1024 * KIB,
)
UFW = SshFiles(
    "ufw",
    ("/etc/ufw/ufw.conf", "/etc/default/ufw"),
    filter=keeping("enabled", "default_input_policy"),
)
UFW_RULES = SshFiles(
    "ufw_rules",
    ("/etc/ufw/user.rules", "/etc/ufw/user6.rules"),
    needs="root",
    grant=True,
    filter="sed '/^### tuple ### /!s/.*//'",
)
HOSTS_ALLOW = SshFiles("hosts_allow", ("/etc/hosts.allow",))

_TABLE = re.compile(r"\s*(?:chain|set|map|flowtable|table)\s+(\S+).*\{\s*")
_HOOK = re.compile(r"type (\w+) hook (\w+) .*?policy (\w+)")
_SET = re.compile(r"\bset (\S{1,100}) \{([^{}]{0,2000})elements = \{([^}]{0,200000})\}")
_SADDR = re.compile(r"\bip6? saddr (?!!=)(\{[^}]*\}|\S+)")
_DPORT = re.compile(r"\b(?:dport) (\{[^}]*\}|\S+)")
_ACCEPTS = re.compile(r"\baccept\b")
_REFUSES = re.compile(r"(?:counter packets \d+ bytes \d+ |log [^;]*)?(drop|reject)\b.*")
_SOURCE = re.compile(r"(?<!! )-s (\S+)")
_PORTS = re.compile(r"--(?:dport|dports) (\S+)")
_POLICY = re.compile(r":(\S+) (ACCEPT|DROP|REJECT|-).*")
_EVERYBODY = frozenset(("0.0.0.0/0", "::/0", "any", "ALL"))

Told = Firewall | FirewallSource | Unreadable


@collector("linux.nftables", asks=[NFT], tells=[Firewall, FirewallSource])
def nftables(shown: Answers) -> Iterator[Told]:
    """Yield whether nftables filters what comes in, and the sources that a rule accepts by name."""
    for answer in shown:
        sets = {name: listed(members) for name, _, members in _SET.findall(answer.text)}
        chain, kind, hook = "", "", ""
        policies: list[str] = []
        count = 0
        last = ""
        for number, line in answer.lines():
            text = line.strip()
            if heading := _TABLE.fullmatch(line):
                chain, kind, hook = heading.group(1), text.split()[0], ""
            elif found := _HOOK.match(text):
                hook = found.group(2) if found.group(1) == "filter" else "other"
                policies += [found.group(3)] if hook == "input" else []
            elif kind == "chain" and text not in ("}", "") and hook not in ("output", "other"):
                count += 1
                last = text if hook == "input" else last
                yield from _accepted(text, sets, answer.at(number))
        if not chain and answer.text.strip():
            yield Unreadable(answer.at(), "not a ruleset of nft")
            continue
        one = _firewall("nftables", policies, count, last, answer.at())
        yield from _as_far_as_seen(one, is_all=is_whole(shown))


def _accepted(rule: str, sets: dict[str, tuple[str, ...]], at: Pointer) -> Iterator[FirewallSource]:
    """Yield the sources of `ip saddr { 192.0.2.0/24, @office } tcp dport 22 accept`."""
    if not _ACCEPTS.search(rule):
        return
    port = _DPORT.search(rule)
    for found in _SADDR.finditer(rule[:8000]):
        for word in listed(found.group(1).strip("{} ")):
            members = sets.get(word[1:], (word,)) if word.startswith("@") else (word,)
            for source in members:
                yield FirewallSource(
                    at=at,
                    source=source,
                    port=port.group(1).strip("{} ") if port else None,
                    rule=rule[:300],
                )


def _firewall(kind: str, policies: Iterable[str], rules: int, last: str, at: Pointer) -> Firewall:
    """Return the firewall; a last rule that refuses everything is a default as well."""
    refuses = _REFUSES.fullmatch(last)
    defaults = sorted({*policies, *((refuses.group(1),) if refuses else ())})
    strict = [word for word in defaults if word != "accept"]
    default = strict[0] if strict else "accept" if defaults else None
    return Firewall(
        at=at, type=kind, is_active=bool(rules or strict), default_in=default, rules=rules
    )


def _as_far_as_seen(found: Firewall, *, is_all: bool) -> Iterator[Firewall]:
    """Yield the firewall; of a ruleset that broke off only that it filters, and what it refuses."""
    if is_all:
        yield found
    elif found.is_active:
        default = None if found.default_in == "accept" else found.default_in
        yield structs.replace(found, default_in=default, rules=None)


@collector("linux.iptables", asks=[IPTABLES, IP6TABLES], tells=[Firewall, FirewallSource])
def iptables(four: Answers, six: Answers) -> Iterator[Told]:
    """Yield whether iptables filters what comes in, and the sources that a rule accepts by name."""
    for answer, kind in ((four, "iptables"), (six, "ip6tables")):
        for one in answer:
            yield from _saved(one, kind, is_all=is_whole(answer))


def _saved(answer: Answer, kind: str, *, is_all: bool) -> Iterator[Told]:
    """Yield what a dump of iptables-save says of the table `filter`."""
    table, policy, last = "", [], ""
    rules = 0
    for number, line in answer.lines():
        if line.startswith("*"):
            table = line[1:].strip()
        elif line.startswith((":", "-A ")) and not table:
            yield Unreadable(answer.at(number), "a rule outside of a table")
        elif table == "filter" and (found := _POLICY.fullmatch(line)) and found.group(1) == "INPUT":
            policy = [found.group(2).lower()]
        elif table == "filter" and line.startswith("-A ") and not line.startswith("-A OUTPUT"):
            rules += 1
            if line.startswith("-A INPUT"):
                last = line.removeprefix("-A INPUT -j ").split()[0].lower()
            yield from _saved_source(line, answer.at(number))
        elif not line.startswith((":", "-", "#", "COMMIT", "[")):
            yield Unreadable(answer.at(number), "not a line of iptables-save")
    yield from _as_far_as_seen(_firewall(kind, policy, rules, last, answer.at()), is_all=is_all)


def _saved_source(rule: str, at: Pointer) -> Iterator[FirewallSource]:
    """Yield the source of `-A INPUT -s 192.0.2.7/32 -p tcp -m tcp --dport 22 -j ACCEPT`."""
    source, port = _SOURCE.search(rule), _PORTS.search(rule)
    if source and re.search(r" -[jg] ACCEPT\b", rule):
        yield FirewallSource(
            at=at,
            source=source.group(1).removesuffix("/32").removesuffix("/128"),
            port=port.group(1) if port else None,
            rule=rule[:300],
        )


@collector("linux.ufw", asks=[UFW], tells=[Firewall])
def ufw(files: Answers) -> Iterator[Firewall]:
    """Yield whether ufw is on, and its default for what comes in."""
    said = {s.key: s for answer in files for s in settings(answer)}
    enabled, default = said.get("enabled"), said.get("default_input_policy")
    if enabled:
        yield Firewall(
            at=enabled.at,
            type="ufw",
            is_active=enabled.value.lower() == "yes",
            default_in=default.value.lower() if default else None,
        )


@collector("linux.ufw_rules", asks=[UFW_RULES], tells=[FirewallSource])
def ufw_rules(files: Answers) -> Iterator[FirewallSource | Unreadable]:
    """Yield whom ufw lets in: `### tuple ### allow tcp 22 0.0.0.0/0 any 10.1.1.7 in`."""
    for answer in files:
        for number, line in answer.lines():
            words = line.removeprefix("### tuple ### ").split()
            if len(words) < 7:
                yield Unreadable(answer.at(number), "not a tuple of ufw", answer.path)
                continue
            action, _, port, _, _, source = words[:6]
            is_in = action.startswith(("allow", "limit")) and not action.startswith("route")
            if is_in and words[-1].startswith("in") and source not in _EVERYBODY:
                rule = " ".join(words)[:300]
                named = None if port == "any" else port
                yield FirewallSource(at=answer.at(number), source=source, port=named, rule=rule)


@collector("linux.hosts_allow", asks=[HOSTS_ALLOW], tells=[FirewallSource])
def hosts_allow(files: Answers) -> Iterator[FirewallSource | Unreadable]:
    """Yield whom hosts.allow lets in: `sshd: 192.0.2.0/255.255.255.0, .example.com`."""
    for answer in files:
        for number, line in answer.lines():
            text = line.strip()
            if text.startswith("#"):
                continue
            daemon, colon, rest = text.partition(":")
            if not colon:
                yield Unreadable(answer.at(number), "not a rule of hosts_access", answer.path)
                continue
            clients = re.split(r":(?=\s*[a-z])", rest)[0].split(" EXCEPT ")[0]
            for source in listed(clients):
                if source not in _EVERYBODY:
                    yield FirewallSource(
                        at=answer.at(number), source=source, port=daemon.strip(), rule=text[:300]
                    )
