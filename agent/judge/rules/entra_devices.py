"""Devices of a tenant: the tokens that manage them, their keys, protection, age and release."""

from collections.abc import Iterator
from typing import Any

from agent.judge.case import Severity, Verdict
from agent.judge.rules.entra_words import (
    ends_by,
    has_ended,
    is_ours,
    joined,
    leavers,
    outside,
)
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule, unclear
from agent.judge.rules.words import DAY_S
from agent.judge.tenant.principals import by_id
from inventory.model.moment import iso_day
from inventory.model.tenant_devices import (
    DeviceProtection,
    DeviceUse,
    DiskRecoveryKey,
    LocalPassword,
    ManagedDevice,
    ManagementToken,
    TenantDevice,
)
from inventory.snapshot import Seen

TOKEN_DAYS = 60
STALE_DAYS = 90
PUSH = "apple push"
WINDOWS_10_ENDS = 1_760_486_399  # 14 October 2025 (learn.microsoft.com/lifecycle)
_FIRST_11 = 22_000  # build of the first Windows 11


def _tokens(subject: Subject, *, push: bool) -> Iterator[Hit]:
    """Yield the tokens that end within 60 days of the handover, or hang on another's account."""
    tokens = subject.tenant.rows(ManagementToken)
    rows = [row for row in tokens if (row.record.type == PUSH) is push]
    if not rows:
        yield outside("the tenant has no such token")
    for row in rows:
        one = row.record
        called = f"{one.type} {one.name}".strip()
        name = f"{one.type} {one.id}"
        if has_ended(subject, one.ends):
            yield broken(row, f"{called} ended on {one.ends}", f"{name} end")
        elif ends_by(subject, one.ends, TOKEN_DAYS):
            yield broken(row, f"{called} ends on {one.ends}", f"{name} end")
        elif one.ends is None and one.type != "android":
            yield unclear(row, f"when {called} ends is not told", f"{name} end")
        says = f"{called} belongs to {one.account or 'an account that is not told'}"
        found = tuple(leavers(subject, one.identifiers(), says, name, row))
        yield from found
        if not found and not is_ours(subject, one.identifiers()):
            yield unclear(row, f"{says}; whose that is is not known", name)


@rule(
    "entra.apple-push",
    "The Apple push certificate lasts and belongs to an Apple ID of the client's",
    Severity.CRITICAL,
    needs=(ManagementToken,),
    per=Per.TENANT,
    reason="Without it, or without its Apple ID, every iPhone and Mac must be enrolled anew.",
    remedy="Renew it with the same Apple ID, and hand that over: address, password, factor.",
)
def apple_push(subject: Subject) -> Iterator[Hit]:
    """Yield the push certificates that end soon or are not surely the client's."""
    yield from _tokens(subject, push=True)


@rule(
    "entra.device-token",
    "Enrolment and purchase tokens last and belong to the client",
    Severity.HIGH,
    needs=(ManagementToken,),
    per=Per.TENANT,
    reason="New devices do not enrol, and programs are not installed, once the token is void.",
    remedy="Move the token to an account of the client's in Apple Business Manager or Google.",
)
def device_token(subject: Subject) -> Iterator[Hit]:
    """Yield the tokens that end soon or hang on an account that is not surely the client's."""
    yield from _tokens(subject, push=False)


def _windows(subject: Subject) -> Iterator[Seen[ManagedDevice]]:
    for row in subject.tenant.rows(ManagedDevice):
        if "windows" in (row.record.system or "").casefold():
            yield row


@rule(
    "entra.disk-key",
    "Disks of managed Windows devices are encrypted, and their keys are kept",
    Severity.MEDIUM,
    needs=(ManagedDevice, DiskRecoveryKey),
    per=Per.TENANT,
    reason="A lost device tells everything; without the kept key its owner loses everything too.",
    remedy="Encrypt the disk, and have the device store its recovery key in the tenant.",
)
def disk_key(subject: Subject) -> Iterator[Hit]:
    """Yield the Windows devices without encryption, or without a recovery key in the tenant."""
    kept = {row.record.device for row in subject.tenant.rows(DiskRecoveryKey)}
    is_whole = subject.tenant.is_whole(DiskRecoveryKey)
    for row in _windows(subject):
        one = row.record
        if one.is_encrypted is False:
            yield broken(row, f"the disk of {one.name} is not encrypted", one.id)
        elif one.is_encrypted is None:
            yield unclear(row, f"whether the disk of {one.name} is encrypted is not told", one.id)
        elif one.device_id not in kept and is_whole:
            says = f"no recovery key of {one.name} is kept in the tenant"
            yield broken(row, says, one.id)


