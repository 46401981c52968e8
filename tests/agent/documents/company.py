"""A small company, audited: what the documents are tried on. Invented, and the same at every run."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from agent.documents.told import Told
from agent.engagement.model import (
    Authorisation,
    Dates,
    Detail,
    Documents,
    Engagement,
)
from agent.judge import case
from agent.judge.case import Case, Finding, Severity, Verdict
from agent.judge.footprint import Holdings
from agent.judge.judgement import Judgement
from agent.transition.item import Act, Box, Item, ItemVerdict
from inventory.model.access import (
    AuthorizedKey,
    KeyFile,
    LoginSecret,
    SshdSetting,
    SudoGrant,
)
from inventory.model.account import Account, Group, LastLogin, PasswordState
from inventory.model.evidence import Evidence, Gap, Pointer, Why
from inventory.model.host import (
    BlockDevice,
    DiskSpace,
    Filesystem,
    Hardware,
    HostIdentity,
    OperatingSystem,
    Reboot,
    Uptime,
)
from inventory.model.moment import DAY_S, Moment
from inventory.model.network import (
    Address,
    Connection,
    Listener,
    ListenerOwner,
    Neighbour,
    Route,
    VpnPeer,
)
from inventory.model.operation import (
    Agent,
    BackupJob,
    LogTarget,
    MailAlias,
    ManagementHook,
    ScheduledJob,
    Service,
)
from inventory.model.party import Leaving, Party, Person, Role
from inventory.model.record import Record, replace_at
from inventory.model.software import Certificate, Database, Package, Repository, WebSite
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen

NOW = 1_809_853_200  # 2027-05-09 09:00 UTC
AUDIT = 2
SEAL = "4f0c5b6a9d2e47f1b3a85c6d7e8f90123456789abcdef0123456789abcdef012"
DEPLOY = "SHA256:9fQ2mLx3cV0a8Tn1Zr5yKe7uWb4Hs6Dj2Pg9Ic3Fo0M"
CLIENT_KEY = "SHA256:c1Ient0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
ODD_KEY = "SHA256:nobodyKn0wsThisOnebbbbbbbbbbbbbbbbbbbbbbbbbb"

# What is asked of each host: fewer collectors than there are, and as many kinds.
_ASKED = {
    "linux.identity": "HostIdentity",
    "linux.host_keys": "HostKey",
    "linux.os": "OperatingSystem",
    "linux.uptime": "Uptime",
    "linux.hardware": "Hardware",
    "linux.serial": "SerialNumber",
    "linux.filesystems": "Filesystem DiskSpace",
    "linux.block_devices": "BlockDevice",
    "linux.arrays": "DiskArray",
    "linux.encryption": "Encryption",
    "linux.subscriptions": "Subscription",
    "linux.reboot": "Reboot",
    "linux.accounts": "Account",
    "linux.groups": "Group",
    "linux.passwords": "PasswordState",
    "linux.last_logins": "LastLogin",
    "linux.logged_in": "LoggedIn",
    "linux.sudo": "SudoGrant SudoAlias SudoDefault",
    "linux.doas": "DoasRule",
    "linux.authorized_keys": "AuthorizedKey",
    "linux.key_files": "KeyFile",
    "linux.sshd": "SshdSetting SshTrust",
    "linux.sssd": "DomainJoin",
    "linux.host_secrets": "LoginSecret",
    "linux.addresses": "Address",
    "linux.routes": "Route",
    "linux.neighbours": "Neighbour",
    "linux.resolvers": "Resolver",
    "linux.listeners": "Listener",
    "linux.listener_owners": "ListenerOwner",
    "linux.connections": "Connection",
    "linux.nftables": "Firewall FirewallSource",
    "linux.wireguard": "VpnPeer",
    "linux.tunnels": "Tunnel",
    "linux.packages": "Package",
    "linux.updates": "PendingUpdate",
    "linux.update_state": "UpdateState",
    "linux.repositories": "Repository",
    "linux.docker": "Container",
    "linux.databases": "Database",
    "linux.web_sites": "WebSite",
    "linux.certificates": "Certificate",
    "linux.certificate_accounts": "CertificateAccount",
    "linux.services": "Service",
    "linux.system_crontabs": "ScheduledJob",
    "linux.agents": "Agent",
    "linux.management_hooks": "ManagementHook",
    "linux.mail_relays": "MailRelay",
    "linux.mail_aliases": "MailAlias",
    "linux.log_targets": "LogTarget",
    "linux.backup_jobs": "BackupJob",
    "linux.apparmor": "AccessControl",
    "linux.chrony": "TimeSync",
}
ASKED = {name: tuple(kinds.split()) for name, kinds in _ASKED.items()}
NEEDS_ROOT = (
    *("linux.serial", "linux.encryption", "linux.passwords", "linux.sudo", "linux.doas"),
    *("linux.sshd", "linux.sssd", "linux.listener_owners", "linux.nftables", "linux.wireguard"),
    *("linux.docker", "linux.backup_jobs", "linux.host_secrets", "linux.certificate_accounts"),
)

PARTIES = (
    Party(
        role=Role.CLIENT,
        name="Muster GmbH",
        people=(Person("Maria Dorn", ("maria@muster.example",), ("mdorn",), (CLIENT_KEY,)),),
        mail_domains=("muster.example",),
    ),
    Party(
        role=Role.OUTGOING,
        name="OldMSP",
        leaving=Leaving.PROVIDER,
        people=(Person("Jan Alt", ("jan@oldmsp.example",), ("jalt",)),),
        mail_domains=("oldmsp.example",),
        networks=("203.0.113.0/24",),
        ssh_keys=(DEPLOY,),
        accounts=("oldmsp",),
        agent_instances=("oldmsp-site-77",),
        servers=("rmm.oldmsp.example", ".oldmsp.example"),
    ),
    Party(role=Role.INCOMING, name="NewMSP", mail_domains=("newmsp.example",)),
)


def ago(days: int) -> Moment:
    """The moment so many days before the audit."""
    return Moment.exact(NOW - days * DAY_S)


def engagement(detail: Detail = Detail.MINIMAL) -> Engagement:
    """The engagement of the company."""
    return Engagement(
        folder=Path("engagement"),
        client="Muster GmbH",
        parties=PARTIES,
        authorisation=Authorisation(
            "Maria Dorn", "managing director", datetime.date(2027, 5, 3), "letter 17/2027"
        ),
        dates=Dates(cutover=datetime.date(2027, 6, 20)),
        sources=(),
        told=False,
        detail=detail,
        retention_days=365,
        documents=Documents(),
    )


def linux(name: str, number: int) -> list[Record]:
    """What an ordinary Debian host of the company shows."""
    return [
        HostIdentity(hostname=name, fqdn=f"{name}.muster.example", machine_id=f"{number:032x}"),
        OperatingSystem(
            id="debian",
            version="12",
            name="Debian GNU/Linux 12 (bookworm)",
            kernel="6.1.0-31-amd64",
            architecture="x86_64",
        ),
        Hardware(
            vendor="QEMU",
            product="Standard PC",
            virtualisation="kvm",
            processor="EPYC 7402P",
            cpus=4,
            memory_bytes=8 * 1024**3,
        ),
        Uptime(up_s=41 * DAY_S, clock_offset_s=0),
        BlockDevice(name="sda", type="disk", size_bytes=64 * 1024**3),
        Filesystem(mountpoint="/", device="/dev/sda1", type="ext4"),
        DiskSpace(mountpoint="/", size_bytes=60 * 1024**3, free_bytes=22 * 1024**3),
        Address(interface="eth0", address=f"10.20.0.{10 + number}", prefix=24, is_up=True),
        Route(destination="default", gateway="10.20.0.1", interface="eth0"),
        Neighbour(address="10.20.0.1", interface="eth0", mac="02:00:5e:00:00:01"),
        Neighbour(address="10.20.0.77", interface="eth0", mac="02:00:5e:00:00:77"),
        Account(name="root", uid=0, gid=0, home="/root", shell="/bin/bash"),
        Account(
            name="mdorn",
            uid=1000,
            gid=1000,
            gecos="Maria Dorn",
            home="/home/mdorn",
            shell="/bin/bash",
        ),
        Account(
            name="guest", uid=1001, gid=1001, gecos="Visitor", home="/home/guest", shell="/bin/bash"
        ),
        Account(name="daemon", uid=1, gid=1, shell="/usr/sbin/nologin"),
        PasswordState(account="root", state="locked"),
        PasswordState(
            account="mdorn", state="set", scheme="yescrypt", changed=Moment.of_day(20_500)
        ),
        PasswordState(account="guest", state="set", scheme="sha512", changed=Moment.of_day(19_000)),
        PasswordState(account="daemon", state="never"),
        Group(name="sudo", gid=27, members=("mdorn",)),
        Group(name="docker", gid=998),
        LastLogin(account="mdorn", when=ago(2), origin="10.20.0.90"),
        LastLogin(account="guest", when=ago(50), origin="10.20.0.91"),
        SudoGrant(
            file="/etc/sudoers",
            users=("%sudo",),
            hosts=("ALL",),
            run_as=("ALL",),
            commands=("ALL",),
        ),
        SshdSetting(keyword="permitrootlogin", value="prohibit-password", is_effective=True),
        SshdSetting(keyword="passwordauthentication", value="no", is_effective=True),
        SshdSetting(keyword="kbdinteractiveauthentication", value="no", is_effective=True),
        SshdSetting(keyword="pubkeyauthentication", value="yes", is_effective=True),
        SshdSetting(keyword="usepam", value="yes", is_effective=True),
        AuthorizedKey(
            account="mdorn",
            file="/home/mdorn/.ssh/authorized_keys",
            algorithm="ssh-ed25519",
            fingerprint=CLIENT_KEY,
            bits=256,
            comment="maria@muster.example",
        ),
        KeyFile(
            path="/home/mdorn/.ssh/authorized_keys", account="mdorn", owner="mdorn", mode=0o600
        ),
        Listener(protocol="tcp", address="0.0.0.0", port=22),
        ListenerOwner(protocol="tcp", address="0.0.0.0", port=22, program="sshd"),
        Service(
            name="ssh.service",
            state="running",
            enabled="enabled",
            description="OpenBSD Secure Shell",
        ),
        Package(
            manager="dpkg", name="openssh-server", version="1:9.2p1-2+deb12u5", architecture="amd64"
        ),
        Package(manager="dpkg", name="sudo", version="1.9.13p3-1+deb12u1", architecture="amd64"),
        Repository(url="http://deb.example.org/debian", suite="bookworm", is_checked=True),
    ]


def deploy_key(account: str = "root") -> AuthorizedKey:
    """The leaving party's key."""
    home = "/root" if account == "root" else f"/home/{account}"
    return AuthorizedKey(
        account=account,
        file=f"{home}/.ssh/authorized_keys",
        algorithm="ssh-rsa",
        fingerprint=DEPLOY,
        bits=4096,
        comment="deploy",
    )


