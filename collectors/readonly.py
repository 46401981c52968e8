"""Which commands only read, and with which words: the table that the linter judges by.

What is not in the table is refused. A rule gets the words after the command's name (those that are
only known when it runs begin with UNKNOWN), and returns what is wrong with them; empty: nothing.
"""

from collections.abc import Callable, Sequence

from collectors.filters import UNKNOWN, awk_problem, sed_problem

Rule = Callable[[Sequence[str]], str]


def anything(_words: Sequence[str]) -> str:
    """Allow all words: nothing that this command is told makes it write."""
    return ""


def _without(*refused: str, letters: str = "") -> Rule:
    """Return a rule that refuses options: whole words, or letters in a cluster such as `-lK`."""

    def rule(words: Sequence[str]) -> str:
        for word in words:
            cluster = word[1:] if word.startswith("-") and not word.startswith("--") else ""
            if word.split("=")[0] in refused or set(cluster) & set(letters):
                return f"the option {word} is not read-only"
        return ""

    return rule


def _verb(*allowed: str, flags: str = "", values: str = "", needs: str = "") -> Rule:
    """Return a rule: the first word that is no option is an allowed verb; "" allows none at all.

    `flags`: the options that may stand anywhere; `values`: those that take a value, only behind the
    verb or with `=`; `needs`: a word that must be there. A verb of two words has a space.
    """
    known, with_value = frozenset(flags.split()), frozenset(values.split())

    def rule(words: Sequence[str]) -> str:
        plain: list[str] = []
        for word in words:
            name, is_given, _ = word.partition("=")
            if not word.startswith("-"):
                plain.append(word)
            elif word not in known and not (name in with_value and (is_given or plain)):
                return f"the option {word} is not known to be read-only"
        if needs and needs not in words:
            return f"needs {needs}, so that it writes nothing"
        said = " ".join(plain)
        if any(said == verb or (verb and said.startswith(f"{verb} ")) for verb in allowed):
            return ""
        return f"{said or 'no verb'} is not known to be read-only"

    return rule


def _exactly(*allowed: str) -> Rule:
    """Return a rule: the words are one of these lines."""

    def rule(words: Sequence[str]) -> str:
        said = " ".join(words)
        return "" if said in allowed else f"{said!r} is not known to be read-only"

    return rule


def _operands(most: int) -> Rule:
    """Return a rule: no more operands than that, because a further one is written to."""

    def rule(words: Sequence[str]) -> str:
        plain = [word for word in words if not word.startswith("-")]
        return "" if len(plain) <= most else f"{plain[most]} would be written to"

    return rule


def _date(words: Sequence[str]) -> str:
    """Allow a format alone: a bare time would set the clock (date(1))."""
    harmless = all(word.startswith("+") or word == "-u" for word in words)
    return "" if harmless else "only `date [-u] +FORMAT` is known to be read-only"


def _command(words: Sequence[str]) -> str:
    """Allow to look for a program, not to start one."""
    return (
        "" if words[:1] == ("-v",) and len(words) == 2 else "only `command -v NAME` starts nothing"
    )


def _ip(words: Sequence[str]) -> str:
    """Allow `ip [-o] OBJECT show ...` (ip(8))."""
    plain = [word for word in words if not word.startswith("-")]
    known = {"-o", "-4", "-6", "-d", "-j", "-br", "-s", "-N"}
    if set(words) - set(plain) - known or plain[1:2] != ["show"] or plain[0] == "netns":
        return "only `ip OBJECT show` is known to be read-only"
    return ""


def _wg(words: Sequence[str]) -> str:
    """Allow what shows no secret key: `wg show all endpoints` (wg(8))."""
    secret = {"dump", "private-key", "preshared-keys"}
    harmless = len(words) == 3 and words[0] == "show" and words[2] not in secret
    return "" if harmless else "only `wg show INTERFACE SUBJECT` without secrets is read-only"


def _openssl(words: Sequence[str]) -> str:
    """Allow certificates to be shown, and a server to be asked for its own (openssl(1))."""
    if not words or words[0] not in ("x509", "s_client", "version"):
        return "only x509, s_client and version are known to be read-only"
    writes = (
        "-out",
        "-writerand",
        "-keylogfile",
        "-sess_out",
        "-signkey",
        "-key",
        "-CAkey",
        "-req",
    )
    return _without(*writes)(words)


def _find(words: Sequence[str]) -> str:
    """Allow searches that start nothing, remove nothing and print nothing into files (find(1))."""
    if any(word.startswith(UNKNOWN) for word in words):
        return "words that are not known before could be actions"
    return _without(
        *("-exec", "-execdir", "-ok", "-okdir", "-delete"),
        *("-fprint", "-fprint0", "-fprintf", "-fls"),
    )(words)


def _dnf(words: Sequence[str]) -> str:
    verbs = ("check-update", "list", "info", "updateinfo", "repolist")
    return _verb(*verbs, flags="-q -C", needs="-C")(words)


