"""A home folder for `handover init`, what is typed into it, and what it wrote."""

from pathlib import Path

import pytest

from agent.engagement.model import Engagement, LdapSource, SshSource

CONFIG = """\
Host web1 web2 db1
  HostName 192.0.2.1
Host git
  HostName github.com
Host *
  User audit
"""


def home_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder the home, with an ssh_config in it, and a place for an engagement."""
    monkeypatch.setenv("HOME", str(folder))
    (folder / ".ssh").mkdir()
    (folder / ".ssh" / "config").write_text(CONFIG)
    (folder / "muster").mkdir()
    return folder


def typed(*answers: str) -> str:
    """Return what a person types who gives these answers."""
    return "".join(f"{answer}\n" for answer in answers)


def directory(found: Engagement) -> LdapSource:
    """Return the one directory that is asked."""
    (source,) = (one for one in found.sources if isinstance(one, LdapSource))
    return source


def fleet(found: Engagement) -> SshSource:
    """Return the one fleet that is asked."""
    (source,) = (one for one in found.sources if isinstance(one, SshSource))
    return source
