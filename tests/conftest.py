"""What tests of several packages share: the lab of real hosts, which every machine must be able to run."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.lab.directory import keeper
from tests.lab.directory.openldap import OpenLdap
from tests.lab.directory.samba import SambaAd
from tests.lab.hosts import HostSpec, Lab, needs_of

LABS = {"lab", "samba_ad", "own_samba_ad", "openldap", "own_openldap"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for the lab."""
    for item in items:
        if LABS.intersection(getattr(item, "fixturenames", ())):
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


@pytest.fixture(scope="session")
def samba_ad() -> Iterator[SambaAd]:
    """Return a running domain controller that holds the specimens; tests only read it."""
    _needs_directories()
    with SambaAd() as controller:
        yield controller


@pytest.fixture
def own_samba_ad() -> Iterator[SambaAd]:
    """Return a domain controller of the test's own, which it may change."""
    _needs_directories()
    with SambaAd() as controller:
        yield controller


@pytest.fixture(scope="session")
def openldap() -> Iterator[OpenLdap]:
    """Return a running slapd that holds the specimens of Unix; tests only read it."""
    _needs_directories()
    with OpenLdap() as server:
        yield server


@pytest.fixture
def own_openldap() -> Iterator[OpenLdap]:
    """Return a slapd of the test's own, which it may change."""
    _needs_directories()
    with OpenLdap() as server:
        yield server


def _needs_directories() -> None:
    if lacking := keeper.needs_of():
        pytest.fail(lacking, pytrace=False)
