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
    directory: str = ""  # a domain, or the URL of a server: ldaps://dc1.corp.example
    directory_user: str = ""  # empty: with the Kerberos ticket that is there
    directory_password: str = ""  # a reference
    directory_ca: str = ""
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
    fleet = _fleet(answers) if answers.hosts or answers.user else _NO_FLEET
    return local + fleet + (_directory(answers) if answers.directory else _NO_DIRECTORY)


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


def _directory(answers: Answers) -> str:
    if answers.directory_user:
        login = f"""\
    user: {quoted(answers.directory_user)}
    password: {quoted(answers.directory_password)}
    # kerberos: true  # instead of user and password: with the ticket that is there
"""
    else:
        login = """\
    kerberos: true  # with the ticket that is there; or user and password
    # user: handover-audit@corp.example
    # password: env:AUDIT_LDAP
"""
    ca = f"ca_file: {quoted(answers.directory_ca)}" if answers.directory_ca else "# ca_file: ca.pem"
    return f"""\
  - name: directory
    kind: ldap
{_directory_place(answers.directory)}{login}    {ca}
    # pin: sha256:...  # instead of ca_file: of the server's certificate
    # What the account needs: `handover plan --directory-rights`
"""


def _directory_place(directory: str) -> str:
    """Return where it is, and what protects the way: ldap:// begins without TLS."""
    if "://" not in directory:
        return f"""\
    domain: {quoted(directory)}  # its servers are found by DNS; or
    # servers: [dc1.corp.example, "ldaps://dc2.corp.example:636"]
    # security: starttls  # where there is no ldaps
"""
    security = "starttls" if directory.lower().startswith("ldap://") else "ldaps"
    return f"""\
    servers: [{quoted(directory)}]
    security: {security}  # ldaps or starttls
"""


_NO_DIRECTORY = """\
  # - name: directory         # Active Directory, or another LDAP server
  #   kind: ldap
  #   domain: corp.example    # its servers are found by DNS; or
  #   servers: [dc1.corp.example, "ldaps://dc2.corp.example:636"]
  #   security: ldaps         # or starttls
  #   user: handover-audit@corp.example  # UPN, DOMAIN\\user or a DN
  #   password: env:AUDIT_LDAP
  #   kerberos: true          # instead of user and password: with the ticket that is there
  #   ca_file: ca.pem         # or pin: sha256:... of the server's certificate
  #   server_name: dc1.corp.example  # in its certificate or ticket, where it is reached by another
  #   timeout_s: 120          # without a byte
  # What the account needs: `handover plan --directory-rights`
"""
_TAIL = """\
documents:
  folder: documents
  formats: [html, md]
"""
