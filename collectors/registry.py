"""Finds collectors: the built-ins by folder; those of plugins are there once they were loaded."""

import importlib
import pkgutil
from functools import cache

import collectors.directory
import collectors.entra
import collectors.linux
import collectors.local
import collectors.network
from collectors.spec import COLLECTORS, Collector

FOLDERS = (
    collectors.directory,
    collectors.entra,
    collectors.linux,
    collectors.local,
    collectors.network,
)


@cache
def _import_builtin() -> None:
    for folder in FOLDERS:
        for module in pkgutil.iter_modules(folder.__path__):
            importlib.import_module(f"{folder.__name__}.{module.name}")


def every() -> tuple[Collector, ...]:
    """Return the built-in collectors and those of loaded plugins, by name."""
    _import_builtin()
    return tuple(COLLECTORS[name] for name in sorted(COLLECTORS))


@cache
def builtin() -> tuple[Collector, ...]:
    """Return the built-in collectors, by name."""
    folders = tuple(f"{folder.__name__}." for folder in FOLDERS)
    return tuple(one for one in every() if one.read.__module__.startswith(folders))


def of_source(kind: str) -> tuple[Collector, ...]:
    """Return the collectors that ask a kind of source: a host with a shell is "ssh"."""
    return tuple(one for one in every() if one.source == kind)
