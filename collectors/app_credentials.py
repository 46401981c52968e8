"""Secrets and certificates of applications and service principals: how old, never what they are.

Sources: Graph reference, resource types passwordCredential and keyCredential.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from collectors.rows import Row
from inventory.model.tenant_apps import AppCredential

_HEX = re.compile(r"[0-9A-Fa-f]{32,128}")


def credentials(row: Row, owner: str) -> Iterator[AppCredential]:
    """Yield the credentials of an object; `owner`: "application" or "servicePrincipal"."""
    for kind, name in (("secret", "passwordCredentials"), ("certificate", "keyCredentials")):
        for one in row.rows(name):
            yield AppCredential(
                at=one.at(),
                object=row.needed("id"),
                owner=owner,
                id=one.needed("keyId"),
                type=kind,
                app=row.text("displayName") or "",
                label=one.text("displayName") or "",
                usage=one.text("usage"),
                starts=one.moment("startDateTime"),
                ends=one.moment("endDateTime"),
                thumbprint=_thumbprint(one.text("customKeyIdentifier")),
            )


def _thumbprint(told: str | None) -> str | None:
    """Return a key's identifier in hex: Graph gives it so, or in base64."""
    if told is None or _HEX.fullmatch(told):
        return told and told.lower()
    try:
        return base64.b64decode(told, validate=True).hex() or None
    except (binascii.Error, ValueError):
        return None
