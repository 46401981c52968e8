"""Which domains a tenant has, where they log in, and the DNS records that its services expect.

Sources: Graph reference, resource types domain, internalDomainFederation, domainDnsRecord.
"""

from collections.abc import Iterator

from collectors.der_certificates import in_base64
from collectors.rows import Row, Rows, every_id
from collectors.spec import Each, GraphGet, Unreadable, collector
from inventory.model.evidence import Why
from inventory.model.tenant import DomainDnsRecord, DomainFederation, TenantDomain

DOMAINS = GraphGet(
    "domains",
    "/domains",
    "Domain.Read.All",
    "core",
    select=(
        *("id", "authenticationType", "isDefault", "isInitial", "isVerified", "isAdminManaged"),
        *("supportedServices", "passwordValidityPeriodInDays"),
    ),
    empty="gap",
)


def _federated(row: Row) -> Iterator[str]:
    if row.text("authenticationType") != "Managed":  # a federated domain, or one that says nothing
        yield row.needed("id")


FEDERATED = GraphGet(
    "federated",
    "/domains",
    "Domain.Read.All",
    "core",
    select=("id", "authenticationType"),
    empty="gap",
    why="which domains have an identity provider of their own",
)
FEDERATION = GraphGet(
    "federation",
    "/domains/{key}/federationConfiguration",
    "Domain-InternalFederation.Read.All",
    "core",
    each=(Each("/domains", _federated, select=("id", "authenticationType"), top=0),),
    why="who may mint logins for a federated domain",
)
_EACH = (Each("/domains", every_id, top=0),)
EXPECTED = GraphGet(
    "expected",
    "/domains/{key}/serviceConfigurationRecords",
    "Domain.Read.All",
    "core",
    each=_EACH,
    absent="none",  # of a domain that is not verified
)
PROOFS = GraphGet(
    "proofs",
    "/domains/{key}/verificationDnsRecords",
    "Domain.Read.All",
    "core",
    each=_EACH,
    absent="none",  # of a domain that is verified
)
_TYPES = {
    "domainDnsMxRecord": ("MX", "mailExchange"),
    "domainDnsTxtRecord": ("TXT", "text"),
    "domainDnsCnameRecord": ("CNAME", "canonicalName"),
    "domainDnsSrvRecord": ("SRV", "nameTarget"),
}


@collector("entra.domains", asks=[DOMAINS], tells=[TenantDomain], source="graph")
def domains(found: Rows) -> Iterator[TenantDomain | Unreadable]:
    """Yield the domains of the tenant."""
    for row in found:
        yield TenantDomain(
            at=row.at(),
            name=row.needed("id"),
            authentication=row.text("authenticationType"),
            is_default=bool(row.flag("isDefault")),
            is_initial=bool(row.flag("isInitial")),
            is_verified=row.flag("isVerified"),
            is_admin_managed=row.flag("isAdminManaged"),
            services=row.texts("supportedServices"),
            password_days=row.number("passwordValidityPeriodInDays"),
        )


@collector(
    "entra.federation", asks=[FEDERATED, FEDERATION], tells=[DomainFederation], source="graph"
)
def federation(domains: Rows, found: Rows) -> Iterator[DomainFederation | Unreadable]:
    """Yield the identity provider of each federated domain."""
    untold = {
        row.needed("id"): row.at("authenticationType")
        for row in domains
        if row.text("authenticationType") == "Federated"
    }
    for row in found:
        untold.pop(row.key, None)
        signing = in_base64(row.text("signingCertificate"))
        following = in_base64(row.text("nextSigningCertificate"))
        if signing is None:
            yield Unreadable(
                row.at("signingCertificate"),
                "its certificate is not told, or no certificate",
                row.key,
            )
        yield DomainFederation(
            at=row.at(),
            domain=row.key,
            id=row.needed("id"),
            issuer=row.text("issuerUri"),
            name=row.text("displayName") or "",
            sign_in_url=row.text("passiveSignInUri"),
            metadata_url=row.text("metadataExchangeUri"),
            certificate=signing.fingerprint if signing else None,
            certificate_ends=signing.not_after if signing else None,
            next_certificate_ends=following.not_after if following else None,
            mfa_behaviour=row.text("federatedIdpMfaBehavior"),
        )
    for domain, at in untold.items():
        yield Unreadable(at, "it is federated, and its provider is not told", domain, Why.DENIED)


@collector("entra.domain_records", asks=[EXPECTED, PROOFS], tells=[DomainDnsRecord], source="graph")
def domain_records(expected: Rows, proofs: Rows) -> Iterator[DomainDnsRecord | Unreadable]:
    """Yield the DNS records that services expect, and those by which a domain is proved."""
    for use, found in (("service", expected), ("verification", proofs)):
        for row in found:
            known = _TYPES.get(row.type)
            if known is None:
                kind = f"a record of another type: {row.text('recordType') or 'not told'}"
                yield Unreadable(row.at("recordType"), kind, row.key)
                continue
            yield DomainDnsRecord(
                at=row.at(),
                domain=row.key,
                use=use,
                type=known[0],
                label=row.text("label") or "",
                value=row.text(known[1]) or "",
                service=row.text("supportedService"),
                is_optional=bool(row.flag("isOptional")),
            )
