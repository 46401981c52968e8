"""A probe's output that is cut or damaged anywhere, through all collectors: nothing is made up."""

from collections.abc import Iterator
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.runner import Collected, ask_name
from collectors.spec import Answer, Outcome, SshFiles
from collectors.transports.frames import Heard, hear, outcomes
from collectors.transports.script import host_asks
from inventory.model.evidence import Pointer
from inventory.model.operation import Agent, Tunnel
from inventory.model.record import Record, replace_at
from inventory.reading import State
from tests.recorded import environment as env

NONCE = "0123456789abcdef0123456789abcdef"
MARK = b"\x1e" + NONCE.encode() + b" "
ASKS = tuple(host_asks(env.COLLECTORS.values()))
OTHERWISE = ("linux.nslcd", "linux.ipsec")  # name a thing by its address where its name is cut off
SIGHT = ("state", "found_by")  # of an agent or tunnel: the most that was seen, and where


@cache
def probe(target: str) -> bytes:
    """Return a host's answers in the form in which its probe sends them."""
    told = env.hosts()[target]
    parts = [b"".join(_frame(name, told.get(name, ((), ())), ask)) for name, ask in ASKS]
    return b"Welcome\n" + b"".join(parts) + MARK + b"Z\n"


def _frame(name: str, told: Outcome, ask: object) -> Iterator[bytes]:
    yield MARK + f"B {name}\n".encode()
    status = 0
    for one in told[0]:
        status = one.exit
        if isinstance(ask, SshFiles):
            yield MARK + f"F ok {_head(one)}\n".encode()
        yield one.text.encode() + b"\n"
    yield MARK + f"E {name} {status} \n".encode()


def _head(one: Answer) -> str:
    meta, names = one.meta, ",".join(one.accounts) or "-"
    told = f"{meta.owner} {meta.mode:o} {meta.size_bytes} {meta.changed_s}" if meta else "- - - -"
    return f"{names} {told} {one.path}"


def collected(target: str, raw: bytes) -> tuple[Heard, dict[str, Collected]]:
    heard = hear(raw, NONCE)
    told = dict(outcomes(ASKS, heard))
    return heard, {name: env.read(target, one, told) for name, one in env.COLLECTORS.items()}


@cache
def whole(target: str) -> dict[str, Collected]:
    return collected(target, probe(target))[1]


def said(one: Collected) -> set[Record]:
    return {replace_at(record, Pointer()) for record in one.records}


HOSTS = st.sampled_from([env.PATCHWORK, "web1"])


def test_an_uncut_answer_is_read_as_it_was_recorded() -> None:
    for target in (env.PATCHWORK, "web1"):
        for name, one in env.whole(target).items():
            assert said(whole(target)[name]) == said(one), name


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_what_broke_off_is_never_complete_and_makes_up_nothing(data: st.DataObject) -> None:
    target = data.draw(HOSTS)
    raw = probe(target)
    heard, now = collected(target, raw[: data.draw(st.integers(0, len(raw) - 1))])
    assert not heard.done
    for name, one in env.COLLECTORS.items():
        frames = [heard.frames.get(ask_name(one, ask)) for ask in one.asks]
        has_ended = all(frame is not None and frame.ended is not None for frame in frames)
        if has_ended:
            assert now[name] == whole(target)[name]
        else:
            assert now[name].reading.state is not State.COMPLETE, name
            assert now[name].reading.gaps, name
        old, new = said(whole(target)[name]), said(now[name])
        assert new <= old or not has_ended, name
        assert name in OTHERWISE or _is_less(old, new), name


def _is_less(old: set[Record], new: set[Record]) -> bool:
    """Tell whether what is new is an old record with fewer values."""
    return all(any(_lacks(was, one) for was in old) for one in new - old)


def _lacks(was: Record, one: Record) -> bool:
    if type(was) is not type(one):
        return False
    apart = SIGHT if isinstance(one, Agent | Tunnel) else ()
    names = (name for name in one.__struct_fields__ if name not in apart)
    pairs = ((getattr(was, name), getattr(one, name)) for name in names)
    return all(b == a or b in (None, "") or _is_part(a, b) for a, b in pairs)


def _is_part(old: object, new: object) -> bool:
    return isinstance(old, tuple) and isinstance(new, tuple) and set(new) <= set(old)


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_a_damaged_byte_raises_nothing(data: st.DataObject) -> None:
    target = data.draw(HOSTS)
    raw = bytearray(probe(target))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    heard, now = collected(target, bytes(raw))
    assert now.keys() == env.COLLECTORS.keys()
    for name, frame in heard.frames.items():
        collector = now.get(name.partition("/")[0])
        assert frame.ended is not None or collector is None or collector.reading.gaps
