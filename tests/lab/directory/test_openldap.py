"""The lab's OpenLDAP server answers, and each of its specimens is there as it is declared."""

import datetime
import hashlib
import socket
import ssl

import pytest

from tests.lab.directory.canaries import MARK
from tests.lab.directory.openldap import LDAPS
from tests.lab.directory.orders import Add, Change, Delete, Stamp, UnixDay, values_of
from tests.lab.directory.posix.entries import (
    ANNA,
    BASE,
    BEN,
    GROUPS,
    HIDDEN,
    JANE,
    PEOPLE,
    PUBLIC,
)
from tests.lab.directory.posix.specimens import TRUTH

AN_HOUR = datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def everything(openldap):
    return openldap.search("(objectClass=*)", "*", "+", login=openldap.auditor)


@pytest.mark.parametrize("one", TRUTH, ids=lambda one: one.name)
def test_it_is_there_as_declared(one, everything):
    for dn, attributes in one.adds.items():
        for name, values in attributes.items():
            if name != "userPassword":
                told = everything[dn][name.lower()]
                assert all(is_told(value, told) for value in values_of(values))


def is_told(value, told):
    """Say whether a declared value stands there; a time that counts from now has moved a little."""
    if isinstance(value, Stamp):
        return any(abs(moment(each.decode()) - moment(value.text)) < AN_HOUR for each in told)
    if isinstance(value, UnixDay):
        return any(abs(int(each) - int(value.text)) <= 1 for each in told)
    return value.encode() in told


def moment(stamp):
    return datetime.datetime.strptime(f"{stamp}+0000", "%Y%m%d%H%M%SZ%z")


def test_each_row_has_a_specimen():
    assert {row for one in TRUTH if not one.is_decoy for row in one.rows} == {
        f"L{number}" for number in range(1, 9)
    }


def test_the_reader_reads_over_ldap_ldaps_and_start_tls(openldap):
    asked = ("(uid=anna)", "1.1")
    assert ANNA in openldap.search(*asked)
    assert ANNA in openldap.search(*asked, scheme="ldap")
    assert ANNA in openldap.search("-ZZ", *asked, scheme="ldap")


def test_the_certificate_names_the_server(openldap):
    context = ssl.create_default_context(cafile=str(openldap.ca_file))
    with (
        socket.create_connection((openldap.address, LDAPS), 10) as plain,
        context.wrap_socket(plain, server_hostname=openldap.name) as shown,
    ):
        der = shown.getpeercert(binary_form=True)
    assert der is not None
    assert hashlib.sha256(der).hexdigest() == openldap.certificate_sha256


def test_no_reader_sees_a_password(openldap):
    for login in (openldap.reader, openldap.auditor):
        told = openldap.search("(objectClass=*)", "userPassword", login=login)
        own = {login.dn}
        assert not any("userpassword" in entry for dn, entry in told.items() if dn not in own)


def test_the_root_sees_the_planted_passwords(openldap):
    told = openldap.search("(uid=anna)", "userPassword", login=openldap.root)
    assert MARK.encode() in told[ANNA]["userpassword"][0]


def test_the_reader_does_not_see_what_is_hidden_and_the_auditor_does(openldap):
    assert not [dn for dn in openldap.search("(objectClass=*)", "1.1") if dn.endswith(HIDDEN)]
    assert f"cn=vault,{HIDDEN}" in openldap.search("(cn=vault)", login=openldap.auditor)


def test_anybody_reads_the_public_part_and_no_other(openldap):
    assert len(openldap.search("(objectClass=*)", "1.1", login=None, base=PUBLIC)) == 2
    with pytest.raises(RuntimeError, match="Insufficient access"):
        openldap.search("(objectClass=*)", "1.1", login=None, base=PEOPLE)


def test_settings_and_monitor_are_for_the_auditor(openldap):
    asked = ("(objectClass=*)", "1.1")
    for part in ("cn=config", "cn=monitor"):
        assert len(openldap.search(*asked, login=openldap.auditor, base=part)) > 10
        with pytest.raises(RuntimeError, match=r"No such object|Insufficient access"):
            openldap.search(*asked, base=part)


def test_the_running_server_can_be_changed(own_openldap):
    server = own_openldap
    server.write(
        Delete(dn=f"cn=oldmsp,{GROUPS}"),
        Change(dn=JANE, replace={"shadowExpire": UnixDay(1)}, remove={"sshPublicKey": ()}),
        Change(dn=f"cn=staff,{GROUPS}", add={"member": JANE}),
        Add(
            dn=f"cn=new,{GROUPS}",
            attributes={"objectClass": "groupOfNames", "cn": "new", "member": BEN},
        ),
    )
    jane = server.search("(uid=jdoe)", "*", "memberOf")[JANE]
    assert is_told(UnixDay(1), jane["shadowexpire"])
    assert "sshpublickey" not in jane
    assert jane["memberof"] == (f"cn=staff,{GROUPS}".encode(),)
    assert f"cn=oldmsp,{GROUPS}" not in server.search("(objectClass=posixGroup)", "1.1")


def test_groups_that_were_loaded_offline_show_in_no_memberof(openldap):
    assert not openldap.search(f"(&(uid=ben)(memberOf=cn=staff,{GROUPS}))", base=BASE)
