"""Directories for measurements hold what they say, and the same each time."""

import pytest

from tests.lab.directory import bulk
from tests.lab.directory.keeper import run
from tests.lab.directory.openldap import OpenLdap
from tests.lab.directory.orders import Add
from tests.lab.directory.samba import SambaAd


def kinds(orders, kind):
    return [one for one in orders if isinstance(one, Add) and one.attributes["objectClass"] == kind]


def test_a_domain_of_a_thousand_objects_is_served(tmp_path):
    with SambaAd(bulk.domain(1000)) as controller:
        assert len(controller.search("(sAMAccountName=u0*)", "1.1")) == 880
        assert len(controller.search("(sAMAccountName=WS0*)", "1.1")) == 90
        teams = controller.search("(sAMAccountName=Team*)", "member")
    assert len(teams) == 30
    assert len(teams[f"CN=Team 0000,{bulk.GROUPS}"]["member"]) == 880


def test_a_domain_has_so_many_objects_as_are_asked_for():
    orders = list(bulk.domain_orders(20_000))
    assert len(kinds(orders, "user")) == 17_600
    assert len(kinds(orders, "computer")) == 1_800
    groups = kinds(orders, "group")
    assert len(groups) == 600
    assert len(groups[0].attributes["member"]) == bulk.CROWD


def test_a_tree_is_served_in_pages_and_refused_without():
    with OpenLdap(bulk.ldif(2000)) as server:
        assert len(server.search("(objectClass=posixAccount)", "1.1")) == 1900
        who = ("-D", server.reader.dn, "-w", server.reader.password)
        where = ("-H", f"ldap://{server.address}", "-b", server.base)
        with pytest.raises(RuntimeError, match="Size limit exceeded"):
            run("ldapsearch", "-x", "-LLL", *where, *who, "(objectClass=posixAccount)", "1.1")


def test_it_is_the_same_each_time():
    first, second = (list(bulk.tree_orders(500)) for _ in range(2))
    assert [one.dn for one in first] == [one.dn for one in second]
