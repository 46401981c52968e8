"""`handover confirm` and `handover reject`: what a person says of a proposal, kept for good."""

import difflib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from agent.engagement import checks
from agent.engagement.mistakes import Wrong, shown
from agent.engagement.ssh_config import local_user
from inventory.errors import ConfigError

if TYPE_CHECKING:
    from agent.cli.opening import Opened
    from agent.judge.footprint import Proposal

Command = TypeVar("Command", bound=Callable[..., Any])


def _deciding(command: Command) -> Command:
    command = click.option("--why", default="", help="The reason, for who reads it later.")(command)
    command = click.option("--by", default="", help="Who says so; default: who is logged in.")(
        command
    )
    return click.argument("proposals", metavar="PROPOSAL...", nargs=-1, required=True)(command)


@click.command
@_deciding
@click.pass_obj
def confirm(folder: Path, *, proposals: tuple[str, ...], by: str, why: str) -> None:
    """Confirm a PROPOSAL, such as P-1a2b3c4d: it is what it was guessed to be.

    `handover footprint` lists the proposals. The last word on each counts.
    """
    _decide(folder, "confirm", proposals, by=by, why=why)


@click.command
@_deciding
@click.pass_obj
def reject(folder: Path, *, proposals: tuple[str, ...], by: str, why: str) -> None:
    """Reject a PROPOSAL, such as P-1a2b3c4d: it is not what it was guessed to be.

    `handover footprint` lists the proposals. The last word on each counts.
    """
    _decide(folder, "reject", proposals, by=by, why=why)


def _decide(folder: Path, kind: str, ids: Sequence[str], *, by: str, why: str) -> None:
    from agent.cli.opening import opened
    from agent.cli.tables import print_lines

    author, reason = author_of(by), _words(why, "--why") if why else ""
    with opened(folder) as found:
        known = _known(found)
        chosen = [_found(one, known) for one in dict.fromkeys(ids)]
        for one in chosen:
            body = {"proposal": one.id, "hold": one.hold, "mark": one.match.mark, "why": reason}
            found.store.note(author=author, kind=kind, body=body, at=int(time.time()))
            print_lines((f"{kind}ed by {author}: {one.id} {one.text}",))


def author_of(by: str) -> str:
    """Return who says something: the name that is given, or who is logged in."""
    if by:
        return _words(by, "--by")
    user = local_user()
    if not user:
        raise ConfigError("who says so is not known on this machine: give --by NAME")
    return user


def _words(text: str, option: str) -> str:
    try:
        return checks.words(text)
    except Wrong as err:
        raise ConfigError(f"{option} {err}") from err


def _known(found: "Opened") -> "dict[str, Proposal]":
    """Return all guesses of the newest audit, decided ones too: a decision may be taken back."""
    from msgspec import structs

    from agent.judge.footprint import Holdings

    undecided = structs.replace(found.case(), decisions=())
    return {one.id: one for one in Holdings(undecided).proposals()}


def _found(word: str, known: "dict[str, Proposal]") -> "Proposal":
    ids = {id_.casefold(): id_ for id_ in known}
    meant = word.strip().casefold()
    if meant in ids:
        return known[ids[meant]]
    if not known:
        raise ConfigError(f"no proposal {shown(word)}: the newest audit has none")
    (near,) = difflib.get_close_matches(meant[:80], ids, n=1, cutoff=0)
    raise ConfigError(
        f"no proposal {shown(word)}: the nearest is {ids[near]}; `handover footprint` lists all"
    )
