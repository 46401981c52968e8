"""Every permission that a collector names has the ids by which it is granted."""

import re

from agent.audit.graph_permission_ids import PERMISSION_IDS
from collectors.registry import of_source
from collectors.spec import GraphGet

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def test_what_a_collector_needs_as_an_app_and_as_a_person_has_an_id() -> None:
    for collector in of_source("graph"):
        for ask in collector.asks:
            assert isinstance(ask, GraphGet)
            if ask.needs:
                assert PERMISSION_IDS[ask.needs].application, ask
            if ask.as_person != "-":
                assert PERMISSION_IDS[ask.as_person or ask.needs].delegated, ask


def test_ids_have_their_form_and_no_two_permissions_share_one() -> None:
    told = [one for ids in PERMISSION_IDS.values() for one in ids if one]
    assert all(GUID.fullmatch(one) for one in told)
    assert len(set(told)) == len(told)
