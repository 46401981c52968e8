"""Secrets in the formats of well-known files and services, which no telling name announces.

Sources: the manual page of each file (pgpass, netrc(5), ipsec.secrets(5), snmpd.conf(5),
named.conf(5), smbpasswd(5), shadow(5), slapd.conf(5)) and the published prefixes of service keys.
"""

import re

KEPT = r"\g<k>***"
MASK = "***"
_PAM = r"(?!required|requisite|sufficient|optional|include|substack|\[)"  # pam.conf(5), `password`
_WORDS = "password|passwd|passphrase|bindpw|rootpw|secretkey|auth_pass|r[ow]community6?"
_PROOFS = "PSK|XAUTH|EAP|NTLM|PIN"
_TAGS = r"\w{0,30}(?:passw(?:or)?d|secret|token|apikey)\w{0,20}"
_FILES = (
    # what the text must hold, the shape, what takes its place; ^ and $ are those of a line
    (":", r"^(?P<k>[^:\s]{1,255}:(?:[0-9]{3,5}|\*):[^:\s]{1,64}:[^:\s]{1,64}:)[^:\s]+$", KEPT),
    (
        " ",
        rf"(?i)^(?P<k>[ \t]*(?:\w{{1,20}}_)?(?:{_WORDS})[ \t]{{1,9}}){_PAM}[^\s;#=:][^\n]*",
        KEPT,
    ),
    (
        "password",
        r"(?P<k>\b(?:machine|login|user(?:name)?)[ \t][^\n]{0,200}?[ \t]password[ \t]+)\S[^\n]*",
        KEPT,
    ),
    ("secret", r"(?P<k>\b(?:enable|user(?:name)?)[ \t][^\n]{0,200}?\bsecret[ \t]+)\S[^\n]*", KEPT),
    ("secret", r"(?P<k>\bsecret[ \t]{1,9})(?:\"[^\"\n]*\"|[^\s\";]+)(?=\s?;)", KEPT),
    ("createUser", r"(?P<k>\bcreateUser[ \t]+\S+[ \t])[^\n]+", KEPT),
    ("[", r"^(?P<k>\[[^\]\s]{1,255}\](?::[0-9]+)?[ \t]+[^\s:]{1,255}:)\S+$", KEPT),
    (" ", rf"(?P<k>\b(?:{_PROOFS})[ \t]{{1,9}})(?:\"[^\"\n]*\"|0[xst][\w+/=]+|'[^'\n]*')", KEPT),
    ("auth", r"(?P<k>\bstats[ \t]+auth[ \t]+[^\s:]{1,80}:)\S+", KEPT),
    ("key-data", r"(?P<k>key-data\"?:[ \t]*\"?)[A-Za-z0-9+/=]+", KEPT),
    ('"auth"', r"(?P<k>\"auth\"\s*:\s*\")[^\"\n]+", KEPT),
    ("Key=", r"(?P<k>\b(?:Account|SharedAccess|Primary|Secondary)Key=)[^;\s\"']+", KEPT),
    ("<", rf"(?i)(?P<k><{_TAGS}>)[^<\n]+", KEPT),
    ("Private-Lines", r"(?P<k>Private-Lines: [0-9]{1,4})(?:\n[A-Za-z0-9+/=]{1,80})+", KEPT),
)
_SCHEMES = r"S?SHA[0-9]{0,3}|S?MD5|CRYPT|ARGON2|PBKDF2[\w-]{0,20}"
_HASHES = (
    ("$", r"\$(?:apr1|sha1|md5|s[0-9]?|scrypt|[PHS])\$[A-Za-z0-9./$=,+-]{8,}", MASK),
    (
        "{",
        r"(?P<k>\{(?:S?SHA[0-9]{0,3}|S?MD5|CRYPT|ARGON2|PBKDF2[\w-]{0,20})\})[\w+/=.$,-]{8,}",
        KEPT,
    ),
    ("pbkdf2", r"(?P<k>\bgrub\.pbkdf2\.sha512\.)[0-9A-Fa-f.]{16,}", KEPT),
    (":", r"(?P<k>:)[0-9A-FX]{32}:[0-9A-F]{32}(?=:)", KEPT),
    (":", r"^(?P<k>[^:\s]{1,64}:)[./A-Za-z0-9]{13}(?=:[0-9]{0,6}:[0-9]{0,6}:)", KEPT),
)
_SERVICES = (
    ("_", r"\b[sr]k_(?:live|test)_\w{10,}", MASK),
    ("SG.", r"\bSG\.[\w-]{16,}\.[\w-]{16,}", MASK),
    ("AIza", r"\bAIza[\w-]{30,}", MASK),
    ("GOCSPX", r"\bGOCSPX-[\w-]{20,}", MASK),
    ("npm_", r"\bnpm_[A-Za-z0-9]{30,}", MASK),
    ("pypi-", r"\bpypi-[\w-]{30,}", MASK),
    ("github_pat", r"\bgithub_pat_\w{20,}", MASK),
    ("hv", r"\bhv[sbr]\.[\w-]{20,}", MASK),
    ("_v1_", r"\bdo[opr]_v1_[0-9a-f]{32,}", MASK),
    ("shp", r"\bshp(?:at|ss|ca|pa)_[0-9a-fA-F]{20,}", MASK),
    ("gl", r"\bgl(?:rt|ptt|dt|cbt|oas)-[\w-]{16,}", MASK),
)
FORMATS = tuple(
    (needle, re.compile(shape, re.MULTILINE), mask)
    for needle, shape, mask in (*_FILES, *_HASHES, *_SERVICES)
)


# What a line holds, in small letters, in which any of these could be found: with "$", and the words
# that announce a secret anywhere (collectors/redact.py).
FORMAT_SIGNS = (
    *("bindpw", "rootpw", "community", "createuser", "xauth", "eap", "ntlm", "pin"),
    *("{sha", "{ssha", "{md5", "{smd5", "{crypt", "{argon", "{pbkdf", "pbkdf2"),
    *("k_live", "k_test", "sg.", "aiza", "gocspx", "npm_", "pypi-", "github_pat", "_v1_"),
    *("hvs.", "hvb.", "hvr.", "shpat_", "shpss_", "shpca_", "shppa_"),
    *("glrt-", "glptt-", "gldt-", "glcbt-", "gloas-", "private-lines"),
)
_COLONS = re.compile(
    r"[^:\s]{1,255}:(?:[0-9]{3,5}|\*):|[^:\s]{1,64}:[./A-Za-z0-9]{13}:|[^\n]*:[0-9A-FX]{32}:"
)


def is_suspect(line: str) -> bool:
    """Tell whether one of these could be found in a line that has none of the signs."""
    return line.startswith("[") or (line.count(":") > 2 and _COLONS.match(line) is not None)


def redact_formats(text: str) -> str:
    """Return the text with the secrets of known formats as `***`."""
    for needle, shape, mask in FORMATS:
        if needle in text:
            text = shape.sub(mask, text)
    return text
