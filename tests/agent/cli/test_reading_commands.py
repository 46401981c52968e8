"""Each reading command in each form, over what was read in full and over what was refused."""

import csv
import io
import json
import time
from pathlib import Path

import pytest

from inventory.model.access import AuthorizedKey, SudoGrant
from inventory.model.account import Account, LastLogin
from inventory.model.directory_accounts import DirectoryAccount, DirectorySignIn
from inventory.model.directory_rights import DirectoryRight, ResourceDelegation
from inventory.model.evidence import Gap, Pointer, Why
from inventory.model.moment import Moment
from inventory.reading import State
from tests.agent.cli.running import DENIED, JANE, YAML, engagement, refused, run, whole
from tests.inventory.building import told

COMMANDS = (
    ("show",),
    ("show", "accounts"),
    ("findings",),
    ("findings", "--all"),
    ("coverage",),
    ("changes",),
    ("who", "jane"),
    ("footprint",),
    ("footprint", "unattributed"),
    ("sql", "SELECT target, name FROM accounts"),
)
ALL_READ = "none: all that could show one was read"


def person(name: str, uid: int = 1000, gecos: str = "") -> Account:
    at = Pointer("linux.one/passwd", f"/etc/passwd:{uid}")
    home, shell = f"/home/{name}", "/bin/bash"
    return Account(at=at, name=name, uid=uid, gid=uid, gecos=gecos, home=home, shell=shell)


def key_of(name: str, print_: str = JANE) -> AuthorizedKey:
    file = f"/home/{name}/.ssh/authorized_keys"
    at = Pointer("linux.one/keys", f"{file}:1")
    return AuthorizedKey(
        at=at, account=name, file=file, algorithm="ssh-ed25519", fingerprint=print_
    )


def sudo(*users: str) -> SudoGrant:
    at = Pointer("linux.one/sudoers", "/etc/sudoers:7")
    return SudoGrant(at=at, file="/etc/sudoers", users=users, hosts=("ALL",), commands=("ALL",))


HELD = (person("jane"), key_of("jane"), sudo("jane"))


@pytest.fixture
def complete(tmp_path: Path) -> Path:
    return engagement(tmp_path, (whole(),), (whole(*HELD),))


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    return engagement(tmp_path, (refused(),), (refused(),))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_refused_audit_never_reads_as_none_and_ends_with_3(
    words: tuple[str, ...], closed: Path
) -> None:
    ran = run(closed, *words)
    assert ran.status == 3
    assert ALL_READ not in ran.out
    if words != ("show",):  # which says "unknown" beside each kind
        assert "NOT KNOWN" in ran.out
        assert "needs root" in ran.out


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_json_has_its_three_fields_and_the_gaps_of_a_refused_audit(
    words: tuple[str, ...], closed: Path
) -> None:
    ran = run(closed, *words, "--json")
    found = json.loads(ran.out)
    assert ran.status == 3
    assert set(found) == {"value", "unknown", "evidence"}
    if words != ("show",):
        assert found["unknown"][0]["gap"]["detail"] == DENIED.detail


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_csv_is_a_table_whose_gaps_stand_on_standard_error(
    words: tuple[str, ...], closed: Path
) -> None:
    ran = run(closed, *words, "--csv")
    rows = list(csv.reader(io.StringIO(ran.out)))
    assert ran.status == 3
    assert len({len(row) for row in rows}) == 1
    assert "NOT KNOWN" in ran.err or words == ("show",)
    assert "NOT KNOWN" not in ran.out


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_numbers_in_json_lead_to_evidence_and_gaps(words: tuple[str, ...], complete: Path) -> None:
    found = json.loads(run(complete, *words, "--json").out)
    for name, numbers in _references(found["value"]):
        assert all(0 <= number < len(found[name]) for number in numbers)


def _references(value: object) -> list[tuple[str, list[int]]]:
    if isinstance(value, list):
        return [found for one in value for found in _references(one)]
    if not isinstance(value, dict):
        return []
    here = [(k, v) for k, v in value.items() if k in ("evidence", "unknown")]
    return here + [found for one in value.values() for found in _references(one)]


def test_show_has_each_field_its_place_and_that_it_is_all(complete: Path) -> None:
    ran = run(complete, "show", "Account")
    assert ran.status == 0
    assert "web1    jane  1000" in ran.out
    assert "/etc/passwd:1000" in ran.out
    assert "audit 2: 1 known; that is all" in ran.out


