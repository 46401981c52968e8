"""What a tenant asks of those who sign in: second factors, policies, places, consent."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.holds.tenant_policies import exclusions
from agent.judge.matching import of_role
from agent.judge.rules.entra_words import all_marks, leavers, missing, whose
from agent.judge.rules.rule import Hit, Per, Subject, broken, kept, rule, unclear
from agent.judge.rules.words import listed
from agent.judge.tenant.membership import NEEDS as MEMBERSHIP
from agent.judge.tenant.principals import Principals
from inventory.model.party import Role
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantUser
from inventory.model.tenant_partners import CrossTenantPartner
from inventory.model.tenant_policies import (
    AccessPolicy,
    AuthorizationPolicy,
    CertificateTrust,
    ConsentRequests,
    IdentityProvider,
    NamedLocation,
    SecurityDefaults,
    SharingPolicy,
)

ON = "enabled"
LEGACY = frozenset(("exchangeactivesync", "other"))
ADMINS = "62e90394-69f5-4237-9190-012177145e10"  # Global Administrator

_SAYS = ("require", "block", "mfa", "enforce", "deny", "erzwing", "blockier")
_NO_DEFAULTS = "whether security defaults are on is not told"
_POLICIES: tuple[type[Record], ...] = (AccessPolicy, SecurityDefaults)


def _is_general(policy: AccessPolicy) -> bool:
    """Return whether a policy that is on holds wherever people come from, in all applications."""
    is_limited = (
        policy.is_narrowed
        or policy.user_risks
        or policy.sign_in_risks
        or set(policy.places.include) - {"All"}
        or set(policy.platforms.include) - {"all"}
    )
    return policy.state == ON and "All" in policy.apps.include and not is_limited


def _asks_factor(policy: AccessPolicy) -> bool:
    """Return whether a policy asks for a second factor, and takes nothing else in its place."""
    controls = set(policy.controls)
    is_other_way = (policy.operator or "OR").upper() == "OR" and bool(controls - {"mfa"})
    return (("mfa" in controls) and not is_other_way) or (
        policy.strength is not None and not (controls and is_other_way)
    )


def _is_for_all_clients(policy: AccessPolicy) -> bool:
    wanted = {one.casefold() for one in policy.clients}
    return not wanted or "all" in wanted or {"browser", "mobileappsanddesktopclients"} <= wanted


@rule(
    "entra.mfa",
    "A second factor is asked for: of everybody, or of administrators",
    Severity.HIGH,
    needs=_POLICIES,
    per=Per.TENANT,
    otherwise=Verdict.NOT_MET,
    says="security defaults are off and no policy that is on asks everybody, or administrators, "
    "for a second factor",
    reason="A password that leaked, or that a leaver knows, opens the tenant from anywhere.",
    remedy="Turn a policy on that asks everybody for a second factor; without the licence for it, "
    "security defaults.",
)
def mfa(subject: Subject) -> Iterator[Hit]:
    """Yield what asks for a second factor."""
    yield from missing(subject, SecurityDefaults, _NO_DEFAULTS)
    for defaults in subject.tenant.rows(SecurityDefaults):
        if defaults.record.is_on:
            yield kept(defaults, "security defaults are on")
    for row in subject.tenant.rows(AccessPolicy):
        one = row.record
        if not (_is_general(one) and _asks_factor(one) and _is_for_all_clients(one)):
            continue
        if "All" in one.users.include:
            yield kept(row, f"policy {one.name} asks everybody for a second factor")
        elif ADMINS in one.roles.include:
            yield kept(row, f"policy {one.name} asks administrators for a second factor")


@rule(
    "entra.legacy-login",
    "Logins that know no second factor are blocked",
    Severity.MEDIUM,
    needs=_POLICIES,
    per=Per.TENANT,
    otherwise=Verdict.NOT_MET,
    says="security defaults are off and no policy that is on blocks old protocols for everybody",
    reason="Old protocols go past every policy that asks for a second factor.",
    remedy="Turn a policy on that blocks other clients and Exchange ActiveSync for everybody.",
)
def legacy_login(subject: Subject) -> Iterator[Hit]:
    """Yield what blocks old protocols for everybody."""
    yield from missing(subject, SecurityDefaults, _NO_DEFAULTS)
    for defaults in subject.tenant.rows(SecurityDefaults):
        if defaults.record.is_on:
            yield kept(defaults, "security defaults are on")
    for row in subject.tenant.rows(AccessPolicy):
        one = row.record
        blocks = "block" in one.controls and {c.casefold() for c in one.clients} >= LEGACY
        if _is_general(one) and blocks and "All" in one.users.include:
            yield kept(row, f"policy {one.name} blocks old protocols")


@rule(
    "entra.sharepoint-legacy-login",
    "SharePoint takes no logins of old protocols",
    Severity.MEDIUM,
    needs=(SharingPolicy,),
    per=Per.TENANT,
    reason="Such a login knows no second factor, and no policy stops it.",
    remedy="Turn old authentication off in the settings of SharePoint.",
)
def sharepoint_legacy_login(subject: Subject) -> Iterator[Hit]:
    """Yield that SharePoint takes old logins; a setting that is not told is not known."""
    yield from missing(subject, SharingPolicy, "how SharePoint is set is not told")
    for row in subject.tenant.rows(SharingPolicy):
        if row.record.legacy_login is None:
            yield unclear(row, "whether SharePoint takes old logins is not told")
        elif row.record.legacy_login:
            yield broken(row, "SharePoint takes logins of old protocols")


@rule(
    "entra.policy-exclusion",
    "No policy leaves out somebody who leaves, or guests as a whole",
    Severity.HIGH,
    needs=(AccessPolicy, TenantUser, CrossTenantPartner, *MEMBERSHIP),
    per=Per.TENANT,
    reason="Of whom a policy leaves out it asks nothing: no factor, no known device.",
    remedy="Take them out of the exclusions; leave out the accounts for emergencies alone.",
)
def policy_exclusion(subject: Subject) -> Iterator[Hit]:
    """Yield the leavers, guests and providers that a policy that is on leaves out."""
    scene = next(one for one in subject.holdings.tenancies if one.tenant is subject.tenant)
    for found in exclusions(scene):
        match = of_role(
            subject.matcher.matches((*found.identifiers, *found.through)), Role.OUTGOING
        )
        if match is None:
            continue
        sure = match.certainty.value != "proposed"
        verdict = Verdict.NOT_MET if sure else Verdict.UNKNOWN
        says = f"{found.title} ({match.mark})" if sure else f"{found.title}, perhaps {match.mark}"
        yield Hit(verdict, says, found.name, found.evidence, found.carried)
    for row in subject.tenant.rows(AccessPolicy):
        one = row.record
        if one.state != ON:
            continue
        if "serviceProvider" in one.guests.exclude:
            yield broken(row, f"policy {one.name} leaves out service providers", one.id)
        elif one.guests.exclude or "GuestsOrExternalUsers" in one.users.exclude:
            yield broken(row, f"policy {one.name} leaves out guests", one.id)


@rule(
    "entra.policy-asleep",
    "Every policy that says it requires or blocks is on",
    Severity.MEDIUM,
    needs=(AccessPolicy,),
    per=Per.TENANT,
    reason="Whoever reads its name believes that it protects; it only reports, or does nothing.",
    remedy="Decide with the client: turn it on, or delete it.",
)
def policy_asleep(subject: Subject) -> Iterator[Hit]:
    """Yield the policies that are off, or only report, and whose names say the opposite."""
    for row in subject.tenant.rows(AccessPolicy):
        one = row.record
        words = one.name.casefold()
        if one.state != ON and any(word in words for word in _SAYS):
            state = "is off" if one.state == "disabled" else "only reports"
            yield broken(row, f"policy {one.name} {state}", one.id)


@rule(
    "entra.named-location",
    "No trusted place is a network of who leaves",
    Severity.HIGH,
    needs=(NamedLocation,),
    per=Per.TENANT,
    reason="From a trusted place policies ask for less.",
    remedy="Remove the network from the named location.",
)
def named_location(subject: Subject) -> Iterator[Hit]:
    """Yield the places with networks of the leaver's that are trusted, or not told not to be."""
    for row in subject.tenant.rows(NamedLocation):
        one = row.record
        if one.is_trusted is False:
            continue
        trust = "is trusted and" if one.is_trusted else "may be trusted and"
        says = f"place {one.name} {trust} has {listed(one.networks) or 'no network'}"
        yield from leavers(subject, one.identifiers(), says, one.id, row)


