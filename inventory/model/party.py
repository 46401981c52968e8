"""Who takes part in a transition, and by which marks each party is recognised."""

from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """The side on which a party stands in one engagement."""

    CLIENT = "client"
    OUTGOING = "outgoing"
    INCOMING = "incoming"


class Leaving(StrEnum):
    """What kind of outgoing party it is; it decides how much of its power must end."""

    PROVIDER = "provider"
    PERSON = "person"
    FEWER_DUTIES = "fewer-duties"  # a person who stays, with less power than before


class Person(Struct, frozen=True):
    """One person of a party: their name, and the accounts and addresses they are known by."""

    name: str
    mails: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()  # login names on hosts and in directories
    keys: tuple[str, ...] = ()  # SSH key fingerprints, SHA256:...


class Party(Struct, frozen=True):
    """One party's profile: everything that proves or proposes that something is theirs."""

    role: Role
    name: str
    leaving: Leaving | None = None  # only for the outgoing party
    people: tuple[Person, ...] = ()
    mail_domains: tuple[str, ...] = ()
    tenant_ids: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()  # CIDR, IPv4 or IPv6
    ssh_keys: tuple[str, ...] = ()  # SHA256:... fingerprints
    accounts: tuple[str, ...] = ()  # login names that are the party's wherever they appear
    agent_instances: tuple[str, ...] = ()  # tenant, site or instance ids of agents
    servers: tuple[str, ...] = ()  # host names, or .suffix for all below a domain
