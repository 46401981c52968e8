"""For each rule a small world in which it is met, and one in which it is broken."""

from collections.abc import Mapping

from inventory.model.access import (
    AuthorizedKey,
    DoasRule,
    KeyFile,
    LoginSecret,
    SshdSetting,
    SshTrust,
    SudoDefault,
    SudoGrant,
)
from inventory.model.account import Account, Group, LastLogin, PasswordState
from inventory.model.evidence import Gap, Why
from inventory.model.host import (
    DiskArray,
    DiskSpace,
    Encryption,
    Filesystem,
    Hardware,
    HostIdentity,
    HostKey,
    OperatingSystem,
    Reboot,
    Uptime,
)
from inventory.model.moment import Moment
from inventory.model.network import Firewall, Listener
from inventory.model.operation import (
    AccessControl,
    Agent,
    BackupJob,
    LogTarget,
    MailAlias,
    ManagementHook,
    ScheduledJob,
    Service,
    TimeSync,
    Tunnel,
)
from inventory.model.record import Record
from inventory.model.software import (
    Certificate,
    CertificateAccount,
    Container,
    Database,
    PendingUpdate,
    Repository,
    UpdateState,
)
from tests.agent.judge.rules.building import NOW, OTHER, OURS, THEIRS, Facts, Situation, ago
from tests.agent.judge.rules.directory_situations import DIRECTORY_SITUATIONS
from tests.agent.judge.rules.entra_situations import ENTRA_SITUATIONS

ROOT = Account(name="root", uid=0, gid=0, home="/root", shell="/bin/bash")
MIA = Account(name="mia", uid=1000, gid=1000, home="/home/mia", shell="/bin/bash")
OLD = Account(name="oldmsp", uid=1001, gid=1001, home="/home/oldmsp", shell="/bin/bash")
APP = Account(name="app", uid=999, gid=999, home="/srv/app", shell="/usr/sbin/nologin")
NAMES = HostIdentity(hostname="web1", fqdn="web1.muster.example", machine_id="a" * 32)


def setting(keyword: str, value: str) -> SshdSetting:
    return SshdSetting(keyword=keyword, value=value, is_effective=True)


def key(account: str = "mia", print_: str = OURS, **more: object) -> AuthorizedKey:
    said: dict[str, object] = {"comment": "mia@laptop", "algorithm": "ssh-ed25519", **more}
    file = f"/home/{account}/.ssh/authorized_keys"
    return AuthorizedKey(account=account, file=file, fingerprint=print_, **said)  # type: ignore[arg-type]


def grant(users: str = "%sudo", commands: str = "ALL", *tags: str) -> SudoGrant:
    return SudoGrant(
        file="/etc/sudoers", users=(users,), hosts=("ALL",), commands=(commands,), tags=tags
    )


def password(account: str, state: str = "set", days: float = 10, scheme: str = "yescrypt"):
    return PasswordState(
        account=account, state=state, scheme=scheme if state == "set" else None, changed=ago(days)
    )


SSHD = (
    setting("pubkeyauthentication", "yes"),
    setting("passwordauthentication", "no"),
    setting("kbdinteractiveauthentication", "no"),
    setting("permitrootlogin", "no"),
    setting("permitemptypasswords", "no"),
    setting("usepam", "yes"),
)
PASSWORDS = (
    setting("pubkeyauthentication", "yes"),
    setting("passwordauthentication", "yes"),
    setting("kbdinteractiveauthentication", "no"),
    setting("permitrootlogin", "yes"),
    setting("permitemptypasswords", "yes"),
    setting("usepam", "yes"),
)
# mia gets in by a key of her own and is root by sudo with a password that works
CLIENT_IN = (
    *(*SSHD, NAMES, ROOT, MIA, key(), grant("mia")),
    *(password("mia"), password("root", "locked")),
)
OUTGOING_IN = (*CLIENT_IN, OLD, key("oldmsp", THEIRS), grant("oldmsp"), password("oldmsp"))


def agent(product: str, kind: str, state: str = "running", **more: str) -> Agent:
    return Agent(product=product, type=kind, state=state, **more)


