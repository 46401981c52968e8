"""Where data lies on a host: filesystems, free space, block devices, arrays, encryption.

Sources: proc_pid_mountinfo(5), df(1), lsblk(8), md(4), vgs(8), zpool-list(8), crypttab(5).
Network mounts are named from the mount table and never touched: a dead server would hold us up.
"""

import re
from collections.abc import Iterator

from collectors.parse import integer, optional_integer, without_comment
from collectors.spec import KIB, Answers, SshCommand, SshFiles, Unreadable, collector, is_whole
from inventory.model.evidence import Pointer
from inventory.model.host import BlockDevice, DiskArray, DiskSpace, Encryption, Filesystem

LOCAL = (
    "ext2|ext3|ext4|xfs|btrfs|zfs|f2fs|jfs|reiserfs|nilfs2|bcachefs|vfat|exfat|msdos|ntfs|ntfs3"
    "|fuseblk|hfsplus|udf"
)
MOUNTS = SshFiles("mounts", ("/proc/self/mountinfo",), absent="gap", most_bytes=2048 * KIB)
# The newest mount on each point, the first point of each device; df gets nothing but these.
SPACE = SshCommand(
    "space",
    "set -f; IFS='\n'\n"
    'points=$(awk \'{ for (i = 7; i < NF; i++) if ($i == "-") type[$5] = $(i + 1)\n'
    "  if (!($5 in device)) order[++n] = $5\n"
    "  device[$5] = $3 }\n"
    f"END {{ for (i = 1; i <= n; i++) {{ p = order[i]; t = type[p]\n"
    f'  if ((t ~ /^({LOCAL})$/ || (p == "/" && t == "overlay")) && !seen[device[p]]++)\n'
    '    { gsub(/\\\\040/, " ", p); print p } } }\' /proc/self/mountinfo)\n'
    '[ -z "$points" ] || df -Pk $points',
    tool="df",
    no_tool="gap",
)
DEVICES = SshCommand(
    "devices",
    "lsblk -P -b -o NAME,PKNAME,TYPE,SIZE,MODEL,FSTYPE,MOUNTPOINT",
    ok=(0, 32, 64),
)
PARTITIONS = SshFiles("partitions", ("/proc/partitions",))
MDSTAT = SshFiles("mdstat", ("/proc/mdstat",))
POOLS = SshCommand("pools", "[ ! -e /dev/zfs ] || zpool list -H -o name,health", tool="zpool")
GROUPS = SshCommand(
    "groups",
    "$SUDO vgs --readonly --noheadings -o+pv_name",
    tool="vgs",
    needs="root",
    exact=("/usr/sbin/vgs --readonly --noheadings -o+pv_name",),
)
CRYPTTAB = SshFiles("crypttab", ("/etc/crypttab",))
SIGNATURES = SshCommand(
    "signatures",
    "lsblk -P -o NAME,TYPE,FSTYPE,UUID",
    ok=(0, 32, 64),
    no_tool="gap",
)

_KERNEL = re.compile(  # interfaces of the kernel and of desktops, not places for data
    r"binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|efivarfs|fusectl|hugetlbfs|mqueue"
    r"|nsfs|proc|pstore|ramfs|rpc_pipefs|securityfs|selinuxfs|sysfs|tracefs"
    r"|fuse\.(?:gvfsd-fuse|lxcfs|portal|snapfuse)"
)
_NETWORK = re.compile(
    r"9p|afs|autofs|beegfs|ceph|cifs|coda|davfs|glusterfs|gpfs|lustre|ncpfs|nfs4?|orangefs|smb3"
    r"|smbfs|fuse\.(?:blobfuse2?|ceph(?:-fuse)?|curlftpfs|davfs2?|gcsfuse|glusterfs|goofys|juicefs"
    r"|mfs|moosefs|rclone|s3fs|seaweedfs|smbnetfs|sshfs)"
)
_PASSING = re.compile(  # comes and goes with containers, snaps and sessions
    r"/(?:snap|var/lib/snapd/snap|run/user|run/credentials|run/netns|run/docker|var/lib/docker"
    r"|var/lib/containers|var/lib/containerd|run/containerd|var/lib/kubelet/pods)/"
)
_TOLD = ("username=", "vers=", "sec=")  # options of a network mount that say who and how
_ESCAPE = re.compile(r"\\(040|011|134)")
_PAIR = re.compile(r'([A-Z%:-]{1,20})="([^"]*)"')
_MD = re.compile(
    r"(md\S{1,60}) : (\S{1,20})(?: \(([a-z-]{1,30})\))?(?: ((?:raid|linear|multi)\S*))?(.*)"
)
_MEMBER = re.compile(r"(\S{1,60}?)\[\d{1,6}\]((?:\([A-Z]\))*)")


