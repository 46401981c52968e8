"""Small engagements, as their handover.yaml says them."""

from pathlib import Path

from agent.engagement.file import load
from agent.engagement.model import Engagement

HEAD = """\
client: Muster
authorisation: {name: Anna, role: director, date: 2020-01-01, reference: letter}
sources:
"""


def engagement(folder: Path, sources: str, *, head: str = HEAD) -> Engagement:
    """Write the engagement and return what it says."""
    (folder / "handover.yaml").write_text(head + sources)
    (folder / "handover.yaml").chmod(0o600)
    return load(folder)
