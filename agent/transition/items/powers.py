"""Lines that end a power: keys, accounts, agents, ways through the network."""

from agent.transition.item import Act
from agent.transition.items.kind import BACK, LineKind, enter
from agent.transition.proofs import GONE, Gone

_CLOSED = "; of an account also: without a password that works and without any key"

enter(
    (
        LineKind(
            "ssh key",
            ("ssh key", "directory key", "directory key path"),
            Act.REVOKE,
            "G4",
            0,
            "key {subject}",
            "Remove the line from each authorized_keys file below, and the value from each entry "
            "of a directory. Test the new login before each.",
            "Put the line back from the console.",
            GONE,
            everywhere=True,
        ),
        LineKind(
            "trusted authority",
            ("trusted authority",),
            Act.REVOKE,
            "G4",
            1,
            "trusted user CA {subject}",
            "Take the CA out of TrustedUserCAKeys, and reload sshd. Test the new login first.",
            "Put the CA back from the console.",
            GONE,
            everywhere=True,
        ),
        LineKind(
            "key command",
            ("key command",),
            Act.REVOKE,
            "G4",
            2,
            "what hands out keys: {subject}",
            "Take the setting or file away, and reload sshd. Test the new login first.",
            "Put the setting back from the console.",
        ),
        LineKind(
            "account",
            ("account", "sudo", "doas", "group"),
            Act.REVOKE,
            "G4",
            3,
            "account {subject}: login and rights",
            "Move what runs as it; take its rights and group memberships away; lock its password, "
            "remove its keys, set it expired. Delete it only when nothing needs it.",
            "Unlock it, and give the right back from the console.",
            Gone(_CLOSED),
            everywhere=True,
        ),
        LineKind(
            "private key",
            ("private key",),
            Act.ROTATE,
            "G4",
            4,
            "private key {subject} on disk",
            "Give what uses it a key of the client's; delete this file.",
            "Put the file back.",
        ),
        LineKind(
            "agent",
            ("agent",),
            Act.REVOKE,
            "G3",
            0,
            "agent {subject}",
            "See the new agent report first. Remove the agent on each host below, then the host's "
            "entry in its console: not the other way round.",
            "Install it again.",
            GONE,
            everywhere=True,
        ),
        LineKind(
            "management hook",
            ("management hook",),
            Act.REVOKE,
            "G3",
            1,
            "management by {subject}",
            "Stop it and take it off each host, once what it keeps in order is kept otherwise.",
            "Start it again.",
            GONE,
            everywhere=True,
        ),
        LineKind(
            "tunnel",
            ("tunnel",),
            Act.REVOKE,
            "G3",
            2,
            "tunnel {subject}",
            "Stop the program, and take away what starts it.",
            "Start it again.",
        ),
        LineKind(
            "vpn peer",
            ("vpn peer",),
            Act.REVOKE,
            "G3",
            3,
            "VPN peer {subject}",
            "Take the peer out of the configuration and of the running interface; revoke its "
            "certificate.",
            BACK,
        ),
        LineKind(
            "firewall source",
            ("firewall source",),
            Act.REVOKE,
            "G3",
            4,
            "what lets {subject} in by its address",
            "Remove the rule: from the firewall, its saved rules, and each program's own list.",
            BACK,
        ),
    )
)
