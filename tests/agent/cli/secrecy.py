"""Looks for secrets in every form in which a program could leave one behind."""

import base64
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct


class Leak(Struct, frozen=True):
    """Where a secret lies, and in which form."""

    where: str
    secret: str  # its name, not its value
    form: str


def forms(value: str) -> Iterator[tuple[str, bytes]]:
    """Yield each form of a value: raw, base64 at any alignment, hex, URL-encoded, UTF-16, quoted."""
    raw = value.encode()
    yield "raw", raw
    yield "reversed", raw[::-1]
    for skip in range(3):
        text = base64.b64encode(b"x" * skip + raw + b"x" * ((-skip - len(raw)) % 3))
        middle = text[4 if skip else 0 : -4]
        yield f"base64 at {skip}", middle
        yield f"base64url at {skip}", middle.replace(b"+", b"-").replace(b"/", b"_")
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    yield "url", quote(value, safe="").encode()
    yield "all of it url", "".join(f"%{byte:02X}" for byte in raw).encode()
    yield "utf-16-le", value.encode("utf-16-le")
    yield "utf-16-be", value.encode("utf-16-be")


def leaks(where: str, content: bytes, secrets: dict[str, str]) -> list[Leak]:
    """Return what of the secrets is in the content."""
    flat = content.replace(b"\r", b"").replace(b"\n", b"").replace(b"\\n", b"")
    return [
        Leak(where, name, form)
        for name, value in secrets.items()
        for form, piece in forms(value)
        if piece in content or piece in flat
    ]


def leaks_below(
    folders: Iterable[Path], secrets: dict[str, str], *, given: Iterable[Path]
) -> list[Leak]:
    """Return what is in any file below the folders, its name included; `given`: the user's own."""
    own = {path.resolve() for path in given}
    found: list[Leak] = []
    for path in sorted({path for folder in folders for path in folder.rglob("*")}):
        found += leaks("a name", str(path).encode(), secrets)
        if path.is_file() and path.resolve() not in own:
            found += leaks(str(path), path.read_bytes(), secrets)
    return found


@contextmanager
def processes() -> Iterator[set[bytes]]:
    """Yield the command lines of all processes that are seen while this lasts."""
    seen: set[bytes] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.005):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with suppress(OSError):
                    seen.add(path.read_bytes())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()
