"""Who has an account, in which groups, what opens it (passwd(5), group(5), shadow(5))."""

import re
from collections.abc import Iterator

from collectors.parse import optional_integer
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector, is_whole
from inventory.model.account import Account, Group, PasswordState
from inventory.model.evidence import Pointer
from inventory.model.moment import Moment

# Tabs instead of colons; the password field, which may hold a hash, does not leave the host. A line
# of another shape is reduced to its name.
PASSWD = SshFiles(
    "passwd",
    ("/etc/passwd",),
    absent="gap",
    filter=r"""awk -F: -v OFS='\t' 'NF != 7 { print $1; next } { print $1, $3, $4, $5, $6, $7 }'""",
)
GROUP = SshFiles(
    "group",
    ("/etc/group",),
    absent="gap",
    filter=r"""awk -F: -v OFS='\t' 'NF != 4 { print $1; next } { print $1, $3, $4 }'""",
)

# name, "!" when locked, the scheme's mark instead of the hash, then the rest that is asked for
_REDUCE = (
    r"""h = $2; lock = ""; if (h ~ /^[!*]/) { lock = "!"; sub(/^[!*]+/, "", h) } """
    r"""if (h ~ /^\$[a-z0-9-]+[$,]/) { split(h, p, /[$,]/); h = p[2] } """
    r"""else if (h ~ /^[.\/0-9A-Za-z]+$/ && substr(h, 13) != "") h = "des"; """
    r"""else if (h ~ /^_[.\/0-9A-Za-z]+$/ && length(h) == 20) h = "bsdi"; """
    r"""else if (h != "") h = "odd"; """
)
SHADOW = SshFiles(
    "shadow",
    ("/etc/shadow",),
    needs="root",
    filter=r"""awk -F: -v OFS='\t' 'NF != 9 { print $1; next } """
    rf"""{{ {_REDUCE} print $1, lock, h, $3, $5, $8 }}'""",
)
INLINE = SshFiles(
    "inline",
    ("/etc/passwd",),
    absent="gap",
    filter=rf"""awk -F: -v OFS='\t' 'NF != 7 {{ print ""; next }} $2 == "x" {{ print ""; next }} """
    r"""/^[+-]/ { print ""; next } """
    rf"""{{ {_REDUCE} print $1, lock, h, "", "", "" }}'""",
)

_SCHEMES = {
    "1": "md5",
    "2a": "bcrypt",
    "2b": "bcrypt",
    "2x": "bcrypt",
    "2y": "bcrypt",
    "3": "nt",
    "5": "sha256",
    "6": "sha512",
    "7": "scrypt",
    "md5": "sunmd5",
    "y": "yescrypt",
    "gy": "gost-yescrypt",
}
_NAME = re.compile(r"[^+\-\s:][^\s:]*")
_MOST_DAY = 1_000_000  # the year 4707


@collector("linux.accounts", asks=[PASSWD], tells=[Account])
def accounts(passwd: Answers) -> Iterator[Account | Unreadable]:
    """Yield the local accounts; a NIS line means that more come from elsewhere."""
    yield from _blank(passwd)
    for answer in passwd:
        for at, fields in _rows(answer):
            yield _foreign(fields[0], at) or _account(fields, at)


@collector("linux.groups", asks=[GROUP], tells=[Group])
def groups(group: Answers) -> Iterator[Group | Unreadable]:
    """Yield the local groups and their supplementary members."""
    yield from _blank(group)
    for answer in group:
        for at, fields in _rows(answer):
            yield _foreign(fields[0], at) or _group(fields, at)


@collector("linux.passwords", asks=[INLINE, SHADOW], tells=[PasswordState])
def passwords(inline: Answers, shadow: Answers) -> Iterator[PasswordState | Unreadable]:
    """Yield how each account's password stands: where passwd has more than an x, that counts."""
    yield from _blank(shadow)
    decided: set[str] = set()
    for answer in (*inline, *(shadow if is_whole(inline) else ())):
        for at, fields in _rows(answer):
            if fields[0] and fields[0] not in decided:
                decided.add(fields[0])
                yield _foreign(fields[0], at) or _password(fields, at)


def _blank(answers: Answers) -> Iterator[Unreadable]:
    """Yield what an answer without a line means: such a file is never empty."""
    for answer in answers:
        if not answer.text.strip():
            yield Unreadable(answer.at(), "no line came back")


def _rows(answer: Answer) -> Iterator[tuple[Pointer, list[str]]]:
    for number, text in answer.lines():
        if not text.startswith("#"):
            yield answer.at(number), text.split("\t")


def _foreign(name: str, at: Pointer) -> Unreadable | None:
    """Return what `+`, `+@netgroup` or `-name` means: entries of NIS, which are not read here."""
    if not name.startswith(("+", "-")):
        return None
    return Unreadable(at, "more comes from NIS, which is not read", f"nis:{name}")


def _account(fields: list[str], at: Pointer) -> Account | Unreadable:
    """Return the account of name, uid, gid, GECOS, home and shell."""
    if len(fields) < 6 or not _NAME.fullmatch(fields[0]):
        return Unreadable(at, "not a line of passwd(5)")
    name, first, second, *gecos, home, shell = fields
    uid, gid = optional_integer(first), optional_integer(second)
    if uid is None or gid is None:
        return Unreadable(at, f"{name}: uid and gid must be numbers")
    text = " ".join(gecos).strip()
    return Account(at=at, name=name, uid=uid, gid=gid, gecos=text, home=home, shell=shell)


def _group(fields: list[str], at: Pointer) -> Group | Unreadable:
    """Return the group of name, gid and members."""
    if len(fields) != 3 or not _NAME.fullmatch(fields[0]):
        return Unreadable(at, "not a line of group(5)")
    gid = optional_integer(fields[1])
    if gid is None:
        return Unreadable(at, f"{fields[0]}: gid must be a number")
    members = tuple(name for name in map(str.strip, fields[2].split(",")) if name)
    return Group(at=at, name=fields[0], gid=gid, members=members)


def _password(fields: list[str], at: Pointer) -> PasswordState | Unreadable:
    """Return the state of name, lock, scheme's mark, day of change, most days, day of expiry."""
    if len(fields) != 6 or not _NAME.fullmatch(fields[0]) or fields[1] not in ("", "!"):
        return Unreadable(at, "not a line of shadow(5)")
    name, lock, mark, changed, most, expires = fields
    has_hash = mark not in ("", "odd")
    return PasswordState(
        at=at,
        account=name,
        state=_state(is_locked=lock == "!", is_empty=mark == "", has_hash=has_hash),
        scheme=_SCHEMES.get(mark, mark[:20]) if has_hash else None,
        changed=_day(changed),
        most_days=_positive(most),
        expires=_day(expires),
    )


def _state(*, is_locked: bool, is_empty: bool, has_hash: bool) -> str:
    """Return the word: a lock in front of a hash can be taken away, nothing else can log in."""
    if has_hash:
        return "locked" if is_locked else "set"
    return "none" if is_empty and not is_locked else "never"


def _positive(text: str) -> int | None:
    value = optional_integer(text)
    return value if value is not None and value > 0 else None


def _day(text: str) -> Moment | None:
    """Return the day; 0 is none: "change at next login", or an expiry that is left open."""
    day = _positive(text)
    return Moment.of_day(day) if day is not None and day <= _MOST_DAY else None
