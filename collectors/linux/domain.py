"""Which directory a host takes its accounts from (sssd.conf(5), smb.conf(5), nslcd.conf(5)).

Only the keys that are read here leave the host, so that bind passwords never do. What realmd knows
stands in these files too; asking it would start a service.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector
from inventory.model.evidence import Pointer
from inventory.model.host import DomainJoin

# Lines that are kept; of others nothing, or "?" where they have no shape. Line numbers stay.
_KEEP = (
    r"""awk '{ line = tolower($0) } /^[ \t]*([#;].*)?$/ { print ""; next } """
    r"""/^[ \t]*\[/ { keep = 0; print; next } """
)
_SSSD_KEYS = (
    "domains|id_provider|access_provider|ad_domain|ad_server|ad_backup_server|ipa_domain|ipa_server"
    "|ldap_uri|ldap_backup_uri|krb5_server|simple_allow_users|simple_allow_groups|ad_access_filter"
    "|ldap_access_filter"
)
SSSD = SshFiles(
    "sssd",
    ("/etc/sssd/sssd.conf", "/etc/sssd/conf.d/*.conf"),
    needs="root",
    filter=_KEEP + r'/^[ \t]/ { if (keep) print; else print ""; next } '
    rf"line ~ /^({_SSSD_KEYS})[ \t]*=/ {{ keep = 1; print; next }} "
    r"""/=/ { keep = 0; print ""; next } { print "?" }'""",
)
_SAMBA_KEYS = "workgroup|realm|security|server role|password server|include|config backend"
SAMBA = SshFiles(
    "samba",
    ("/etc/samba/smb.conf",),
    filter=_KEEP + rf"line ~ /^[ \t]*({_SAMBA_KEYS})[ \t]*=/ {{ print; next }} "
    r"""{ print "" }'""",
)
KERBEROS = SshFiles("kerberos", ("/etc/krb5.conf", "/etc/krb5.conf.d/*"))
NSLCD = SshFiles(
    "nslcd",
    ("/etc/nslcd.conf",),
    needs="root",
    filter=_KEEP + r"""line ~ /^(uri|base|pam_authz_search)[ \t]/ { print; next } { print "" }'""",
)

_SERVER_KEYS = (
    "ad_server",
    "ad_backup_server",
    "ipa_server",
    "ldap_uri",
    "ldap_backup_uri",
    "krb5_server",
)
_ALLOWED_KEYS = {
    "simple_allow_users": "user",
    "simple_allow_groups": "group",
}
_FILTER_KEYS = ("ad_access_filter", "ldap_access_filter")
_SECTION = re.compile(r"\s*\[([^\]]*)\]")
_PAIR = re.compile(r"\s*([A-Za-z][\w .-]{0,60}?)\s*=\s*(.*?)\s*$")


class Entry(Struct, frozen=True):
    """A setting within its section."""

    at: Pointer
    file: str
    section: str
    key: str  # lower case, one space between words
    value: str


@collector("linux.sssd", asks=[SSSD], tells=[DomainJoin])
def sssd_domains(sssd: Answers) -> Iterator[DomainJoin | Unreadable]:
    """Yield the domains of SSSD, their servers, and whom they let in."""
    for answer in sssd:
        yield from (_odd(answer, number) for number, text in answer.lines() if text == "?")
    entries = [entry for answer in sssd for entry in _entries(answer, folded=True)]
    active = {
        name
        for entry in entries
        if entry.section == "sssd" and entry.key == "domains"
        for name in _names(entry.value)
    }
    domains = dict.fromkeys(e.section for e in entries if e.section.startswith("domain/"))
    for section in domains:
        if not active or section.removeprefix("domain/") in active:
            yield _sssd_domain([entry for entry in entries if entry.section == section])


@collector("linux.domain", asks=[SAMBA, KERBEROS], tells=[DomainJoin])
def domain(samba: Answers, kerberos: Answers) -> Iterator[DomainJoin | Unreadable]:
    """Yield the domain that Samba is a member of, and the default realm of Kerberos."""
    for answer in samba:
        entries = [e for e in _entries(answer) if e.section.lower() in ("global", "")]
        yield from _included(entries)
        yield from _samba_domain(entries)
    yield from _realm([entry for answer in kerberos for entry in _realm_entries(answer)])


@collector("linux.nslcd", asks=[NSLCD], tells=[DomainJoin])
def nslcd_directory(nslcd: Answers) -> Iterator[DomainJoin | Unreadable]:
    """Yield the LDAP directory that nslcd takes accounts from."""
    for answer in nslcd:
        said = list(_words(answer))
        yield from (_odd(answer, number) for number, _, value in said if not value)
        uris = [uri for _, key, value in said if key == "uri" for uri in value.split()]
        bases = [value for _, key, value in said if key == "base" and value and " " not in value]
        if uris:
            yield DomainJoin(
                at=answer.at(said[0][0]),
                domain=_domain_of(bases[0]) if bases else _host(uris[0]),
                by="nslcd",
                file=answer.path,
                servers=tuple(map(_host, uris)),
                allowed=tuple(f"filter:{v}" for _, key, v in said if key == "pam_authz_search"),
            )


