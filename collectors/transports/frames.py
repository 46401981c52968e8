"""Takes a probe's output apart: frames, marked by the run's nonce, into answers and gaps."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from collectors.clean import clean, clean_text, cut_lines
from collectors.redact import redact
from collectors.spec import Answer, FileMeta, Outcome, SshCommand, SshFiles
from collectors.transports.script import HostAsk
from inventory.model.evidence import Gap, Why

RECORD_SEPARATOR = b"\x1e"
_DENIED = re.compile(
    r"ermission denied|not permitted|must be (?:run as )?root|need to be root|superuser"
    r"|a password is required|not allowed to execute|are you root|Access denied"
    r"|must have a tty to run sudo|may not run sudo|not in the sudoers"
    r"|sudo: (?:command )?not found",
    re.IGNORECASE,
)
_HIDDEN = {
    "denied": (Why.DENIED, "may not be read", "root"),
    "hidden": (Why.DENIED, "the directory may not be listed", "root"),
    "remote": (Why.NOT_ASKED, "lies on a network mount, which is not touched", "home"),
    "dangling": (Why.MALFORMED, "a link that leads nowhere this account can see", ""),
    "odd": (Why.MALFORMED, "not a regular file", ""),
    "broken": (Why.FAILED, "could not be read or filtered to its end", ""),
    "many": (Why.TRUNCATED, "more files than are read", "limit"),
}


_TOLD = re.compile(r"(/[^:]{1,400}):([0-9]{1,6}):(.*)")


class Frame(Struct, frozen=True):
    """All that came back for one ask; `ended` is None while the end is missing."""

    name: str
    chunks: tuple[tuple[str, bytes], ...]  # head of a file frame ("" for a command), content
    ended: str | None = None  # exit status, "absent"
    said: str = ""  # the end of standard error


class Heard(Struct, frozen=True):
    """What a probe said: its frames, and whether it came to the end."""

    frames: Mapping[str, Frame]
    done: bool = False

    @property
    def open_frame(self) -> str | None:
        """Return the ask that was begun and not ended: where it hangs or broke."""
        return next((f.name for f in self.frames.values() if f.ended is None), None)


def hear(raw: bytes, nonce: str) -> Heard:
    """Take the output apart. Bytes outside of frames (a banner, a motd) are left out.

    So is a mark whose line broke off: a name, a path or a status may be cut short in it.
    """
    frames: dict[str, Frame] = {}
    done, current = False, ""
    for piece in raw.split(RECORD_SEPARATOR + nonce.encode() + b" ")[1:]:
        head, end, content = piece.partition(b"\n")
        if not end:
            continue
        word, _, rest = clean(head).partition(" ")
        match word:
            case "B":
                current = rest
                frames[current] = Frame(current, (("", content),))
            case "F" if current in frames:
                frames[current] = _with_chunk(frames[current], rest, content)
            case "E" if current in frames and rest.split(" ")[0] == current:
                frames[current] = _ended(frames[current], rest)
                current = ""
            case "Z":
                done = True
            case _:
                continue
    return Heard(frames, done)


def _with_chunk(frame: Frame, head: str, content: bytes) -> Frame:
    return Frame(frame.name, (*frame.chunks, (head, content)))


def _ended(frame: Frame, rest: str) -> Frame:
    _, _, tail = rest.partition(" ")
    status, _, said = tail.partition(" ")
    return Frame(frame.name, frame.chunks, status, clean_text(said).strip()[:200])


def outcomes(asks: Iterable[tuple[str, HostAsk]], heard: Heard) -> Iterator[tuple[str, Outcome]]:
    """Yield the outcome of each ask that was begun."""
    for name, ask in asks:
        frame = heard.frames.get(name)
        if frame is not None:
            yield name, outcome(ask, frame)


def outcome(ask: HostAsk, frame: Frame) -> Outcome:
    """Return answers and gaps of one ask, by what it declares that absences prove."""
    frame = _whole_lines(frame)
    if isinstance(ask, SshFiles):
        answers, gaps = _file_outcome(ask, frame)
    else:
        answers, gaps = _command_outcome(ask, frame)
    return answers, (*gaps, *_end_gaps(ask, frame))


def _whole_lines(frame: Frame) -> Frame:
    """Return the frame; one that broke off without its last line, which may be cut short."""
    if frame.ended is not None:
        return frame
    *before, (head, content) = frame.chunks
    return Frame(frame.name, (*before, (head, content[: content.rfind(b"\n") + 1])))


def _command_outcome(ask: SshCommand, frame: Frame) -> Outcome:
    if frame.ended == "absent":
        gap = Gap(Why.NO_TOOL, frame.name, detail=f"{frame.said} is not installed", cure="tool")
        return (), (gap,) if ask.no_tool == "gap" else ()
    text, gaps = _text(frame.name, "", frame.chunks[0][1][:-1], ask.most_bytes)
    if not text.strip():
        return (), (*gaps, *_nothing(ask, frame))
    ended = frame.ended or ""
    status = int(ended) if re.fullmatch("[0-9]{1,3}", ended) else -1
    return (Answer(frame.name, text, exit=status),), gaps


def _nothing(ask: HostAsk, frame: Frame) -> tuple[Gap, ...]:
    """Return the gap of an answer without content, when that proves nothing."""
    proves = ask.absent if isinstance(ask, SshFiles) else ask.empty
    if proves == "none" or frame.ended is None or _failure(ask, frame):
        return ()
    return (Gap(Why.FAILED, frame.name, detail="an empty answer, which proves nothing"),)


def _file_outcome(ask: SshFiles, frame: Frame) -> Outcome:
    answers: list[Answer] = []
    gaps: list[Gap] = []
    for head, content in frame.chunks[1:]:
        status, accounts, owner, mode, size, changed, path = (head.split(" ", 6) + [""] * 7)[:7]
        if status in _HIDDEN:
            gaps.append(_hidden(frame.name, status, path))
            continue
        if status == "tree":
            more, odd = _tree(ask, frame.name, content[:-1])
            answers.extend(more)
            gaps.extend((*odd, *_text(frame.name, "", content, ask.most_bytes)[1]))
            continue
        if status != "ok":
            gaps.append(Gap(Why.MALFORMED, frame.name, detail="a file without a status"))
            continue
        text, cut = _text(frame.name, path, content[:-1], ask.most_bytes)
        gaps.extend(cut)
        names = () if accounts == "-" else tuple(accounts.split(","))
        answers.append(Answer(frame.name, text, path, names, _meta(owner, mode, size, changed)))
    return tuple(answers), (*gaps, *(() if answers or gaps else _nothing(ask, frame)))


def _tree(ask: SshFiles, name: str, raw: bytes) -> tuple[list[Answer], tuple[Gap, ...]]:
    """Return the files of a directory from lines of grep: `/etc/sudoers.d/a:3:text`."""
    files: dict[str, dict[int, str]] = {}
    odd = False
    for line in filter(None, clean(raw).split("\n")):
        told = _TOLD.fullmatch(line)
        odd = odd or told is None
        if told and any(_matches(told[1], pattern) for pattern in ask.paths):
            files.setdefault(told[1], {})[int(told[2])] = told[3]
    odd = odd or sum(max(lines) for lines in files.values()) > ask.most_bytes
    if odd:
        return [], (
            Gap(Why.MALFORMED, name, detail="names or numbers of lines that make no sense"),
        )
    return [_file(name, path, lines) for path, lines in files.items()], ()


def _file(name: str, path: str, lines: Mapping[int, str]) -> Answer:
    """Return the file that has these lines; those that were not told are blank."""
    text = "\n".join(lines.get(number, "") for number in range(1, max(lines) + 1))
    return Answer(name, redact(cut_lines(text)[0]), path)


def _matches(path: str, pattern: str) -> bool:
    """Tell whether a shell expands the pattern to the path: `*` stops at `/` and at a first dot."""
    base, wanted = path.rpartition("/")[2], pattern.rpartition("/")[2]
    is_shown = not base.startswith(".") or wanted.startswith(".")
    return is_shown and path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)


def _hidden(name: str, status: str, path: str) -> Gap:
    why, detail, cure = _HIDDEN[status]
    whole = status in ("hidden", "many", "odd") and (status != "odd" or path.startswith("("))
    return Gap(why, name, "" if whole else path, f"{path}: {detail}", cure)


def _meta(owner: str, mode: str, size: str, changed: str) -> FileMeta | None:
    words = (("[0-7]{1,6}", mode), ("[0-9]{1,18}", size), ("-?[0-9]{1,18}", changed))
    if not all(re.fullmatch(shape, word) for shape, word in words):
        return None
    return FileMeta(owner, int(mode, 8), int(size), int(changed))


def _text(name: str, part: str, raw: bytes, most: int) -> tuple[str, tuple[Gap, ...]]:
    """Return clean, redacted text, and a gap when it was cut; then without its last line."""
    is_cut = len(raw) >= most
    text, cut = cut_lines(clean(raw[: raw.rfind(b"\n")] if is_cut and b"\n" in raw else raw))
    gap = Gap(Why.TRUNCATED, name, part, f"more than {most} bytes, or an endless line", "limit")
    return redact(text), (gap,) if cut or is_cut else ()


def _failure(ask: HostAsk, frame: Frame) -> bool:
    ok = ask.ok if isinstance(ask, SshCommand) else (0,)
    return frame.ended not in ("absent", None) and frame.ended not in {str(code) for code in ok}


def _end_gaps(ask: HostAsk, frame: Frame) -> tuple[Gap, ...]:
    """Return the gap of an ask that did not come to a good end."""
    if frame.ended is None:
        return (Gap(Why.UNREACHABLE, frame.name, detail="the answer broke off", cure="route"),)
    if not _failure(ask, frame):
        return ()
    if frame.ended in ("124", "137", "143"):
        return (
            Gap(Why.TIMEOUT, frame.name, detail=f"no end after {ask.timeout_s} s", cure="time"),
        )
    if frame.ended == "141" and len(frame.chunks[0][1]) >= ask.most_bytes:
        return ()  # its pipe closed at the limit: already a truncation
    if _DENIED.search(frame.said):
        return (Gap(Why.DENIED, frame.name, detail=redact(frame.said), cure="root"),)
    said = redact(frame.said) or "no message"
    return (Gap(Why.FAILED, frame.name, detail=f"exit status {frame.ended}: {said}"),)


def gap_for(asks: Iterable[tuple[str, HostAsk]], gap: Gap) -> Iterator[tuple[str, Outcome]]:
    """Yield the same gap for each of the asks."""
    for name, _ in asks:
        yield name, ((), (Gap(gap.why, name, gap.part, gap.detail, gap.cure),))
