"""Which keys open which account over SSH (sshd(8), AUTHORIZED_KEYS FILE FORMAT)."""

import re
from collections.abc import Iterator
from posixpath import basename, dirname

from msgspec import Struct

from collectors.openssh import PublicKey, directives, public_key
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector
from inventory.model.access import AuthorizedKey, KeyFile
from inventory.model.moment import Moment

PLACES = (
    "{home}/.ssh/authorized_keys",
    "{home}/.ssh/authorized_keys2",
    "/etc/ssh/authorized_keys/*",
    "/etc/ssh/authorized_keys.d/*",
    "/etc/ssh/authorized-keys/*",
    "/etc/ssh/keys/*",
    "/etc/ssh/keys/*/authorized_keys",
    "/etc/dropbear/authorized_keys",
)
# Only lines with a public key leave the host, without padding and without what environment= sets;
# of other lines only that there is one. A private key that lies there by mistake stays there.
KEYS = SshFiles(
    "keys",
    PLACES,
    most_files=2000,
    filter=r"""sed -E -e '/^-----BEGIN /,/^-----END /s/.*//' -e '/^[[:space:]]*#/s/.*//' """
    r"""-e 's/(environment="[A-Za-z0-9_]*)=([^"\\]|\\.)*"/\1"/g' """
    r"""-e 's/(AAAA[A-Za-z0-9+\/]{16,})={1,2}/\1/' """
    r"""-e '/[a-z0-9.@-][[:space:]]+AAAA/!s/^.*[^[:space:]].*$/?/'""",
)
# Where else sshd looks for keys; line numbers stay.
SETTINGS = SshFiles(
    "settings",
    ("/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*", "/usr/etc/ssh/sshd_config"),
    filter="awk 'tolower($1) ~ /^(authorizedkeys|include)/ { print; next } { print \"\" }'",
)
FILES = SshFiles("files", PLACES, content=False, most_files=2000)

# What %h, %u and a relative path stand for, as far as PLACES covers it
_COVERED = frozenset(
    (
        "none",
        ".ssh/authorized_keys",
        ".ssh/authorized_keys2",
        "%h/.ssh/authorized_keys",
        "%h/.ssh/authorized_keys2",
        "/etc/ssh/authorized_keys/%u",
        "/etc/ssh/authorized_keys.d/%u",
        "/etc/ssh/authorized-keys/%u",
        "/etc/ssh/keys/%u",
        "/etc/ssh/keys/%u/authorized_keys",
    )
)
_INCLUDES = frozenset(("/etc/ssh/sshd_config.d/*.conf", "sshd_config.d/*.conf"))
_READ = {"authorizedkeysfile": _COVERED, "include": _INCLUDES, "authorizedkeyscommand": {"none"}}
_DROPBEAR = "/etc/dropbear/authorized_keys"
_OPTIONS = re.compile(r"((?:\"(?:[^\"\\]|\\\"|\\)*+\"|[^\s\"])++)[ \t]+(\S.*)$")
_OPTION = re.compile(r"(?:\"(?:[^\"\\]|\\\"|\\)*+\"|[^\s\",])++")
_ANYWHERE = re.compile(r"[a-z][a-z0-9@.-]{4,63}[ \t]+AAAA[A-Za-z0-9+/]{8,}={0,2}(?:[ \t]|$)")


class Options(Struct, frozen=True):
    """The options before a key: as written (`***`: unread), and those that decide who gets in."""

    written: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    command: str | None = None
    is_authority: bool = False


_UNREAD = Options(written=("***",))


@collector("linux.authorized_keys", asks=[KEYS, SETTINGS], tells=[AuthorizedKey])
def authorized_keys(keys: Answers, settings: Answers) -> Iterator[AuthorizedKey | Unreadable]:
    """Yield each key of each account; a place or a command that sshd names beside is Unreadable."""
    for answer in settings:
        yield from _other_places(answer)
    for answer in _in_force(keys, settings):
        yield from _keys(answer)


@collector("linux.key_files", asks=[FILES, SETTINGS], tells=[KeyFile])
def key_files(files: Answers, settings: Answers) -> Iterator[KeyFile | Unreadable]:
    """Yield the files of keys with owner, mode and time of change."""
    for answer in settings:
        yield from _other_places(answer)
    for answer in _in_force(files, settings):
        if answer.meta is None:
            yield Unreadable(answer.at(), "owner and mode are missing", answer.path)
            continue
        for account in _accounts(answer):
            yield KeyFile(
                at=answer.at(),
                path=answer.path,
                account=account,
                owner=answer.meta.owner,
                mode=answer.meta.mode,
                changed=Moment.exact(answer.meta.changed_s),
            )


