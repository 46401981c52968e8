"""The kinds of lines: for each the act, the gate, the words, and what proves it done."""

from collections.abc import Iterable

from msgspec import Struct

from agent.transition.conditions import AllRead, Named, SetAfter, WayTested
from agent.transition.item import Act
from agent.transition.proofs import Agreed, Decided, Gone, Proof, TakenBack

LETTERS = {
    Act.CREATE: "T",
    Act.TRANSFER: "H",
    Act.ROTATE: "S",
    Act.REVOKE: "R",
    Act.KEEP: "K",
    Act.DECIDE: "D",
}
_CLOSED = "; of an account also: without a password that works and without any key"
_GONE = Gone()
_BACK = "Keep a copy of the old setting; put it back."


class LineKind(Struct, frozen=True):
    """One kind of line: what is done about its holds, when, and what proves it."""

    name: str
    holds: tuple[str, ...]  # kinds of holds that come under such a line
    act: Act
    gate: str
    rank: int  # order within the gate: what must be done first
    title: str  # {subject}
    todo: str
    undo: str = ""
    proof: Proof = _GONE
    everywhere: bool = False  # the same subject may be on a host that was not read

    @property
    def prefix(self) -> str:
        """Return the beginning of the keys of its lines."""
        return f"{self.act.name.lower()} {self.name}"


LINE_KINDS: dict[str, LineKind] = {}
OF_HOLD: dict[str, LineKind] = {}  # hold kind -> the line of a hold that is surely theirs


def _enter(kinds: Iterable[LineKind]) -> None:
    for kind in kinds:
        LINE_KINDS[kind.name] = kind
        OF_HOLD.update(dict.fromkeys(kind.holds, kind))


_enter(
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
_enter(
    (
        LineKind(
            "ssh key",
            ("ssh key",),
            Act.REVOKE,
            "G4",
            0,
            "key {subject}",
            "Remove the line from each authorized_keys file below. Test the new login before each.",
            "Put the line back from the console.",
            _GONE,
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
            _GONE,
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
            _GONE,
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
            _GONE,
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
            _BACK,
        ),
        LineKind(
            "firewall source",
            ("firewall source",),
            Act.REVOKE,
            "G3",
            4,
            "firewall rule that lets {subject} in",
            "Remove the rule, from the saved rules too.",
            _BACK,
        ),
    )
)


def _moved(name: str, holds: tuple[str, ...], title: str, todo: str) -> LineKind:
    return LineKind(name, holds, Act.TRANSFER, "G2", len(LINE_KINDS), title, todo, _BACK)


_enter(
    (
        _moved(
            "reporting agent",
            (),
            "agent {subject}: whom it reports to",
            "Let it report to a server of the client's or the incoming party's; or install "
            "theirs, see it report, and remove this one.",
        ),
        _moved(
            "mail",
            ("mail alias", "job mail"),
            "mail for {subject}",
            "Send it to an address of the client's. Send a test message, and see it arrive.",
        ),
        _moved(
            "certificate account",
            ("certificate account",),
            "account with a certificate authority of {subject}",
            "Register an address of the client's; renew once with it.",
        ),
        _moved(
            "mail relay",
            ("mail relay",),
            "mail relay {subject}",
            "Send through a relay of the client's. Send a test message, and see it arrive.",
        ),
        _moved(
            "log target",
            ("log target",),
            "logs sent to {subject}",
            "Send them to a host of the client's. See one line arrive; keep the old logs.",
        ),
        _moved(
            "resolver",
            ("resolver",),
            "names asked of {subject}",
            "Use name servers of the client's.",
        ),
        _moved(
            "time server",
            ("time server",),
            "time from {subject}",
            "Use time servers that stay; see the clock synchronised.",
        ),
        _moved(
            "repository",
            ("repository",),
            "packages from {subject}",
            "Use the distribution's source or a copy of the client's; check what came from there.",
        ),
        _moved(
            "container image",
            ("container image",),
            "container images from {subject}",
            "Copy the images to a registry of the client's, and run them from there.",
        ),
        _moved(
            "backup destination",
            ("backup destination",),
            "backups to {subject}",
            "Back up to a place of the client's with a key of the client's. Restore once from it "
            "before the old one ends; settle what becomes of the old copies.",
        ),
        _moved(
            "certificate",
            ("certificate",),
            "certificate for {subject}",
            "Use a certificate for a name of the client's, or take it away.",
        ),
        _moved(
            "web target",
            ("web target",),
            "site {subject}",
            "Serve it from a place of the client's, or take it away.",
        ),
        _moved(
            "domain join",
            ("domain join",),
            "accounts from the directory {subject}",
            "Join the host to a directory of the client's, or make its accounts local.",
        ),
        _moved(
            "job",
            ("job",),
            "job {subject}",
            "Let it run as an account that stays, without a server of theirs; or take it away.",
        ),
    )
)
