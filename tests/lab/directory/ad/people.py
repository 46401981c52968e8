"""Users in every state: seen, stale, never seen, with weak settings, and roastable."""

from tests.lab.directory.ad.specimen import (
    CONTROLLERS,
    DES_ONLY,
    DISABLED,
    NEVER_EXPIRES,
    NO_PREAUTH,
    NORMAL,
    NOT_REQUIRED,
    PROVIDER,
    REVERSIBLE,
    SERVICES,
    STAFF,
    USERS,
    backdated,
    decoy,
    given,
    given_decoy,
    specimen,
    user,
)
from tests.lab.directory.orders import Change, Days, SetPassword

ANNA = f"CN=Anna Muster,{STAFF}"
BEN = f"CN=Ben Kurz,{STAFF}"
JANE = f"CN=Jane Doe,{PROVIDER}"
KARL = f"CN=Karl Alt,{PROVIDER}"
LEAVER = f"CN=Lea Weg,{STAFF}"
SQL = f"CN=svc_sql,{SERVICES}"
LONG_AGO = "20240102030405.0Z"

STATES = (
    decoy(
        "a person at work",
        (6, 7, 8, 9, 10, 11, 12, 13, 64),
        "enabled, seen two days ago, password 40 days old",
        user(
            "anna",
            name="Anna Muster",
            attributes={
                "mail": "anna.muster@muster.example",
                "userPrincipalName": "anna@corp.example",
                "description": "Accounts department; asks for a new password each quarter",
                "employeeID": "1001",
            },
        ),
    ),
    decoy(
        "another person at work",
        (6, 7, 8, 9),
        "seen 13 days ago: within the lag of the time of the last logon",
        user(
            "ben",
            name="Ben Kurz",
            seen_days=13,
            attributes={"mail": "ben.kurz@muster.example", "manager": ANNA},
        ),
    ),
    specimen(
        "a disabled leaver",
        6,
        "disabled; still a manager and an owner",
        user("lweg", name="Lea Weg", flags=DISABLED, seen_days=300, password_days=400),
    ),
    specimen(
        "a stale person",
        7,
        "enabled, not seen for 200 days",
        user("stale.sam", seen_days=200, password_days=230),
    ),
    decoy(
        "a disabled account that nobody used for long",
        (7, 8, 9, 10),
        "disabled: no way in",
        user("gone.gil", flags=DISABLED | NOT_REQUIRED, seen_days=700, password_days=900),
    ),
    decoy(
        "a new account that nobody used yet",
        (7, 8),
        "made today",
        user("new.nora", seen_days=None, password_days=0),
    ),
    specimen(
        "an old account that nobody ever used",
        (7, 8),
        "enabled, no logon, made long ago",
        user("unused.uwe", seen_days=None, password_days=690),
        backdated(f"CN=unused.uwe,{STAFF}", LONG_AGO),
    ),
    specimen(
        "an account that expired",
        6,
        "accountExpires lies 20 days back",
        user("expired.eva", attributes={"accountExpires": Days(20)}),
    ),
    decoy(
        "an account that expires in a year",
        6,
        "still valid",
        user("later.leo", attributes={"accountExpires": Days(-365)}),
    ),
    decoy(
        "an account whose expiry is zero",
        6,
        "0 means never, as 9223372036854775807 does",
        user("zero.zoe", attributes={"accountExpires": "0"}),
    ),
    specimen(
        "a locked-out person",
        6,
        "lockoutTime is set, with no end of the lockout",
        user("locked.lou", attributes={"lockoutTime": Days(-1), "badPwdCount": "10"}),
    ),
    specimen(
        "a person who must change the password",
        (6, 9),
        "pwdLastSet is 0",
        user("must.mia", attributes={"pwdLastSet": "0"}),
    ),
)
SETTINGS = (
    specimen(
        "a password that never expires",
        9,
        "never expires, 800 days old",
        user("never.nik", flags=NEVER_EXPIRES, password_days=800),
    ),
    specimen(
        "an account that needs no password",
        10,
        "PASSWD_NOTREQD",
        user("nopass.nat", flags=NOT_REQUIRED),
    ),
    specimen(
        "a password kept reversibly",
        10,
        "reversible encryption",
        user("plain.pia", flags=REVERSIBLE),
    ),
    specimen("an account with DES keys only", 10, "DES", user("des.dan", flags=DES_ONLY)),
    specimen(
        "a person whose password can be guessed offline (AS-REP)",
        11,
        "no Kerberos preauthentication",
        user("asrep.ann", flags=NO_PREAUTH),
    ),
    decoy(
        "a disabled account without preauthentication",
        11,
        "disabled: the controller gives no ticket",
        user("asrep.off", flags=NO_PREAUTH | DISABLED),
    ),
)
SERVICE_ACCOUNTS = (
    specimen(
        "a kerberoastable service account",
        (9, 12, 13),
        "has SPNs; password 2200 days old, RC4 allowed, nobody owns it",
        user(
            "svc_sql",
            ou=SERVICES,
            flags=NEVER_EXPIRES,
            password_days=2200,
            attributes={
                "servicePrincipalName": (
                    "MSSQLSvc/sql1.corp.example:1433",
                    "MSSQLSvc/sql1.corp.example",
                ),
                "userWorkstations": "SQL1,ERP1",
            },
        ),
    ),
    decoy(
        "a service account with AES keys, a young password and an owner",
        13,
        "owned, and changed a month ago; still kerberoastable, as each account with an SPN",
        user(
            "svc_web",
            ou=SERVICES,
            password_days=30,
            attributes={
                "servicePrincipalName": "HTTP/web1.corp.example",
                "msDS-SupportedEncryptionTypes": "24",
                "manager": ANNA,
                "description": "Runs the shop",
            },
        ),
    ),
    decoy(
        "a disabled account with an SPN",
        12,
        "disabled: no ticket can be had for it",
        user(
            "svc_off",
            ou=SERVICES,
            flags=DISABLED,
            attributes={"servicePrincipalName": "HTTP/off.corp.example"},
        ),
    ),
    given_decoy("krbtgt, which has an SPN", 12, f"CN=krbtgt,{USERS}", "the KDC's own account"),
    specimen(
        "a service account by its name alone",
        13,
        "the name proposes it; no SPN",
        user("svc-backup", ou=SERVICES, flags=NEVER_EXPIRES, password_days=1500),
    ),
    decoy(
        "a person whose name starts as a service account's",
        13,
        "Adam Servais: no sign but letters",
        user("servais.adam", name="Adam Servais"),
    ),
)
BUILT_IN = (
    specimen(
        "the key of all tickets, years old",
        26,
        "krbtgt: password 1464 days old",
        Change(dn=f"CN=krbtgt,{USERS}", replace={"pwdLastSet": Days(1464)}),
    ),
    specimen(
        "the built-in Administrator",
        27,
        "RID 500: password 900 days old, used five days ago",
        Change(
            dn=f"CN=Administrator,{USERS}",
            replace={
                "pwdLastSet": Days(900),
                "lastLogonTimestamp": Days(5),
                "userAccountControl": str(NORMAL | NEVER_EXPIRES),
            },
        ),
    ),
    specimen(
        "the guest account, enabled",
        27,
        "RID 501 is enabled and needs no password",
        Change(
            dn=f"CN=Guest,{USERS}",
            replace={"userAccountControl": str(0x10000 | NOT_REQUIRED | 0x200)},
        ),
    ),
    given(
        "the recovery password of the controller",
        28,
        f"CN=DC1,{CONTROLLERS}",
        "DSRM: nothing in the directory tells it; people must say who has it",
    ),
)
# Accounts that the bind of an audit can meet: each refusal has a code of its own.
BINDS = {
    "bind.disabled": ("533", DISABLED, {}),
    "bind.expired": ("701", 0, {"accountExpires": Days(9)}),
    "bind.must": ("773", 0, {"pwdLastSet": "0"}),
    "bind.locked": ("775", 0, {"lockoutTime": Days(-1)}),
}
BIND_PASSWORD = "Refused.for.a.reason.1"
REFUSED = tuple(
    decoy(
        f"an account whose bind is refused with {code}",
        65,
        "for the tests of the bind; its password is known",
        user(login, seen_days=1),
        SetPassword(account=login, password=BIND_PASSWORD),
        Change(
            dn=f"CN={login},{STAFF}",
            replace={"userAccountControl": str(0x200 | flags), **attributes},
        ),
    )
    for login, (code, flags, attributes) in BINDS.items()
)
SPECIMENS = (*STATES, *SETTINGS, *SERVICE_ACCOUNTS, *BUILT_IN, *REFUSED)
