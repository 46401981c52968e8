r"""How each right in a directory is granted and taken back, as the makers document it.

In commands stand {account} (UPN or DOMAIN\user), {dn} of the account, {domain} (DN), {base} of
the search, {member}, the account as PowerShell finds it, and {user}, its plain login name.
"""

from msgspec import Struct

AD, OPENLDAP, FREEIPA = "Active Directory", "OpenLDAP", "FreeIPA"
# Of cn=config: what is read of it, and nothing else; olcMirrorMode is olcMultiProvider as well.
CONFIG_READ = (
    *("entry", "objectClass", "olcRootDN", "olcAccess", "olcUpdateRef", "olcMirrorMode"),
    *("olcDisallows", "olcRequires", "olcSecurity", "olcReadOnly"),
)
_MS = "https://learn.microsoft.com/en-us"
_DSACLS = f"{_MS}/previous-versions/windows/it-pro/windows-server-2003/cc787520(v=ws.10)"
_SLAPD = "https://www.openldap.org/doc/admin26/access-control.html"


class Way(Struct, frozen=True):
    """One right: how it is told from what an ask needs, and how it is granted and taken back."""

    told_by: str  # pattern over `needs` of an ask, lower case; empty: any other
    dialect: str  # of the directory: "ad", "posix"
    directory: str  # whose commands these are
    right: str
    hidden: str  # why an ordinary user does not see it
    grant: tuple[str, ...]
    take_back: tuple[str, ...]
    source: str


def _slapd(database: str, *rules: str) -> tuple[str, ...]:
    """Return the lines that put rules before all others of a database (slapd.access(5))."""
    return (
        "ldapmodify -Q -Y EXTERNAL -H ldapi:/// <<'END'",
        f"dn: {database},cn=config",
        "changetype: modify",
        "add: olcAccess",
        *(f"olcAccess: {{{number}}}to {rule}" for number, rule in enumerate(rules)),
        "END",
    )


def _slapd_back(database: str, count: int) -> tuple[str, ...]:
    """Return the lines that take as many rules away from the front; look before with slapcat."""
    gone = ("delete: olcAccess", "olcAccess: {0}", "-") * count
    return (
        "ldapmodify -Q -Y EXTERNAL -H ldapi:/// <<'END'",
        f"dn: {database},cn=config",
        "changetype: modify",
        *gone[:-1],
        "END",
    )


