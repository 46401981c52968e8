"""The half page for the staff: what is read, why, for how long it is kept, whom to ask."""

from collections.abc import Iterator
from textwrap import wrap

from agent.audit.plan import Plan
from agent.engagement.model import Detail, Engagement
from inventory.model.party import Role

_NOT_READ = (
    "No mail, no document, no message, no browser history and no content of any database is read."
    " Of passwords, keys and other secrets only the place, the owner and the age are noted, never"
    " the value. Nothing is changed, and no program stays behind."
)

_OF_DIRECTORY = (
    " Of the directory also: the full name, title, company, mail addresses, description and manager"
    " of an account, its groups, its home folder and mailbox by name, and when it expires."
)


def notice_text(engagement: Engagement, plan: Plan) -> str:
    """Return the notice, ready to be sent or pinned up; what the engagement leaves open says so."""
    return "\n\n".join("\n".join(wrap(one, 78)) for one in _paragraphs(engagement, plan)) + "\n"


def _paragraphs(engagement: Engagement, plan: Plan) -> Iterator[str]:
    yield f"To the staff of {engagement.client}: an inventory of our IT systems"
    yield (
        f"{_why(engagement)} For this, {_places(plan)} will be read by a program: hardware,"
        " software, settings, services, and who has access to them."
    )
    yield (
        "About people this means: names of accounts, groups and rights, public keys, when a"
        f" password was last changed, and when an account was last used {_how_exact(engagement)}."
        f"{_OF_DIRECTORY if any(one.is_directory for one in plan.targets) else ''}"
    )
    yield _NOT_READ
    yield (
        f"The result is kept for {engagement.retention_days} days. It is meant for those who"
        " arrange the handover, and for nothing else."
    )
    given = engagement.authorisation
    if given is None:
        yield "AUTHORISED BY: nobody. Fill in `authorisation` in handover.yaml before it is sent."
        return
    until = f", until {given.until}" if given.until else ""
    yield (
        f"This was authorised by {given.name}, {given.role}, on {given.date}{until}"
        f"{f' ({given.reference})' if given.reference else ''}. Questions, and requests about your"
        f" own data, go to {given.name}."
    )


def _why(engagement: Engagement) -> str:
    outgoing, incoming = engagement.party(Role.OUTGOING), engagement.party(Role.INCOMING)
    day = engagement.dates.cutover
    if outgoing is None or day is None:
        return "We want to know what our IT systems are and who can reach them."
    after = f" to {incoming.name}" if incoming else ""
    return f"On {day} the care of our IT systems passes from {outgoing.name}{after}."


def _places(plan: Plan) -> str:
    hosts = sum(not one.not_asked and not one.is_directory for one in plan.targets)
    directories = sorted(one.name for one in plan.targets if one.is_directory)
    computers = f"{hosts} computers" if hosts != 1 else "one computer"
    if not directories:
        return computers
    noun = "the directories" if len(directories) > 1 else "the directory"
    central = f"{noun} of all accounts and computers ({', '.join(directories)})"
    return f"{computers} and {central}" if hosts else central


def _how_exact(engagement: Engagement) -> str:
    if engagement.detail is Detail.MINIMAL:
        return "(for ordinary accounts only roughly: this month, this quarter, longer ago, never)"
    return "(to the minute)"
