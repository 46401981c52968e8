"""What goes over the line to a directory in clear, and what is shown there without a login."""

from agent.judge.case import Severity, Verdict
from inventory.model.directory import DirectoryServer
from inventory.model.record import Record
from tests.agent.judge.rules.building import judged
from tests.agent.judge.rules.directory_worlds import NAME, account
from tests.agent.judge.rules.forest_situations import connection


def told(rule: str, record: Record) -> list[tuple[Verdict, Severity]]:
    return [(one.verdict, one.severity) for one in judged(rule, {NAME: (record,)})]


def test_a_password_of_the_audit_that_went_in_clear_weighs_high() -> None:
    line = connection("clear", in_clear=True, takes_clear=True)
    found = told("directory.clear-text", line)
    assert (Verdict.NOT_MET, Severity.HIGH) in found
    assert (Verdict.NOT_MET, Severity.MEDIUM) in found  # the server takes those of others, too


def test_a_line_without_tls_that_kerberos_seals_is_not_clear_and_proves_nothing_of_others() -> None:
    line = connection("clear", bind="kerberos", takes_clear=None)
    assert [verdict for verdict, _ in told("directory.clear-text", line)] == [Verdict.UNKNOWN]


def test_nobody_has_a_password_to_lose_and_the_server_was_not_tried() -> None:
    line = connection("clear", bind="anonymous", in_clear=True, takes_clear=None)
    assert [verdict for verdict, _ in told("directory.clear-text", line)] == [Verdict.UNKNOWN]


def test_why_it_is_not_known_what_is_shown_without_a_login_is_said() -> None:
    server = DirectoryServer(
        dialect="posix", product="OpenLDAP", unclear_anonymously="the server closed the connection"
    )
    (found,) = judged("directory.reads-anonymously", {NAME: (server,)})
    assert found.verdict is Verdict.UNKNOWN
    assert "the server closed the connection" in found.says


def test_where_no_entry_shows_a_text_nothing_is_said_of_what_stands_in_texts() -> None:
    slapd = DirectoryServer(dialect="posix", product="OpenLDAP")
    silent, told_of = account("mia"), account("max", description="second floor")
    rule = "directory.secret-in-text"
    verdicts = [one.verdict for one in judged(rule, {NAME: (slapd, silent)})]
    assert verdicts == [Verdict.UNKNOWN]
    assert [one.verdict for one in judged(rule, {NAME: (slapd, silent, told_of)})] == [Verdict.MET]
