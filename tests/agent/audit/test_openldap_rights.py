"""The commands that grant rights in OpenLDAP, run as they are printed on a real slapd."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.audit.directory_rights import Grant, rights_of
from agent.audit.right_ways import OPENLDAP
from agent.audit.sources import Chosen, planned
from tests.agent.audit.engagements import engagement
from tests.lab.directory import keeper

SOURCE = """\
- name: unix
  kind: ldap
  servers: [ldap.corp.example]
  user: uid=audit,dc=corp,dc=example
  password: prompt
"""
ROOT = "gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth"
CONFIG = f"""\
dn: cn=config
objectClass: olcGlobal
cn: config

dn: cn=module{{0}},cn=config
objectClass: olcModuleList
cn: module{{0}}
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb
olcModuleLoad: ppolicy

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file:///etc/ldap/schema/core.ldif
include: file:///etc/ldap/schema/cosine.ldif
include: file:///etc/ldap/schema/inetorgperson.ldif

dn: olcDatabase={{0}}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {{0}}config
olcRootPW: canary-of-the-root
olcAccess: to * by dn.exact={ROOT} manage by * none

dn: olcDatabase={{1}}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {{1}}mdb
olcDbDirectory: FOLDER/data
olcSuffix: dc=corp,dc=example
olcRootDN: cn=admin,dc=corp,dc=example
olcAccess: to attrs=userPassword by anonymous auth by * none
olcAccess: to * by users search by * none

dn: olcDatabase={{2}}monitor,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {{2}}monitor
olcAccess: to * by * none
"""
DATA = """\
dn: dc=corp,dc=example
objectClass: domain
dc: corp

dn: uid=audit,dc=corp,dc=example
objectClass: inetOrgPerson
cn: audit
sn: audit
userPassword: canary-of-the-audit

dn: cn=default,dc=corp,dc=example
objectClass: applicationProcess
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
"""


class Slapd:
    """A slapd on a socket below a folder; nothing of it can be reached over a network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"ldapi://{str(folder / 'socket').replace('/', '%2F')}"
        (folder / "config").mkdir()
        (folder / "data").mkdir()
        for number, text in enumerate((CONFIG.replace("FOLDER", str(folder)), DATA)):
            self._tool("slapadd", "-n", str(number), given=text)
        words = ("slapd", "-F", str(folder / "config"), "-h", self.url, "-d", "0")
        self._process = subprocess.Popen(words)
        for _ in range(600):
            if (folder / "socket").exists():
                return
            time.sleep(0.1)
        raise TimeoutError("slapd did not start")

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(30)

    def _tool(self, name: str, *words: str, given: str = "") -> str:
        argv = (f"/usr/sbin/{name}", "-F", str(self.folder / "config"), *words)
        done = subprocess.run(argv, input=given, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rules(self) -> list[str]:
        told = self._tool("slapcat", "-n", "0", "-o", "ldif-wrap=no")
        return [line for line in told.splitlines() if line.startswith("olcAccess")]

    def run(self, lines: tuple[str, ...]) -> None:
        text = "\n".join(lines).replace("ldapi:///", self.url)
        done = subprocess.run(("sh", "-c", text), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def seen(self) -> list[str]:
        """Return the lines that the audit's account reads, of all parts."""
        who = ("-D", "uid=audit,dc=corp,dc=example", "-w", "canary-of-the-audit")
        found = []
        for base in ("dc=corp,dc=example", "cn=config", "cn=Monitor"):
            words = ("ldapsearch", "-x", "-LLL", "-o", "ldif-wrap=no", "-H", self.url, *who)
            done = subprocess.run((*words, "-b", base, "*", "+"), capture_output=True, text=True)
            assert done.returncode in (0, 32), done.stderr  # 32: it is not even said to be there
            found += done.stdout.splitlines()
        return found


@pytest.fixture
def slapd(tmp_path: Path) -> Iterator[Slapd]:
    if lacking := keeper.needs_of():
        pytest.fail(lacking, pytrace=False)
    server = Slapd(tmp_path)
    try:
        yield server
    finally:
        server.close()


def grants(folder: Path) -> tuple[Grant, ...]:
    (found,) = rights_of(planned(engagement(folder, SOURCE), Chosen(), discover=False))
    return tuple(one for one in (*found.grants, *found.if_hardened) if one.directory == OPENLDAP)


SHOWS = {
    "read password policies": "objectClass: pwdPolicy",
    "read who administers the server": "olcRootDN: cn=admin,dc=corp,dc=example",
    "read what the server counts": "dn: cn=Databases,cn=Monitor",
    "read all entries": "dn: uid=audit,dc=corp,dc=example",
}


def test_each_right_shows_what_it_is_for_and_no_secret_and_is_taken_back(
    slapd: Slapd, tmp_path: Path
) -> None:
    (tmp_path / "e").mkdir()
    given, before = grants(tmp_path / "e"), slapd.rules()
    assert slapd.seen() == []
    shown = {}
    for one in given:
        slapd.run(one.grant)
        lines = slapd.seen()
        shown[next(right for right in SHOWS if one.right.startswith(right))] = lines
        slapd.run(one.take_back)
        assert slapd.rules() == before
    assert slapd.seen() == []
    assert {right for right, lines in shown.items() if SHOWS[right] in lines} == set(SHOWS)
    everything = "\n".join(line for lines in shown.values() for line in lines)
    assert "userPassword:" not in everything
    assert "canary" not in everything
