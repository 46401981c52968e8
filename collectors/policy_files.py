"""What the collectors of SYSVOL's files share: a file's policy, its side, its secrets."""

import datetime
from collections.abc import Iterator

from collectors.entries import Entry
from inventory.model.directory_policies import PolicySecret
from inventory.model.moment import Moment

SCRIPTS = "scripts"  # the folder for login scripts, which is of no policy
_SIDES = {"machine": "computer", "user": "user"}


def policy_of(entry: Entry) -> str:
    """Return the id of the policy that a file is of, or "scripts"."""
    names = entry.dn.split("/")
    if names[0].casefold() == SCRIPTS or len(names) < 2:
        return SCRIPTS
    return names[1].upper()


def side_of(entry: Entry) -> str:
    """Return whether a file is for computers or for people; "" for neither."""
    names = entry.dn.split("/")
    return _SIDES.get(names[2].casefold(), "") if len(names) > 3 else ""


def content(entry: Entry) -> str:
    """Return what the file tells, without its secrets."""
    return (entry.raw("content") or b"").decode("utf-8", "replace")


def changed(entry: Entry) -> Moment | None:
    """Return when the file was changed last, by the server's clock."""
    told = entry.number("changed")
    return None if told is None else Moment.exact(told)


def secrets(entry: Entry, what: str) -> Iterator[PolicySecret]:
    """Yield that a password stands in each place of the file where one was taken out."""
    for where in dict.fromkeys(entry.texts("masked")):
        yield PolicySecret(
            at=entry.at(where),
            policy=policy_of(entry),
            file=entry.dn,
            what=what,
            where=where,
            since=changed(entry),
        )


def written(text: str | None) -> Moment | None:
    """Return the time of `2019-03-04 05:06:07`, which is local somewhere; None: it is none."""
    try:
        when = datetime.datetime.strptime(text or "", "%Y-%m-%d %H:%M:%S").replace(
            tzinfo=datetime.UTC
        )
    except ValueError:
        return None
    epoch = int(when.timestamp())
    return Moment(epoch - 14 * 3600, epoch + 12 * 3600)
