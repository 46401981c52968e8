"""What an audit would ask, of whom, with which right, and which traces it leaves."""

import datetime
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from agent.audit.own_machine import Machine, in_hands
from agent.audit.sources import Planned
from agent.audit.sudoers import is_only_by_script
from agent.audit.traces import Trace, traces_of
from agent.engagement.hosts import fleet_of
from agent.engagement.model import Engagement, LdapSecurity, LdapSource, SshSource
from collectors.as_nobody import AS_NOBODY, PARTS
from collectors.runner import ask_name
from collectors.spec import (
    CONNECTION,
    Ask,
    Collector,
    GraphGet,
    LdapSearch,
    SshCommand,
    SshFiles,
    SysvolFiles,
)
from collectors.transports.script import HostAsk, exact_commands
from inventory.model.party import Role

_OTHER_KIND = "another kind of directory is not asked: there is none"
ORDINARY = ("anyone", "user")  # what needs no right of its own in a directory


class Search(Struct, frozen=True):
    """Where and for what a directory is searched; names in braces are known at run time."""

    base: str
    scope: str  # "base", "one", "subtree"
    filter: str
    attributes: tuple[str, ...]  # ("1.1",): none, only that the entries are there
    dialect: str  # "ad": of Active Directory only; "posix": of all others only; "": of each
    descriptors: bool  # also who may do what with each entry
    deleted: bool  # also what was deleted and is still kept
    most_entries: int


class Request(Struct, frozen=True):
    """What is asked of Microsoft Graph; {key} stands for each object that another list names."""

    url: str  # without the host: /v1.0/users?$select=id
    for_each: tuple[str, ...]  # the lists whose objects give the keys
    permission: str  # least application permission; "": only a person may ask it
    as_person: str  # least delegated permission; "": no person may ask it
    licence: str  # without which the tenant refuses it
    profile: str  # "core", "audit", "devices", "m365", "security"
    budget: str  # what it shares with other requests: one of them is in flight
    clouds: tuple[str, ...]  # that have it
    personal: bool  # it watches people: asked only where the source says so
    is_beta: bool


class Question(Struct, frozen=True):
    """One ask as people read it."""

    name: str  # "linux.sudo/sudoers"
    kind: (
        str  # "command", "files", "names of files", "search", "files of SYSVOL", "request", "call"
    )
    asks: tuple[str, ...]  # the command's text, the paths, or the search as one line
    filter: str  # run over each file before anything leaves the host
    right: str  # on a host "any" or "root"; elsewhere "anyone", "user", or the right that it needs
    granted: tuple[str, ...]  # the commands, word by word, that can be granted for it
    only_by_script: bool  # as root: no single command can be granted for it
    proves: str  # what it proves when nothing comes back
    seconds: int  # at most
    most_bytes: int  # of a command's output, or of one file
    deep: bool  # slow; left out of a quick audit
    search: Search | None = None  # of a directory; None: it is asked of something else
    request: Request | None = None  # of a tenant; None: it is asked of something else


class Subject(Struct, frozen=True):
    """One collector: what it tells, and its questions."""

    name: str
    tells: str
    records: tuple[str, ...]
    questions: tuple[Question, ...]


class Stop(Struct, frozen=True):
    """One target that would be asked."""

    source: str
    name: str
    way: str
    become: str
    questions: int
    left_out: tuple[str, ...] = ()
    not_asked: str = ""  # why it is not asked at all; empty: it is
    also: tuple[str, ...] = ()  # other names of the same address: asked once
    is_directory: bool = False
    is_tenant: bool = False


