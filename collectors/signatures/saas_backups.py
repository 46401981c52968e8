"""Backups of Microsoft 365 by others, as their applications are called in a tenant.

Names are those of the vendors' products: a part of the application's or of its publisher's name.
"""

import re

SAAS_BACKUPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (product, re.compile(rf"(?i){name}"))
    for product, name in (
        ("Veeam", r"\bveeam\b"),
        ("AvePoint", r"avepoint"),
        ("Datto SaaS Protection", r"datto|backupify"),
        ("Acronis", r"\bacronis\b"),
        ("Afi", r"\bafi\b.*(?:backup|data)|afi technologies|^afi$"),
        ("Barracuda Cloud-to-Cloud Backup", r"barracuda.*backup"),
        ("Druva", r"\bdruva\b"),
        ("Keepit", r"\bkeepit\b"),
        ("Spanning", r"\bspanning\b"),
        ("Dropsuite", r"dropsuite|dropmysite"),
        ("Synology Active Backup", r"active backup for microsoft 365|synology"),
        ("SkyKick", r"skykick"),
        ("CodeTwo Backup", r"codetwo backup"),
        ("Cove", r"cove data protection"),
        ("Commvault", r"commvault|metallic"),
        ("Rubrik", r"\brubrik\b"),
        ("Cohesity", r"cohesity"),
        ("Hornetsecurity 365 Total Backup", r"hornetsecurity|altaro"),
        ("MSP360", r"msp360|cloudberry"),
        ("NovaStor", r"novastor"),
        ("OpenText (Carbonite)", r"carbonite"),
    )
)


def saas_backup(name: str, publisher: str = "") -> str | None:
    """Return the product of a backup by its application's name or publisher; None: none known."""
    for text in (name, publisher):
        for product, pattern in SAAS_BACKUPS:
            if text and pattern.search(text[:300]):
                return product
    return None
