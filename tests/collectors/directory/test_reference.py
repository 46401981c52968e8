"""docs/directory.md says what is read of directories. Run as a module, it writes the page anew."""

from collectors.registry import of_source
from tests.collectors.directory.reference import PAGE, page


def test_the_page_of_directories_is_current():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_names_every_collector_and_search():
    text = page()
    for one in of_source("ldap"):
        assert f"## {one.name}\n" in text
        assert all(f"| {ask.name} | `" in text for ask in one.asks)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