def certificate(days_left: int, key_: str = "RSA 2048") -> Certificate:
    end = Moment.exact(NOW + days_left * 86_400)
    return Certificate(
        place="/etc/nginx/a.crt",
        fingerprint="ab" * 32,
        subject="CN=www.muster.example",
        issuer="CN=Any",
        names=("www.muster.example",),
        not_before=ago(400),
        not_after=end,
        key_type=key_,
    )


def listener(address: str, port: int) -> Listener:
    return Listener(protocol="tcp", address=address, port=port)


def updates(days: float = 1, automatic: bool | None = True) -> UpdateState:
    return UpdateState(manager="apt", lists_changed=ago(days), automatic=automatic)


def job(command: str = "/usr/local/bin/x", account: str = "root", mail: str = "") -> ScheduledJob:
    return ScheduledJob(
        place="/etc/cron.d/x", schedule="@daily", command=command, account=account, mail_to=mail
    )


def secret(mode: int = 0o600, encrypted: bool = True) -> LoginSecret:
    return LoginSecret(
        path="/home/mia/.ssh/id",
        type="private SSH key",
        owner="mia",
        mode=mode,
        is_encrypted=encrypted,
    )


def trust(kind: str, value: str) -> SshTrust:
    return SshTrust(type=kind, value=value, file="/etc/ssh/sshd_config")


def backup(destination: str, product: str = "restic") -> BackupJob:
    return BackupJob(product=product, place="/etc/restic.env", destination=destination)


def one(*records: Record) -> Facts:
    return {"web1": records}


def each(*worlds: tuple[Record, ...]) -> Facts:
    return {f"web{number}": records for number, records in enumerate(worlds, 1)}


def at(met: tuple[Record, ...], broken: tuple[Record, ...], own_account: str = "") -> Situation:
    return Situation(one(*met), one(*broken), own_account)


TOO_OLD = Gap(Why.UNREACHABLE, detail="web1 speaks only legacy SSH", cure="legacy")
_GROUP = Group(name="docker", gid=101, members=("mia",))
_ROOT_FS = Filesystem(mountpoint="/", device="/dev/vda1", type="ext4")
_LUKS = Encryption(device="UUID=1", type="LUKS", key_from="none")
_METAL = Hardware(virtualisation="none")
_DOAS = DoasRule(file="/etc/doas.conf", order=1, permits=True, identity=":wheel")
_NOPASS = DoasRule(
    file="/etc/doas.conf", order=1, permits=True, identity="mia", needs_password=False
)
_KEYS = KeyFile(path="/home/mia/.ssh/authorized_keys", account="mia", owner="mia", mode=0o600)
_OPEN = KeyFile(path="/home/mia/.ssh/authorized_keys", account="mia", owner="mia", mode=0o666)
_CLONE = HostKey(algorithm="ssh-ed25519", fingerprint=OTHER)
_OTHER_KEY = HostKey(algorithm="ssh-ed25519", fingerprint=OURS)
_SECOND = HostIdentity(hostname="web2", machine_id="b" * 32)

