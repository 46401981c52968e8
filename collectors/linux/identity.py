"""What the machine is: its names, ids, operating system, hardware and how long it has been up.

Sources: proc(5), machine-id(5), os-release(5), hosts(5), systemd-detect-virt(1), and the DMI files
of the kernel, whose fields are those of SMBIOS (DMTF DSP0134).
"""

import re
from collections.abc import Iterator

from collectors.parse import assignment, integer, without_comment
from collectors.spec import (
    KIB,
    Answer,
    Answers,
    SshCommand,
    SshFiles,
    Unreadable,
    collector,
    is_whole,
)
from inventory.errors import ParseError
from inventory.model.host import Hardware, HostIdentity, OperatingSystem, SerialNumber, Uptime

HOSTNAME = "/proc/sys/kernel/hostname"
NAMES = SshFiles(
    "names",
    (
        HOSTNAME,
        "/etc/machine-id",
        "/var/lib/dbus/machine-id",
        "/proc/sys/kernel/random/boot_id",
        "/etc/hosts",
    ),
    absent="gap",
)
OS = SshCommand(
    "os",
    "uname -rm; cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release",
    tool="uname",
    empty="gap",
    no_tool="gap",
)
UPTIME = SshCommand(
    "uptime", "cat /proc/uptime && date +%s", tool="cat", empty="gap", no_tool="gap"
)
FIRMWARE = SshFiles(
    "firmware",
    (
        "/sys/class/dmi/id/sys_vendor",
        "/sys/class/dmi/id/product_name",
        "/sys/class/dmi/id/chassis_type",
        "/sys/class/dmi/id/bios_version",
        "/proc/device-tree/model",
    ),
)
MACHINE = SshFiles(
    "machine",
    ("/proc/cpuinfo", "/proc/meminfo"),
    absent="gap",
    filter=(
        r"awk '/^(processor|model name|Model|Hardware|cpu|cpu model|MemTotal)[ \t]*:/ { print } "
        r"/^flags.* hypervisor/ && !h++ { print "
        '"hypervisor: yes" }\''
    ),
    most_bytes=4096 * KIB,
)
VIRTUAL = SshCommand("virtual", "systemd-detect-virt", ok=(0, 1))
SERIAL = SshFiles(
    "serial",
    (
        "/sys/class/dmi/id/product_serial",
        "/sys/class/dmi/id/product_uuid",
        "/proc/device-tree/serial-number",
    ),
    needs="root",
    grant=True,
)

_ID = re.compile(r"[0-9a-f]{32}")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NOT_SET = re.compile(
    r"(?:to be filled by o\.?e\.?m\.?|default string|system (?:manufacturer|product name|serial "
    r"number|version)|not (?:specified|applicable|available)|none|unknown|n/a|0+|x\.x|empty)?",
    re.IGNORECASE,
)
CHASSIS = {  # SMBIOS 3.7, 7.4.1
    3: "desktop", 4: "desktop", 5: "desktop", 6: "tower", 7: "tower", 8: "laptop", 9: "laptop",
    10: "laptop", 11: "handheld", 12: "docking station", 13: "all in one", 14: "laptop",
    17: "server", 23: "rack server", 24: "sealed case", 25: "multi-system", 28: "blade",
    29: "blade enclosure", 30: "tablet", 31: "convertible", 32: "detachable", 34: "embedded",
    35: "mini PC", 36: "stick PC",
}  # fmt: skip
_HYPERVISORS = (  # words of vendor and product, and systemd-detect-virt's name for them
    ("vmware", "vmware"),
    ("virtualbox", "oracle"),
    ("virtual machine", "microsoft"),
    ("qemu", "qemu"),
    ("kvm", "kvm"),
    ("xen", "xen"),
    ("hvm domu", "xen"),
    ("amazon ec2", "amazon"),
    ("google compute", "google"),
    ("openstack", "kvm"),
    ("bhyve", "bhyve"),
    ("parallels", "parallels"),
)


@collector("linux.identity", asks=[NAMES], tells=[HostIdentity])
def identity(names: Answers) -> Iterator[HostIdentity | Unreadable]:
    """Yield the names and ids by which the machine calls itself."""
    if not names:
        return
    texts = {answer.path: answer.text.strip() for answer in names}
    hostname = texts.get(HOSTNAME, "").split("\n")[0].strip()
    if not hostname:
        yield Unreadable(names[0].at(), f"{HOSTNAME} names no host")
        return
    yield HostIdentity(
        hostname=hostname,
        fqdn=_fqdn(hostname, texts.get("/etc/hosts", "")),
        machine_id=_id(texts.get("/etc/machine-id", ""))
        or _id(texts.get("/var/lib/dbus/machine-id", "")),
        boot_id=_uuid(texts.get("/proc/sys/kernel/random/boot_id", "")),
        at=names[0].at(),
    )


def _fqdn(hostname: str, hosts: str) -> str | None:
    """Return the full name: the host's own, or the one that hosts(5) sets beside it."""
    if "." in hostname:
        return hostname
    for line in hosts.split("\n"):
        names = without_comment(line).split()[1:]
        if hostname in names:
            return next((name for name in names if name.startswith(f"{hostname}.")), None)
    return None


def _id(text: str) -> str | None:
    return text if _ID.fullmatch(text) and text.strip("0") else None


