"""`handover documents`: writes the dossier and the checklist of a kept audit."""

from pathlib import Path

import click

from agent.cli.output import of_audit
from agent.engagement.model import FORMATS


@click.command
@click.option(
    "--format",
    "formats",
    help=f"Which, with commas: {', '.join(FORMATS)}; default: as the file says.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Into this folder.")
@of_audit
@click.pass_obj
def documents(folder: Path, *, formats: str | None, out: Path | None, audit: int | None) -> int:
    """Write the dossier and the checklist of an audit, the newest unless one is named."""
    from agent.cli.finish import catch_up, is_complete, told_of
    from agent.cli.main import WITH_GAPS
    from agent.cli.opening import opened
    from agent.documents.write import write

    with opened(folder) as found:
        catch_up(found)
        told = told_of(found, found.judgement(audit))
        wanted = found.engagement.documents
        chosen = tuple(formats.replace(" ", "").split(",")) if formats else wanted.formats
        place = out or found.engagement.folder / wanted.folder
        for path in write(told, place, chosen):
            click.echo(path)
        return 0 if is_complete(told) else WITH_GAPS
