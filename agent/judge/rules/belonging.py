"""Whether something is the client's or the incoming party's, as the rules ask it."""

from collections.abc import Iterable

from agent.judge import marks
from agent.judge.case import Certainty
from agent.judge.matching import of_role
from agent.judge.rules.rule import Subject
from inventory.model.host import HostIdentity
from inventory.model.party import Role
from inventory.model.record import Identifier, Mark
from inventory.model.truth import Truth

_OURS = (Role.CLIENT, Role.INCOMING)


def is_ours(subject: Subject, identifiers: Iterable[Identifier]) -> Truth:
    """Tell whether it is the client's or the incoming party's; UNKNOWN when it is nobody's."""
    found = subject.matcher.matches(identifiers)
    sure = tuple(match for match in found if match.certainty is not Certainty.PROPOSED)
    if any(of_role(sure, role) for role in _OURS):
        return Truth.YES
    return Truth.NO if of_role(sure, Role.OUTGOING) else Truth.UNKNOWN


def whose(subject: Subject, identifiers: Iterable[Identifier]) -> str:
    """Return the name of the party that it is most surely of; empty for nobody."""
    return next((match.party for match in subject.matcher.matches(identifiers)), "")


def mail_is_ours(subject: Subject, address: str) -> Truth:
    """Tell whether mail stays with the client or the incoming party; local names do.

    An address of a domain that no profile names is outside, once the client's profile names any.
    """
    mail = marks.mail(address)
    if mail is None or address.lstrip('"').startswith(("|", "/", ":", "\\")):
        return Truth.YES
    if mail.rpartition("@")[2] in _own_names(subject):
        return Truth.YES
    found = is_ours(subject, (Identifier(Mark.MAIL, mail),))
    if found is not Truth.UNKNOWN:
        return found
    client = subject.case.party(Role.CLIENT)
    return Truth.NO if client and client.mail_domains else Truth.UNKNOWN


def is_loopback(server: str) -> bool:
    """Tell whether a server is the host itself."""
    names = tuple(marks.hosts(server))
    networks = (marks.network(name) for name in names)
    return bool(names) and all(
        name == "localhost" or (net is not None and net.is_loopback)
        for name, net in zip(names, networks, strict=True)
    )


def _own_names(subject: Subject) -> frozenset[str]:
    identities = [row.record for row in subject.host.rows(HostIdentity)]
    names = {"localhost", "localhost.localdomain", subject.host.name}
    names |= {name for one in identities for name in (one.hostname, one.fqdn) if name}
    return frozenset(name.casefold() for name in names)