SITUATIONS: Mapping[str, Situation] = {
    **DIRECTORY_SITUATIONS,
    **ENTRA_SITUATIONS,
    "access.client-root": at(CLIENT_IN, (*SSHD, NAMES, ROOT, OLD, key("oldmsp", THEIRS))),
    "account.no-password": at((MIA, password("mia")), (MIA, password("mia", "none"))),
    "account.uid0": at((ROOT, MIA), (ROOT, Account(name="toor", uid=0, gid=0))),
    "account.shared-uid": at((ROOT, MIA), (MIA, Account(name="mia2", uid=1000, gid=1))),
    "account.weak-hash": at((password("mia"),), (password("mia", scheme="md5"),)),
    "account.old-password": at((password("mia"),), (password("mia", days=800),)),
    "account.stale-privileged": at(
        (*CLIENT_IN, LastLogin(account="mia", when=ago(3))),
        (*CLIENT_IN, LastLogin(account="mia", when=ago(300))),
    ),
    "agent.foreign-instance": at(
        (agent("ScreenConnect", "remote control", instance="muster-tenant"),),
        (agent("ScreenConnect", "remote control", instance="old-tenant"),),
    ),
    "agent.monitoring.none": at(
        (agent("Zabbix", "monitoring", server="zabbix.muster.example"),),
        (agent("Zabbix", "monitoring", server="127.0.0.1"),),
    ),
    "agent.security.none": at((agent("Wazuh", "security"),), (agent("Zabbix", "monitoring"),)),
    "agent.two-remote": at(
        (agent("AnyDesk", "remote control"),),
        (agent("AnyDesk", "remote control"), agent("TeamViewer", "remote control")),
    ),
    "hook.foreign": at(
        (ManagementHook(product="Salt", controller="salt.muster.example"),),
        (ManagementHook(product="Salt", controller="salt.oldmsp.example"),),
    ),
    "array.degraded": at(
        (DiskArray(name="md0", type="md raid1", state="active"),),
        (DiskArray(name="md0", type="md raid1", state="active", is_degraded=True),),
    ),
    "disk.full": at(
        (DiskSpace(mountpoint="/", size_bytes=1000, free_bytes=500),),
        (DiskSpace(mountpoint="/", size_bytes=1000, free_bytes=50),),
    ),
    "encryption.none": at((_LUKS, _METAL), (_METAL,)),
    "encryption.key-on-host": at(
        (_LUKS,), (Encryption(device="UUID=1", type="LUKS", key_from="/root/key"),)
    ),
    "audit.clock-skew": at(
        (Uptime(up_s=1, clock_offset_s=2),), (Uptime(up_s=1, clock_offset_s=-900),)
    ),
    "audit.identity-clone": Situation(
        each((NAMES, _CLONE), (_SECOND, _OTHER_KEY)), each((NAMES, _CLONE), (NAMES, _CLONE))
    ),
    "audit.own-account": at((ROOT,), (ROOT, MIA), own_account="mia"),
    "audit.own-power": at(
        (*SSHD, NAMES, ROOT, MIA, key(), password("mia")), CLIENT_IN, own_account="mia"
    ),
    "backup.none": at((backup("sftp:nas.muster.example:/b"),), (ROOT,)),
    "backup.on-host": at(
        (backup("sftp:nas.muster.example:/b"), _ROOT_FS), (backup("/var/backups"), _ROOT_FS)
    ),
    "backup.secret-with-outgoing": at(
        (*CLIENT_IN, backup("sftp:nas.muster.example:/b")),
        (*OUTGOING_IN, backup("sftp:nas.muster.example:/b")),
    ),
    "certificate.expired": at((certificate(90),), (certificate(-2),)),
    "certificate.expiring": at((certificate(90),), (certificate(9),)),
    "certificate.weak-key": at((certificate(90),), (certificate(90, "RSA 1024"),)),
    "certificate.contact-outside": at(
        (CertificateAccount(client="certbot", server="a", contact="it@muster.example"),),
        (CertificateAccount(client="certbot", server="a", contact="it@oldmsp.example"),),
    ),
    "container.unpinned": at(
        (Container(engine="docker", name="a", image="r.example:5000/a:1.2", state="running"),),
        (Container(engine="docker", name="a", image="r.example:5000/a", state="running"),),
    ),
    "database.exposed": at(
        (listener("127.0.0.1", 5432), listener("0.0.0.0", 443)),
        (listener("0.0.0.0", 5433), Database(product="PostgreSQL", instance="main", port=5433)),
    ),
    "listener.exposed-admin-ports": at((listener("::1", 5900),), (listener("*", 2375),)),
    "service.failed": at(
        (Service(name="a.service", state="running"),), (Service(name="a.service", state="failed"),)
    ),
    "doas.no-password": at((_DOAS,), (_NOPASS,)),
    "group.docker": at((MIA, Group(name="users", gid=100, members=("mia",))), (MIA, _GROUP)),
    "sudo.everyone": at((ROOT, MIA, grant("mia"), NAMES), (ROOT, MIA, grant("ALL"), NAMES)),
    "sudo.no-password": at(
        (ROOT, MIA, grant("mia"), NAMES), (ROOT, MIA, grant("mia", "ALL", "NOPASSWD"), NAMES)
    ),
    "sudo.limit-escapes": at(
        (ROOT, MIA, grant("mia", "/usr/bin/systemctl restart app"), NAMES),
        (ROOT, MIA, grant("mia", "/usr/bin/vim"), NAMES),
    ),
    "sudo.of-nobody": at((MIA, grant("mia")), (MIA, grant("gone"))),
    "firewall.off": at(
        (Firewall(type="ufw", is_active=True, default_in="deny"),),
        (Firewall(type="nftables", is_active=True, default_in="accept", rules=30),),
    ),
    "tunnel.found": at((), (Tunnel(program="cloudflared", target="a.example"),)),
    "mac.off": at(
        (AccessControl(type="AppArmor", mode="enabled"),),
        (AccessControl(type="SELinux", mode="permissive"),),
    ),
    "time.unsynchronised": at(
        (TimeSync(program="chrony", is_synchronised=True),),
        (TimeSync(program="chrony", is_synchronised=False),),
    ),
    "log.local-only": at(
        (LogTarget(program="rsyslog", target="logs.muster.example"),),
        (agent("Fluent Bit", "logging", "installed"),),
    ),
    "host.eol": at(
        (OperatingSystem(id="debian", version="12"),), (OperatingSystem(id="debian", version="10"),)
    ),
    "os.unknown": at(
        (OperatingSystem(id="ubuntu", version="24.04"),), (OperatingSystem(id="beos", version="5"),)
    ),
    "repo.unsigned": at(
        (Repository(url="https://deb.example", is_checked=None),),
        (Repository(url="https://deb.example", is_checked=False),),
    ),
    "updates.security": at(
        (updates(), PendingUpdate(name="a", version="1", is_security=False)),
        (updates(), PendingUpdate(name="a", version="1", is_security=True)),
    ),
    "updates.lists-stale": at((updates(2),), (updates(60),)),
    "updates.automatic": at((updates(),), (updates(automatic=False),)),
    "reboot.pending": at((), (Reboot(reason="kernel", packages=("6.1.0-31",)),)),
    "job.of-person": at((MIA, job()), (MIA, job(account="mia"))),
    "job.replaceable": at((job(),), (job("cd=1 /bin/bash -e /home/mia/run.sh"),)),
    "job.mail-outside": at(
        (NAMES, job(mail="root, it@muster.example, root@web1")),
        (NAMES, job(mail="noc@oldmsp.example")),
    ),
    "mail.alias-outside": at(
        (NAMES, MailAlias(file="/etc/aliases", name="root", target="mia")),
        (NAMES, MailAlias(file="/etc/aliases", name="root", target="someone@elsewhere.example")),
    ),
    "key.weak": at((key(),), (key(algorithm="ssh-dss", is_weak=True),)),
    "key.no-comment": at((key(),), (key(comment=""),)),
    "key.root-unbound": at((ROOT, key("root", command="/bin/x")), (ROOT, key("root"))),
    "key.authority": at((key(),), (key(is_authority=True),)),
    "key.file-writable-by-others": at((MIA, _KEYS), (MIA, _OPEN)),
    "key.shared-between-accounts": at((key(), key("app", OTHER)), (key(), key("app"))),
    "key.everywhere": Situation(
        each((key(),), (key(),), (key(print_=OTHER),), (), (), ()),
        each((key(),), (key(),), (key(),), (), ()),
    ),
    "secret.readable": at((secret(),), (secret(0o644),)),
    "secret.plain-key": at((secret(),), (secret(encrypted=False),)),
    "ssh.password-root": at((*SSHD, ROOT, password("root")), (*PASSWORDS, ROOT, password("root"))),
    "ssh.password": at(SSHD, PASSWORDS),
    "ssh.empty-password": at(SSHD, PASSWORDS),
    "ssh.legacy": Situation(one(NAMES), one(), gap=TOO_OLD),
    "ssh.ca-trust": at((), (trust("TrustedUserCAKeys", OTHER),)),
    "ssh.key-command": at((), (trust("AuthorizedKeysCommand", "/usr/bin/ask %u"),)),
    "ssh.host-trust": at(SSHD, (*SSHD, trust("shosts", "/etc/hosts.equiv"))),
}
DEFAULTS = SudoDefault(file="/etc/sudoers", setting="targetpw")