class Plan(Struct, frozen=True):
    """The whole of what an audit would do."""

    client: str
    authorised: str  # by whom, when; empty: by nobody, so only this machine is asked
    targets: tuple[Stop, ...]
    discovery: tuple[Stop, ...]  # where only who answers is looked at; no login
    subjects: tuple[Subject, ...]
    traces: tuple[Trace, ...]
    warnings: tuple[str, ...]
    kept: str  # where, and for how long

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return all questions of all subjects."""
        return tuple(one for subject in self.subjects for one in subject.questions)


def plan_of(
    engagement: Engagement, targets: Sequence[Planned], here: Machine, day: datetime.date
) -> Plan:
    """Return the plan for the targets of an engagement; `here` is the machine that would ask."""
    asked = [one for one in targets if not one.is_sweep]
    collectors = {one.name: one for target in asked for one in target.collectors}
    return Plan(
        client=engagement.client,
        authorised=_authorised(engagement),
        targets=tuple(map(_stop, asked)),
        discovery=tuple(_discovery(targets)),
        subjects=subjects(collectors[name] for name in sorted(collectors)),
        traces=tuple(traces_of(targets)),
        warnings=tuple(_warnings(engagement, here, day)),
        kept=f"{engagement.folder}, readable by its owner alone, {engagement.retention_days} days",
    )


def subjects(collectors: Iterable[Collector]) -> tuple[Subject, ...]:
    """Return what each collector asks."""
    return tuple(
        Subject(
            one.name,
            one.says.removeprefix("Yield ").rstrip("."),
            tuple(kind.__name__ for kind in one.tells),
            tuple(question(one, ask) for ask in one.asks),
        )
        for one in collectors
    )


def question(collector: Collector, ask: Ask) -> Question:
    """Return one ask as people read it."""
    return Question(
        name=ask_name(collector, ask),
        kind=_kind(ask),
        asks=_asks(ask),
        filter=ask.filter if isinstance(ask, SshFiles) else "",
        right=_right(ask),
        granted=exact_commands(ask) if isinstance(ask, HostAsk) else (),
        only_by_script=is_only_by_script(ask),
        proves=_proves(ask),
        seconds=ask.timeout_s if isinstance(ask, HostAsk | LdapSearch) else 0,
        most_bytes=ask.most_bytes if isinstance(ask, HostAsk | SysvolFiles) else 0,
        deep=ask.deep,
        search=_search(ask) if isinstance(ask, LdapSearch) else None,
        request=_request(ask) if isinstance(ask, GraphGet) else None,
    )


def _right(ask: Ask) -> str:
    if isinstance(ask, GraphGet):
        return ask.needs or ask.as_person
    return getattr(ask, "needs", "any")


def _request(ask: GraphGet) -> Request:
    return Request(
        url=request_line(ask),
        for_each=tuple(one.path for one in ask.each),
        permission=ask.needs,
        as_person="" if ask.as_person == "-" else ask.as_person or ask.needs,
        licence=ask.licence,
        profile=ask.profile,
        budget=ask.budget,
        clouds=ask.clouds,
        personal=ask.personal,
        is_beta=ask.version == "beta",
    )


def request_line(ask: GraphGet) -> str:
    """Return a request in one line: `/v1.0/users?$select=id`; what is not sent says so."""
    if ask.path == CONNECTION:
        return "nothing: what logging in told"
    options = {
        "$select": ",".join(ask.select),
        "$filter": ask.filter,
        "$expand": ask.expand,
        "search": ask.search,
        "$top": str(ask.top) if ask.top else "",
    }
    query = "&".join(f"{name}={text}" for name, text in options.items() if text)
    return f"/{ask.version}{ask.path}{f'?{query}' if query else ''}"


def _search(ask: LdapSearch) -> Search:
    return Search(
        base=ask.base,
        scope=ask.scope,
        filter=ask.filter,
        attributes=ask.attributes,
        dialect=ask.dialect,
        descriptors=ask.descriptors,
        deleted=ask.deleted,
        most_entries=ask.most_entries,
    )


def search_line(ask: LdapSearch) -> str:
    """Return a search in one line: `subtree of {domain}: (cn=*) -> cn, mail`."""
    base = ask.base or "the root DSE"
    scope = {"base": "", "one": "below ", "subtree": "subtree of "}[ask.scope]
    return f"{scope}{base}: {ask.filter} -> {', '.join(ask.attributes)}"


def _kind(ask: Ask) -> str:
    if isinstance(ask, SshFiles):
        return "files" if ask.content else "names of files"
    if isinstance(ask, LdapSearch):
        return "search"
    if isinstance(ask, SysvolFiles):
        return "files of SYSVOL"
    if isinstance(ask, GraphGet):
        return "request"
    return "command" if isinstance(ask, SshCommand) else "call"


def _asks(ask: Ask) -> tuple[str, ...]:
    if isinstance(ask, SshFiles | SysvolFiles):
        return ask.paths
    if isinstance(ask, LdapSearch):
        return (search_line(ask), *(_as_nobody() if ask.base == CONNECTION else ()))
    if isinstance(ask, GraphGet):
        return (request_line(ask), *(f"for each of {one.path}" for one in ask.each))
    return (ask.text if isinstance(ask, SshCommand) else str(getattr(ask, "call", ask.name)),)


def _as_nobody() -> Iterator[str]:
    """Yield what is asked without a login, over a line of its own."""
    yield from (f"without a login: {search_line(one)}" for one in AS_NOBODY)
    yield f"{search_line(PARTS)}; then each of them without a login"


def _proves(ask: Ask) -> str:
    """Return what it proves when nothing comes back, as a sentence."""
    if isinstance(ask, SshFiles):
        none = ask.absent == "none"
        return "no such file: there is none" if none else "no such file proves nothing"
    if isinstance(ask, SshCommand):
        tool = "no such program: there is none" if ask.no_tool == "none" else ""
        empty = "an empty answer: there is none" if ask.empty == "none" else ""
        return "; ".join(filter(None, (tool, empty))) or "nothing: an answer must come"
    if isinstance(ask, LdapSearch):
        return _search_proves(ask)
    if isinstance(ask, GraphGet):
        empty = "an empty list: there is none" if ask.empty == "none" else ""
        absent = "not found: there is none" if ask.absent == "none" else ""
        return "; ".join(filter(None, (empty, absent))) or "nothing: an answer must come"
    if isinstance(ask, SysvolFiles):
        return f"no such file: there is none; {_OTHER_KIND}"
    return "nothing: an answer must come"


def _search_proves(ask: LdapSearch) -> str:
    empty = "no entry: there is none" if ask.empty == "none" else "no entry proves nothing"
    base = "no such base: there is none" if ask.no_base == "none" else "no such base proves nothing"
    other = _OTHER_KIND if ask.dialect else ""
    return "; ".join(filter(None, (empty, base, other)))


def _stop(one: Planned) -> Stop:
    left = set(one.leave_out)
    names = [ask_name(c, ask) for c in one.collectors for ask in c.asks]
    return Stop(
        source=one.source.name,
        name=one.name,
        way=one.way,
        become=str(one.become),
        questions=sum(name not in left for name in names),
        left_out=tuple(name for name in names if name in left),
        not_asked=one.host.not_asked if one.host else "",
        also=one.host.also if one.host else (),
        is_directory=one.is_directory,
        is_tenant=one.is_tenant,
    )


def _discovery(targets: Iterable[Planned]) -> Iterator[Stop]:
    """Yield what is looked up to know the targets: networks, and the servers of domains."""
    for one in targets:
        if one.is_sweep:
            yield _stop(one)
        elif isinstance(one.source, LdapSource):
            for name in one.source.srv_names:
                yield Stop(one.source.name, name, "which servers DNS lists (SRV)", "none", 1)


def _authorised(engagement: Engagement) -> str:
    given = engagement.authorisation
    if given is None:
        return ""
    until = f", until {given.until}" if given.until else ""
    reference = f" ({given.reference})" if given.reference else ""
    return f"{given.name}, {given.role}, on {given.date}{reference}{until}"


def _warnings(engagement: Engagement, here: Machine, day: datetime.date) -> Iterator[str]:
    given = engagement.authorisation
    if given is None:
        yield "Nobody has authorised this audit: only this machine is asked."
    elif not given.is_valid_on(day):
        yield f"The authorisation does not cover {day}: an audit would not start."
    if given is not None and not engagement.told:
        yield "The staff have not been told: `handover plan --notice` prints what to tell them."
    outgoing = engagement.party(Role.OUTGOING)
    if outgoing and (signs := in_hands(outgoing, here)):
        yield (
            f"This machine is in the hands of {outgoing.name}, as it seems: {'; '.join(signs)}."
            " Whoever runs it can read what it keeps and change what it asks: use one of the"
            " client's own."
        )
    for source in engagement.allowed_sources():
        if isinstance(source, SshSource):
            yield from fleet_of(source, engagement.folder, discover=False).warnings
        if isinstance(source, LdapSource) and source.security is LdapSecurity.CLEAR:
            yield (
                f"The directory {source.target} is asked without TLS, as the source {source.name}"
                " says: whoever is on the way can read the answers, and the password where there is"
                " one. It will be a finding."
            )
    yield from engagement.warnings
