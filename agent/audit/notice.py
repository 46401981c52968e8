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


_OF_TENANT = (
    " Of the Microsoft 365 tenant also: names, addresses, department and title of accounts, their"
    " groups, roles, licences and devices, how large mailboxes and stores are, and which kinds of"
    " second factor are registered."
)
_PERSONAL = (
    " Because it was asked for in so many words, also: sign-ins from other organisations, factors"
    " by name, rules of inboxes that send mail on, and who changed rights within 30 days."
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
        f"{_OF_TENANT if any(one.is_tenant for one in plan.targets) else ''}"
        f"{_PERSONAL if _is_personal(plan) else ''}"
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


def _is_personal(plan: Plan) -> bool:
    """Return whether a tenant is asked what watches people."""
    asked = {one.name for one in plan.questions if one.request and one.request.personal}
    return any(one.is_tenant and asked - set(one.left_out) for one in plan.targets)


def _places(plan: Plan) -> str:
    others = ("is_directory", "is_tenant")
    hosts = sum(
        not one.not_asked and not any(getattr(one, kind) for kind in others) for one in plan.targets
    )
    found = [f"{hosts} computers" if hosts != 1 else "one computer"]
    for kind, noun, nouns in (
        ("is_directory", "the directory", "the directories"),
        ("is_tenant", "the Microsoft 365 tenant", "the Microsoft 365 tenants"),
    ):
        names = sorted(one.name for one in plan.targets if getattr(one, kind))
        of = " of all accounts and computers" if kind == "is_directory" else ""
        if names:
            found.append(f"{nouns if len(names) > 1 else noun}{of} ({', '.join(names)})")
    told = found if hosts or len(found) == 1 else found[1:]
    return " and ".join((", ".join(told[:-1]), told[-1])) if len(told) > 1 else told[0]


def _how_exact(engagement: Engagement) -> str:
    if engagement.detail is Detail.MINIMAL:
        return "(for ordinary accounts only roughly: this month, this quarter, longer ago, never)"
    return "(to the minute)"
