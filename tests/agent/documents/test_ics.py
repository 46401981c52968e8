"""The calendar as iCalendar: what RFC 5545 asks of lines and texts, whatever a target says."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from agent.documents.ics import ics
from agent.documents.views.calendar import End
from agent.documents.write import write
from tests.agent.documents import company

MADE = 1_810_000_000  # 2027-05-11


def end(what: str = "a.example", where: str = "web1 /etc/x:1", when: int = MADE) -> End:
    return End(when, "2027-05-11", 0, "certificate", what, where)


def unfolded(*ends: End, client: str = "Muster GmbH") -> list[str]:
    text = "".join(ics(ends, client=client, made=MADE))
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").split("\r\n")


def test_an_end_is_an_event_of_a_whole_day():
    lines = unfolded(end())
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "DTSTART;VALUE=DATE:20270511" in lines
    assert "SUMMARY:certificate a.example: ends or renews" in lines
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_an_end_that_moves_to_another_day_stays_the_same_event():
    uids = {
        line
        for when in (MADE, MADE + 9e6)
        for line in unfolded(end(when=int(when)))
        if "UID" in line
    }
    assert len(uids) == 1
    assert len({line for line in unfolded(end(), end("b.example")) if "UID" in line}) == 2


def test_a_year_that_no_date_has_is_the_last_day():
    assert "DTSTART;VALUE=DATE:99991231" in unfolded(end(when=1 << 60))


@given(what=st.text(), where=st.text(), client=st.text())
def test_any_text_stays_within_its_line_and_every_line_within_75_octets(
    what: str, where: str, client: str
):
    text = "".join(ics([end(what, where)], client=client, made=MADE))
    for line in text.removesuffix("\r\n").split("\r\n"):
        assert len(line.encode()) <= 75
        assert "\n" not in line
    names = [line.partition(":")[0] for line in unfolded(end(what, where), client=client) if line]
    assert names.count("BEGIN") == 2
    assert set(names) <= {
        *("BEGIN", "END", "VERSION", "PRODID", "X-WR-CALNAME", "UID", "DTSTAMP"),
        *("DTSTART;VALUE=DATE", "TRANSP", "SUMMARY", "DESCRIPTION"),
    }


def test_the_file_is_written_beside_the_dossier(tmp_path: Path):
    (path,) = write(company.told(), tmp_path, ("ics",))
    assert path.name == "calendar.ics"
    assert path.read_bytes().count(b"BEGIN:VEVENT\r\n") == 2