def _words(answer: Answer) -> Iterator[tuple[int, str, str]]:
    """Yield line number, keyword in lower case, and the rest of each line."""
    for number, text in answer.lines():
        key, _, value = text.strip().replace("\t", " ").partition(" ")
        yield number, key.lower(), value.strip()


def _entries(answer: Answer, *, folded: bool = False) -> Iterator[Entry]:
    """Yield the settings; with `folded`, an indented line goes on with the value before it."""
    section, last = "", None
    for number, text in answer.lines():
        heading, pair = _SECTION.match(text), _PAIR.match(text)
        if folded and last and text[0] in " \t":
            last = Entry(last.at, last.file, section, last.key, f"{last.value} {text.strip()}")
            continue
        if last:
            yield last
        last = None
        if heading:
            section = heading.group(1).strip()
        elif pair:
            key = " ".join(pair.group(1).lower().split())
            last = Entry(answer.at(number), answer.path, section, key, pair.group(2))
    if last:
        yield last


def _odd(answer: Answer, number: int) -> Unreadable:
    return Unreadable(answer.at(number), "neither a setting nor a comment", answer.path)


def _sssd_domain(entries: list[Entry]) -> DomainJoin:
    """Return the domain of one section, by its directory's name where that is stated."""
    values = {entry.key: entry.value for entry in entries}
    name = entries[0].section.removeprefix("domain/")
    servers = (one for key in _SERVER_KEYS for one in _names(values.get(key, "")))
    allowed = [
        f"{word}:{one}"
        for key, word in _ALLOWED_KEYS.items()
        for one in _names(values.get(key, ""))
    ]
    allowed += [f"filter:{values[key]}" for key in _FILTER_KEYS if values.get(key)]
    return DomainJoin(
        at=entries[0].at,
        domain=values.get("ad_domain") or values.get("ipa_domain") or name,
        by="sssd",
        file=entries[0].file,
        servers=tuple(dict.fromkeys(_host(one) for one in servers if one != "_srv_")),
        allowed=tuple(allowed),
    )


def _samba_domain(entries: list[Entry]) -> Iterator[DomainJoin]:
    """Yield the domain when the server is a member or a controller of one."""
    values = {entry.key: entry for entry in entries}
    words = {key: entry.value.lower() for key, entry in values.items()}
    name = values.get("realm") or values.get("workgroup")
    role = words.get("server role", "auto")
    is_member = words.get("security") in ("ads", "domain") or role.startswith(("member", "active"))
    if name and is_member:
        servers = _names(values["password server"].value) if "password server" in values else ()
        yield DomainJoin(
            at=name.at,
            domain=name.value,
            by="winbind",
            file=name.file,
            servers=tuple(one for one in servers if one != "*"),
        )


def _included(entries: list[Entry]) -> Iterator[Unreadable]:
    """Yield what Samba reads from elsewhere."""
    for entry in entries:
        is_registry = entry.key == "config backend" and entry.value.lower() == "registry"
        if entry.key == "include" or is_registry:
            detail = f"Samba also reads {entry.value}, which is not read"
            yield Unreadable(entry.at, detail, entry.value)


def _realm_entries(answer: Answer) -> Iterator[Entry]:
    """Yield the settings of krb5.conf(5); within `REALM = { ... }` the section is the realm."""
    realm = ""
    for entry in _entries(answer):
        if entry.section != "realms":
            yield entry
        elif entry.value.startswith("{"):
            realm = entry.key.upper()
        else:
            yield Entry(entry.at, entry.file, f"realm {realm}", entry.key, entry.value)


def _realm(entries: list[Entry]) -> Iterator[DomainJoin]:
    """Yield the default realm with its key servers."""
    for entry in entries:
        if (entry.section, entry.key) == ("libdefaults", "default_realm") and entry.value:
            section = f"realm {entry.value.upper()}"
            servers = (e.value for e in entries if e.section == section and e.key == "kdc")
            yield DomainJoin(
                at=entry.at,
                domain=entry.value,
                by="krb5",
                file=entry.file,
                servers=tuple(dict.fromkeys(map(_host, servers))),
            )
            return


def _names(value: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[,\s]+", value) if name)


def _host(address: str) -> str:
    """Return the host of an ldap:// address or of `host:port`."""
    bare = address.partition("://")[2] or address
    host = bare.split("/")[0]
    return host.split("]")[0].lstrip("[") if host.startswith("[") else host.split(":")[0]


def _domain_of(base: str) -> str:
    """Return `example.com` of `ou=people,dc=example,dc=com`, or the base when it has no dc."""
    parts = [part.strip() for part in base.split(",")]
    labels = [part[3:] for part in parts if part.lower().startswith("dc=")]
    return ".".join(labels) or base
