"""How much was asked and answered, and which act would answer most of the rest."""

import re
from collections import defaultdict

from agent.judge.case import Case, Coverage, Cure
from inventory.model.evidence import Gap, Why
from inventory.reading import State
from inventory.snapshot import Blank, blanks_of

# The cure that a gap names, or its reason: the act, and why it is needed.
_ACTS = {
    "root": ("plan --sudoers", "no root"),
    "directory right": ("plan --directory-rights", "a right in the directory is missing"),
    "route": ("check VPN, route and port", "not reachable"),
    "legacy": ("try transport: openssh, then replace the server", "its SSH is too old"),
    "time": ("raise the time limit, or ask again when the host is idle", "no end in time"),
    "tool": ("install the tool, or accept the gap", "a tool is missing"),
    "credential": ("give a credential that the host accepts", "not let in"),
    "certificate": (
        "give its authority as ca_file, or the certificate as pin",
        "its certificate is not proved",
    ),
    "host key": ("check the host key with the host's owner", "the host key is not known"),
    "appliance": ("ask its owner by hand", "not a host with a shell"),
    "again": ("audit --resume", "interrupted"),
    "audit": ("audit it again", "not asked in this audit"),
    "confirm": ("say in the checklist what became of it", "came back as another machine"),
    "source": ("add a source to handover.yaml", "never asked"),
    "home": ("ask where the home is local", "on a network mount"),
    "limit": ("raise the limit", "more than is read"),
    "scope": ("plan --graph-permissions", "a permission is missing"),
    "person": ("log in once with device_code: true", "only a person may ask it"),
    "app": ("log in as an app, with a certificate", "only an app may ask it"),
    "role": ("let somebody with a reader's role log in", "the person has no role that may read it"),
    "licence": ("accept the gap, or license it", "the tenant has no licence for it"),
    "cloud": ("look at it by hand", "the tenant's cloud does not have it"),
    "personal": ("set personal: true in handover.yaml", "it watches people: not asked"),
    "extra": ("install handover[sysvol]", "the extra that reads files over SMB is missing"),
    "by hand": ("look at it by hand", "it is not followed"),
    "report": ("report it: a collector failed", "could not be read"),
}
_BY_REASON = {
    Why.DENIED: "root",
    Why.UNREACHABLE: "route",
    Why.TIMEOUT: "route",
    Why.NO_TOOL: "tool",
    Why.TRUNCATED: "limit",
    Why.NOT_ASKED: "audit",
}
_OTHER = {
    Why.MALFORMED: ("look at the line by hand", "could not be read"),
    Why.FAILED: ("look at the host", "the tool failed"),
    Why.UNLICENSED: ("accept the gap, or license it", "not licensed"),
}

_ACCEPT = "accept the gap, or ask by hand"
# What a tool said, where its gap names no cure: the words, the act, and why it is needed.
_SAID: tuple[tuple[re.Pattern[str], tuple[str, str]], ...] = (
    (
        re.compile(r"booted with systemd|[Ff]ailed to connect to (the )?(system )?(scope )?bus"),
        (_ACCEPT, "systemd does not run"),
    ),
    (
        re.compile(r"[Dd]ocker daemon|docker\.sock"),
        ("start Docker, or accept the gap", "Docker does not answer"),
    ),
    (
        re.compile(r"(containerd|podman)\.sock|Podman socket"),
        ("start the engine, or accept the gap", "containers do not answer"),
    ),
    (re.compile(r"multi-call binary"), (_ACCEPT, "BusyBox cannot tell it")),
    (re.compile(r"no \w+ manager that is known"), (_ACCEPT, "no manager that is known")),
    (re.compile(r"empty answer"), ("look at the host", "an empty answer")),
)

NEVER = Gap(Why.NOT_ASKED, detail="listed, never asked", cure="audit")


def coverage(case: Case) -> tuple[Coverage, ...]:
    """Return the state of each target and collector, counted in questions.

    A reading counts as one answered question when something usable came back, and as one refused
    question for each gap.
    """
    found = []
    for reading in case.snapshot.readings():
        blanks = tuple(blanks_of((reading,)))
        answered = reading.state in (State.COMPLETE, State.PARTIAL)
        found.append(
            Coverage(
                target=reading.key.target,
                subject=reading.key.collector,
                state=reading.state.value,
                answered=int(answered),
                refused=len(blanks),
                blanks=blanks,
            )
        )
    for name in _never_asked(case):
        nothing = (Blank("", name, "", NEVER),)
        found.append(Coverage(name, "", State.NOT_ASKED.value, 0, 1, nothing))
    return tuple(sorted(found, key=lambda one: (one.target, one.subject)))


def _never_asked(case: Case) -> tuple[str, ...]:
    """Return the hosts that the engagement lists and no audit knows."""
    return tuple(sorted(set(case.hosts) - set(case.snapshot.targets())))


def cures(case: Case) -> tuple[Cure, ...]:
    """Return the gaps grouped by the act that cures them, what unlocks most first."""
    groups: dict[tuple[str, str], list[Blank]] = defaultdict(list)
    unknown = (Blank("", name, "", NEVER) for name in _never_asked(case))
    for blank in (*blanks_of(case.snapshot.readings()), *unknown):
        groups[act_of(blank.gap)].append(blank)
    found = (
        Cure(
            act=act,
            why=why,
            targets=tuple(sorted({blank.target for blank in blanks})),
            unlocks=len(blanks),
            says=_shared(blanks),
        )
        for (act, why), blanks in groups.items()
    )
    return tuple(sorted(found, key=lambda cure: (-cure.unlocks, cure.act, cure.why)))


def _shared(blanks: list[Blank]) -> str:
    """Return the detail that all of the gaps have in common; "" where they differ."""
    details = {blank.gap.detail for blank in blanks}
    return details.pop() if len(details) == 1 else ""


def act_of(gap: Gap) -> tuple[str, str]:
    """Return the act that cures a gap, and why it is needed."""
    if gap.cure in _ACTS:
        return _ACTS[gap.cure]
    if gap.why in _OTHER:
        said = (told for words, told in _SAID if words.search(gap.detail))
        return next(said, _OTHER[gap.why])
    if gap.why is Why.DENIED and gap.ask.startswith("directory."):
        return _ACTS["directory right"]
    return _ACTS[_BY_REASON[gap.why]]
