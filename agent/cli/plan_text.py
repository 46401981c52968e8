"""The plan as lines of plain text, to be read on a terminal, mailed, or printed."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from agent.audit.plan import ORDINARY, Plan, Question, Request, Search, Stop, Subject
from agent.audit.traces import Trace
from collectors.transports.session import Become

WIDTH = 96
MOST_TARGETS = 200
_BECOMES = {
    Become.NONE: "with the account's own rights",
    Become.COMMANDS: "and sudo for single commands",
    Become.SCRIPT: "and sudo for the installed script",
    Become.SHELL: "and sudo for everything",
}


def plan_text(plan: Plan, *, full: bool) -> str:
    """Return the plan; `full`: with each question word by word."""
    parts = (
        _head(plan),
        _warnings(plan.warnings),
        _targets(plan),
        _discovery(plan.discovery),
        _rights(plan.questions),
        _traces(plan.traces),
        _subjects(plan.subjects, full=full),
        _next(plan, full=full),
    )
    return "\n".join("\n".join(part) + "\n" for part in map(tuple, parts) if part)


def _head(plan: Plan) -> Iterator[str]:
    yield f"{plan.client}: what an audit would ask. Nobody was contacted."
    yield f"Authorised by: {plan.authorised or 'nobody'}"
    yield f"Kept in: {plan.kept}"


def _warnings(warnings: Sequence[str]) -> Iterator[str]:
    for warning in warnings:
        yield from wrap(warning, WIDTH, initial_indent="! ", subsequent_indent="  ")


def _targets(plan: Plan) -> Iterator[str]:
    yield f"WHO IS ASKED: {_count(len(plan.targets), 'target')}"
    width = max((len(one.name) for one in plan.targets), default=0)
    for one in plan.targets[:MOST_TARGETS]:
        yield f"  {one.name:<{min(width, 40)}}  {_how(one)}"
    if len(plan.targets) > MOST_TARGETS:
        yield f"  ... and {len(plan.targets) - MOST_TARGETS} more: --only SOURCE, or --json"


def _how(one: Stop) -> str:
    if one.not_asked:
        return f"not asked: {one.not_asked}"
    left = f", {len(one.left_out)} left out" if one.left_out else ""
    also = f" (also {', '.join(one.also)})" if one.also else ""
    if one.is_directory or one.is_tenant:
        return f"{one.way}: up to {_count(one.questions, 'question')}{left}  [{one.source}]"
    become = _BECOMES[Become(one.become)]
    return f"{one.way}{also}, {become}: {_count(one.questions, 'question')}{left}  [{one.source}]"


def _discovery(stops: Sequence[Stop]) -> Iterator[str]:
    if stops:
        yield "ONLY LOOKED UP, without a login (discovery; an audit does it, this command does not)"
        yield from (f"  {one.name}  {one.way}  [{one.source}]" for one in stops)


def _rights(questions: Sequence[Question]) -> Iterator[str]:
    hosts = [one for one in questions if one.right in ("any", "root")]
    requests = [one for one in questions if one.request]
    searches = [one for one in questions if one.right not in ("any", "root") and not one.request]
    yield f"WITH WHICH RIGHT: {_count(len(questions), 'question')}"
    if hosts or not (searches or requests):
        yield from _rights_on_hosts(hosts)
    if searches:
        yield from _rights_in_directories(searches)
    if requests:
        granted = {one.right for one in requests if one.right}
        yield (
            f"  {len(requests):>4}  need one of {len(granted)} permissions of Microsoft Graph, all"
            " of them only to read (--graph-permissions)"
        )
    yield "  What was not granted is told as a gap, never as none."


def _rights_on_hosts(questions: Sequence[Question]) -> Iterator[str]:
    root = [one for one in questions if one.right == "root"]
    by_script = [one for one in root if one.only_by_script]
    granted = sum(len(one.granted) for one in questions)
    yield f"  {len(questions) - len(root):>4}  any account of the host may ask"
    yield (
        f"  {len(root) - len(by_script):>4}  need root; for them {granted} single commands can be"
        " granted (--sudoers commands)"
    )
    yield f"  {len(by_script):>4}  need root, and only the script covers them (--sudoers script)"


def _rights_in_directories(questions: Sequence[Question]) -> Iterator[str]:
    more = sum(_needs_more(one) for one in questions)
    yield f"  {len(questions) - more:>4}  any user of the directory may ask"
    yield f"  {more:>4}  need a right in the directory that most users lack (--directory-rights)"


def _needs_more(one: Question) -> bool:
    return one.right not in ("any", "root", *ORDINARY) and not one.request


def _traces(traces: Sequence[Trace]) -> Iterator[str]:
    yield "WHICH TRACES IT LEAVES, and who can see them"
    sources: dict[tuple[str, str, str], list[str]] = {}
    for one in traces:
        sources.setdefault((one.what, one.where, one.seen_by), []).append(one.source)
    for (what, where, seen_by), names in sources.items():
        yield from wrap(
            f"{what} [{', '.join(names)}]", WIDTH, initial_indent="  ", subsequent_indent="    "
        )
        for label, text in (("in", where), ("seen by", seen_by)):
            yield from wrap(
                f"{label}: {text}", WIDTH, initial_indent="    ", subsequent_indent="      "
            )


def _subjects(subjects: Sequence[Subject], *, full: bool) -> Iterator[str]:
    yield f"WHAT IS ASKED: {_count(len(subjects), 'subject')}"
    yield "  * needs root, or more than a user of the directory has"
    yield "  ** needs root, and only the script covers it"
    if any(one.search for subject in subjects for one in subject.questions):
        yield "  {domain}, {configuration} and the like: places that the directory itself names"
    for subject in subjects:
        yield from wrap(
            f"{subject.name}: {subject.tells}", WIDTH, initial_indent="  ", subsequent_indent="    "
        )
        for one in subject.questions:
            yield from _word_by_word(one) if full else (_in_short(one),)


def _in_short(one: Question) -> str:
    text = " ".join(" ".join(one.asks).split())
    line = f"    {_mark(one):<2} {one.name.rpartition('/')[2]}: {one.kind} {text}"
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 4]} ..."


def _word_by_word(one: Question) -> Iterator[str]:
    slow = ", slow" if one.deep else ""
    yield f"    {_mark(one):<2} {one.name}: {one.kind}, right: {one.right}{_limits(one)}{slow}"
    if one.request is not None:
        yield from _request(one.request)
    else:
        yield from _indented(one.asks) if one.search is None else _search(one.search)
    if one.filter:
        yield "         through the filter, on the host:"
        yield from _indented((one.filter,))
    yield from (f"         can be granted: {command}" for command in one.granted)
    yield f"         when nothing comes back: {one.proves}"


def _limits(one: Question) -> str:
    if one.search is not None:
        return f", at most {one.search.most_entries} entries, {one.seconds} s without a byte"
    if one.kind == "files of SYSVOL":
        return f", at most {one.most_bytes // 1024} KiB of each"
    return f", at most {one.seconds} s and {one.most_bytes // 1024} KiB" if one.seconds else ""


def _search(one: Search) -> Iterator[str]:
    asked = f"attributes: {', '.join(one.attributes)}"
    if one.attributes == ("1.1",):
        asked = "attributes: none (1.1), only that it is there"
    yield f"           in: {_DIALECTS[one.dialect]}"
    yield f"           base: {one.base or 'the root DSE'}, scope: {one.scope}"
    yield f"           filter: {one.filter}"
    yield from wrap(asked, WIDTH, initial_indent=" " * 11, subsequent_indent=" " * 13)
    if one.descriptors:
        yield "           and who may do what with it (its security descriptor, without the SACL)"
    if one.deleted:
        yield "           also what was deleted and is still kept"


def _request(one: Request) -> Iterator[str]:
    yield from wrap(f"GET {one.url}", WIDTH, initial_indent=" " * 11, subsequent_indent=" " * 13)
    for path in one.for_each:
        yield f"           once for each of {path}, twenty to a batch"
    facts = (
        (one.licence, f"the tenant needs: {one.licence}"),
        (one.personal, "it watches people: asked only with `personal: true`"),
        (one.is_beta, "beta: it may change or go away"),
        (not one.permission, "only a person may ask it (device_code)"),
    )
    yield from (f"           {text}" for holds, text in facts if holds)


_DIALECTS = {
    "ad": "Active Directory only",
    "posix": "all directories but Active Directory",
    "": "each directory",
}


def _indented(texts: Iterable[str]) -> Iterator[str]:
    return (f"           {line}" for text in texts for line in text.split("\n"))


def _mark(one: Question) -> str:
    if one.right != "root":
        return "*" if _needs_more(one) else ""
    return "**" if one.only_by_script else "*"


def _next(plan: Plan, *, full: bool) -> Iterator[str]:
    yield "NEXT"
    if not full:
        yield "  handover plan --full               each question word by word"
    if any(one.right == "root" for one in plan.questions):
        yield "  handover plan --sudoers script     what to grant for what needs root"
    if any(one.is_directory for one in plan.targets):
        yield "  handover plan --directory-rights   what to grant in the directory, and what for"
    if any(one.is_tenant for one in plan.targets):
        yield "  handover plan --graph-permissions  what to grant in the tenant, and what for"
    yield "  handover plan --notice             the half page for the staff"
    yield "  handover audit                     ask"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
