"""`handover audit`: asks, keeps what was told, writes the documents, and says what matters."""

import datetime
import hashlib
import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import click

from agent.audit.doors import Doors
from agent.audit.pages import Pages
from agent.audit.recorded import Recorder, replayed
from agent.audit.run import run
from agent.audit.sources import Chosen, Planned, planned
from agent.audit.targets import Target
from agent.cli.main import FAILED
from agent.cli.opening import engagement_of, opened
from agent.cli.progress import progress
from agent.cli.resuming import as_begun
from agent.engagement.draft import Answers, draft
from agent.engagement.file import NAME
from agent.engagement.model import Engagement, SshSource
from agent.engagement.secrets import Secrets
from inventory.errors import ConfigError, StoreError
from inventory.store import OpenAudit, Store

FOLDER = click.Path(path_type=Path, file_okay=False)
RESUME = (
    "Go on with the audit that was interrupted: what it was begun with and is not kept yet. "
    "A host that was added since is left for the next audit."
)


@click.command
@click.option("--only", multiple=True, help="A source, target, tag or collector; may be repeated.")
@click.option("--quick", is_flag=True, help="Leave out what is slow, such as pending updates.")
@click.option("--resume", is_flag=True, help=RESUME)
@click.option("--record", type=FOLDER, help="Keep the answers in this folder as well.")
@click.option("--replay", type=FOLDER, help="Read the answers from this folder; ask nobody.")
@click.option("--no-documents", is_flag=True, help="Do not write the documents.")
@click.pass_obj
def audit(
    folder: Path,
    *,
    only: tuple[str, ...],
    quick: bool,
    resume: bool,
    record: Path | None,
    replay: Path | None,
    no_documents: bool,
) -> int:
    """Ask all sources, keep what they tell, and write the documents.

    Without a handover.yaml this machine is audited, and the result kept in a new folder.
    """
    from agent.cli.finish import catch_up, finish

    home = home_of(folder)
    engagement = engagement_of(home)
    check_authorised(engagement, datetime.datetime.now(datetime.UTC).date())
    for warning in engagement.warnings:
        click.echo(f"note: {warning}", err=True)
    recorder = None if record is None else Recorder(record)
    with opened(home, create=True) as found:
        chosen, begun = Chosen(only, quick), None
        if resume:
            begun = as_begun(found.store, chosen, replays=replay is not None)
            chosen = begun.chosen
        pages = Pages(home)
        if not resume:
            pages.forget()
        with _targets(engagement, chosen, recorder, replay, pages) as planned_now:
            asked = begun.of(planned_now) if begun else planned_now
            catch_up(found)
            inputs = _inputs(home, chosen, asked) | {"replay": replay is not None}
            ended = _ask(found.store, asked, inputs, parallel=_parallel(engagement), resume=resume)
        whole = _is_recorded(recorder)
        if not ended:
            return FAILED
        pages.forget()
        status = finish(found, documents=not no_documents)
        return status if whole else FAILED


def home_of(folder: Path) -> Path:
    """Return the engagement's folder; without one, make one for this machine alone."""
    if (folder / NAME).exists():
        return folder
    if not folder.is_dir():
        raise ConfigError(f"{folder} does not exist: `handover -C {folder} init` makes it")
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", socket.gethostname())[:60].strip("-.") or "machine"
    home = folder / f"handover-{name}"
    if not (home / NAME).exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / NAME).write_text(draft(Answers(client=name)), "utf-8")
        click.echo(f"no {NAME} here: only this machine is audited, kept in {home}", err=True)
    return home


def check_authorised(engagement: Engagement, today: datetime.date) -> None:
    """Raise ConfigError when an authorisation is given that does not cover today."""
    given = engagement.authorisation
    if given is None or given.is_valid_on(today):
        return
    if today < given.date:
        raise ConfigError(f"{NAME}: the authorisation begins on {given.date}; nothing was asked")
    raise ConfigError(
        f"{NAME}: the authorisation by {given.name} ended on {given.until}: have it renewed, "
        "and set `until`; nothing was asked"
    )


@contextmanager
def _targets(
    engagement: Engagement,
    chosen: Chosen,
    recorder: Recorder | None,
    replay: Path | None,
    pages: Pages,
) -> Iterator[tuple[Target, ...]]:
    """Yield what is asked, by the ways that are open while this lasts."""
    if replay is not None:
        yield tuple(replayed(replay))
        return
    plan: Sequence[Planned] = planned(engagement, chosen, discover=True)
    if not plan:
        raise ConfigError(f"{NAME}: there is nothing to ask: {_way_out(engagement)}")
    with Doors(plan, Secrets(), pages) as doors:
        doors.prompts()
        targets = doors.targets()
        yield targets if recorder is None else tuple(recorder.targets(targets))


def _way_out(engagement: Engagement) -> str:
    """Return what to do where the sources yield no host."""
    names = ", ".join(source.name for source in engagement.sources)
    if not names:
        return "add a source"
    return f"the lists of {names} name no host that may be asked: add one under `hosts:`"


def _is_recorded(recorder: Recorder | None) -> bool:
    """Tell whether all that was to be recorded is; name what is not."""
    failures = recorder.failures if recorder else ()
    for line in failures:
        click.echo(f"not recorded: {line}", err=True)
    return not failures


def _inputs(home: Path, chosen: Chosen, targets: Sequence[Target]) -> dict[str, object]:
    """Return what the audit is asked to do: it is sealed with the answers."""
    return {
        "handover": version("handover"),
        "engagement": hashlib.sha256((home / NAME).read_bytes()).hexdigest(),
        "only": list(chosen.only),
        "quick": chosen.quick,
        "targets": [f"{target.source}/{target.name}" for target in targets],
    }


def _parallel(engagement: Engagement) -> int:
    fleets = [one.parallel for one in engagement.sources if isinstance(one, SshSource)]
    return max(fleets, default=1)


def _ask(
    store: Store,
    targets: Sequence[Target],
    inputs: dict[str, object],
    *,
    parallel: int,
    resume: bool,
) -> bool:
    """Ask all targets and seal the audit; tell whether it came to its end."""
    now = int(time.time())
    with store.resume() if resume else store.begin(inputs, now) as audit:
        done = audit.done()
        left = [target for target in targets if (target.source, target.name) not in done]
        try:
            _listen(audit, left, parallel=parallel, scratch=store.path.parent)
            audit.seal(int(time.time()))
        except KeyboardInterrupt:
            _interrupted(audit, len(targets))
            return False
        except StoreError as err:
            raise StoreError(
                f"{err}. What came before is kept; go on with: handover audit --resume"
            ) from err
    return True


def _listen(audit: OpenAudit, targets: Sequence[Target], *, parallel: int, scratch: Path) -> None:
    with progress(len(targets)) as shown:
        for result in run(targets, audit, parallel=parallel, scratch=scratch):
            shown.came(result)


def _interrupted(audit: OpenAudit, total: int) -> None:
    kept = len(audit.done())
    click.echo(
        f"\nstopped: {kept} of {total} targets are kept in audit {audit.number}, which is not "
        "finished. Go on with: handover audit --resume",
        err=True,
    )