def extras() -> dict[str, list[Record]]:
    """What makes each host its own."""
    return {
        "web1": [
            deploy_key(),
            WebSite(
                server="nginx",
                name="shop.muster.example",
                file="/etc/nginx/sites/shop",
                target="/srv/shop",
            ),
            Certificate(
                place="/etc/letsencrypt/live/shop/fullchain.pem",
                fingerprint="ab" * 32,
                subject="CN=shop.muster.example",
                issuer="CN=R11, O=Let's Encrypt",
                names=("shop.muster.example",),
                not_before=ago(60),
                not_after=ago(-30),
                key_type="EC P-256",
                renewed_by="certbot",
            ),
            Agent(
                product="ScreenConnect",
                type="remote control",
                state="running",
                server="rmm.oldmsp.example",
                instance="oldmsp-site-77",
                found_by="unit connectwisecontrol.service",
            ),
            Connection(local="10.20.0.11:51022", peer="203.0.113.9", peer_port=443, program="rmm"),
        ],
        "web2": [
            deploy_key(),
            Service(name="certbot.service", state="failed", description="Certbot"),
        ],
        "db1": [
            deploy_key("postgres"),
            Account(name="postgres", uid=110, gid=110, home="/home/postgres", shell="/bin/bash"),
            SudoGrant(
                file="/etc/sudoers.d/oldmsp",
                users=("oldmsp",),
                hosts=("ALL",),
                run_as=("ALL",),
                commands=("ALL",),
                tags=("NOPASSWD",),
            ),
            Account(
                name="oldmsp",
                uid=1500,
                gid=1500,
                gecos="OldMSP support",
                home="/home/oldmsp",
                shell="/bin/bash",
            ),
            PasswordState(
                account="oldmsp", state="set", scheme="sha512", changed=Moment.of_day(18_000)
            ),
            LastLogin(account="oldmsp", when=ago(1), origin="203.0.113.9"),
            Database(
                product="postgresql",
                instance="15/main",
                version="15",
                port=5432,
                directory="/var/lib/postgresql/15/main",
            ),
            BackupJob(
                product="restic",
                place="/etc/cron.d/backup",
                destination="sftp:backup.oldmsp.example:/muster",
                secret_from="/root/.restic",
            ),
            LoginSecret(
                path="/root/.restic",
                type="password file",
                owner="root",
                mode=0o600,
                changed=ago(800),
            ),
            ScheduledJob(
                place="/etc/cron.d/backup:3",
                schedule="0 3 * * *",
                command="restic backup /srv",
                account="root",
                mail_to="alerts@oldmsp.example",
            ),
        ],
        "mail1": [
            MailAlias(file="/etc/aliases", name="root", target="noc@oldmsp.example"),
            LogTarget(program="rsyslog", target="logs.oldmsp.example", protocol="tcp"),
            AuthorizedKey(
                account="root",
                file="/root/.ssh/authorized_keys",
                algorithm="ssh-rsa",
                fingerprint=ODD_KEY,
                bits=1024,
                comment="",
                is_weak=True,
            ),
            Reboot(reason="kernel"),
        ],
        "vpn1": [
            VpnPeer(
                type="wireguard",
                interface="wg0",
                peer="kQ7x=",
                endpoint="203.0.113.4",
                networks=("10.99.0.0/24",),
                last_seen=ago(0),
            ),
            ManagementHook(
                product="Salt",
                controller="salt.oldmsp.example",
                state="running",
                file="/etc/salt/minion",
            ),
        ],
        "file1": [],
    }