@collector("linux.filesystems", asks=[MOUNTS], tells=[Filesystem])
def filesystems(mounts: Answers) -> Iterator[Filesystem | Unreadable]:
    """Yield what is mounted, but for the kernel's own interfaces and mounts of containers.

    36 35 98:0 / /data rw,noatime shared:1 - ext4 /dev/sdb1 rw,errors=continue
    """
    newest: dict[str, Filesystem] = {}
    for answer in mounts:
        for number, line in answer.lines():
            before, dash, after = line.partition(" - ")
            fields, source = before.split(" "), after.split(" ")
            if not dash or len(fields) < 6 or len(source) < 2:
                yield Unreadable(answer.at(number), "not a line of mountinfo")
            elif _is_place(_unescape(fields[4]), source[0]):
                one = _filesystem(fields, source, answer.at(number))
                newest[one.mountpoint] = one
    yield from newest.values()


def _is_place(mountpoint: str, kind: str) -> bool:
    if _KERNEL.fullmatch(kind) or _PASSING.match(mountpoint):
        return False
    if kind == "tmpfs" and mountpoint.startswith("/run"):
        return False
    return not mountpoint.startswith(("/proc/", "/sys/", "/dev/"))


def _filesystem(fields: list[str], source: list[str], at: Pointer) -> Filesystem:
    is_network = _NETWORK.fullmatch(source[0]) is not None
    options = fields[5].split(",")
    if is_network:
        options += [o for o in ",".join(source[2:]).split(",") if o.startswith(_TOLD)]
    return Filesystem(
        mountpoint=_unescape(fields[4]),
        device=_unescape(source[1]),
        type=source[0],
        options=tuple(options),
        is_network=is_network,
        at=at,
    )


def _unescape(text: str) -> str:
    """Return the text with blanks and backslashes for their octal escapes; line ends stay."""
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 8)), text)


@collector("linux.disk_space", asks=[SPACE], tells=[DiskSpace])
def disk_space(space: Answers) -> Iterator[DiskSpace | Unreadable]:
    """Yield size and free space of local filesystems.

    Filesystem     1024-blocks     Used Available Capacity Mounted on
    /dev/vda         264212084 23447992  82942920      23% /
    """
    for answer in space:
        for number, line in answer.lines():
            words = line.split(None, 5)
            if words[0] == "Filesystem":
                continue
            if len(words) != 6:
                yield Unreadable(answer.at(number), "not a line of df -Pk")
                continue
            yield DiskSpace(
                mountpoint=words[5],
                size_bytes=integer(words[1], what="size", least=0, most=2**52) * 1024,
                free_bytes=integer(words[3], what="free space", least=-(2**52), most=2**52) * 1024,
                at=answer.at(number),
            )


@collector("linux.block_devices", asks=[DEVICES, PARTITIONS], tells=[BlockDevice])
def block_devices(devices: Answers, partitions: Answers) -> Iterator[BlockDevice | Unreadable]:
    """Yield disks, partitions and mapped devices; only names and sizes on hosts without lsblk."""
    if not devices and is_whole(devices):
        yield from _partitions(partitions)
    found: dict[str, BlockDevice] = {}
    for answer in devices:
        for number, line in answer.lines():
            fields = _fields(line)
            if not {"NAME", "TYPE", "SIZE"} <= fields.keys():
                yield Unreadable(answer.at(number), "not a line of lsblk -P")
            elif fields["SIZE"] not in ("", "0") and not _is_image(fields):
                earlier = found.get(fields["NAME"])
                one = _device(fields, earlier.parents if earlier else (), answer.at(number))
                found[one.name] = one
    yield from found.values()


def _device(fields: dict[str, str], parents: tuple[str, ...], at: Pointer) -> BlockDevice:
    parent = fields.get("PKNAME")
    return BlockDevice(
        name=fields["NAME"],
        type=fields["TYPE"],
        size_bytes=optional_integer(fields["SIZE"]),
        model=fields.get("MODEL", "").strip() or None,
        parents=(*parents, parent) if parent and parent not in parents else parents,
        filesystem=fields.get("FSTYPE") or None,
        mountpoint=fields.get("MOUNTPOINT") or None,
        at=at,
    )


def _fields(line: str) -> dict[str, str]:
    r"""Return the NAME="value" pairs of lsblk -P; it writes blanks within values as \x20."""
    return {name: value.replace("\\x20", " ") for name, value in _PAIR.findall(line)}


def _is_image(fields: dict[str, str]) -> bool:
    """Tell whether it is the image of a snap: they come and go with each refresh."""
    mountpoint = fields.get("MOUNTPOINT", "")
    return fields["TYPE"] == "loop" and mountpoint.startswith(("/snap/", "/var/lib/snapd/"))


