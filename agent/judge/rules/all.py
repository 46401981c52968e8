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
    entra_access,
    entra_apps,
    entra_credentials,
    entra_devices,
    entra_domains,
    entra_emergency,
    entra_licences,
    entra_partners,
    entra_people,
    entra_roles,
    entra_services,
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
    *(entra_roles, entra_people, entra_emergency, entra_apps, entra_credentials, entra_access),
    *(entra_partners, entra_licences, entra_domains, entra_devices, entra_services),
)


def findings(holdings: Holdings) -> tuple[Finding, ...]:
    """Return the verdict of every rule on every subject, by rule and target."""
    found = (finding for rule in RULES.values() for finding in findings_of(rule, holdings))
    return tuple(sorted(found, key=lambda one: (one.rule, one.target, one.subject)))
