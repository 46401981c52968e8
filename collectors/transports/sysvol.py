"""The files of a domain's SYSVOL, read over SMB from the controller that was asked over LDAP.

    sysvol = Sysvol(SysvolPlace(...), login, guard, SysvolLimits())
    for entry in sysvol.files("directory.policy_registry/registry", REGISTRY):
        ...

Connected and logged in when the first file is wanted, once: whatever keeps it from that is the gap
of every ask. Each folder is listed once. Links and other servers (DFS) are not followed.
"""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from collectors.clean import UNSAFE, clean_text
from collectors.entries import Entries, Entry, Values
from collectors.policy_content import told
from collectors.spec import SysvolFiles
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap_place import LdapLogin
from inventory.errors import Denied, ParseError, TimedOut, TransportError
from inventory.model.evidence import Gap, Why

if TYPE_CHECKING:
    from collectors.transports.smb_line import Found, SmbLine

PORT, SHARE = 445, "SYSVOL"
MIB = 1024 * 1024
MOST_NAME = 255  # characters; NTFS has no longer ones
EXTRA = "reading SYSVOL needs the extra: install handover[sysvol]"
TICKETS = "with a Kerberos ticket SYSVOL needs more: install smbprotocol[kerberos]"
SCRIPTS = "scripts"


class SysvolPlace(Struct, frozen=True):
    """Where SYSVOL is: the server that was asked over LDAP, and the domain that it serves."""

    name: str  # as messages call it
    server: str  # name or address
    domain: str  # DNS name
    host: str = ""  # the server's own name, for which a ticket is; empty: `server`
    port: int = PORT


class SysvolLimits(Struct, frozen=True):
    """How long and how much one SYSVOL may take."""

    connect_s: float = 10
    answer_s: float = 30
    total_s: float = 900
    most_bytes: int = 512 * MIB  # of all files
    most_folders: int = 50_000


