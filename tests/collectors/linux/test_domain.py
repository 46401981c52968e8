import pytest

from collectors.linux.domain import NSLCD, SAMBA, SSSD
from collectors.spec import SshFiles
from tests.collectors.linux.shells import filtered

SECRETS = (
    "[domain/x]\nldap_default_authtok = CANARY\n  CANARY on the next line\nad_server = dc1\n  dc2\n"
    "krb5_password=CANARY\nLDAP_DEFAULT_AUTHTOK=CANARY\n\tCANARY\n[global]\n idmap secret = CANARY\n"
    "bindpw CANARY\nrootpwmodpw\tCANARY\nCANARY\n# CANARY\n"
)


@pytest.mark.parametrize("ask", [SSSD, SAMBA, NSLCD], ids=lambda ask: ask.name)
def test_no_password_of_a_directory_leaves_a_host(ask: SshFiles) -> None:
    told = filtered(ask, SECRETS)
    assert "CANARY" not in told
    assert told.count("\n") == SECRETS.count("\n"), "line numbers stay"


def test_a_folded_value_that_is_asked_for_stays_whole() -> None:
    assert "ad_server = dc1\n  dc2\n" in filtered(SSSD, SECRETS)