def _partitions(answers: Answers) -> Iterator[BlockDevice | Unreadable]:
    """Yield the lines of /proc/partitions: `254  0  268435456 vda`, in KiB."""
    for answer in answers:
        for number, line in answer.lines():
            words = line.split()
            if words[0] == "major":
                continue
            if len(words) != 4 or not re.fullmatch("[0-9]{1,15}", words[2]):
                yield Unreadable(answer.at(number), "not a line of /proc/partitions")
            elif not words[3].startswith(("ram", "loop")):
                size = int(words[2]) * KIB
                yield BlockDevice(
                    name=words[3], type="block", size_bytes=size, at=answer.at(number)
                )


@collector("linux.arrays", asks=[MDSTAT, POOLS], tells=[DiskArray])
def arrays(mdstat: Answers, pools: Answers) -> Iterator[DiskArray | Unreadable]:
    """Yield software RAID arrays and ZFS pools with their health."""
    for answer in mdstat:
        lines = answer.text.split("\n")
        for number, line in answer.lines():
            below = lines[number : number + 3]
            if (match := _MD.fullmatch(line)) and (any(below) or is_whole(mdstat)):
                yield _md(match, below, answer.at(number))
    for answer in pools:
        for number, line in answer.lines():
            name, tab, health = line.partition("\t")
            if not tab:
                yield Unreadable(answer.at(number), "not a name and a health of zpool list -H")
                continue
            state, at = health.strip(), answer.at(number)
            yield DiskArray(
                name=name, type="zfs", state=state, is_degraded=state != "ONLINE", at=at
            )


def _md(match: re.Match[str], after: list[str], at: Pointer) -> DiskArray:
    """Return the array of a line of mdstat and the lines below it.

    md0 : active raid1 sdb1[1](F) sda1[0]
          976630464 blocks super 1.2 [2/1] [U_]
    """
    name, state, mode, level, members = match.groups()
    rest = [line for line in after if line.startswith("  ")]
    lacks = any(re.search(r"\[U*_[U_]*\]", line) for line in rest)
    return DiskArray(
        name=name,
        type=f"md {level}" if level else "md",
        state=f"{state} ({mode})" if mode else state,
        members=tuple(f"{device}{flag}" for device, flag in _MEMBER.findall(members)),
        is_degraded=lacks or state != "active" or "(F)" in members,
        at=at,
    )


@collector("linux.volume_groups", asks=[GROUPS], tells=[DiskArray])
def volume_groups(groups: Answers) -> Iterator[DiskArray | Unreadable]:
    """Yield LVM volume groups: the columns VG #PV #LV #SN Attr VSize VFree PV, a line a volume.

    vg0   1   2   0 wz--n- <29.52g    0  /dev/sda2
    """
    found: dict[str, DiskArray] = {}
    for answer in groups:
        for number, line in answer.lines():
            words = line.split()
            if len(words) != 8 or len(words[4]) != 6:
                yield Unreadable(answer.at(number), "not a line of vgs -o+pv_name")
                continue
            name, attributes, volume = words[0], words[4], words[7]
            partial = attributes[3] == "p"
            found[name] = DiskArray(
                name=name,
                type="lvm vg",
                state="partial" if partial else "complete",
                members=(*(found[name].members if name in found else ()), volume),
                is_degraded=partial,
                at=answer.at(number),
            )
    yield from found.values()


@collector("linux.encryption", asks=[CRYPTTAB, SIGNATURES], tells=[Encryption])
def encryption(crypttab: Answers, signatures: Answers) -> Iterator[Encryption | Unreadable]:
    """Yield encrypted block devices, by UUID where they have one, and where their keys lie."""
    for answer in crypttab:
        for number, line in answer.lines():
            words = without_comment(line).split()
            if len(words) == 1:
                yield Unreadable(answer.at(number), "a line of crypttab without a device")
            elif words:
                yield _crypttab(words, answer.at(number))
    for answer in signatures:
        rows = [(number, _fields(line)) for number, line in answer.lines()]
        if not any(fields.get("FSTYPE") for _, fields in rows):
            yield Unreadable(answer.at(), "lsblk shows no signature at all: it may not see them")
        for number, fields in rows:
            if fields.get("FSTYPE") in ("crypto_LUKS", "BitLocker"):
                device = f"UUID={fields['UUID']}" if fields.get("UUID") else fields.get("NAME", "")
                kind = fields["FSTYPE"].removeprefix("crypto_")
                yield Encryption(device=device, type=kind, at=answer.at(number))


def _crypttab(words: list[str], at: Pointer) -> Encryption:
    """Return the device of `name device [key [options]]` (crypttab(5))."""
    options = words[3].split(",") if len(words) > 3 else []
    kinds = {"plain": "plain", "swap": "plain swap", "tcrypt": "TrueCrypt", "bitlk": "BitLocker"}
    kind = next((kinds[option] for option in options if option in kinds), "LUKS")
    key = words[2] if len(words) > 2 and words[2] != "-" else "none"
    return Encryption(device=words[1].replace('"', ""), type=kind, key_from=key, at=at)
