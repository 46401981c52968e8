"""Where rules weigh, doubt or leave out: the cases that a verdict alone does not show."""

import pytest
from msgspec.structs import replace

from agent.judge.case import Finding, Severity, Verdict
from inventory.model.access import SshdSetting, SshTrust
from inventory.model.account import Account, LastLogin, PasswordState
from inventory.model.host import DomainJoin, Filesystem, Hardware, OperatingSystem, Subscription
from inventory.model.moment import Moment
from inventory.model.network import Firewall
from inventory.model.operation import Agent, BackupJob, ManagementHook, ScheduledJob
from inventory.model.party import Party, Role
from inventory.model.record import Record
from inventory.model.software import Container, PendingUpdate, UpdateState
from inventory.reading import State
from tests.agent.judge.rules import situations as world
from tests.agent.judge.rules.building import NOW, OURS, PARTIES, THEIRS, judged

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


def only(rule_id: str, *records: Record, **how: object) -> Finding:
    found = judged(rule_id, {"web1": records}, **how)  # type: ignore[arg-type]
    assert len(found) == 1, found
    return found[0]


def system(os_id: str, version: str | None = None) -> OperatingSystem:
    return OperatingSystem(id=os_id, version=version, name=f"{os_id} {version}")


class TestSupport:
    def test_an_unlisted_release_is_unknown_and_not_supported(self):
        told = only("host.eol", system("beos", "5"))
        assert told.verdict is UNKNOWN
        assert told.evidence

    def test_a_host_that_does_not_say_what_it_runs_is_unknown(self):
        assert only("host.eol").verdict is UNKNOWN

    def test_an_end_within_six_months_weighs_less_than_a_past_one(self):
        soon = only("host.eol", system("ubuntu", "22.04"))
        past = only("host.eol", system("debian", "10"))
        assert (soon.verdict, soon.severity) == (NOT_MET, Severity.MEDIUM)
        assert (past.verdict, past.severity) == (NOT_MET, Severity.HIGH)
        assert past.says == "Debian 10 has been out of support since 2024-06-30"

    def test_a_subscription_that_may_extend_it_is_named(self):
        pro = Subscription(product="Ubuntu Pro", state="attached")
        told = only("host.eol", system("ubuntu", "20.04"), pro)
        assert told.severity is Severity.MEDIUM
        assert "Ubuntu Pro" in told.says


class TestUpdates:
    def test_stale_lists_make_no_updates_unknown(self):
        assert only("updates.security", world.updates(60)).verdict is UNKNOWN

    def test_no_lists_make_no_updates_unknown(self):
        assert only("updates.security", UpdateState(manager="apt")).verdict is UNKNOWN

    def test_an_unknown_package_manager_makes_no_updates_unknown(self):
        assert only("updates.security").verdict is UNKNOWN

    def test_updates_that_do_not_say_whether_they_are_for_security_leave_it_open(self):
        told = only("updates.security", world.updates(), PendingUpdate(name="a", version="1"))
        assert told.verdict is UNKNOWN

    def test_many_updates_are_one_finding_with_their_number(self):
        waiting = [PendingUpdate(name=f"p{n}", version="1", is_security=True) for n in range(50)]
        told = only("updates.security", world.updates(), *waiting)
        assert told.says == "50 security updates not installed: p0, p1, p10 and 47 more"
        assert told.verdict is NOT_MET

    def test_beside_updates_that_wait_stale_lists_say_that_more_may(self):
        waiting = PendingUpdate(name="a", version="1", is_security=True)
        found = judged("updates.security", {"web1": (world.updates(60), waiting)})
        assert [one.verdict for one in found] == [NOT_MET, UNKNOWN]
        assert found[1].says == "the lists of apt are 60 days old, so more updates may wait"

    def test_managers_that_do_not_say_whether_they_update_are_unknown(self):
        assert only("updates.automatic", world.updates(automatic=None)).verdict is UNKNOWN


