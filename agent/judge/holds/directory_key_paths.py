"""Keys that a directory hands out to the SSH servers of hosts (AuthorizedKeysCommand)."""

from collections.abc import Iterable, Iterator

from agent.judge.case import AccessPath, Power, Step
from agent.judge.directory.directories import Directory
from agent.judge.directory.doors import Way, ways
from agent.judge.directory.joins import Joined
from agent.judge.directory.people import is_closed
from agent.judge.holds.directory_paths import NEEDS, admits, joined_text, paths, stranger
from agent.judge.holds.directory_people import subject
from agent.judge.holds.keys import is_open, short
from agent.judge.holds.kind import Candidate, Scene, join_kind, strongest
from agent.judge.hosts import Host
from agent.judge.sshd import By, Server
from inventory.model.access import SshTrust
from inventory.model.directory_accounts import DirectoryAccount, DirectoryKey
from inventory.model.evidence import Evidence
from inventory.model.truth import Truth
from inventory.snapshot import Seen

_KEY_COMMANDS = ("sss_ssh_authorizedkeys", "ldap", "winbind", "fetch_ssh_keys", "ipa")


@join_kind("directory key path", needs=(*NEEDS, DirectoryKey, SshTrust))
def directory_key_paths(scene: Scene) -> Iterator[Candidate]:
    """Yield the keys of a directory on each host whose SSH server asks it for keys.

    A key opens the account when the directory has closed it too: SSSD's default lets it pass.
    """
    command = _asks_for_keys(scene.host)
    for directory in scene.host.once(Joined).directories if command else ():
        people = {row.record.id: row for row in directory.rows(DirectoryAccount)}
        known = ways(scene.host, directory)
        for key in directory.rows(DirectoryKey):
            owner = people.get(key.record.account)
            if command is not None and owner is not None:
                at_doors = known.get(owner.record.id, [])
                yield _by_key(scene, directory, key, owner, at_doors, command)


def _asks_for_keys(host: Host) -> Evidence | None:
    """Return where the SSH server is told to ask a directory for keys."""
    for row in host.rows(SshTrust):
        value = row.record.value.casefold()
        if row.record.type == "AuthorizedKeysCommand" and any(c in value for c in _KEY_COMMANDS):
            return row.evidence
    return None


def _by_key(
    scene: Scene,
    directory: Directory,
    key: Seen[DirectoryKey],
    owner: Seen[DirectoryAccount],
    at_doors: list[Way],
    command: Evidence,
) -> Candidate:
    host, record = scene.host, key.record
    name = subject(directory, record.name)
    gate = host.once(Server).gate(stranger(owner.record), By.KEY)
    lets_in, says = admits(host, directory, owner.record, scene.now)
    closed = is_closed(owner, scene.now)
    certain = lets_in & gate.lets_in & (Truth.UNKNOWN if closed is Truth.YES else Truth.YES)
    found = list(paths(scene, directory, owner, at_doors, (certain, says))) if at_doors else []
    best = strongest([one.path for one in found])
    first = Step(f"key {record.fingerprint}", (command, key.evidence))
    account = Step(f"account {name}", (owner.evidence,))
    path = AccessPath(
        target=host.name,
        principal=f"key {record.fingerprint}",
        account=name,
        steps=(first, *(best.steps if best else (account,))),
        power=best.power if best else Power.LOGIN,
        certain=(best.certain if best else certain) & (Truth.UNKNOWN if key.carried else Truth.YES),
        limit=joined_text(best.limit if best else says, gate.says),
    )
    return Candidate(
        kind="directory key path",
        target=host.name,
        name=f"{directory.name} {record.fingerprint} {record.account}",
        title=f"key {short(record.fingerprint)} of {name} on {host.name}",
        subject=record.fingerprint,
        power=path.power,
        evidence=_evidence(path.steps),
        identifiers=tuple(record.identifiers()),
        through=tuple(owner.record.identifiers()),
        path=path,
        carried=key.carried,
        detail=path.limit,
        stands_alone=path.power is Power.ROOT and is_open(path),
    )


def _evidence(steps: Iterable[Step]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(place for step in steps for place in step.evidence))
