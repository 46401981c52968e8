"""Whether the machine that asks is in the hands of the party that leaves."""

import ipaddress
import socket
from collections.abc import Iterator

import psutil
from msgspec import Struct

from inventory.model.party import Party


class Machine(Struct, frozen=True):
    """The machine that asks: its names, who runs the audit on it, and its addresses."""

    names: tuple[str, ...] = ()
    account: str = ""
    addresses: tuple[str, ...] = ()


def this_machine() -> Machine:
    """Return this machine, as it knows itself; nothing is looked up in a network."""
    families = (socket.AF_INET, socket.AF_INET6)
    addresses = (
        one.address.partition("%")[0]
        for card in psutil.net_if_addrs().values()
        for one in card
        if one.family in families
    )
    outside = (one for one in addresses if not ipaddress.ip_address(one).is_loopback)
    return Machine((socket.gethostname(),), _account(), tuple(sorted(set(outside))))


def _account() -> str:
    try:
        return str(psutil.Process().username())
    except (KeyError, psutil.Error):
        return ""


def in_hands(party: Party, machine: Machine) -> tuple[str, ...]:
    """Return each sign that the machine is this party's; empty: there is none.

    That there is no sign proves nothing: a machine can be managed by an agent that no name shows.
    """
    return (*_by_address(party, machine), *_by_name(party, machine), *_by_account(party, machine))


def _by_address(party: Party, machine: Machine) -> Iterator[str]:
    for address in machine.addresses:
        number = ipaddress.ip_address(address)
        for network in party.networks:
            if number in ipaddress.ip_network(network, strict=False):
                yield f"its address {address} lies in {network}"


def _by_name(party: Party, machine: Machine) -> Iterator[str]:
    for name in (name.casefold().rstrip(".") for name in machine.names):
        for server in party.servers:
            if _is_or_below(name, server.casefold()):
                yield f"its name {name} is one of theirs ({server})"
        for domain in party.mail_domains:
            if _is_or_below(name, f".{domain.casefold()}"):
                yield f"its name {name} lies below {domain}"


def _is_or_below(name: str, server: str) -> bool:
    """Tell whether the name is the server's, or lies below `.suffix`."""
    return name.endswith(server) if server.startswith(".") else name == server


def _by_account(party: Party, machine: Machine) -> Iterator[str]:
    account = machine.account.casefold()
    theirs = (*party.accounts, *(one for person in party.people for one in person.accounts))
    if account and account in {one.casefold() for one in theirs}:
        yield f"the account {machine.account}, which runs the audit, is one of theirs"
