"""Lines that stand for a state: a way in, a name, what is unread, whose it is, a password."""

from agent.transition.conditions import AllRead, Named, SetAfter, WayTested, unanswered
from agent.transition.item import Act
from agent.transition.items.kind import LineKind, enter
from agent.transition.machines import AnswersAgain
from agent.transition.memory import MACHINE
from agent.transition.proofs import Agreed, Decided, TakenBack
from agent.transition.renewal import AdministratorTested, Attested, Renewed

enter(
    (
        LineKind(
            "way in",
            (),
            Act.CREATE,
            "G0",
            0,
            "a way to root for {client} on every host",
            "Create a named account or key with root for each administrator who stays, on each "
            "host below; name it in handover.yaml; log in with it. No removal before that.",
            "Remove the new account or key.",
            WayTested(),
        ),
        LineKind(
            "party",
            (),
            Act.DECIDE,
            "G0",
            1,
            "who leaves, and by what they are recognised",
            "Enter the outgoing party in handover.yaml: mail domains, key fingerprints, accounts, "
            "networks, agent instances, servers. Until then nothing can be recognised as theirs.",
            proof=Named(),
        ),
        LineKind(
            "unread",
            (),
            Act.DECIDE,
            "G0",
            2,
            "what no audit could read: it may hide more",
            "Cure the gap, or let both parties accept it until a day (handover checklist accept).",
            proof=AllRead(),
            whole=unanswered,
        ),
        LineKind(
            MACHINE,
            (),
            Act.DECIDE,
            "G0",
            2,
            "{subject} answers as another machine",
            "Find out what became of the machine that answered before. If it is gone, two people "
            "of two parties attest it (handover checklist attest, --what removed). If it is still "
            "there, give it a name of its own in handover.yaml, and audit it.",
            proof=AnswersAgain(),
        ),
        LineKind(
            "whose",
            (),
            Act.DECIDE,
            "G0",
            3,
            "whose is {subject}?",
            "Find out whose it is. Confirm or reject the guess, or name it in the profile of the "
            "party whose it is.",
            proof=Decided(),
        ),
        LineKind(
            "stays",
            (),
            Act.KEEP,
            "G1",
            0,
            "{subject}: who stays with fewer duties still has it",
            "Agree whether it stays. If not, remove it.",
            proof=Agreed(),
        ),
        LineKind(
            "own access",
            ("audit access",),
            Act.REVOKE,
            "G5",
            9,
            "the access of the audit itself",
            "After the last audit: remove the account, key and rights with which it logs in, "
            "its script, and its application in a tenant with the credential. An audit that can no "
            "longer log in cannot see this: attest it.",
            "Create them again.",
            TakenBack(),
        ),
        LineKind(
            "administrator",
            (),
            Act.CREATE,
            "G0",
            1,
            "an administrator of {client} in each directory",
            "Create a named administrator for each who stays; name it in handover.yaml; log in "
            "with it. No removal before that.",
            "Disable the new account.",
            AdministratorTested(),
        ),
        LineKind(
            "krbtgt",
            (),
            Act.ROTATE,
            "G4",
            10,
            "the key of all Kerberos tickets of {subject} (krbtgt), twice",
            "After the leaver's last access has ended, set the password of krbtgt; wait ten hours "
            "or more, see controllers replicate, and set it once more.",
            "None: tickets that were given before end with the second change.",
            Renewed(times=2),
        ),
        LineKind(
            "restore mode",
            (),
            Act.ROTATE,
            "G4",
            11,
            "the restore mode password (DSRM) of each controller of {subject}",
            "Set it on each controller (ntdsutil, set dsrm password), and keep it where only the "
            "client can read it.",
            "Set it again.",
            Attested(),
        ),
        LineKind(
            "directory password",
            (),
            Act.ROTATE,
            "G4",
            12,
            "the password of {subject}",
            "Find what uses it; set a new one after the leaver's access has ended, and give it to "
            "what uses it; keep it where only the client can read it.",
            "None: keep a second administrator while it is changed.",
            Renewed(),
        ),
        LineKind(
            "cloud key",
            (),
            Act.ROTATE,
            "G4",
            13,
            "the key of seamless single sign-on ({subject})",
            "Renew it (Update-AzureADSSOForest) after the leaver's access has ended; renew it once "
            "more after the life of a ticket.",
            "None: people type their password once.",
            Renewed(),
        ),
        LineKind(
            "trust password",
            (),
            Act.ROTATE,
            "G4",
            14,
            "the password of the trust with {subject}",
            "If the trust stays, renew its password on both sides after the leaver's access has "
            "ended (netdom trust /resetOneSide). If it goes, this line goes with it.",
            "Set it again on both sides.",
            Attested(),
        ),
        LineKind(
            "password",
            (),
            Act.ROTATE,
            "G4",
            9,
            "the password of {subject}",
            "Set a new password at the console, after the leaving party's last access has ended; "
            "keep it where only the client can read it.",
            "None: keep a second way to root open while the password is changed.",
            SetAfter(),
        ),
    )
)
