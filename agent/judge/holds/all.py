"""Imports every subject, so that the registries of kinds are whole."""

from agent.judge.holds import (
    control,
    directory_key_paths,
    directory_paths,
    directory_people,
    directory_places,
    directory_policies,
    directory_rights,
    grants,
    jobs,
    keys,
    network,
    people,
    reports,
    supply,
    tenant_apps,
    tenant_devices,
    tenant_partners,
    tenant_people,
    tenant_policies,
)

SUBJECTS = (keys, people, grants, control, network, jobs, reports, supply)
DIRECTORY_SUBJECTS = (directory_people, directory_rights, directory_places, directory_policies)
JOINED_SUBJECTS = (directory_paths, directory_key_paths)
TENANT_SUBJECTS = (
    tenant_people,
    tenant_apps,
    tenant_partners,
    tenant_policies,
    tenant_devices,
)
