"""Keys that open the SSH server, authorities it trusts, and private keys that lie on disk."""

from collections.abc import Iterator

from agent.judge.case import AccessPath, Power
from agent.judge.holds.kind import Candidate, Scene, hold_kind, of_row
from agent.judge.hosts import Host
from agent.judge.sshd import Server
from inventory.model.access import AuthorizedKey, LoginSecret, SshdSetting, SshTrust
from inventory.model.account import Account
from inventory.model.record import Identifier, Mark
from inventory.model.truth import Truth
from inventory.snapshot import Seen

_DIRECTORY_KEYS = ("sss_ssh_authorizedkeys", "google_authorized_keys")  # follow the domain join
_COMMANDS = ("AuthorizedKeysCommand", "AuthorizedPrincipalsCommand")


@hold_kind("ssh key", needs=(AuthorizedKey,))
def ssh_keys(scene: Scene) -> Iterator[Candidate]:
    """Yield each key of each account."""
    accounts = scene.host.once(_accounts)
    for row in scene.host.rows(AuthorizedKey):
        yield _ssh_key(scene, row, accounts.get(row.record.account))


def _accounts(host: Host) -> dict[str, Account]:
    """Return accounts by name; a fresh one counts before a carried one, then the first."""
    rows = sorted(host.rows(Account), key=lambda row: row.carried)
    return {row.record.name: row.record for row in reversed(rows)}


def _ssh_key(scene: Scene, row: Seen[AuthorizedKey], account: Account | None) -> Candidate:
    """Return the candidate; the account and the origins it leads through weigh less than itself."""
    key, target = row.record, scene.host.name
    word = "CA" if key.is_authority else "key"
    path = scene.way(f"{word} {key.fingerprint}", key.account)
    power = path.power if path else Power.LOGIN
    comment = f' "{key.comment}"' if key.comment else ""
    account_marks = account.identifiers() if account else [Identifier(Mark.ACCOUNT, key.account)]
    own = [one for one in key.identifiers() if one.mark is not Mark.ADDRESS]
    origins = [one for one in key.identifiers() if one.mark is Mark.ADDRESS]
    return Candidate(
        kind="ssh key",
        target=target,
        name=f"{key.fingerprint} {key.account} {key.file}",
        title=f"{word} {short(key.fingerprint)}{comment} on {target}, account {key.account}",
        subject=key.fingerprint,
        power=power,
        evidence=(row.evidence,),
        identifiers=tuple(own),
        through=(*account_marks, *origins),
        path=path,
        carried=row.carried,
        slot=f"{target} keys of {key.account}",
        stands_alone=power is Power.ROOT and is_open(path),
    )


@hold_kind("trusted authority", needs=(SshTrust,))
def authorities(scene: Scene) -> Iterator[Candidate]:
    """Yield the authorities whose certificates open any account."""
    for row in scene.host.rows(SshTrust):
        value = row.record.value
        if row.record.type == "TrustedUserCAKeys":
            yield of_row(
                scene,
                row,
                "trusted authority",
                name=value,
                title=f"trusted user CA {short(value)}",
                subject=value,
                power=Power.ROOT,
                is_dependence=False,
                stands_alone=True,
            )


@hold_kind("key command", needs=(SshTrust, SshdSetting))
def key_commands(scene: Scene) -> Iterator[Candidate]:
    """Yield the commands that hand out keys, and files of hosts whose word is trusted."""
    server = scene.host.once(Server)
    for row in scene.host.rows(SshTrust):
        trust = row.record
        if trust.type == "TrustedUserCAKeys":
            continue
        is_command = trust.type in _COMMANDS
        follows = any(known in trust.value for known in _DIRECTORY_KEYS)
        trusts = trust.type == "shosts" and not server.is_off("hostbasedauthentication")
        yield of_row(
            scene,
            row,
            "key command",
            name=f"{trust.type} {trust.value}",
            title=f"{trust.type} {trust.value}",
            subject=trust.value,
            power=Power.CONTROL if is_command else Power.LOGIN,
            is_dependence=False,
            stands_alone=(is_command and not follows) or (trusts and _is_of_root(trust.value)),
        )


@hold_kind("private key", needs=(LoginSecret,))
def private_keys(scene: Scene) -> Iterator[Candidate]:
    """Yield private keys on disk: what logs in with a party's key would stop without it."""
    for row in scene.host.rows(LoginSecret):
        if row.record.fingerprint:
            yield of_row(
                scene,
                row,
                "private key",
                name=row.record.path,
                title=f"private key {short(row.record.fingerprint)} at {row.record.path}",
                subject=row.record.fingerprint,
            )


def _is_of_root(path: str) -> bool:
    """Return whether the file opens root's account, or everybody's."""
    return path.startswith(("/root/", "/etc/"))


def is_open(path: AccessPath | None) -> bool:
    """Return whether a path may be taken now, as far as is known."""
    return path is not None and path.certain is not Truth.NO


def short(fingerprint: str) -> str:
    """Return `SHA256:9fQ2xA7b..`, as people read it."""
    return f"{fingerprint[:15]}.." if len(fingerprint) > 17 else fingerprint
