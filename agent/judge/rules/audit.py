"""Whether the audit itself can be trusted: clocks, identities, and what it leaves behind."""

from collections import defaultdict
from collections.abc import Iterator

from agent.judge import access
from agent.judge.case import Power, Severity, Verdict
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule, unclear
from agent.judge.rules.words import listed
from inventory.model.account import Account
from inventory.model.evidence import Evidence
from inventory.model.host import HostIdentity, HostKey, Uptime
from inventory.model.truth import Truth

MOST_SKEW_S = 60
SHOWN_OF_ID = 8  # characters; a machine id is never printed whole (machine-id(5))


@rule(
    "audit.clock-skew",
    "The host's clock agrees with the auditing machine's",
    Severity.MEDIUM,
    needs=(Uptime,),
    reason="Whether something happened before or after the cutover is read from the host's "
    "clock. A wrong one makes that evidence worthless.",
    remedy="Set the clock right and audit again. Read older dates of this host with the offset "
    "in mind.",
)
def clock_skew(subject: Subject) -> Iterator[Hit]:
    """Yield a clock that is more than a minute off, or was not compared."""
    rows = subject.host.rows(Uptime)
    if not rows:
        yield Hit(Verdict.UNKNOWN, "the host's clock was not compared")
    for row in rows:
        offset = row.record.clock_offset_s
        if offset is None:
            yield unclear(row, "the host's clock was not compared")
        elif abs(offset) > MOST_SKEW_S:
            side = "ahead" if offset > 0 else "behind"
            yield broken(row, f"the clock is {abs(offset)} s {side}")


@rule(
    "audit.identity-clone",
    "Every host has an identity of its own",
    Severity.HIGH,
    per=Per.ENVIRONMENT,
    needs=(HostIdentity, HostKey),
    reason="Cloned machines cannot be told apart: a fact about one may be taken for a fact "
    "about the other, and whoever has one's host key can pretend to be the other.",
    remedy="Give the clones new machine ids and host keys, or tell which names are one machine.",
)
def identity_clone(subject: Subject) -> Iterator[Hit]:
    """Yield the machine ids and host keys that several targets show."""
    shown_by: dict[str, list[tuple[Evidence, bool]]] = defaultdict(list)
    for host in subject.hosts:
        for row in host.rows(HostIdentity):
            if row.record.machine_id:
                name = f"machine id {row.record.machine_id[:SHOWN_OF_ID]}..."
                shown_by[name].append((row.evidence, row.carried))
        for key in host.rows(HostKey):
            name = f"host key {key.record.fingerprint}"
            shown_by[name].append((key.evidence, key.carried))
    for name, places in shown_by.items():
        targets = sorted({place.target for place, _ in places})
        if len(targets) > 1:
            fresh = {place.target for place, carried in places if not carried}
            evidence = tuple(place for place, _ in places)
            says = f"{name} is shown by {listed(targets)}"
            yield Hit(Verdict.NOT_MET, says, name, evidence, len(fresh) < 2)


@rule(
    "audit.own-account",
    "The audit's own account is gone",
    Severity.INFO,
    needs=(Account,),
    reason="The audit needs an account. It is a way in like any other and has to end with the "
    "engagement.",
    remedy="Remove the account and its key when the last audit of the engagement is done.",
)
def own_account(subject: Subject) -> Iterator[Hit]:
    """Yield the account with which the audit logs in."""
    name = subject.case.own_account
    if not name:
        yield Hit(Verdict.NOT_APPLICABLE, "the audit used no account of its own")
    for row in subject.host.rows(Account):
        if name and row.record.name == name:
            yield broken(row, f"the audit logs in as {name}", name)


@rule(
    "audit.own-power",
    "The audit's own account is not an administrator",
    Severity.LOW,
    needs=access.NEEDS,
    reason="An audit that could change things cannot prove that it did not.",
    remedy="Let the audit use an account that may only run what `handover plan --sudoers` lists.",
)
def own_power(subject: Subject) -> Iterator[Hit]:
    """Yield the ways of the audit's own account to root."""
    name = subject.case.own_account
    if not name:
        yield Hit(Verdict.NOT_APPLICABLE, "the audit used no account of its own")
    for path in subject.paths.paths:
        if name and path.account == name and path.power is Power.ROOT:
            sure = path.certain is Truth.YES
            if path.certain is not Truth.NO:
                places = tuple(place for step in path.steps for place in step.evidence)
                says = f"{path.principal} leads to root: {listed([s.text for s in path.steps])}"
                yield Hit(Verdict.NOT_MET if sure else Verdict.UNKNOWN, says, name, places)
