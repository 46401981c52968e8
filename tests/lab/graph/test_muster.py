"""The tenant of Muster, asked by all collectors."""

from collections.abc import Iterator

import pytest

from collectors.spec import CONNECTION
from inventory.reading import State
from tests.lab.graph.asked import APP_ID, EVERYTHING, asks, collected, lab_of, opened
from tests.lab.graph.muster import NAMES, muster
from tests.lab.graph.routes import AUDIT_LOG, route_of
from tests.lab.graph.server import GraphLab

STEP = 6  # so many times, each without every sixth permission
PERSONS_ONLY = "entra.sync"  # a person alone can ask it


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphLab]:
    """Return the running tenant."""
    with lab_of(muster(), tmp_path_factory.mktemp("graph")) as found:
        yield found


def test_every_reading_of_muster_is_complete_and_the_client_keeps_within_its_budgets(
    lab: GraphLab,
) -> None:
    with opened(lab) as door:
        states = {name: got.reading.state for name, got in collected(door)}
    assert states.pop(PERSONS_ONLY) is State.NOT_ASKED
    assert set(states.values()) == {State.COMPLETE}
    assert lab.graph.watch.violations == []
    assert lab.graph.watch.offences == []
    assert set(lab.graph.watch.most_at_once.values()) == {1}


@pytest.mark.parametrize("start", range(STEP))
def test_without_permissions_exactly_the_asks_that_need_them_are_gaps(
    lab: GraphLab, start: int
) -> None:
    gone = frozenset(sorted(EVERYTHING)[start::STEP])
    lab.login.apps[APP_ID].permissions = set(EVERYTHING - gone)
    try:
        with opened(lab) as door:
            gaps = {
                gap.ask
                for _, got in collected(door)
                for gap in got.reading.gaps
                if gap.cure == "scope"
            }
    finally:
        lab.login.apps[APP_ID].permissions = set(EVERYTHING)
    assert {name for name in gaps if not name.startswith(PERSONS_ONLY)} == set(_needing(gone))


def _needing(gone: frozenset[str]) -> Iterator[str]:
    """Yield the asks of which a request is refused without permissions, as the lab knows it."""
    for name, ask in asks():
        if ask.path == CONNECTION or name.startswith(PERSONS_ONLY):
            continue
        paths = (ask.path, *(one.path for one in ask.each))
        routes = [route_of(ask.version, path.replace("{key}", "k"), "global") for path in paths]
        needs = [route[0].needs for route in routes if route]
        assert len(needs) == len(paths), name
        if "signInActivity" in ask.select:
            needs.append((AUDIT_LOG,))
        if any(set(some) & EVERYTHING <= gone for some in needs):
            yield name


def test_each_hold_of_muster_can_be_taken_out_alone() -> None:
    whole = muster()
    for name in NAMES:
        assert muster(without=[name]) != whole, name
    assert muster(without=NAMES) == muster(without=NAMES)
    with pytest.raises(ValueError, match="no specimens"):
        muster(without=["nothing of the kind"])
