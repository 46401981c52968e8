"""Power in a directory beside groups: rights on objects, delegation, former identities, owners."""

from collections.abc import Iterator
from typing import Any

from agent.judge import matching
from agent.judge.case import Certainty, Power, Severity, Verdict
from agent.judge.directory.people import (
    CONTROLLERS,
    closed_ids,
    entries,
    is_controller,
    open_accounts,
    powerful,
)
from agent.judge.directory.powers import COPIES, Grant, grants
from agent.judge.directory.principals import UNKNOWN, Principals
from agent.judge.rules.directory_accounts import is_of_sync
from agent.judge.rules.directory_power import GROUPS
from agent.judge.rules.rule import Hit, Per, Subject, broken, broken_if, rule
from agent.judge.rules.words import listed
from collectors.well_known_sids import EVERYBODY
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryComputer,
    DirectoryGroup,
)
from inventory.model.directory_rights import (
    DirectoryRight,
    ManagedPasswordReader,
    ResourceDelegation,
)
from inventory.model.directory_services import OrganizationalUnit
from inventory.model.party import Role
from inventory.model.record import Record
from inventory.snapshot import Seen

_RIGHTS: tuple[type[Record], ...] = (DirectoryRight, *GROUPS)
_TOP = (500, 512, 516, 518, 519)  # relative identifiers of the most powerful
_WIDE = (513, 515)  # everybody, every computer


def _copies(grant: Grant) -> bool:
    right = grant.row.record
    return right.type == "domain" and "extended" in right.rights and right.on in ("", COPIES)


def _given(grant: Grant, severity: Severity | None = None) -> Hit:
    """Return a right that should not be; its subject is who has it on what."""
    one, right = grant.principal, grant.row.record
    name = f"{one.name} {right.object} {' '.join(right.rights)} {right.on} {right.inherits_to}"
    says = f"{one.name} {grant.says}"
    sure = not right.is_conditional
    found = broken_if(sure, grant.row, says, name)
    return Hit(found.verdict, says, name, found.evidence, found.carried, severity)


@rule(
    "directory.copies-secrets",
    "Only controllers can copy the secrets of the domain",
    Severity.CRITICAL,
    needs=_RIGHTS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who has this right can take every password's hash at any time, without any trace on "
    "the accounts.",
    remedy="Take the right away (DS-Replication-Get-Changes-All on the domain); then change what "
    "may have been copied, krbtgt twice.",
)
def copies_secrets(subject: Subject) -> Iterator[Hit]:
    """Yield those who may copy all secrets; the account of Entra Connect needs it."""
    for grant in grants(subject.directory):
        if _copies(grant) and not is_of_sync(grant.principal.name):
            yield _given(grant)


@rule(
    "directory.domain-rights",
    "Only administrators can change the domain and its protected accounts",
    Severity.CRITICAL,
    needs=_RIGHTS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who may change the rights on these objects can give itself all others.",
    remedy="Take the right away; look at what else the account was given.",
)
def domain_rights(subject: Subject) -> Iterator[Hit]:
    """Yield the rights that amount to everything, on the domain, AdminSDHolder, controllers."""
    for grant in grants(subject.directory):
        if grant.power is Power.ROOT and not _copies(grant):
            yield _given(grant)


@rule(
    "directory.delegated",
    "What may be changed by whom is known",
    Severity.MEDIUM,
    needs=_RIGHTS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Rights on units, policies and authorities outlive the work that they were given for.",
    remedy="Ask what it is for; take it away, or name who answers for it.",
)
def delegated(subject: Subject) -> Iterator[Hit]:
    """Yield the other rights that give power; those of accounts that are gone weigh less."""
    for grant in grants(subject.directory):
        if grant.power is not Power.ROOT and not _copies(grant):
            yield _given(grant, Severity.LOW if grant.principal.type == UNKNOWN else None)


@rule(
    "directory.former-identity",
    "No account carries the identity of another",
    Severity.MEDIUM,
    needs=GROUPS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="It has everything that the other had, and no list of members shows it.",
    remedy="Clear sIDHistory where the move to this domain is over.",
)
def former_identity(subject: Subject) -> Iterator[Hit]:
    """Yield accounts and computers with a sIDHistory; that of an administrator is critical."""
    principals = subject.directory.once(Principals)
    for row in entries(subject.directory, DirectoryAccount, DirectoryComputer):
        for sid in row.record.sid_history:
            known = principals.of_sid(sid)
            severity = Severity.CRITICAL if known.rid in _TOP else None
            says = f"{row.record.name} also is {known.name}"
            yield broken(row, says, f"{row.record.name} {sid}", severity=severity)


@rule(
    "directory.unconstrained",
    "No machine keeps the tickets of everybody who uses it",
    Severity.HIGH,
    needs=(DirectoryAccount, DirectoryComputer),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Whoever has root on it can act as every administrator who ever connects to it.",
    remedy="Allow delegation to named services only; mark administrators as not to be delegated.",
)
def unconstrained(subject: Subject) -> Iterator[Hit]:
    """Yield accounts and computers that are trusted for delegation; controllers always are."""
    for row in _actors(subject):
        is_free = "trusted for delegation" in row.record.flags
        if is_free and row.record.primary_group not in CONTROLLERS:
            says = f"{row.record.name} may act as anybody who uses it, towards every service"
            yield broken(row, says, row.record.name)


