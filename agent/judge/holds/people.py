"""Accounts of a host: what each may do, and whether every way into it is closed."""

from collections.abc import Iterator

from agent.judge.access import expired
from agent.judge.case import Power
from agent.judge.holds.keys import is_open
from agent.judge.holds.kind import Candidate, Scene, hold_kind
from agent.judge.hosts import Host
from agent.judge.rights import rights
from agent.judge.sudo import states
from inventory.model.access import AuthorizedKey, SshTrust
from inventory.model.account import Account, LastLogin, PasswordState
from inventory.model.moment import Moment
from inventory.model.truth import Truth, any_of
from inventory.snapshot import Read, Seen

_OPENERS = ("TrustedUserCAKeys", "AuthorizedKeysCommand", "AuthorizedPrincipalsCommand", "shosts")


@hold_kind("account", needs=(Account,))
def accounts(scene: Scene) -> Iterator[Candidate]:
    """Yield each account that is not known to be closed.

    Closed is: expired; or without a password that works and without any key. A locked password
    alone closes nothing, because keys still open the account.
    """
    for row in scene.host.rows(Account):
        if is_closed(scene, row) is not Truth.YES:
            yield _account(scene, row)


def is_closed(scene: Scene, row: Seen[Account]) -> Truth:
    """Tell whether nobody can come in through an account.

    Where a command hands out keys, or an authority signs for any account, keys may be anywhere.
    """
    host, name = scene.host, row.record.name
    if row.carried:
        return Truth.UNKNOWN
    known = Read(host.once(states).get(name, ()), host.blanks(PasswordState))
    ended = known.any(lambda state: expired(state, scene.now) is Truth.YES)
    works = known.any(lambda state: state.state in ("set", "none"))
    keys = Read(host.once(_keys).get(name, ()), host.blanks(AuthorizedKey)).any()
    elsewhere = host.read(SshTrust).any(lambda trust: trust.type in _OPENERS)
    keys |= Truth.NO if elsewhere is Truth.NO else Truth.UNKNOWN
    return any_of((ended, ~works & ~keys))


def _account(scene: Scene, row: Seen[Account]) -> Candidate:
    account, target = row.record, scene.host.name
    known = rights(scene.host, account)
    power = known[0].power if known else Power.LOGIN
    password = scene.way(f"password of {account.name}", account.name)
    person = f" ({account.gecos.split(',')[0]})" if account.gecos.split(",")[0] else ""
    root_by_password = password is not None and password.power is Power.ROOT and is_open(password)
    return Candidate(
        kind="account",
        target=target,
        name=account.name,
        title=f"account {account.name}{person} on {target}",
        subject=account.name,
        power=power,
        evidence=(row.evidence,),
        identifiers=tuple(account.identifiers()),
        path=scene.way_through(account.name),
        carried=row.carried,
        detail=_last_login(scene, account) if power is Power.ROOT else "",
        slot=f"{target} uid {account.uid}",
        stands_alone=root_by_password and not _is_renewed(scene, account),
    )


def _is_renewed(scene: Scene, account: Account) -> bool:
    """Return whether root's own password was set after the leaver's access to secrets ended.

    Before that, whoever left may know it: it is a way in that no profile names.
    """
    if account.uid != 0 or account.name != "root" or scene.access_ended is None:
        return False
    ended = Moment.exact(scene.access_ended)
    rows = scene.host.once(states).get("root", ())
    dates = [row.record.changed for row in rows if not row.carried]
    return bool(dates) and all(one is not None and one.after(ended) is Truth.YES for one in dates)


def _last_login(scene: Scene, account: Account) -> str:
    """Return when a privileged account was used last; of ordinary ones nothing is said here."""
    last = scene.host.once(_last_logins).get(account.name)
    if last is None:
        return ""
    if last.when is None:
        return "never logged in, says the log"
    return f"last login {last.when}" + (f" from {last.origin}" if last.origin else "")


def _last_logins(host: Host) -> dict[str, LastLogin]:
    return {row.record.account: row.record for row in reversed(host.rows(LastLogin))}


def _keys(host: Host) -> dict[str, list[Seen[AuthorizedKey]]]:
    found: dict[str, list[Seen[AuthorizedKey]]] = {}
    for row in host.rows(AuthorizedKey):
        found.setdefault(row.record.account, []).append(row)
    return found