WAYS = (
    Way(
        "password setting|pso|fine-grained",
        *("ad", AD),
        right="read password settings objects (fine-grained password policies)",
        hidden="by default only Domain Admins see them; to others the container looks empty",
        grant=(
            'dsacls "CN=Password Settings Container,CN=System,{domain}" /I:T /G "{account}:GR"',
        ),
        take_back=('dsacls "CN=Password Settings Container,CN=System,{domain}" /R "{account}"',),
        source=f"{_MS}/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/"
        "cc770394(v=ws.10)",
    ),
    Way(
        "delet|tombstone|recycle",
        *("ad", AD),
        right="list deleted objects that are still kept",
        hidden="by default only the system and Administrators may; the owner of the container has"
        " to be an administrator before its rights can be changed",
        grant=(
            'dsacls "CN=Deleted Objects,{domain}" /takeownership',
            'dsacls "CN=Deleted Objects,{domain}" /G "{account}:LCRP"',
        ),
        take_back=('dsacls "CN=Deleted Objects,{domain}" /R "{account}"',),
        source=f"{_MS}/troubleshoot/windows-server/active-directory/"
        "non-administrators-view-deleted-object-container",
    ),
    Way(
        "bitlocker|fve|recovery information",
        *("ad", AD),
        right="see that BitLocker recovery information is there (not the recovery password, which"
        " needs Control Access as well)",
        hidden="by default only Domain Admins see these objects below the computers",
        grant=('dsacls "{domain}" /I:S /G "{account}:LCRP;;msFVE-RecoveryInformation"',),
        take_back=('dsacls "{domain}" /R "{account}"',),
        source=f"{_MS}/archive/blogs/craigf/"
        "delegating-access-in-ad-to-bitlocker-recovery-information",
    ),
    Way(
        "password polic",
        *("posix", OPENLDAP),
        right="read password policies",
        hidden="how much a user reads is what the server's access rules say",
        grant=_slapd(
            "olcDatabase={1}mdb",
            'filter="(objectClass=pwdPolicy)" by dn.exact="{dn}" read by * break',
        ),
        take_back=_slapd_back("olcDatabase={1}mdb", 1),
        source=_SLAPD,
    ),
    Way(
        "password polic",
        *("posix", FREEIPA),
        right="read password policies",
        hidden="by default only the privilege Password Policy Readers reads them",
        grant=(
            "ipa role-add handover-audit",
            "ipa role-add-privilege handover-audit --privileges='Password Policy Readers'",
            "ipa role-add-member handover-audit --users={user}",
        ),
        take_back=("ipa role-del handover-audit",),
        source="https://freeipa.readthedocs.io/en/latest/api/access_control_guide.html",
    ),
    Way(
        "config",
        *("posix", OPENLDAP),
        right="read who administers the server and by which rules it gives access",
        hidden="by default only the local root reads cn=config",
        grant=_slapd(
            "olcDatabase={0}config",
            f'dn.subtree="cn=config" attrs={",".join(CONFIG_READ)} by dn.exact="{{dn}}" read'
            " by * break",
        ),
        take_back=_slapd_back("olcDatabase={0}config", 1),
        source=_SLAPD,
    ),
    Way(
        "monitor",
        *("posix", OPENLDAP),
        right="read what the server counts of itself (cn=Monitor)",
        hidden="by default nobody but the administrator of the server reads it",
        grant=_slapd(
            "olcDatabase={2}monitor", 'dn.subtree="cn=Monitor" by dn.exact="{dn}" read by * break'
        ),
        take_back=_slapd_back("olcDatabase={2}monitor", 1),
        source=_SLAPD,
    ),
)
FALLBACK = (
    Way(
        "",
        *("ad", AD),
        right="read {base}",
        hidden="ordinary users do not see it",
        grant=('dsacls "{base}" /I:T /G "{account}:GR"',),
        take_back=('dsacls "{base}" /R "{account}"',),
        source=_DSACLS,
    ),
    Way(
        "",
        *("posix", OPENLDAP),
        right="read {base}",
        hidden="ordinary users do not see it",
        grant=_slapd(
            "olcDatabase={1}mdb",
            'attrs=userPassword by dn.exact="{dn}" none by * break',
            'dn.subtree="{base}" by dn.exact="{dn}" read by * break',
        ),
        take_back=_slapd_back("olcDatabase={1}mdb", 2),
        source=_SLAPD,
    ),
)
IF_HARDENED = (
    Way(
        "",
        *("ad", AD),
        right="read the state, sign-ins and groups of all accounts",
        hidden="every user of the domain does, unless Authenticated Users was taken out of the"
        " group Pre-Windows 2000 Compatible Access (S-1-5-32-554)",
        grant=("Add-ADGroupMember -Identity S-1-5-32-554 -Members {member}",),
        take_back=("Remove-ADGroupMember -Identity S-1-5-32-554 -Members {member}",),
        source=f"{_MS}/windows-server/identity/ad-ds/manage/understand-security-groups",
    ),
    Way(
        "",
        *("posix", OPENLDAP),
        right="read all entries and their operational attributes, without passwords",
        hidden="how much a user reads is what the server's access rules say; without any,"
        " everybody reads everything",
        grant=_slapd(
            "olcDatabase={1}mdb",
            'attrs=userPassword by dn.exact="{dn}" none by * break',
            'dn.subtree="{domain}" by dn.exact="{dn}" read by * break',
        ),
        take_back=_slapd_back("olcDatabase={1}mdb", 2),
        source=_SLAPD,
    ),
)
