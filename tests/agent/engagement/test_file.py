"""Every mistake in handover.yaml is told, all at once, with its line, the value and the way out."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.engagement.file import NAME, RETENTION_DAYS, engagement_of, load
from agent.engagement.model import Become, Detail, LocalSource, SshSource, SshTransport
from inventory.errors import ConfigError
from inventory.model.party import Leaving, Role

FOLDER = Path("/engagements/muster")
HEAD = """\
client: Muster GmbH
authorisation: {name: Anna Muster, role: Owner, date: 2026-01-05, reference: Mail of 5 January}
"""  # two lines
SOURCE = HEAD + "sources:\n- name: fleet\n  kind: ssh\n"  # five lines
WHOLE = """\
client: Muster GmbH
authorisation:
  name: Anna Muster
  role: Owner
  date: 2026-01-05
  until: 2026-12-31
  reference: Mail of 5 January
parties:
  outgoing:
    name: OldMSP
    leaving: provider
    people:
    - {name: Jane Doe, mails: [jane@OldMSP.example], accounts: [jdoe]}
    networks: [192.0.2.0/24]
  incoming: {name: NewMSP, mail_domains: [newmsp.example]}
dates: {audit: 2026-02-01, cutover: 2026-03-01, access_ended: 2026-03-15}
told: yes
detail: full
retention: 2 years
documents: {folder: out, formats: [html, csv], paper: Letter}
sources:
- name: fleet
  kind: ssh
  user: handover-audit
  port: 2222
  key: ~/.ssh/audit
  jump: jumper@bastion:22,second
  become: commands
  known_hosts: known_hosts
  transport: openssh
  connect_timeout_s: 2.5
  host_timeout_s: 60
  parallel: 20
  candidates: [192.0.2.0/28]
  hosts:
  - web1
  - {name: db1, address: 10.0.0.5, port: 22, user: dba, jump: none, become: none, tags: [db, prod]}
