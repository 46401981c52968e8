"""What a server says of itself in its root DSE (RFC 4512 section 5.1): what asks build on."""

import re
from calendar import timegm

from collectors.entries import clean_value, number
from collectors.ldap_filter import parse_filter
from collectors.transports.ldap_ber import Attributes
from collectors.transports.ldap_codes import explained
from collectors.transports.ldap_names import dns_of, plain_dn
from collectors.transports.ldap_place import LdapPlace, RootDse
from collectors.transports.ldap_request import Ended, Found, Reader, Request
from inventory.errors import Denied, Unreachable

AD = "1.2.840.113556.1.4.800"  # LDAP_CAP_ACTIVE_DIRECTORY_OID, [MS-ADTS] 3.1.1.3.4.3.1
MOST = 500  # values of one attribute
# Contexts that hold no accounts of people: settings, the state of the server, and logs, which
# repeat changes with all their values.
_NO_DATA = ("cn=config", "cn=monitor", "cn=schema", "cn=changelog", "cn=accesslog", "cn=subschema")
_ASKED = (
    "namingContexts",
    "defaultNamingContext",
    "configurationNamingContext",
    "schemaNamingContext",
    "subschemaSubentry",
    "rootDomainNamingContext",
    "configContext",
    "dnsHostName",
    "vendorName",
    "vendorVersion",
    "supportedControl",
    "supportedCapabilities",
    "supportedExtension",
    "supportedSASLMechanisms",
    "domainFunctionality",
    "forestFunctionality",
    "domainControllerFunctionality",
    "currentTime",
    "isGlobalCatalogReady",
    "objectClass",
    "ipaDomainLevel",
    "ipatopologypluginversion",
)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z")


def read_root(reader: Reader, place: LdapPlace, silence_s: float) -> RootDse:
    """Return what the server says of itself. Raises Denied, Unreachable, TimedOut."""
    text = "(objectClass=*)"
    request = Request(b"", "base", parse_filter(text), text, _ASKED, silence_s)
    told: Attributes = {}
    for one in reader.page(request):
        if isinstance(one, Found):
            told = one.others
        elif isinstance(one, Ended) and one.result.code:
            raise Denied(
                f"{place.name} does not say what it is ({explained(one.result)}): "
                "give a login that may read its root DSE"
            )
    if not told:
        raise Unreachable(f"{place.name} does not say what it is: its root DSE is empty")
    return root_dse(told, place)


def root_dse(told: Attributes, place: LdapPlace) -> RootDse:
    """Return what the attributes of a root DSE mean."""
    said = {
        name.decode("ascii", "replace").lower(): tuple(map(clean_value, values[:MOST]))
        for name, values in told.items()
    }
    one = {name: next(iter(values), "") for name, values in said.items()}.get
    contexts = said.get("namingcontexts", ())
    suffixes = _suffixes(contexts, one("defaultnamingcontext", ""), place.domain)
    domain = next(iter(suffixes), "")
    product = _product(said)
    is_ad = product in ("Active Directory", "Samba")
    return RootDse(
        dialect="ad" if is_ad else "posix",
        product=product,
        contexts=contexts,
        domain=domain,
        suffixes=(domain,) if is_ad else suffixes,
        configuration=one("configurationnamingcontext", ""),
        schema=one("schemanamingcontext", "") or one("subschemasubentry", ""),
        forest=one("rootdomainnamingcontext", ""),
        config="" if is_ad else one("configcontext", "") or "cn=config",
        dns_domain=dns_of(domain),
        dns_name=one("dnshostname", "").lower(),
        vendor=one("vendorname", ""),
        version=one("vendorversion", ""),
        controls=said.get("supportedcontrol", ()),
        capabilities=said.get("supportedcapabilities", ()),
        extensions=said.get("supportedextension", ()),
        mechanisms=said.get("supportedsaslmechanisms", ()),
        domain_level=_level(one("domainfunctionality", "")),
        forest_level=_level(one("forestfunctionality", "")),
        controller_level=_level(one("domaincontrollerfunctionality", "")),
        now_s=_seconds(one("currenttime", "")),
        is_global_catalog={"TRUE": True, "FALSE": False}.get(one("isglobalcatalogready", "")),
    )


def _product(said: dict[str, tuple[str, ...]]) -> str:
    vendor = " ".join((*said.get("vendorname", ()), *said.get("vendorversion", ()))).lower()
    classes = {name.lower() for name in said.get("objectclass", ())}
    if "samba" in vendor and "configurationnamingcontext" in said:
        return "Samba"
    if AD in said.get("supportedcapabilities", ()):
        return "Active Directory"
    if "openldaprootdse" in classes or "openldap" in vendor:
        return "OpenLDAP"
    if "ipadomainlevel" in said or "ipatopologypluginversion" in said:
        return "FreeIPA"
    return "389-ds" if "389" in vendor else "unknown"


def _suffixes(contexts: tuple[str, ...], default: str, domain: str) -> tuple[str, ...]:
    """Return the contexts that hold data, the main one first."""
    data = [one for one in contexts if plain_dn(one) not in _NO_DATA]
    if default and plain_dn(default) not in map(plain_dn, data):
        data.insert(0, default)
    main = plain_dn(default) if default else ""
    return tuple(sorted(data, key=lambda one: _rank(one, main, domain.lower())))


def _rank(context: str, main: str, domain: str) -> int:
    """Return where a context stands: the default one, the one of the domain, then all others."""
    if main and plain_dn(context) == main:
        return 0
    return 1 if domain and dns_of(context) == domain else 2


def _level(text: str) -> int | None:
    return number(text.encode())


def _seconds(text: str) -> int | None:
    match = _TIME.fullmatch(text)
    return timegm(tuple(map(int, match.groups()))) if match else None
