"""The example of a directory in the README is one that can be used as it stands."""

import re
from pathlib import Path

from agent.engagement.file import engagement_of
from agent.engagement.model import LdapSource

README = Path(__file__).parents[3] / "README.md"
PEM = "-----BEGIN CERTIFICATE-----\n"


def test_the_readme_shows_a_directory_as_it_is_read(tmp_path: Path) -> None:
    (block,) = (
        one
        for one in re.findall(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL)
        if "ldap" in one
    )
    (tmp_path / "ca.pem").write_text(PEM)
    (found,) = engagement_of(f"client: Muster\n{block}".encode(), tmp_path).sources
    assert isinstance(found, LdapSource)
    assert found.user == "handover-audit@corp.example"
    commented = re.sub(r"^    # (\w+:)", r"    \1", block, flags=re.MULTILINE)
    instead = re.sub(r"^    (user|password):.*\n", "", commented, flags=re.MULTILINE)
    (ticket,) = engagement_of(f"client: Muster\n{instead}".encode(), tmp_path).sources
    assert isinstance(ticket, LdapSource)
    assert (ticket.kerberos, ticket.server_name) == (True, "dc1.corp.example")
