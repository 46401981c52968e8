"""Backups of Microsoft 365 by others, as their applications are called in a tenant.

Names are those of the vendors' products, from memory: a part of the application's or of its
publisher's name. Of a vendor who makes other things too, only what is called a backup is one: an
application for signing in to Datto's portal is none.
"""

import re

SAAS_BACKUPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (product, re.compile(rf"(?i){name}"))
    for product, name in (
        ("Veeam", r"\bveeam\b"),
        ("AvePoint", r"avepoint.*(?:backup|online services)|\baos\b.*backup"),
        ("Datto SaaS Protection", r"datto saas|datto.*backup|backupify"),
        ("Acronis", r"acronis.*(?:backup|protect)"),
        ("Afi", r"\bafi\b.*(?:backup|data)|afi technologies|^afi$"),
        ("Barracuda Cloud-to-Cloud Backup", r"barracuda.*backup"),
        ("Druva", r"\bdruva\b"),
        ("Keepit", r"\bkeepit\b"),
        ("Spanning", r"^spanning\b"),
        ("Dropsuite", r"dropsuite|dropmysite"),
        ("Synology Active Backup", r"active backup for (?:microsoft|office) 365|synology.*backup"),
        ("SkyKick", r"skykick.*backup"),
        ("CodeTwo Backup", r"codetwo backup"),
        ("Cove", r"cove data protection"),
        ("Commvault", r"commvault|\bmetallic\b"),
        ("Rubrik", r"\brubrik\b"),
        ("Cohesity", r"cohesity"),
        ("Hornetsecurity 365 Total Backup", r"365 total backup|(?:hornetsecurity|altaro).*backup"),
        ("MSP360", r"msp360|cloudberry"),
        ("NovaStor", r"novastor|novabackup"),
        ("OpenText (Carbonite)", r"carbonite.*backup"),
    )
)


def saas_backup(name: str, publisher: str = "") -> str | None:
    """Return the product of a backup by its application's name or publisher; None: none known."""
    for text in (name, publisher):
        for product, pattern in SAAS_BACKUPS:
            if text and pattern.search(text[:300]):
                return product
    return None