@rule(
    "entra.user-consent",
    "Users do not let applications in by themselves",
    Severity.HIGH,
    needs=(AuthorizationPolicy,),
    per=Per.TENANT,
    reason="One click gives a stranger's application the mail and files of a person, and a new "
    "password does not end it.",
    remedy="Let administrators consent, and users ask them; or allow verified publishers and "
    "harmless permissions only.",
)
def user_consent(subject: Subject) -> Iterator[Hit]:
    """Yield that users may consent to any application (the old default policy)."""
    yield from missing(subject, AuthorizationPolicy, "what every user may do is not told")
    for row in subject.tenant.rows(AuthorizationPolicy):
        for policy in row.record.consents:
            if policy.casefold().endswith("microsoft-user-default-legacy"):
                yield broken(row, f"users may let any application in ({policy})")


@rule(
    "entra.consent-reviewer",
    "Users can ask for an application, and somebody who stays answers",
    Severity.HIGH,
    needs=(ConsentRequests, TenantUser, *MEMBERSHIP),
    per=Per.TENANT,
    reason="Where nobody answers, people find other ways, or those who left decide.",
    remedy="Turn requests for consent on; name reviewers of the client's.",
)
def consent_reviewer(subject: Subject) -> Iterator[Hit]:
    """Yield that requests are off, have no reviewer, or go to the leaver."""
    principals = subject.tenant.once(Principals)
    yield from missing(
        subject, ConsentRequests, "whether users can ask for an application is not told"
    )
    for row in subject.tenant.rows(ConsentRequests):
        one = row.record
        if one.is_on is None:
            yield unclear(row, "whether users can ask for an application is not told")
        elif not one.is_on:
            yield broken(row, "users cannot ask for an application")
        elif not one.reviewers:
            yield broken(row, "nobody answers when users ask for an application")
        for query in one.reviewers if one.is_on else ():
            for part in query.split("/"):
                if part in principals.users or part in principals.groups:
                    who = principals.of(part)
                    says = f"{who.name} answers when users ask for an application"
                    yield from leavers(subject, all_marks(who), says, who.name, row)


