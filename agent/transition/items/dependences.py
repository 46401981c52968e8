"""Lines that move a dependence: mail, logs, names, packages, backups and the like."""

from agent.transition.item import Act
from agent.transition.items.kind import BACK, LINE_KINDS, LineKind, enter


def _moved(name: str, holds: tuple[str, ...], title: str, todo: str) -> LineKind:
    return LineKind(name, holds, Act.TRANSFER, "G2", len(LINE_KINDS), title, todo, BACK)


enter(
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
            "network mount",
            ("network mount",),
            "data on {subject}",
            "Copy the data to storage of the client's, mount that, and see it used.",
        ),
        _moved(
            "job",
            ("job",),
            "job {subject}",
            "Let it run as an account that stays, without a server of theirs; or take it away.",
        ),
    )
)
