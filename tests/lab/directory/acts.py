"""What can be done in the domain between two audits: each act is the orders that do it."""

from tests.lab.directory.ad import forest, rights
from tests.lab.directory.names import BASE, CONFIGURATION
from tests.lab.directory.orders import Add, Change, Days, Delete, Grant, Order, SetPassword

NEW_PASSWORD = "Chosen.by.the.client.1"
RECYCLE_BIN = "766ddcd8-acd0-445e-f3b9-a7f9b6744f2a"


def rotate(account: str) -> tuple[Order, ...]:
    """Set a new password: of krbtgt (whose password the server draws itself), of anybody."""
    return (SetPassword(account=account, password=NEW_PASSWORD),)


def add_member(group: str, *members: str) -> tuple[Order, ...]:
    """Make these DNs members of a group, which is a DN."""
    return (Change(dn=group, add={"member": members}),)


def remove_member(group: str, *members: str) -> tuple[Order, ...]:
    """Take these DNs out of a group."""
    return (Change(dn=group, remove={"member": members}),)


def delete(dn: str) -> tuple[Order, ...]:
    """Delete an entry, and all below it."""
    return (Delete(dn=dn),)


def disable(dn: str) -> tuple[Order, ...]:
    """Disable a user."""
    return (Change(dn=dn, replace={"userAccountControl": str(0x200 | 0x2)}),)


def withdraw(dn: str, ace: str) -> tuple[Order, ...]:
    """Take a right away: the ACE as it was granted."""
    return (Grant(dn=dn, ace=ace, withdraw=True),)


def withdraw_copying(account: str) -> tuple[Order, ...]:
    """Take from an account the right to copy all passwords."""
    changes = (rights.GET_CHANGES, rights.GET_CHANGES_ALL)
    aces = (f"(OA;;CR;{right};;{{@{account}}})" for right in changes)
    return tuple(Grant(dn=BASE, ace=ace, withdraw=True) for ace in aces)


def remove_trust(partner: str = forest.PROVIDER_TRUST) -> tuple[Order, ...]:
    """End a trust."""
    return (Delete(dn=f"CN={partner},{forest.SYSTEM}"),)


def swap_key(dn: str, key: str) -> tuple[Order, ...]:
    """Give a user another SSH key."""
    return (Change(dn=dn, replace={"sshPublicKey": key}),)


def back_up() -> tuple[Order, ...]:
    """Leave in the domain what a backup leaves."""
    return (Change(dn=BASE, replace={"dSASignature": b"\x01\0\0\0(\0\0\0" + bytes(40)}),)


def switch_recycle_bin_on() -> tuple[Order, ...]:
    """Let deleted objects keep all that they had."""
    feature = f"CN=Partitions,{CONFIGURATION}:{RECYCLE_BIN}"
    return (Change(dn="", add={"enableOptionalFeature": feature}, strictly=True),)


def new_administrator(login: str) -> tuple[Order, ...]:
    """Make a user and an administrator of it."""
    dn = f"CN={login},OU=Admins,{BASE}"
    told = {"objectClass": "user", "sAMAccountName": login, "userAccountControl": "512"}
    made = Add(dn=dn, attributes={**told, "pwdLastSet": Days(0)})
    return (made, *add_member(f"CN=Domain Admins,CN=Users,{BASE}", dn))


def add_child_domain() -> tuple[Order, ...]:
    """Let the forest have a second domain; from then on there are no tickets for services."""
    return forest.CHILD_DOMAIN.orders
