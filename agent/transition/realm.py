"""States of a directory that become lines: an administrator who stays, and secrets to be new."""

from collections.abc import Iterator

import msgspec

from agent.judge.directory.directories import Directory
from agent.judge.directory.people import BUILT_IN, open_accounts
from agent.judge.rules.directory_accounts import ADMINISTRATOR, is_of_sync
from agent.transition.memory import BoxMemory
from agent.transition.present import Present, state
from agent.transition.renewal import SET
from inventory.model.directory import Trust
from inventory.model.directory_accounts import DirectoryAccount, DirectoryComputer
from inventory.snapshot import Seen

Box = tuple[str, str, BoxMemory]  # the kind of line, its subject, the box
SSO = "AZUREADSSOACC$"
DSRM = "the password of directory services restore mode"


def states(present: Present) -> Iterator[Box]:
    """Yield the boxes of every directory that is, or may be, Active Directory; of others the first.

    That nothing could be read hides no line: the krbtgt key and the restore mode are everywhere.
    """
    for directory in present.directories.values():
        name = directory.name
        yield "administrator", "", state(present, "administrator", name, f"administrator in {name}")
        if directory.is_ad is not False:
            yield from _krbtgt(present, directory)
            box = state(present, "restore mode", name, f"{DSRM} of each controller of {name}", name)
            yield "restore mode", name, box
        yield from _secrets(present, directory)
        yield from _trusts(present, directory)


def _krbtgt(present: Present, directory: Directory) -> Iterator[Box]:
    """Yield the key of all tickets, seen or not."""
    rows = [r for r in directory.rows(DirectoryAccount) if r.record.name.casefold() == "krbtgt"]
    if not rows:
        text = f"krbtgt of {directory.dns_name}"
        yield "krbtgt", directory.name, state(present, "krbtgt", directory.name, text, "krbtgt")
    for row in rows:
        yield "krbtgt", directory.name, _secret(present, directory, row, "krbtgt")


def _secrets(present: Present, directory: Directory) -> Iterator[Box]:
    """Yield the secrets of accounts that outlive people: Administrator, services, the cloud's."""
    for row in open_accounts(directory, present.case.dates.now):
        one = row.record
        if _is_kept_by_people(directory, one):
            subject = f"{one.name}@{directory.dns_name}"
            yield "directory password", subject, _secret(present, directory, row, "password")
    for computer in directory.rows(DirectoryComputer):
        if computer.record.name.upper() == SSO:
            subject = f"{computer.record.name}@{directory.dns_name}"
            yield "cloud key", subject, _secret(present, directory, computer, "cloud key")


def _is_kept_by_people(directory: Directory, one: DirectoryAccount) -> bool:
    """Return whether the password is one that people know and programs use."""
    domain = directory.domain
    is_builtin = bool(domain and domain.sid and one.sid == f"{domain.sid}-{ADMINISTRATOR}")
    is_service = one.type == "user" and bool(one.service_names) and one.name not in BUILT_IN
    return is_builtin or is_service or is_of_sync(one.name)


def _trusts(present: Present, directory: Directory) -> Iterator[Box]:
    """Yield the password of each trust: both sides know it."""
    for row in directory.rows(Trust):
        if row.record.direction != "disabled":
            partner = row.record.partner
            box = state(present, "trust password", directory.name, f"trust with {partner}", partner)
            yield "trust password", partner, present.read_by(box, row.evidence.collector)


def _secret(
    present: Present,
    directory: Directory,
    row: Seen[DirectoryAccount] | Seen[DirectoryComputer],
    kind: str,
) -> BoxMemory:
    one = row.record
    what = one.name if kind == "krbtgt" else f"{kind} of {one.name}"
    text = f"{what} in {directory.dns_name}"
    box = state(present, kind, directory.name, text, one.id)
    box = present.read_by(box, row.evidence.collector)
    changed = one.password_changed
    marks = ((SET, str(changed.earliest)),) if changed and not row.carried else ()
    return msgspec.structs.replace(box, marks=marks)