class TestSsh:
    def test_a_locked_root_is_not_let_in_whatever_sshd_says(self):
        records = (*world.PASSWORDS, world.ROOT, world.password("root", "locked"))
        assert only("ssh.password-root", *records).verdict is MET

    def test_roots_password_that_was_not_read_is_unknown(self):
        records = (*world.PASSWORDS, world.ROOT)
        told = only("ssh.password-root", *records, refused=(PasswordState,))
        assert told.verdict is UNKNOWN

    @pytest.mark.parametrize("name", ["ssh.password", "ssh.password-root", "ssh.empty-password"])
    def test_a_host_without_settings_of_sshd_may_have_another_server(self, name: str):
        assert only(name, world.ROOT, world.password("root")).verdict is UNKNOWN

    def test_a_match_block_that_takes_passwords_counts(self):
        block = SshdSetting(
            keyword="passwordauthentication", value="yes", match="User x", is_effective=False
        )
        told = only("ssh.password", *world.SSHD, block)
        assert (told.verdict, told.subject) == (NOT_MET, "Match User x")

    def test_what_is_in_force_counts_before_what_a_file_says(self):
        written = SshdSetting(keyword="passwordauthentication", value="yes", is_effective=False)
        assert only("ssh.password", *world.SSHD, written).verdict is MET

    @pytest.mark.parametrize("name", ["ssh.password", "ssh.empty-password"])
    def test_what_a_file_says_is_not_sure_while_another_could_not_be_read(self, name: str):
        keyword = {"ssh.password": "passwordauthentication"}.get(name, "permitemptypasswords")
        written = SshdSetting(keyword=keyword, value="yes", is_effective=False)
        assert only(name, written).verdict is NOT_MET
        assert only(name, written, state=State.PARTIAL).verdict is UNKNOWN

    def test_a_key_command_of_the_directory_weighs_less(self):
        command = SshTrust(type="AuthorizedKeysCommand", value="/usr/bin/sss_ssh_authorizedkeys")
        assert only("ssh.key-command", command).severity is Severity.LOW


class TestAccess:
    def test_the_client_has_no_way_in_when_its_only_account_has_no_root(self):
        records = (*world.SSHD, world.NAMES, world.ROOT, world.MIA, world.key())
        told = only("access.client-root", *records, world.password("mia"))
        assert (told.verdict, told.severity) == (NOT_MET, Severity.CRITICAL)

    def test_a_directory_may_hold_the_clients_way_in(self):
        join = DomainJoin(domain="muster.example", by="sssd")
        records = (*world.SSHD, world.NAMES, world.ROOT, world.password("root", "locked"), join)
        assert only("access.client-root", *records).verdict is UNKNOWN

    def test_a_key_in_the_clients_account_that_is_not_the_clients_is_no_way_of_theirs(self):
        records = (*world.SSHD, world.NAMES, world.ROOT, world.MIA, world.key(print_=THEIRS))
        told = only("access.client-root", *records, world.grant("mia"), world.password("mia"))
        assert told.verdict is not MET

    def test_without_a_profile_nobody_can_say_whose_a_way_is(self):
        nameless = (Party(role=Role.CLIENT, name="Muster GmbH"), PARTIES[1])
        assert only("access.client-root", *world.CLIENT_IN, parties=nameless).verdict is UNKNOWN

    def test_an_account_whose_last_login_the_log_does_not_have_is_unknown(self):
        assert only("account.stale-privileged", *world.CLIENT_IN).verdict is UNKNOWN

    def test_an_account_that_never_logged_in_is_stale(self):
        never = LastLogin(account="mia", when=None)
        told = only("account.stale-privileged", *world.CLIENT_IN, never)
        assert told.says == "mia leads to root and never logged in"

    def test_an_empty_password_of_an_account_without_a_shell_weighs_less(self):
        told = only("account.no-password", world.APP, world.password("app", "none"))
        assert told.severity is Severity.LOW

    def test_a_password_without_a_date_is_of_unknown_age(self):
        undated = PasswordState(account="mia", state="set", changed=None)
        assert only("account.old-password", undated).verdict is UNKNOWN

    def test_a_day_that_may_lie_within_the_year_is_not_called_old(self):
        edge = Moment(NOW - 366 * 86_400, NOW - 364 * 86_400)
        dated = PasswordState(account="mia", state="set", changed=edge)
        assert only("account.old-password", dated).verdict is MET