def test_show_of_what_was_read_and_is_not_there_says_none(complete: Path) -> None:
    ran = run(complete, "show", "databases")
    assert ran.status == 0
    assert ALL_READ in ran.out


def test_show_takes_an_earlier_audit(complete: Path) -> None:
    assert ALL_READ in run(complete, "show", "accounts", "--audit", "1").out


def test_a_record_that_could_not_be_seen_again_is_shown_as_carried(tmp_path: Path) -> None:
    folder = engagement(tmp_path, (whole(*HELD),), (refused(),))
    ran = run(folder, "show", "accounts")
    assert ran.status == 3
    assert "audit 1, not now" in ran.out
    found = json.loads(run(folder, "show", "accounts", "--json").out)["value"]
    assert (found["least"], found["most"]) == (0, None)


@pytest.mark.parametrize(
    "word", ["accounts", "ACCOUNT", "Account", "authorized-keys", "keys", "sudo", "hosts"]
)
def test_a_kind_may_be_written_in_any_of_its_names(word: str, complete: Path) -> None:
    assert run(complete, "show", word).status == 0


def test_show_can_be_narrowed_to_one_host(tmp_path: Path) -> None:
    both = (whole(*HELD), whole(person("bob"), target="db1"))
    folder = engagement(tmp_path, both)
    out = run(folder, "show", "accounts", "--target", "db1").out
    assert "bob" in out
    assert "jane" not in out


def test_findings_are_shown_the_worst_first_with_what_to_do(complete: Path) -> None:
    ran = run(complete, "findings", "--json")
    severities = [one["severity"] for one in json.loads(ran.out)["value"]["findings"]]
    order = ["critical", "high", "medium", "low", "info"]
    assert severities == sorted(severities, key=order.index)
    assert severities
    assert "WHAT TO DO" in run(complete, "findings").out


def test_findings_of_a_refused_audit_are_all_unknown(closed: Path) -> None:
    found = json.loads(run(closed, "findings", "--json").out)["value"]["findings"]
    assert {one["verdict"] for one in found} == {"unknown"}
    assert {one["verdict"] for one in found if one["target"] == "web1"} == {"unknown"}


def test_findings_can_be_limited_to_the_worst(complete: Path) -> None:
    found = json.loads(run(complete, "findings", "--severity", "high", "--json").out)
    severities = {one["severity"] for one in found["value"]["findings"]}
    assert severities <= {"critical", "high"}


def test_findings_show_what_is_met_only_when_asked(complete: Path) -> None:
    verdicts = {
        flag: {
            one["verdict"]
            for one in json.loads(run(complete, *flag, "--json").out)["value"]["findings"]
        }
        for flag in (("findings",), ("findings", "--all"))
    }
    assert "met" not in verdicts["findings",]
    assert "met" in verdicts["findings", "--all"]


def test_coverage_names_the_cure_first(closed: Path) -> None:
    out = run(closed, "coverage").out
    assert out.index("plan --sudoers") < out.index("BY TARGET") < out.index("BY SUBJECT")
    assert "linux.one  failed" in out


def test_coverage_of_many_hosts_lists_the_holes_line_by_line(tmp_path: Path) -> None:
    folder = engagement(tmp_path, tuple(refused(target=f"web{number}") for number in range(12)))
    out = run(folder, "coverage").out
    assert "12: web0, web1, web10 and 9 more" in out
    assert "linux.one  web7    failed" in out


def test_a_host_of_which_nothing_was_read_is_one_line_of_the_coverage(tmp_path: Path) -> None:
    off = Gap(Why.UNREACHABLE, detail="no route", cure="route")
    down = tuple(
        told(target="db1", collector=f"linux.c{number}", state=State.FAILED, gaps=[off])
        for number in range(50)
    )
    up = tuple(whole(*HELD, target=f"web{number}") for number in range(9))
    out = run(engagement(tmp_path, (*up, *down)), "coverage").out
    assert out.count("unreachable: no route") == 2  # in the matrix, and among what is not known
    assert "everything  db1     failed  unreachable: no route" in out
    assert "1 in full on every target that answered" in out


def test_changes_tell_what_came_and_what_went(tmp_path: Path) -> None:
    bob, bash = person("bob", 1001), person("jane")
    zsh = Account(name="jane", uid=1000, gid=1000, home="/home/jane", shell="/bin/zsh")
    folder = engagement(tmp_path, (whole(bash, bob),), (whole(zsh, person("eve", 1002)),))
    ran = run(folder, "changes")
    assert ran.status == 0
    assert "1 added, 1 removed, 1 changed" in ran.out
    assert "shell: /bin/bash -> /bin/zsh" in ran.out


