"""The text of a new handover.yaml: what was answered, and comments for all that was not."""

import datetime
import json

from msgspec import Struct


class Answers(Struct, frozen=True):
    """What a person answered; empty: not answered."""

    client: str
    leaving: str = "provider"  # provider, person, fewer-duties; empty: nobody leaves
    outgoing: str = ""
    outgoing_people: tuple[str, ...] = ()
    outgoing_domains: tuple[str, ...] = ()
    incoming: str = ""
    cutover: datetime.date | None = None
    authorised_by: str = ""
    authorised_as: str = ""
    authorised_on: datetime.date | None = None
    reference: str = ""
    told: bool = False
    hosts: tuple[str, ...] = ()  # of the ssh_config
    user: str = ""
    key: str = ""
    become: str = "none"
    detail: str = "minimal"


def draft(answers: Answers) -> str:
    """Return the text of a handover.yaml that says what was answered."""
    parts = (_head(answers), _authorisation(answers), _parties(answers), _sources(answers), _TAIL)
    return "\n".join(parts)


def quoted(text: str) -> str:
    """Return a text as YAML reads it back, whatever stands in it: JSON is YAML 1.2."""
    return json.dumps(text, ensure_ascii=False)


def _listed(values: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, values))}]"


def _head(answers: Answers) -> str:
    cutover = f"cutover: {answers.cutover}" if answers.cutover else "# cutover: 2027-06-23"
    return f"""\
# One handover of one client. `handover plan` shows what would be asked; it contacts nothing.
client: {quoted(answers.client)}
told: {"yes" if answers.told else "no"}  # whether the staff know of the audit
detail: {answers.detail}  # minimal or full: how exact what is said about ordinary people is
retention: 400 days

dates:
  {cutover}
  # access_ended: 2027-06-24  # when the leaver's access ended: rotations count from then on
"""


def _authorisation(answers: Answers) -> str:
    if not answers.authorised_by:
        return """\
# Without this only this machine is audited.
# authorisation:
#   name: Anna Muster
#   role: managing director
#   date: 2027-05-10
#   reference: mail of 10 May 2027
#   until: 2027-12-31
"""
    return f"""\
authorisation:
  name: {quoted(answers.authorised_by)}
  role: {quoted(answers.authorised_as)}
  date: {answers.authorised_on}
  reference: {quoted(answers.reference)}
  # until: 2027-12-31
"""


def _parties(answers: Answers) -> str:
    return f"""\
# How each party is recognised. The more the outgoing party's profile says, the more is found.
parties:
  client:
    name: {quoted(answers.client)}
    # people: [{{name: Anna Muster, mails: [anna@muster.example], accounts: [anna]}}]
    # mail_domains: [muster.example]
{_outgoing(answers)}{_incoming(answers)}"""


def _outgoing(answers: Answers) -> str:
    if not answers.outgoing:
        return """\
  # outgoing:
  #   name: OldMSP
  #   leaving: provider  # or person, or fewer-duties: a person who stays with less power
"""
    people = "".join(f"\n      - name: {quoted(name)}" for name in answers.outgoing_people)
    shown = f"    people:{people}\n" if people else "    # people: [{name: Jane Doe}]\n"
    domains = answers.outgoing_domains
    mails = f"mail_domains: {_listed(domains)}" if domains else "# mail_domains: [oldmsp.example]"
    return f"""\
  outgoing:
    name: {quoted(answers.outgoing)}
    leaving: {answers.leaving}
{shown}    {mails}
    # profile: oldmsp.yaml  # the same marks in a file of its own, for many engagements
    # accounts: [oldmsp, svc-oldmsp]
    # ssh_keys: ["SHA256:..."]
    # networks: [203.0.113.0/24]
    # servers: [.oldmsp.example]
    # tenant_ids: []
    # agent_instances: []
"""


def _incoming(answers: Answers) -> str:
    if not answers.incoming:
        return "  # incoming:\n  #   name: NewMSP\n"
    return f"  incoming:\n    name: {quoted(answers.incoming)}\n"


def _sources(answers: Answers) -> str:
    local = """\
sources:
  - name: here
    kind: local
    # become: shell  # with sudo -n, where this account may do everything
"""
    return local + (_fleet(answers) if answers.hosts or answers.user else _NO_FLEET)


def _fleet(answers: Answers) -> str:
    hosts = _listed(answers.hosts) if answers.hosts else "true"
    user = f"user: {quoted(answers.user)}" if answers.user else "# user: handover-audit"
    key = f"key: {quoted(answers.key)}" if answers.key else "# key: ~/.ssh/id_ed25519"
    return f"""\
  - name: hosts
    kind: ssh
    ssh_config: {hosts}
    {user}
    {key}
    become: {answers.become}  # none, commands, script (see `handover plan --sudoers`) or shell
"""


_NO_FLEET = """\
  # - name: hosts
  #   kind: ssh
  #   hosts:
  #     - {name: web1, address: 10.0.0.11, tags: [web]}
  #   ssh_config: true        # or a list of names, or the path of another ssh_config
  #   ansible: inventory.ini  # or a folder, or a YAML inventory
  #   csv: hosts.csv          # name,address,port,user,jump,tags
  #   user: handover-audit
  #   key: ~/.ssh/handover
  #   passphrase: prompt      # or env:NAME, file:PATH, cmd:COMMAND, keyring:SERVICE/NAME
  #   jump: bastion
  #   become: none            # commands, script (see `handover plan --sudoers`) or shell
"""
_TAIL = """\
documents:
  folder: documents
  formats: [html, md]
"""
