"""Short names of the objects of rights: the whole DN only where a part could mislead."""

from collections import Counter

from agent.judge.directory.directories import Directory
from agent.judge.directory.principals import first_name, folded
from collectors.directory_values import parent_dn
from inventory.model.directory_rights import DirectoryRight
from inventory.model.directory_services import GroupPolicy


class Objects:
    """The objects of one directory by their names; `directory.once(Objects)` builds it once."""

    def __init__(self, directory: Directory) -> None:
        """Count the names, so that one that two objects have is told by its whole DN."""
        self._domain = directory.domain
        self._policies = {folded(r.record.dn): r.record.name for r in directory.rows(GroupPolicy)}
        told = {(r.record.type, folded(r.record.object)) for r in directory.rows(DirectoryRight)}
        self._alike = Counter((type_, self._name(dn).casefold()) for type_, dn in told)

    def named(self, right: DirectoryRight) -> str:
        """Return `the OU Servers`, `the policy Logon`, `the domain corp.example`."""
        if right.type == "AdminSDHolder":
            return right.type
        name = self._name(right.object)
        is_alone = self._alike[right.type, name.casefold()] == 1
        return f"the {right.type} {name if is_alone else right.object}"

    def _name(self, dn: str) -> str:
        place = folded(dn)
        if self._domain and place == folded(self._domain.dn):
            return self._domain.dns_name
        if place in self._policies:
            return self._policies[place]
        return first_name(dn) if parent_dn(dn) else dn
