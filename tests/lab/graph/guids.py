"""Invented ids that stay the same from run to run."""

import uuid

_SPACE = uuid.UUID("6d757374-6572-4000-8000-000000000000")


def guid(name: str) -> str:
    """Return the id of something by its name."""
    return str(uuid.uuid5(_SPACE, name))
