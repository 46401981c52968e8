"""Writes the documents of one audit: the dossier, the checklist, each in the formats asked for."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from agent.documents import render, sheets
from agent.documents.files import private_folder, put
from agent.documents.ics import ics
from agent.documents.told import Told
from agent.documents.views.dossier import Dossier
from agent.documents.views.fleet import HOSTS_OF_A_VOLUME, volume
from agent.documents.views.section import Section
from agent.engagement.model import FORMATS
from inventory.errors import ConfigError

_VOLUME = re.compile(r"hosts-\d{3,}\.(html|md)")


def write(told: Told, folder: Path, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write the documents into the folder and return what was written.

    Raises ConfigError for a format that is not known, NotWritten when a file cannot be written.
    """
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise ConfigError(f"format {unknown[0]!r} is not known: use {', '.join(FORMATS)}")
    private_folder(folder)
    dossier = Dossier(told)
    wanted = [WRITERS[name] for name in FORMATS if name in formats]
    return tuple(path for write_one in wanted for path in write_one(dossier, folder))


def _html(dossier: Dossier, folder: Path) -> Iterator[Path]:
    frame = _frame("html/style.css", dossier)
    yield put(folder / "dossier.html", _page("html/dossier.j2", dossier, **frame))
    plain = _frame("html/checklist.css", dossier)
    yield put(folder / "checklist.html", _page("html/checklist.j2", dossier, **plain))
    yield from _volumes(dossier, folder, "html", render.pages, frame)


def _markdown(dossier: Dossier, folder: Path) -> Iterator[Path]:
    for name in ("dossier", "checklist"):
        parts = render.markdown(f"text/{name}.j2", dossier=dossier)
        yield put(folder / f"{name}.md", parts)
    yield from _volumes(dossier, folder, "md", render.markdown, {})


def _csv(dossier: Dossier, folder: Path) -> Iterator[Path]:
    yield put(folder / "checklist.csv", sheets.checklist(dossier.checklist))
    yield put(folder / "hosts.csv", sheets.hosts(dossier.glances))


def _ics(dossier: Dossier, folder: Path) -> Iterator[Path]:
    told, client = dossier.told, dossier.front.client
    yield put(folder / "calendar.ics", ics(dossier.calendar.ends, client=client, made=told.ended))


WRITERS: dict[str, Callable[[Dossier, Path], Iterator[Path]]] = {
    "html": _html,
    "md": _markdown,
    "csv": _csv,
    "ics": _ics,
}


def _page(template: str, dossier: Dossier, **frame: Any) -> Iterator[str]:
    return render.pages(template, dossier=dossier, **frame)


def _frame(style: str, dossier: Dossier) -> dict[str, Any]:
    script, digest = render.script("html/page.js")
    return {
        "style": render.style(style),
        "script": script,
        "script_hash": digest,
        "paper": dossier.told.paper,
    }


def _volumes(
    dossier: Dossier,
    folder: Path,
    ending: str,
    rendered: Callable[..., Iterator[str]],
    frame: dict[str, Any],
) -> Iterator[Path]:
    """Write the hosts of a large fleet into volumes; volumes of an earlier audit go away."""
    written = []
    if dossier.in_volumes:
        place = private_folder(folder / "hosts")
        kind = "html" if ending == "html" else "text"
        for number, some in enumerate(_batches(dossier.sections()), 1):
            path = place / Path(volume(number)).with_suffix(f".{ending}")
            views = _volume(dossier, number, some)
            written.append(put(path, rendered(f"{kind}/volume.j2", **views, **frame)))
            yield path
    for old in _old_volumes(folder / "hosts", ending):
        if old not in written:
            old.unlink()


def _old_volumes(place: Path, ending: str) -> list[Path]:
    if not place.is_dir():
        return []
    return [path for path in place.glob(f"*.{ending}") if _VOLUME.fullmatch(path.name)]


def _volume(dossier: Dossier, number: int, sections: Iterator[Section]) -> dict[str, Any]:
    hosts = len(dossier.extents)
    first = (number - 1) * HOSTS_OF_A_VOLUME + 1
    front = dossier.front
    return {
        "sections": sections,
        "first": first,
        "last": min(hosts, first + HOSTS_OF_A_VOLUME - 1),
        "hosts": hosts,
        "client": front.client,
        "audit": front.audit,
        "seal": front.seal,
    }


def _batches(sections: Iterator[Section]) -> Iterator[Iterator[Section]]:
    """Yield the sections in batches; each is to be used up before the next is asked for."""
    for first in sections:
        yield chain((first,), islice(sections, HOSTS_OF_A_VOLUME - 1))
