"""The way through a jump host: each hop with its own pinned key; through paramiko and through ssh."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, Login, Timeouts
from collectors.transports.known_hosts import HostKeys
from collectors.transports.openssh_client import OpensshDoor
from collectors.transports.session import Become, Limits, Told, interview
from collectors.transports.ssh import SshDoor
from inventory.errors import Denied, TransportError, Unreachable
from tests.collectors.transports.brief import ASKS, key_at
from tests.lab.hosts import Host, HostSpec, Lab

TIMES = Timeouts(connect_s=4, handshake_s=8, login_s=8)
Opened = Callable[[Sequence[Path]], SshDoor | OpensshDoor]


@pytest.fixture(scope="module")
def two(lab: Callable[..., Lab]) -> Lab:
    return lab(
        HostSpec(name="jump", networks=("front", "back")),
        HostSpec(name="inner", networks=("back",)),
    )


@pytest.fixture(params=["paramiko", "openssh"])
def opened(request: pytest.FixtureRequest) -> Iterator[Opened]:
    doors: list[SshDoor | OpensshDoor] = []

    def door(known: Sequence[Path]) -> SshDoor | OpensshDoor:
        if request.param == "paramiko":
            doors.append(SshDoor(HostKeys(known), LockoutGuard(), TIMES))
        else:
            none = Path("/nonexistent/ssh_config")
            doors.append(OpensshDoor(known, LockoutGuard(), TIMES, config=none))
        return doors[-1]

    yield door
    for one in doors:
        one.close()


def _hop(host: Host, login: Login, **changes: str) -> Hop:
    said = {"name": host.name, "address": host.address, "user": "audit"} | changes
    return Hop(said["name"], said["address"], 22, said["user"], login, said.get("alias", ""))


def _told(door: SshDoor | OpensshDoor, hops: Sequence[Hop]) -> Told:
    return interview(ASKS, lambda: door.wire(hops), Become.NONE, Limits(total_s=30))


def _name_said(told: Told) -> str:
    (answer,), gaps = told.outcomes["test.host/name"]
    assert gaps == ()
    return answer.text.strip()


def test_a_host_is_asked_directly(two: Lab, opened: Opened) -> None:
    hop = _hop(two["jump"], Login(key_path=str(two.key)))
    assert _name_said(_told(opened([two.known_hosts]), [hop])) == "jump"


def test_a_host_behind_a_jump_host_is_asked_through_it(two: Lab, opened: Opened) -> None:
    login = Login(key_path=str(two.key))
    hops = [_hop(two["jump"], login), _hop(two["inner"], login)]
    before = two["inner"].auth_log
    told = _told(opened([two.known_hosts]), hops)
    assert _name_said(told) == "inner"
    assert not told.as_root
    back = next(leg.address for leg in two["jump"].legs if leg.network == "back")
    assert f"from {back} port" in two["inner"].auth_log[len(before) :]


@pytest.mark.parametrize("unknown", ["jump", "inner"])
def test_each_hop_needs_its_own_pinned_key(
    unknown: str, two: Lab, opened: Opened, tmp_path: Path
) -> None:
    known = tmp_path / "known_hosts"
    known.write_text("".join(host.known_hosts for host in two.hosts if host.name != unknown))
    login = Login(key_path=str(two.key))
    hops = [_hop(two["jump"], login), _hop(two["inner"], login)]
    log = {host.name: host.auth_log for host in two.hosts}
    with pytest.raises(Denied, match=f"the host key of {unknown} is not known"):
        opened([known]).wire(hops)
    assert "Accepted" not in two[unknown].auth_log[len(log[unknown]) :]


@pytest.mark.parametrize("changed", ["jump", "inner"])
def test_a_changed_key_of_any_hop_is_refused(
    changed: str, two: Lab, opened: Opened, tmp_path: Path
) -> None:
    known = tmp_path / "known_hosts"
    other = {"jump": "inner", "inner": "jump"}[changed]
    swapped = two[other].host_keys["ed25519"].public
    kept = "".join(host.known_hosts for host in two.hosts if host.name != changed)
    known.write_text(f"{kept}{two[changed].address} {swapped}\n")
    login = Login(key_path=str(two.key))
    hops = [_hop(two["jump"], login), _hop(two["inner"], login)]
    log = two[changed].auth_log
    with pytest.raises(Denied, match="key"):
        opened([known]).wire(hops)
    assert "Accepted" not in two[changed].auth_log[len(log) :]


def test_a_key_alias_is_the_name_in_known_hosts(two: Lab, opened: Opened, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    known.write_text(f"the-jump {two['jump'].host_keys['ed25519'].public}\n")
    hop = _hop(two["jump"], Login(key_path=str(two.key)), alias="the-jump")
    assert _name_said(_told(opened([known]), [hop])) == "jump"


@pytest.mark.parametrize("at", ["jump", "inner"])
def test_a_wrong_key_is_refused_with_the_name_and_tried_once(
    at: str, two: Lab, opened: Opened, tmp_path: Path
) -> None:
    wrong, right = Login(key_path=key_at(tmp_path)), Login(key_path=str(two.key))
    hops = [_hop(host, wrong if host.name == at else right) for host in two.hosts]
    log = two[at].auth_log
    with pytest.raises(Denied, match="refused"):
        opened([two.known_hosts]).wire(hops)
    new = two[at].auth_log[len(log) :]
    assert "Accepted" not in new
    assert new.count("Failed publickey") + new.count("Connection closed by authenticating") <= 2


def test_nobody_behind_a_jump_host_is_unreachable(two: Lab, opened: Opened) -> None:
    login = Login(key_path=str(two.key))
    inner = two["inner"]
    gone = _hop(inner, login, address=inner.address.rpartition(".")[0] + ".250", name="gone")
    began = time.monotonic()
    with pytest.raises(TransportError, match="gone"):
        opened([two.known_hosts]).wire([_hop(two["jump"], login), gone])
    assert time.monotonic() - began < 45


def test_hosts_behind_a_dead_jump_host_do_not_wait_one_after_the_other(two: Lab) -> None:
    login = Login(key_path=str(two.key))
    door = SshDoor(HostKeys([two.known_hosts]), LockoutGuard(), TIMES)
    dead = Hop("dead", "127.0.0.1", 1, "audit", login)
    began = time.monotonic()
    for _ in range(50):
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
            door.wire([dead, _hop(two["inner"], login)])
    assert time.monotonic() - began < 5
    door.close()


def test_one_connection_to_a_jump_host_serves_all_behind_it(two: Lab) -> None:
    login = Login(key_path=str(two.key))
    log = two["jump"].auth_log
    door = SshDoor(HostKeys([two.known_hosts]), LockoutGuard(), TIMES)
    wires = [door.wire([_hop(two["jump"], login), _hop(two["inner"], login)]) for _ in range(3)]
    for wire in wires:
        wire.close()
    door.close()
    assert two["jump"].auth_log[len(log) :].count("Accepted publickey") == 1
