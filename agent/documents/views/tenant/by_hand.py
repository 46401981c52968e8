"""What Microsoft Graph v1.0 does not tell of a tenant, and how a person looks at it."""

from msgspec import Struct


class ByHand(Struct, frozen=True):
    """One thing that was not collected, and how to look."""

    what: str
    look: str


# Commands are of the module ExchangeOnlineManagement, the SharePoint and the Teams module.
BY_HAND = (
    ByHand(
        "Which partners may administer the tenant",
        "Microsoft 365 admin centre > Settings > Partner relationships: list all, with their roles",
    ),
    ByHand(
        "Mail that mailboxes forward",
        "Get-Mailbox -ResultSize Unlimited | "
        "where ForwardingSmtpAddress -or ForwardingAddress, by an Exchange administrator",
    ),
    ByHand("Hidden rules of inboxes", "Get-InboxRule -Mailbox NAME -IncludeHidden"),
    ByHand(
        "Who may read or send as another",
        "Get-MailboxPermission, Get-RecipientPermission for each mailbox",
    ),
    ByHand("Rules that act on all mail", "Get-TransportRule; Exchange admin centre > Mail flow"),
    ByHand(
        "Connectors: the spam filter or gateway of a provider",
        "Get-InboundConnector, Get-OutboundConnector",
    ),
    ByHand("Which domains Exchange takes mail for", "Get-AcceptedDomain"),
    ByHand("Journaling: copies of all mail", "Get-JournalRule"),
    ByHand("DKIM keys of each domain", "Get-DkimSigningConfig"),
    ByHand(
        "What is kept, and for how long",
        "Microsoft Purview > Data lifecycle management; litigation holds: Get-Mailbox",
    ),
    ByHand("How far each site is shared", "Get-SPOSite -Limit All | select Url, SharingCapability"),
    ByHand("Telephone numbers and policies of Teams", "Get-CsPhoneNumberAssignment; Teams admin"),
    ByHand("What may not leave: data loss prevention", "Get-DlpCompliancePolicy"),
    ByHand(
        "Subscriptions and delegations of Azure",
        "Azure portal > Subscriptions > Access control, and Service providers (Lighthouse)",
    ),
)
