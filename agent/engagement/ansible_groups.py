"""How deep each group of an Ansible inventory lies, and which groups are above it.

Source: docs.ansible.com, "How variables are merged": a deeper group overrides the ones above it.
"""

from collections import deque
from collections.abc import Collection, Mapping


def depths(children: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Return how deep each group lies: `all` is 0, a group without another above it is 1.

    A group below several counts from the deepest. Groups that contain each other, which Ansible
    refuses, keep the depth at which the circle was entered.
    """
    found = dict.fromkeys(children, 1) | {"all": 0}
    waiting = {group: len(above - {"all"}) for group, above in parents(children).items()}
    ready = deque(["all", *(group for group in found if not waiting.get(group) and group != "all")])
    while ready:
        group = ready.popleft()
        for child in children.get(group, ()) if group != "all" else ():
            found[child] = max(found.get(child, 1), found[group] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    return found


def parents(children: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """Return the groups that list each group as their child."""
    found: dict[str, set[str]] = {}
    for group, inner in children.items():
        for child in inner:
            found.setdefault(child, set()).add(group)
    return found


def with_all_above(group: str, listed_by: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Return a group with every group above it; a circle is walked once."""
    found = {group}
    open_ends = [group]
    while open_ends:
        for parent in listed_by.get(open_ends.pop(), ()):
            if parent not in found:
                found.add(parent)
                open_ends.append(parent)
    return frozenset(found)
