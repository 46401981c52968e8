"""`handover checklist`: the lines, what evidence says of them, and what people say."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

from agent.cli.output import Listed, Shown, forms, of_audit, say
from agent.cli.tables import Table
from agent.engagement.mistakes import nearest, shown
from inventory.errors import ConfigError
from inventory.model.evidence import Evidence
from inventory.model.moment import iso_day
from inventory.snapshot import Blank

if TYPE_CHECKING:
    from agent.cli.opening import Opened
    from agent.transition.item import Item
    from agent.transition.memory import Memory, Note

Command = TypeVar("Command", bound=Callable[..., Any])
PROVED = ("done", "attested", "not theirs")
MOST_EVIDENCE = 256 * 1024 * 1024  # bytes of one file


class Place(Struct, frozen=True):
    """A box under a line, in JSON."""

    target: str
    text: str
    verdict: str
    evidence: str


class Line(Struct, frozen=True):
    """A checklist line in JSON."""

    id: str
    act: str
    gate: str
    title: str
    verdict: str
    says: str
    todo: str
    proof: str
    owner: str
    due: str
    after: str
    undo: str
    progress: str
    accepted: str
    boxes: tuple[Place, ...]
    unknown: tuple[int, ...]
    evidence: tuple[int, ...]


class Lines(Struct, frozen=True):
    """The value of `checklist`."""

    audit: int
    lines: tuple[Line, ...]


@click.group(invoke_without_command=True)
@click.pass_context
def checklist(ctx: click.Context) -> int:
    """Show the access-transfer checklist; a line closes by evidence only."""
    return ctx.invoke(show) if ctx.invoked_subcommand is None else 0


@checklist.command(short_help="Show the lines, and what will prove each.")
@click.argument("item", nargs=-1)
@click.option("--open", "only_open", is_flag=True, help="Only lines that nothing has closed.")
@of_audit
@forms
@click.pass_obj
def show(
    folder: Path,
    *,
    item: tuple[str, ...] = (),
    only_open: bool = False,
    audit: int | None = None,
    form: str = "text",
) -> int:
    """Show the lines; of each ITEM also the boxes, what to do, and what will prove it."""
    from agent.cli.finish import told_of
    from agent.cli.opening import opened

    with opened(folder) as found:
        told = told_of(found, found.judgement(audit))
        number = told.judgement.case.snapshot.audit
    items = [one for one in told.items if not (only_open and one.verdict.value in PROVED)]
    if item:
        items = _chosen(items, tuple(one.upper() for one in item))
    return say(_shown(number, items, in_detail=bool(item)), form)


def _chosen(items: "list[Item]", ids: tuple[str, ...]) -> "list[Item]":
    """Return the items of these ids. Raises ConfigError for one that is not there."""
    known = [one.id for one in items]
    for one in ids:
        if one not in known:
            raise ConfigError(f"no line {shown(one)}: {nearest(one, known)}")
    return [one for one in items if one.id in ids]


def _detail(line: Line) -> Iterator[Table]:
    """Yield what to do at a line and what will prove it, then its boxes."""
    said = (
        ("what to do", line.todo),
        ("verdict", " ".join(filter(None, (line.verdict, line.says)))),
        ("after", line.after),
        ("will be proved by", line.proof),
        ("undo", line.undo),
        ("declared", line.progress),
        ("accepted", line.accepted),
    )
    yield Table(("", ""), tuple(one for one in said if one[1]), f"{line.id} {line.title}")
    rows = tuple((box.target, box.verdict, box.text, box.evidence) for box in line.boxes)
    yield Table(("where", "verdict", "what", "evidence"), rows, none="no place is named")


def _shown(audit: int, items: "list[Item]", *, in_detail: bool) -> Shown:
    blanks: Listed[Blank] = Listed()
    evidence: Listed[Evidence] = Listed()
    lines = tuple(_line(item, blanks, evidence) for item in items)
    rows = tuple(
        (one.id, one.gate, one.verdict, one.title, _boxes(one), one.due, one.owner) for one in lines
    )
    table = Table(("id", "gate", "verdict", "line", "boxes", "due", "who"), rows)
    return Shown(
        value=Lines(audit, lines),
        tables=(table, *(one for line in lines for one in _detail(line) if in_detail)),
        unknown=blanks.all,
        evidence=evidence.all,
        notes=() if lines else ("no line to show",),
        in_doubt=any(one.verdict == "cannot tell" for one in lines),
    )


def _line(item: "Item", blanks: Listed[Blank], evidence: Listed[Evidence]) -> Line:
    return Line(
        id=item.id,
        act=item.act.value,
        gate=item.gate,
        title=item.title,
        verdict=item.verdict.value,
        says=item.says,
        todo=item.todo,
        proof=item.proof,
        owner=item.owner,
        due="" if item.due is None else iso_day(item.due),
        after=item.after,
        undo=item.undo,
        progress=item.progress,
        accepted=item.accepted,
        boxes=tuple(
            Place(box.target, box.text, box.verdict.value, box.evidence) for box in item.boxes
        ),
        unknown=blanks.of(item.blanks),
        evidence=evidence.of(place for hold in item.holds for place in hold.evidence),
    )


def _boxes(line: Line) -> str:
    """Return `2 done, 9 cannot tell`."""
    verdicts = [box.verdict for box in line.boxes]
    counts = (f"{verdicts.count(one)} {one}" for one in dict.fromkeys(verdicts))
    return ", ".join(counts)


def witnessed(command: Command) -> Command:
    """Give a command the options that say who speaks."""
    by = click.option("--by", required=True, help="The full name of who says so.")
    party = click.option("--party", required=True, help="client, outgoing, incoming, or a name.")
    return by(party(command))


def stated(command: Command) -> Command:
    """Give a command the options that say what was done."""
    what = click.option("--what", required=True, help="requested, received, tested, removed, ...")
    says = click.option("--says", default="", help="What else there is to say.")
    file = click.option(
        "--file",
        "files",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A file that shows it; its digest is kept. No pictures of secrets.",
    )
    return what(witnessed(says(file(command))))


@checklist.command(short_help="Say how far a line is; it proves nothing.")
@click.argument("item")
@stated
@click.pass_obj
def declare(folder: Path, /, *, item: str, by: str, files: tuple[Path, ...], **said: str) -> int:
    """Say how far ITEM is; it proves nothing, and an audit may contradict it."""
    from agent.transition.sayings import declaration

    return _noted(folder, _entry(declaration, item, by=by, files=files, said=said), by)


@checklist.command(short_help="Witness what no audit can observe.")
@click.argument("item")
@stated
@click.pass_obj
def attest(folder: Path, /, *, item: str, by: str, files: tuple[Path, ...], **said: str) -> int:
    """Witness ITEM, which no audit can observe; two people of two parties are needed."""
    from agent.transition.sayings import attestation

    return _noted(folder, _entry(attestation, item, by=by, files=files, said=said), by)


@checklist.command(short_help="Accept a line as an exception until a day.")
@click.argument("item")
@click.option("--reason", required=True, help="Why it may stay.")
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day, 2027-09-30."
)
@witnessed
@click.pass_obj
def accept(folder: Path, *, item: str, reason: str, until: datetime, by: str, party: str) -> int:
    """Accept ITEM as an exception until a day; its verdict stays what it is."""
    from datetime import UTC

    from agent.transition.sayings import acceptance

    def note(found: "Opened", memory: "Memory") -> "Note":
        return acceptance(
            memory,
            item,
            by=by,
            party=party,
            parties=found.engagement.parties,
            reason=reason,
            until=int(until.replace(tzinfo=UTC).timestamp()),
            now=int(time.time()),
        )

    return _noted(folder, note, by)


def _entry(
    make: "Callable[..., Note]",
    item: str,
    *,
    by: str,
    files: tuple[Path, ...],
    said: Mapping[str, str],
) -> "Callable[[Opened, Memory], Note]":
    """Return what makes the journal's entry, once the engagement and the lines are known."""

    def note(found: "Opened", memory: "Memory") -> "Note":
        kept = digests(files)
        return make(memory, item, by=by, parties=found.engagement.parties, files=kept, **said)

    return note


def _noted(folder: Path, note: "Callable[[Opened, Memory], Note]", by: str) -> int:
    """Add what was said to the journal."""
    from agent.cli.opening import opened
    from agent.transition.memory import memory_of

    with opened(folder) as found:
        said = note(found, memory_of(found.store.journal()))
        entry = found.store.note(author=by, kind=said.kind, body=said.body, at=int(time.time()))
    click.echo(f"noted as entry {entry.seq} of the journal")
    return 0


def digests(files: tuple[Path, ...]) -> tuple[str, ...]:
    """Return name and SHA-256 of each file. Raises ConfigError for one that is too big."""
    return tuple(f"{path.name} sha256:{_digest(path)}" for path in files)


def _digest(path: Path) -> str:
    if path.stat().st_size > MOST_EVIDENCE:
        raise ConfigError(f"{path} is bigger than {MOST_EVIDENCE} bytes: name a smaller file")
    return hashlib.sha256(path.read_bytes()).hexdigest()
