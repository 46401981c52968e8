"""What the preferences of policies set: accounts, tasks, services, drives ([MS-GPPREF] 2.2.1)."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from collectors.entries import Entries, Entry
from collectors.policy_files import changed, content, policy_of, secrets, side_of, written
from collectors.secret_formats import MASK
from collectors.spec import SysvolFiles, Unreadable, collector
from collectors.windows_scripts import masked_arguments, servers
from inventory.model.directory_policies import PolicySecret, PolicySetting

_FILES = (
    *("Groups", "Services", "ScheduledTasks", "Drives", "DataSources", "Printers"),
    *("Registry", "Files", "Shortcuts", "Folders", "IniFiles", "InternetSettings"),
)
PREFERENCES = SysvolFiles(
    "preferences",
    tuple(
        f"Policies/*/{side}/Preferences/{name}/{name}.xml"
        for side in ("Machine", "User")
        for name in _FILES
    ),
    "xml",
    most_bytes=4096 * 1024,
)

ADMINISTRATORS = "S-1-5-32-544"
_KINDS = {  # by the element's name, in small letters
    "user": "local account",
    "task": "task",
    "taskv2": "task",
    "immediatetask": "task",
    "immediatetaskv2": "task",
    "ntservice": "service",
    "drive": "drive",
    "datasource": "data source",
    "sharedprinter": "printer",
    "portprinter": "printer",
    "localprinter": "printer",
    "registry": "registry",
    "file": "file",
    "shortcut": "shortcut",
    "folder": "folder",
    "ini": "registry",
}
_WITHOUT_SERVER = frozenset(("local account", "task", "service"))  # told even if they name none
_ACCOUNTS = ("runAs", "accountName", "userName", "username")
_VALUES = (
    *("appName", "args", "path", "program", "fromPath", "targetPath", "value", "dsn", "newName"),
    *("ipAddress", "serviceName", "location"),
)


@collector(
    "directory.policy_preferences",
    asks=[PREFERENCES],
    tells=[PolicySetting, PolicySecret],
    source="ldap",
)
def policy_preferences(files: Entries) -> Iterator[PolicySetting | PolicySecret | Unreadable]:
    """Yield what preferences set, and that a password stands in them (cpassword)."""
    for entry in files:
        try:
            root = fromstring(content(entry), forbid_dtd=True)
        except (ParseError, ValueError) as err:
            yield Unreadable(entry.at(), f"it is no XML: {str(err)[:100]}", policy_of(entry))
            continue
        told = tuple(record for one in root.iter() for record in _element(entry, one))
        yield from told
        if not any(isinstance(record, PolicySecret) for record in told):
            yield from secrets(entry, "password in a preference")


def _element(entry: Entry, one: Element) -> Iterator[PolicySetting | PolicySecret]:
    """Yield what one preference sets: an element with `Properties` in it."""
    properties = one.find("Properties")
    if properties is None or one.get("disabled") == "1":
        if properties is not None:
            yield from _secrets(entry, one, properties)  # the password is there all the same
        return
    yield from _secrets(entry, one, properties)
    if _tag(one) == "group":
        yield from _members(entry, properties)
    elif (kind := _KINDS.get(_tag(one))) is not None:
        told = _setting(entry, kind, one, properties)
        if told.servers or kind in _WITHOUT_SERVER:
            yield told


def _tag(one: Element) -> str:
    return str(one.tag).rpartition("}")[2].lower()


def _secrets(entry: Entry, one: Element, properties: Element) -> Iterator[PolicySecret]:
    texts = (one for part in properties.iter() for one in _texts(part))
    held = [name for name, value in texts if MASK in value or (name == "cpassword" and value)]
    if held:
        yield PolicySecret(
            at=entry.at(_name(one, properties)),
            policy=policy_of(entry),
            file=entry.dn,
            what="password of a preference" if "cpassword" in held else "password in a preference",
            where=f"{str(one.tag)[:100]} {_name(one, properties)}",
            account=_account(properties),
            since=written(one.get("changed")) or changed(entry),
        )


def _texts(part: Element) -> Iterator[tuple[str, str]]:
    yield from ((name.lower(), value) for name, value in part.attrib.items())
    if part.text:
        yield _tag(part), part.text


def _members(entry: Entry, group: Element) -> Iterator[PolicySetting]:
    name = group.get("groupName") or group.get("groupSid") or ""
    is_administrators = group.get("groupSid") == ADMINISTRATORS or name.casefold().startswith(
        ("administrators", "administratoren")
    )
    for member in group.iter("Member"):
        who = member.get("name") or member.get("sid") or ""
        yield PolicySetting(
            at=entry.at(f"{name} {who}"),
            policy=policy_of(entry),
            side=side_of(entry),
            kind="local administrator" if is_administrators else "local group",
            name=name,
            value=who,
            file=entry.dn,
            account=who,
            is_removed=(member.get("action") or "").upper() == "REMOVE"
            or group.get("action") == "D",
        )


def _setting(entry: Entry, kind: str, one: Element, properties: Element) -> PolicySetting:
    name = _name(one, properties)
    values = [properties.get(key) or "" for key in _VALUES]
    values += [
        (part.text or "").strip()
        for part in properties.iter()
        if _tag(part) in ("command", "arguments")
    ]
    value = masked_arguments(" ".join(filter(None, values)))[0][:1000]
    return PolicySetting(
        at=entry.at(name),
        policy=policy_of(entry),
        side=side_of(entry),
        kind=kind,
        name=name,
        value=value,
        file=entry.dn,
        servers=tuple(sorted(set(servers(value)))),
        account=_account(properties),
        is_removed=properties.get("action") == "D",
    )


def _name(one: Element, properties: Element) -> str:
    return (properties.get("name") or one.get("name") or one.get("uid") or "")[:200]


def _account(properties: Element) -> str:
    return next((told for key in _ACCOUNTS if (told := properties.get(key))), "")[:200]
