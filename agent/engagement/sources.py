"""Where to ask, as the section `sources` says: a reader for each kind of source."""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from agent.engagement import checks
from agent.engagement.directory import LDAP, ldap
from agent.engagement.files import path_from
from agent.engagement.mistakes import Wrong, shown
from agent.engagement.model import (
    Become,
    Defaults,
    Entry,
    LocalSource,
    Source,
    SshConfigUse,
    SshSource,
    SshTransport,
)
from agent.engagement.nodes import Mapping, Node, Scalar, Sequence
from agent.engagement.secrets import SecretRef, is_reference, parse_ref
from agent.engagement.section import Section, section_of
from agent.engagement.tenant import GRAPH, graph

LOGIN = ("user", "port", "jump", "key", "password", "passphrase", "become")
HOST = ("name", "address", *LOGIN, "tags")
LISTS = ("hosts", "ssh_config", "ansible", "csv", "candidates")
TIMES = ("connect_timeout_s", "host_timeout_s", "parallel")
SSH = ("name", "kind", *LISTS, *LOGIN, "known_hosts", "transport", *TIMES)
LOCAL = ("name", "kind", "become")
EVERY = tuple(dict.fromkeys((*SSH, *LDAP, *GRAPH, *LOCAL)))


def sources(top: Section, folder: Path) -> tuple[Source, ...]:
    """Return the sources in the order of the file; names are unique."""
    found: list[Source] = []
    for item in top.items("sources"):
        source = _source(item, top, folder)
        if source is None:
            continue
        twin = next((one for one in found if one.name == source.name), None)
        if twin is not None:
            line = twin.at.line
            top.add(source.at, f"a source named {shown(source.name)} is already in line {line}")
        found.append(source)
    return tuple(found)


def _source(item: Node, top: Section, folder: Path) -> Source | None:
    kind, known = _kind(item)
    section = section_of(item, top.mistakes, known, what="a source")
    if section is None:
        return None
    section.need("name", "every source has a name of its own")
    section.need("kind", f"one of {', '.join(KINDS)}")
    section.take("kind", checks.known_word(KINDS))
    return KINDS[kind](section, folder) if kind else None


def _kind(item: Node) -> tuple[str, tuple[str, ...]]:
    """Return the kind of source and its keys; all keys there are when the kind is not known."""
    entries = item.entries if isinstance(item, Mapping) else ()
    said = next((value for key, value in entries if key.text == "kind"), None)
    kind = said.text if isinstance(said, Scalar) else ""
    return (kind, _KEYS[kind]) if kind in KINDS else ("", EVERY)


def _local(section: Section, _folder: Path) -> Source:
    become = section.take("become", checks.one_of(Become)) or Become.NONE
    return LocalSource(section.take("name", checks.words) or "", section.place, become)


def _ssh(section: Section, folder: Path) -> Source:
    name = section.take("name", checks.words) or ""
    if not any(section.has(key) for key in LISTS):
        section.add(section.place, f"names no hosts: give one of {', '.join(LISTS)}")
    plain = SshSource(name, section.place)
    return SshSource(
        name=name,
        at=section.place,
        hosts=_hosts(section, folder),
        ssh_config=_ssh_config(section, folder),
        ansible=_path(section, "ansible", folder),
        csv=_path(section, "csv", folder),
        candidates=section.take_all("candidates", checks.swept_network),
        defaults=_defaults(section, name, folder),
        known_hosts=_path(section, "known_hosts", folder),
        transport=section.take("transport", checks.one_of(SshTransport)) or plain.transport,
        connect_timeout_s=section.take("connect_timeout_s", checks.seconds)
        or plain.connect_timeout_s,
        host_timeout_s=section.take("host_timeout_s", checks.seconds) or plain.host_timeout_s,
        parallel=section.take("parallel", checks.parallel) or plain.parallel,
    )


_KEYS = {"ssh": SSH, "ldap": LDAP, "graph": GRAPH, "local": LOCAL}
KINDS: dict[str, Callable[[Section, Path], Source]] = {
    "ssh": _ssh,
    "ldap": ldap,
    "graph": graph,
    "local": _local,
}


def _path(section: Section, key: str, folder: Path) -> Path | None:
    return section.take(key, lambda text: path_from(text, folder))