def readings(
    target: str,
    records: Iterable[Record],
    *,
    gaps: Mapping[str, tuple[Gap, ...]] | None = None,
    audit: int = AUDIT,
    carried: bool = False,
) -> list[tuple[Reading, tuple[Seen[Record], ...]]]:
    """A reading for each line of ASKED; `gaps`: of those that could not read all."""
    left = list(records)
    told = []
    for name, kinds in ASKED.items():
        mine = tuple(record for record in left if type(record).__name__ in kinds)
        left = [record for record in left if type(record).__name__ not in kinds]
        some = (gaps or {}).get(name, ())
        whole = any(not gap.part for gap in some)
        state = (State.FAILED if whole else State.PARTIAL) if some else State.COMPLETE
        kept = () if whole and not carried else mine
        key = ReadingKey("hosts", target, name)
        rows = tuple(
            seen(target, name, at, one, audit, carried=whole) for at, one in enumerate(kept, 1)
        )
        told.append((Reading(key, state, kinds, some), rows))
    assert not left, f"no reading tells {type(left[0]).__name__}"
    return told


def seen(
    target: str, collector: str, line: int, record: Record, audit: int, *, carried: bool
) -> Seen[Record]:
    """A record as a reading saw it."""
    path = getattr(record, "file", "") or getattr(record, "place", "") or ""
    at = Pointer(f"{collector}/ask", f"{path}:{line}" if path else f"line {line}")
    evidence = Evidence("hosts", target, collector, at, audit - 1 if carried else audit)
    return Seen(replace_at(record, at), evidence, carried)


