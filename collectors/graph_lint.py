"""Whether a request to Microsoft Graph is one that may be sent: it reads, and asks for no secret.

Judged twice: over all collectors by a test, and by the transport before anything is sent.
"""

import re
from collections.abc import Iterator

from collectors.secret_properties import SECRET_PROPERTIES
from collectors.spec import CONNECTION, GraphGet

MOST_URL = 2000  # characters, the host left out

_SEGMENT = r"[A-Za-z$][A-Za-z0-9_.$]*(?:\([A-Za-z0-9_=',{}-]*\))?"
_PATH = re.compile(rf"(?:/(?:{_SEGMENT}|\{{key\}}|\*))+")
_PROPERTY = re.compile(r"[A-Za-z@][A-Za-z0-9_.@/]*")
_PERMISSION = re.compile(r"[A-Za-z-]+(?:\.[A-Za-z0-9-]+)+")
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_WRITES = re.compile(r"ReadWrite|FullControl|\.Write|\.Manage|\.Send|\.Create")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f#\\]")


def graph_problems(ask: GraphGet) -> Iterator[str]:
    """Yield what is wrong with a request."""
    if ask.path == CONNECTION:
        return
    for path in (ask.path, *(one.path for one in ask.each), *filter(None, (ask.counted,))):
        if not _PATH.fullmatch(path):
            yield f"has the path {path!r}, which is none"
    if ("{key}" in f"{ask.path} {ask.filter}") != bool(ask.each):
        yield "has a key in its path without `each`, or the other way round"
    yield from _property_problems(ask)
    yield from _permission_problems(ask)
    if len(_written(ask)) > MOST_URL:
        yield f"is longer than {MOST_URL} characters"
    if _UNSAFE.search(_written(ask)):
        yield "has characters that no request has"
    if ask.budget == "reports" and ask.each:
        yield "asks once for every object of what may be asked five times in ten seconds"


def _property_problems(ask: GraphGet) -> Iterator[str]:
    asked = (*ask.select, *(name for one in ask.each for name in one.select))
    for name in asked:
        if not _PROPERTY.fullmatch(name):
            yield f"asks for {name!r}, which is not the name of one property"
    text = f"{ask.filter} {ask.expand} {ask.path}".replace("{key}", "")
    words = (*asked, *_WORDS.findall(text))
    for name in words:
        if name.lower() in SECRET_PROPERTIES:
            yield f"asks for {name}, which holds secrets"


def _permission_problems(ask: GraphGet) -> Iterator[str]:
    for name in (ask.needs, ask.as_person):
        if name in ("", "-"):
            continue
        if not _PERMISSION.fullmatch(name):
            yield f"needs {name!r}, which is no permission"
        if _WRITES.search(name):
            yield f"needs {name}, which may change things"
    if not ask.needs and ask.as_person in ("", "-"):
        yield "can be asked by nobody"


def _written(ask: GraphGet) -> str:
    return f"{ask.path}?{','.join(ask.select)}&{ask.filter}&{ask.expand}&{ask.search}"
