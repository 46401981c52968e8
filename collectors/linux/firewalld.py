"""What firewalld lets in, by its zones (firewalld.conf(5), firewalld.zone(5))."""

from collections.abc import Iterator
from posixpath import basename
from xml.etree.ElementTree import Element

from collectors.settings import settings
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector, is_whole
from inventory.model.network import Firewall, FirewallSource

MAIN = SshFiles("main", ("/etc/firewalld/firewalld.conf",), needs="root", grant=True)
ZONES = SshFiles("zones", ("/etc/firewalld/zones/*.xml",), needs="root", grant=True)
RUNS = SshFiles(
    "runs",
    (
        "/sys/fs/cgroup/system.slice/firewalld.service/cgroup.procs",
        "/sys/fs/cgroup/systemd/system.slice/firewalld.service/cgroup.procs",
    ),
    content=False,
)

_DEFAULTS = {"ACCEPT": "accept", "DROP": "drop", "%%REJECT%%": "reject", "default": "reject"}


@collector("linux.firewalld", asks=[MAIN, ZONES, RUNS], tells=[Firewall, FirewallSource])
def firewalld(
    main: Answers, zones: Answers, runs: Answers
) -> Iterator[Firewall | FirewallSource | Unreadable]:
    """Yield whether firewalld runs, what its default zone does, and the sources of its zones."""
    targets: dict[str, str] = {}
    for answer in zones:
        zone = _zone(answer)
        if zone is None:
            yield Unreadable(answer.at(), "not a zone of firewalld", answer.path)
            continue
        name = basename(answer.path).removesuffix(".xml")
        targets[name] = zone.get("target", "default")
        yield from _sources(zone, name, answer)
    for answer in main:
        said = {setting.key: setting for setting in settings(answer)}
        zone_name = said["defaultzone"].value if "defaultzone" in said else "public"
        target = targets.get(zone_name, "default")
        is_known = zone_name in targets or is_whole(zones)
        if not (runs or is_whole(runs)):
            continue
        yield Firewall(
            at=said["defaultzone"].at if "defaultzone" in said else answer.at(),
            type="firewalld",
            is_active=bool(runs),
            default_in=_DEFAULTS.get(target, target.lower()) if is_known else None,
        )


def _zone(answer: Answer) -> Element | None:
    """Return the zone; None when the file holds something else."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        zone: Element = fromstring(answer.text.strip())
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return zone if zone.tag == "zone" else None


def _sources(zone: Element, name: str, answer: Answer) -> Iterator[FirewallSource]:
    """Yield the sources that are bound to the zone, and those of its accepting rich rules."""
    for source in zone.findall("source"):
        yield from _source(source, None, f"zone {name}", answer)
    for rule in zone.findall("rule"):
        origin = rule.find("source")
        if origin is not None and rule.find("accept") is not None:
            service, port = rule.find("service"), rule.find("port")
            named = service.get("name") if service is not None else None
            number = port.get("port") if port is not None else None
            yield from _source(origin, named or number, f"zone {name}, rich rule", answer)


def _source(
    source: Element, port: str | None, rule: str, answer: Answer
) -> Iterator[FirewallSource]:
    address = source.get("address") or source.get("ipset") or source.get("mac")
    if address and source.get("invert", "no").lower() not in ("yes", "true"):
        yield FirewallSource(at=answer.at(), source=address, port=port, rule=rule)
