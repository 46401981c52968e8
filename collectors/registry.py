"""Finds collectors: built-ins by folder; installed ones by the entry point group handover.collectors."""

import importlib
import pkgutil
from functools import cache

import collectors.linux
import collectors.local
from collectors.spec import COLLECTORS, Collector

FOLDERS = (collectors.linux, collectors.local)


@cache
def builtin() -> tuple[Collector, ...]:
    """Import every collector module of the built-in folders and return the collectors by name."""
    for folder in FOLDERS:
        for module in pkgutil.iter_modules(folder.__path__):
            importlib.import_module(f"{folder.__name__}.{module.name}")
    return tuple(COLLECTORS[name] for name in sorted(COLLECTORS))
