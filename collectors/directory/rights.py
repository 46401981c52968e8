"""Who may change the objects on which a domain stands: rights from their security descriptors.

[MS-ADTS] 5.1.3 (access checks), [MS-DTYP] 2.4.6 (the form). Read of the domain itself,
AdminSDHolder, units and the containers of accounts, controllers, and groups that have power.
"""

from collections.abc import Iterator

from collectors.directory_values import guid_text
from collectors.entries import Entries
from collectors.granted_rights import granted
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_rights import DirectoryRight


def _ask(name: str, filter_text: str, base: str = "{domain}", scope: str = "base") -> LdapSearch:
    return LdapSearch(
        name,
        filter_text,
        ("objectClass",),
        base=base,
        scope="base" if scope == "base" else "subtree",
        dialect="ad",
        empty="gap",
        no_base="gap",
        descriptors=True,
    )


# Attributes whose schemaIDGUID differs from forest to forest: who may read them has a password.
OWN_NAMES = LdapSearch(
    "own_names",
    "(|(lDAPDisplayName=ms-Mcs-AdmPwd*)(lDAPDisplayName=msLAPS-*))",
    ("lDAPDisplayName", "schemaIDGUID"),
    base="{schema}",
    scope="one",
    dialect="ad",
    no_base="gap",
)
DOMAIN = _ask("domain", "(objectClass=*)")
PROTECTED = _ask("protected", "(objectClass=*)", "CN=AdminSDHolder,CN=System,{domain}")
USERS = _ask("users", "(objectClass=*)", "CN=Users,{domain}")
COMPUTERS = _ask("computers", "(objectClass=*)", "CN=Computers,{domain}")
UNITS = _ask("units", "(objectCategory=organizationalUnit)", scope="subtree")
CONTROLLERS = _ask(
    "controllers",
    "(&(objectCategory=computer)(|(primaryGroupID=516)(primaryGroupID=521)))",
    scope="subtree",
)
GROUPS = _ask(
    "groups",
    "(&(objectCategory=group)(|(adminCount=1)(isCriticalSystemObject=TRUE)"
    "(sAMAccountName=DnsAdmins)(sAMAccountName=Organization Management)"
    "(sAMAccountName=Exchange Windows Permissions)(sAMAccountName=Exchange Trusted Subsystem)))",
    scope="subtree",
)


@collector(
    "directory.rights",
    asks=[OWN_NAMES, DOMAIN, PROTECTED, USERS, COMPUTERS, UNITS, CONTROLLERS, GROUPS],
    tells=[DirectoryRight],
    source="ldap",
)
def rights(own_names: Entries, *found: Entries) -> Iterator[DirectoryRight | Unreadable]:
    """Yield each right that changes something; an object whose rights are not shown is a gap."""
    names = {
        guid: name
        for entry in own_names
        if (guid := guid_text(entry.raw("schemaIDGUID")))
        and (name := entry.text("lDAPDisplayName"))
    }
    kinds = ("domain", "AdminSDHolder", "container", "container", "OU", "controller", "group")
    for kind, entries in zip(kinds, found, strict=True):
        for entry in entries:
            yield from granted(entry, kind, names)
