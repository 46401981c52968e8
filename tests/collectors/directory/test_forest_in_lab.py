"""The collectors of rights and of the forest at the lab's domain, as an ordinary user and above."""

from typing import TypeVar

import pytest

from collectors.directory_values import sid_text
from inventory.model.directory import (
    DirectoryConnection,
    DirectoryOption,
    DirectoryPasswordPolicy,
    Domain,
    DomainController,
    PartitionBackup,
    RoleHolder,
    SchemaExtension,
    ServerCertificate,
    SiteSubnet,
    TenantLink,
    Trust,
)
from inventory.model.directory_rights import (
    DirectoryRight,
    ManagedPasswordReader,
    ResourceDelegation,
)
from inventory.model.directory_services import (
    CertificateAuthority,
    CertificateTemplate,
    ConnectionPoint,
    DhcpServer,
    DnsEntry,
    DnsZone,
    ExchangeServer,
    GroupPolicy,
    PolicyLink,
    PrintQueue,
    PublishedShare,
    TrustedAuthority,
)
from inventory.model.evidence import Why
from inventory.model.record import Record
from inventory.reading import State
from tests.collectors.directory.lab import Read, each, partial, read
from tests.lab.directory import specimens
from tests.lab.directory.ad import rights
from tests.lab.directory.ad.specimen import SERVERS, WORKSTATIONS
from tests.lab.directory.names import BASE
from tests.lab.directory.samba import SambaAd

R = TypeVar("R", bound=Record)
FOREST = {
    *("authorities", "backups", "certificate_rights", "connection", "connection_points"),
    *("controllers", "dhcp_servers", "dns_rights", "dns_zones", "domain"),
    *("domain_password_policies", "exchange_servers", "managed_password_readers", "options"),
    *("policies", "policy_rights", "printers", "resource_delegation", "rights", "role_holders"),
    *("schema", "shares", "sites", "templates", "tenant_link", "trusts", "units"),
}


@pytest.fixture(scope="module")
def as_user(samba_ad: SambaAd) -> Read:
    return read(samba_ad, samba_ad.reader, "ad", FOREST)


@pytest.fixture(scope="module")
def as_administrator(samba_ad: SambaAd) -> Read:
    return read(samba_ad, samba_ad.administrator, "ad", FOREST)


def one(told: Read, kind: type[R], **fields: object) -> R:
    (found,) = (
        record
        for record in each(told, kind)
        if all(getattr(record, name) == value for name, value in fields.items())
    )
    return found


def sid_of(samba: SambaAd, name: str) -> str:
    found = samba.search(f"(sAMAccountName={name})", "objectSid", login=samba.administrator)
    ((raw,),) = (entry["objectsid"] for entry in found.values())
    sid = sid_text(raw)
    assert sid
    return sid


def test_an_ordinary_user_reads_all_but_what_is_hidden_from_him(as_user: Read) -> None:
    assert partial(as_user) == {"dns_rights", "domain_password_policies", "exchange_servers"}
    hidden = {gap.part.partition(",")[0] for gap in as_user["dns_rights"].reading.gaps}
    assert hidden == {"CN=MicrosoftDNS"}  # the containers; the zones show their rights


def test_an_administrator_reads_all(as_administrator: Read) -> None:
    states = {name: got.reading for name, got in as_administrator.items()}
    assert all(reading.state is State.COMPLETE for reading in states.values()), states


def test_fine_grained_policies_are_a_gap_for_a_user_and_a_fact_for_an_administrator(
    as_user: Read, as_administrator: Read
) -> None:
    types = {record.type for record in each(as_user, DirectoryPasswordPolicy)}
    assert types == {"domain"}
    gaps = as_user["domain_password_policies"].reading.gaps
    assert any(gap.why is Why.DENIED and not gap.part for gap in gaps)
    weak = one(as_administrator, DirectoryPasswordPolicy, name="ScannersPSO")
    assert (weak.least_length, weak.lockout_after) == (4, 0)
    assert one(as_administrator, DirectoryPasswordPolicy, name="AdminsPSO").least_length == 16


