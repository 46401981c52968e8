"""Targets that are asked without a network: a function answers, and a list keeps what came."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from agent.audit.targets import Target
from collectors.runner import Collected
from collectors.spec import Answer, Answers, Collector, SshFiles, Unreadable
from collectors.transports.session import Told
from inventory.model.account import Account
from inventory.model.evidence import Gap
from inventory.store import Identity

PASSWD = SshFiles("passwd", ("/etc/passwd",), absent="gap")
NAMES = Collector("test.names", (PASSWD,), (Account,), lambda answers: _names(answers))


def _names(passwd: Answers) -> Iterator[Account | Unreadable]:
    for answer in passwd:
        for number, line in answer.lines():
            if line == "crash":
                raise RuntimeError(f"the line is {line}")
            yield Account(name=line, uid=1, gid=1, home="/", shell="", at=answer.at(number))


def told(*names: str) -> Told:
    """Return what a host tells that has these accounts."""
    answer = Answer("test.names/passwd", "\n".join(names), "/etc/passwd")
    return Told({"test.names/passwd": ((answer,), ())}, as_root=True)


def target(
    name: str,
    answer: Callable[[], Told | Gap] = told,
    collectors: Sequence[Collector] = (NAMES,),
) -> Target:
    """Return a target that is answered by a function."""
    return Target("ssh", name, tuple(collectors), lambda _collectors, _leave_out: answer())


def raising(err: BaseException) -> Callable[[], Told | Gap]:
    """Return what fails when it is asked."""

    def fail() -> Told | Gap:
        raise err

    return fail


class Kept:
    """A ledger in memory: what was committed, in its order."""

    def __init__(self) -> None:
        self.targets: list[str] = []
        self.collected: dict[str, tuple[Collected, ...]] = {}
        self.at: dict[str, float] = {}

    def commit_target(
        self,
        source: str,
        target: str,
        collected: Iterable[Collected],
        identity: Identity | None = None,
    ) -> None:
        self.targets.append(target)
        self.collected[target] = tuple(collected)
        self.at[target] = time.monotonic()
