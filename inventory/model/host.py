"""What a host is: identity, hardware, operating system, storage, and how long it has been up."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class HostIdentity(Record, frozen=True, kw_only=True):
    """The names and ids by which a machine calls itself (machine-id(5), hostname(5))."""

    hostname: str
    fqdn: str | None = None
    machine_id: str | None = None  # never printed whole: it is a secret of sorts (machine-id(5))
    boot_id: str | None = None


class HostKey(Record, frozen=True, kw_only=True):
    """A public key that the SSH server shows or keeps (sshd(8))."""

    KEY = ("fingerprint",)
    PART = "file"

    algorithm: str
    fingerprint: str  # SHA256:...
    bits: int | None = None
    file: str = ""  # empty: shown on the wire


class Hardware(Record, frozen=True, kw_only=True):
    """What the firmware says of the machine (SMBIOS through /sys/class/dmi/id)."""

    vendor: str | None = None
    product: str | None = None
    chassis: str | None = None
    bios: str | None = None
    virtualisation: str | None = None  # systemd-detect-virt's word; "none": bare metal
    processor: str | None = None
    cpus: int | None = None
    memory_bytes: int | None = None


class SerialNumber(Record, frozen=True, kw_only=True):
    """The serial number and UUID, which only root may read."""

    serial: str | None = None
    uuid: str | None = None


class OperatingSystem(Record, frozen=True, kw_only=True):
    """The distribution (os-release(5)) and the running kernel."""

    id: str  # "debian", "rhel", "alpine", ...
    version: str | None = None  # VERSION_ID
    name: str | None = None  # PRETTY_NAME
    like: tuple[str, ...] = ()
    kernel: str | None = None
    architecture: str | None = None


class Uptime(Record, frozen=True, kw_only=True):
    """How long the machine has been running, and its clock against ours."""

    VOLATILE = True

    up_s: int
    clock_s: int | None = None  # target's clock when it was asked, seconds since 1970 UTC
    clock_offset_s: int | None = None  # target's clock minus the auditing machine's


class Filesystem(Record, frozen=True, kw_only=True):
    """A mounted filesystem (/proc/self/mountinfo). Network mounts are named, never touched."""

    KEY = ("mountpoint",)

    mountpoint: str
    device: str
    type: str
    options: tuple[str, ...] = ()
    is_network: bool = False

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the server of `nas:/export`, `//nas/share` or `user@nas:/path`."""
        if self.is_network:
            place = self.device.removeprefix("//").partition(":/")[0].partition("/")[0]
            yield Identifier(Mark.SERVER, place.rpartition("@")[2])


class DiskSpace(Record, frozen=True, kw_only=True):
    """Size and free space of a local filesystem."""

    KEY = ("mountpoint",)
    VOLATILE = True

    mountpoint: str
    size_bytes: int
    free_bytes: int


class BlockDevice(Record, frozen=True, kw_only=True):
    """A disk, partition or mapped device (lsblk(8))."""

    KEY = ("name",)

    name: str
    type: str  # disk, part, lvm, crypt, raid1, ...
    size_bytes: int | None = None
    model: str | None = None
    parents: tuple[str, ...] = ()
    filesystem: str | None = None
    mountpoint: str | None = None


class DiskArray(Record, frozen=True, kw_only=True):
    """A software RAID array, LVM volume group or ZFS pool and its health."""

    KEY = ("name",)

    name: str
    type: str  # "md raid1", "lvm vg", "zfs"
    state: str
    members: tuple[str, ...] = ()
    is_degraded: bool = False


class Encryption(Record, frozen=True, kw_only=True):
    """An encrypted block device (crypttab(5), lsblk(8)); where its key lies, never the key."""

    KEY = ("device",)

    device: str
    type: str  # LUKS, plain, ...
    key_from: str | None = None  # path of a key file, "none" (asked at boot)


class DomainJoin(Record, frozen=True, kw_only=True):
    """That the host takes its accounts from a directory (SSSD, winbind, nslcd, realmd)."""

    KEY = ("domain", "by", "file")
    PART = "file"

    domain: str
    by: str  # "sssd", "winbind", "nslcd"; "krb5": only the default realm, which proposes a join
    file: str = ""
    servers: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()  # simple_allow_users/groups and the like: "group:admins"

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the directory's name and servers."""
        yield Identifier(Mark.SERVER, self.domain)
        for server in self.servers:
            yield Identifier(Mark.SERVER, server)


class Subscription(Record, frozen=True, kw_only=True):
    """A paid subscription of the distribution (subscription-manager, pro, SUSEConnect)."""

    KEY = ("product",)

    product: str
    state: str
    account: str | None = None  # organisation or account that owns it
    until: Moment | None = None


class Reboot(Record, frozen=True, kw_only=True):
    """That a restart is pending, and for what."""

    KEY = ("reason",)

    reason: str  # "packages": the distribution's flag is set; "kernel": a newer one is installed
    packages: tuple[str, ...] = ()