def _in_force(files: Answers, settings: Answers) -> Iterator[Answer]:
    """Yield the files in homes, and of the others those that sshd names, if that could be read."""
    named = {
        place
        for answer in settings
        for _, said in directives(answer)
        if said and said.keyword == "authorizedkeysfile"
        for place in said.arguments
    }
    for answer in files:
        in_home = bool(answer.accounts) or answer.path == _DROPBEAR
        if in_home or not settings or _names_it(named, answer):
            yield answer


def _names_it(places: set[str], answer: Answer) -> bool:
    account = _accounts(answer)[0]
    return not account.endswith(".pub") and any(
        place.replace("%u", account) == answer.path for place in places
    )


def _other_places(answer: Answer) -> Iterator[Unreadable]:
    """Yield the files and commands from which sshd takes keys that are not read here."""
    for number, said in directives(answer):
        if said is None:
            yield Unreadable(answer.at(number), "a setting that cannot be read", answer.path)
            continue
        places = said.arguments[: 1 if said.keyword == "authorizedkeyscommand" else None]
        for place in (one for one in places if one not in _READ.get(said.keyword, places)):
            detail = f"sshd takes keys or settings from {place}, which is not read"
            yield Unreadable(answer.at(number), detail, place)


def _accounts(answer: Answer) -> tuple[str, ...]:
    """Return whose keys a file holds: by the home, by its name, or by its directory's name."""
    if answer.accounts:
        return answer.accounts
    if answer.path == _DROPBEAR:
        return ("root",)
    named = basename(answer.path)
    return (basename(dirname(answer.path)) if named == "authorized_keys" else named,)


def _keys(answer: Answer) -> Iterator[AuthorizedKey | Unreadable]:
    """Yield the keys of a file, and once what cannot be read: its owner may write anything."""
    odd: list[Unreadable] = []
    for number, text in answer.lines():
        if not text.lstrip().startswith("#"):
            for told in _line(answer, number, text.strip()):
                if isinstance(told, Unreadable):
                    odd.append(told)
                else:
                    yield told
    if odd:
        detail = f"no key that can be read, in {len(odd)} lines"
        yield Unreadable(odd[0].at, detail, answer.path)


def _line(answer: Answer, number: int, text: str) -> Iterator[AuthorizedKey | Unreadable]:
    """Yield the key of `[options] algorithm base64 [comment]`, for each account of the file."""
    key, options = public_key(text), Options()
    if key is None and (split := _OPTIONS.match(text)):
        key, options = public_key(split.group(2)), _options(split.group(1))
    if key is None:
        yield Unreadable(answer.at(number), "no key that can be read", answer.path)
        place = _ANYWHERE.search(text)
        key, options = public_key(text[place.start() :]) if place else None, _UNREAD
    if key is not None:
        for account in _accounts(answer):
            yield _authorized(answer, number, account, key, options)


def _authorized(
    answer: Answer, number: int, account: str, key: PublicKey, options: Options
) -> AuthorizedKey:
    return AuthorizedKey(
        at=answer.at(number),
        account=account,
        file=answer.path,
        algorithm=key.algorithm,
        fingerprint=key.fingerprint,
        bits=key.bits,
        comment=key.comment,
        options=options.written,
        origins=options.origins,
        command=options.command,
        is_authority=options.is_authority,
        is_weak=key.is_weak,
    )


def _options(text: str) -> Options:
    r"""Read `restrict,from="10.0.0.0/8,!10.0.0.1",command="a \"b\""`; names in any case."""
    written = tuple(_without_value(option) for option in _OPTION.findall(text))
    pairs = [option.partition("=") for option in written]
    values = {name.lower(): _unquoted(value) for name, _, value in reversed(pairs)}
    origins = values.get("from", "").split(",")
    return Options(
        written=written,
        origins=tuple(origin.strip() for origin in origins if origin.strip()),
        command=values.get("command"),
        is_authority="cert-authority" in values,
    )


def _without_value(option: str) -> str:
    """Return the option; of environment="NAME=value" only the name, the value may be a secret."""
    name, mark, value = option.partition("=")
    if name.lower() != "environment":
        return option
    return f'{name}{mark}"{_unquoted(value).partition("=")[0]}"'


def _unquoted(value: str) -> str:
    inner = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    return inner.replace('\\"', '"')