class Sysvol:
    """The SYSVOL of one controller. One ask is read at a time."""

    def __init__(
        self, place: SysvolPlace, login: LdapLogin, guard: LockoutGuard, limits: SysvolLimits
    ) -> None:
        """Take the place and who asks; nothing is sent before the first file is wanted."""
        self._place, self._login, self._guard, self._limits = place, login, guard, limits
        self._line: SmbLine | None = None
        self._failure: Gap | None = None
        self._listed: dict[str, tuple[tuple[Found, ...], Gap | None]] = {}
        self._read = 0  # bytes

    def files(self, ask_name: str, ask: SysvolFiles) -> Entries:
        """Return the files that an ask wants; they are read one by one, as they are taken."""
        return Entries(ask_name, self._files(ask_name, ask))

    def close(self) -> None:
        """Close the connection; once is enough, twice does no harm."""
        if self._line is not None:
            self._line.close()

    def _files(self, ask_name: str, ask: SysvolFiles) -> Iterator[Entry | Gap]:
        line = self._opened()
        if isinstance(line, Gap):
            yield line
            return
        walk = _Walk(ask, self._folder)
        for number, (path, file) in enumerate(walk):
            if number >= ask.most_files:
                yield Gap(Why.TRUNCATED, "", "", f"more than {ask.most_files} files", "limit")
                break
            yield self._file(line, ask_name, ask, path, file)
        yield from walk.gaps

    def _opened(self) -> "SmbLine | Gap":
        """Return the line, opened by the one attempt there is; a Gap: why there is none."""
        if self._failure is None and self._line is None:
            try:
                self._line = self._open()
            except TransportError as err:
                self._failure = _failure(err)
            except ImportError as err:
                is_extra = (err.name or "").startswith("smbprotocol")
                self._failure = Gap(Why.NO_TOOL, "", "", EXTRA if is_extra else TICKETS, "extra")
        if self._line is not None:
            return self._line
        assert self._failure is not None  # noqa: S101  (one of both is there)
        return self._failure

    def _open(self) -> "SmbLine":
        from collectors.transports.smb_line import SmbLine, SmbLogin

        place, limits = self._place, self._limits
        who = self._login.user
        if not self._login.kerberos and ("=" in who or not who):
            raise Denied(
                f"{place.name}: SMB takes user@domain or DOMAIN\\user as the login, no DN and "
                "nobody without a name"
            )
        line = SmbLine(
            place.server,
            place.port,
            name=f"{place.server}:{place.port}",
            connect_s=limits.connect_s,
            answer_s=limits.answer_s,
            total_s=limits.total_s,
        )
        try:
            with self._guard.attempt(f"{who or 'the Kerberos ticket'} in {place.name}"):
                password = self._login.password() if self._login.password else ""
                login = SmbLogin(who, password, self._login.kerberos)
                line.open(login, SHARE, host=place.host or place.server)
        except (TransportError, ImportError):
            line.close()
            raise
        return line

    def _folder(self, path: str) -> "tuple[tuple[Found, ...], Gap | None]":
        """Return what a folder holds, and why that may not be all; asked once for all asks."""
        if path not in self._listed:
            if len(self._listed) >= self._limits.most_folders:
                part = part_of(path)
                return (), Gap(
                    Why.TRUNCATED, "", part, "more folders than are looked into", "limit"
                )
            self._listed[path] = self._listing(path)
        return self._listed[path]

    def _listing(self, path: str) -> "tuple[tuple[Found, ...], Gap | None]":
        line, found = self._opened(), []
        if isinstance(line, Gap):
            return (), line
        try:
            for one in line.folder(self._full(path)):
                found.append(one)  # noqa: PERF402  (what came before it failed is kept)
        except TransportError as err:
            if _is_absent(err) and path.count("/"):
                return (), None  # it went away: nothing lies in it
            return tuple(found), _gap(err, path)
        return tuple(found), None

    def _file(
        self, line: "SmbLine", ask_name: str, ask: SysvolFiles, path: str, file: "Found"
    ) -> Entry | Gap:
        if file.is_link:
            return Gap(Why.NOT_ASKED, "", part_of(path), f"{clean_text(path)}: a link", "by hand")
        most = min(ask.most_bytes, self._limits.most_bytes - self._read)
        if file.size_bytes > most:
            says = f"{clean_text(path)} has {file.size_bytes} bytes, more than are read"
            return Gap(Why.TRUNCATED, "", part_of(path), says, "limit")
        try:
            raw = line.read(self._full(path), most)
        except TransportError as err:
            return _gap(err, path)
        self._read += len(raw)
        if len(raw) > most:
            says = f"{clean_text(path)} is longer than its folder says"
            return Gap(Why.TRUNCATED, "", part_of(path), says, "limit")
        return _entry(ask_name, ask, path, file, raw)

    def _full(self, path: str) -> str:
        return "\\".join((self._place.domain, *path.split("/")))


