"""Backups of Microsoft 365 as applications: products that are one, and those that are none."""

import pytest

from collectors.signatures.saas_backups import saas_backup

BACKUPS = (
    ("Veeam Data Cloud for Microsoft 365", "Veeam"),
    ("Veeam Backup for Microsoft 365 restore", "Veeam"),
    ("AvePoint Cloud Backup for Microsoft 365", "AvePoint"),
    ("AvePoint Online Services Administration for Microsoft 365", "AvePoint"),
    ("Datto SaaS Protection", "Datto SaaS Protection"),
    ("Backupify", "Datto SaaS Protection"),
    ("Acronis Cyber Protect Cloud", "Acronis"),
    ("Acronis Backup", "Acronis"),
    ("Afi Backup", "Afi"),
    ("Barracuda Cloud-to-Cloud Backup", "Barracuda Cloud-to-Cloud Backup"),
    ("Druva inSync", "Druva"),
    ("Keepit", "Keepit"),
    ("Spanning Backup for Microsoft 365", "Spanning"),
    ("Dropsuite Backup", "Dropsuite"),
    ("Synology Active Backup for Microsoft 365", "Synology Active Backup"),
    ("SkyKick Cloud Backup", "SkyKick"),
    ("CodeTwo Backup for Office 365", "CodeTwo Backup"),
    ("Cove Data Protection", "Cove"),
    ("Commvault Cloud", "Commvault"),
    ("Rubrik for Microsoft 365", "Rubrik"),
    ("Cohesity", "Cohesity"),
    ("Hornetsecurity 365 Total Backup", "Hornetsecurity 365 Total Backup"),
    ("Altaro Office 365 Backup", "Hornetsecurity 365 Total Backup"),
    ("MSP360 Backup", "MSP360"),
)
OTHERS = (
    "",
    "Datto Partner Portal",
    "Datto RMM",
    "Synology SSO",
    "Hornetsecurity Spam and Malware Protection",
    "Barracuda Email Gateway Defense",
    "SkyKick Migrations",
    "AvePoint Fly",
    "CodeTwo Email Signatures",
    "Acronis Login",
    "Affinity",
    "Veeamless",
    "Microsoft 365 Backup Viewer",
    "Network spanning tool",
    "Carbonite Login",
)


@pytest.mark.parametrize(("name", "product"), BACKUPS)
def test_a_backup_is_recognised_by_the_name_of_its_application(name: str, product: str) -> None:
    assert saas_backup(name) == product
    assert saas_backup(name.upper(), "somebody else") == product


@pytest.mark.parametrize("name", OTHERS)
def test_another_application_is_no_backup_even_of_the_same_vendor(name: str) -> None:
    assert saas_backup(name) is None


def test_a_vendor_of_backups_alone_is_recognised_by_the_publisher() -> None:
    assert saas_backup("Connector", "Keepit A/S") == "Keepit"
    assert saas_backup("Single sign-on", "Datto, Inc.") is None


def test_a_name_without_end_is_read_to_a_bound() -> None:
    assert saas_backup("x" * 1_000_000 + " Veeam", "y" * 1_000_000) is None
