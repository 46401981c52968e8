"""The language of collectors: asks as data, answers as they arrive, and the @collector mark.

    PASSWD = SshFiles("passwd", ("/etc/passwd",), absent="gap")

    @collector("linux.accounts", asks=[PASSWD], tells=[Account])
    def accounts(passwd: Answers) -> Iterator[Account | Unreadable]:
        for answer in passwd:
            for number, text in answer.lines():
                yield parse_account(text, answer.at(number))

A collector gets one tuple of answers for each of its asks, in their order. The tuple is empty when
the ask has a gap or proved that there is nothing; the runner keeps the gap, no collector can lose
it. Where the absence of something in one ask would make it claim a state or a default, it asks
`is_whole` first. A collector never opens, catches, logs or joins; it is a single pass over the
answers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from inventory.model.evidence import Gap, Pointer, Why
from inventory.model.record import Record

if TYPE_CHECKING:
    from collectors.rows import Row

Proof = Literal["none", "gap"]  # what an absence proves: verified none, or nothing at all
Right = Literal["any", "root"]
Dialect = Literal["", "ad", "posix"]  # "ad": Active Directory, Samba included; "posix": all others

KIB = 1024


class SshCommand(Struct, frozen=True):
    """A read-only POSIX shell snippet to run on a host.

    The linter (collectors/lint.py) refuses words that are not known to be read-only, redirections
    other than to /dev/null, and anything that writes. `$SUDO` before a command is empty as root; an
    ordinary account to which exactly that command was granted runs it through `sudo -n`.
    """

    name: str  # unique within its collector
    text: str
    tool: str = ""  # program that must exist; empty: the snippet's first word; "-": none needed
    needs: Right = "any"
    empty: Proof = "none"  # what an empty answer proves
    no_tool: Proof = "none"  # what a missing tool proves
    ok: tuple[int, ...] = (0,)  # exit statuses of a usable answer
    exact: tuple[str, ...] = ()  # what `$SUDO` runs in it, each with its absolute path, for sudoers
    timeout_s: int = 10
    most_bytes: int = 512 * KIB
    deep: bool = False  # slow: asked only in the deep tier


class SshFiles(Struct, frozen=True):
    """Files to read on a host: paths, globs, and `{home}` for the home of each account.

    Only regular files are read; homes on network mounts are not touched and become gaps of their
    part. A file that may not be read is a gap of its part (part = the path), the others are kept.
    A directory that may not be listed hides what a glob could find: a gap of the whole reading.
    An ordinary account asks `needs="root"` files as well: it can see that there are none.
    """

    name: str
    paths: tuple[str, ...]
    needs: Right = "any"
    absent: Proof = "none"  # what it proves that none of the files exists
    filter: str = ""  # POSIX filter run on the host over each file, before anything leaves it
    meta: bool = False  # also owner, mode, size and time of change
    content: bool = True  # False: only that it exists (implies meta)
    grant: bool = False  # they hold no secret: reading each through sudo may be granted
    timeout_s: int = 10
    most_bytes: int = 256 * KIB  # of one file
    most_files: int = 500
    deep: bool = False


class LocalCall(Struct, frozen=True):
    """A question to this machine through psutil, answered as JSON by the local transport."""

    name: str
    call: str
    needs: Right = "any"
    deep: bool = False


class Sweep(Struct, frozen=True):
    """Who answers on a TCP port of a network; no login is tried (discovery)."""

    name: str
    port: int
    needs: Right = "any"
    deep: bool = False


CONNECTION = "{connection}"  # of an ask for what connecting to a directory or tenant told


class LdapSearch(Struct, frozen=True):
    """A search of a directory (RFC 4511 section 4.5.1), read page by page (RFC 2696).

    The collector gets its result as `Entries` (collectors/entries.py), once and in order. `base`
    names what the root DSE tells in braces: `CN=System,{domain}`; "" is the root DSE itself. With
    `{connection}` the one entry tells what connecting told (root DSE, certificate, bind), and what
    is shown without a login: only that is asked (collectors/as_nobody.py). A subtree search of
    `{domain}` covers that naming context only: referrals are never followed.
    Attributes that hold secrets are refused (collectors/secret_attributes.py), and so is `*`.
    """

    name: str
    filter: str
    attributes: tuple[str, ...]  # ("1.1",): no attribute, only that the entries are there
    base: str = "{domain}"  # {domain}, {configuration}, {schema}, {forest}, {dns_domain}, {config}
    scope: Literal["base", "one", "subtree"] = "subtree"
    dialect: Dialect = ""  # other directories are not asked: what it looks for is not in them
    needs: str = "user"  # "anyone", "user", or the right that it needs, as people call it
    empty: Proof = "none"  # what an empty answer proves
    no_base: Proof = "none"  # what it proves that the base is not there
    descriptors: bool = False  # also nTSecurityDescriptor, without the part that only auditors see
    deleted: bool = False  # also what was deleted and is still kept
    timeout_s: int = 120  # without a byte
    most_entries: int = 1_000_000
    deep: bool = False


class SysvolFiles(Struct, frozen=True):
    r"""Files of a domain's SYSVOL, read over SMB from the controller that the directory asked.

    `paths` are patterns below `SYSVOL\DOMAIN`, with `/` between names, `*` within one and `**` for
    any folders. Files are opened for reading alone. The collector gets an `Entries`: of each file
    its path as `dn`, `content` as its form tells it, never with a secret, `masked` (where secrets
    stood) and `changed`. The part of a gap is the policy, or "scripts".
    """

    name: str
    paths: tuple[str, ...]
    form: Literal["xml", "registry", "ini", "script"]  # collectors/policy_content.py
    needs: str = "user"
    most_bytes: int = 1024 * KIB  # of one file
    most_files: int = 20_000
    depth: int = 8  # folders below one another
    deep: bool = False
    dialect: Dialect = "ad"


Cloud = Literal["global", "gcc-high", "dod", "china"]
CLOUDS: tuple[Cloud, ...] = ("global", "gcc-high", "dod", "china")
Profile = Literal["core", "audit", "devices", "m365", "security"]
# What shares a budget of requests at Graph (learn.microsoft.com/graph/throttling-limits).
Budget = Literal[
    "directory", "reports", "policies", "usage", "security", "services", "devices", "other"
]


class Each(Struct, frozen=True):
    """For which objects another ask is asked once each: those of a list that are wanted.

    The list is read first, once a run for all asks that name it.
    """

    path: str
    keys: Callable[["Row"], Iterable[str]]  # of one object of the list: its id; none: not wanted
    select: tuple[str, ...] = ("id",)
    filter: str = ""
    advanced: bool = False
    top: int = 999


class GraphGet(Struct, frozen=True):
    """A GET of Microsoft Graph, read page by page (OData 4.01 section 11).

    The collector gets its result as `Rows` (collectors/rows.py), once and in order. With `each` it
    is sent once for every key (`{key}` in the path), twenty to a batch; a row then knows its `key`,
    which is the part of its gaps: the record kind's PART has to be that key. `{connection}` sends
    nothing: the one row tells what logging in told. Properties that hold secrets are refused
    (collectors/secret_properties.py).
    """

    name: str
    path: str  # "/users", "/groups/{key}/members"
    needs: str  # least application permission, "User.Read.All"; "": only a person may ask it
    profile: Profile
    select: tuple[str, ...] = ()
    filter: str = ""  # OData; {now-30d} is the day 30 days before the run
    expand: str = ""
    search: str = ""
    top: int = 0  # rows of a page; 0: the service's own number
    as_person: str = ""  # least delegated permission; "": the same; "-": no person may ask it
    budget: Budget = "directory"
    licence: str = ""  # without which it is refused: "Entra ID P1", "Entra ID P2", "Intune", ...
    version: Literal["v1.0", "beta"] = "v1.0"
    clouds: tuple[Cloud, ...] = CLOUDS  # that have it
    shape: Literal["list", "one", "csv"] = "list"
    each: tuple[Each, ...] = ()
    most_keys: int = 20_000
    empty: Proof = "none"  # what an empty list proves
    absent: Proof = "gap"  # what 404 proves
    advanced: bool = False  # needs ConsistencyLevel: eventual, and $count
    counted: str = ""  # the path that tells how many rows there are: "/users/$count"
    most_rows: int = 2_000_000
    personal: bool = False  # it watches people: asked only when the source says so
    side: Literal["client", "partner"] = "client"  # "partner": asked of a partner's own tenant only
    why: str = ""  # why it is asked, where the collector's first line does not say it
    deep: bool = False


Ask = SshCommand | SshFiles | LocalCall | Sweep | LdapSearch | SysvolFiles | GraphGet


class FileMeta(Struct, frozen=True):
    """Owner, mode, size and time of change of a file, as stat(1) tells them."""

    owner: str
    mode: int
    size_bytes: int
    changed_s: int  # seconds since 1970 UTC


class Answer(Struct, frozen=True):
    """What came back for a command, or one file of an SshFiles ask. Already clean and redacted."""

    ask: str  # "collector/ask"
    text: str
    path: str = ""  # of a file
    accounts: tuple[str, ...] = ()  # whose home it lies in, for {home} paths
    meta: FileMeta | None = None
    exit: int = 0

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield line number (from 1) and text of each line that is not blank."""
        for number, line in enumerate(self.text.split("\n"), 1):
            if line.strip():
                yield number, line

    def at(self, line: int = 0) -> Pointer:
        """Return the place of a line; 0 is the answer as a whole."""
        if self.path:
            return Pointer(self.ask, f"{self.path}:{line}" if line else self.path)
        return Pointer(self.ask, f"line {line}" if line else "")


