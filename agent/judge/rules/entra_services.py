"""Services of a tenant: backup, sharing, teams, what is open at the handover, what changed."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.entra_words import (
    all_marks,
    handover,
    hidden_parts,
    is_leavers,
    is_ours,
    joined,
    leavers,
    missing,
    outside,
)
from agent.judge.rules.rule import Hit, Per, Subject, broken, kept, rule, unclear
from agent.judge.rules.words import DAY_S, shown
from agent.judge.tenant.principals import Principals, by_id
from collectors.signatures.saas_backups import saas_backup
from inventory.model.record import Identifier, Mark
from inventory.model.tenant_accounts import TenantGroup, TenantOwners, TenantUser
from inventory.model.tenant_apps import ServicePrincipal
from inventory.model.tenant_policies import SharingPolicy
from inventory.model.tenant_services import (
    AnnouncedChange,
    PrivilegedChange,
    RiskyUser,
    ScoreControl,
    SecurityIncident,
    ServiceIssue,
    StorageUse,
    TenantBackup,
    TenantBackupPolicy,
)
from inventory.snapshot import Seen

NOTICE_DAYS = 90
SHOWN_CONTROLS = 5
LARGE_BYTES = 25 * 1000**3
_OVER_STATES = ("resolved", "redirected")


def _backups(subject: Subject) -> Iterator[tuple[Seen[ServicePrincipal], str]]:
    """Yield the open applications that are called as a backup's, with the product."""
    for row in subject.tenant.once(Principals).applications.values():
        one = row.record
        product = saas_backup(one.name, one.publisher or "")
        if product and one.is_enabled is not False:
            yield row, product


@rule(
    "entra.backup",
    "A backup of mail and files in the cloud is seen",
    Severity.CRITICAL,
    needs=(TenantBackup, TenantBackupPolicy, ServicePrincipal),
    per=Per.TENANT,
    otherwise=Verdict.NOT_MET,
    says="Microsoft 365 Backup has no policy that is on, and no application is called as a known "
    "backup product; a backup that works otherwise would not show here",
    reason="What is deleted, by mistake or on leaving, is gone after some weeks.",
    remedy="Ask who backs mail and files up, where to, and when it was restored last; without an "
    "answer, set a backup up before the cutover.",
)
def backup(subject: Subject) -> Iterator[Hit]:
    """Yield the signs of a backup: a policy of Microsoft's, or an application of a known product.

    An application is a sign that somebody set a backup up, not that it runs.
    """
    states = subject.tenant.rows(TenantBackup)
    is_on = any(row.record.status.casefold() == "enabled" and not row.carried for row in states)
    for policy in subject.tenant.rows(TenantBackupPolicy):
        if is_on and (policy.record.status or "").casefold() == "active":
            says = f"policy {policy.record.name} of Microsoft 365 Backup is on"
            yield kept(policy, says, policy.record.id)
    for row, product in _backups(subject):
        says = f"application {row.record.name} is a backup's ({product}); whether it runs is not "
        yield kept(row, f"{says}told", row.record.id)


@rule(
    "entra.provider-backup",
    "The backup of the cloud goes on when the provider leaves",
    Severity.HIGH,
    needs=(ServicePrincipal,),
    per=Per.TENANT,
    reason="A backup that runs in the provider's account stops, and its copies are deleted, at the "
    "end of their contract.",
    remedy="Ask whose contract it is; take it over, or keep the copies as long as they are needed.",
)
def provider_backup(subject: Subject) -> Iterator[Hit]:
    """Yield the backups that are the leaver's; whose contract another is, is not told."""
    found = tuple(_backups(subject))
    if not found:
        yield outside("no application is called as a known backup product")
    for row, product in found:
        one = row.record
        says = f"application {one.name} is a backup's ({product})"
        hits = tuple(leavers(subject, one.identifiers(), says, one.id, row))
        sure = [hit for hit in hits if hit.verdict is Verdict.NOT_MET]
        if sure:
            yield from sure
        elif is_ours(subject, one.identifiers()):
            yield kept(row, says, one.id)
        else:
            yield unclear(row, f"{says}; whose contract it is is not told", one.id)


