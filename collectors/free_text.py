"""Secrets in what people write into the remarks of a directory: taken out where they enter.

`redact` knows the shapes of files and command lines. People write otherwise: `PW Sommer2026!`,
`Kennwort ist hund`, `initial password welcome`. Whatever follows such a word is taken for a secret,
unless it is one of the words that people use to speak about passwords.
"""

import re

from collectors.redact import redact
from collectors.secret_formats import MASK

FREE_TEXT = frozenset(
    name.lower()
    for name in (
        "description",
        "info",
        "comment",
        "notes",
        "adminDescription",
        "adminDisplayName",
        "title",
        "department",
        "gecos",
        "location",
        "physicalDeliveryOfficeName",
        "postalAddress",
        "homePostalAddress",
        "registeredAddress",
        "street",
        "streetAddress",
        "postOfficeBox",
        "labeledURI",
        "url",
        "wWWHomePage",
        "keywords",
        "serviceBindingInformation",
        "sudoCommand",
        "sudoOption",
        *(f"extensionAttribute{number}" for number in range(1, 16)),
        *(f"msExchExtensionCustomAttribute{number}" for number in range(1, 6)),
        *(f"msExchExtensionAttribute{number}" for number in range(16, 46)),
    )
)
MOST_REDACTED = 16_384  # bytes of one value; of a longer one the rest is cut

_WORDS = (
    r"pw|pwd|pass|passwd|passwort|passw|password|passphrase|passcode|kennwort|kw|losung"
    r"|zugangsdaten|credentials?|creds?|secret|geheim|pin|puk|mdp|motdepasse|mot\s+de\s+passe"
    r"|contrase[nñ]a|clave|wachtwoord|has[lł]o"
)
_FILLING = (
    r"(?:is|ist|lautet|war|was|now|jetzt|neue?s?|new|old|alte?s?|est|es"
    r"|(?:re)?set\s+to|changed\s+to|ge[aä]ndert\s+(?:auf|in))"
)
# What is said about a password, not what it is.
_ABOUT = (
    r"never|not|non?|nie|niemals|nicht|kein\w*|expire[sd]?|expir\w+|abgelaufen|l[aä]uft|ab|policy"
    r"|policies|richtlinie\w*|reset\w*|zur[uü]ck\w*|change[sd]?|changing|ge[aä]ndert|[aä]ndern"
    r"|rotat\w+|unknown|unbekannt|in|im|siehe|see|at|by|von|vom|via|and|und|or|oder|with|mit|the"
    r"|der|die|das|dem|of|for|f[uü]r|bei|beim|per|[uü]ber|to|on|as|from|is|are|can|cannot|will|may"
    r"|does|servers?|managers?|management|safe|vault|tresor|keepass\w*|age|length|history|filter"
    r"|replication|protection|protected|hash\w*|sync\w*|write-?back|only|nur|required|notwendig"
    r"|must|muss|should|soll|has|hat|script\w*|services?|dienst|accounts?|konto|gruppe|groups?"
    r"|users?|benutzer|admin\w*|self\S*|portal|store\w*|shell|codes?|pad|names?|failed|denied"
    r"|allowed|settings?|objects?|complexity|agent|connector|quality|test\w*|template|recovery"
    r"|audit\w*|check\w*|tool|generator|provider|database|notif\w+|mail|letter|less|free|based"
    r"|auth\w*|through|stored|kept|hinterlegt|liegt|holder|owner|team|office|desk|each|every|jede[mnrs]?"
    r"|again|when|until|till|bis|once|twice|monthly|yearly|quarterly|j[aä]hrlich|monatlich|\*+"
)
_SPOKEN = re.compile(
    rf"(?P<k>(?<![A-Za-z0-9])(?:{_WORDS})(?![A-Za-z0-9]))"
    rf"(?P<sep>(?:[-=]+>|[\s:=/>|\"'(\[~]|\s[–—-]+\s|(?<=\s){_FILLING}(?=[\s:=])){{1,24}})"
    r"(?P<value>[^\s\"')\]]+)",
    re.IGNORECASE,
)
_ABOUT_ONLY = re.compile(rf"(?:{_ABOUT})[.,;:!?)]*", re.IGNORECASE)
# Short plain words, none of them one that comes before a secret: most remarks are like that.
_PLAIN = re.compile(r"(?:[^\W_]{1,15}+[ .,()]{0,3}+)*+")
_TELLING = re.compile(
    r"pw|pass|kenn|kw|losung|zugang|cred|secret|geheim|pin|puk|mdp|mot|contrase|clave|wacht|has"
    r"|auth|token|key|bearer|basic|echo|eyj"
)
# The same of what is written in ASCII, as it was sent.
_PLAIN_RAW = re.compile(_PLAIN.pattern.encode())
_TELLING_RAW = re.compile(_TELLING.pattern.encode())
_KEPT = "\ufdd0"  # a blank that no shape of a secret knows; no character of any language
_SIGNS = re.compile(r"[:=>|~]")


def redacted_value(raw: bytes) -> bytes:
    """Return a value without the secrets that people wrote into it; most pass untouched."""
    is_short = len(raw) <= MOST_REDACTED
    if is_short and _PLAIN_RAW.fullmatch(raw) and not _TELLING_RAW.search(raw.lower()):
        return raw
    text = raw[:MOST_REDACTED].decode("utf-8", "surrogateescape")
    told = redact_remark(text)
    if told == text and is_short:
        return raw
    return told.encode("utf-8", "surrogateescape")


def redact_remark(text: str) -> str:
    """Return a remark with each secret as `***`: by the word before it, or by its shape.

    What the words decided is kept from the shapes, which know only files: in a file, `never` would
    be the password of `password never expires`.
    """
    if _PLAIN.fullmatch(text) and not _TELLING.search(text.lower()):
        return text
    if _KEPT in text:
        return redact(text)
    return redact(_SPOKEN.sub(_masked, text)).replace(_KEPT, " ")


def _masked(match: re.Match[str]) -> str:
    value, sep = match["value"], match["sep"]
    if _SIGNS.search(sep):
        return f"{match['k']}{sep}{MASK}"
    is_about = _ABOUT_ONLY.fullmatch(value) or value.startswith(MASK)
    return f"{match['k']}{sep.replace(' ', _KEPT)}{value if is_about else MASK}"