def test_what_was_refused_is_newly_unknown_and_not_removed(tmp_path: Path) -> None:
    folder = engagement(tmp_path, (whole(*HELD),), (refused(),))
    ran = run(folder, "changes")
    assert ran.status == 3
    assert "newly unknown" in ran.out
    assert "removed" not in ran.out
    assert "CHANGED FOR THE EYE" in ran.out
    assert "denied: needs root" in ran.out


def test_another_parser_is_told_apart_from_another_world(tmp_path: Path) -> None:
    folder = engagement(tmp_path, (whole(*HELD),), (whole(parser=2),))
    assert "by parser" in run(folder, "changes").out


def test_a_host_that_was_off_is_one_line_unless_each_is_asked_for(tmp_path: Path) -> None:
    people = tuple(person(f"user{number}", 2000 + number) for number in range(40))
    folder = engagement(tmp_path, (whole(*people),), (refused(),))
    short, each = run(folder, "changes").out, run(folder, "changes", "--all").out
    assert "40 newly unknown" in short
    line = next(line for line in short.splitlines() if line.startswith("newly unknown"))
    assert line.split("  ")[:2] == ["newly unknown", "web1"]
    assert "40 records" in line
    assert "denied: needs root" in line
    assert ("user7" in short, "user7" in each) == (False, True)
    assert len(json.loads(run(folder, "changes", "--json").out)["value"]["changes"]) == 40
    assert run(folder, "changes", "--csv").out.count("newly unknown") == 40


def test_changes_between_named_audits(tmp_path: Path) -> None:
    folder = engagement(tmp_path, (whole(),), (whole(*HELD),), (whole(*HELD),))
    assert "audit 1 to audit 3" in run(folder, "changes", "1").out
    assert "no change seen" in run(folder, "changes", "2", "3").out


@pytest.mark.parametrize("asked", ["jane", "Jane Doe", JANE])
def test_who_finds_a_person_by_name_account_and_key(asked: str, complete: Path) -> None:
    ran = run(complete, "who", asked)
    assert "account jane" in ran.out
    assert f"key {JANE}" in ran.out
    assert "root" in ran.out


def test_who_of_nobody_is_proved_only_when_all_was_read(tmp_path: Path) -> None:
    folder = engagement(tmp_path, (whole(*HELD),))
    ran = run(folder, "who", "nobody-of-this-name")
    assert ran.status == 0
    assert ALL_READ in ran.out


def test_who_offers_the_nearest_name_for_one_that_is_not_known(complete: Path) -> None:
    assert "did you mean 'jane'?" in run(complete, "who", "janne").out


def test_a_footprint_ends_with_what_zero_means(complete: Path, tmp_path: Path) -> None:
    lines = run(complete, "footprint").out.rstrip().splitlines()
    assert lines[-1].startswith("OldMSP: ")
    assert "hold" in lines[-1]


def test_a_footprint_of_a_refused_audit_is_not_zero(closed: Path) -> None:
    ran = run(closed, "footprint")
    assert ran.out.rstrip().splitlines()[-1].startswith("OldMSP: 0 holds known; unread: 1 place")
    assert json.loads(run(closed, "footprint", "--json").out)["value"]["zero"] == "unknown"


def test_a_footprint_is_zero_when_all_was_read_and_nothing_found(tmp_path: Path) -> None:
    folder = engagement(tmp_path, (whole(),))
    ran = run(folder, "footprint")
    assert (ran.status, ran.out.rstrip().splitlines()[-1]) == (0, "OldMSP: 0 holds")


@pytest.mark.parametrize("word", ["outgoing", "oldmsp", "OldMSP"])
def test_a_party_is_named_by_its_role_or_name(word: str, complete: Path) -> None:
    assert "OldMSP (outgoing)" in run(complete, "footprint", word).out


def test_without_an_outgoing_party_nothing_reads_as_zero(tmp_path: Path) -> None:
    folder = engagement(tmp_path, (whole(*HELD),), text="client: Muster\n")
    ran = run(folder, "footprint")
    assert ran.status == 3
    assert "no outgoing party is named" in ran.out
    assert ALL_READ not in ran.out


def test_sql_gives_rows_and_the_gaps_beside_them(complete: Path) -> None:
    ran = run(complete, "sql", "SELECT target, name FROM accounts", "--csv")
    assert (ran.status, ran.out) == (0, "target,name\nweb1,jane\n")