@rule(
    "entra.guest-invites",
    "Guests do not invite guests",
    Severity.MEDIUM,
    needs=(AuthorizationPolicy,),
    per=Per.TENANT,
    reason="A guest who leaves can bring another in before.",
    remedy="Let administrators, or members, invite.",
)
def guest_invites(subject: Subject) -> Iterator[Hit]:
    """Yield that everybody may invite; a setting that is not told is not known."""
    yield from missing(subject, AuthorizationPolicy, "what every user may do is not told")
    for row in subject.tenant.rows(AuthorizationPolicy):
        if row.record.invites is None:
            yield unclear(row, "who may invite guests is not told")
        elif row.record.invites.casefold() == "everyone":
            yield broken(row, "everybody may invite guests, guests too")


@rule(
    "entra.other-trust",
    "Nobody but the client vouches for logins to the tenant",
    Severity.CRITICAL,
    needs=(CertificateTrust, IdentityProvider),
    per=Per.TENANT,
    reason="Who has the authority, or the other provider, can make a login of anybody's.",
    remedy="Find out whose it is; remove what is not the client's.",
)
def other_trust(subject: Subject) -> Iterator[Hit]:
    """Yield the authorities and providers of the leaver's; of others that it is not known."""
    for row in subject.tenant.rows(CertificateTrust):
        one = row.record
        says = f"certificates of {one.subject or one.fingerprint} log in"
        yield from whose(subject, one.identifiers(), says, one.fingerprint, row)
    for other in subject.tenant.rows(IdentityProvider):
        says = f"{other.record.name} vouches for logins"
        yield from whose(subject, other.record.identifiers(), says, other.record.id, other)
