"""A day of leaving that Graph leaves empty for whoever may not read it is no day that is not set."""

from agent.judge.case import Verdict
from inventory.model.record import Record
from inventory.model.tenant import TenantConnection
from tests.agent.judge.rules.building import judged
from tests.agent.judge.rules.entra_worlds import MIA, NAME

MAY = TenantConnection(
    login="certificate", cloud="global", permissions=("User-LifeCycleInfo.Read.All",)
)


def verdicts(*records: Record) -> set[Verdict]:
    found = judged("entra.left-account", {NAME: records})
    return {one.verdict for one in found}


def test_without_the_permission_accounts_without_a_day_of_leaving_are_not_known_to_be_fine() -> (
    None
):
    assert verdicts(MIA) == {Verdict.UNKNOWN}


def test_with_the_permission_they_are_fine() -> None:
    assert verdicts(MIA, MAY) == {Verdict.MET}
