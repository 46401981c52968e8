"""The pages of a directory: what is known, what was refused, and how exact they are about people."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from agent.documents.summary import summary
from agent.documents.told import Told
from agent.documents.views.directory.realm import Realm
from agent.documents.views.directory.tree import MOST_AT_ONE_PLACE, MOST_DEEP, trees
from agent.documents.views.dossier import Dossier
from agent.documents.write import write
from inventory.model.directory import DirectoryServer
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company, realm
from tests.agent.documents.pages import Page

GAP = Gap(Why.DENIED, detail="refused in this test", cure="directory right")
FINE = re.compile(r"none \(verified\)|(?<!not )all was read|none that could be judged", re.I)
UNKNOWN = ("not known", "More is possible", "denied", "possible")


def told(records: list[Record] | None = None, **gaps: tuple[Gap, ...]) -> Told:
    rows = realm.records() if records is None else records
    return company.told(MemorySnapshot(company.AUDIT, realm.readings(rows, gaps=gaps)))


def written(found: Told, folder: Path, name: str = "dossier.html") -> str:
    write(found, folder, ("html", "md"))
    text = (folder / name).read_text("utf-8")
    return Page(text).text if name.endswith("html") else text


def section(text: str) -> str:
    """The pages of the directories, without those before and after."""
    start = "## Directories" if "## Directories" in text else "At a glance"
    return text.partition(start)[2].partition("Footprint of")[0]


@pytest.mark.parametrize("kind", realm.OF_DIRECTORIES)
def test_a_kind_that_was_refused_reads_as_not_known_wherever_it_is_told(kind: str, tmp_path: Path):
    write(told(**{kind: (GAP,)}), tmp_path, ("html",))
    page = Page((tmp_path / "dossier.html").read_text("utf-8"))
    seen = [text for kinds, text in page.told if kinds.split()[0] == kind]
    assert seen
    for text in seen:
        assert any(word in text for word in UNKNOWN), text
        assert not FINE.search(text), text


@pytest.mark.parametrize("name", ["dossier.html", "dossier.md"])
def test_a_directory_that_refused_everything_says_so_and_nothing_reads_as_fine(
    name: str, tmp_path: Path
):
    everything = dict.fromkeys(realm.OF_DIRECTORIES, (GAP,))
    text = written(told([], **everything), tmp_path, name)
    assert "Nothing of this directory could be read" in text
    body = section(text)
    assert body.count("not known") > 40
    assert not FINE.search(body)
    assert "1: 0 read in full" in text.replace("Directories: 1;", "1:")


def test_each_member_is_told_by_the_groups_that_lead_to_it(tmp_path: Path):
    text = written(told(), tmp_path, "dossier.md")
    tree = text.partition("**Domain Admins**")[2].partition("**Schema Admins**")[0]
    assert re.search(r"^- mdorn, .*: \*\*Muster GmbH\*\* \(proved\)$", tree, re.M)
    assert "- Helpdesk, group\n  - jalt, enabled, Jan Alt" in tree
    assert "none (verified)" in text.partition("**Schema Admins**")[2][:80]


def test_unknown_members_of_a_privileged_group_are_told(tmp_path: Path):
    part = Gap(Why.TRUNCATED, detail="the list breaks off", part=realm.dn("Domain Admins"))
    text = written(told(DirectoryMembers=(part,)), tmp_path)
    after = text.partition("everything in the domain")[2]
    assert "Unknown members are possible: truncated: the list breaks off" in after


def test_the_picture_has_the_same_as_text(tmp_path: Path):
    chart = next(iter(Dossier(told()).directories())).chart
    assert chart is not None
    assert "jalt (OldMSP) through Helpdesk: Domain Admins" in chart.said
    assert [box.style for box in chart.boxes if box.label == "jalt"] == ["theirs"]
    assert all(line.x1 < line.x2 for line in chart.lines)


def test_an_ordinary_persons_last_use_is_a_number_in_a_bucket_and_no_name(tmp_path: Path):
    text = section(written(told(), tmp_path))
    assert "Ordinary Clerk" not in text
    assert str(company.ago(51)) not in text
    assert "last used 2027-05-08" in text  # jalt has power


def test_a_service_accounts_last_use_is_exact_only_with_power(tmp_path: Path):
    ordinary = [one for one in realm.records() if type(one).__name__ != "DirectoryRight"]
    minimal = Realm(_directory(told(ordinary)), told(ordinary).judgement, is_minimal=True)
    full = Realm(_directory(told(ordinary)), told(ordinary).judgement, is_minimal=False)
    assert minimal.used("id-clerk").text == "30 to 90 days ago"
    assert full.used("id-clerk").text == "2027-03-19"
    assert minimal.used("id-jalt").text == "2027-05-08"


def test_what_another_kind_of_directory_cannot_have_is_left_out_and_not_told_as_none(
    tmp_path: Path,
):
    posix = [DirectoryServer(dialect="posix", product="OpenLDAP", dns_name="ldap1.muster.example")]
    text = section(written(told(posix), tmp_path))
    assert "SSH keys" in text
    for word in ("Trusts", "BitLocker", "Group policies", "Domain controllers", "Computers that"):
        assert word not in text


def test_several_directories_are_several_sections(tmp_path: Path):
    both = [
        *realm.readings(realm.records()),
        *realm.readings([], gaps=dict.fromkeys(realm.OF_DIRECTORIES, (GAP,)), name="b.example"),
    ]
    found = company.told(MemorySnapshot(company.AUDIT, both))
    sections = list(Dossier(found).directories())
    assert [(one.name, one.extent.state) for one in sections] == [
        ("b.example", "not at all"),
        ("muster.example", "in full"),
    ]
    assert "2: 1 read in full, 0 in part, 1 not at all" in written(found, tmp_path)


def test_computers_that_no_audit_reached_are_listed_and_counted_on_the_first_page(tmp_path: Path):
    hosts = company.readings("web1", company.linux("web1", 1))
    both = [*hosts, *realm.readings(realm.records())]
    text = written(company.told(MemorySnapshot(company.AUDIT, both)), tmp_path)
    assert "Computers that no audit reached (1 were reached)" in text
    assert "kiosk.muster.example" in text.partition("no audit reached")[2][:400]
    first = text.partition("Evidence number")[0]
    assert re.search(r"Computers nobody audited\s*1 ", first)


def test_a_host_that_no_directory_knows_is_told(tmp_path: Path):
    hosts = company.readings("db9", company.linux("db9", 1))
    both = [*hosts, *realm.readings(realm.records())]
    text = written(company.told(MemorySnapshot(company.AUDIT, both)), tmp_path)
    assert "Audited hosts that no directory knows, by DNS name and host name: 1: db9" in text
    unread = realm.readings(realm.records(), gaps={"DirectoryComputer": (GAP,)})
    text = written(company.told(MemorySnapshot(company.AUDIT, [*hosts, *unread])), tmp_path)
    assert "it is not known whether a directory has them" in text


def test_a_tree_is_bounded_in_width_and_depth():
    many = MOST_AT_ONE_PLACE + 50
    deep = [f"g{at}" for at in range(MOST_DEEP + 5)]
    records = [
        *realm.domain(),
        realm.group("Domain Admins", 512),
        *(realm.group(name, 5000 + at) for at, name in enumerate(deep)),
        *(realm.account(f"u{at:04}", 6000 + at) for at in range(many)),
        realm.members("Domain Admins", "g0", *(f"u{at:04}" for at in range(many - 1))),
        *(realm.members(one, other) for one, other in pairwise(deep)),
        realm.members(deep[-1], f"u{many - 1:04}"),
    ]
    found = told(records)
    (tree,) = trees(Realm(_directory(found), found.judgement, is_minimal=True))
    assert tree.count == many
    assert len(tree.twigs) == MOST_AT_ONE_PLACE
    assert tree.twigs[-1].more == many - MOST_AT_ONE_PLACE


def test_groups_in_a_circle_end():
    records = [
        *realm.domain(),
        realm.group("Domain Admins", 512),
        realm.group("inner", 5000),
        realm.account("last", 6000),
        realm.members("Domain Admins", "inner"),
        realm.members("inner", "Domain Admins", "last"),
    ]
    found = told(records)
    (tree,) = trees(Realm(_directory(found), found.judgement, is_minimal=True))
    assert [(twig.name, twig.depth) for twig in tree.twigs] == [("inner", 0), ("last", 1)]
    assert sum(twig.opens for twig in tree.twigs) == sum(twig.closes for twig in tree.twigs)


def test_hostile_names_are_shown_and_do_nothing(tmp_path: Path):
    name = '<script>alert(1)</script>"|\n- x'
    records = [
        *realm.domain(),
        realm.group("Domain Admins", 512),
        realm.account(name, 6000, display_name=name, description=name),
        realm.members("Domain Admins", name),
        realm.account("svc-x", 6001, service_names=(name,)),
    ]
    write(told(records), tmp_path, ("html", "md"))
    page = (tmp_path / "dossier.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") > 1
    markdown = (tmp_path / "dossier.md").read_text("utf-8")
    assert "<script>" not in markdown


def _directory(found: Told):
    return next(iter(found.judgement.holdings.directories))


@pytest.mark.parametrize("name", ["dossier.html", "dossier.md"])
def test_where_no_host_was_asked_nothing_of_hosts_reads_as_none(name: str, tmp_path: Path):
    text = written(told(), tmp_path, name)
    rest = text.replace(section(text), "")
    body = rest.partition("What is not known")[2].rpartition("What was asked")[0] or rest
    assert "not known: no host was asked" in text.replace("**", "")
    for word in ("Operating systems", "Scheduled jobs", "Secrets on disk:", "Restores proven:"):
        assert word not in body
    assert (
        "no source was asked for hosts" in body.partition("What ends when")[2] or name[-2:] == "md"
    )


def test_certificates_of_a_directory_stand_in_the_calendar():
    ends = {end.what: end.where for end in Dossier(told()).calendar.ends}
    assert ends["CN=dc1.muster.example"] == "muster.example entry 1"


def test_the_terminal_counts_directories_and_says_nothing_of_hosts_that_nobody_named():
    text = summary(told())
    assert "READ   1 directory: 1 in full, 0 in part, 0 not at all" in text
    assert "computers of directories that no audit reached: 2" in text
    assert "host:" not in text
    assert "BACKUPS" not in text


def test_the_terminal_counts_hosts_and_directories_beside_each_other():
    both = [*company.hosts(), *realm.readings(realm.records(), gaps={"Trust": (GAP,)})]
    text = summary(company.told(MemorySnapshot(company.AUDIT, both)))
    assert "READ   7 hosts: 4 in full, 2 in part, 1 not at all\n   1 directory: 0 in full" in text
    assert "BACKUPS" in text


def test_computers_of_a_directory_that_was_refused_are_not_counted_as_none():
    text = summary(told([], **dict.fromkeys(realm.OF_DIRECTORIES, (GAP,))))
    assert "0 in full, 0 in part, 1 not at all" in text
    assert "computers of directories that no audit reached: unknown" in text
