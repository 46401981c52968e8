"""Any row of audits: what is done was read whole and is not there; ids and boxes stay."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.transition.item import ItemVerdict
from agent.transition.sayings import attestation, declaration
from inventory.model.access import AuthorizedKey
from inventory.model.evidence import Gap, Why
from tests.agent.judge.building import (
    CLIENT,
    NOBODYS_KEY,
    OLDMSP,
    ROOT,
    THEIR_KEY,
    collector_of,
    key,
    password,
    sshd,
)
from tests.agent.transition.building import Engagement

THEIRS = f"revoke ssh key {THEIR_KEY}"
BASE = (ROOT, password("root", "locked"), *sshd())
KEYS = {"": (), "theirs": (key("root", THEIR_KEY),), "other": (key("root", NOBODYS_KEY),)}
HOST = st.tuples(
    st.sampled_from(sorted(KEYS)), st.sampled_from([None, *Why]), st.booleans(), st.booleans()
)
AUDIT = st.tuples(HOST, HOST, st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.lists(AUDIT, min_size=1, max_size=4))
def test_a_line_is_done_only_by_an_audit_that_looked_everywhere(rows: list) -> None:
    run = Engagement()
    run.audit({"web1": (*BASE, *KEYS["theirs"]), "web2": BASE})
    ids, machines, parser = {}, {"web1": 0, "web2": 0}, 1
    for web1, web2, is_said in rows:
        hosts, gaps = {}, {}
        for name, (keys, why, is_other, is_new_parser) in (("web1", web1), ("web2", web2)):
            machines[name] += is_other
            parser += is_new_parser
            hosts[name] = (*BASE, *KEYS[keys])
            if why:
                gaps[name, "AuthorizedKey"] = Gap(why, "ask")
        run.parsers = {**run.parsers, collector_of(AuthorizedKey): parser}
        if is_said:
            for by, party in (("MD", "client"), ("Otto", "outgoing")):
                given_by = {
                    "what": "removed",
                    "by": by,
                    "party": party,
                    "parties": (CLIENT, OLDMSP),
                }
                run.note(declaration(run.memory, "R-01", **given_by), at=run.now + 50)
                run.note(attestation(run.memory, "R-01", **given_by), at=run.now + 50)
        items = run.audit(hosts, gaps=gaps, generations=machines)
        assert all(ids.get(name, item.id) == item.id for name, item in items.items())
        assert len({item.id for item in items.values()}) == len(items)
        ids = {name: item.id for name, item in items.items()}
        line = items[THEIRS]
        seen = [
            n for n in hosts if KEYS["theirs"][0] in hosts[n] and (n, "AuthorizedKey") not in gaps
        ]
        if seen:
            assert line.verdict in (ItemVerdict.OPEN, ItemVerdict.CONTRADICTED)
        if line.verdict is ItemVerdict.DONE:
            boxes = {box.target for box in line.boxes}
            assert not {name for name, _ in gaps} & boxes
            assert machines["web1"] == 0
        if line.verdict is ItemVerdict.ATTESTED:
            assert not seen
