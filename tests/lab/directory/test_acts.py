"""Each act changes in a running domain what it says."""

from tests.lab.directory import acts
from tests.lab.directory.ad import forest, members, people, rights
from tests.lab.directory.domain import ADMINISTRATOR
from tests.lab.directory.names import BASE
from tests.lab.directory.orders import Days

NOW_OR_SO = 3600 * 10**7  # a loaded machine takes its time


def told(controller, login, *names):
    found = controller.search(f"(sAMAccountName={login})", *names, login=ADMINISTRATOR)
    return next(iter(found.values()))


def descriptor(controller, dn):
    asked = ("-s", "base", "-E", "!1.2.840.113556.1.4.801=::MAMCAQc=", "nTSecurityDescriptor")
    return controller.search(*asked, base=dn)[dn]["ntsecuritydescriptor"][0]


def test_rotation_removal_and_ending_show_in_the_running_domain(own_samba_ad):
    domain = own_samba_ad
    number = int(told(domain, "krbtgt", "msDS-KeyVersionNumber")["msds-keyversionnumber"][0])
    before = descriptor(domain, BASE)
    domain.write(
        *acts.rotate("krbtgt"),
        *acts.rotate("krbtgt"),
        *acts.rotate("svc_veeam"),
        *acts.remove_member(members.DOMAIN_ADMINS, people.JANE),
        *acts.disable(people.JANE),
        *acts.withdraw_copying("svc-rmm"),
        *acts.withdraw(rights.ADMIN_SD_HOLDER, rights.ALL_OF_OLDMSP),
        *acts.remove_trust(),
        *acts.delete(f"CN=svc-backup,OU=Service Accounts,{BASE}"),
        *acts.back_up(),
        *acts.new_administrator("adm.new"),
    )
    domain.write(*acts.switch_recycle_bin_on())
    krbtgt = told(domain, "krbtgt", "pwdLastSet", "msDS-KeyVersionNumber")
    assert int(krbtgt["msds-keyversionnumber"][0]) == number + 2
    for login in ("krbtgt", "svc_veeam"):
        changed = int(told(domain, login, "pwdLastSet")["pwdlastset"][0])
        assert abs(changed - int(Days(0).file_time)) < NOW_OR_SO
    admins = told(domain, "Domain Admins", "member")["member"]
    assert people.JANE.encode() not in admins
    assert f"CN=adm.new,OU=Admins,{BASE}".encode() in admins
    assert int(told(domain, "jdoe", "userAccountControl")["useraccountcontrol"][0]) & 2
    assert len(descriptor(domain, BASE)) < len(before)
    assert not domain.search("(trustPartner=oldmsp.example)", "cn")
    assert not domain.search("(sAMAccountName=svc-backup)", "cn")
    asked = ("-s", "base", "dSASignature")
    assert "dsasignature" in domain.search(*asked, login=ADMINISTRATOR)[BASE]


def test_a_second_domain_of_the_forest_is_told_in_the_partitions(own_samba_ad):
    own_samba_ad.write(*acts.add_child_domain())
    child = forest.CHILD_DOMAIN.dn
    told = own_samba_ad.search("(dnsRoot=child.corp.example)", base=forest.PARTITIONS)
    assert told[child]["ncname"] == (f"DC=child,{BASE}".encode(),)
