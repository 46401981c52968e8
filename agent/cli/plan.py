"""`handover plan`: all that would be asked, of whom, with which right. It contacts nobody."""

import datetime
import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from agent.audit.notice import notice_text
from agent.audit.own_machine import this_machine
from agent.audit.plan import plan_of
from agent.audit.sources import Chosen, Planned, planned
from agent.audit.sudoers import commands_text, script_digest, script_of, script_text
from agent.cli.opening import engagement_of
from agent.cli.plan_text import plan_text
from collectors.clean import clean_text
from collectors.registry import of_source
from collectors.transports.script import INSTALLED_AT
from collectors.transports.session import Become
from inventory.errors import ConfigError

WAYS = ("script", "commands")
ACCOUNT = "handover-audit"
SHOWN = ("--sudoers", "--directory-rights", "--graph-permissions", "--notice")


@click.command
@click.option("--only", multiple=True, help="A source, target, tag or collector; may be repeated.")
@click.option("--quick", is_flag=True, help="Leave out what is slow, such as pending updates.")
@click.option("--full", is_flag=True, help="Print each question word by word.")
@click.option(
    "--sudoers",
    type=click.Choice(WAYS),
    is_flag=False,
    flag_value=WAYS[0],
    help="Print what the hosts' owner has to grant; which way: script unless it is said.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --sudoers: write the files into this folder, to be handed over.",
)
@click.option(
    "--directory-rights",
    is_flag=True,
    help="Print what the account needs in the directory, and how to grant it and take it back.",
)
@click.option(
    "--graph-permissions",
    is_flag=True,
    help="Print what the app needs in the tenant, why, and how to grant it and take it back.",
)
@click.option(
    "--manifest",
    is_flag=True,
    help="With --graph-permissions: print the part of the app's manifest alone, as JSON.",
)
@click.option("--notice", is_flag=True, help="Print the half page for the staff.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@click.pass_obj
def plan(
    folder: Path,
    *,
    only: tuple[str, ...],
    quick: bool,
    full: bool,
    sudoers: str | None,
    out: Path | None,
    directory_rights: bool,
    graph_permissions: bool,
    manifest: bool,
    notice: bool,
    as_json: bool,
) -> int:
    """Show all that an audit would ask, of whom, with which right, and the traces it leaves.

    Nobody is contacted, and no program is started to find hosts.
    """
    _fit(out is not None, sudoers is not None, "--out goes with --sudoers")
    _fit(manifest, graph_permissions, "--manifest goes with --graph-permissions")
    several = (sudoers is not None) + directory_rights + graph_permissions + notice > 1
    _fit(several, False, f"say one of {', '.join(SHOWN[:-1])} and {SHOWN[-1]}")
    engagement = engagement_of(folder)
    targets = planned(engagement, Chosen(only, quick), discover=False)
    if sudoers is not None:
        _grant(sudoers, _accounts(targets), out)
        return 0
    if directory_rights:
        _rights(targets, as_json=as_json)
        return 0
    if graph_permissions:
        _permissions(targets, as_json=as_json, as_manifest=manifest)
        return 0
    today = datetime.datetime.now(datetime.UTC).date()
    made = plan_of(engagement, targets, this_machine(), today)
    if as_json and not notice:
        _echo_json(made)
        return 0
    text = notice_text(engagement, made) if notice else plan_text(made, full=full)
    click.echo(clean_text(text), nl=False)
    return 0


def _fit(given: bool, allowed: bool, says: str) -> None:
    """Raise UsageError for an option that does not go with the others."""
    if given and not allowed:
        raise click.UsageError(says)


def _rights(targets: Sequence[Planned], *, as_json: bool) -> None:
    from agent.audit.directory_rights import rights_of
    from agent.cli.plan_rights import rights_text

    found = rights_of(targets)
    if as_json:
        _echo_json({"directories": found})
    else:
        click.echo(clean_text(rights_text(found)), nl=False)


def _permissions(targets: Sequence[Planned], *, as_json: bool, as_manifest: bool) -> None:
    from agent.audit.graph_permissions import permissions_of
    from agent.cli.plan_permissions import manifest_text, permissions_text

    found = permissions_of(targets)
    if as_manifest:
        click.echo(manifest_text(found))
    elif as_json:
        _echo_json({"tenants": found})
    else:
        click.echo(clean_text(permissions_text(found)), nl=False)


def _echo_json(value: object) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def _accounts(targets: Sequence[Planned]) -> tuple[str, ...]:
    """Return the accounts that log in where root is wanted; without any, a name to begin with."""
    users = {(one.become, one.host.last.user) for one in targets if one.host}
    users = {(become, user) for become, user in users if user != "root"}
    agreed = {user for become, user in users if become in (Become.COMMANDS, Become.SCRIPT)}
    return tuple(sorted(agreed or {user for _, user in users})) or (ACCOUNT,)


def _grant(way: str, accounts: Sequence[str], out: Path | None) -> None:
    """Print what has to be granted, or write it into a folder."""
    collectors = of_source("ssh")
    if way == "commands":
        files = {"handover.sudoers": commands_text(collectors, accounts).encode()}
    else:
        files = {
            "handover.sudoers": script_text(collectors, accounts).encode(),
            "handover-probe": script_of(collectors),
        }
    if out is None:
        for name, content in files.items():
            if len(files) > 1:
                click.echo(f"==> {name} <==")
            click.echo(content.decode(), nl=False)
        if way == "script":
            click.echo(
                f"==> `--out DIR` writes both; sha256 {script_digest(collectors)} <==", err=True
            )
        return
    _write(out, files)
    click.echo(_next_steps(way, out))


def _write(out: Path, files: dict[str, bytes]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            handle = os.open(
                out / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644
            )
            with os.fdopen(handle, "wb") as file:
                file.write(content)
    except OSError as err:
        raise ConfigError(f"{out} cannot be written: {err.strerror}") from err


def _next_steps(way: str, out: Path) -> str:
    lines = [f"written to {out}; on each host, as root, after reading it:"]
    if way == "script":
        lines.append(f"  install -o root -g root -m 0755 handover-probe {INSTALLED_AT}")
    lines += [
        "  visudo -cf handover.sudoers",
        "  install -o root -g root -m 0440 handover.sudoers /etc/sudoers.d/handover",
        f"then `become: {way}` in handover.yaml",
    ]
    return "\n".join(lines)
