"""The machine that asks is compared with the marks of the party that leaves."""

import ipaddress

import pytest

from agent.audit.own_machine import Machine, in_hands, this_machine
from inventory.model.party import Party, Person, Role

OLD = Party(
    role=Role.OUTGOING,
    name="OldMSP",
    people=(Person("Jane Doe", accounts=("jdoe",)),),
    networks=("203.0.113.0/24", "2001:db8:1::/48"),
    mail_domains=("oldmsp.example",),
    servers=("jump1", ".mgmt.oldmsp.example"),
    accounts=("oldmsp",),
)


@pytest.mark.parametrize(
    "machine",
    [
        Machine(addresses=("192.0.2.1", "203.0.113.9")),
        Machine(addresses=("2001:db8:1:2::3",)),
        Machine(names=("JUMP1",)),
        Machine(names=("pc7.mgmt.oldmsp.example.",)),
        Machine(names=("pc7.oldmsp.example",)),
        Machine(account="JDoe"),
        Machine(account="oldmsp"),
    ],
)
def test_an_address_name_or_account_of_theirs_is_told(machine: Machine) -> None:
    assert len(in_hands(OLD, machine)) >= 1


@pytest.mark.parametrize(
    "machine",
    [
        Machine(),
        Machine(addresses=("203.0.114.9", "2001:db8:2::1", "fe80::1")),
        Machine(names=("jump10", "notoldmsp.example", "oldmsp.example.other")),
        Machine(account="jdoe2"),
    ],
)
def test_what_only_looks_like_theirs_is_not_told(machine: Machine) -> None:
    assert in_hands(OLD, machine) == ()


def test_this_machine_knows_itself() -> None:
    here = this_machine()
    assert all(here.names)
    assert here.account
    assert not any(ipaddress.ip_address(one).is_loopback for one in here.addresses)