@rule(
    "entra.sharing",
    "Files are not shared with people who do not sign in",
    Severity.MEDIUM,
    needs=(SharingPolicy,),
    per=Per.TENANT,
    reason="A link works for whoever has it, after the handover too.",
    remedy="Allow guests who sign in at most; let links for anybody end by themselves.",
)
def sharing(subject: Subject) -> Iterator[Hit]:
    """Yield that links for anybody are allowed; a setting that is not told is not known."""
    yield from missing(subject, SharingPolicy, "how far files may be shared is not told")
    for row in subject.tenant.rows(SharingPolicy):
        how = row.record.sharing
        if how is None:
            yield unclear(row, "how far files may be shared is not told")
        elif how.casefold() == "externaluserandguestsharing":
            yield broken(row, "links for anybody may be made")


@rule(
    "entra.group-owner",
    "Every team has an owner who stays",
    Severity.MEDIUM,
    needs=(TenantGroup, TenantOwners, TenantUser),
    per=Per.TENANT,
    reason="Nobody lets new people in, puts those who leave out, or answers whether it is needed.",
    remedy="Make two members of the client's owners.",
)
def group_owner(subject: Subject) -> Iterator[Hit]:
    """Yield the teams and Microsoft 365 groups without an owner who stays."""
    owners, principals = by_id(subject.tenant.rows(TenantOwners)), subject.tenant.once(Principals)
    hidden = hidden_parts(subject, TenantOwners)
    for row in subject.tenant.rows(TenantGroup):
        one, found = row.record, owners.get(row.record.id)
        is_of_people = one.is_team or "Unified" in one.types
        if not is_of_people or hidden & {"", one.id}:
            continue
        sort = "team" if one.is_team else "group"
        if found is None or not found.record.owners:
            yield broken(row, f"{sort} {one.name} has no owner", one.id)
            continue
        people = [principals.of(told.id, told) for told in found.record.owners]
        staying = [p for p in people if not p.is_closed and not is_leavers(subject, all_marks(p))]
        if not staying and subject.tenant.is_whole(TenantUser):
            says = f"every owner of the {sort} {one.name} leaves or is closed"
            yield joined(Verdict.NOT_MET, says, one.id, row, found)


@rule(
    "entra.dynamic-rule",
    "No rule lets people into a group because they are of who leaves",
    Severity.MEDIUM,
    needs=(TenantGroup,),
    per=Per.TENANT,
    reason="Whoever gets a name or an address like that is in the group by itself.",
    remedy="Change the rule of the group.",
)
def dynamic_rule(subject: Subject) -> Iterator[Hit]:
    """Yield the dynamic rules in which the leaver is named."""
    for row in subject.tenant.rows(TenantGroup):
        one = row.record
        if one.rule:
            marks = (Identifier(Mark.TEXT, one.rule),)
            says = f"group {one.name} takes in by the rule {shown(one.rule)}"
            for found in leavers(subject, marks, says, one.id, row):
                yield joined(Verdict.NOT_MET, found.says, one.id, row)


@rule(
    "entra.large-mailbox",
    "No mailbox is so large that moving it takes long",
    Severity.INFO,
    needs=(StorageUse,),
    per=Per.TENANT,
    reason="Whoever moves mail at the handover needs days for it.",
    remedy="Plan it first, or archive what is old.",
)
def large_mailbox(subject: Subject) -> Iterator[Hit]:
    """Yield the mailboxes that hold more than 25 GB."""
    for row in subject.tenant.rows(StorageUse):
        one = row.record
        if one.type == "mailbox" and (one.size_bytes or 0) > LARGE_BYTES and not one.is_deleted:
            size = (one.size_bytes or 0) // 1000**3
            archive = ", its archive not counted" if one.has_archive else ""
            yield broken(row, f"mailbox {one.name} holds {size} GB{archive}", one.name)


