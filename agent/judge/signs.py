"""Signs of life of a party: open connections and logins. They prove use, not power."""

from collections.abc import Iterator
from typing import TypeVar

from agent.judge.case import Hold, Match, Power
from agent.judge.hosts import Host
from agent.judge.matching import Matcher, of_role
from agent.judge.tenant.tenants import Tenant
from inventory.model.account import LastLogin, LoggedIn
from inventory.model.network import Connection
from inventory.model.party import Role
from inventory.model.record import Record
from inventory.model.tenant_services import PrivilegedChange
from inventory.snapshot import Seen

R = TypeVar("R", bound=Record)
NEEDS: tuple[type[Record], ...] = (Connection, LoggedIn)  # what is open now; a last login is past
OPEN = "open during the audit"


def signs_of_life(host: Host, matcher: Matcher, role: Role) -> Iterator[Hold]:
    """Yield connections that are open to a party's addresses, and logins from there."""
    for peer in host.rows(Connection):
        if match := of_role(matcher.matches(peer.record.identifiers()), role):
            program = peer.record.program or "a program that was not seen"
            title = f"{program} is connected to {peer.record.peer}:{peer.record.peer_port}"
            yield _sign(host, peer, title, match, peer.record.peer, OPEN)
    for last in host.rows(LastLogin):
        if match := of_role(matcher.matches(last.record.identifiers()), role):
            title = f"{last.record.account} logged in last from {last.record.origin}"
            yield _sign(host, last, title, match, last.record.account)
    for now in host.rows(LoggedIn):
        if match := of_role(matcher.matches(now.record.identifiers()), role):
            title = f"{now.record.account} is logged in from {now.record.origin}"
            yield _sign(host, now, title, match, now.record.account, OPEN)


def signs_in_tenant(tenant: Host, matcher: Matcher, role: Role) -> Iterator[Hold]:
    """Yield what a party changed of who has power in a tenant, where that was asked."""
    for row in tenant.rows(PrivilegedChange):
        if match := of_role(matcher.matches(row.record.identifiers()), role):
            one = row.record
            whom = f": {', '.join(one.targets)}" if one.targets else ""
            title = f"{one.by} did {one.activity}{whom} ({one.when or 'no time is told'})"
            yield _sign(tenant, row, title, match, one.by)


def _sign(
    host: Host,
    row: Seen[R],
    title: str,
    match: Match,
    subject: str,
    detail: str = "",
) -> Hold:
    return Hold(
        key=f"sign {host.name} {title}",
        kind="sign of life",
        title=f"{title} {_where(host)} {host.name}",
        target=host.name,
        subject=subject,
        power=Power.INFORMATION,
        is_dependence=False,
        match=match,
        path=None,
        evidence=(row.evidence,),
        carried=row.carried,
        detail=detail,
    )


def _where(host: Host) -> str:
    return "in" if isinstance(host, Tenant) else "on"
