"""Lines about directories: accounts and their power, trusts, places; secrets that must be new."""

from agent.transition.item import Act
from agent.transition.items.kind import BACK, LineKind, enter
from agent.transition.proofs import Gone

_CLOSED = "; of an account also: disabled, or expired"


def _moved(name: str, hold: str, rank: int, title: str, todo: str) -> LineKind:
    return LineKind(name, (hold,), Act.TRANSFER, "G2", rank, title, todo, BACK)


enter(
    (
        LineKind(
            "directory account",
            (
                "directory account",
                "directory member",
                "directory right",
                "delegation",
                "account delegation",
                "managed password",
                "former identity",
                "directory sudo",
                "policy administrator",
                "directory path",
            ),
            Act.REVOKE,
            "G4",
            5,
            "account {subject}: login, groups and rights",
            "Move what runs as it; take it out of the groups, take the rights on objects and the "
            "sudo rules away, then disable it. Delete it only when nothing needs it.",
            "Enable it, and add it to the group again.",
            Gone(_CLOSED),
        ),
        LineKind(
            "trust",
            ("trust",),
            Act.REVOKE,
            "G3",
            5,
            "trust with {subject}",
            "Ask what uses it; move that; remove the trust on both sides.",
            "Make the trust again, with a new password on both sides.",
        ),
        _moved(
            "tenant link",
            "tenant link",
            60,
            "devices that register with tenant {subject}",
            "Set the connection point to the client's tenant; register the devices again.",
        ),
        _moved(
            "directory dns",
            "directory dns",
            61,
            "DNS of the directory that leads to {subject}",
            "Let the record point to a place of the client's, or remove it.",
        ),
        _moved(
            "directory server",
            "directory server",
            62,
            "machine {subject} in the directory",
            "Move what it does to a machine of the client's; remove its account and its entries.",
        ),
        _moved(
            "directory service",
            "directory service",
            63,
            "{subject}: what the directory says of it",
            "Let it name a place of the client's, or remove the entry.",
        ),
        LineKind(
            "policy setting",
            ("policy setting",),
            Act.TRANSFER,
            "G2",
            65,
            "{subject}: what group policies take from it",
            "Move scripts, software, updates and files to a server of the client's; let the "
            "policies name that one.",
            BACK,
        ),
        _moved(
            "directory owner",
            "directory owner",
            64,
            "what {subject} answers for",
            "Name somebody who stays as the owner of each.",
        ),
    )
)
