"""The store: every audit by validity intervals, sealed and chained; the only I/O here."""

from inventory.store.journal import Entry
from inventory.store.machines import Identity
from inventory.store.query import SqlTable
from inventory.store.reading import StoreSnapshot
from inventory.store.rereading import Problem
from inventory.store.spool import Spool, Spooled
from inventory.store.store import FILE, AuditLine, Store
from inventory.store.tables import AuditState
from inventory.store.writing import OpenAudit

__all__ = [
    "FILE",
    "AuditLine",
    "AuditState",
    "Entry",
    "Identity",
    "OpenAudit",
    "Problem",
    "Spool",
    "Spooled",
    "SqlTable",
    "Store",
    "StoreSnapshot",
]
