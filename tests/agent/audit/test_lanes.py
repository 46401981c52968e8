"""A tenant is read in lanes: side by side, and a lane that breaks loses no reading."""

from pathlib import Path

from agent.audit.identity import Identifying
from agent.audit.lanes import read_lanes
from agent.audit.targets import Opened, Target, lanes_of
from collectors.registry import of_source
from collectors.rows import Row, Rows
from collectors.spec import GraphGet
from inventory.model.evidence import Gap, Why
from inventory.reading import State

COLLECTORS = tuple(
    one for one in of_source("graph") if one.name in ("entra.domains", "entra.named_locations")
)


def target() -> Target:
    return Target("cloud", "muster.example", COLLECTORS, lambda *_: Gap(Why.FAILED))


def read(search, folder: Path, who: Identifying | None = None):
    opened = Opened("", search, lambda: None)
    found = read_lanes(target(), opened, folder, who or Identifying(), lambda: False)
    return {one.reading.key.collector: one for one in found}


def told(name: str, _ask: GraphGet) -> Rows:
    return Rows(name, [Row(name, {"id": "a.example", "displayName": "A"})])


def test_what_shares_a_budget_is_one_lane():
    assert {len(lane) for lane in lanes_of(COLLECTORS)} == {1}
    assert len(lanes_of(COLLECTORS)) == 2


def test_every_lane_is_read(tmp_path: Path):
    found = read(told, tmp_path)
    assert {name: len(one.records) for name, one in found.items()} == {
        "entra.domains": 1,
        "entra.named_locations": 1,
    }


class _Early(Identifying):
    """Ends before the records do: code of our own that is wrong."""

    def passing(self, records):
        return iter(())


def test_a_lane_that_breaks_loses_no_reading(tmp_path: Path):
    found = read(told, tmp_path, _Early())
    assert {name: one.reading.state for name, one in found.items()} == {
        "entra.domains": State.FAILED,
        "entra.named_locations": State.FAILED,
    }
    assert all(one.reading.gaps for one in found.values())