- {name: here, kind: local, become: shell}
"""


def _told(text: str | bytes) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigError) as caught:
        engagement_of(raw, FOLDER)
    return str(caught.value).split("\n")


def test_all_that_can_be_said_is_read() -> None:
    found = engagement_of(WHOLE.encode(), FOLDER)
    assert found.client == "Muster GmbH"
    assert found.authorisation is not None
    assert str(found.authorisation.until) == "2026-12-31"
    assert (found.told, found.detail, found.retention_days) == (True, Detail.FULL, 730)
    assert found.documents.formats == ("html", "csv")
    assert [party.role for party in found.parties] == [Role.CLIENT, Role.OUTGOING, Role.INCOMING]
    outgoing = found.party(Role.OUTGOING)
    assert outgoing is not None
    assert outgoing.leaving is Leaving.PROVIDER
    assert outgoing.people[0].mails == ("jane@oldmsp.example",)
    fleet, here = found.sources
    assert isinstance(fleet, SshSource)
    assert fleet.transport is SshTransport.OPENSSH
    assert fleet.known_hosts == FOLDER / "known_hosts"
    assert fleet.defaults.jump == ("jumper@bastion:22", "second")
    assert fleet.defaults.key == Path("~/.ssh/audit").expanduser()
    assert (fleet.connect_timeout_s, fleet.host_timeout_s, fleet.parallel) == (2.5, 60, 20)
    web1, db1 = fleet.hosts
    assert (web1.name, web1.user, web1.jump, web1.become) == ("web1", None, None, None)
    assert (db1.address, db1.user, db1.jump, db1.become) == ("10.0.0.5", "dba", (), Become.NONE)
    assert isinstance(here, LocalSource)
    assert here.become is Become.SHELL
    assert found.warnings == ()


def test_the_least_is_a_client() -> None:
    found = engagement_of(b"client: Muster\n", FOLDER)
    assert (found.client, found.retention_days, found.told) == ("Muster", RETENTION_DAYS, False)
    assert [(party.role, party.name) for party in found.parties] == [(Role.CLIENT, "Muster")]


def test_words_that_other_yaml_readers_change_stay_as_they_are() -> None:
    found = engagement_of(
        b"client: no\nsources: [{name: on, kind: ssh, hosts: [0x10, 1e3]}]\n", FOLDER
    )
    assert found.client == "no"
    source = found.sources[0]
    assert isinstance(source, SshSource)
    assert (source.name, [host.name for host in source.hosts]) == ("on", ["0x10", "1e3"])


def test_without_an_authorisation_only_this_machine_is_asked() -> None:
    text = "client: M\nsources: [{name: f, kind: ssh, hosts: [a]}, {name: here, kind: local}]\n"
    found = engagement_of(text.encode(), FOLDER)
    assert [source.name for source in found.allowed_sources()] == ["here"]
    assert found.warnings == (
        "authorisation is missing: 1 sources are not asked, only this machine",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cleint: x\nclient: x\n", "1: unknown key 'cleint': did you mean 'client'?"),
        ("client: x\nzzz: y\n", "2: unknown key 'zzz': known are: authorisation, client, dates,"),
        ("client:\n- a\n", "2: client must be a single value, not a list"),
        ("client: ' x'\n", "1: client must be 1 to 300 characters without spaces around them"),
        ("client: \"a\\u202eb\"\n", "1: client must not hold control or invisible characters"),
        ("client: x\nclient: y\n", "2: the key 'client' stands here again, first in line 1"),
        ("told: yes\n", "1: client is missing: whose environment is audited?"),
        ("- a\n", "1: handover.yaml must be a mapping (client, parties, authorisation, dates,"),
        ("text\n", "1: handover.yaml must be a mapping"),
        ("", "1: is empty: it has at least `client:`"),
        ("# only a comment\n", "1: is empty"),
        ("client: x\ntold: maybe\n", "2: told must be yes or no, got 'maybe'"),
        ("client: x\ndetail: all\n", "2: detail must be one of minimal, full, got 'all'"),
        ("client: x\nretention: long\n", "2: retention must be a span such as 400 days or 2 years"),
        ("client: x\nretention: 0 days\n", "2: retention must be a span"),
        ("client: x\nretention: 101 years\n", "2: retention must be a span"),
        ("client: x\ndates: {audit: 1.2.2026}\n", "2: audit must be a date such as 2027-06-23"),
        ("client: x\ndates: {audit: 2026-02-30}\n", "2: audit must be a date of the calendar"),
        ("client: x\noutgoing: {name: y}\n", "2: unknown key 'outgoing': it belongs under `parties:`"),
        ("client: x\nincoming: y\n", "2: unknown key 'incoming': it belongs under `parties:`"),
        ("client: x\ncutover: 2026-01-01\n", "2: unknown key 'cutover': it belongs under `dates:`"),
        ("client: {name: y}\n", "1: client must be a name; what else there is to say"),
        ("client: x\ndates: {cutof: 2026-01-01}\n", "2: unknown key 'cutof': did you mean 'cutover'?"),
        (
            "client: x\ndates: {audit: 2026-02-01, cutover: 2026-01-01}\n",
            "2: audit must not lie after the cutover 2026-01-01",
        ),
        ("client: x\nauthorisation: {name: A}\n", "2: date is missing: on which day"),
        (
            "client: x\nauthorisation:\n  date: 2026-02-01\n  until: 2026-01-01\n",
            "4: until must not lie before 2026-02-01",
        ),
        ("client: x\ndocuments: {formats: [htm]}\n", "2: formats is 'htm', which is not known: did"),
        ("client: x\ndocuments: {formats: [pdf]}\n", "not known: known are: csv, html, ics, md"),
        ("client: x\ndocuments: {paper: A3}\n", "2: paper is 'A3', which is not known: known are: A4"),
        ("client: x\nparties: {incomming: {name: x}}\n", "2: unknown key 'incomming': did you mean"),
        ("client: x\nparties: {incoming: {}}\n", "2: name is missing: how is the incoming party"),
        (
            "client: x\nparties: {outgoing: {name: O, leaving: all}}\n",
            "2: leaving must be one of provider, person, fewer-duties, got 'all'",
        ),
        (
            "client: x\nparties: {incoming: {name: I, leaving: person}}\n",
            "2: leaving is said of the outgoing party only",
        ),
        (
            "client: x\nparties: {outgoing: {name: O, networks: [192.0.2.1/24]}}\n",
            "2: networks must be a network such as 192.0.2.0/24, got '192.0.2.1/24': did you mean",
        ),
        (
            "client: x\nparties: {outgoing: {name: O, ssh_keys: ['aa:bb:cc']}}\n",
            "2: ssh_keys must be a fingerprint such as `ssh-keygen -lf key.pub` prints it",
        ),
        (
            "client: x\nparties: {outgoing: {name: O, mail_domains: [localhost]}}\n",
            "2: mail_domains must be a domain such as muster.example, got 'localhost'",
        ),
        (
            "client: x\nparties: {outgoing: {name: O, people: [{mails: [jane]}]}}\n",
            "2: mails must be a mail address such as ann@muster.example, got 'jane'",
        ),
        (HEAD + "sources: [{kind: local}]\n", "3: name is missing: every source has a name"),
        (HEAD + "sources: [{name: a}]\n", "3: kind is missing: one of "),
        (HEAD + "sources: [{name: a, kind: shh}]\n", "3: kind is 'shh', which is not known: did you"),
        (HEAD + "sources: [text]\n", "3: a source must be a mapping"),
        (
            HEAD + "sources:\n- {name: a, kind: local}\n- {name: a, kind: local}\n",
            "5: a source named 'a' is already in line 4",
        ),
        (HEAD + "sources: [{name: a, kind: ssh}]\n", "3: names no hosts: give one of hosts,"),
        (HEAD + "sources: [{name: a, kind: local, hosts: [b]}]\n", "3: unknown key 'hosts'"),
        (SOURCE + "  hosts: [a]\n  port: ssh\n", "7: port must be 1-65535, got 'ssh'"),
        (SOURCE + "  hosts: [a]\n  port: 70000\n", "7: port must be 1-65535, got '70000'"),
        (SOURCE + "  hosts: [a]\n  port: [22, 23]\n", "7: port must be a single value, not a list"),
        (SOURCE + "  hosts: [a]\n  parallel: 0\n", "7: parallel must be 1-500, got '0'"),
        (SOURCE + "  hosts: [a]\n  host_timeout_s: 1h\n", "7: host_timeout_s must be a number of"),
        (SOURCE + "  hosts: [a]\n  become: sudo\n", "7: become must be one of none, commands,"),
        (SOURCE + "  hosts: [a]\n  transport: putty\n", "7: transport must be one of paramiko, openssh"),
        (SOURCE + "  hosts: [a]\n  tranport: openssh\n", "7: unknown key 'tranport': did you mean"),
        (SOURCE + "  hosts: [a]\n  user: a b\n", "7: user must be a login name"),
        (SOURCE + "  hosts: [a]\n  jump: a b\n", "7: jump must be a host name or address"),
        (SOURCE + "  hosts: [a]\n  known_hosts: ''\n", "7: known_hosts must be a path"),
        (SOURCE + "  hosts: ['-oProxyCommand=x']\n", "6: a host must be a host name or address"),
        (SOURCE + "  hosts: ['root@web1:22']\n", "for more than the name write {name: web1, address:"),
        (SOURCE + "  hosts:\n  - a\n  - A\n", "8: 'A' is listed again, first in line 7: keep one"),
        (SOURCE + "  hosts: {web1: x}\n", "6: unknown key 'web1': known are: address,"),
        (SOURCE + "  candidates: [10.0.0.1/8]\n", "6: candidates must be a network such as"),
        (
            SOURCE + "  hosts: [a]\n  key: k\n  password: env:P\n",
            "8: key and password are both given: one is tried, never both, so keep one",
        ),
        ("client: x\ndates:\n\taudit: x\n", "3: is not YAML here: a tab stands where spaces must"),
        ("client: 'x\n", "2: is not YAML here: found unexpected end of stream; close each"),
        ("client: [a\n", "2: is not YAML here: close each bracket, and put quotes around a value"),
        ("client: *x\n", "1: * starts an alias of YAML, and no such anchor is known: put quotes"),
        ("client: !!python/object/apply:os.system [id]\n", "1: an explicit tag (!...) stands here"),
        ("client: !vault x\n", "1: an explicit tag (!...) stands here: put quotes around the text"),
        ("client: x\n---\nclient: y\n", "2: a second document starts here: one file, one document"),
        ('client: "\\U99999999"\n', "1: is not YAML here: a character that may not stand in it"),
        ("client: " + "[" * 30 + "\n", "1: is nested deeper than 20 levels"),
        ("client: x\n? [a]\n: b\n", "2: a key must be a plain word, not a list or a mapping"),
        (b"client: M\xfcller\n", "1: is not UTF-8 (line 1): save it as UTF-8"),
        (b"\xff\xfec\x00l\x00", "1: is not UTF-8"),
        (b"client: x\x00\n", "1: is not YAML here: a character that may not stand in it"),
        (b"client: x # " + b"y" * 1024 * 1024, "1: must have at most 1048576 bytes"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_the_way_out(text: str | bytes, told: str) -> None:
    lines = _told(text)
    assert any(told in line and line.startswith(f"{NAME}:") for line in lines), lines
    if told[0].isdigit():
        assert any(line.startswith(f"{NAME}:{told}") for line in lines), lines


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = SOURCE + "  hosts: [a]\n  port: ssh\n  parallel: 0\ntold: maybe\ndetail: all\n"
    lines = _told(text)
    assert [line.split(":")[1] for line in lines] == ["7", "8", "9", "10"]


def test_a_thousand_mistakes_are_fifty_and_a_count() -> None:
    lines = _told("client: x\n" + "".join(f"key{n}: x\n" for n in range(1000)))
    assert len(lines) == 51
    assert lines[-1] == "and 950 more mistakes"


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{one}: &{one} [{', '.join([f'*{before}'] * 10)}]\n"
        for before, one in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert _told(bomb) == [f"{NAME}:5: stands for more than 100000 values: aliases expand too far"]


@pytest.mark.parametrize(
    "line",
    [
        "password: CANARY",
        "password: 'CANARY: with a colon'",
        "password: 'env:CANARY-is no name'",
        "passphrase: 'cmd:x \"CANARY'",
        "password: keyring:CANARY",
        "key: '-----BEGIN OPENSSH PRIVATE KEY----- CANARY'",
        "user: bob:CANARY",
        "jump: bob:CANARY@bastion",
        "password: [CANARY]",
        "password: {a: CANARY}",
        "password: CANARY: x",
        "password: 'CANARY",
        "password: @CANARY",
        "password: \"CANARY\\q\"",
        "password: &CANARY",
        "password: !CANARY x",
        "password: *CANARY",
        "password: %CANARY",
    ],
)  # fmt: skip
def test_a_secret_written_in_clear_is_refused_and_not_repeated(line: str) -> None:
    told = "\n".join(_told(f"{SOURCE}  hosts: [a]\n  {line}\n"))
    assert f"{NAME}:" in told
    assert "CANARY" not in told


def test_what_a_mistake_shows_is_short_and_printable() -> None:
    (line,) = _told('client: "' + "\\e[31m" + "x" * 300 + '\\r\\n"\n')
    assert len(line) < 250
    assert "\x1b" not in line
    assert "\r" not in line


def test_the_file_itself_is_named_when_it_is_missing_or_open_to_others(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"{NAME} does not exist"):
        load(tmp_path)
    path = tmp_path / NAME
    path.write_text("client: M\n")
    path.chmod(0o666)
    assert load(tmp_path).warnings == (
        f"{NAME} can be changed by its group and everybody: chmod 600 it",
    )
    path.chmod(0o600)
    assert load(tmp_path).warnings == ()
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError, match="is not a regular file"):
        load(tmp_path)


def test_a_profile_is_merged_in_and_its_mistakes_name_their_file(tmp_path: Path) -> None:
    text = "client: M\nparties: {outgoing: {profile: old.yaml, networks: [192.0.2.0/24]}}\n"
    profile = tmp_path / "old.yaml"
    profile.write_text("name: OldMSP\nleaving: person\nnetworks: [198.51.100.0/24]\n")
    party = engagement_of(text.encode(), tmp_path).party(Role.OUTGOING)
    assert party is not None
    assert (party.name, party.leaving) == ("OldMSP", Leaving.PERSON)
    assert party.networks == ("192.0.2.0/24", "198.51.100.0/24")
    profile.write_text("name: OldMSP\nnetwork: [x]\nnetworks: [y]\nrole: client\n")
    with pytest.raises(ConfigError) as caught:
        engagement_of(text.encode(), tmp_path)
    lines = str(caught.value).split("\n")
    assert lines[0].startswith("old.yaml:2: unknown key 'network': did you mean 'networks'?")
    assert lines[1].startswith("old.yaml:3: networks must be a network")
    assert lines[2].startswith("old.yaml:4: unknown key 'role'")
    for content, told in ((b"", "old.yaml:1: is empty"), (b"\xff", "old.yaml:1: is not UTF-8")):
        profile.write_bytes(content)
        with pytest.raises(ConfigError, match=told):
            engagement_of(text.encode(), tmp_path)
    profile.unlink()
    with pytest.raises(ConfigError, match=f"{NAME}:2: profile old.yaml does not exist"):
        engagement_of(text.encode(), tmp_path)


YAML_WORDS = st.sampled_from(
    [line.encode() + b"\n" for line in WHOLE.split("\n")]
    + [b": ", b"- ", b"\n", b"  ", b"[", b"]", b"{", b"}", b",", b"&a ", b"*a", b"!t ", b"|\n", b">\n"]
    + [b"'", b'"', b"\\U", b"99999999", b"#", b"? ", b"%YAML 1.2\n", b"---\n", b"...\n", b"\t", b"<<"]
    + [b"\xe2\x80\xa8", b"\x85", b"\xef\xbb\xbf", b"null", b"~"]
)  # fmt: skip


@given(st.lists(st.one_of(YAML_WORDS, st.binary(max_size=6)), max_size=30).map(b"".join))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_an_engagement_or_mistakes(raw: bytes) -> None:
    told = "no mistake"
    try:
        engagement_of(raw, Path("/nonexistent"))
    except ConfigError as err:
        told = str(err)
    assert told
    assert all(part.isprintable() for part in told.split("\n"))
