"""What tests of several packages share: the lab of real hosts, which every machine must be able to run."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.lab.hosts import HostSpec, Lab, needs_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for the lab."""
    for item in items:
        if "lab" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.lab)


@pytest.fixture(scope="session")
def lab() -> Iterator[Callable[..., Lab]]:
    """Return a function that starts hosts, `lab(HostSpec(...), ...)`; they live until the last test.

    A machine that cannot run them fails the test: a proof that was skipped proves nothing.
    """
    if lacking := needs_of():
        pytest.fail(lacking, pytrace=False)
    with contextlib.ExitStack() as labs:

        def start(*specs: HostSpec) -> Lab:
            return labs.enter_context(Lab(specs))

        yield start
