"""Accounts of a host: what each may do, and whether every way into it is closed."""

from collections.abc import Iterator

from agent.judge.access import expired
from agent.judge.case import Power
from agent.judge.holds.keys import is_open
from agent.judge.holds.kind import Candidate, Scene, hold_kind, strongest
from agent.judge.rights import rights
from inventory.model.access import AuthorizedKey
from inventory.model.account import Account, LastLogin, PasswordState
from inventory.model.truth import Truth, any_of
from inventory.snapshot import Seen


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
    """Tell whether nobody can come in through an account."""
    host, name = scene.host, row.record.name
    states = host.read(PasswordState)
    ended = states.any(
        lambda state: state.account == name and expired(state, scene.now) is Truth.YES
    )
    works = states.any(lambda state: state.account == name and state.state in ("set", "none"))
    key = host.read(AuthorizedKey).any(lambda key: key.account == name)
    return any_of((ended, ~works & ~key)) if not row.carried else Truth.UNKNOWN


def _account(scene: Scene, row: Seen[Account]) -> Candidate:
    account, target = row.record, scene.host.name
    paths = [path for path in scene.paths.paths if path.account == account.name]
    path = strongest(paths)
    known = rights(scene.host, account)
    power = known[0].power if known else Power.LOGIN
    password = scene.way(f"password of {account.name}", account.name)
    person = f" ({account.gecos.split(',')[0]})" if account.gecos.split(",")[0] else ""
    is_root_itself = account.uid == 0 and account.name == "root"
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
        path=path,
        carried=row.carried,
        detail=_last_login(scene, account) if power is Power.ROOT else "",
        slot=f"{target} uid {account.uid}",
        stands_alone=root_by_password and not is_root_itself,
    )


def _last_login(scene: Scene, account: Account) -> str:
    """Return when a privileged account was used last; of ordinary ones nothing is said here."""
    logins = [r.record for r in scene.host.rows(LastLogin) if r.record.account == account.name]
    if not logins:
        return ""
    when, origin = logins[0].when, logins[0].origin
    if when is None:
        return "never logged in, says the log"
    return f"last login {when}" + (f" from {origin}" if origin else "")
