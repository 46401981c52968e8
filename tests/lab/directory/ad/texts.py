"""What people wrote: secrets in free text, signs of a provider, keys, sudo rules, and odd names."""

from tests.lab.directory.ad.people import ANNA
from tests.lab.directory.ad.specimen import (
    CONTACTS,
    DISABLED,
    GROUPS,
    PROVIDER,
    SERVICES,
    STAFF,
    Specimen,
    computer,
    decoy,
    group,
    specimen,
    user,
)
from tests.lab.directory.canaries import canary
from tests.lab.directory.names import BASE
from tests.lab.directory.orders import Add
from tests.lab.keys import named_pair

SUDOERS = f"OU=sudoers,{BASE}"
CROWD = 3200
PROVIDERS_KEY = named_pair("jane@oldmsp").public
SECRETS = (
    specimen(
        "a password in a description",
        64,
        "description of a user",
        user("told.tom", attributes={"description": f"Scanner, pw: {canary('description')}"}),
    ),
    specimen(
        "a password in the notes",
        64,
        "info of a user",
        user("noted.ned", attributes={"info": f"Login erp\nPassword={canary('info')}"}),
    ),
    specimen(
        "a password in a comment",
        64,
        "comment of a user; Kennwort is German for password",
        user("comment.cy", attributes={"comment": f"Kennwort: {canary('comment')}"}),
    ),
    specimen(
        "a password in the description of a group",
        64,
        "description of a group",
        group("Scanners", ANNA, attributes={"description": f"passwd {canary('group text')}"}),
    ),
    specimen(
        "a password in the description of a computer",
        64,
        "description of a computer",
        computer("KIOSK", attributes={"description": f"local admin pwd={canary('computer text')}"}),
    ),
    decoy(
        "a description that speaks of passwords",
        64,
        "no password in it",
        user("reset.ria", attributes={"description": "May reset passwords of the branch"}),
    ),
)
OF_THE_PROVIDER = (
    specimen(
        "an account of the provider by its mail address",
        (14, 15),
        "mail at oldmsp.example",
        user("ext01", attributes={"mail": "noc@oldmsp.example"}),
    ),
    specimen(
        "an account of the provider by its UPN",
        15,
        "userPrincipalName at oldmsp.example",
        user("ext02", attributes={"userPrincipalName": "ext02@oldmsp.example"}),
    ),
    specimen(
        "an account of the provider by its name",
        15,
        "display name: OldMSP Support",
        user("ext03", attributes={"displayName": "OldMSP Support"}),
    ),
    specimen(
        "an account of the provider by its description",
        15,
        "description names OldMSP",
        user("ext04", ou=SERVICES, attributes={"description": "Remote support by OldMSP GmbH"}),
    ),
    specimen(
        "an account of the provider by its manager",
        15,
        "Karl Alt is its manager",
        user("ext05", attributes={"manager": f"CN=Karl Alt,{PROVIDER}"}),
    ),
    decoy(
        "a mail address that ends in the same letters",
        15,
        "notoldmsp.example is another domain",
        user("near.ned", attributes={"mail": "ned@notoldmsp.example"}),
    ),
)
UNIX = (
    specimen(
        "a Unix account with an SSH key of the provider",
        15,
        "sshPublicKey: Jane Doe's",
        user(
            "unix.jane",
            ou=PROVIDER,
            attributes={
                "uidNumber": "20001",
                "gidNumber": "20000",
                "unixHomeDirectory": "/home/jdoe",
                "loginShell": "/bin/bash",
                "sshPublicKey": f"{PROVIDERS_KEY} jane@oldmsp",
            },
        ),
    ),
    specimen(
        "a certificate that logs on as somebody",
        15,
        "altSecurityIdentities: a certificate of OldMSP's authority",
        user(
            "mapped.max",
            attributes={
                "altSecurityIdentities": "X509:<I>CN=OldMSP Issuing CA<S>CN=Jane Doe",
            },
        ),
    ),
    specimen(
        "a sudo rule for all hosts in the domain",
        15,
        "%Helpdesk may do all without a password",
        Add(dn=SUDOERS, attributes={"objectClass": "organizationalUnit"}),
        Add(
            dn=f"CN=helpdesk,{SUDOERS}",
            attributes={
                "objectClass": "sudoRole",
                "sudoUser": ("%Helpdesk", "jdoe"),
                "sudoHost": "ALL",
                "sudoCommand": "ALL",
                "sudoOption": "!authenticate",
            },
        ),
    ),
)
ODD = (
    'Comma, Quote "and" Plus+',
    "#Hash and = sign",
    " leading and trailing ",
    "Back\\slash; semi <angle>",
    "Ümläut Ñandú Ð",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x.invalid")',
    "Bidi \u202egnp.exe",
    "Zero\u200bwidth",
    "Emoji 🙂 👩‍💻",
    "Line\nbreak",
    "$(touch x) `id` ; rm -rf",
    "[bold red]rich[/]",
    "| pipe | table |",
)
_SPECIAL = set(',\\#+<>;"=\n')


def escaped(name: str) -> str:
    """Return a value for a distinguished name (RFC 4514 section 2.4), in hexadecimal where special."""
    inner = "".join(f"\\{ord(sign):02X}" if sign in _SPECIAL else sign for sign in name)
    if inner.startswith(" "):
        inner = f"\\20{inner[1:]}"
    return f"{inner[:-1]}\\20" if inner.endswith(" ") else inner


def _odd(place: int, name: str) -> Specimen:
    login = f"odd{place:02}"
    return specimen(
        f"a name with odd signs ({place})",
        6,
        f"shown as what it is: {name!a}",
        Add(
            dn=f"CN={escaped(name)},{STAFF}",
            attributes={
                "objectClass": "user",
                "sAMAccountName": login,
                "userAccountControl": str(0x200 | DISABLED),
                "displayName": name,
                "description": name,
            },
        ),
    )


NAMES = tuple(_odd(place, name) for place, name in enumerate(ODD))
SPECIMENS = (*SECRETS, *OF_THE_PROVIDER, *UNIX, *NAMES)


def crowd() -> tuple[Add, ...]:
    """Return a mail list with thousands of members, and the contacts that it holds."""
    contacts = tuple(f"CN=Reader {number:04},{CONTACTS}" for number in range(CROWD))
    made = (Add(dn=dn, attributes={"objectClass": "contact"}) for dn in contacts)
    return (*made, group("Newsletter", *contacts, ou=GROUPS))