def test_each_right_on_the_domain_is_told_by_whom_it_helps(
    samba_ad: SambaAd, as_user: Read
) -> None:
    told: dict[str, set[tuple[tuple[str, ...], str, bool, bool]]] = {}
    for right in each(as_user, DirectoryRight):
        if right.object == BASE:
            what = (right.rights, right.on, right.is_denied, right.is_here)
            told.setdefault(right.principal, set()).add(what)
    copy, all_of = "DS-Replication-Get-Changes", "DS-Replication-Get-Changes-All"
    assert told[sid_of(samba_ad, "svc-rmm")] == {
        (("extended",), copy, False, True),
        (("extended",), all_of, False, True),
    }
    assert told[sid_of(samba_ad, "svc_sync")] == {(("extended",), copy, False, True)}
    assert told[sid_of(samba_ad, "kalt")] == {(("all",), "", False, True)}
    assert told[sid_of(samba_ad, "svc_dacl")] == {(("write dacl",), "", False, True)}
    assert told[sid_of(samba_ad, "svc_owner")] == {(("write owner",), "", False, True)}
    assert told[sid_of(samba_ad, "No replication")] == {(("extended",), all_of, True, True)}
    reset = (("extended",), "User-Force-Change-Password", False, False)
    assert told[sid_of(samba_ad, "Password desk")] == {reset}


def test_rights_on_units_policies_and_the_protector_are_told(
    samba_ad: SambaAd, as_user: Read
) -> None:
    technicians = sid_of(samba_ad, "OldMSP Technicians")
    theirs = {
        (right.object, right.type)
        for right in each(as_user, DirectoryRight)
        if right.principal == technicians and not right.is_inherited
    }
    assert {
        (rights.ADMIN_SD_HOLDER, "AdminSDHolder"),
        (SERVERS, "OU"),
        (rights.DEFAULT_POLICY, "policy"),
    } <= theirs
    (gone,) = (
        right
        for right in each(as_user, DirectoryRight)
        if right.principal == rights.UNKNOWN_SID and right.object == WORKSTATIONS
    )
    assert gone.rights == ("all",)
    accounting = sid_of(samba_ad, "Accounting")
    assert all(right.principal != accounting for right in each(as_user, DirectoryRight))


def test_trusts_are_told_with_direction_and_filter(as_user: Read) -> None:
    told = {trust.partner: (trust.direction, trust.attributes) for trust in each(as_user, Trust)}
    assert told == {
        "oldmsp.example": ("both", ()),
        "partner.example": ("out", ("forest transitive", "treated as external")),
        "sister.example": ("out", ("quarantined",)),
        "customer.example": ("in", ("quarantined",)),
    }


def test_the_forest_is_told(as_user: Read, samba_ad: SambaAd) -> None:
    domain = one(as_user, Domain)
    assert (domain.level, domain.machine_quota, domain.forest) == (4, 10, "corp.example")
    assert domain.sid == samba_ad.domain_sid
    assert one(as_user, RoleHolder, role="infrastructure").holder == "DC2"
    assert one(as_user, DomainController, name=samba_ad.name).computer
    assert one(as_user, SiteSubnet, network="10.20.0.0/16").site == "Branch"
    assert one(as_user, SiteSubnet, network="10.30.0.0/16").site is None
    options = {option.name: option.value for option in each(as_user, DirectoryOption)}
    assert (options["recycle bin"], options["dSHeuristics"]) == ("off", "0000002")
    assert options["schema version"] == "69"
    assert all(backup.when is None for backup in each(as_user, PartitionBackup))
    names = {name for found in each(as_user, SchemaExtension) for name in found.examples}
    assert "sudoUser" in names or "sudoCommand" in names


def test_connection_and_certificate_are_told(as_user: Read, samba_ad: SambaAd) -> None:
    line = one(as_user, DirectoryConnection)
    assert (line.security, line.checked_by, line.bind) == ("ldaps", "CA", "simple")
    certificate = one(as_user, ServerCertificate)
    assert certificate.fingerprint == f"sha256:{samba_ad.certificate_sha256.lower()}"
    assert certificate.not_after is not None
    assert samba_ad.name in certificate.names


