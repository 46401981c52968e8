"""Imports every area, so that RULES is whole, and judges a case by all of them."""

from agent.judge.case import Finding
from agent.judge.footprint import Holdings
from agent.judge.rules import (
    accounts,
    audit,
    backup,
    certificates,
    directory_accounts,
    directory_forest,
    directory_line,
    directory_machines,
    directory_policy,
    directory_posix,
    directory_power,
    directory_rights,
    directory_services,
    directory_sysvol,
    keys,
    monitoring,
    network,
    schedule,
    secrets,
    services,
    software,
    ssh,
    storage,
    sudo,
    updates,
)
from agent.judge.rules.rule import RULES as RULES  # read by the reference page too
from agent.judge.rules.rule import findings_of

AREAS = (
    *(ssh, keys, sudo, accounts, secrets, software, updates, services, schedule, storage),
    *(network, certificates, monitoring, backup, audit),
    *(directory_accounts, directory_power, directory_rights, directory_machines),
    *(directory_forest, directory_policy, directory_line, directory_services, directory_posix),
    *(directory_sysvol,),
)


def findings(holdings: Holdings) -> tuple[Finding, ...]:
    """Return the verdict of every rule on every subject, by rule and target."""
    found = (finding for rule in RULES.values() for finding in findings_of(rule, holdings))
    return tuple(sorted(found, key=lambda one: (one.rule, one.target, one.subject)))
