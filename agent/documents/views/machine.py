"""What a host is: identity, hardware, operating system, disks."""

from agent.documents.cell import Cell, of_field, of_fields, of_read
from agent.documents.views import say
from agent.documents.views.table import Fact, Listing, Look
from inventory.model.host import (
    BlockDevice,
    DiskArray,
    DiskSpace,
    Encryption,
    Filesystem,
    Hardware,
    HostIdentity,
    HostKey,
    OperatingSystem,
    Reboot,
    SerialNumber,
    Subscription,
    Uptime,
)
from inventory.model.operation import AccessControl, TimeSync

f = of_field


def facts(look: Look) -> tuple[Fact, ...]:
    """Return the answers that every host has one of."""
    return (*_identity(look), *_hardware(look), *_system(look))


def _identity(look: Look) -> tuple[Fact, ...]:
    read = look.host.read(HostIdentity)
    serial = look.host.read(SerialNumber)
    return (
        Fact("Calls itself", of_read(read, lambda one: one.fqdn or one.hostname), "HostIdentity"),
        Fact(
            "Machine id",
            of_read(read, lambda one: say.short_id(one.machine_id) or "", style="code"),
            "HostIdentity",
        ),
        Fact("Serial number", of_read(serial, lambda one: one.serial or ""), "SerialNumber"),
    )


def _hardware(look: Look) -> tuple[Fact, ...]:
    read = look.host.read(Hardware)
    model = of_read(read, lambda one: " ".join(filter(None, (one.vendor, one.product))))
    return (
        Fact("Model", model, "Hardware"),
        Fact("Virtualisation", of_read(read, lambda one: one.virtualisation or ""), "Hardware"),
        Fact("Processor", of_read(read, _processor), "Hardware"),
        Fact("Memory", of_read(read, lambda one: say.size(one.memory_bytes) or ""), "Hardware"),
    )


def _processor(one: Hardware) -> str:
    count = f"{one.cpus} ×" if one.cpus else ""
    return " ".join(filter(None, (count, one.processor)))


def _system(look: Look) -> tuple[Fact, ...]:
    system = look.host.read(OperatingSystem)
    up = look.host.read(Uptime)
    return (
        Fact("Operating system", of_read(system, system_name), "OperatingSystem"),
        Fact("Kernel", of_read(system, lambda one: one.kernel or ""), "OperatingSystem"),
        Fact(
            "Architecture", of_read(system, lambda one: one.architecture or ""), "OperatingSystem"
        ),
        Fact("Up for", of_read(up, lambda one: say.span(one.up_s)), "Uptime"),
        Fact("Clock against ours", of_read(up, _offset), "Uptime"),
        Fact("Restart pending", of_read(look.host.read(Reboot), _restart), "Reboot"),
        Fact("Time from", of_read(look.host.read(TimeSync), _time), "TimeSync"),
        Fact("Access control", of_read(look.host.read(AccessControl), _control), "AccessControl"),
    )


def system_name(one: OperatingSystem) -> str:
    """Return the distribution as it calls itself, or its id and version."""
    return one.name or " ".join(filter(None, (one.id, one.version)))


def _offset(one: Uptime) -> str:
    return "" if one.clock_offset_s is None else f"{one.clock_offset_s:+d} s"


def _restart(one: Reboot) -> str:
    return f"{one.reason}: {', '.join(one.packages[:5])}" if one.packages else one.reason


def _time(one: TimeSync) -> str:
    servers = f" ({', '.join(one.servers[:3])})" if one.servers else ""
    off = {True: ", in step", False: ", not in step", None: ""}[one.is_synchronised]
    return f"{one.program}{servers}{off}"


def _control(one: AccessControl) -> str:
    return f"{one.type}: {one.mode}"


def _filesystem(one: Filesystem, look: Look) -> tuple[Cell, ...]:
    spaces = look.host.read(DiskSpace).where(lambda space: space.mountpoint == one.mountpoint)
    free = f("on the network: not looked at") if one.is_network else of_read(spaces, _free)
    return f(one.mountpoint, "code"), f(one.device, "code"), f(one.type), free


def _free(one: DiskSpace) -> str:
    share = f" ({one.free_bytes * 100 // one.size_bytes} %)" if one.size_bytes else ""
    return f"{say.size(one.free_bytes)} of {say.size(one.size_bytes)}{share}"


def _device(one: BlockDevice, _: Look) -> tuple[Cell, ...]:
    size = f(say.size(one.size_bytes), "number", str(one.size_bytes or ""))
    return f(one.name, "code"), f(one.type), size, f(one.model), f(one.mountpoint, "code")


def _array(one: DiskArray, _: Look) -> tuple[Cell, ...]:
    state = f"{one.state}, degraded" if one.is_degraded else one.state
    return f(one.name, "code"), f(one.type), f(state), of_fields(one.members)


LISTINGS = (
    Listing(
        "File systems",
        Filesystem,
        ("Mounted at", "Device", "Type", "Free"),
        _filesystem,
        lambda one: one.mountpoint,
        (DiskSpace,),
    ),
    Listing("Disks", BlockDevice, ("Device", "Type", "Size", "Model", "Mounted at"), _device),
    Listing("Arrays and volume groups", DiskArray, ("Name", "Type", "State", "Members"), _array),
    Listing(
        "Disk encryption",
        Encryption,
        ("Device", "Type", "Key from"),
        lambda one, _: (f(one.device, "code"), f(one.type), f(one.key_from, "code")),
    ),
    Listing(
        "Subscriptions of the distribution",
        Subscription,
        ("Product", "State", "Account", "Until"),
        lambda one, _: (f(one.product), f(one.state), f(one.account), f(say.moment(one.until))),
    ),
    Listing(
        "SSH host keys",
        HostKey,
        ("Fingerprint", "Algorithm", "Bits"),
        lambda one, _: (f(one.fingerprint, "code"), f(one.algorithm), f(one.bits, "number")),
    ),
)
