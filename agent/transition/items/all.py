"""Imports every sort, so that LINE_KINDS is whole: the checklist starts here."""

from agent.transition.items import (
    dependences,
    directory,
    powers,
    states,
    tenant,
    tenant_states,
)
from agent.transition.items.kind import LETTERS, LINE_KINDS, OF_HOLD, LineKind

SORTS = (states, powers, dependences, directory, tenant, tenant_states)
__all__ = ["LETTERS", "LINE_KINDS", "OF_HOLD", "SORTS", "LineKind"]
