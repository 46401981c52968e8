"""Identifiers as records write them, in the one form in which they are compared."""

import re
import unicodedata
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network

_MAPPED = 96  # bits before the IPv4 address in ::ffff:0:0/96
_GUEST = re.compile(r"(.+)_([^_@]+)#ext#@.+")
_ANGLE = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_PORT = re.compile(r":[0-9]{1,5}$")
_WILD = re.compile(r"((?:[0-9]{1,3}\.){1,3})\*(?:\.\*)*")
_WORD = re.compile(r"[\w.@+-]+")
_PART = re.compile(r"[^\W_]+")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/])")


def mail(text: str) -> str | None:
    """Return the address of `mailto:a@b`, `Name <a@b>`, or of a guest's UPN; None for no address.

    alice_oldmsp.example#EXT#@client.onmicrosoft.example is alice@oldmsp.example
    """
    bare = text.strip().casefold().removeprefix("mailto:")
    if angle := _ANGLE.search(bare):
        bare = angle.group(1)
    if guest := _GUEST.fullmatch(bare):
        bare = f"{guest.group(1)}@{guest.group(2)}"
    name, _, domain = bare.rpartition("@")
    return f"{name}@{ascii_name(domain.rstrip('.'))}" if name and domain.strip(".") else None


def ascii_name(name: str) -> str:
    """Return a host name as the DNS writes it: münchen.example is xn--mnchen-3ya.example."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def hosts(text: str) -> Iterator[str]:
    """Yield the host names of `a.example:10051,https://b.example/x`, lower case, without ports."""
    for part in re.split(r"[\s,;]+", text.casefold()):
        rest = part.partition("://")[2] or part
        place = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
        if place.startswith("["):
            yield place[1:].partition("]")[0]
        elif name := (place if place.count(":") > 1 else _PORT.sub("", place)).rstrip("."):
            yield ascii_name(name)


def network(text: str) -> Network | None:
    """Return the network of an address, a network, or `203.0.113.*`; None for all else.

    A negation ("!10.0.0.1") lets nobody in, so it is None. ::ffff:203.0.113.7 is 203.0.113.7.
    """
    bare = text.strip()
    if wild := _WILD.fullmatch(bare):
        octets = wild.group(1).rstrip(".").split(".")
        bare = f"{'.'.join([*octets, '0', '0', '0'][:4])}/{8 * len(octets)}"
    try:
        found = ip_network(bare.partition("%")[0] if "/" not in bare else bare, strict=False)
    except ValueError:
        return None
    mapped = getattr(found.network_address, "ipv4_mapped", None)
    if mapped is None or found.prefixlen < _MAPPED:
        return found
    return ip_network((int(mapped), found.prefixlen - _MAPPED))


def suffixes(name: str) -> Iterator[str]:
    """Yield a host name and each domain above it: a.b.c, b.c, c."""
    labels = name.split(".")
    for start in range(len(labels)):
        yield ".".join(labels[start:])


def person(text: str) -> str:
    """Return a person's name as it is compared: one space between words, no case."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(text: str) -> list[str]:
    """Return the words of free text: whole names, host names and mail addresses."""
    return [word.strip(".-+@") for word in _WORD.findall(text)]


def parts(text: str) -> list[str]:
    """Return the plain words of free text: `jdoe` and `laptop` of `jdoe-laptop`."""
    return _PART.findall(text)


def fingerprints(text: str) -> list[str]:
    """Return the key fingerprints that a text mentions."""
    return _FINGERPRINT.findall(text)
