"""Secrets planted where directories keep them: none may ever leave one. Each holds the MARK."""

MARK = "c4Nary7Xq"


def canary(place: str) -> str:
    """Return the secret of a place: as complex as a password policy wants it, without blanks."""
    return f"{MARK}!{''.join(word.capitalize() for word in place.split())}"
