"""The command `handover`: finds the command that is meant, and imports only that one's module."""

import importlib
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import click

from inventory.errors import ConfigError, HandoverError

FAILED, WRONG_USE, WITH_GAPS = 1, 2, 3

# Command -> module and attribute, and the line that `--help` shows without importing it.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("agent.cli.init:init", "Ask what an engagement needs, and write handover.yaml."),
    "plan": ("agent.cli.plan:plan", "Show all that would be asked, of whom, with which right."),
    "audit": ("agent.cli.audit:audit", "Ask, keep the answers, and write the documents."),
    "audits": ("agent.cli.audits:audits", "List the audits that are kept, and check their seals."),
    "show": ("agent.cli.show:show", "Show what is known of one kind of record."),
    "findings": ("agent.cli.findings:findings", "Show what does not meet the rules."),
    "coverage": ("agent.cli.coverage:coverage", "Show what was asked, answered and refused."),
    "changes": ("agent.cli.changes:changes", "Show what changed between two audits."),
    "who": ("agent.cli.who:who", "Show every way that one person has."),
    "footprint": ("agent.cli.footprint:footprint", "Show what a party still holds."),
    "checklist": ("agent.cli.checklist:checklist", "The access-transfer checklist."),
    "confirm": ("agent.cli.decide:confirm", "Confirm a proposal."),
    "reject": ("agent.cli.decide:reject", "Reject a proposal."),
    "documents": ("agent.cli.documents:documents", "Write the dossier and the checklist."),
    "forget": ("agent.cli.forget:forget", "Erase what is kept of a person."),
    "sql": ("agent.cli.sql:sql", "Run a SELECT on the kept audits."),
    "doctor": ("agent.cli.doctor:doctor", "Check this installation and the engagement."),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a transition."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; name the nearest one for a word that is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from agent.engagement.mistakes import nearest, shown

            raise click.UsageError(
                f"no command {shown(args[0])}: {nearest(args[0], tuple(COMMANDS))}", ctx
            )
        return super().resolve_command(ctx, args)


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 complete, 3 complete with gaps, 1 failed, 2 wrong use.",
)
@click.option(
    "-C",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The engagement's folder; default: here.",
)
@click.version_option(package_name="handover", message="handover %(version)s")
@click.pass_context
def cli(ctx: click.Context, folder: Path) -> None:
    """Audit an IT environment without changing it, and run its handover by evidence.

    Start with `handover init`, or with `handover audit` alone to audit this machine.
    """
    ctx.obj = folder


def main() -> None:
    """Run the command line: private files, no core dumps, errors as one clear text."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(guarded(lambda: cli(standalone_mode=False)))


def guarded(run: Callable[[], object]) -> int:
    """Run a command and return its exit status; what went wrong is told on standard error."""
    try:
        status = run()
    except click.exceptions.Exit as err:
        return err.exit_code
    except click.ClickException as err:
        err.show()
        return WRONG_USE
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nstopped", err=True)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as err:
        _tell(f"{err.filename or 'handover'}: {err.strerror or err}")
        return FAILED
    except HandoverError as err:
        _tell(str(err))
        return WRONG_USE if isinstance(err, ConfigError) else FAILED
    return status if isinstance(status, int) else 0


def _tell(text: str) -> None:
    """Print what went wrong; an error may quote what a terminal would obey."""
    from collectors.clean import clean_text

    click.echo(clean_text(text), err=True)
