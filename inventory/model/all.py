"""Imports every record kind, so that KINDS is whole: the store and the reports start here."""

from inventory.model import (
    access,
    account,
    directory,
    directory_accounts,
    directory_policies,
    directory_rights,
    directory_services,
    discovery,
    host,
    network,
    operation,
    software,
)

SUBJECTS = (
    host,
    account,
    access,
    network,
    software,
    operation,
    discovery,
    directory,
    directory_accounts,
    directory_policies,
    directory_rights,
    directory_services,
)