class _Walk:
    r"""The files below SYSVOL\DOMAIN that match an ask's patterns; its gaps when it has ended."""

    def __init__(
        self, ask: SysvolFiles, folder: "Callable[[str], tuple[tuple[Found, ...], Gap | None]]"
    ) -> None:
        self._ask, self._folder = ask, folder
        self.gaps: list[Gap] = []

    def __iter__(self) -> "Iterator[tuple[str, Found]]":
        patterns = tuple(tuple(one.casefold().split("/")) for one in self._ask.paths)
        for top in dict.fromkeys(one.split("/")[0] for one in self._ask.paths):
            inside = tuple(p[1:] for p in patterns if p[0] == top.casefold())
            yield from self._below(top, inside)

    def _below(
        self, path: str, patterns: tuple[tuple[str, ...], ...]
    ) -> "Iterator[tuple[str, Found]]":
        found, gap = self._folder(path)
        if gap is not None:
            self.gaps.append(gap)
        for one in sorted(found, key=lambda file: file.name):
            inner = f"{path}/{one.name}"
            if one.name in (".", ".."):
                continue
            if not _is_plain(one.name):
                self._miss(path, "a name that no file of Windows has")
            elif not one.is_folder:
                if any(_fits(one.name.casefold(), left) for left in patterns):
                    yield inner, one
            elif left := tuple(_deeper(one.name.casefold(), patterns)):
                yield from self._folder_in(inner, one, left)

    def _folder_in(
        self, path: str, one: "Found", left: tuple[tuple[str, ...], ...]
    ) -> "Iterator[tuple[str, Found]]":
        if one.is_link:
            self._miss(path, "a link, which is not followed")
        elif path.count("/") > self._ask.depth:
            self._miss(path, f"more than {self._ask.depth} folders below one another")
        else:
            yield from self._below(path, left)

    def _miss(self, path: str, says: str) -> None:
        where = clean_text(path)
        self.gaps.append(Gap(Why.NOT_ASKED, "", part_of(path), f"{where}: {says}", "by hand"))


def part_of(path: str) -> str:
    """Return the part that a path belongs to: the policy's id, "scripts", or all of it."""
    names = path.split("/")
    if names[0].casefold() == SCRIPTS:
        return SCRIPTS
    return clean_text(names[1]).upper() if len(names) > 1 else ""


def _is_plain(name: str) -> bool:
    return (
        0 < len(name) <= MOST_NAME
        and not set(name) & set('/\\:*?"<>|')
        and (UNSAFE.search(name) is None)
    )


def _fits(name: str, pattern: tuple[str, ...]) -> bool:
    """Return whether a file in this folder is wanted."""
    while pattern and pattern[0] == "**":
        pattern = pattern[1:]
    return len(pattern) == 1 and fnmatchcase(name, pattern[0])


def _deeper(name: str, patterns: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str, ...]]:
    """Yield what is left of the patterns inside of a folder."""
    for one in patterns:
        if one and one[0] == "**":
            yield one
            one = one[1:]
        if len(one) > 1 and fnmatchcase(name, one[0]):
            yield one[1:]


def _entry(ask_name: str, ask: SysvolFiles, path: str, file: "Found", raw: bytes) -> Entry | Gap:
    try:
        content = told(ask.form, raw)
    except ParseError as err:
        says = f"{clean_text(path)}: {err}"
        return Gap(Why.MALFORMED, "", part_of(path), says)
    values: dict[str, Values] = {"content": (content.text.encode("utf-8", "backslashreplace"),)}
    if content.masked:
        values["masked"] = tuple(one.encode("utf-8", "replace") for one in content.masked)
    if file.changed_s is not None:
        values["changed"] = (str(file.changed_s).encode(),)
    return Entry(ask_name, clean_text(path), values)


def _failure(err: TransportError) -> Gap:
    """Return why nothing of SYSVOL could be read."""
    says = str(err)[:300]
    if isinstance(err, Denied):
        return Gap(Why.DENIED, detail=says, cure="credential")
    why = Why.TIMEOUT if isinstance(err, TimedOut) else Why.UNREACHABLE
    return Gap(why, detail=says, cure="route")


def _is_absent(err: TransportError) -> bool:
    from collectors.transports.smb_line import Absent

    return isinstance(err, Absent)


def _gap(err: TransportError, path: str) -> Gap:
    """Return why a file or folder could not be read; a file that went away hides its part, too."""
    says = f"{clean_text(path)}: {err}"[:400]
    if isinstance(err, Denied):
        return Gap(Why.DENIED, "", part_of(path), says, "directory right")
    if _is_absent(err):
        return Gap(Why.FAILED, "", part_of(path), says, "by hand")
    why = Why.TIMEOUT if isinstance(err, TimedOut) else Why.UNREACHABLE
    return Gap(why, "", part_of(path), says, "route")
