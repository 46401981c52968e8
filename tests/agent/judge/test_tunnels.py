"""A tunnel's client and its call are one hold; what nobody calls is still one."""

from agent.judge.footprint import Holdings, Judged
from inventory.model.evidence import Why
from inventory.model.operation import Agent, Tunnel
from inventory.model.party import Role
from inventory.model.record import Record
from tests.agent.judge.building import ROOT, case, holdings, host, password, sshd

CLIENT = Agent(product="autossh", type="tunnel", state="running")
CALL = Tunnel(program="autossh", target="tunnel@gw.oldmsp.example")


def found(*records: Record) -> list[Judged]:
    return list(holdings(ROOT, password("root", "locked"), *sshd(), *records).judged)


def names(*records: Record) -> list[str]:
    judged = found(*records)
    return [one.candidate.name for one in judged if one.candidate.kind in ("tunnel", "agent")]


def test_a_client_and_its_call_are_one_hold_with_both_as_evidence() -> None:
    (one,) = [one for one in found(CLIENT, CALL) if one.candidate.kind in ("tunnel", "agent")]
    assert one.candidate.name == "autossh tunnel@gw.oldmsp.example"
    assert len(one.candidate.evidence) == 2


def test_a_client_that_no_call_explains_is_a_tunnel_of_its_own() -> None:
    assert names(CLIENT) == ["autossh"]
    assert names(CLIENT, Tunnel(program="chisel", target="x")) == ["chisel x", "autossh"]


def test_a_product_that_is_called_otherwise_is_recognised() -> None:
    client = Agent(product="frp client", type="tunnel", state="running")
    assert names(client, Tunnel(program="frpc", target="frp.example")) == ["frpc frp.example"]


def test_what_the_client_says_of_itself_tells_whose_the_tunnel_is() -> None:
    client = Agent(product="cloudflared", type="tunnel", state="running", instance="inst-old")
    call = Tunnel(program="cloudflared", target="")
    made = holdings(ROOT, password("root", "locked"), *sshd(), client, call)
    assert [hold.kind for hold in made.footprint(Role.OUTGOING).holds] == ["tunnel"]


def test_a_call_of_an_earlier_audit_hides_no_client_of_today() -> None:
    told = host("web1", CLIENT, CALL, refused={Tunnel: Why.DENIED}, carried=(Tunnel,))
    tunnels = [
        one.candidate for one in Holdings(case(told)).judged if one.candidate.kind == "tunnel"
    ]
    assert {(one.name, one.carried) for one in tunnels} == {
        ("autossh tunnel@gw.oldmsp.example", True),
        ("autossh", False),
    }
