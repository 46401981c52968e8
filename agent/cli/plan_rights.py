"""What the audit's account needs in a directory, as lines to be handed to the directory's owner."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from agent.audit.directory_rights import DirectoryRights, Grant
from agent.audit.right_ways import AD

WIDTH = 96


def rights_text(directories: Sequence[DirectoryRights]) -> str:
    """Return what each directory's account needs, how it is granted and taken back."""
    return "\n\n".join("\n".join(_directory(one)) for one in directories) + "\n"


def _directory(one: DirectoryRights) -> Iterator[str]:
    login = f" [{one.source}], {one.login}" if one.source else ""
    yield f"RIGHTS IN THE DIRECTORY {one.directory}{login}"
    if not one.source:
        yield from _text("handover.yaml names no directory: the names below are samples.")
    elif one.names.samples:
        yield from _text(f"Put your own names in place of {' and '.join(one.names.samples)}.")
    yield ""
    yield from _text(
        "A plain user of the directory, made for the audit alone, in no group but the default one,"
        f" is enough for {one.ordinary} of {one.searches} searches. Each right below is for the"
        " searches that it names; none of them is needed for the rest. What is not granted is told"
        " as a gap, never as none."
    )
    for number, grant in enumerate(one.grants, 1):
        yield ""
        yield from _grant(f"{number}.", grant)
    if one.if_hardened:
        yield ""
        yield from _text("Only where ordinary users were cut off from what they read otherwise:")
    for grant in one.if_hardened:
        yield ""
        yield from _grant("-", grant)
    yield ""
    yield from _text(_TAKE_BACK)


_TAKE_BACK = (
    "Take all of it back when the handover is over, and remove the account. `dsacls /R` takes away"
    " every right that the account has on that object: one more reason to make it for the audit"
    " alone. Before and after, `dsacls` without options, or slapcat -n 0, shows the rights."
)


def _grant(mark: str, one: Grant) -> Iterator[str]:
    yield from wrap(
        f"{mark} {one.right} ({one.directory})",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="     ",
    )
    yield from _labelled("hidden", one.hidden)
    if one.unlocks:
        searches = f" [{', '.join(one.searches)}]"
        yield from _labelled("unlocks", f"{'; '.join(one.unlocks)}{searches}")
    where = "as a domain administrator" if one.directory == AD else "as root of the server"
    yield f"     grant, {where}:"
    yield from (f"       {line}" for line in one.grant)
    yield "     take back:"
    yield from (f"       {line}" for line in one.take_back)
    yield f"     source: {one.source}"


def _labelled(label: str, text: str) -> Iterator[str]:
    yield from wrap(
        f"{label}: {text}",
        WIDTH,
        initial_indent="     ",
        subsequent_indent="       ",
        break_on_hyphens=False,
    )


def _text(text: str) -> Iterator[str]:
    yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")
