"""Which programs hold a way in open from outside: reverse SSH and tunnel clients.

Sources: ssh(1), autossh(1), proc(5), the command lines of cloudflared, ngrok, frpc and chisel.
"""

import re
from collections.abc import Iterator

from collectors.parse import quoted_words
from collectors.spec import Answer, Answers, SshCommand, Unreadable, collector
from inventory.model.operation import Tunnel

_NAMES = "cloudflared|ngrok|frpc|chisel|bore|gost|rathole|ligolo|pagekite|localtunnel|inlets"
_CALLS = rf"(^|[/ =@:-])((auto)?ssh[ ].*-[A-Za-z0-9]*R|({_NAMES})([ ]|$))"
# A token on a command line stays on the host.
_MASKED = (
    "sed -E 's/((token|key|secret|password|auth|pass)[= ]+)[^ ]+/\\1***/Ig;"
    "s#(://[^/@: ]*):[^/ ]*@#\\1@#g'"
)
PROCESSES = SshCommand(
    "processes",
    f"{{ ps -eo args 2>/dev/null || ps -o args; }} | grep -E '{_CALLS}' | grep -v 'grep -E'"
    f" | {_MASKED};"
    " if [ ! -r /proc/1/comm ]; then echo hidden; fi",
    tool="ps",
    no_tool="gap",
)
UNITS = SshCommand(
    "units",
    f"grep -sHE '^Exec[A-Za-z]*=.*{_CALLS.replace('(^|', '(', 1)}' /etc/systemd/system/*.service"
    " /etc/systemd/system/*.service.d/*.conf /usr/lib/systemd/system/*.service"
    f" /lib/systemd/system/*.service /etc/rc.local /etc/inittab | {_MASKED}",
    tool="grep",
)

_UNIT = re.compile(r"(/[^:]{1,300}):(?:Exec\w+=)?[-@:+!]*(.*)")
_WITH_VALUE = frozenset("BbcDEeFIiJLlmMOoPpQRSWw")  # options of ssh and autossh that take a value
_CLIENTS = frozenset(_NAMES.split("|"))
_VERBS = frozenset(("tunnel", "run", "service", "start", "client", "http", "tcp", "access"))


@collector("linux.tunnels", asks=[PROCESSES, UNITS], tells=[Tunnel])
def tunnels(processes: Answers, units: Answers) -> Iterator[Tunnel | Unreadable]:
    """Yield reverse SSH and tunnel clients that run, or that a unit starts."""
    for answer in processes:
        for number, line in answer.lines():
            if line == "hidden":
                detail = "other accounts' processes are hidden (proc(5), hidepid)"
                yield Unreadable(answer.at(number), detail, "processes")
            else:
                yield from _tunnel(answer, number, line, "process")
    for answer in units:
        for number, line in answer.lines():
            if unit := _UNIT.fullmatch(line[:4000]):
                yield from _tunnel(answer, number, unit.group(2), f"unit {unit.group(1)}")


def _tunnel(answer: Answer, number: int, call: str, found_by: str) -> Iterator[Tunnel | Unreadable]:
    """Yield the tunnel that a command line opens, if it opens one."""
    words = quoted_words(call[:4000]) or tuple(call[:4000].split())
    names = [word.rpartition("/")[2] for word in words]
    start = next((i for i, n in enumerate(names) if n in ("ssh", "autossh") or n in _CLIENTS), None)
    if start is None:
        return
    at, arguments = answer.at(number), words[start + 1 :]
    if names[start] in _CLIENTS:
        yield Tunnel(at=at, program=names[start], target=_endpoint(arguments), found_by=found_by)
        return
    forwards, destination = _ssh(arguments)
    if forwards and destination:
        opened = f"{found_by}: -R {', '.join(forwards)}"
        yield Tunnel(at=at, program=names[start], target=destination, found_by=opened)
    elif forwards:
        yield Unreadable(at, "a reverse tunnel without a destination")


def _ssh(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Return what `-fN -R 2222:localhost:22 user@host` forwards, and to whom."""
    forwards: list[str] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-"):
            return tuple(forwards), word
        option = next((i for i, letter in enumerate(word) if i and letter in _WITH_VALUE), None)
        if option is None:
            continue
        value = word[option + 1 :] or next(rest, "")
        if word[option] == "R":
            forwards.append(value)
    return tuple(forwards), ""


def _endpoint(words: tuple[str, ...]) -> str:
    """Return the server, name or address that a client is called with; empty: it is not said."""
    named = (word for word in words if not word.startswith("-") and "***" not in word)
    plain = [word for word in named if word not in _VERBS]
    servers = [w for w in plain if re.search(r"\w\.\w", w) and not w.startswith(("/", "./"))]
    return servers[0] if servers else plain[-1] if plain else ""
