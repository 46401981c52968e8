"""Where the packages of a host come from.

Sources: sources.list(5), yum.conf(5), zypper(8), apk-repositories(5), pacman.conf(5).
"""

import re
from collections.abc import Iterator

from collectors.parse import assignment, strip_credentials
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector
from inventory.model.evidence import Pointer
from inventory.model.software import Repository

REPOSITORIES = SshFiles(
    "repositories",
    (
        "/etc/apt/sources.list",
        "/etc/apt/sources.list.d/*.list",
        "/etc/apt/sources.list.d/*.sources",
        "/etc/yum.repos.d/*.repo",
        "/etc/dnf/dnf.conf",
        "/etc/yum.conf",
        "/etc/zypp/repos.d/*.repo",
        "/etc/apk/repositories",
        "/etc/pacman.conf",
        "/etc/pacman.d/mirrorlist",
    ),
    absent="gap",
)

_ONE_LINE = re.compile(r"(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)")
_DISC = re.compile(r"deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?cdrom:")
_SECTION = re.compile(r"\s*\[([^\]]+)\]\s*")
_NO = frozenset(("0", "no", "false", "off"))
_YES = frozenset(("1", "yes", "true", "on"))
_PLACES = ("baseurl", "metalink", "mirrorlist")

Line = tuple[int, str]


@collector("linux.repositories", asks=[REPOSITORIES], tells=[Repository])
def repositories(files: Answers) -> Iterator[Repository | Unreadable]:
    """Yield the repositories that are switched on; those of source code are left out."""
    for file in files:
        if file.path.endswith(".sources"):
            yield from _deb822(file)
        elif file.path.startswith("/etc/apt/"):
            yield from _one_line(file)
        elif file.path.startswith("/etc/apk/"):
            yield from _apk(file)
        elif "/pacman" in file.path:
            yield from _pacman(file)
        else:
            yield from _sections(file)


def _one_line(file: Answer) -> Iterator[Repository | Unreadable]:
    """Yield the repositories of lines `deb [signed-by=/k] https://a.example/debian stable main`."""
    for number, line in file.lines():
        text = line.partition("#")[0].strip()
        if not text or _DISC.match(text):
            continue
        match = _ONE_LINE.match(text)
        if match and match.group(1) == "deb":
            trusted = re.search(r"(?:^|\s)trusted=(\w+)", match.group(2) or "")
            checked = None if trusted is None else trusted.group(1) not in _YES
            yield _repository(match.group(3), match.group(4), checked, file.at(number), file.path)
        elif not match:
            yield Unreadable(file.at(number), "not a line of sources.list", file.path)


def _deb822(file: Answer) -> Iterator[Repository | Unreadable]:
    """Yield the repositories of stanzas with `Types: deb`, `URIs:` and `Suites:`."""
    for stanza in _stanzas(file):
        fields = _fields(stanza)
        types, uris = fields.get("types", "").split(), fields.get("uris", "").split()
        suites = fields.get("suites", "").split()
        at = file.at(stanza[0][0])
        if not (types and uris and suites):
            yield Unreadable(at, "a stanza without types, URIs or suites", file.path)
        elif "deb" in types and fields.get("enabled", "yes").lower() not in _NO:
            trusted = fields.get("trusted")
            checked = None if trusted is None else trusted.lower() not in _YES
            for uri in uris:
                for suite in suites:
                    yield _repository(uri, suite, checked, at, file.path)


def _stanzas(file: Answer) -> Iterator[list[Line]]:
    """Yield the lines of each stanza, without comments; empty lines part them."""
    stanza: list[Line] = []
    for number, line in enumerate(file.text.split("\n"), 1):
        if line.startswith("#"):
            continue
        if line.strip():
            stanza.append((number, line))
        elif stanza:
            yield stanza
            stanza = []
    if stanza:
        yield stanza


def _fields(stanza: list[Line]) -> dict[str, str]:
    """Return the fields by lower-case name; a line that begins with a blank goes on."""
    fields: dict[str, str] = {}
    name = ""
    for _, line in stanza:
        if line[0] in " \t":
            fields[name] = f"{fields.get(name, '')} {line.strip()}"
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def _sections(file: Answer) -> Iterator[Repository | Unreadable]:
    """Yield the repositories of sections `[id]`, `baseurl=`, `enabled=`, `gpgcheck=`."""
    for number, name, lines in _by_section(file):
        fields = _section_fields(lines)
        if name == "main" or fields.get("enabled", "1").lower() in _NO:
            continue
        urls = [url for place in _PLACES for url in re.split(r"[\s,]+", fields.get(place, ""))]
        if not any(urls):
            yield Unreadable(file.at(number), "a repository without an address", file.path)
        check = fields.get("gpgcheck")
        checked = None if check is None else check.lower() not in _NO
        for url in filter(None, urls):
            yield _repository(url, name, checked, file.at(number), file.path)


def _section_fields(lines: list[Line]) -> dict[str, str]:
    """Return the fields of a section by lower-case name; an indented line goes on."""
    fields: dict[str, str] = {}
    name = ""
    for _, line in lines:
        pair = assignment(line)
        if line[0] in " \t" and name:
            fields[name] += f" {line.strip()}"
        elif pair:
            name = pair[0].lower()
            fields[name] = pair[1]
    return fields


def _by_section(file: Answer) -> Iterator[tuple[int, str, list[Line]]]:
    """Yield line number, name and lines of each section; comments are left out."""
    number, name = 0, ""
    lines: list[Line] = []
    for at, line in file.lines():
        if line.lstrip().startswith(("#", ";")):
            continue
        if section := _SECTION.fullmatch(line):
            if name:
                yield number, name, lines
            number, name, lines = at, section.group(1), []
        else:
            lines.append((at, line))
    if name:
        yield number, name, lines


def _apk(file: Answer) -> Iterator[Repository | Unreadable]:
    """Yield the repositories of lines `[@tag] https://a.example/alpine/v3.20/main`."""
    for number, line in file.lines():
        words = line.partition("#")[0].split()
        tag = words.pop(0) if words and words[0].startswith("@") else ""
        if len(words) == 1:
            yield _repository(words[0], tag, None, file.at(number), file.path)
        elif words:
            yield Unreadable(file.at(number), "not a line of repositories", file.path)


def _pacman(file: Answer) -> Iterator[Repository]:
    """Yield the servers of `[section]` and `Server = URL`; a mirror list has no sections."""
    section, checked = "", None
    for number, line in file.lines():
        if match := _SECTION.fullmatch(line):
            section, checked = match.group(1), None
            continue
        name, value = assignment(line) or ("", "")
        if name == "SigLevel":
            checked = "Never" not in value
        elif name == "Server":
            yield _repository(value, section, checked, file.at(number), file.path)


def _repository(url: str, suite: str, checked: bool | None, at: Pointer, file: str) -> Repository:
    return Repository(url=strip_credentials(url), suite=suite, file=file, is_checked=checked, at=at)
