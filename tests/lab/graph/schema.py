"""The properties of each entity that the lab's Graph serves: schema.json, names from the reference.

A word is the name of a property; `>` before it: it leads to other objects; `*` after it: a list.
"""

import json
from functools import cache
from pathlib import Path

from msgspec import Struct

USER_DEFAULTS = (  # what is told without $select (Graph reference, resource type user)
    *("businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone"),
    *("officeLocation", "preferredLanguage", "surname", "userPrincipalName", "id"),
)


class Entity(Struct, frozen=True):
    """One type."""

    plain: frozenset[str]
    links: frozenset[str]  # told with $expand alone
    lists: frozenset[str]

    def has(self, path: str) -> bool:
        """Return whether a property is there, by the first name of its path."""
        return path.partition("/")[0] in self.plain | self.links


@cache
def entity(name: str) -> Entity:
    """Return a type by its name."""
    return _all()[name]


@cache
def _all() -> dict[str, Entity]:
    told = json.loads(Path(__file__).with_name("schema.json").read_text())
    return {name: _entity(words.split()) for name, words in told.items()}


def _entity(words: list[str]) -> Entity:
    named = {word.strip(">*"): word for word in words}
    return Entity(
        plain=frozenset(name for name, word in named.items() if word[0] != ">"),
        links=frozenset(name for name, word in named.items() if word[0] == ">"),
        lists=frozenset(name for name, word in named.items() if word[-1] == "*"),
    )
