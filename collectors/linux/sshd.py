"""Whom the SSH server lets in, and by which rules (sshd_config(5))."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from posixpath import dirname, join

from msgspec import Struct

from collectors.openssh import Directive, directives, public_key
from collectors.spec import (
    Answer,
    Answers,
    SshCommand,
    SshFiles,
    Unreadable,
    collector,
    is_whole,
)
from inventory.model.access import SshdSetting, SshTrust
from inventory.model.evidence import Pointer
from inventory.model.host import HostKey

EFFECTIVE = SshCommand(
    "effective",
    "$SUDO sshd -T",
    tool="sshd",
    needs="root",
    empty="gap",
    exact=("/usr/sbin/sshd -T",),
)
MAINS = ("/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config")
CONFIG = SshFiles(
    "config",
    (
        *MAINS,
        "/etc/ssh/sshd_config.d/*",
        "/usr/etc/ssh/sshd_config.d/*",
        "/etc/crypto-policies/back-ends/opensshserver.config",
    ),
)
# Each file that TrustedUserCAKeys names, and of it only the lines with a public key
AUTHORITIES = SshCommand(
    "authorities",
    "cas=$(for f in /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*.conf "
    "/usr/etc/ssh/sshd_config; do "
    '[ -e "$f" ] || continue; '
    'awk \'tolower($1) ~ /^trustedusercakeys/ { sub(/^[ \\t]*[A-Za-z]+[ \\t]*=?[ \\t]*/, ""); '
    'gsub(/"/, ""); sub(/[ \\t\\r]+$/, ""); print }\' "$f" || exit 1; done) || exit 1; '
    "printf '%s\\n' \"$cas\" | { end=0; while read -r ca; do "
    "case $ca in /*) printf 'file %s\\n' \"$ca\"; "
    "grep -E '(^|[[:space:]])(ssh|ecdsa|sk)-[a-z0-9@.-]+[[:space:]]+AAAA' \"$ca\"; "
    '[ "$?" -lt 2 ] || end=1 ;; esac; done; exit "$end"; }',
    tool="awk",
    no_tool="gap",
)
HOST_TRUST = SshFiles(
    "trust",
    ("/etc/hosts.equiv", "/etc/ssh/shosts.equiv", "{home}/.shosts", "{home}/.rhosts"),
    content=False,
)
HOST_KEYS = SshFiles("keys", ("/etc/ssh/ssh_host_*_key.pub",))

# Deciding who gets in, from where, and what they may do then
_DECIDING = re.compile(
    r"port|listenaddress|protocol|usepam|permitrootlogin|passwordauthentication|"
    r"permitemptypasswords|kbdinteractiveauthentication|pubkeyauthentication|"
    r"hostbasedauthentication|ignorerhosts|gssapiauthentication|kerberosauthentication|"
    r"authenticationmethods|allowusers|denyusers|allowgroups|denygroups|authorizedkeysfile|"
    r"authorizedkeyscommand|authorizedkeyscommanduser|authorizedprincipalsfile|"
    r"authorizedprincipalscommand|authorizedprincipalscommanduser|trustedusercakeys|"
    r"revokedkeys|strictmodes|permituserenvironment|permituserrc|maxauthtries|logingracetime|"
    r"maxsessions|x11forwarding|allowtcpforwarding|allowagentforwarding|"
    r"allowstreamlocalforwarding|disableforwarding|gatewayports|permittunnel|permitopen|"
    r"permitlisten|forcecommand|chrootdirectory|exposeauthinfo|loglevel|requiredrsasize|"
    r"pubkeyauthoptions|clientaliveinterval"
)
_SAME = {  # older names
    "challengeresponseauthentication": "kbdinteractiveauthentication",
    "skeyauthentication": "kbdinteractiveauthentication",
}
_GROWING = frozenset(
    ("port", "listenaddress", "allowusers", "denyusers", "allowgroups", "denygroups")
)
_TRUST = {
    "authorizedkeyscommand": "AuthorizedKeysCommand",
    "authorizedprincipalsfile": "AuthorizedPrincipalsFile",
    "authorizedprincipalscommand": "AuthorizedPrincipalsCommand",
}


class Frame(Struct, frozen=True):
    """A file that is being read: what is left of it, and the Match block that it is in."""

    answer: Answer
    rest: Iterator[tuple[int, Directive | None]]
    match: str = ""


class Line(Struct, frozen=True):
    """A directive at its place, within its Match block."""

    at: Pointer
    file: str
    match: str
    said: Directive

    @property
    def keyword(self) -> str:
        """Return the keyword by its present name."""
        return _SAME.get(self.said.keyword, self.said.keyword)


@collector("linux.sshd", asks=[EFFECTIVE], tells=[SshdSetting])
def sshd_settings(effective: Answers) -> Iterator[SshdSetting | Unreadable]:
    """Yield the settings in force outside of Match blocks, as the server itself resolves them."""
    for answer in effective:
        lines = (
            Line(answer.at(number), "", "", said) if said else _odd(answer, number)
            for number, said in directives(answer)
        )
        for told in _settings(lines, is_effective=True):
            adds_up = isinstance(told, SshdSetting) and told.keyword in _GROWING
            if is_whole(effective) or not adds_up:
                yield told


@collector("linux.sshd_files", asks=[CONFIG], tells=[SshdSetting, SshTrust])
def sshd_files(config: Answers) -> Iterator[SshdSetting | SshTrust | Unreadable]:
    """Yield the settings as written, Match blocks included; the first value of a setting wins."""
    files = {answer.path: answer for answer in config}
    mains = next(((main,) for main in MAINS if main in files), tuple(files))
    lines = [line for main in mains for line in _lines(files[main], files)]
    yield from _settings(iter(lines), is_effective=False)
    for line in lines:
        if isinstance(line, Line) and line.keyword in _TRUST and line.said.value.lower() != "none":
            kind, value = _TRUST[line.keyword], line.said.value
            yield SshTrust(at=line.at, type=kind, value=value, file=line.file)


@collector("linux.ssh_authorities", asks=[AUTHORITIES], tells=[SshTrust])
def ssh_authorities(authorities: Answers) -> Iterator[SshTrust | Unreadable]:
    """Yield the keys whose certificates the server accepts for any account (TrustedUserCAKeys)."""
    for answer in authorities:
        file = ""
        for number, text in answer.lines():
            if text.startswith("file /"):
                file = text.removeprefix("file ")
            elif key := public_key(text) or public_key(text.partition(" ")[2]):
                yield SshTrust(
                    at=answer.at(number),
                    type="TrustedUserCAKeys",
                    value=key.fingerprint,
                    file=file,
                )
            else:
                yield Unreadable(answer.at(number), "no key that can be read", file)


@collector("linux.host_trust", asks=[HOST_TRUST], tells=[SshTrust])
def host_trust(trust: Answers) -> Iterator[SshTrust]:
    """Yield the files by which another host's word may open an account (ssh(1), hosts.equiv)."""
    for answer in trust:
        yield SshTrust(at=answer.at(), type="shosts", value=answer.path, file=answer.path)


