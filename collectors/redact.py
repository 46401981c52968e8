"""Takes secrets out of text before anything is kept: one place for all sources.

What is kept is the name and the place of a secret, never its value. Shapes, not guesses at
meaning: `name = value` with a telling name, credentials in URLs and command lines, bearer tokens,
private key blocks, password hashes, keys of well-known services. A secret without a shape (the
third word after a program nobody knows) is not found: collectors take only the lines they need.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from collectors.secret_formats import (
    FORMAT_SIGNS,
    MASK,
    is_suspect,
    redact_formats,
)

MOST_REMEMBERED = 16_384  # lines
LONG = 500  # characters of a line that is not remembered
SHORT = 4096  # characters of a text that is remembered as a whole

_TELLING = (
    "passw(?:or)?[dt]|passphrase|passwd|pwd|kennwort|secret|token|api[_-]?key|access[_-]?key"
    "|auth[_-]?key|private[_-]?key|preshared[_-]?key|authtok|credential|psk"
)
_NAME = (
    rf"[A-Za-z0-9_.\-]{{0,40}}(?:(?:{_TELLING})[A-Za-z0-9_\-]{{0,20}}"
    r"|(?<!by)(?<!com)pass(?:[_\-][A-Za-z0-9_\-]{0,20})?)"
)
_ASSIGNED = re.compile(
    rf"(?P<name>{_NAME})(?P<sep>[\"']?\s{{0,8}}(?:=>|[=:])\s{{0,8}}|[\"'],\s{{0,4}}(?=[\"']))"
    r"(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s,;&|]+)",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[=:]|[\"'],")
_PLACE = re.compile(
    r"(?:file|path|dir|command|cmd|age|policy|authentication|type|hash|min|max|days|expire\w*|store"
    r"|url|name|id|length|count|keyid|fingerprint|tries|timeout)$",
    re.IGNORECASE,
)
_HARMLESS = frozenset(
    ("yes", "no", "true", "false", "none", "on", "off", "null", "files", "systemd", "compat", "sss")
) | {"x", MASK}
_COMMAND = re.compile(r"[/!]|ALL$|sudoedit$")  # what follows a tag of sudoers(5), `PASSWD: /bin/ls`

_WORD = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']+)"  # of a command line
# Programs, and the option before a secret: attached to it, or a word before it.
_OPTIONS = (
    (r"mysql\w*|mariadb[\w-]*", r"-p(?=[^\s-])"),
    (r"sshpass|mongo\w*|ncftp\w*|(?:docker|podman|buildah|helm|oc)\s[^\n|;]*?login", r"-p\s{0,4}"),
    (r"7z\w?|rar", r"-h?p(?=\S)"),
    (r"zip|ipmitool", r"-P\s{0,4}"),
    (r"redis-cli", r"-a\s{1,4}"),
    (r"snmp\w+|check_snmp\w*", r"-(?:[cCAX]|[aA]uthpass)\s{0,4}"),
    (r"ldap\w+", r"-w\s{0,4}"),
    (r"openssl", r"(?:-k|-K)\s{1,4}"),
    (r"swaks|sendemail", r"-[ax]p\s{1,4}"),
    (r"\w*freerdp\w*", r"/p:"),
    (r"curl|wget|lftp|ncat", r"(?:-u|--user|--proxy-user)[\s=]{0,4}[\"']?[^\s:,\"']{1,80}[:,]"),
    (r"htpasswd", r"-\w*b\w*\s+\S{1,200}\s+\S{1,80}\s+"),
)
_CALLS = tuple(
    (
        re.compile(rf"(?P<k>(?<![\w.-])(?:{programs})\b(?:[^\n|;]{{0,300}}?\s)??{option}){_WORD}"),
        r"\g<k>***",
    )
    for programs, option in _OPTIONS
)
# What a line must hold for the shape to be looked for, the shape, and what stands in its place.
_SHAPES = tuple(
    (needle, re.compile(shape), mask)
    for needle, shape, mask in (
        ("://", r"(?P<k>://[^/@\s:\"']{0,80}:)[^/@\s\"']{1,200}(?=@)", r"\g<k>***"),
        (
            "-",
            r"(?i)(?P<k>(?<![\w-])--?(?:[a-z0-9]{1,20}-){0,3}(?:password|passwd|pass|passphrase"
            r"|token|secret|api-?key|auth-token|access-key|key-hex)(?:\s{1,4}|=))(?!-)" + _WORD,
            r"\g<k>***",
        ),
        (
            "%",
            r"(?P<k>\s(?:-U|--user(?:name)?)[\s=]{0,4}[\"']?[^\s%\"']{1,80}%)[^\s\"']+",
            r"\g<k>***",
        ),
        (
            "|",
            rf"(?P<k>\becho\s{{1,4}}(?:-\w\s+)?){_WORD}(?=\s*\|\s*(?:sudo|\S*passwd)\b)",
            r"\g<k>***",
        ),
        ("<<<", rf"(?P<k><<<\s*){_WORD}", r"\g<k>***"),
        (
            ":",
            r"(?i)(?P<k>\bAuthorization:\s{0,4}(?:\w{1,20}\s{1,4})?)[^\s\"']{4,}",
            r"\g<k>***",
        ),
        (" ", r"(?i)(?P<k>\b(?:Bearer|Basic)\s{1,4})[A-Za-z0-9._~+/=-]{8,}", r"\g<k>***"),
        (" ", r"(?P<k>\b(?:requirepass|masterauth)\s{1,8})\S+", r"\g<k>***"),
        (
            "=",
            r"(?i)(?P<k>[?&](?:key|sig|signature|code|auth|pw|pass)=)[^\s&\"'#]+",
            r"\g<k>***",
        ),
        (
            "/",
            (
                r"(?P<k>hooks\.slack\.com/services/|discord(?:app)?\.com/api/webhooks/|hc-ping\.com/"
                r"|outlook\.office\.com/webhook/|webhook\.office\.com/webhookb2/"
                r"|api\.telegram\.org/bot)[^\s\"']+"
            ),
            r"\g<k>***",
        ),
        ("$", r"\$(?:y|gy|7|6|5|2[abxy]|1|argon2id?)\$[A-Za-z0-9./$=,+-]{8,}", MASK),
        ("IA", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", MASK),
        ("_", r"\bgh[pousr]_[A-Za-z0-9]{20,}", MASK),
        (
            "-",
            (
                r"\b(?:glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}"
                r"|AGE-SECRET-KEY-1[A-Z0-9]{20,})"
            ),
            MASK,
        ),
        ("eyJ", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*", MASK),
    )
)
_KEY_BLOCK = re.compile(
    r"(?P<k>-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)(?! \*)(?:[^-]|-(?!----))*"
    r"(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?"
)
_OPENING = re.compile('PRIVATE KEY|Private-Lines|"auth"|secret')  # it may end in a later line
_HINT = re.compile(
    r"pass|pwd|secret|token|key|auth|cred|psk|://|\$[y6512a]|AKIA|ASIA|gh[pousr]_|glpat|xox|sk-|eyJ"
    r"|-u|user|webhook|hooks|hc-ping|telegram|Bearer|Basic|kennwort|<<<|\| *sudo"
    r"|[?&](?:sig|code|pw)=",
    re.IGNORECASE,
)
_PROGRAM = re.compile(rf"(?<![\w.-])(?:{'|'.join(programs for programs, _ in _OPTIONS)})\b")


# What a line holds, in small letters, in which any of these shapes could be found.
_SIGNS = (
    *("pass", "pwd", "secret", "token", "key", "auth", "cred", "psk", "kennwort", "user", "-u"),
    *("://", "$", "<<<", "sudo", "sig=", "code=", "pw=", "bearer", "basic", "eyj", "sk-", "xox"),
    *("akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat"),
    *("webhook", "hooks", "hc-ping", "telegram"),
    *FORMAT_SIGNS,
)
# Lines that hold no secret and begin none; the hosts of a fleet say most lines alike.
_plain: set[str] = set()


def redact(text: str) -> str:
    """Return the text with every secret's value as `***`; lines without any sign pass untouched."""
    return _short(text) if len(text) <= SHORT else _redacted(text)