class TestSudo:
    def test_all_that_asks_for_the_targets_password_weighs_less(self):
        told = only("sudo.everyone", world.ROOT, world.NAMES, world.grant("ALL"), world.DEFAULTS)
        assert (told.verdict, told.severity) == (NOT_MET, Severity.LOW)

    def test_a_grant_for_another_host_gives_nothing_here(self):
        there = replace(world.grant("ALL"), hosts=("db9",))
        assert only("sudo.everyone", world.ROOT, world.NAMES, there).verdict is MET

    def test_a_grant_to_somebody_a_directory_may_know_is_unknown(self):
        join = DomainJoin(domain="muster.example", by="sssd")
        assert only("sudo.of-nobody", world.MIA, world.grant("gone"), join).verdict is UNKNOWN


class TestAgents:
    def test_an_agent_of_nobodys_is_unknown(self):
        agent = Agent(product="X", type="management", state="running", server="rmm.else.example")
        assert only("agent.foreign-instance", agent).verdict is UNKNOWN

    def test_an_agent_that_does_not_say_where_it_reports_to_is_unknown(self):
        agent = Agent(product="X", type="management", state="running")
        assert only("agent.foreign-instance", agent).verdict is UNKNOWN

    def test_an_agent_that_reports_to_the_host_itself_reports_to_nobody(self):
        agent = Agent(product="X", type="monitoring", state="running", server="127.0.0.1:10051")
        assert only("agent.foreign-instance", agent).verdict is MET

    def test_two_instances_of_one_console_are_told_apart(self):
        one = Agent(
            product="SC",
            type="remote control",
            state="running",
            server="rmm.oldmsp.example",
            instance="old-tenant",
        )
        facts = {"web1": [one, replace(one, instance="b")]}
        found = judged("agent.foreign-instance", facts)
        assert [finding.says for finding in found] == [
            "SC (remote control) reports to rmm.oldmsp.example (instance old-tenant), of OldMSP",
            "SC (remote control) reports to rmm.oldmsp.example (instance b), of OldMSP",
        ]

    def test_a_leavers_remote_control_weighs_more_than_its_monitoring(self):
        theirs = {"state": "running", "instance": "old-tenant"}
        control = only(
            "agent.foreign-instance", Agent(product="X", type="remote control", **theirs)
        )
        watch = only("agent.foreign-instance", Agent(product="X", type="monitoring", **theirs))
        assert (control.severity, watch.severity) == (Severity.HIGH, Severity.MEDIUM)
        assert "OldMSP" in control.says

    def test_monitoring_that_is_installed_and_does_not_run_is_none(self):
        agent = Agent(product="X", type="monitoring", state="installed", server="a.example")
        told = only("agent.monitoring.none", agent)
        assert (told.verdict, told.says) == (NOT_MET, "X is installed, for a.example")

    def test_two_instances_of_one_tool_are_two(self):
        one = Agent(product="SC", type="remote control", state="running", instance="a")
        assert only("agent.two-remote", one, replace(one, instance="b")).verdict is NOT_MET

    def test_a_management_server_of_nobodys_is_unknown(self):
        hook = ManagementHook(product="Puppet", controller="puppet")
        assert only("hook.foreign", hook).verdict is UNKNOWN


class TestBackups:
    def test_no_backup_is_high_and_says_what_was_read(self):
        told = only("backup.none")
        assert (told.verdict, told.severity) == (NOT_MET, Severity.HIGH)
        assert told.says == "no backup was found in any place that was read"

    def test_a_repository_that_was_used_once_is_no_proof_of_a_backup(self):
        assert only("backup.none", world.backup("/x", "borg (seen before)")).verdict is UNKNOWN

    @pytest.mark.parametrize(
        "command", ["/usr/local/bin/nightly-backup.sh", "pg_dump app", "cd / && restic backup /"]
    )
    def test_a_job_that_may_be_a_backup_leaves_it_open(self, command: str):
        job = ScheduledJob(place="/etc/cron.d/b", schedule="@daily", command=command)
        assert only("backup.none", job).verdict is UNKNOWN

    def test_a_backup_to_a_network_mount_lies_outside_of_the_host(self):
        nas = Filesystem(mountpoint="/mnt/nas", device="nas:/b", type="nfs4", is_network=True)
        root = Filesystem(mountpoint="/", device="/dev/vda1", type="ext4")
        assert only("backup.on-host", world.backup("/mnt/nas/web1"), nas, root).verdict is MET

    @pytest.mark.parametrize("name", ["backup.on-host", "backup.secret-with-outgoing"])
    def test_without_any_backup_nothing_is_said_of_where_it_lies(self, name: str):
        assert only(name, *world.CLIENT_IN).verdict is Verdict.NOT_APPLICABLE

    def test_a_destination_that_is_not_stated_leaves_it_open(self):
        root = Filesystem(mountpoint="/", device="/dev/vda1", type="ext4")
        assert only("backup.on-host", world.backup(""), root).verdict is UNKNOWN

    def test_a_destination_of_the_leavers_is_named(self):
        job = world.backup("sftp:backup@vault.oldmsp.example:/b")
        told = only("backup.secret-with-outgoing", *world.CLIENT_IN, job)
        assert told.verdict is NOT_MET
        assert "OldMSP" in told.says

    def test_where_the_secret_comes_from_is_said_and_never_what_it_is(self):
        job = BackupJob(product="restic", place="/etc/r", secret_from="/root/.restic-password")
        told = only("backup.secret-with-outgoing", *world.OUTGOING_IN, job)
        assert "/root/.restic-password" in told.says


