"""What `handover doctor` looks at in the kept audits."""

import stat
from collections.abc import Iterator
from pathlib import Path

from agent.cli.checkup_words import BAD, FINE, NOTE, Check
from inventory.errors import StoreError
from inventory.store import FILE, AuditState, Store

MOST_TOLD = 10  # problems


def store(folder: Path) -> Iterator[Check]:
    """Yield whether the store can be read, is private, and says what was sealed."""
    path = folder / FILE
    if not path.exists():
        yield Check("kept audits", NOTE, f"{path} does not exist yet: `handover audit` makes it")
        return
    mode = stat.S_IMODE(path.lstat().st_mode)
    if mode & 0o077:
        yield Check("store", BAD, f"{path} is open to others (mode {mode:04o}): chmod 600 it")
    else:
        yield Check("store", FINE, f"{path}, {path.stat().st_size >> 10} KiB, for its owner only")
    try:
        with Store.open(path, create=False) as kept:
            yield from _audits(kept)
    except StoreError as err:
        yield Check("kept audits", BAD, str(err))


def _audits(kept: Store) -> Iterator[Check]:
    lines = kept.audits()
    sealed = sum(line.state is AuditState.SEALED for line in lines)
    yield Check("kept audits", FINE, f"{sealed} finished of {len(lines)}")
    if any(line.state is AuditState.OPEN for line in lines):
        says = "one was not finished: `handover audit --resume` goes on, a new audit gives it up"
        yield Check("kept audits", NOTE, says)
    problems = kept.verify()
    for one in problems[:MOST_TOLD]:
        where = "" if one.audit is None else f"audit {one.audit}: "
        yield Check("seals", BAD, f"{where}{one.says}")
    if not problems:
        yield Check("seals", FINE, "all that is kept is as it was sealed")
    elif len(problems) > MOST_TOLD:
        yield Check("seals", BAD, f"and {len(problems) - MOST_TOLD} more: handover audits --verify")