def test_zones_and_what_leads_elsewhere_are_told(as_user: Read) -> None:
    zones = {zone.name: (zone.updates, zone.has_wildcard) for zone in each(as_user, DnsZone)}
    assert zones["lab.corp.example"] == ("any", True)
    assert zones["branch.corp.example"] == ("secure", False)
    assert zones["muster.example"] == ("none", False)
    told = {(entry.zone, entry.name, entry.type, entry.value) for entry in each(as_user, DnsEntry)}
    assert {
        ("muster.example", "@", "MX", "10 smtp.oldmsp.example"),
        ("muster.example", "vpn", "A", "203.0.113.10"),
        ("muster.example", "support", "CNAME", "portal.oldmsp.example"),
        ("lab.corp.example", "*", "A", "203.0.113.10"),
    } <= told
    assert not any(value == "10.77.0.12" for _, _, _, value in told)


def test_certificate_services_are_told(as_user: Read) -> None:
    authority = one(as_user, CertificateAuthority, name="CORP-CA")
    assert authority.server == "ca1.corp.example"
    assert "AnyNameForAll" in authority.templates
    template = one(as_user, CertificateTemplate, name="AnyNameForAll")
    assert (template.takes_subject, template.needs_approval, template.signatures) == (
        True,
        False,
        0,
    )
    assert one(as_user, CertificateTemplate, name="AnyNameApproved").needs_approval
    assert not one(as_user, CertificateTemplate, name="WebServers").takes_subject
    enrol = {
        right.principal.rpartition("-")[2]
        for right in each(as_user, DirectoryRight)
        if right.on == "Certificate-Enrollment" and "CN=AnyNameForAll," in right.object
    }
    assert enrol == {"513"}
    logons = {found.subject for found in each(as_user, TrustedAuthority) if found.store == "NTAuth"}
    assert len(logons) == 2
    assert one(as_user, TrustedAuthority, store="root").bits == 1024


def test_who_may_act_for_others_and_read_managed_passwords_is_told(
    samba_ad: SambaAd, as_user: Read
) -> None:
    service = sid_of(samba_ad, "svc_sql")
    assert service in {found.principal for found in each(as_user, ResourceDelegation)}
    assert list(each(as_user, ManagedPasswordReader))


def test_policies_and_their_links_are_told(as_user: Read) -> None:
    policies = {policy.id for policy in each(as_user, GroupPolicy)}
    links = list(each(as_user, PolicyLink))
    assert {link.policy for link in links} < policies
    assert any(link.is_enforced for link in links)


def test_servers_of_mail_that_are_hidden_are_a_gap_and_not_none(
    as_user: Read, as_administrator: Read
) -> None:
    assert not list(each(as_user, ExchangeServer))
    (gap,) = as_user["exchange_servers"].reading.gaps
    assert (gap.why, gap.part) == (Why.DENIED, "")
    server = one(as_administrator, ExchangeServer)
    assert (server.name, server.organisation) == ("EX1", "Muster")


def test_services_are_told(as_user: Read, as_administrator: Read) -> None:
    assert {"hyperv", "Veeam"} <= {
        word for point in each(as_user, ConnectionPoint) for word in point.keywords
    }
    point = one(as_administrator, ConnectionPoint, name="SMS-MP-P01")
    assert (point.type, point.dns_name) == ("mSSMSManagementPoint", "sccm.oldmsp.example")
    assert list(each(as_user, PrintQueue))
    assert list(each(as_user, PublishedShare))
    assert list(each(as_user, DhcpServer))
    assert one(as_user, TenantLink).name == "mustergmbh.example"


@pytest.mark.parametrize("row", [39, 44, 45, 52])
def test_what_the_truth_names_has_a_record(as_user: Read, row: int) -> None:
    told = {
        getattr(record, "dn", None) or getattr(record, "object", "")
        for got in as_user.values()
        for record in got.records
    }
    named = {found.dn for found in specimens.of_row(row) if not found.dn.startswith("CN=Machine,")}
    assert named <= told
