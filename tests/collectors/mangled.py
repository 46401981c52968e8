"""Real bytes with some of them changed, for readers of formats that must refuse or read them."""

from collections.abc import Sequence

from hypothesis import strategies as st


def mangled(real: Sequence[bytes], *, most: int) -> st.SearchStrategy[bytes]:
    """Return one of the real values with up to `most` bytes changed."""
    changes = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=most)
    return st.builds(_changed, st.sampled_from(real), changes)


def _changed(raw: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(raw)
    for at, value in changes:
        changed[at % len(raw)] = value
    return bytes(changed)
