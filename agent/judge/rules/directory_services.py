"""What depends on a directory: policies, DNS, certificates, mail, paths to other places."""

from collections.abc import Iterator

from agent.judge import marks, matching
from agent.judge.case import Severity
from agent.judge.directory.people import is_controller, open_accounts
from agent.judge.directory.policies import own_servers
from agent.judge.directory.principals import Principals
from agent.judge.rules.directory_power import GROUPS
from agent.judge.rules.rule import Hit, Per, Subject, broken, broken_if, rule, unclear
from agent.judge.rules.windows_support import exchange_ends
from agent.judge.rules.words import DAY_S
from collectors.well_known_sids import EVERYBODY
from inventory.model.directory import Domain
from inventory.model.directory_accounts import DirectoryAccount, DirectoryComputer
from inventory.model.directory_rights import DirectoryRight
from inventory.model.directory_services import (
    CertificateAuthority,
    CertificateTemplate,
    DnsZone,
    ExchangeServer,
    GroupPolicy,
    PolicyLink,
    TrustedAuthority,
)
from inventory.model.moment import iso_day
from inventory.model.party import Role
from inventory.model.record import Identifier, Mark

CA_DAYS = 180
LEAST_BITS = 2048
_WIDE = (513, 515)  # everybody, every computer
_ENROLL = "Certificate-Enrollment"
_LOGON = frozenset(  # extended key usages by which one logs in ([MS-PKCA], RFC 5280)
    (
        "1.3.6.1.5.5.7.3.2",  # client authentication
        "1.3.6.1.5.2.3.4",  # PKINIT client
        "1.3.6.1.4.1.311.20.2.2",  # smart card logon
        "2.5.29.37.0",  # any
    )
)
_WEAK = ("sha1", "md5", "md2", "md4")


@rule(
    "directory.policy-unlinked",
    "Every group policy is in force somewhere",
    Severity.LOW,
    needs=(GroupPolicy, PolicyLink),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Policies that nothing uses hide those that matter, and can be linked by mistake.",
    remedy="Back it up and delete it, or write down what it is for.",
)
def policy_unlinked(subject: Subject) -> Iterator[Hit]:
    """Yield the policies that no domain, unit or site links, or that are switched off."""
    links = subject.directory.rows(PolicyLink)
    used = {row.record.policy.casefold() for row in links if not row.record.is_disabled}
    sure = subject.directory.is_whole(PolicyLink)
    for row in subject.directory.rows(GroupPolicy):
        one = row.record
        if one.id.casefold() not in used:
            yield broken_if(sure, row, f"nothing uses {one.name}", one.id)
        elif one.is_user_off and one.is_computer_off:
            yield broken(row, f"{one.name} is switched off", one.id)