@rule(
    "entra.incident",
    "No serious incident is open at the handover",
    Severity.MEDIUM,
    needs=(SecurityIncident,),
    per=Per.TENANT,
    reason="Who worked on it leaves, and what they found goes with them.",
    remedy="Close it, or hand it over with what is known.",
)
def incident(subject: Subject) -> Iterator[Hit]:
    """Yield the incidents of high or medium severity that are open."""
    for row in subject.tenant.rows(SecurityIncident):
        one = row.record
        state = (one.status or "").casefold()
        if state not in _OVER_STATES and (one.severity or "high").casefold() in ("high", "medium"):
            by = f", given to {one.assigned_to}" if one.assigned_to else ", given to nobody"
            yield broken(row, f"incident {one.name or one.id} is open{by}", one.id)


@rule(
    "entra.risky-user",
    "No account is held to be in other hands",
    Severity.MEDIUM,
    needs=(RiskyUser,),
    per=Per.TENANT,
    reason="Somebody else may have been in, and the handover would hide it.",
    remedy="Look at its sign-ins; set a new password, or confirm that all is well.",
)
def risky_user(subject: Subject) -> Iterator[Hit]:
    """Yield the users that Microsoft holds to be at risk."""
    for row in subject.tenant.rows(RiskyUser):
        one = row.record
        if (one.state or "atRisk").casefold() in ("atrisk", "confirmedcompromised"):
            says = f"{one.upn or one.id} is at risk ({one.level or 'no level told'})"
            yield broken(row, says, one.id)


@rule(
    "entra.service-issue",
    "No service of Microsoft's is disturbed at the handover",
    Severity.LOW,
    needs=(ServiceIssue,),
    per=Per.TENANT,
    reason="What does not work then is taken for a fault of the handover.",
    remedy="Write it down; wait with what depends on it.",
)
def service_issue(subject: Subject) -> Iterator[Hit]:
    """Yield the disturbances that are not over."""
    for row in subject.tenant.rows(ServiceIssue):
        yield broken(row, f"{row.record.service}: {row.record.title}", row.record.id)


@rule(
    "entra.announced-change",
    "No announced change asks for an act around the handover",
    Severity.MEDIUM,
    needs=(AnnouncedChange,),
    per=Per.TENANT,
    reason="The notice went to who leaves; who comes does not know of it.",
    remedy="Decide who acts, and put it into the timetable.",
)
def announced_change(subject: Subject) -> Iterator[Hit]:
    """Yield the changes that ask for an act until 90 days after the handover."""
    until = handover(subject) + NOTICE_DAYS * DAY_S
    for row in subject.tenant.rows(AnnouncedChange):
        one = row.record
        if one.act_by is not None and subject.now <= one.act_by.latest < until:
            yield broken(row, f"{one.title}: to be done by {one.act_by}", one.id)


@rule(
    "entra.recent-change",
    "Nobody's power changed lately",
    Severity.INFO,
    needs=(PrivilegedChange,),
    per=Per.TENANT,
    reason="What is changed in the time of notice is best looked at by both sides together.",
    remedy="Go through the list together, and sign it.",
)
def recent_change(subject: Subject) -> Iterator[Hit]:
    """Yield the changes of roles, secrets and policies that the tenant's log has."""
    for row in subject.tenant.rows(PrivilegedChange):
        one = row.record
        when = f" on {one.when}" if one.when else ""
        whom = f" ({', '.join(one.targets[:3])})" if one.targets else ""
        says = f"{one.activity}{whom} by {one.by or 'nobody told'}{when}"
        yield broken(row, says, one.id)


@rule(
    "entra.score-control",
    "The heaviest controls of the secure score are met",
    Severity.INFO,
    needs=(ScoreControl,),
    per=Per.TENANT,
    reason="It is the state at the handover, against which both sides measure later.",
    remedy="Attach it to the protocol; plan what is worth it.",
)
def score_control(subject: Subject) -> Iterator[Hit]:
    """Yield the controls that miss the most points."""
    missing = []
    for row in subject.tenant.rows(ScoreControl):
        one = row.record
        if one.score is not None and one.most is not None and one.score < one.most:
            missing.append((one.score - one.most, one.id, row))
    for points, id_, row in sorted(missing, key=lambda one: one[:2])[:SHOWN_CONTROLS]:
        yield broken(row, f"{row.record.title or id_} misses {-points:g} points", id_)
