"""What leaves the host of lists of allowed addresses: no comment, no other setting, no password."""

from collectors.linux.allow_lists import FAIL2BAN, POSTGRESQL, fail2ban, pg_hba
from tests.collectors.linux.shells import as_answer, filtered

JAIL = """\
[DEFAULT]
# ignoreip = 192.0.2.99
ignoreip = 127.0.0.1/8 ::1
           203.0.113.7

# office
           203.0.113.8
bantime = 1h
[sshd]
    203.0.113.9
ignoreip=2001:db8::7
action = mail[password=canary]
"""
HBA = """\
# host all all 192.0.2.99/32 md5
host all all 203.0.113.7/32 ldap ldapserver=l.example ldapbindpasswd="canary" ldapport=389
host all all 203.0.113.8/32 radius radiusservers="r" radiussecrets="canary"
host all all 203.0.113.9/32 md5 # the office
"""


def test_of_fail2ban_only_ignored_addresses_leave_the_host() -> None:
    text = filtered(FAIL2BAN, JAIL)
    assert "canary" not in text
    assert "bantime" not in text
    found = list(fail2ban((as_answer(FAIL2BAN, "/etc/fail2ban/jail.local", JAIL),)))
    assert [(one.source, one.at.where) for one in found] == [
        ("203.0.113.7", "/etc/fail2ban/jail.local:4"),
        ("203.0.113.8", "/etc/fail2ban/jail.local:7"),
        ("2001:db8::7", "/etc/fail2ban/jail.local:11"),
    ]


def test_of_pg_hba_no_option_that_may_hold_a_password_leaves_the_host() -> None:
    assert "canary" not in filtered(POSTGRESQL, HBA)
    found = list(pg_hba((as_answer(POSTGRESQL, "/x/pg_hba.conf", HBA),)))
    assert [(one.source, one.at.where) for one in found] == [
        ("203.0.113.7/32", "/x/pg_hba.conf:2"),
        ("203.0.113.8/32", "/x/pg_hba.conf:3"),
        ("203.0.113.9/32", "/x/pg_hba.conf:4"),
    ]
