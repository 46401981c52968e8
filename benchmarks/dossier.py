"""How long the documents of a large fleet take: judged, and written as HTML and Markdown.

Every host is this machine under another name, asked once. HOSTS=1000 python -m benchmarks dossier
"""

import os
import resource
import tempfile
import time
from pathlib import Path

from agent.documents.told import Told
from agent.documents.write import write
from agent.judge.case import Case, Dates
from agent.judge.judgement import Judgement
from agent.transition.checklist import checklist
from agent.transition.memory import memory_of, with_notes
from agent.transition.news import news
from collectors.registry import builtin, of_source
from collectors.runner import Collected, collect
from collectors.transports.local import ask_shell
from collectors.transports.script import host_asks
from collectors.transports.session import Become, Limits
from inventory.model.evidence import Evidence
from inventory.model.party import Leaving, Party, Person, Role
from inventory.reading import Reading, ReadingKey
from inventory.snapshot import MemorySnapshot, Seen

HOSTS = int(os.environ.get("FLEET", "1000"))
NOW = 1_800_000_000
PARTIES = (
    Party(role=Role.CLIENT, name="Client", accounts=("root",)),
    Party(
        role=Role.OUTGOING,
        name="OldMSP",
        leaving=Leaving.PROVIDER,
        people=(Person(name="Jane Doe", accounts=("jdoe",)),),
        servers=(".oldmsp.example",),
        accounts=("backup",),
    ),
)


def main() -> None:
    """Judge and write, and print the time that each took."""
    asks = [(name, ask) for name, ask in host_asks(of_source("ssh")) if not ask.deep]
    outcomes = ask_shell(asks, Become.NONE, Limits()).outcomes
    told = [
        (_reading(one, host), _seen(one, host))
        for one in (collect(c, outcomes, key=_key(c.name, "")) for c in of_source("ssh"))
        for host in (f"host{number:04}" for number in range(HOSTS))
    ]
    records = sum(len(rows) for _, rows in told)
    print(f"{HOSTS} hosts, {records} records")
    dates = Dates(NOW, NOW + 42 * 86_400)
    judgement = Judgement(Case(MemorySnapshot(1, told), PARTIES, dates, "Client"))
    start = time.process_time()
    items = _items(judgement)
    findings = len(judgement.findings)
    spent = time.process_time() - start
    print(f"- judged: {spent:.1f} s CPU, {findings} verdicts, {len(items)} lines")
    _write(Told(judgement, items, None, "0" * 64, NOW - 100, NOW, 1, None, "benchmark"))


def _items(judgement: Judgement):  # noqa: ANN202
    parsers = {one.name: one.parser for one in builtin()}
    empty = memory_of(())
    memory = with_notes(empty, news(judgement, empty, parsers=parsers, audited=NOW))
    return checklist(judgement, memory, parsers=parsers, audited=NOW)


def _write(told: Told) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        start = time.process_time()
        written = write(told, Path(scratch), ("html", "md"))
        spent = time.process_time() - start
        size = sum(path.stat().st_size for path in Path(scratch).rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"- written: {spent:.1f} s CPU (asked: 30 s), {len(written)} files, {size / 1e6:.0f} MB")
    print(f"- peak memory of the whole process: {peak:.0f} MB")


def _key(collector: str, host: str) -> ReadingKey:
    return ReadingKey("fleet", host, collector)


def _reading(one: Collected, host: str) -> Reading:
    was = one.reading
    return Reading(_key(was.key.collector, host), was.state, was.tells, was.gaps)


def _seen(one: Collected, host: str) -> tuple[Seen, ...]:
    name = one.reading.key.collector
    return tuple(
        Seen(record, Evidence("fleet", host, name, record.at, 1)) for record in one.records
    )