def _pacman(words: Sequence[str]) -> str:
    queries = [word for word in words if word.startswith("-")]
    is_query = (
        len(queries) == 1 and queries[0].startswith("-Q") and set(queries[0][2:]) <= set("uqnmi")
    )
    return "" if is_query else "only `pacman -Q` is read-only"


def _rpm(words: Sequence[str]) -> str:
    """Allow the list of packages in a format; `--pipe` and `--eval` start programs (rpm(8))."""
    is_list = words[:1] == ("-qa",) and (
        len(words) == 1 or (words[1] == "--qf" and len(words) == 3)
    )
    return "" if is_list else "only `rpm -qa [--qf FORMAT]` is known to be read-only"


def _apt_get(words: Sequence[str]) -> str:
    simulates = any(word in ("-s", "--simulate", "--dry-run") for word in words)
    return "" if simulates else "apt-get without -s is not read-only"


def _apt(words: Sequence[str]) -> str:
    kept = list(words)
    while "-o" in kept:
        place = kept.index("-o")
        if kept[place + 1 : place + 2] not in (
            ["Dir::Cache::pkgcache="],
            ["Dir::Cache::srcpkgcache="],
        ):
            return "only the options that leave its caches alone"
        del kept[place : place + 2]
    return _verb("list", flags="--upgradable --installed")(kept)


_CONTAINERS = _verb(
    *("ps", "inspect", "info", "version", "images", "image ls", "container ls", "pod ps"),
    flags="-a --all --no-trunc",
    values="--format",
)
_SYSTEMCTL = _verb(
    *("show", "status", "cat", "get-default", "is-active", "is-enabled", "is-failed"),
    *("is-system-running", "list-units", "list-unit-files", "list-timers", "list-sockets"),
    *("list-dependencies", "list-jobs", "list-machines"),
    flags="--all --full --no-legend --no-pager --plain --failed",
    values="--type --state --property",
)

RULES: dict[str, Rule] = {
    **dict.fromkeys(
        (
            *("[", ":", "true", "false", "test", "echo", "printf", "cat", "head", "tail", "cut"),
            *("tr", "wc", "grep", "stat", "ls", "readlink", "basename", "dirname", "id", "uname"),
            *("df", "who", "last", "ps", "lsblk", "getent", "systemd-detect-virt", "getenforce"),
            *("exit", "continue", "break", "cd", "set", "shift"),
        ),
        anything,
    ),
    "awk": awk_problem,
    "sed": sed_problem,
    "find": _find,
    "read": _without("-p", "-u"),
    "sort": _without("-o", "--output", "-T", "--compress-program", letters="oT"),
    "uniq": _operands(1),
    "date": _date,
    "command": _command,
    "lastlog": _exactly(""),
    "lastlog2": _exactly(""),
    "wtmpdb": _verb("last", flags="-w -F"),
    "ss": _without("--kill", letters="KD"),
    "ip": _ip,
    "wg": _wg,
    "nft": _verb("list ruleset"),
    "iptables-save": _exactly(""),
    "ip6tables-save": _exactly(""),
    "sshd": _exactly("-T"),
    "vgs": _verb("", flags="--readonly --noheadings -o+pv_name", needs="--readonly"),
    "zpool": _verb("list", "status", "get", flags="-H", values="-o"),
    "openssl": _openssl,
    "systemctl": _SYSTEMCTL,
    "rc-status": _verb("", flags="--nocolor --servicelist"),
    "rc-update": _exactly("show"),
    "docker": _CONTAINERS,
    "podman": _CONTAINERS,
    "crictl": _verb("ps", "images", "pods", "info", "version", flags="-a"),
    "chronyc": _verb("tracking", "sources", "sourcestats", "activity", flags="-n"),
    "ntpq": _exactly("-n -c rv", "-n -c peers", "-np"),
    "dpkg-query": _without("--admindir", "--root"),
    "rpm": _rpm,
    "apt": _apt,
    "apt-get": _apt_get,
    "apk": _verb("info", "list", "version", "policy", flags="-l -v -I"),
    "pacman": _pacman,
    "dnf": _dnf,
    "yum": _dnf,
    "zypper": _verb(
        *("list-updates", "list-patches", "lu", "lp", "repos", "packages"),
        flags="--no-refresh --non-interactive --quiet",
        needs="--no-refresh",
    ),
    "snap": _verb("list", "version"),
    "flatpak": _verb("list", "remotes", flags="--system", values="--columns"),
    "tailscale": _verb("status", flags="--json", values="--peers"),
    "mdatp": _verb("health", values="--field"),
    "cmk-agent-ctl": _exactly("status --json --no-query-remote"),
    "falconctl": _exactly("-g --cid"),
    "sentinelctl": _exactly("management status"),
}
RULES["egrep"] = RULES["fgrep"] = RULES["grep"]
