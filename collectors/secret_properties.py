"""Properties of Microsoft Graph that hold secrets: never asked for, and dropped where they come.

Graph sends some of them unasked, as the first letters of an application's secret (`hint`). Source:
the Graph reference of each type. Names are compared without case.
"""

from typing import Any

SECRET_PROPERTIES = frozenset(
    (
        "secrettext",  # passwordCredential, password
        "hint",  # passwordCredential: the first three characters of the secret
        "key",  # keyCredential, bitlockerRecoveryKey
        "token",  # vppToken
        "password",  # passwordProfile, passwordAuthenticationMethod
        "passwordprofile",
        "passwordbase64",  # deviceLocalCredential
        "credentials",  # deviceLocalCredentialInfo
        "temporaryaccesspass",
        "recoverykey",
        "scriptcontent",  # deviceManagementScript: scripts hold passwords
        "clientsecret",  # identityProvider
        "encryptedsecret",
        "accesstoken",
        "refreshtoken",
        "phonenumber",  # phoneAuthenticationMethod: personal, and of no use here
        "secretkey",  # softwareOathAuthenticationMethod
        "sharedsecret",
    )
)


def without_secrets(value: Any) -> Any:
    """Return decoded JSON without the properties that hold secrets, at any depth."""
    if isinstance(value, dict):
        return {
            name: without_secrets(one)
            for name, one in value.items()
            if name.lower() not in SECRET_PROPERTIES
        }
    if isinstance(value, list):
        return [without_secrets(one) for one in value]
    return value
