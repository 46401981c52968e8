"""How agents are recognised on a Linux host: data, a module a type of agent."""

from collectors.signatures.backups import BACKUPS
from collectors.signatures.management import MANAGEMENT
from collectors.signatures.monitoring import MONITORING
from collectors.signatures.remote import REMOTE
from collectors.signatures.security import SECURITY
from collectors.signatures.signature import Signature
from collectors.signatures.tunnels import TUNNELS

SIGNATURES: tuple[Signature, ...] = (
    *MONITORING,
    *SECURITY,
    *REMOTE,
    *MANAGEMENT,
    *TUNNELS,
    *BACKUPS,
)