def test_sql_says_that_it_was_cut(complete: Path) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10001) SELECT i FROM n"
    ran = run(complete, "sql", many)
    assert ran.status == 3
    assert "cut after 10000 rows" in ran.out


def test_logins_of_ordinary_accounts_are_told_as_spans(tmp_path: Path) -> None:
    then = int(time.time()) - 40 * 86_400
    logins = [
        LastLogin(account=name, when=Moment.exact(then), origin="192.0.2.9")
        for name in ("bob", "jane")
    ]
    folder = engagement(tmp_path, (whole(*HELD, person("bob", 1001), *logins),))
    rows = {one["record"]["account"]: one["record"] for one in _rows(folder, "LastLogin")}
    assert rows["jane"]["when"] == {"earliest": then, "latest": then}  # may become root
    assert rows["bob"]["when"]["latest"] - rows["bob"]["when"]["earliest"] == 60 * 86_400
    assert rows["bob"]["origin"] == "not told: personal detail is minimal"
    (folder / "handover.yaml").write_text("client: Muster\ndetail: full\n")
    rows = {one["record"]["account"]: one["record"] for one in _rows(folder, "LastLogin")}
    assert rows["bob"]["origin"] == "192.0.2.9"


def _rows(folder: Path, kind: str) -> list[dict[str, dict[str, object]]]:
    found: list[dict[str, dict[str, object]]] = json.loads(run(folder, "show", kind, "--json").out)[
        "value"
    ]["records"]
    return found


def test_a_kind_that_nobody_asked_for_is_not_none(tmp_path: Path) -> None:
    folder = engagement(tmp_path, (told(person("jane"), tells=("Account",)),))
    ran = run(folder, "show", "databases")
    assert ran.status == 3
    assert "no source was asked for Database" in ran.out


TRUST = f"""\
{YAML}authorisation: {{name: Anna, role: owner, date: 2026-11-01, reference: order 7}}
sources:
  - name: directory
    kind: ldap
    domain: corp.example
    kerberos: true
    ca_file: gone.pem
"""


@pytest.mark.parametrize("command", [*COMMANDS, ("checklist",), ("documents",)])
def test_what_is_kept_can_be_read_after_the_authoritys_file_is_gone(
    tmp_path: Path, command: tuple[str, ...]
):
    folder = engagement(tmp_path, (whole(),), (whole(*HELD),), text=TRUST)
    assert run(folder, *command).status in (0, 3)


@pytest.mark.parametrize("command", [("plan",), ("audit",)])
def test_what_asks_a_directory_needs_the_file_of_its_authority(
    tmp_path: Path, command: tuple[str, ...]
):
    ran = run(engagement(tmp_path, text=TRUST), *command)
    assert ran.status == 2
    assert "gone.pem does not exist" in ran.err


def test_records_of_a_directory_are_shown_by_names_and_without_what_no_record_states(
    tmp_path: Path,
):
    sid = "S-1-5-21-1-2-3-1001"
    jane = DirectoryAccount(id="guid-1", dn="CN=Jane,DC=x", name="jane", type="user", sid=sid)
    right = DirectoryRight(object="DC=x", type="domain", principal=sid, rights=("all",))
    delegated = ResourceDelegation(account="guid-1", principal="S-1-5-11")
    folder = engagement(tmp_path, (whole(jane, right, delegated),))
    out = run(folder, "show", "directory-rights").out
    assert "jane" in out
    assert sid not in out
    assert "inherits_to" not in out
    assert sid in run(folder, "show", "directory-rights", "--json").out
    assert sid in run(folder, "show", "directory-rights", "--csv").out
    out = run(folder, "show", "resource-delegations").out
    assert "jane" in out
    assert "Authenticated Users" in out
    assert run(folder, "show", "directory-members").status == 0


def test_the_last_use_of_an_ordinary_directory_account_is_told_as_a_span(tmp_path: Path):
    day = 86_400
    now = int(time.time())
    seen = Moment(now - 50 * day, now - 36 * day)
    sign_in = DirectorySignIn(account="guid-1", when=seen)
    jane = DirectoryAccount(id="guid-1", dn="CN=Jane,DC=x", name="jane", type="user")
    folder = engagement(tmp_path, (whole(jane, sign_in),))
    told = json.loads(run(folder, "show", "directory-sign-ins", "--json").out)
    when = told["value"]["records"][0]["record"]["when"]
    assert when["latest"] - when["earliest"] == 60 * day
    assert str(seen.earliest) not in run(folder, "show", "directory-sign-ins", "--json").out
