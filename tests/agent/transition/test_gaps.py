"""No gap makes a line better: each reading in turn is replaced by each kind of gap."""

import msgspec
import pytest

from agent.transition.item import Item, ItemVerdict
from inventory.model.access import LoginSecret, SshTrust
from inventory.model.account import LastLogin
from inventory.model.evidence import Gap, Why
from inventory.model.host import DomainJoin
from inventory.model.moment import Moment
from inventory.model.network import FirewallSource, Resolver, VpnPeer
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
    DAY_S,
    KINDS,
    NOBODYS_KEY,
    NOW,
    OUR_KEY,
    ROOT,
    THEIR_KEY,
    account,
    group,
    key,
    password,
    sshd,
    sudo,
)
from tests.agent.transition.building import Engagement

GOOD = (ItemVerdict.DONE, ItemVerdict.ATTESTED, ItemVerdict.NOT_THEIRS)
THEIR_HOST = "rmm.oldmsp.example"
HELD: tuple[Record, ...] = (
    ROOT,
    *sshd(),
    password("root", day=NOW // DAY_S - 5),
    account("carla", 1001),
    password("carla"),
    sudo("carla", file="/etc/sudoers.d/carla"),
    key("carla", OUR_KEY),
    account("oldmsp", 1002),
    password("oldmsp"),
    sudo("oldmsp", "#1002", "%ops"),
    group("ops", "oldmsp"),
    group("docker", "oldmsp", gid=901),
    key("root", THEIR_KEY, comment="deploy"),
    key("root", NOBODYS_KEY, comment="otto@oldmsp.example"),
    SshTrust(type="TrustedUserCAKeys", value=THEIR_KEY, file="/etc/ssh/ca.pub"),
    SshTrust(type="AuthorizedKeysCommand", value="/opt/rmm.oldmsp.example/keys", file="/etc/ssh/x"),
    LoginSecret(
        path="/root/id", type="private SSH key", owner="root", mode=0o600, fingerprint=THEIR_KEY
    ),
    DomainJoin(domain="ad.old-cloud.example", by="sssd"),
    FirewallSource(source="203.0.113.7"),
    Resolver(type="nameserver", value="203.0.113.53"),
    VpnPeer(type="wireguard", interface="wg0", peer="k", endpoint="203.0.113.9"),
    Agent(product="ScreenConnect", type="remote control", state="running", instance="inst-old"),
    Agent(product="Zabbix agent", type="monitoring", state="running", server=THEIR_HOST),
    ManagementHook(product="Salt", controller=THEIR_HOST),
    ScheduledJob(
        place="/etc/cron.d/o",
        schedule="@daily",
        command="run",
        account="oldmsp",
        mail_to="a@oldmsp.example",
    ),
    MailRelay(program="postfix", relay=THEIR_HOST),
    MailAlias(file="/etc/aliases", name="root", target="noc@oldmsp.example"),
    LogTarget(program="rsyslog", target=THEIR_HOST),
    BackupJob(product="restic", place="/etc/restic", destination=f"sftp://{THEIR_HOST}/x"),
    TimeSync(program="chrony", servers=(THEIR_HOST,)),
    Tunnel(program="autossh", target=THEIR_HOST),
    Certificate(
        place="/etc/x.pem",
        fingerprint="aa",
        subject="CN=x",
        issuer="y",
        names=(THEIR_HOST,),
        not_before=Moment.exact(0),
        not_after=Moment.exact(1),
    ),
    CertificateAccount(client="certbot", server="le", contact="le@oldmsp.example"),
    Container(engine="docker", name="app", image="hub.old-cloud.example/app", state="running"),
    Repository(url=f"https://{THEIR_HOST}/deb", file="/etc/apt/x"),
    WebSite(server="nginx", name=THEIR_HOST, file="/etc/nginx/x"),
)
# What is left after a good cutover: the client's own way, used; a new password.
LEFT: tuple[Record, ...] = (
    ROOT,
    *sshd(),
    password("root", day=NOW // DAY_S + 5),
    account("carla", 1001),
    password("carla"),
    sudo("carla", file="/etc/sudoers.d/carla"),
    key("carla", OUR_KEY),
    LastLogin(account="carla", when=Moment.exact(NOW + DAY_S + 3600), origin="10.0.0.1"),
)


def cut_over() -> Engagement:
    run = Engagement(access_ended=NOW)
    run.audit({"web1": HELD, "web2": LEFT})
    return run


def test_a_good_cutover_proves_every_line() -> None:
    items = cut_over().audit({"web1": LEFT, "web2": LEFT})
    assert len(items) > 25
    assert {
        key: item.says for key, item in items.items() if item.verdict is not ItemVerdict.DONE
    } == {}


def _better(before: Item | None, after: Item) -> bool:
    worse_before = before is None or before.verdict not in GOOD
    return after.verdict in GOOD and worse_before


@pytest.mark.parametrize("why", list(Why))
@pytest.mark.parametrize("state", ["held", "half", "left"])
def test_no_gap_makes_a_verdict_better(why: Why, state: str) -> None:
    half = (*LEFT, *(r for number, r in enumerate(HELD) if number > 6 and number % 2))
    now = {"held": HELD, "half": half, "left": LEFT}[state]
    hosts = {"web1": now, "web2": LEFT}
    run = cut_over()
    known, before = run.memory.items, run.told
    whole = run.audit(hosts, keep=False)
    for kind in KINDS:
        gap = Gap(why, "ask", "", "as the test wants it")
        # with what is carried; for one kind of gap also with nothing that is carried
        for told in (before, ()) if why is Why.DENIED else (before,):
            run.told = told
            items = run.audit(hosts, gaps={("web1", kind.__name__): gap}, keep=False)
            vanished = [item for name, item in whole.items() if name not in items]
            assert not {item.id for item in vanished} & set(known), kind
            assert not vanished or items["decide unread"].verdict is ItemVerdict.CANNOT_TELL
            better = [item.key for item in items.values() if _better(whole.get(item.key), item)]
            assert better == [], kind
            for item in items.values():
                here = [box.target for box in item.boxes]
                assert (
                    {box.target for box in known[item.id].boxes} <= set(here)
                    if item.id in known
                    else True
                )


@pytest.mark.parametrize("kind", [kind.__name__ for kind in KINDS])
def test_a_refused_question_never_closes_what_it_could_show(kind: str) -> None:
    """The audit in which everything is gone, but one question was refused on one host."""
    run = cut_over()
    denied = Gap(Why.DENIED, "ask", "", "permission denied", "root")
    items = run.audit({"web1": LEFT, "web2": LEFT}, gaps={("web1", kind): denied})
    for item in items.values():
        needing = [
            box
            for box in run.memory.items[item.id].boxes
            if box.target == "web1" and kind in box.needs
        ]
        if needing:
            assert item.verdict is ItemVerdict.CANNOT_TELL, (item.key, item.says)


def test_a_part_that_was_hidden_keeps_what_it_held_and_closes_nothing() -> None:
    run = Engagement()
    first = (ROOT, *sshd(), key("root", THEIR_KEY))
    run.audit({"web1": first})
    part = Gap(Why.DENIED, "ask", "/home/carla/.ssh/authorized_keys", "permission denied", "root")
    items = run.audit({"web1": (ROOT, *sshd())}, gaps={("web1", "AuthorizedKey"): part})
    assert items[f"revoke ssh key {THEIR_KEY}"].verdict is ItemVerdict.CANNOT_TELL


def test_the_first_audit_of_an_unreachable_fleet_is_no_clean_checklist() -> None:
    from tests.agent.transition.building import everything

    items = Engagement().audit({"web1": HELD}, gaps=everything("web1"))
    assert items["decide unread"].verdict is ItemVerdict.CANNOT_TELL
    assert [item.verdict for item in items.values() if item.verdict in GOOD] == []


def test_an_audit_without_any_host_is_no_clean_checklist() -> None:
    items = Engagement().audit({})
    assert [(item.key, item.verdict) for item in items.values()] == [
        ("decide unread", ItemVerdict.CANNOT_TELL)
    ]


def test_an_empty_profile_never_looks_clean() -> None:
    from tests.agent.judge.building import CLIENT, OLDMSP

    nameless = msgspec.structs.replace(
        OLDMSP,
        people=(),
        mail_domains=(),
        networks=(),
        ssh_keys=(),
        accounts=(),
        agent_instances=(),
        servers=(),
    )
    for parties in ((CLIENT,), (CLIENT, nameless)):
        items = Engagement(parties=parties).audit({"web1": LEFT})
        line = items["decide party"]
        assert (line.verdict, line.gate) == (ItemVerdict.OPEN, "G0")
        assert "nothing is recognised" in line.says
