"""Imports every record kind, so that KINDS is whole: the store and the reports start here."""

from inventory.model import access, account, discovery, host, network, operation, software

SUBJECTS = (host, account, access, network, software, operation, discovery)
