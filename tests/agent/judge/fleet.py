"""Three hosts on which the outgoing party holds something of every kind."""

from collections.abc import Mapping

from inventory.model.access import (
    AuthorizedKey,
    DoasRule,
    LoginSecret,
    SshTrust,
    SudoAlias,
    SudoDefault,
)
from inventory.model.account import LastLogin, LoggedIn
from inventory.model.host import DomainJoin, Filesystem, HostIdentity
from inventory.model.moment import Moment
from inventory.model.network import Address, Connection, FirewallSource, Resolver, VpnPeer
from inventory.model.operation import (
    Agent,
    BackupJob,
    LogTarget,
    MailAlias,
    MailRelay,
    ManagementHook,
    ScheduledJob,
    TimeSync,
    Tunnel,
)
from inventory.model.record import Record
from inventory.model.software import (
    Certificate,
    CertificateAccount,
    Container,
    Repository,
    WebSite,
)
from tests.agent.judge.building import (
    NOBODYS_KEY,
    ROOT,
    THEIR_KEY,
    account,
    group,
    key,
    password,
    sshd,
    sudo,
)

_ACCESS: tuple[Record, ...] = (
    ROOT,
    account("oldmsp"),
    account("otto", 1001, gecos="Otto Alt,,,"),
    account("carla", 1002),
    password("root", "locked"),
    password("oldmsp"),
    password("otto", "locked"),
    password("carla"),
    key("root", THEIR_KEY, comment="deploy"),
    key("carla", NOBODYS_KEY, comment="laptop"),
    key("otto", "SHA256:" + "o" * 43),
    sudo("oldmsp", tags=()),
    sudo("%ops"),
    sudo("TEAM", file="/etc/sudoers.d/team"),
    SudoAlias(type="User", name="TEAM", members=("otto",), file="/etc/sudoers.d/team"),
    SudoDefault(file="/etc/sudoers", setting="targetpw", scope=":nobody"),
    group("ops", "carla"),
    group("docker", "oldmsp", gid=901),
    DoasRule(order=1, permits=True, identity="otto", file="/etc/doas.conf"),
    *sshd(),
    SshTrust(type="AuthorizedKeysCommand", value="/opt/oldmsp/keys", file="/etc/ssh/sshd_config"),
    SshTrust(type="TrustedUserCAKeys", value=THEIR_KEY, file="/etc/ssh/ca.pub"),
    LoginSecret(
        path="/root/.ssh/id",
        type="private SSH key",
        owner="root",
        mode=0o600,
        fingerprint=THEIR_KEY,
    ),
    LastLogin(account="otto", origin="203.0.113.9"),
    LoggedIn(account="otto", terminal="pts/0", origin="203.0.113.9"),
)
_REST: tuple[Record, ...] = (
    HostIdentity(hostname="any"),
    Address(interface="eth0", address="10.0.0.1"),
    DomainJoin(domain="ad.oldmsp.example", by="sssd", file="/etc/sssd/sssd.conf"),
    Filesystem(mountpoint="/mnt/b", device="rmm.oldmsp.example:/b", type="nfs4", is_network=True),
    Agent(product="ScreenConnect", type="remote control", state="running", instance="inst-old"),
    ManagementHook(product="Salt", controller="rmm.oldmsp.example"),
    Connection(local="10.0.0.1:5", peer="203.0.113.7", peer_port=443),
    VpnPeer(type="wireguard", interface="wg0", peer="k" * 43 + "=", endpoint="203.0.113.1"),
    Tunnel(program="autossh", target="rmm.oldmsp.example"),
    FirewallSource(source="203.0.113.0/24", port="22"),
    ScheduledJob(
        place="/etc/cron.d/old",
        schedule="@daily",
        command="/opt/x --to otto@oldmsp.example",
        account="oldmsp",
        mail_to="otto@oldmsp.example",
    ),
    MailRelay(program="postfix", relay="rmm.oldmsp.example"),
    MailAlias(file="/etc/aliases", name="root", target="otto@oldmsp.example"),
    LogTarget(program="rsyslog", target="logs.old-cloud.example"),
    BackupJob(product="restic", place="/etc/restic", destination="sftp://rmm.oldmsp.example/b"),
    TimeSync(program="chrony", servers=("ntp.old-cloud.example",)),
    Resolver(type="nameserver", value="203.0.113.53", file="/etc/resolv.conf"),
    Repository(url="https://rmm.oldmsp.example/apt", suite="x", file="/etc/apt/sources.list"),
    Container(engine="docker", name="app", image="r.old-cloud.example/app:1", state="running"),
    Certificate(
        place="/etc/ssl/a.pem",
        fingerprint="ab",
        subject="CN=rmm.oldmsp.example",
        issuer="CN=ca",
        names=("rmm.oldmsp.example",),
        not_before=Moment.exact(0),
        not_after=Moment.exact(2_000_000_000),
    ),
    CertificateAccount(client="certbot", server="acme.example", contact="otto@oldmsp.example"),
    WebSite(server="nginx", name="rmm.oldmsp.example", file="/etc/nginx/a"),
)
# The third host holds next to nothing, so that it must not look clean under a gap.
FLEET: Mapping[str, tuple[Record, ...]] = {
    "app1": (*_ACCESS, *_REST),
    "db1": _ACCESS,
    "web1": (ROOT, account("carla", 1002), password("root", "locked"), password("carla"), *sshd()),
}
CLEAN: Mapping[str, tuple[Record, ...]] = {
    name: (ROOT, password("root", "locked"), *sshd(), HostIdentity(hostname=name))
    for name in ("app1", "db1", "web1")
}
assert AuthorizedKey in {type(record) for record in _ACCESS}
