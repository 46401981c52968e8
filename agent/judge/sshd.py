"""Whether the SSH server lets an account in, by its settings (sshd_config(5))."""

from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase

from msgspec import Struct

from agent.judge import members
from agent.judge.hosts import Host
from inventory.model.access import SshdSetting
from inventory.model.account import Account
from inventory.model.truth import Truth, any_of


class By(StrEnum):
    """How someone proves who they are."""

    KEY = "key"
    PASSWORD = "password"  # noqa: S105


class Gate(Struct, frozen=True):
    """What the server says to an account: in, not in, or not known, and by which setting."""

    lets_in: Truth
    says: str = ""


class Server:
    """The settings of one host's SSH server."""

    def __init__(self, host: Host) -> None:
        """Read the settings in force; where those are unread, the files'.

        A setting that is not there has its default only where one whole reading says so.
        """
        rows = [row for row in host.rows(SshdSetting) if not row.carried]
        self._host = host
        self._listed_for: dict[tuple[str, int, int], tuple[Gate, Gate]] = {}
        self._whole = host.is_whole(SshdSetting)
        read = {row.evidence.collector for row in rows}
        self._told = self._whole or bool(
            read - {blank.collector for blank in host.blanks(SshdSetting)}
        )
        self._blocks = {row.record.keyword for row in host.rows(SshdSetting) if row.record.match}
        written = [row.record for row in rows if not row.record.match]
        self._values: Mapping[str, str] = {
            one.keyword: one.value for one in sorted(written, key=lambda one: one.is_effective)
        }

    def setting(self, keyword: str) -> str | None:
        """Return a setting's value in lower case; None when it is not known."""
        value = self._values.get(keyword)
        return None if value is None else value.lower()

    def is_off(self, keyword: str) -> bool:
        """Return whether a setting whose default is "no" is known to be off for everybody."""
        value = self.setting(keyword)
        return self._told and keyword not in self._blocks and value in (None, "no")

    def gate(self, account: Account, by: By, *, is_forced: bool = False) -> Gate:
        """Return whether an account gets in by key or password. `is_forced`: command= is set."""
        gates = [self._method(by), self._second(by), *self._lists(account)]
        if account.uid == 0:
            gates.append(self._root(by, is_forced=is_forced))
        if not self._told:
            gates.append(Gate(Truth.UNKNOWN, _UNREAD))
        refused = [gate for gate in gates if gate.lets_in is Truth.NO]
        unknown = [gate for gate in gates if gate.lets_in is Truth.UNKNOWN]
        return (refused or unknown or [Gate(Truth.YES)])[0]

    def _refusal(self, keyword: str, says: str) -> Gate:
        """Return a no; while files are unread, or a Match block sets it too, it is not certain."""
        sure = self._whole and keyword not in self._blocks
        return Gate(Truth.NO if sure else Truth.UNKNOWN, f"sshd refuses: {says}")

    def _method(self, by: By) -> Gate:
        if by is By.KEY:
            if self.setting("pubkeyauthentication") == "no":
                return self._refusal("pubkeyauthentication", "PubkeyAuthentication no")
            known = self.setting("pubkeyauthentication") is not None
            return Gate(Truth.YES if known else Truth.UNKNOWN, "" if known else _UNREAD)
        ways = {self.setting("passwordauthentication"), self._keyboard()}
        if "yes" in ways:
            return Gate(Truth.YES)
        if ways == {"no"}:
            both = {"passwordauthentication", "kbdinteractiveauthentication"} & self._blocks
            return self._refusal(next(iter(both), ""), "PasswordAuthentication no")
        return Gate(Truth.UNKNOWN, _UNREAD)

    def _keyboard(self) -> str | None:
        """Return whether PAM may ask for the password: keyboard-interactive needs UsePAM."""
        without_pam = self.setting("usepam") == "no"
        return "no" if without_pam else self.setting("kbdinteractiveauthentication")

    def _second(self, by: By) -> Gate:
        """Return UNKNOWN where the server wants more than one proof."""
        methods = self.setting("authenticationmethods") or "any"
        alone = {"key": {"publickey"}, "password": {"password", "keyboard-interactive"}}[by.value]
        if methods == "any" or alone & set(methods.split()):
            return Gate(Truth.YES)
        return Gate(Truth.UNKNOWN, f"sshd also wants: {methods}")

    def _root(self, by: By, *, is_forced: bool) -> Gate:
        value = self.setting("permitrootlogin")
        if value is None:
            return Gate(Truth.UNKNOWN, _UNREAD)
        keys_only = value in ("prohibit-password", "without-password")
        allowed = value == "yes" or (by is By.KEY and keys_only)
        if allowed or (value == "forced-commands-only" and by is By.KEY and is_forced):
            return Gate(Truth.YES)
        return self._refusal("permitrootlogin", f"PermitRootLogin {value}")

    def _lists(self, account: Account) -> tuple[Gate, Gate]:
        """Return what AllowUsers, DenyUsers, AllowGroups and DenyGroups say."""
        who = (account.name, account.uid, account.gid)
        if who not in self._listed_for:
            rows = members.groups_of(self._host, account)
            groups = tuple(name for name, row in rows.items() if not row.carried)
            sure = members.knows_groups(self._host, account) and len(groups) == len(rows)
            by_name = self._listed("users", (account.name,), sure=True)
            self._listed_for[who] = (by_name, self._listed("groups", groups, sure=sure))
        return self._listed_for[who]

    def _listed(self, what: str, names: tuple[str, ...], *, sure: bool) -> Gate:
        """Return a refusal that is certain, or a doubt, or a yes. `sure`: these are all names."""
        denied, allowed = self._patterns(f"deny{what}"), self._patterns(f"allow{what}")
        refuses = any_of(_listed_by(name, denied) for name in names)
        admits = any_of(_listed_by(name, allowed) for name in names) if allowed else Truth.YES
        if refuses is Truth.YES:
            return self._refusal(f"deny{what}", f"Deny{what.title()}")
        if admits is Truth.NO:
            gate = self._refusal(f"allow{what}", f"Allow{what.title()} {' '.join(allowed)}")
            return gate if sure else Gate(Truth.UNKNOWN, gate.says)
        if Truth.UNKNOWN in (refuses, admits) or (denied and not sure):
            return Gate(Truth.UNKNOWN, f"sshd may refuse: {what} it lists")
        return Gate(Truth.YES)

    def _patterns(self, keyword: str) -> tuple[str, ...]:
        return tuple(self._values.get(keyword, "").split())


_UNREAD = "the SSH server's settings are not known"


def _listed_by(name: str, patterns: tuple[str, ...]) -> Truth:
    """Tell whether a name is on a list; USER@HOST and a negation leave it open."""
    result = Truth.NO
    for pattern in patterns:
        user, at, _ = pattern.removeprefix("!").partition("@")
        if fnmatchcase(name, user.replace("[", "[[]")):
            result |= Truth.UNKNOWN if at or pattern.startswith("!") else Truth.YES
    return result
