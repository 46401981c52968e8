"""Lines that stand for a state: a way in, a name, what is unread, whose it is, a password."""

from agent.transition.conditions import AllRead, Named, SetAfter, WayTested, unanswered
from agent.transition.item import Act
from agent.transition.items.kind import LineKind, enter
from agent.transition.machines import AnswersAgain
from agent.transition.memory import MACHINE
from agent.transition.proofs import Agreed, Decided, TakenBack

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
            (),
            Act.REVOKE,
            "G5",
            9,
            "the access of the audit itself",
            "After the last audit: remove the account, key and rights with which it logs in, and "
            "its script. An audit that can no longer log in cannot see this: attest it.",
            "Create them again.",
            TakenBack(),
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