def _ssh_config(section: Section, folder: Path) -> SshConfigUse | None:
    """Read `true`, a list of names, or the path of another ssh_config."""
    node = section.node("ssh_config")
    if isinstance(node, Sequence):
        return SshConfigUse(names=section.take_all("ssh_config", checks.host_name))
    if isinstance(node, Scalar) and node.text.lower() in ("true", "yes"):
        return SshConfigUse()
    if isinstance(node, Scalar) and node.text.lower() in ("false", "no"):
        return None
    path = _path(section, "ssh_config", folder)
    return SshConfigUse(path) if path is not None else None


def _hosts(section: Section, folder: Path) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for item in section.items("hosts"):
        entry = _host(item, section, folder)
        if entry is None:
            continue
        twin = found.setdefault(entry.name.lower(), entry)
        if twin is not entry:
            text = f"{shown(entry.name)} is listed again, first in line {twin.at.line}: keep one"
            section.add(entry.at, text)
    return tuple(found.values())


def _host(item: Node, outer: Section, folder: Path) -> Entry | None:
    if isinstance(item, Scalar):
        with outer.mistakes.noted(item.place):
            return Entry(_host_name(item.text), item.place, "hosts")
        return None
    section = section_of(item, outer.mistakes, HOST, what="a host")
    if section is None:
        return None
    section.need("name", "every host has a name of its own")
    name = section.take("name", checks.host_name)
    login = _login(section, name or "a host", folder)
    return Entry(
        name=name or "",
        at=section.place,
        via="hosts",
        address=section.take("address", checks.host_name),
        port=login.port,
        user=login.user,
        jump=login.jump,
        key=login.key,
        key_secret=login.key_secret,
        password=login.password,
        passphrase=login.passphrase,
        become=login.become,
        tags=section.take_all("tags", checks.words),
    )


def _host_name(text: str) -> str:
    try:
        return checks.host_name(text)
    except Wrong as err:
        way_out = "; for more than the name write {name: web1, address: 192.0.2.7, port: 2222}"
        raise Wrong(f"a host {err}{way_out if ':' in text or '@' in text else ''}") from err


class _Login(Struct, frozen=True):
    """How to log in, as far as one section says."""

    user: str | None
    port: int | None
    jump: tuple[str, ...] | None
    key: Path | None
    key_secret: SecretRef | None
    password: SecretRef | None
    passphrase: SecretRef | None
    become: Become | None


def _login(section: Section, whose: str, folder: Path) -> _Login:
    if section.has("key") and section.has("password"):
        section.add(
            section.place_of("password"),
            "key and password are both given: one is tried, never both, so keep one",
        )
    path, secret = _key(section, whose, folder)
    return _Login(
        user=section.take("user", checks.user_name),
        port=section.take("port", checks.port),
        jump=_jump(section),
        key=path,
        key_secret=secret,
        password=_secret(section, "password", whose, folder),
        passphrase=_secret(section, "passphrase", whose, folder),
        become=section.take("become", checks.one_of(Become)),
    )


def _jump(section: Section) -> tuple[str, ...] | None:
    if not section.has("jump"):
        return None
    return tuple(hop for hops in section.take_all("jump", checks.hops) for hop in hops)


def _key(section: Section, whose: str, folder: Path) -> tuple[Path | None, SecretRef | None]:
    """Read a path, `file:PATH`, or a reference to the key's own text."""
    found = section.take("key", lambda text: _path_or_ref(text, f"key of {whose}", folder))
    if isinstance(found, SecretRef):
        return None, found
    return found, None


def _path_or_ref(text: str, label: str, folder: Path) -> Path | SecretRef:
    if text.startswith("file:"):
        return path_from(text.removeprefix("file:"), folder)
    if "PRIVATE KEY" in text:
        raise Wrong("must be the path of the private key, not the key itself")
    return (
        parse_ref(text, folder=folder, label=label)
        if is_reference(text)
        else path_from(text, folder)
    )


def _secret(section: Section, key: str, whose: str, folder: Path) -> SecretRef | None:
    return section.take(key, lambda text: parse_ref(text, folder=folder, label=f"{key} of {whose}"))


def _defaults(section: Section, name: str, folder: Path) -> Defaults:
    login = _login(section, f"source {name}", folder)
    return Defaults(
        user=login.user,
        port=login.port,
        jump=login.jump or (),
        key=login.key,
        key_secret=login.key_secret,
        password=login.password,
        passphrase=login.passphrase,
        become=login.become or Become.NONE,
    )
