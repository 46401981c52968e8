"""The audit's own way in: the account and the key with which it logs in."""

from collections.abc import Iterator
from pathlib import Path

from agent.engagement.model import Engagement, SshSource
from collectors.openssh import public_key

MOST_BYTES = 16_384


def own_login(engagement: Engagement) -> tuple[str, str]:
    """Return login name and key fingerprint, as the file says them; "" for what it does not say."""
    accounts, keys = _said(engagement, "user"), _said(engagement, "key")
    prints = (_fingerprint(Path(str(key))) for key in keys)
    return str(next(accounts, "")), next((one for one in prints if one), "")


def _said(engagement: Engagement, field: str) -> Iterator[object]:
    for source in engagement.sources:
        if isinstance(source, SshSource):
            values = (getattr(one, field) for one in (source.defaults, *source.hosts))
            yield from (value for value in values if value)


def _fingerprint(key: Path) -> str:
    """Return the fingerprint of the public half beside a private key; "" when there is none."""
    path = key.with_name(key.name + ".pub")
    try:
        with path.open("rb") as file:
            found = public_key(file.read(MOST_BYTES).decode("utf-8", "replace"))
    except OSError:
        return ""
    return found.fingerprint if found else ""