@collector("linux.host_keys", asks=[HOST_KEYS], tells=[HostKey])
def host_keys(keys: Answers) -> Iterator[HostKey | Unreadable]:
    """Yield the public keys by which the host proves who it is."""
    for answer in keys:
        key = public_key(answer.text)
        if key is None:
            yield Unreadable(answer.at(), "no public key", answer.path)
        else:
            yield HostKey(
                at=answer.at(1),
                algorithm=key.algorithm,
                fingerprint=key.fingerprint,
                bits=key.bits,
                file=answer.path,
            )


def _lines(main: Answer, files: Mapping[str, Answer]) -> Iterator[Line | Unreadable]:
    """Yield the directives of a file and, in their place, of the files that it includes, once each.

    A Match block ends with its file, and holds within the files that it includes.
    """
    reached = {main.path}
    frames = [Frame(main, directives(main))]
    while frames:
        frame = frames.pop()
        answer = frame.answer
        for number, said in frame.rest:
            if said is None:
                yield _odd(answer, number)
            elif said.keyword == "match":
                frame = Frame(answer, frame.rest, said.value)
            elif said.keyword == "include":
                paths = [join("/etc/ssh", pattern) for pattern in said.arguments]
                found = [path for path in _matching(paths, files) if path not in reached]
                reached.update(found)
                yield from _unasked(answer.at(number), paths)
                inner = [Frame(files[path], directives(files[path]), frame.match) for path in found]
                frames.extend([frame, *reversed(inner)])
                break
            else:
                yield Line(answer.at(number), answer.path, frame.match, said)


def _odd(answer: Answer, number: int) -> Unreadable:
    return Unreadable(answer.at(number), "neither a setting nor a comment", answer.path)


def _matching(patterns: Sequence[str], files: Mapping[str, Answer]) -> Iterator[str]:
    """Yield the paths that were read and match, in the order in which sshd reads them."""
    for pattern in patterns:
        for path in sorted(files):
            if fnmatchcase(path, pattern) and dirname(path) == dirname(pattern):
                yield path


def _unasked(at: Pointer, paths: Sequence[str]) -> Iterator[Unreadable]:
    """Yield the places that are included and were not asked for."""
    for path in paths:
        if path not in CONFIG.paths and f"{dirname(path)}/*" not in CONFIG.paths:
            yield Unreadable(at, f"includes {path}, which is not read", path)


def _settings(
    lines: Iterator[Line | Unreadable], *, is_effective: bool
) -> Iterator[SshdSetting | Unreadable]:
    """Yield one setting for each keyword and Match block: the first value, or all that add up."""
    kept: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if isinstance(line, Unreadable):
            yield line
        elif _DECIDING.fullmatch(line.keyword):
            kept.setdefault((line.keyword, line.match), []).append(line)
    for (keyword, match), found in kept.items():
        yield SshdSetting(
            at=found[0].at,
            keyword=keyword,
            match=match,
            value=" ".join(line.said.value for line in found[: None if keyword in _GROWING else 1]),
            file=found[0].file,
            is_effective=is_effective,
        )
