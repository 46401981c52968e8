"""Who may act as whom on a Linux host (sudoers(5))."""

from collections.abc import Iterator, Mapping
from posixpath import basename, dirname, join

from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector
from collectors.sudoers import Alias, Default, Grant, Include, Mistake, logical_lines, statements
from inventory.model.access import SudoAlias, SudoDefault, SudoGrant
from inventory.model.evidence import Pointer

MAINS = ("/etc/sudoers", "/usr/local/etc/sudoers")
SUDOERS = SshFiles(
    "sudoers",
    (*MAINS, "/etc/sudoers.local", "/etc/sudoers.d/*", "/usr/local/etc/sudoers.d/*"),
    needs="root",
    grant=True,
)
NSSWITCH = SshFiles(
    "nsswitch", ("/etc/nsswitch.conf",), filter="sed '/^[[:space:]]*sudoers[[:space:]]*:/!s/.*//'"
)

Told = SudoGrant | SudoAlias | SudoDefault | Unreadable


@collector("linux.sudo", asks=[SUDOERS, NSSWITCH], tells=[SudoGrant, SudoAlias, SudoDefault])
def sudo_rights(sudoers: Answers, nsswitch: Answers) -> Iterator[Told]:
    """Yield the grants, aliases and telling defaults of every file that sudo would read."""
    for answer in nsswitch:
        yield from _elsewhere(answer)
    for answer in _in_force({answer.path: answer for answer in sudoers}):
        for number, text in logical_lines(answer.text):
            yield from _told(answer, number, text)


def _elsewhere(answer: Answer) -> Iterator[Unreadable]:
    """Yield what `sudoers: files sss` adds: rules of a directory, which no file here shows."""
    for number, text in answer.lines():
        for source in text.partition(":")[2].split("#")[0].split():
            if source != "files" and not source.startswith("["):
                detail = f"sudo also takes rules from {source}, which is not read"
                yield Unreadable(answer.at(number), detail, f"nsswitch:{source}")


def _in_force(files: Mapping[str, Answer]) -> tuple[Answer, ...]:
    """Return the main files and what they include; all files when no main file could be read."""
    pending = [path for path in MAINS if path in files]
    if not pending:
        return tuple(answer for path, answer in files.items() if _is_drop_in(path))
    reached: dict[str, Answer] = {}
    while pending:
        path = pending.pop(0)
        if path in files and path not in reached:
            reached[path] = files[path]
            pending.extend(_included(files[path], files))
    return tuple(reached.values())


def _included(answer: Answer, files: Mapping[str, Answer]) -> Iterator[str]:
    """Yield the paths that a file includes, as far as they were read."""
    lines = (statements(text) for _, text in logical_lines(answer.text))
    for said in dict.fromkeys(said for line in lines for said in line if isinstance(said, Include)):
        target = _absolute(said.path, answer.path)
        drop_ins = (p for p in sorted(files) if dirname(p) == target and _is_drop_in(p))
        yield from drop_ins if said.is_directory else (target,)


def _is_drop_in(path: str) -> bool:
    """Return whether sudo reads it from a directory: no dot in the name, no ~ at its end."""
    return "." not in basename(path) and not path.endswith("~")


def _absolute(path: str, included_by: str) -> str:
    return join(dirname(included_by), path).rstrip("/")


def _told(answer: Answer, number: int, text: str) -> Iterator[Told]:
    """Yield the records of one line."""
    at, file = answer.at(number), answer.path
    for said in statements(text):
        match said:
            case Grant():
                yield _grant(said, at, file)
            case Alias():
                yield SudoAlias(
                    at=at, file=file, type=said.type, name=said.name, members=said.members
                )
            case Default():
                yield SudoDefault(at=at, file=file, scope=said.scope, setting=said.setting)
            case Include():
                yield from _unread(said, at, file)
            case Mistake():
                yield Unreadable(at, said.detail, file)


def _grant(said: Grant, at: Pointer, file: str) -> SudoGrant:
    return SudoGrant(
        at=at,
        file=file,
        users=said.users,
        hosts=said.hosts,
        run_as=said.run_as,
        run_as_groups=said.run_as_groups,
        commands=said.commands,
        tags=said.tags,
    )


def _unread(said: Include, at: Pointer, file: str) -> Iterator[Unreadable]:
    """Yield that a file is included from a place that was not asked for (%h is the host's name)."""
    path = _absolute(said.path, file)
    asked = f"{path}/*" if said.is_directory else path
    if asked not in SUDOERS.paths and f"{dirname(path)}/*" not in SUDOERS.paths:
        yield Unreadable(at, f"includes {path}, which is not read", path)
