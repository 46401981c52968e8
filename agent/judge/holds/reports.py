"""Who is told: mail relays, mail aliases, targets of logs."""

from collections.abc import Iterator

from agent.judge.holds.kind import Candidate, Scene, hold_kind, of_row
from inventory.model.operation import LogTarget, MailAlias, MailRelay


@hold_kind("mail relay", needs=(MailRelay,))
def mail_relays(scene: Scene) -> Iterator[Candidate]:
    """Yield the hosts through which mail leaves."""
    for row in scene.host.rows(MailRelay):
        relay = row.record
        name = f"{relay.program} {relay.relay}"
        title = f"mail leaves through {relay.relay} ({relay.program})"
        yield of_row(
            scene,
            row,
            "mail relay",
            name=name,
            title=title,
            subject=relay.relay,
            slot=f"relay {relay.program}",
        )


@hold_kind("mail alias", needs=(MailAlias,))
def mail_aliases(scene: Scene) -> Iterator[Candidate]:
    """Yield the addresses to which mail of local names goes."""
    for row in scene.host.rows(MailAlias):
        alias = row.record
        yield of_row(
            scene,
            row,
            "mail alias",
            name=f"{alias.file} {alias.name} {alias.target}",
            title=f"mail of {alias.name} goes to {alias.target} ({alias.file})",
            subject=alias.target,
            slot=f"alias {alias.file} {alias.name}",
        )


@hold_kind("log target", needs=(LogTarget,))
def log_targets(scene: Scene) -> Iterator[Candidate]:
    """Yield the hosts that get the logs."""
    for row in scene.host.rows(LogTarget):
        target = row.record
        yield of_row(
            scene,
            row,
            "log target",
            name=f"{target.program} {target.target}",
            title=f"logs go to {target.target} ({target.program})",
            subject=target.target,
            slot=f"logs {target.program}",
        )
