"""Takes secrets out of text before anything is kept: one place for all sources.

What is kept is the name and the place of a secret, never its value. Shapes, not guesses at meaning:
`name = value` with a telling name, credentials in URLs and command lines, bearer tokens, private key
blocks, password hashes, keys of well-known services.
"""

import re

MASK = "***"

_NAME = (
    r"[A-Za-z0-9_.\-]{0,40}(?:passw(?:or)?d|passphrase|passwd|pwd|secret|token|api[_\-]?key|"
    r"access[_\-]?key|auth[_\-]?key|private[_\-]?key|preshared[_\-]?key|authtok|credential|psk)"
    r"[A-Za-z0-9_\-]{0,20}"
)
_ASSIGNED = re.compile(
    rf"(?P<name>{_NAME})(?P<sep>[\"']?\s{{0,8}}(?:=>|[=:])\s{{0,8}})(?P<value>\"[^\"\n]*\"|'[^'\n]*'|[^\s,;&|]+)",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:file|path|dir|command|cmd|age|policy|authentication|type|hash|min|max|days|expire\w*|store"
    r"|url|name|id|length|count|keyid|fingerprint)$",
    re.IGNORECASE,
)
_HARMLESS = frozenset(
    ("yes", "no", "true", "false", "none", "on", "off", "null", "files", "systemd", "compat", "sss", "x", MASK)
)
_SHAPES = (
    (re.compile(r"(?P<k>://[^/@\s:\"']{0,80}:)[^/@\s\"']{1,200}(?=@)"), r"\g<k>***"),
    (
        re.compile(
            r"(?P<k>(?<![\w-])--?(?:password|passwd|pass|passphrase|token|secret|api-?key|auth-token|"
            r"access-key|client-secret|key-hex)(?:\s{1,4}|=))(?!-)(?:\"[^\"\n]*\"|'[^'\n]*'|\S+)",
            re.IGNORECASE,
        ),
        r"\g<k>***",
    ),
    (re.compile(r"(?P<k>\b(?:mysql|mysqldump|mariadb|mariadb-dump|mysqladmin)\b[^\n|;]{0,200}?\s-p)[^\s-]\S*"), r"\g<k>***"),
    (re.compile(r"(?P<k>\b(?:sshpass)\s{1,4}-p\s{0,4})\S+"), r"\g<k>***"),
    (re.compile(r"(?P<k>\b(?:curl|wget)\b[^\n|;]{0,200}?\s(?:-u|--user)[\s=]{1,4}[^\s:]{1,80}:)\S+"), r"\g<k>***"),
    (re.compile(r"(?P<k>\b(?:Bearer|Basic)\s{1,4})[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), r"\g<k>***"),
    (re.compile(r"(?P<k>\b(?:requirepass|masterauth)\s{1,8})\S+"), r"\g<k>***"),
    (re.compile(r"(?P<k>hooks\.slack\.com/services/|discord(?:app)?\.com/api/webhooks/|outlook\.office\.com/webhook/|hc-ping\.com/)\S+"), r"\g<k>***"),
    (re.compile(r"\$(?:y|gy|7|6|5|2[abxy]|1|argon2id?)\$[A-Za-z0-9./$=,+-]{8,}"), MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), MASK),
    (re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}|AGE-SECRET-KEY-1[A-Z0-9]{20,})"), MASK),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"), MASK),
    (re.compile(r"(?P<k>-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"), r"\g<k> ***"),
)
_HINT = re.compile(
    r"pass|pwd|secret|token|key|auth|cred|psk|://|\$[y6512a]|AKIA|ASIA|gh[pousr]_|glpat|xox|sk-|eyJ|-u|user|webhook|hooks|hc-ping|Bearer|Basic|PRIVATE",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """Return the text with every secret's value as `***`; lines without any hint pass untouched."""
    if not _HINT.search(text):
        return text
    if "PRIVATE KEY-----" in text:
        text = _SHAPES[-1][0].sub(_SHAPES[-1][1], text)
    return "\n".join(_line(line) if _HINT.search(line) else line for line in text.split("\n"))


def _line(line: str) -> str:
    for shape, mask in _SHAPES:
        line = shape.sub(mask, line)
    return _ASSIGNED.sub(_masked, line)


def _masked(match: re.Match[str]) -> str:
    name, value = match["name"], match["value"]
    bare = value.strip("\"'").lower()
    if bare in _HARMLESS or not bare or _PLACE.search(name) or bare.startswith("$"):
        return match.group()
    return f"{name}{match['sep']}{MASK}"