def _uuid(text: str) -> str | None:
    return text.lower() if _UUID.fullmatch(text) else None


@collector("linux.os", asks=[OS], tells=[OperatingSystem])
def operating_system(os: Answers) -> Iterator[OperatingSystem | Unreadable]:
    """Yield the distribution and the running kernel.

    The answer is one line of `uname -rm`, then os-release(5):

        6.1.0-21-amd64 x86_64
        ID=debian
    """
    for answer in os:
        first, _, release = answer.text.partition("\n")
        words = first.split()
        if len(words) != 2:
            yield Unreadable(answer.at(1), "not kernel and architecture, as uname -rm tells them")
            continue
        fields = dict(filter(None, map(assignment, release.split("\n"))))
        if "ID" not in fields and not is_whole(os):
            continue
        yield OperatingSystem(
            id=fields.get("ID", "linux"),  # the default of os-release(5)
            version=fields.get("VERSION_ID"),
            name=fields.get("PRETTY_NAME"),
            like=tuple(fields.get("ID_LIKE", "").split()),
            kernel=words[0],
            architecture=words[1],
            at=answer.at(),
        )


@collector("linux.uptime", asks=[UPTIME], tells=[Uptime])
def uptime(clock: Answers) -> Iterator[Uptime]:
    """Yield how long the machine has been up, and its clock.

    Raises ParseError unless the answer is proc_uptime(5) and one line of seconds since 1970.
    """
    for answer in clock:
        words = answer.text.split()
        if len(words) != 3:
            raise ParseError("uptime and clock must be three numbers")
        up_s = integer(words[0].split(".")[0], what="uptime", least=0, most=2**40)
        now_s = integer(words[2], what="clock", least=0, most=2**40)
        yield Uptime(up_s=up_s, clock_s=now_s, at=answer.at())


@collector("linux.hardware", asks=[FIRMWARE, MACHINE, VIRTUAL], tells=[Hardware])
def hardware(
    firmware: Answers, machine: Answers, virtual: Answers
) -> Iterator[Hardware | Unreadable]:
    """Yield what firmware and kernel say of the machine; one record."""
    if not (firmware or machine or virtual):
        return
    said = {answer.path.rsplit("/", 1)[-1]: _set(answer.text) for answer in firmware}
    lines = [line for answer in machine for _, line in answer.lines()]
    facts = dict(filter(None, map(assignment, lines)))
    cpus = sum(line.startswith("processor") for line in lines)
    memory = re.match(r"([0-9]{1,15}) kB", facts.get("MemTotal", ""))
    if machine and not memory:
        yield Unreadable(machine[0].at(), "no memory in kB, as proc_meminfo(5) has it")
    product = said.get("product_name") or said.get("model")
    guess = _guess(f"{said.get('sys_vendor')} {product}", "hypervisor" in facts)
    asked = (firmware, machine, virtual)
    yield Hardware(
        vendor=said.get("sys_vendor"),
        product=product,
        chassis=_chassis(said.get("chassis_type")),
        bios=said.get("bios_version"),
        virtualisation=_virtual(virtual) or (guess if all(map(is_whole, asked)) else None),
        processor=_processor(lines),
        cpus=cpus or None if is_whole(machine) else None,
        memory_bytes=int(memory.group(1)) * 1024 if memory else None,
        at=(*firmware, *machine, *virtual)[0].at(),
    )


def _set(text: str) -> str | None:
    """Return what firmware says, without the NUL of the device tree; None for placeholders."""
    plain = text.replace("\\x00", "").strip()
    return None if _NOT_SET.fullmatch(plain) else plain


def _chassis(number: str | None) -> str | None:
    return CHASSIS.get(int(number)) if number and re.fullmatch(r"[0-9]{1,3}", number) else None


def _processor(lines: list[str]) -> str | None:
    """Return the processor's name: x86 `model name`, POWER `cpu`, MIPS `cpu model`, ARM boards."""
    facts = dict(filter(None, (assignment(re.sub(r"^(model|cpu) ", r"\1_", x)) for x in lines)))
    for name in ("model_name", "cpu_model", "cpu", "Model", "Hardware"):
        if facts.get(name):
            return facts[name]
    return None


def _virtual(answers: Answers) -> str | None:
    """Return systemd-detect-virt's word; "none" is bare metal."""
    words = [answer.text.split() for answer in answers]
    return words[0][0] if words and words[0] else None


def _guess(product: str, has_hypervisor: bool) -> str | None:
    """Return the hypervisor by firmware or processor flag, for hosts without systemd."""
    text = product.lower()
    named = next((name for word, name in _HYPERVISORS if word in text), None)
    return named or ("vm-other" if has_hypervisor else None)


@collector("linux.serial", asks=[SERIAL], tells=[SerialNumber])
def serial(files: Answers) -> Iterator[SerialNumber]:
    """Yield the serial number and UUID of the machine, where the firmware has any; one record."""
    said = [text for answer in files for text in _lines(answer) if text]
    uuids = [text.lower() for text in said if _UUID.fullmatch(text)]
    serials = [text for text in said if not _UUID.fullmatch(text)]
    if said:
        yield SerialNumber(
            serial=serials[0] if serials else None,
            uuid=uuids[0] if uuids else None,
            at=files[0].at(),
        )


def _lines(answer: Answer) -> Iterator[str | None]:
    return (_set(line) for line in answer.text.split("\n"))