@rule(
    "directory.dns-updates",
    "Only machines that prove who they are write into DNS",
    Severity.HIGH,
    needs=(DnsZone,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Anybody on the network can put another address under a name that others trust.",
    remedy="Set the zone to secure updates only.",
)
def dns_updates(subject: Subject) -> Iterator[Hit]:
    """Yield the zones that take updates from anybody."""
    for row in subject.directory.rows(DnsZone):
        name = f"{row.record.name} {row.record.partition}"
        if row.record.updates == "any":
            yield broken(row, f"{row.record.name} takes updates from anybody", name)
        elif row.record.updates is None:
            yield unclear(row, f"who may update {row.record.name} is not shown", name)


@rule(
    "directory.dns-wildcard",
    "No DNS zone answers for names that nobody entered",
    Severity.INFO,
    needs=(DnsZone,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="A mistyped name then leads somewhere, and an audit of names finds what is not there.",
    remedy="Ask what the wildcard is for; a zone that lets machines update is safer with one.",
)
def dns_wildcard(subject: Subject) -> Iterator[Hit]:
    """Yield the zones with a wildcard."""
    for row in subject.directory.rows(DnsZone):
        name = f"{row.record.name} {row.record.partition}"
        if row.record.has_wildcard:
            yield broken(row, f"{row.record.name} answers for every name", name)
        elif row.record.has_wildcard is None:
            yield unclear(row, f"the entries of {row.record.name} are not shown", name)


@rule(
    "directory.authority",
    "The certificate authority is good for half a year, and stands apart",
    Severity.HIGH,
    needs=(CertificateAuthority, DirectoryComputer),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="When its certificate ends, so does everything that it issued. On a controller the two "
    "cannot be moved or restored apart.",
    remedy="Renew it while its key's holder is known; move it off the controller.",
)
def authority(subject: Subject) -> Iterator[Hit]:
    """Yield authorities whose certificate ends soon, and those that run on a controller."""
    machines = subject.directory.rows(DirectoryComputer)
    names = {(r.record.dns_name or "").casefold() for r in machines if is_controller(r)}
    for row in subject.directory.rows(CertificateAuthority):
        one = row.record
        if one.not_after is None:
            yield unclear(row, f"until when {one.name} is good is not shown", f"{one.name} ends")
        elif one.not_after.earliest < subject.now + CA_DAYS * DAY_S:
            yield broken(row, f"{one.name} ends on {one.not_after}", f"{one.name} ends")
        if one.server and one.server.casefold() in names:
            says = f"{one.name} runs on the controller {one.server}"
            yield broken(row, says, f"{one.name} place", severity=Severity.MEDIUM)


@rule(
    "directory.template",
    "Nobody gets a certificate in another's name",
    Severity.CRITICAL,
    needs=(CertificateTemplate, CertificateAuthority, DirectoryRight, *GROUPS),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="With such a certificate any account of the domain logs in as its administrator.",
    remedy="Let the directory say whom a certificate is for, or ask for approval; do not let "
    "everybody enroll.",
)
def template(subject: Subject) -> Iterator[Hit]:
    """Yield the templates that everybody may use, in any name, to log in, without approval."""
    authorities = subject.directory.rows(CertificateAuthority)
    issued = {name.casefold() for row in authorities for name in row.record.templates}
    open_to = _enrollers(subject)
    for row in subject.directory.rows(CertificateTemplate):
        one = row.record
        is_open = one.takes_subject and not one.needs_approval and not one.signatures
        logs_in = not one.purposes or bool(_LOGON & set(one.purposes))
        if one.name.casefold() in issued and is_open and logs_in and one.dn.casefold() in open_to:
            who = open_to[one.dn.casefold()]
            says = f"{who} may get a certificate of {one.name} in any name, and log in with it"
            yield broken(row, says, one.name)


def _enrollers(subject: Subject) -> dict[str, str]:
    """Return the principals that mean everybody and may enroll, by the template's DN."""
    principals = subject.directory.once(Principals)
    found = {}
    for row in subject.directory.rows(DirectoryRight):
        right = row.record
        one = principals.of_sid(right.principal)
        is_wide = one.sid in EVERYBODY or one.rid in _WIDE
        enrolls = "all" in right.rights or (
            "extended" in right.rights and right.on in ("", _ENROLL)
        )
        if is_wide and enrolls and not right.is_denied and not row.carried:
            found[right.object.casefold()] = one.name
    return found


@rule(
    "directory.trusted-authority",
    "Every certificate that the forest trusts is strong and in use",
    Severity.MEDIUM,
    needs=(TrustedAuthority, CertificateAuthority),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who holds the key of a trusted authority can make certificates that every machine "
    "takes; of NTAuth, such that log in.",
    remedy="Find out whose it is; remove it where nothing needs it.",
)
def trusted_authority(subject: Subject) -> Iterator[Hit]:
    """Yield weak and ended ones, and those that may log people in and are no authority of here."""
    authorities = [row.record for row in subject.directory.rows(CertificateAuthority)]
    here = {one.fingerprint for one in authorities}
    names = {one.name.casefold() for one in authorities}
    sure = subject.directory.is_whole(CertificateAuthority)
    for row in subject.directory.rows(TrustedAuthority):
        one = row.record
        name = f"{one.store} {one.fingerprint}"
        if one.store == "NTAuth" and one.fingerprint not in here:
            is_named = _common_name(one.subject) in names
            what = "another certificate of that name" if is_named else "no authority"
            says = f"{one.subject} may log people in, and is {what} of this forest"
            found = broken_if(sure and not is_named, row, says, name)
            yield Hit(found.verdict, says, name, found.evidence, found.carried, Severity.HIGH)
        elif one.not_after is not None and one.not_after.latest < subject.now:
            yield broken(row, f"{one.subject} ({one.store}) ended on {one.not_after}", name)
        elif _is_weak(one):
            yield broken(row, f"{one.subject} ({one.store}) is weak: {_strength(one)}", name)


def _common_name(subject: str) -> str:
    """Return `corp-ca` of `CN=corp-ca,DC=corp,DC=example`: a renewed authority keeps its name."""
    parts = (part.strip().partition("=") for part in subject.split(","))
    return next((value.casefold() for name, _, value in parts if name.upper() == "CN"), "")


def _is_weak(one: TrustedAuthority) -> bool:
    hashed = (one.algorithm or "").casefold()
    is_short = one.bits is not None and one.bits < LEAST_BITS and "ec" not in hashed
    return is_short or any(name in hashed for name in _WEAK)


def _strength(one: TrustedAuthority) -> str:
    return ", ".join(filter(None, (one.algorithm, f"{one.bits} bits" if one.bits else "")))


@rule(
    "directory.exchange",
    "Every Exchange server gets security updates",
    Severity.HIGH,
    needs=(ExchangeServer,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Its holes are used within days, and it has rights over the domain.",
    remedy="Update or remove it; when mail has moved to the cloud, take it out by the book.",
)
def exchange(subject: Subject) -> Iterator[Hit]:
    """Yield the servers whose release is out of support, and those whose release is not known."""
    for row in subject.directory.rows(ExchangeServer):
        one = row.record
        found = exchange_ends(one.version or "")
        if found is None:
            yield unclear(row, f"{one.name}: until when {one.version} is supported", one.name)
        elif found[1] is not None and found[1] < subject.now:
            says = f"{one.name} runs {found[0]}, out of support since {iso_day(found[1])}"
            yield broken(row, says, one.name)


@rule(
    "directory.path-elsewhere",
    "Scripts, homes and profiles lie on machines of the domain",
    Severity.MEDIUM,
    needs=(DirectoryAccount, DirectoryComputer, Domain),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="When the server is gone, people log in without their files. Who has it, runs the "
    "script as everybody.",
    remedy="Move the files to a server that stays, and set the new path.",
)
def path_elsewhere(subject: Subject) -> Iterator[Hit]:
    """Yield paths to servers that the domain does not know; the leaver's weigh more."""
    known = own_servers(subject.directory)
    sure = subject.directory.is_whole(DirectoryComputer, Domain)
    for row in open_accounts(subject.directory, subject.now):
        one = row.record
        for what, path in (("script", one.script), ("home", one.home), ("profile", one.profile)):
            server = _server(path)
            if server is None or server in known:
                continue
            found = subject.matcher.matches((Identifier(Mark.SERVER, server),))
            leaver = matching.of_role(found, Role.OUTGOING)
            severity = Severity.HIGH if leaver else None
            says = f"the {what} of {one.name} lies on {server}, no machine of this domain"
            hit = broken_if(sure, row, says, f"{one.name} {what}")
            yield Hit(hit.verdict, says, hit.subject, hit.evidence, hit.carried, severity)


def _server(path: str | None) -> str | None:
    r"""Return the server of `\\server\share\..`; None for a path without one."""
    if not path or not path.startswith("\\\\"):
        return None
    return next(marks.hosts(path[2:].partition("\\")[0]), None)
