"""OldMSP, who leaves: the people, keys and addresses by which it is recognised."""

import base64
import hashlib

from tests.lab.keys import named_pair

NETWORK = "203.0.113.0/24"
NETWORK_6 = "2001:db8:77::/48"
OFFICE = "203.0.113.10"
NAME_SERVER = "203.0.113.53"
VAULT = "203.0.113.20"
SCREENCONNECT = "7d1f0c2ba94e6358"
MESH = "OLDMSP7C1D5E"
MANAGER = "OldMSP GmbH"  # as TeamViewer names the company that owns a machine

JANE = named_pair("jane@oldmsp")
KARL = named_pair("karl@oldmsp")
DEPLOY = named_pair("deploy@oldmsp")
AUTHORITY = named_pair("user CA of oldmsp")

PROFILE = """\
# How OldMSP is recognised: one file, used in every engagement in which it leaves.
name: OldMSP
leaving: provider
people:
  - name: Jane Doe
    mails: [jane.doe@oldmsp.example]
    accounts: [jdoe]
    keys: ["{jane}"]
  - name: Karl Alt
    mails: [karl.alt@oldmsp.example]
    accounts: [kalt]
    keys: ["{karl}"]
mail_domains: [oldmsp.example]
networks: ["{network}", "{network_6}"]
ssh_keys: ["{deploy}", "{authority}"]
accounts: [oldmsp]
agent_instances: ["{screenconnect}", "{mesh}", "{manager}"]
servers: [.oldmsp.example]
"""


def fingerprint(public: str) -> str:
    """Return the fingerprint of `algorithm base64`, as ssh-keygen prints it."""
    digest = hashlib.sha256(base64.b64decode(public.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def profile() -> str:
    """Return OldMSP's profile, the text of a file that handover.yaml names."""
    return PROFILE.format(
        jane=fingerprint(JANE.public),
        karl=fingerprint(KARL.public),
        deploy=fingerprint(DEPLOY.public),
        authority=fingerprint(AUTHORITY.public),
        network=NETWORK,
        network_6=NETWORK_6,
        screenconnect=SCREENCONNECT,
        mesh=MESH,
        manager=MANAGER,
    )
