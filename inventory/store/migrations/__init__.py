"""The schema's history: step n makes schema n out of n - 1, all in the caller's transaction."""

from sqlalchemy import Connection

SCHEMA = 1  # the newest; also the file's user_version


def migrate(db: Connection, *, found: int) -> None:
    """Bring a store of schema `found` (0: empty) to the newest one."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    from inventory.store.migrations import m0001_first

    steps = (m0001_first.upgrade,)
    op = Operations(MigrationContext.configure(db))
    for step in steps[found:]:
        step(op)
    db.exec_driver_sql(f"PRAGMA user_version={len(steps)}")