@rule(
    "entra.local-password",
    "Managed Windows devices keep their administrator's password in the tenant",
    Severity.MEDIUM,
    needs=(ManagedDevice, LocalPassword),
    per=Per.TENANT,
    reason="Else all have the same one, and who leaves knows it.",
    remedy="Turn LAPS on for all of them; it changes the password and keeps it.",
)
def local_password(subject: Subject) -> Iterator[Hit]:
    """Yield the Windows devices of which no local administrator's password is kept."""
    kept = {row.record.id for row in subject.tenant.rows(LocalPassword)}
    if not subject.tenant.is_whole(LocalPassword):
        return
    for row in _windows(subject):
        one = row.record
        if one.device_id not in kept and one.owner != "personal":
            yield broken(row, f"no local password of {one.name} is kept in the tenant", one.id)


@rule(
    "entra.stale-device",
    "Every device of the tenant is in use",
    Severity.LOW,
    needs=(TenantDevice, ManagedDevice, DeviceUse),
    per=Per.TENANT,
    reason="Nobody knows where it is, and it is still let in as a device of the client's.",
    remedy="Ask for it; disable it, and delete it when nobody missed it.",
)
def stale_device(subject: Subject) -> Iterator[Hit]:
    """Yield the devices that were not seen for 90 days."""
    uses, before = by_id(subject.tenant.rows(DeviceUse)), subject.now - STALE_DAYS * DAY_S
    names: dict[str, Seen[Any]] = {}
    names |= {
        row.record.id: row
        for row in subject.tenant.rows(TenantDevice)
        if row.record.is_enabled is not False
    }
    names |= {row.record.id: row for row in subject.tenant.rows(ManagedDevice)}
    for id_, row in names.items():
        use, name = uses.get(id_), row.record.name
        if use is None:
            yield unclear(row, f"when {name} was used last is not told", id_)
        elif use.record.last is None or use.record.last.latest < before:
            when = f"was used last on {iso_day(use.record.last.latest)}" if use.record.last else ""
            says = f"{name} {when or 'was never used'}"
            yield joined(Verdict.NOT_MET, says, id_, row, use)


@rule(
    "entra.device-state",
    "Managed devices meet their policies",
    Severity.LOW,
    needs=(ManagedDevice,),
    per=Per.TENANT,
    reason="What does not meet them is handed over as it is: nobody knows why.",
    remedy="Find out which policy it misses; repair or retire the device.",
)
def device_state(subject: Subject) -> Iterator[Hit]:
    """Yield the devices that are not compliant, or were freed from their maker's protection."""
    for row in subject.tenant.rows(ManagedDevice):
        one = row.record
        if one.is_jailbroken:
            says = f"the protection of {one.name} by its maker was removed"
            yield broken(row, says, one.id, severity=Severity.HIGH)
        elif (one.compliance or "").casefold() in ("noncompliant", "conflict", "error"):
            yield broken(row, f"{one.name} is {one.compliance}", one.id)
        elif one.compliance is None:
            yield unclear(row, f"whether {one.name} meets its policies is not told", one.id)


@rule(
    "entra.device-release",
    "No managed Windows device runs a release without updates",
    Severity.LOW,
    needs=(ManagedDevice,),
    per=Per.TENANT,
    reason="Holes that are known since are not closed on it.",
    remedy="Bring it to a release with updates, or retire it.",
)
def device_release(subject: Subject) -> Iterator[Hit]:
    """Yield the devices with Windows 10 or older; paid updates and LTSC are not told."""
    for row in _windows(subject):
        one = row.record
        build = _build(one.version or "")
        if build is None:
            yield unclear(row, f"which Windows {one.name} runs is not told", one.id)
        elif build < _FIRST_11 and subject.now > WINDOWS_10_ENDS:
            says = f"{one.name} runs Windows {one.version}, which gets no updates without payment"
            yield broken(row, says, one.id)


def _build(version: str) -> int | None:
    """Return the build of `10.0.19045.4291`."""
    parts = version.split(".")
    return int(parts[2]) if len(parts) > 2 and parts[2].isdecimal() and len(parts[2]) < 7 else None


@rule(
    "entra.device-protection",
    "Managed Windows devices are protected against malware",
    Severity.MEDIUM,
    needs=(DeviceProtection, ManagedDevice),
    per=Per.TENANT,
    reason="When the provider's own protection goes with them, nothing takes its place.",
    remedy="Find out what protected it; turn Defender on, or install what follows.",
)
def device_protection(subject: Subject) -> Iterator[Hit]:
    """Yield the devices whose protection is off, or whose signatures are overdue."""
    devices = by_id(subject.tenant.rows(ManagedDevice))
    for row in subject.tenant.rows(DeviceProtection):
        one, device = row.record, devices.get(row.record.device)
        name = device.record.name if device else one.device
        if one.is_on is None and one.is_realtime is None:
            yield unclear(row, f"whether {name} is protected is not told", one.device)
        elif one.is_on is False or one.is_realtime is False:
            yield broken(row, f"the protection of {name} is off", one.device)
        elif one.signatures_overdue:
            yield broken(row, f"signatures of {name} are overdue", one.device)
