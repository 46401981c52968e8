"""Who logged in last, and who is logged in now (lastlog(8), last(1), who(1))."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from collectors.spec import Answer, Answers, SshCommand, Unreadable, collector
from inventory.model.account import LastLogin, LoggedIn
from inventory.model.moment import Moment

# lastlog2 keeps what lastlog cannot after 2038; wtmpdb stands where wtmp was (Debian 13).
LASTLOG = SshCommand(
    "lastlog",
    "if command -v lastlog2 >/dev/null; then lastlog2; "
    "elif command -v lastlog >/dev/null; then lastlog; "
    "elif command -v wtmpdb >/dev/null; then wtmpdb last -w -F; "
    "else last -w -F; fi",
    tool="-",
    empty="gap",
    no_tool="gap",
)
# Without utmp (musl, Debian 13) an empty list would prove nothing: head fails, and who is not run.
WHO = SshCommand("who", "head -c 0 /var/run/utmp && who", tool="who", no_tool="gap")

_NEVER = "**Never logged in**"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) +([0-9]{1,2}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) (?:([+-][0-9]{4}) )?([0-9]{4})\b"
)
_NOT_ACCOUNTS = frozenset(("reboot", "shutdown", "runlevel", "boot", "LOGIN", "(unknown)"))
_SESSION = re.compile(
    r"(\S+)\s+(?:[-+?]\s+)?(\S+).*\s[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\s+(\S.*))?$"
)
_PORT = 8  # characters of lastlog's second column


@collector("linux.last_logins", asks=[LASTLOG], tells=[LastLogin])
def last_logins(lastlog: Answers) -> Iterator[LastLogin | Unreadable]:
    """Yield each account's last login; lastlog states "never", last knows only what it kept."""
    for answer in lastlog:
        if answer.text.lstrip().startswith("Username"):
            yield from _of_lastlog(answer)
        else:
            yield from _of_last(answer)


@collector("linux.logged_in", asks=[WHO], tells=[LoggedIn])
def logged_in(who: Answers) -> Iterator[LoggedIn | Unreadable]:
    """Yield the open sessions."""
    for answer in who:
        for number, text in answer.lines():
            if text.split()[:2] != ["USER", "TTY"]:
                yield _session(answer, number, text)


def _of_lastlog(answer: Answer) -> Iterator[LastLogin | Unreadable]:
    """Read `root  pts/0  10.0.0.1  Mon Nov 24 10:00:00 +0000 2027`; a long name moves columns."""
    for number, text in answer.lines():
        name = text.split()[0]
        date = _DATE.search(text)
        if name == "Username":
            continue
        if _NEVER in text:
            yield LastLogin(at=answer.at(number), account=name)
        elif date is None:
            yield Unreadable(answer.at(number), "neither a date nor never")
        else:
            start = max(16, len(name)) + 1 + _PORT
            yield _login(answer, number, name, date, text[start : date.start()])


def _of_last(answer: Answer) -> Iterator[LastLogin | Unreadable]:
    """Read `root  pts/0  10.0.0.1  Mon Nov 24 10:00:00 2027 - ...`, the newest first."""
    seen = set(_NOT_ACCOUNTS)
    for number, text in answer.lines():
        name = text.split()[0]
        if name in seen or " begins " in text:
            continue
        date = _DATE.search(text)
        if date is None:
            yield Unreadable(answer.at(number), "no full date")
            continue
        seen.add(name)
        words = text[: date.start()].split()
        yield _login(answer, number, name, date, " ".join(words[2:]))


def _login(
    answer: Answer, number: int, name: str, date: re.Match[str], origin: str
) -> LastLogin | Unreadable:
    when = _moment(date)
    if when is None:
        return Unreadable(answer.at(number), "no such date")
    return LastLogin(at=answer.at(number), account=name, when=when, origin=_origin(origin))


def _moment(date: re.Match[str]) -> Moment | None:
    """Return the moment of a full date; without an offset it is UTC, in which it was asked."""
    month, day, hour, minute, second, offset, year = date.groups()
    if month not in _MONTHS:
        return None
    text = f"{year}-{_MONTHS.index(month) + 1}-{day} {hour}:{minute}:{second} {offset or '+0000'}"
    try:
        parsed = datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z")
    except ValueError:
        return None
    return Moment.exact(int(parsed.astimezone(UTC).timestamp()))


def _session(answer: Answer, number: int, text: str) -> LoggedIn | Unreadable:
    """Read `root  pts/0  2027-11-24 10:00 (10.0.0.1)`."""
    match = _SESSION.match(text)
    if match is None:
        return Unreadable(answer.at(number), "not a line of who(1)")
    account, terminal, origin = match.groups()
    return LoggedIn(
        at=answer.at(number), account=account, terminal=terminal, origin=_origin(origin or "")
    )


def _origin(text: str) -> str | None:
    """Return the host or address; None for a local terminal or display, as `:0`."""
    words = text.strip().strip("()").split()
    return words[0] if words and not words[0].startswith((":", "tmux", "screen")) else None
