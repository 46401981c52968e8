"""Accounts, groups, sudo rules, keys and policies of OpenLDAP, and what must be said of them."""

from tests.lab.directory.ad.specimen import Specimen, decoy, given, specimen
from tests.lab.directory.canaries import canary
from tests.lab.directory.orders import Add, Order, Stamp, UnixDay
from tests.lab.directory.posix.entries import (
    ANNA,
    BEN,
    GONE,
    GROUPS,
    HIDDEN,
    JANE,
    NETGROUPS,
    PUBLIC,
    SUDOERS,
    foundations,
    names,
    person,
    policy,
    rule,
    unix_group,
)
from tests.lab.directory.posix.keys import dsa_key, rsa_key
from tests.lab.keys import named_pair

SHARED_KEY = named_pair("deploy@oldmsp").public

ACCOUNTS = (
    decoy(
        "anna of the client",
        ("L1", "L2", "L5"),
        "an ordinary account with a good key",
        person(
            "anna",
            20001,
            "Anna Muster",
            attributes={
                "mail": "anna.muster@muster.example",
                "sshPublicKey": f"{named_pair('anna@muster').public} anna",
            },
        ),
    ),
    specimen(
        "an account that is root",
        "L1",
        "uidNumber 0",
        person("toor", 0, "Second Root", attributes={"gidNumber": "0"}),
    ),
    specimen(
        "two accounts that are one user to a host",
        "L1",
        "ben and twin: uidNumber 20002",
        person("ben", 20002, "Ben Kurz", attributes={"mail": "ben.kurz@muster.example"}),
        person("twin", 20002, "Ben's Twin"),
    ),
    decoy(
        "two accounts of one group",
        "L1",
        "the same gidNumber is no double",
        person("solo", 20003, "Solo Sam"),
    ),
    specimen(
        "an account of the provider",
        ("L1", "L4", "L5"),
        "jdoe: mail at oldmsp.example, a key of OldMSP",
        person(
            "jdoe",
            20010,
            "Jane Doe",
            attributes={
                "mail": "jane.doe@oldmsp.example",
                "o": "OldMSP GmbH",
                "sshPublicKey": f"{named_pair('jane@oldmsp').public} jane@oldmsp",
            },
        ),
    ),
    specimen(
        "an account of the provider by its manager",
        "L1",
        "tool: Jane Doe is its manager",
        person("tool", 20011, "Tool", attributes={"manager": JANE, "loginShell": "/bin/sh"}),
    ),
    specimen(
        "a password in a description of Unix",
        "L1",
        "description of scan",
        person(
            "scan", 20012, "Scanner", attributes={"description": f"password: {canary('lin text')}"}
        ),
    ),
)
STATES = (
    specimen(
        "an account whose days are over",
        "L2",
        "shadowExpire lies 40 days back",
        person("over", 20020, "Over Otto", attributes={"shadowExpire": UnixDay(40)}),
    ),
    specimen(
        "a password older than its longest age",
        "L2",
        "changed 400 days ago, shadowMax 90",
        person(
            "aged",
            20021,
            "Aged Ada",
            attributes={"shadowLastChange": UnixDay(400), "shadowMax": "90"},
        ),
    ),
    specimen(
        "an account that is locked for good",
        ("L2", "L5"),
        "pwdAccountLockedTime 000001010000Z; it still has a key",
        person(
            "kalt",
            20022,
            "Karl Alt",
            attributes={
                "mail": "karl.alt@oldmsp.example",
                "pwdAccountLockedTime": "000001010000Z",
                "sshPublicKey": f"{named_pair('karl@oldmsp').public} karl",
            },
        ),
    ),
    decoy(
        "an account that was locked for a while",
        "L2",
        "locked a year ago; the policy unlocks after 300 s",
        person("once", 20023, "Once Olga", attributes={"pwdAccountLockedTime": Stamp(365)}),
    ),
    specimen(
        "an account whose password the server knows to be old",
        "L2",
        "pwdChangedTime 700 days ago",
        person("slow", 20024, "Slow Sue", attributes={"pwdChangedTime": Stamp(700)}),
    ),
    specimen(
        "an account that FreeIPA has disabled",
        "L8",
        "nsAccountLock TRUE",
        person(
            "ipaoff",
            20025,
            "Ipa Off",
            attributes={"nsAccountLock": "TRUE", "krbPrincipalName": "ipaoff@LIN.EXAMPLE"},
        ),
    ),
    decoy(
        "an account that FreeIPA has not disabled",
        "L8",
        "nsAccountLock FALSE",
        person("ipaon", 20026, "Ipa On", attributes={"nsAccountLock": "FALSE"}),
    ),
)
KEYS = (
    specimen(
        "one key on two accounts",
        "L5",
        "app1 and app2: the provider's deploy key",
        person("app1", 20030, "App 1", attributes={"sshPublicKey": f"{SHARED_KEY} deploy"}),
        person("app2", 20031, "App 2", attributes={"sshPublicKey": f"{SHARED_KEY} other words"}),
    ),
    specimen(
        "a short RSA key",
        "L5",
        "1024 bits",
        person("short", 20032, "Short", attributes={"sshPublicKey": rsa_key(1024, "short")}),
    ),
    specimen(
        "a DSA key",
        "L5",
        "ssh-dss",
        person("olddsa", 20033, "Old Dsa", attributes={"sshPublicKey": dsa_key("olddsa")}),
    ),
    decoy(
        "a long RSA key",
        "L5",
        "3072 bits",
        person("long", 20034, "Long", attributes={"sshPublicKey": rsa_key(3072, "long")}),
    ),
    specimen(
        "a value that is no key",
        "L5",
        "text where a key should be",
        person("nokey", 20035, "No Key", attributes={"sshPublicKey": "<script>alert(1)</script>"}),
    ),
)
RULES = (
    specimen(
        "the provider may do all, without a password",
        "L4",
        "%oldmsp: ALL, !authenticate",
        rule("oldmsp", sudoUser="%oldmsp", sudoCommand="ALL", sudoOption="!authenticate"),
    ),
    specimen(
        "a leaver may do all",
        "L4",
        "jdoe: ALL",
        rule("jane", sudoUser="jdoe", sudoCommand="ALL", sudoRunAsUser="ALL"),
    ),
    specimen(
        "a netgroup may do all",
        "L4",
        "+ops: ALL",
        rule("ops", sudoUser="+ops", sudoCommand="ALL", sudoOrder="10"),
    ),
    decoy(
        "a rule that is over",
        "L4",
        "sudoNotAfter lies 10 days back",
        rule("over", sudoUser="kalt", sudoCommand="ALL", sudoNotAfter=Stamp(10)),
    ),
    specimen(
        "a rule that ends soon",
        "L4",
        "sudoNotAfter in 20 days",
        rule("soon", sudoUser="kalt", sudoCommand="ALL", sudoNotAfter=Stamp(-20)),
    ),
    decoy(
        "a rule for one command",
        "L4",
        "anna may restart the shop",
        rule("shop", sudoUser="anna", sudoCommand="/usr/bin/systemctl restart shop"),
    ),
    decoy(
        "the defaults of all rules",
        "L4",
        "no user: options only",
        Add(
            dn=f"cn=defaults,{SUDOERS}",
            attributes={"objectClass": "sudoRole", "cn": "defaults", "sudoOption": "env_reset"},
        ),
    ),
)
MEMBERS = (
    specimen(
        "a group of the provider",
        ("L4", "L6"),
        "oldmsp: jdoe, kalt, and one that is no account",
        unix_group("oldmsp", 20100, "jdoe", "kalt", "nobody-here"),
    ),
    specimen(
        "a group with a member that is gone",
        "L6",
        f"{GONE} is no entry",
        names("projects", ANNA, GONE),
    ),
    decoy("a group whose members are there", "L6", "anna and ben", names("staff", ANNA, BEN)),
    specimen(
        "a circle of groups",
        "L6",
        "ring1 holds ring2, which holds ring1",
        names("ring1", f"cn=ring2,{GROUPS}", JANE),
        names("ring2", f"cn=ring1,{GROUPS}"),
    ),
    specimen(
        "a netgroup",
        "L6",
        "ops: jdoe on all hosts",
        Add(
            dn=f"cn=ops,{NETGROUPS}",
            attributes={
                "objectClass": "nisNetgroup",
                "cn": "ops",
                "nisNetgroupTriple": ("(,jdoe,)", "(web1,anna,lin.example)"),
                "memberNisNetgroup": "more",
            },
        ),
    ),
    decoy(
        "the primary group of all",
        "L6",
        "no memberUid: empty by itself",
        unix_group("users", 20000),
    ),
)
SETTINGS = (
    specimen(
        "the password policy of all",
        "L3",
        "5 characters, no lockout, 365 days",
        policy(
            "default",
            pwdMinLength="5",
            pwdMaxAge="31536000",
            pwdMaxFailure="0",
            pwdLockout="FALSE",
            pwdLockoutDuration="300",
        ),
    ),
    decoy(
        "the password policy of administrators",
        "L3",
        "14 characters, lockout after 5",
        policy(
            "admins", pwdMinLength="14", pwdMaxAge="7776000", pwdMaxFailure="5", pwdLockout="TRUE"
        ),
    ),
    specimen(
        "entries that anybody reads",
        "L7",
        "ou=public is read without a login",
        Add(
            dn=f"cn=Telephone list,{PUBLIC}",
            attributes={"objectClass": "device", "cn": "Telephone list", "description": "anna: 11"},
        ),
    ),
    specimen(
        "entries that the reader does not see",
        "L7",
        "ou=hidden: its absence from an answer proves nothing",
        Add(
            dn=f"cn=vault,{HIDDEN}",
            attributes={"objectClass": "device", "cn": "vault", "description": canary("hidden")},
        ),
    ),
    given("who holds the password of the root of the tree", "L7", "cn=config", "olcRootDN"),
)
TRUTH: tuple[Specimen, ...] = (*ACCOUNTS, *STATES, *KEYS, *RULES, *MEMBERS, *SETTINGS)


def orders() -> tuple[Order, ...]:
    """Return all that makes the tree."""
    return (*foundations(), *(order for one in TRUTH for order in one.orders))
