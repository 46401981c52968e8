"""Lines about a tenant: accounts and roles, partners, applications, trust, notices, licences."""

from agent.transition.item import Act
from agent.transition.items.kind import BACK, LineKind, enter
from agent.transition.proofs import Gone

_CLOSED = "; of an account also: its sign-in is blocked"
_CENTRE = "Admin centre > Settings > Partner relationships"


def _moved(name: str, holds: tuple[str, ...], rank: int, title: str, todo: str) -> LineKind:
    return LineKind(name, holds, Act.TRANSFER, "G2", rank, title, todo, BACK)


enter(
    (
        _moved(
            "reseller",
            ("reseller",),
            70,
            "licences that {subject} sold",
            "Buy them from who takes over, or from Microsoft, before the contract ends; see the "
            "new subscription active and every user licensed by it; then let the old one end.",
        ),
        _moved(
            "tenant notice",
            ("notification address", "app notice", "role notice"),
            71,
            "notices of the tenant that go to {subject}",
            "Enter an address of the client's in each place below. See the next notice arrive.",
        ),
        _moved(
            "management token",
            ("management token",),
            72,
            "device management that depends on the account {subject}",
            "Take the account over (its mail, password and second factor), and renew with the same "
            "one: another account means that every device is enrolled again.",
        ),
        _moved(
            "tenant owner",
            ("tenant manager", "reviewer"),
            73,
            "what {subject} answers for in the tenant",
            "Name somebody who stays in each place below.",
        ),
        _moved(
            "leftover domain",
            ("leftover domain",),
            74,
            "domain {subject} in the tenant",
            "Move what uses it (addresses, logins, applications); then remove it from the tenant.",
        ),
        _moved(
            "device profile",
            ("device profile",),
            75,
            "{subject}: what it brings to managed devices",
            "Replace it by one of the client's, or take it away from the devices.",
        ),
        _moved(
            "tenant setting",
            ("tenant setting",),
            76,
            "setting of the tenant: {subject}",
            "Enter what is the client's.",
        ),
        _moved(
            "tenant backup",
            ("tenant backup app",),
            77,
            "backup of Microsoft 365 by {subject}",
            "Back up with an application of the client's or the incoming party's. Restore once "
            "from it before the old one ends; settle what becomes of the old copies.",
        ),
        LineKind(
            "mail rule",
            ("mail rule",),
            Act.REVOKE,
            "G3",
            5,
            "mail that is sent on to {subject}",
            "Ask whose mailbox it is; remove the rule from each mailbox below.",
            BACK,
        ),
        LineKind(
            "enterprise app",
            ("enterprise app", "app grant", "consent", "application role"),
            Act.REVOKE,
            "G3",
            6,
            "application {subject}: permissions and consents",
            "See its successor at work first. Take its permissions and consents away, then delete "
            "it (Entra > Enterprise applications).",
            "Add it again, and consent again.",
        ),
        LineKind(
            "managed agent",
            ("managed agent",),
            Act.REVOKE,
            "G3",
            6,
            "agent {subject} on managed devices",
            "See the new agent report first. Take it off by device management, and see that no "
            "policy, script or app brings it back; then remove the devices in its console.",
            "Install it again.",
        ),
        LineKind(
            "federated credential",
            ("federated credential",),
            Act.REVOKE,
            "G3",
            7,
            "tokens from elsewhere by which {subject} is used",
            "Let a pipeline of the client's do what it does; remove the credential "
            "(Entra > App registrations > Certificates & secrets > Federated credentials).",
            BACK,
        ),
        LineKind(
            "trust of a tenant",
            ("certificate authority", "domain federation", "identity provider"),
            Act.REVOKE,
            "G3",
            8,
            "logins that {subject} vouches for",
            "See an administrator log in without it first. Remove the trust; of a federated "
            "domain: convert it to managed, and give its people passwords.",
            "Keep the certificate and settings; enter them again.",
        ),
        LineKind(
            "place of a tenant",
            ("named location", "sharing domain"),
            Act.REVOKE,
            "G3",
            9,
            "{subject}: from where, or with whom, less is asked for",
            "Take the networks, or the domain, out of the setting.",
            BACK,
        ),
        LineKind(
            "partner",
            ("partner", "partner sign-in", "partner relation"),
            Act.REVOKE,
            "G4",
            7,
            "what {subject} has in the tenant as a partner",
            "See the relationship of who takes over active, and used. Then end theirs "
            f"({_CENTRE}; Entra > External identities > Cross-tenant access settings).",
            "Ask them for a new relationship, and approve it.",
        ),
        LineKind(
            "tenant account",
            (
                "tenant account",
                "tenant role",
                "tenant role by group",
                "eligible role",
                "role group owner",
                "scoped administrator",
                "application owner",
                "access exclusion",
                "role approver",
                "device role",
            ),
            Act.REVOKE,
            "G4",
            8,
            "account {subject}: sign-in, roles and what it owns in the tenant",
            "Move what runs as it; take the roles, groups, ownership and exclusions below away, "
            "then block its sign-in and end its sessions. Delete it only when nothing needs it.",
            "Let it sign in again, and give the role again.",
            Gone(_CLOSED),
        ),
        LineKind(
            "app credential",
            ("app credential",),
            Act.ROTATE,
            "G4",
            15,
            "secrets of {subject} that are named after them",
            "Give what uses it a new secret of the client's; see it used; delete the old one.",
            "None: keep the old one until the new one is used.",
        ),
    )
)
