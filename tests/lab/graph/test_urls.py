"""Every URL that is sent to a tenant stands in a list that is reviewed like code."""

from pathlib import Path

from tests.lab.graph.urls import GOLDEN, lines, sent


def test_the_urls_that_are_sent_are_those_of_the_list(tmp_path: Path):
    assert lines(sent(tmp_path)) == GOLDEN.read_text()