@rule(
    "directory.delegation",
    "Acting for others is limited to services that are known",
    Severity.LOW,
    needs=(DirectoryAccount, DirectoryComputer),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who holds the account can act as others towards these services.",
    remedy="Ask what it is for; keep it with the service's owner named, or take it away.",
)
def delegation(subject: Subject) -> Iterator[Hit]:
    """Yield who may act as others towards named services; towards a controller weighs more."""
    computers = subject.directory.rows(DirectoryComputer)
    controllers = {_folded(row.record.dns_name) for row in computers if is_controller(row)}
    for row in _actors(subject):
        if to := row.record.delegates_to:
            severity = Severity.HIGH if {_host(one) for one in to} & controllers else None
            how = " by its own word" if _BY_ITS_WORD in row.record.flags else ""
            says = f"{row.record.name} may act as others{how} towards {listed(to)}"
            yield broken(row, says, row.record.name, severity=severity)


def _actors(subject: Subject) -> Iterator[Seen[Any]]:
    """Yield the open accounts, and the computers."""
    yield from open_accounts(subject.directory, subject.now)
    yield from subject.directory.rows(DirectoryComputer)


def _folded(name: str | None) -> str:
    return (name or "-").casefold()


_BY_ITS_WORD = "trusted to authenticate for delegation"


def _host(service_name: str) -> str:
    """Return the host of `cifs/dc1.corp.example:445/CORP`."""
    return service_name.partition("/")[2].partition("/")[0].partition(":")[0].casefold()


@rule(
    "directory.resource-delegation",
    "No machine lets others act as anybody towards it",
    Severity.HIGH,
    needs=(ResourceDelegation, *GROUPS),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who is named there can act as an administrator on that machine.",
    remedy="Clear msDS-AllowedToActOnBehalfOfOtherIdentity where nothing needs it.",
)
def resource_delegation(subject: Subject) -> Iterator[Hit]:
    """Yield who may act as anybody, and towards what; a controller is critical."""
    principals = subject.directory.once(Principals)
    machines = subject.directory.rows(DirectoryComputer)
    controllers = {row.record.id for row in machines if is_controller(row)}
    for row in subject.directory.rows(ResourceDelegation):
        one = principals.of_sid(row.record.principal)
        at = principals.by_id.get(row.record.account)
        where = at.name if at else row.record.account
        severity = Severity.CRITICAL if row.record.account in controllers else None
        says = f"{one.name} may act as anybody towards {where}"
        yield broken(row, says, f"{one.name} {where}", severity=severity)


@rule(
    "directory.key-credential",
    "Nobody logs in as an administrator with a key that nobody knows of",
    Severity.MEDIUM,
    needs=(*_RIGHTS, DirectoryAccount),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="A key that was added to an account opens it whatever happens to its password.",
    remedy="Compare the keys with the owner's devices (Windows Hello); remove the others.",
)
def key_credential(subject: Subject) -> Iterator[Hit]:
    """Yield powerful accounts with key credentials."""
    powers = powerful(subject.directory)
    for row in open_accounts(subject.directory, subject.now):
        if row.record.key_credentials and row.record.id in powers:
            says = f"{row.record.name} takes {row.record.key_credentials} keys beside its password"
            yield broken(row, says, row.record.name)


@rule(
    "directory.managed-password",
    "Only hosts read the passwords of managed accounts",
    Severity.HIGH,
    needs=(ManagedPasswordReader, *GROUPS),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who may read the password has the account, whenever it is changed.",
    remedy="Allow only the hosts that run the service "
    "(PrincipalsAllowedToRetrieveManagedPassword).",
)
def managed_password(subject: Subject) -> Iterator[Hit]:
    """Yield the readers of managed passwords that are everybody, or an account of a person."""
    principals = subject.directory.once(Principals)
    for row in subject.directory.rows(ManagedPasswordReader):
        one = principals.of_sid(row.record.principal)
        account = principals.by_id.get(row.record.account)
        is_wide = one.sid in EVERYBODY or one.rid in _WIDE
        if is_wide or one.type == "account":
            name = account.name if account else row.record.account
            says = f"{one.name} may read the password of {name}"
            yield broken(row, says, f"{one.name} {name}")


@rule(
    "directory.owner-gone",
    "What somebody answers for is answered for by somebody who stays",
    Severity.MEDIUM,
    needs=(*GROUPS, OrganizationalUnit),
    per=Per.DIRECTORY,
    reason="Requests go to people who left, and changes wait for them.",
    remedy="Name an owner who stays.",
)
def owner_gone(subject: Subject) -> Iterator[Hit]:
    """Yield what is owned by, and open accounts managed by, one who is closed or the leaver's."""
    directory = subject.directory
    principals, closed = directory.once(Principals), closed_ids(directory, subject.now)
    owned = entries(directory, DirectoryGroup, OrganizationalUnit, DirectoryComputer)
    named = [(row, row.record.managed_by) for row in owned]
    named += [(row, row.record.manager) for row in open_accounts(directory, subject.now)]
    for row, dn in named:
        if dn is None:
            continue
        owner = principals.of_dn(dn)
        match = matching.of_role(subject.matcher.matches(owner.identifiers), Role.OUTGOING)
        if owner.id in closed or match is not None:
            why = "is closed" if owner.id in closed else f"is {match.party if match else ''}'s"
            says = f"{owner.name} answers for {row.record.name}, and {why}"
            sure = owner.id in closed or (
                match is not None and match.certainty is not Certainty.PROPOSED
            )
            yield broken_if(sure and not owner.carried, row, says, row.record.name)
        elif owner.type == UNKNOWN:
            says = f"{owner.name}, who answers for {row.record.name}, was not found"
            yield Hit(Verdict.UNKNOWN, says, row.record.name, (row.evidence,), row.carried)