def refused(why: Why, cure: str, detail: str) -> dict[str, tuple[Gap, ...]]:
    """A gap for every collector: the host could not be asked at all."""
    return {name: (Gap(why, detail=detail, cure=cure),) for name in ASKED}


def without_root() -> dict[str, tuple[Gap, ...]]:
    """A gap for every collector that asks something as root."""
    gap = Gap(Why.DENIED, detail="needs root", cure="root")
    return dict.fromkeys(NEEDS_ROOT, (gap,))


def snapshot() -> MemorySnapshot:
    """The company as the second audit found it: two hosts without root, one not reached."""
    return MemorySnapshot(AUDIT, hosts())


def hosts() -> list[tuple[Reading, tuple[Seen[Record], ...]]]:
    """The readings of the company's hosts."""
    told = []
    for number, (name, more) in enumerate(extras().items(), 1):
        gaps = without_root() if name in ("mail1", "file1") else None
        told.extend(readings(name, [*linux(name, number), *more], gaps=gaps))
    gone = refused(Why.UNREACHABLE, "route", "no answer on port 22")
    told.extend(readings("erp1", [*linux("erp1", 9), deploy_key()], gaps=gone, carried=True))
    return told


class Judged(Judgement):
    """A judgement whose findings are these, whatever rules there are."""

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """One rule that is broken, kept and cannot be told; one that is met; one that is unknown."""
        return tuple(_findings(self))