Answers = tuple[Answer, ...]


class Lacking(tuple[Answer, ...]):
    """The answers of an ask that has a gap as well: what is missing may say otherwise."""

    gaps: tuple[Gap, ...]

    @classmethod
    def of(cls, answers: Answers, gaps: tuple[Gap, ...]) -> Answers:
        """Return the answers with their gaps; plain ones when there is none."""
        if not gaps:
            return answers
        lacking = cls(answers)
        lacking.gaps = gaps
        return lacking


def is_whole(answers: Answers, paths: Iterable[str] = ()) -> bool:
    """Tell whether nothing is missing of an ask: then what is not in it is not there.

    With `paths`, only files that match one of these patterns count.
    """
    gaps = answers.gaps if isinstance(answers, Lacking) else ()
    return not any(_hides(gap, tuple(paths)) for gap in gaps)


def _hides(gap: Gap, paths: tuple[str, ...]) -> bool:
    return not (gap.part and paths) or any(fnmatchcase(gap.part, path) for path in paths)


class Unreadable(Struct, frozen=True):
    """What a collector could not read, or sees to be hidden: it leaves the reading partial."""

    at: Pointer
    detail: str  # what is wrong with it, without quoting secrets
    part: str = ""  # the part that it hides; empty: all of the reading
    why: Why = Why.MALFORMED
    cure: str = ""


Read = Callable[..., Iterator[Record | Unreadable]]


class Collector(Struct, frozen=True):
    """A pure reader of one subject: what it asks, what it tells, and how answers become records."""

    name: str  # "linux.sudo"
    asks: tuple[Ask, ...]
    tells: tuple[type[Record], ...]
    read: Read
    source: str = "ssh"
    parser: int = 1  # raised when the same answer yields other records

    @property
    def says(self) -> str:
        """Return the first line of its documentation."""
        return (self.read.__doc__ or "").strip().split("\n")[0]


COLLECTORS: dict[str, Collector] = {}


def collector(
    name: str,
    *,
    asks: Sequence[Ask],
    tells: Sequence[type[Record]],
    source: str = "ssh",
    parser: int = 1,
) -> Callable[[Read], Read]:
    """Mark a generator as a collector and enter it into COLLECTORS."""

    def enter(read: Read) -> Read:
        if name in COLLECTORS and COLLECTORS[name].read.__module__ != read.__module__:
            raise TypeError(f"collector {name} is declared twice")
        COLLECTORS[name] = Collector(name, tuple(asks), tuple(tells), read, source, parser)
        return read

    return enter


Outcome = tuple[Answers, tuple[Gap, ...]]  # of one ask: what came back, and what did not
