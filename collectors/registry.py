"""Finds collectors: built-ins by folder, installed ones by the entry point group of handover."""

import importlib
import pkgutil
from functools import cache

import collectors.linux
import collectors.local
import collectors.network
from collectors.spec import COLLECTORS, Collector

FOLDERS = (collectors.linux, collectors.local, collectors.network)


@cache
def builtin() -> tuple[Collector, ...]:
    """Import every collector module of the built-in folders and return the collectors by name."""
    for folder in FOLDERS:
        for module in pkgutil.iter_modules(folder.__path__):
            importlib.import_module(f"{folder.__name__}.{module.name}")
    return tuple(COLLECTORS[name] for name in sorted(COLLECTORS))


def of_source(kind: str) -> tuple[Collector, ...]:
    """Return the collectors of a kind of source: "ssh" (hosts with a shell), "local", "sweep"."""
    return tuple(one for one in builtin() if one.source == kind)