def _findings(judgement: Judgement) -> Iterator[Finding]:
    for host in judgement.holdings.hosts:
        blanks = host.blanks(OperatingSystem)
        yield Finding(
            rule="host.eol", title="The operating system is supported", severity=Severity.HIGH,
            target=host.name, subject="", verdict=Verdict.UNKNOWN if blanks else Verdict.MET,
            says="not known" if blanks else "Debian 12 is supported until 2028-06-30",
            reason="Nobody mends what is found after that.", remedy="Plan the upgrade.",
            blanks=blanks,
        )  # fmt: skip
        for row in host.rows(AuthorizedKey):
            if row.record.is_weak and not row.carried:
                yield Finding(
                    rule="key.weak", title="Keys are strong", severity=Severity.CRITICAL,
                    target=host.name, subject=row.record.fingerprint, verdict=Verdict.NOT_MET,
                    says="a 1024 bit RSA key opens root", reason="It can be computed.",
                    remedy="Replace the key.", evidence=(row.evidence,),
                )  # fmt: skip


def judged(found: MemorySnapshot, parties: tuple[Party, ...] = PARTIES) -> Judgement:
    """The judgement of a snapshot."""
    dates = case.Dates(now=NOW, cutover=NOW + 42 * DAY_S)
    return Judged(Case(found, parties, dates, client="Muster GmbH", own_account="audit"))


def items(judgement: Judgement) -> tuple[Item, ...]:
    """A checklist of the kinds of lines there are; made by hand, so that each has its words."""
    holds = Holdings(judgement.case).footprint(Role.OUTGOING).holds
    keys = tuple(hold for hold in holds if hold.subject == DEPLOY)
    day = NOW + 5 * DAY_S
    return (
        Item(
            id="T-01", key="create client root", act=Act.CREATE, gate="G0",
            title="a client login that becomes root on every host",
            todo="Log in as mdorn on each host and run sudo -v. Stop all removals until it is tested.",
            proof="An audit sees the way to root; Maria Dorn logs in alone.",
            owner="Maria Dorn", due=day, verdict=ItemVerdict.OPEN,
            boxes=(
                Box("web1", "", ItemVerdict.DONE, "web1 line 2 (linux.accounts, audit 2)"),
                Box("erp1", "", ItemVerdict.CANNOT_TELL, ""),
            ),
        ),
        Item(
            id="B-03", key="restore", act=Act.CREATE, gate="G1",
            title="a restore of the ERP, elsewhere, with the client's key",
            todo="Never over the live system. If it fails, the cutover stops.",
            proof="Two parties attest the restore.", owner="", due=None,
            verdict=ItemVerdict.ATTESTED, says="attested by MD (client) and KN (NewMSP) 2027-05-08",
        ),
        Item(
            id="R-07", key="revoke key", act=Act.REVOKE, gate="G4",
            title=f'key {DEPLOY} "deploy"',
            todo="Take the line out of the file. Test the new login before, on each host.",
            proof="The next audit reads the file in full and the key is not in it.",
            owner="NewMSP", due=day + 30 * DAY_S, verdict=ItemVerdict.OPEN,
            boxes=(
                *(Box(hold.target, hold.detail, ItemVerdict.OPEN, str(hold.evidence[0])) for hold in keys),
                Box("file1", "", ItemVerdict.CANNOT_TELL, ""),
            ),
            holds=keys, blanks=judgement.outgoing.blanks[:3], after="After T-01.", undo="Console.",
        ),
        Item(
            id="R-08", key="revoke agent", act=Act.REVOKE, gate="G4", title="agent ScreenConnect",
            todo="Remove it at the host, then at the console.", proof="No agent is seen.",
            owner="NewMSP", due=day, verdict=ItemVerdict.CONTRADICTED,
            says="declared removed 2027-05-08; seen 2027-05-09", progress="removed, says OldMSP 2027-05-08",
        ),
    )  # fmt: skip


def told(found: MemorySnapshot | None = None, detail: Detail = Detail.MINIMAL) -> Told:
    """All that the documents of the company, or of another snapshot, are written from."""
    judgement = judged(found or snapshot())
    return Told(
        judgement=judgement,
        items=items(judgement),
        engagement=engagement(detail),
        seal=SEAL,
        started=NOW,
        ended=NOW + 151,
        audits=2,
        changes=(),
        version="0.1.0",
    )