@lru_cache(MOST_REMEMBERED // 16)
def _short(text: str) -> str:
    """Return a short text redacted; the hosts of a fleet have many files alike."""
    return _redacted(text)


def _redacted(text: str) -> str:
    unknown = [line for line in text.split("\n") if line not in _plain]
    if not unknown:
        return text
    if any(map(_OPENING.search, unknown)):
        text = redact_formats(_KEY_BLOCK.sub(r"\g<k> ***", text))
    lines = text.split("\n")
    unknown = [line for line in lines if line not in _plain]
    found = _suspects(unknown) if unknown else ()
    changed = {line: masked for line in found if (masked := _line(line)) != line}
    _remember(line for line in unknown if line not in changed)
    return "\n".join(changed.get(line, line) for line in lines) if changed else text


def _remember(lines: Iterable[str]) -> None:
    """Remember lines without a secret; of too many, none."""
    if len(_plain) > MOST_REMEMBERED:
        _plain.clear()
    _plain.update(line for line in lines if len(line) <= LONG and not _OPENING.search(line))


def _suspects(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines in which a secret could be found."""
    lowered = "\n".join(lines).lower()
    signs = [sign for sign in _SIGNS if sign in lowered]
    for line, low in zip(lines, lowered.split("\n"), strict=True):
        if any(sign in low for sign in signs) or is_suspect(line) or _calls(line):
            yield line


def _calls(line: str) -> bool:
    """Tell whether a line may call a program that takes a secret as an option."""
    return (" -" in line or "/p:" in line) and _PROGRAM.search(line) is not None


def _line(line: str) -> str:
    """Return one line redacted."""
    line = redact_formats(line)
    if _calls(line):
        for shape, mask in _CALLS:
            line = shape.sub(mask, line)
    if not _HINT.search(line):
        return line
    for needle, shape, mask in _SHAPES:
        if needle in line:
            line = shape.sub(mask, line)
    return _ASSIGNED.sub(_masked, line) if _SIGN.search(line) else line


def _masked(match: re.Match[str]) -> str:
    name, value = match["name"], match["value"]
    if name == "NOPASSWD" or (name == "PASSWD" and _COMMAND.match(value)):
        return match.group()
    bare = value.strip("\"'").lower()
    if bare in _HARMLESS or not bare or _PLACE.search(name) or bare.startswith(("$", MASK)):
        return match.group()
    return f"{name}{match['sep']}{MASK}"
