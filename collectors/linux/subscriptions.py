"""Who pays for the distribution: what the host itself keeps of its registration.

Sources: pro(1) and its status.json, subscription-manager(8) and its identity certificate,
SUSEConnect(8) and its credentials file. Nobody is asked but files: those tools call their makers.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from collectors.parse import assignment, epoch
from collectors.spec import Answer, Answers, SshFiles, Unreadable, collector
from inventory.model.host import Subscription
from inventory.model.moment import Moment

PRO = SshFiles("pro", ("/var/lib/ubuntu-advantage/status.json",))
RED_HAT = SshFiles(
    "red_hat", ("/etc/pki/consumer/cert.pem",), filter="openssl x509 -noout -subject"
)
SUSE = SshFiles("suse", ("/etc/zypp/credentials.d/SCCcredentials",), filter="grep '^username'")

_ORGANISATION = re.compile(r"(?:^|[,/ =])O ?= ?([^,/]{1,200})")
_FOREVER_YEAR = 9999


class _Account(msgspec.Struct, frozen=True):
    name: str = ""


class _Service(msgspec.Struct, frozen=True):
    name: str
    status: str = ""


class _Status(msgspec.Struct, frozen=True):
    """What of `pro status --format json` is read."""

    attached: bool
    account: _Account = _Account()
    expires: Any = None
    services: tuple[_Service, ...] = ()


@collector("linux.subscriptions", asks=[PRO, RED_HAT, SUSE], tells=[Subscription])
def subscriptions(
    pro: Answers, red_hat: Answers, suse: Answers
) -> Iterator[Subscription | Unreadable]:
    """Yield the paid subscriptions that the host is registered with, and to whom they belong."""
    for answer in pro:
        yield from _pro(answer)
    for answer in red_hat:
        yield from _red_hat(answer)
    for answer in suse:
        yield from _suse(answer)


def _pro(answer: Answer) -> Iterator[Subscription | Unreadable]:
    """Yield Ubuntu Pro and its services that are enabled."""
    try:
        status = msgspec.json.decode(answer.text, type=_Status)
    except msgspec.DecodeError:
        yield Unreadable(answer.at(), "not the status that pro writes", answer.path)
        return
    if not status.attached:
        return
    account, until = status.account.name or None, _until(status.expires)
    names = [f"Ubuntu Pro {one.name}" for one in status.services if one.status == "enabled"]
    for product in ("Ubuntu Pro", *names):
        yield Subscription(
            product=product, state="attached", account=account, until=until, at=answer.at()
        )


def _until(expires: Any) -> Moment | None:
    """Return the end of a contract; None for one that is not stated or never ends."""
    try:
        end = datetime.fromisoformat(str(expires))
        if end.year >= _FOREVER_YEAR:
            return None
        return epoch(int((end if end.tzinfo else end.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        return None


def _red_hat(answer: Answer) -> Iterator[Subscription | Unreadable]:
    """Yield the registration of `subject=O = 1234567, CN = 6e0b...`: O is the organisation."""
    match = _ORGANISATION.search(answer.text.replace("subject", "", 1))
    if answer.text.strip():
        account = match.group(1).strip() if match else None
        yield Subscription(product="Red Hat", state="registered", account=account, at=answer.at(1))
    else:
        yield Unreadable(answer.at(), "openssl shows no subject of the certificate", answer.path)


def _suse(answer: Answer) -> Iterator[Subscription | Unreadable]:
    """Yield the registration of `username=SCC_1234`; the password stays on the host."""
    pairs = [assignment(line) for _, line in answer.lines()]
    names = [pair[1] for pair in pairs if pair and pair[0] == "username"]
    if names:
        yield Subscription(product="SUSE", state="registered", account=names[0], at=answer.at(1))
    else:
        yield Unreadable(answer.at(), "credentials without a user name", answer.path)