class TestMail:
    @pytest.mark.parametrize(
        "address", ["root", "|/usr/bin/procmail", "/dev/null", "root@localhost"]
    )
    def test_what_stays_on_the_host_is_not_outside(self, address: str):
        assert only("job.mail-outside", world.NAMES, world.job(mail=address)).verdict is MET

    def test_without_the_clients_domains_nobody_can_say_what_is_outside(self):
        told = only(
            "job.mail-outside", world.NAMES, world.job(mail="a@b.example"), parties=PARTIES[1:]
        )
        assert told.verdict is UNKNOWN


class TestOthers:
    def test_the_encryption_of_a_virtual_machine_is_not_its_own_matter(self):
        assert only("encryption.none", Hardware(virtualisation="kvm")).verdict is (
            Verdict.NOT_APPLICABLE
        )

    def test_a_firewall_that_does_not_say_its_default_is_unknown(self):
        assert only("firewall.off", Firewall(type="nftables", is_active=True)).verdict is UNKNOWN

    def test_no_firewall_at_all_is_not_met(self):
        assert only("firewall.off").says == "no active firewall was found"

    def test_docker_without_tls_is_critical(self):
        told = only("listener.exposed-admin-ports", world.listener("0.0.0.0", 2375))
        assert told.severity is Severity.CRITICAL

    def test_a_disk_that_is_all_but_full_weighs_more(self):
        space = replace(world.SITUATIONS["disk.full"].broken["web1"][0], free_bytes=-5)
        assert only("disk.full", space).severity is Severity.HIGH

    @pytest.mark.parametrize("image", ["nginx", "nginx:latest", "r.example:5000/a/nginx"])
    def test_an_image_without_a_version_is_unpinned(self, image: str):
        container = Container(engine="docker", name="a", image=image, state="running")
        assert only("container.unpinned", container).verdict is NOT_MET

    def test_a_certificate_that_renews_itself_weighs_less(self):
        ours = replace(world.certificate(9), renewed_by="certbot")
        assert only("certificate.expiring", ours).severity is Severity.LOW

    def test_an_account_with_an_authority_without_a_contact_warns_nobody(self):
        one = replace(world.SITUATIONS["certificate.contact-outside"].met["web1"][0], contact="")
        assert only("certificate.contact-outside", one).says == "certbot lets nobody be warned"

    def test_a_host_without_an_account_with_an_authority_needs_no_contact(self):
        assert only("certificate.contact-outside").verdict is Verdict.NOT_APPLICABLE

    def test_the_audits_own_key_is_no_key_for_everything(self):
        facts = world.SITUATIONS["key.everywhere"].broken
        assert [one.subject for one in judged("key.everywhere", facts)] == [OURS]
        assert [one.verdict for one in judged("key.everywhere", facts, own_key=OURS)] == [MET]

    def test_an_audit_without_an_account_of_its_own_leaves_none(self):
        told = only("audit.own-account", Account(name="root", uid=0, gid=0))
        assert told.verdict is Verdict.NOT_APPLICABLE

    def test_a_machine_id_is_never_printed_whole(self):
        found = judged("audit.identity-clone", world.SITUATIONS["audit.identity-clone"].broken)
        assert not any("a" * 32 in f"{one.says} {one.subject}" for one in found)

    def test_a_text_from_a_host_is_cut_where_it_is_long(self):
        told = only("job.replaceable", world.job("/home/mia/" + "x" * 100_000))
        assert len(told.says) < 300
