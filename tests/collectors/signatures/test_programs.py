"""Agents as installed programs: names as Windows shows them, and programs that are none."""

import pytest

from collectors.signatures import SIGNATURES
from collectors.signatures.programs import MAKERS, PROGRAMS, of_program

AGENTS = (
    ("ScreenConnect Client (5f1e2d3c4b5a6978)", "ScreenConnect Software", "ScreenConnect"),
    ("ConnectWise Control Client", "", "ScreenConnect"),
    ("LabTech® Software Remote Agent", "", "ConnectWise Automate"),
    ("ITSPlatform", "ConnectWise", "ConnectWise RMM"),
    ("NinjaRMMAgent", "NinjaRMM LLC", "NinjaOne"),
    ("CentraStage", "CentraStage Limited", "Datto RMM"),
    ("AteraAgent", "Atera networks", "Atera"),
    ("Advanced Monitoring Agent", "N-able", "N-able N-sight"),
    ("Advanced Monitoring Agent GP", "", "N-able N-sight"),
    ("Kaseya Agent", "", "Kaseya VSA"),
    ("Syncro", "Servably, Inc.", "Syncro"),
    ("Action1 Agent", "Action1 Corporation", "Action1"),
    ("Pulseway", "MMSOFT Design Ltd.", "Pulseway"),
    ("Tactical RMM Agent", "AmidaWare Inc", "Tactical RMM"),
    ("Mesh Agent background service", "", "MeshCentral"),
    ("ManageEngine UEMS - Agent", "ZohoCorp", "ManageEngine Endpoint Central"),
    ("Zoho Assist Unattended Agent", "", "Zoho Assist"),
    ("TeamViewer Host", "TeamViewer", "TeamViewer"),
    ("AnyDesk", "AnyDesk Software GmbH", "AnyDesk"),
    ("Splashtop Streamer", "Splashtop Inc.", "Splashtop"),
    ("LogMeIn", "LogMeIn, Inc.", "LogMeIn"),
    ("RustDesk", "", "RustDesk"),
    ("TightVNC", "GlavSoft LLC.", "VNC server"),
    ("VNC Server 6.7.2", "RealVNC Ltd", "VNC server"),
    ("UltraVnc", "uvnc bvba", "VNC server"),
    ("Chrome Remote Desktop Host", "Google LLC", "Chrome Remote Desktop"),
    ("Veeam Agent for Microsoft Windows", "Veeam Software Group GmbH", "Veeam agent"),
    ("Acronis Cyber Protect", "Acronis", "Acronis"),
    ("Backup Manager", "N-able", "Cove"),
    ("CrashPlan", "CrashPlan Group LLC", "CrashPlan"),
    ("Zabbix Agent 2 (64-bit)", "Zabbix SIA", "Zabbix agent 2"),
    ("Zabbix Agent (64-bit)", "Zabbix SIA", "Zabbix agent"),
    ("Check_MK Agent 2.1", "tribe29 GmbH", "Checkmk agent"),
    ("NSClient++ (x64)", "MySolutions NORDIC", "NSClient++"),
    ("Huntress Agent", "Huntress Labs Incorporated", "Huntress"),
    ("CrowdStrike Windows Sensor", "CrowdStrike, Inc.", "CrowdStrike Falcon"),
    ("Sentinel Agent", "SentinelOne", "SentinelOne"),
    ("Sophos Endpoint Agent", "Sophos Limited", "Sophos"),
    ("ESET Management Agent", "ESET, spol. s r.o.", "ESET"),
    ("Bitdefender Endpoint Security Tools", "Bitdefender", "Bitdefender"),
    ("Wazuh Agent", "Wazuh, Inc.", "Wazuh"),
    ("Nessus Agent (x64)", "Tenable, Inc.", "Nessus agent"),
    ("Puppet Agent (64-bit)", "Puppet Inc", "Puppet agent"),
    ("Tailscale", "Tailscale Inc.", "Tailscale"),
    ("ZeroTier One", "ZeroTier, Inc.", "ZeroTier"),
    ("Cloudflare WARP", "Cloudflare, Inc.", "Cloudflare WARP"),
)
BY_MAKER = (
    ("Windows Agent", "N-able Technologies", "N-able"),
    ("Request Handler Agent", "SolarWinds MSP", "N-able"),
    ("PC Monitor", "MMSOFT Design", "Pulseway"),
)
OTHERS = (
    ("", ""),
    ("Microsoft Edge", "Microsoft Corporation"),
    ("Windows Agent", ""),
    ("Remote Desktop Connection Manager", "Microsoft"),
    ("GoToMeeting 10.20", "LogMeIn, Inc."),
    ("VNC Viewer 7.0", "RealVNC"),
    ("RealVNC Viewer 7.6", "RealVNC"),
    ("Level Zoo", ""),
    ("Samsung Backup Manager", "Samsung"),
    ("ManageEngine ADManager Plus", "ZohoCorp"),
    ("Datto Workplace", "Datto, Inc."),
    ("Sophos Transparent Authentication Suite", "Sophos Limited"),
    ("Notepad++ (64-bit x64)", "Notepad++ Team"),
    ("Synchronisation tool", "Materia Ltd"),
)


@pytest.mark.parametrize(("name", "maker", "product"), AGENTS)
def test_an_agent_is_recognised_by_its_name_alone(name: str, maker: str, product: str) -> None:
    for publisher in (maker, "", "somebody else"):
        found = of_program(name, publisher)
        assert found is not None
        assert found.product == product


@pytest.mark.parametrize(("name", "maker", "product"), BY_MAKER)
def test_an_agent_with_a_name_that_says_nothing_is_recognised_by_its_maker(
    name: str, maker: str, product: str
) -> None:
    found = of_program(name, maker)
    assert found is not None
    assert found.product == product
    assert of_program(name) is None


@pytest.mark.parametrize(("name", "maker"), OTHERS)
def test_another_program_is_no_agent(name: str, maker: str) -> None:
    assert of_program(name, maker) is None


def test_a_product_that_hosts_may_have_too_is_of_the_same_type_there() -> None:
    on_hosts = {one.product: one.type for one in SIGNATURES}
    here = {program.product: program.type for program, _ in (*PROGRAMS, *MAKERS)}
    both = on_hosts.keys() & here.keys()
    assert len(both) > 30
    assert {name: here[name] for name in both} == {name: on_hosts[name] for name in both}


def test_a_product_that_hosts_may_have_too_is_written_as_there() -> None:
    on_hosts = {one.product for one in SIGNATURES}
    folded = {name.casefold(): name for name in on_hosts}
    for program, _ in (*PROGRAMS, *MAKERS):
        assert folded.get(program.product.casefold(), program.product) == program.product


def test_every_pattern_is_of_a_product_once_and_of_one_type() -> None:
    types: dict[str, set[str]] = {}
    for program, _ in (*PROGRAMS, *MAKERS):
        types.setdefault(program.product, set()).add(program.type)
    assert all(len(found) == 1 for found in types.values())
    assert len({program.product for program, _ in PROGRAMS}) == len(PROGRAMS)


def test_a_name_without_end_is_read_to_a_bound() -> None:
    assert of_program("x" * 1_000_000 + " TeamViewer", "y" * 1_000_000) is None
    found = of_program("TeamViewer " + "x" * 1_000_000)
    assert found is not None
    assert found.product == "TeamViewer"
