"""Lines about a tenant that stand for a state: an administrator, spare accounts, secrets."""

from agent.transition.item import Act
from agent.transition.items.kind import LineKind, enter
from agent.transition.renewal import Attested
from agent.transition.renewal_in_tenant import (
    CredentialsRenewed,
    GlobalAdministratorTested,
    PasswordRenewed,
    SpareAccounts,
)

enter(
    (
        LineKind(
            "tenant administrator",
            (),
            Act.CREATE,
            "G0",
            1,
            "a Global Administrator of {client} in each tenant",
            "Create a named Global Administrator for each who stays (Entra > Users), with a second "
            "factor of their own; name it in handover.yaml; sign in with it, alone. No removal "
            "before that.",
            "Block the new account's sign-in.",
            GlobalAdministratorTested(),
        ),
        LineKind(
            "spare accounts",
            (),
            Act.CREATE,
            "G0",
            2,
            "two accounts for emergencies (break-glass) in {subject}",
            "Create two accounts of the cloud alone (at the onmicrosoft.com domain), Global "
            "Administrator for good, left out of one policy at least; seal their passwords and "
            "keys where only the client can open them; sign in once with each.",
            "Block the new accounts' sign-in.",
            SpareAccounts(),
        ),
        LineKind(
            "unshown",
            (),
            Act.DECIDE,
            "G1",
            1,
            "what Graph does not show of {subject}",
            "Look by hand, with Exchange PowerShell and the admin centres: forwarding of mailboxes "
            "and hidden rules, rights on mailboxes (full access, send as), transport rules and "
            "connectors, journaling, keys of DKIM, sharing of single sites, Azure subscriptions "
            "and delegations over them (Lighthouse), phone numbers. Write down what is the leaving "
            "party's.",
            proof=Attested(),
        ),
        LineKind(
            "partner page",
            (),
            Act.REVOKE,
            "G4",
            7,
            "the partners that the admin centre of {subject} lists",
            "Open Admin centre > Settings > Partner relationships as a Global Administrator. Write "
            "down each partner. See the relationship of who takes over active; then remove the "
            "leaving party's, reseller and administration both. No list that an audit reads "
            "replaces this page.",
            "Ask them for a new relationship, and approve it.",
            Attested(),
        ),
        LineKind(
            "app secret",
            (),
            Act.ROTATE,
            "G4",
            16,
            "secrets and certificates of the application {subject}",
            "Find what uses it; add a new one after the leaver's access has ended; see it used; "
            "delete the old ones.",
            "None: keep the old one until the new one is used.",
            CredentialsRenewed(),
        ),
        LineKind(
            "tenant password",
            (),
            Act.ROTATE,
            "G4",
            17,
            "the password of {subject} in the tenant",
            "Set a new one after the leaver's access has ended, with a witness; keep it where only "
            "the client can read it. Of the synchronisation: let Entra Connect make its account "
            "anew.",
            "None: keep a second administrator while it is changed.",
            PasswordRenewed(),
        ),
    )
)
