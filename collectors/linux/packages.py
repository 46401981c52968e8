"""Which software is installed through package managers.

Sources: dpkg-query(1), rpm(8), apk-package database (apk(5)), pacman(8), snap(8), flatpak(1).
"""

import re
from collections.abc import Iterator

from collectors.spec import KIB, Answer, Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.model.evidence import Pointer
from inventory.model.software import Package

DPKG = SshCommand(
    "dpkg",
    r"dpkg-query -W -f='${Status}\t${Package}\t${Version}\t${Architecture}\n'",
    ok=(0, 1),  # 1: no package matches
    timeout_s=20,
    most_bytes=4096 * KIB,
)
RPM = SshCommand(
    "rpm",
    r"rpm -qa --qf '%{NAME}\t%{EPOCH}:%{VERSION}-%{RELEASE}\t%{ARCH}\n'",
    timeout_s=30,
    most_bytes=4096 * KIB,
)
APK = SshFiles(
    "apk",
    ("/lib/apk/db/installed", "/usr/lib/apk/db/installed"),
    filter="grep '^[PVA]:'",
    most_bytes=16384 * KIB,
)
PACMAN = SshCommand("pacman", "pacman -Q", ok=(0, 1), most_bytes=4096 * KIB)
SNAP = SshCommand("snap", "snap list", timeout_s=5)
FLATPAK = SshCommand("flatpak", "flatpak list --system --columns=application,version,arch,branch")

_ABSENT = frozenset(("not-installed", "config-files"))


@collector("linux.packages", asks=[DPKG, RPM, APK, PACMAN], tells=[Package])
def packages(
    dpkg: Answers, rpm: Answers, apk: Answers, pacman: Answers
) -> Iterator[Package | Unreadable]:
    """Yield the installed packages of the distribution, whichever manager it has."""
    if not (dpkg or rpm or apk or pacman):
        yield Unreadable(Pointer("linux.packages"), "no package manager that is known here")
    for answer in dpkg:
        yield from _dpkg(answer)
    for answer in rpm:
        yield from _rpm(answer)
    for answer in apk:
        yield from _apk(answer)
    for answer in pacman:
        yield from _pacman(answer)


def _dpkg(answer: Answer) -> Iterator[Package | Unreadable]:
    """Yield the packages of lines `install ok installed TAB name TAB version TAB arch`."""
    for number, line in answer.lines():
        words = line.split("\t")
        if len(words) != 4:
            yield Unreadable(answer.at(number), "not a line as dpkg-query was asked for")
        elif words[0].rpartition(" ")[2] not in _ABSENT:
            yield _package("dpkg", words[1:], answer.at(number))


def _rpm(answer: Answer) -> Iterator[Package | Unreadable]:
    """Yield the packages of lines `name TAB epoch:version-release TAB arch`."""
    for number, line in answer.lines():
        words = line.split("\t")
        if len(words) != 3:
            yield Unreadable(answer.at(number), "not a line as rpm was asked for")
        elif words[0] != "gpg-pubkey":  # a key that rpm trusts, kept as if it were a package
            version = words[1].removeprefix("(none):")
            yield _package("rpm", [words[0], version, words[2]], answer.at(number))


def _apk(answer: Answer) -> Iterator[Package | Unreadable]:
    """Yield the packages of the database's lines P: (name), V: (version), A: (architecture)."""
    fields: dict[str, str] = {}
    at = answer.at()
    for number, line in answer.lines():
        letter, colon, value = line.partition(":")
        if not colon or letter not in ("P", "V", "A"):
            yield Unreadable(answer.at(number), "not a line of the database of apk")
            continue
        if letter == "P":
            yield from _apk_package(fields, at)
            fields, at = {}, answer.at(number)
        fields[letter] = value
    yield from _apk_package(fields, at)


def _apk_package(fields: dict[str, str], at: Pointer) -> Iterator[Package | Unreadable]:
    if {"P", "V"} <= fields.keys():
        yield _package("apk", [fields["P"], fields["V"], fields.get("A", "")], at)
    elif fields:
        yield Unreadable(at, "a package without a name or version")


def _pacman(answer: Answer) -> Iterator[Package | Unreadable]:
    """Yield the packages of lines `name version`."""
    for number, line in answer.lines():
        words = line.split()
        if len(words) == 2:
            yield _package("pacman", [*words, ""], answer.at(number))
        else:
            yield Unreadable(answer.at(number), "not a line of pacman -Q")


def _package(manager: str, words: list[str], at: Pointer) -> Package:
    name, version, architecture = words
    return Package(manager=manager, name=name, version=version, architecture=architecture, at=at)


@collector("linux.snaps", asks=[SNAP], tells=[Package])
def snaps(listed: Answers) -> Iterator[Package | Unreadable]:
    """Yield installed snaps: the columns Name Version Rev Tracking Publisher Notes."""
    for answer in listed:
        for number, line in answer.lines():
            words = line.split()
            if len(words) < 3:
                yield Unreadable(answer.at(number), "not a line of snap list")
            elif words[0] != "Name":
                yield _package("snap", [words[0], words[1], ""], answer.at(number))


@collector("linux.flatpaks", asks=[FLATPAK], tells=[Package])
def flatpaks(listed: Answers) -> Iterator[Package | Unreadable]:
    """Yield the Flatpaks of the system: application, version (or branch), architecture."""
    for answer in listed:
        for number, line in answer.lines():
            words = [word.strip() for word in line.split("\t")]
            if len(words) != 4 or not re.fullmatch(r"[\w.-]{1,200}", words[0]):
                yield Unreadable(answer.at(number), "not a line of flatpak list")
                continue
            version = words[1] or words[3]
            yield _package("flatpak", [words[0], version, words[2]], answer.at(number))
