"""What a directory means by the code of a result: why nothing came, and what to do about it."""

import re

from collectors.clean import clean
from collectors.transports.ldap_ber import Result
from inventory.model.evidence import Why

MOST_SAID = 200  # characters of what a server says that are kept

# RFC 4511 appendix A.
NAMES = {
    1: "operationsError",
    2: "protocolError",
    3: "timeLimitExceeded",
    4: "sizeLimitExceeded",
    7: "authMethodNotSupported",
    8: "strongerAuthRequired",
    10: "referral",
    11: "adminLimitExceeded",
    12: "unavailableCriticalExtension",
    13: "confidentialityRequired",
    14: "saslBindInProgress",
    16: "noSuchAttribute",
    17: "undefinedAttributeType",
    18: "inappropriateMatching",
    21: "invalidAttributeSyntax",
    32: "noSuchObject",
    34: "invalidDNSyntax",
    48: "inappropriateAuthentication",
    49: "invalidCredentials",
    50: "insufficientAccessRights",
    51: "busy",
    52: "unavailable",
    53: "unwillingToPerform",
    54: "loopDetect",
    80: "other",
}
NO_SUCH_OBJECT, REFERRAL, UNAVAILABLE_CRITICAL, SIZE_LIMIT = 32, 10, 12, 4
OPERATIONS_ERROR, STRONGER, CONFIDENTIALITY, INVALID = 1, 8, 13, 49

# Sub-codes that Active Directory gives with invalidCredentials: "... data 52e, v4563"
# ([MS-ERREF] 2.2, Win32 error codes in hexadecimal).
_DATA = re.compile(r"data ([0-9a-fA-F]{1,8})\b")
AD_SUBCODES = {
    "525": "there is no such user",
    "52e": "the user or the password is wrong",
    "52f": "the account may not be used in this way (an account restriction)",
    "530": "the account may not log in at this hour",
    "531": "the account may not log in from this machine",
    "532": "the password has expired: change it, then try again",
    "533": "the account is disabled",
    "568": "the account is in too many groups",
    "701": "the account has expired",
    "773": "the password must be changed at the first login: change it, then try again",
    "775": "the account is locked: wait, or have it unlocked, before you try again",
    "80090346": "the server demands channel binding, which this way to log in does not give: "
    "use Kerberos over LDAPS, or have the server's owner look at LdapEnforceChannelBinding",
}
# The result of a search, as the reason of a gap: why, what would cure it, and what it means.
_GAPS = {
    OPERATIONS_ERROR: (Why.FAILED, "directory right"),
    3: (Why.TIMEOUT, "time"),
    SIZE_LIMIT: (Why.TRUNCATED, "limit"),
    STRONGER: (Why.DENIED, "credential"),
    11: (Why.TRUNCATED, "limit"),
    UNAVAILABLE_CRITICAL: (Why.NO_TOOL, "report"),
    CONFIDENTIALITY: (Why.DENIED, "credential"),
    48: (Why.DENIED, "credential"),
    INVALID: (Why.DENIED, "credential"),
    50: (Why.DENIED, "directory right"),
    51: (Why.UNREACHABLE, "audit"),
    52: (Why.UNREACHABLE, "audit"),
    53: (Why.DENIED, "directory right"),
}
_BIND_FIRST = "000004DC"  # [MS-ERREF]: "a successful bind must be completed on the connection"


def said(ended: Result) -> str:
    """Return what the server says of a result, safe to print."""
    return clean(ended.text[: 4 * MOST_SAID]).strip("\x00 \n")[:MOST_SAID].replace("\n", " ")


def explained(ended: Result) -> str:
    """Return the name of a result with what the server says of it."""
    name = NAMES.get(ended.code, f"result {ended.code}")
    text = said(ended)
    return f"{name}: {text}" if text else name


def gap_reason(ended: Result) -> tuple[Why, str]:
    """Return why a search has no whole answer, and the act that would cure it."""
    if ended.code == OPERATIONS_ERROR and _BIND_FIRST in said(ended):
        return Why.DENIED, "credential"
    return _GAPS.get(ended.code, (Why.FAILED, "report"))


def ad_subcode(ended: Result) -> str | None:
    """Return what the sub-code of a failed login means; None: there is none, or it is unknown."""
    found = _DATA.search(said(ended))
    if not found:
        return None
    return AD_SUBCODES.get(found[1].lower().lstrip("0"))
