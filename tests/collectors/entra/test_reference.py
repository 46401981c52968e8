"""docs/tenant.md says what is read of tenants. Run as a module, it writes the page anew."""

from collectors.registry import of_source
from tests.collectors.entra.reference import PAGE, page


def test_the_page_of_tenants_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_names_every_collector_request_and_permission() -> None:
    text = page()
    for one in of_source("graph"):
        assert f"## {one.name}\n" in text
        assert all(f"| {ask.name} | " in text for ask in one.asks)
        assert all(getattr(ask, "needs", "") in text for ask in one.asks)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
