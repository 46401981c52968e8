"""The gates of a transition: what each is for, by when its lines are due, and who acts."""

from collections.abc import Mapping

from msgspec import Struct

from agent.judge.case import Case
from agent.transition.item import Act
from inventory.model.moment import DAY_S
from inventory.model.party import Role


class Gate(Struct, frozen=True):
    """A point that is passed only when its lines are proved."""

    id: str
    name: str
    days: int  # due so many days after the cutover; negative: before


# Our own defaults: what must be sure stands four weeks before, what ends access stands at the day.
GATES: Mapping[str, Gate] = {
    gate.id: gate
    for gate in (
        Gate("G0", "prepare: a tested way in, and whose is what", -28),
        Gate("G1", "agree: what stays", -14),
        Gate("G2", "move: what depends on the leaving party", -7),
        Gate("G3", "cutover: agents, hooks, ways through the network", 0),
        Gate("G4", "end access: keys, accounts, passwords", 1),
        Gate("G5", "close: the audit's own access", 30),
    )
}


def due(gate: str, cutover: int | None) -> int | None:
    """Return the day by which a gate's lines are due, seconds since 1970 UTC; None: no cutover."""
    return None if cutover is None else cutover + GATES[gate].days * DAY_S


def owner(act: Act, case: Case) -> str:
    """Return who acts: the client decides and keeps the secrets, who takes over does the rest."""
    if act in (Act.REVOKE, Act.TRANSFER):
        return party_name(case, Role.INCOMING) or client_name(case)
    return client_name(case)


def client_name(case: Case) -> str:
    """Return the client's name."""
    return party_name(case, Role.CLIENT) or case.client or "the client"


def party_name(case: Case, role: Role) -> str:
    """Return the name of the party of a role; "" when the engagement names none."""
    party = case.party(role)
    return party.name if party else ""
