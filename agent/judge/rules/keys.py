"""Keys that open accounts: how strong, whose, for how many accounts and hosts (sshd(8))."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from agent.judge.case import Severity, Verdict
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule
from agent.judge.rules.words import listed, plural
from inventory.model.access import AuthorizedKey, KeyFile
from inventory.model.account import Account
from inventory.snapshot import Seen

LEAST_EVERYWHERE = 3  # hosts that a key opens before it counts as one for everything
_OTHERS_WRITE = 0o022


@rule(
    "key.weak",
    "Every key is strong enough",
    Severity.MEDIUM,
    needs=(AuthorizedKey,),
    reason="DSA keys and short RSA keys can be broken, and new servers refuse them: the "
    "login stops with the next upgrade.",
    remedy="Ask the key's owner for an Ed25519 key, or RSA with 3072 bits or more, and remove "
    "the old one.",
)
def weak(subject: Subject) -> Iterator[Hit]:
    """Yield the weak keys."""
    for row in subject.host.rows(AuthorizedKey):
        key = row.record
        if key.is_weak:
            size = f" with {key.bits} bits" if key.bits else ""
            says = f"{key.algorithm}{size} opens {key.account}: {key.fingerprint}"
            yield broken(row, says, f"{key.account} {key.fingerprint}")


@rule(
    "key.no-comment",
    "Every key says whose it is",
    Severity.LOW,
    needs=(AuthorizedKey,),
    reason="A key without a comment names nobody. At a handover somebody has to find its "
    "owner before anyone dares to remove it.",
    remedy="Find the owner by the fingerprint, write a comment, or remove the key.",
)
def no_comment(subject: Subject) -> Iterator[Hit]:
    """Yield the keys without a comment."""
    for row in subject.host.rows(AuthorizedKey):
        key = row.record
        if not key.comment.strip() and key.fingerprint != subject.case.own_key:
            says = f"{key.fingerprint} opens {key.account} and names nobody"
            yield broken(row, says, f"{key.account} {key.fingerprint}")


@rule(
    "key.root-unbound",
    "Keys of root are bound to an origin or a command",
    Severity.LOW,
    needs=(AuthorizedKey, Account),
    reason="A key that opens root from anywhere is all that a leaver needs to keep.",
    remedy="Log in with accounts of people and use sudo. Where a program needs root, bind "
    "its key with from= and command=.",
)
def root_unbound(subject: Subject) -> Iterator[Hit]:
    """Yield the keys that open an account with uid 0 from anywhere, for anything."""
    zero = {row.record.name for row in subject.host.rows(Account) if row.record.uid == 0}
    for row in subject.host.rows(AuthorizedKey):
        key = row.record
        if key.account in zero | {"root"} and not key.origins and key.command is None:
            says = f"{key.fingerprint} opens {key.account} from anywhere"
            yield broken(row, says, f"{key.account} {key.fingerprint}")


@rule(
    "key.authority",
    "No account trusts a certificate authority",
    Severity.HIGH,
    needs=(AuthorizedKey,),
    reason="The holder of the authority's key can make any number of new ways into the "
    "account. Removing known keys does not end that.",
    remedy="Find out who holds the authority's key; remove the line, or take the key over.",
)
def authority(subject: Subject) -> Iterator[Hit]:
    """Yield the lines of authorized_keys that trust an authority."""
    for row in subject.host.rows(AuthorizedKey):
        key = row.record
        if key.is_authority:
            says = f"any certificate of CA {key.fingerprint} opens {key.account}"
            yield broken(row, says, f"{key.account} {key.fingerprint}")


@rule(
    "key.file-writable-by-others",
    "Only the owner and root can change who has a key",
    Severity.HIGH,
    needs=(KeyFile, Account),
    reason="Whoever may write the file can add a key of their own, after the cutover too.",
    remedy="Give the file and its folder to the account and take write access from all others.",
)
def file_writable_by_others(subject: Subject) -> Iterator[Hit]:
    """Yield the key files that others may write, or that belong to another account."""
    uids = {row.record.name: row.record.uid for row in subject.host.rows(Account)}
    for row in subject.host.rows(KeyFile):
        file = row.record
        own = uids.get(file.account)
        same = file.owner in (file.account, "root", "0", str(own))
        same |= own is not None and uids.get(file.owner) == own
        if not same:
            yield broken(row, f"{file.path} of {file.account} belongs to {file.owner}", file.path)
        elif file.mode & _OTHERS_WRITE:
            says = f"others may write {file.path} (mode {file.mode & 0o7777:04o})"
            yield broken(row, says, file.path)


@rule(
    "key.shared-between-accounts",
    "Each key opens one account of a host",
    Severity.LOW,
    needs=(AuthorizedKey,),
    reason="Removing the key from one account leaves the other open, and the log does not "
    "say which person came in.",
    remedy="Decide which account the owner needs, and remove the key from the others.",
)
def shared_between_accounts(subject: Subject) -> Iterator[Hit]:
    """Yield the keys of several accounts."""
    for fingerprint, rows in _by_fingerprint(subject.host.rows(AuthorizedKey)).items():
        names = sorted({row.record.account for row in rows})
        if len(names) > 1:
            says = f"{fingerprint} opens {plural(len(names), 'account')}: {listed(names)}"
            fresh = {row.record.account for row in rows if not row.carried}
            yield _spread(rows, says, carried=len(fresh) < 2)


@rule(
    "key.everywhere",
    "No key opens most of the hosts",
    Severity.HIGH,
    per=Per.ENVIRONMENT,
    needs=(AuthorizedKey,),
    reason="One private key, on a laptop or in a tool, is then a way into everything. It is "
    "the first that a leaver keeps and the last that anyone finds.",
    remedy="Find out who holds the private half. Replace it by keys of single people and "
    "programs, each only where it is needed.",
)
def everywhere(subject: Subject) -> Iterator[Hit]:
    """Yield the keys that open at least three hosts, and half of all; the audit's own is known."""
    hosts = tuple(subject.hosts)
    least = max(LEAST_EVERYWHERE, (len(hosts) + 1) // 2)
    rows = [row for host in hosts for row in host.rows(AuthorizedKey)]
    for fingerprint, found in _by_fingerprint(rows).items():
        if fingerprint == subject.case.own_key:
            continue
        names = sorted({row.target for row in found})
        if len(names) >= least:
            comments = sorted({row.record.comment for row in found if row.record.comment})
            named = f' "{listed(comments)}"' if comments else ""
            says = f"{fingerprint}{named} opens {len(names)} of {len(hosts)} hosts: {listed(names)}"
            fresh = {row.target for row in found if not row.carried}
            yield _spread(found, says, carried=len(fresh) < least)


def _by_fingerprint(
    rows: Sequence[Seen[AuthorizedKey]],
) -> dict[str, list[Seen[AuthorizedKey]]]:
    found: dict[str, list[Seen[AuthorizedKey]]] = defaultdict(list)
    for row in rows:
        found[row.record.fingerprint].append(row)
    return found


def _spread(rows: Sequence[Seen[AuthorizedKey]], says: str, *, carried: bool) -> Hit:
    """Return one hit of all rows."""
    places = tuple(row.evidence for row in rows)
    return Hit(Verdict.NOT_MET, says, rows[0].record.fingerprint, places, carried)
