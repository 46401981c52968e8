"""Who takes part, as the section `parties` and the profiles it names say."""

from pathlib import Path
from typing import TypeVar

from msgspec import Struct, structs

from agent.engagement.checks import domain, fingerprint, mail, network, one_of, server, words
from agent.engagement.files import path_from, read_bounded
from agent.engagement.mistakes import Place, Wrong
from agent.engagement.nodes import MOST_BYTES, Scalar, node_of
from agent.engagement.section import Section, section_of
from inventory.errors import ConfigError
from inventory.model.party import Leaving, Party, Person, Role

ROLES = tuple(role.value for role in Role)
PERSON = tuple(Person.__struct_fields__)
MARKS = tuple(name for name in Party.__struct_fields__ if name not in ("role", "name", "leaving"))
PROFILE = ("name", "leaving", *MARKS)
PARTY = ("profile", *PROFILE)
Joined = TypeVar("Joined", bound=Struct)


def parties(top: Section, *, client: str, folder: Path) -> tuple[Party, ...]:
    """Return the parties, the client first; profiles are read and merged in."""
    section = top.inner("parties", ROLES)
    found = []
    for role in Role:
        given = section.inner(role.value, PARTY) if section is not None else None
        if given is not None:
            found.append(_party(given, role, client=client, folder=folder))
        elif role is Role.CLIENT:
            found.append(Party(role, client))
    return tuple(found)


def _party(section: Section, role: Role, *, client: str, folder: Path) -> Party:
    own = _marks(section, role)
    profile = _profile(section, role, folder)
    merged = own if profile is None else joined(own, profile)
    if role is Role.CLIENT and not merged.name:
        merged = structs.replace(merged, name=client)
    if not merged.name:
        section.add(section.place, f"name is missing: how is the {role.value} party called?")
    if role is Role.OUTGOING and merged.leaving is None:
        merged = structs.replace(merged, leaving=Leaving.PROVIDER)
    return merged


def joined(first: Joined, second: Joined) -> Joined:
    """Return the first, with the second's words where it has none and the second's lists added."""
    changes: dict[str, object] = {}
    for name in first.__struct_fields__:
        mine, other = getattr(first, name), getattr(second, name)
        if isinstance(mine, tuple):
            changes[name] = tuple(dict.fromkeys(mine + other))
        elif not mine:
            changes[name] = other
    return structs.replace(first, **changes)


def _profile(section: Section, role: Role, folder: Path) -> Party | None:
    node = section.node("profile")
    if node is None:
        return None
    if not isinstance(node, Scalar):
        section.add(node.place, "profile must be the path of a YAML file")
        return None
    try:
        raw = read_bounded(path_from(node.text, folder), name=node.text, most_bytes=MOST_BYTES)
    except Wrong as err:
        section.add(node.place, f"profile {err}")
        return None
    except ConfigError as err:
        section.add(node.place, f"profile {err}")
        return None
    return _profile_of(raw, node.text, section, role)


def _profile_of(raw: bytes, file: str, section: Section, role: Role) -> Party | None:
    found = node_of(raw, file, section.mistakes)
    if found is None:
        if not section.mistakes:
            section.add(Place(file, 1), f"is empty: a profile has {', '.join(PROFILE)}")
        return None
    inner = section_of(found, section.mistakes, PROFILE, what="a profile")
    return _marks(inner, role) if inner is not None else None


def _marks(section: Section, role: Role) -> Party:
    leaving = section.take("leaving", one_of(Leaving))
    if leaving is not None and role is not Role.OUTGOING:
        section.add(section.place_of("leaving"), "leaving is said of the outgoing party only")
    return Party(
        role=role,
        name=section.take("name", words) or "",
        leaving=leaving,
        people=tuple(_person(one) for one in section.inner_all("people", PERSON)),
        mail_domains=section.take_all("mail_domains", domain),
        tenant_ids=section.take_all("tenant_ids", words),
        networks=section.take_all("networks", network),
        ssh_keys=section.take_all("ssh_keys", fingerprint),
        accounts=section.take_all("accounts", words),
        agent_instances=section.take_all("agent_instances", words),
        servers=section.take_all("servers", server),
    )


def _person(section: Section) -> Person:
    section.need("name", "a person has at least a name")
    return Person(
        name=section.take("name", words) or "",
        mails=section.take_all("mails", mail),
        accounts=section.take_all("accounts", words),
        keys=section.take_all("keys", fingerprint),
    )
