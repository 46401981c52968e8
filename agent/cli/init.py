"""`handover init`: asks the few things that an engagement needs, and writes handover.yaml."""

import datetime
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from agent.cli.questions import ask, ask_all, told
from agent.engagement import checks, directory_checks
from agent.engagement.draft import Answers, draft
from agent.engagement.model import Detail
from agent.engagement.secrets import parse_ref
from collectors.transports.session import Become
from inventory.errors import ConfigError
from inventory.model.party import Leaving

NAME = "handover.yaml"
CUTOVER_DAYS = 42
NEXT = "Nothing was contacted. Next: handover plan"


@click.command
@click.option("--client", help="Whose environment is audited.")
@click.option("--leaving", type=click.Choice([one.value for one in Leaving]), help="Who leaves.")
@click.option("--outgoing", help="Name of the provider or person who leaves.")
@click.option("--person", "people", multiple=True, help="A person of theirs; may be repeated.")
@click.option("--domain", "domains", multiple=True, help="A mail domain of theirs; repeatable.")
@click.option("--incoming", help="Name of who takes over.")
@click.option("--cutover", help="The day of the change, such as 2027-06-23.")
@click.option("--authorised-by", help="Who authorised the audit; without it: this machine only.")
@click.option("--authorised-as", help="Their role, such as managing director.")
@click.option("--authorised-on", help="The day on which they did; default: today.")
@click.option("--reference", help="Where it is written: a mail, a contract, a ticket.")
@click.option("--told/--not-told", default=None, help="Whether the staff know of the audit.")
@click.option("--host", "hosts", multiple=True, help="A host of ~/.ssh/config; may be repeated.")
@click.option("--user", help="The account to log in with on the hosts.")
@click.option("--key", help="The private key to log in with on the hosts.")
@click.option("--become", type=click.Choice([one.value for one in Become]), help="How to get root.")
@click.option("--directory", help="A directory to ask: its domain, or a server as ldaps://NAME.")
@click.option(
    "--directory-user", help="The account to log in to it with; default: your Kerberos ticket."
)
@click.option("--directory-password", help="Where its password lies, as in env:NAME or file:PATH.")
@click.option("--directory-ca", help="A PEM file: the authority of its server's certificate.")
@click.option(
    "--detail",
    type=click.Choice([one.value for one in Detail]),
    help="How exact it is on ordinary people.",
)
@click.option("--no-input", is_flag=True, help="Ask nothing: take the options and the defaults.")
@click.pass_obj
def init(folder: Path, /, *, no_input: bool, **given: Any) -> None:
    """Ask what an engagement needs, and write handover.yaml. Nothing is contacted."""
    check_free(folder)
    told_so = {name: value for name, value in given.items() if value not in (None, ())}
    checked = told(told_so)
    answers = answered(folder, checked, asks=not no_input)
    text = draft(answers)
    _check(text, folder)
    write(folder, text)
    click.echo(f"{folder / NAME} is written: read it, and add what is missing.")
    if not answers.authorised_by:
        click.echo("Without an authorisation only this machine is audited.")
    click.echo(NEXT)


def check_free(folder: Path) -> None:
    """Raise ConfigError when there is a file that would be overwritten."""
    if os.path.lexists(folder / NAME):
        raise ConfigError(f"{folder / NAME} exists already: edit it, or choose a folder with -C")


def answered(folder: Path, given: dict[str, Any], *, asks: bool) -> Answers:
    """Return the answers: what was given, and of the rest what is asked or the defaults."""
    form = _Form(given, asks=asks)
    client = form.one("client", "Client", _folder_name(folder), checks.words)
    leaving = form.choice("leaving", "Who leaves", Leaving, Leaving.PROVIDER.value)
    outgoing = form.one("outgoing", "Their name (empty: nobody leaves)", "", checks.words)
    people = form.several("people", "Their people", checks.words) if outgoing else ()
    domains = form.several("domains", "Their mail domains", checks.domain) if outgoing else ()
    incoming = form.one("incoming", "Who takes over (empty: undecided)", "", checks.words)
    default = _in_days(CUTOVER_DAYS) if outgoing else ""
    cutover = form.one("cutover", "Cutover (none: no date)", default, _day_or_none)
    signed = form.one("authorised_by", _AUTHORISED, "", checks.words)
    return Answers(
        client=client,
        leaving=leaving,
        outgoing=outgoing,
        outgoing_people=people or ((outgoing,) if _is_person(leaving, outgoing) else ()),
        outgoing_domains=domains,
        incoming=incoming,
        cutover=_day(cutover),
        authorised_by=signed,
        **_authorisation(form, bool(signed)),
        told=form.yes("told", "Do the staff know of the audit"),
        **_access(form),
        **_directory(form, folder),
        detail=form.choice("detail", _DETAIL, Detail, Detail.MINIMAL.value),
    )


_DETAIL = "Personal detail of ordinary people"
_AUTHORISED = "Who authorised the audit (empty: only this machine is audited)"


def _authorisation(form: "_Form", is_given: bool) -> dict[str, Any]:
    if not is_given:
        return {}
    return {
        "authorised_as": form.one("authorised_as", "  in which role", None, checks.words),
        "reference": form.one("reference", "  written where (mail, contract)", None, checks.words),
        "authorised_on": _day(form.one("authorised_on", "  on which day", _in_days(0), _a_day)),
    }


def _access(form: "_Form") -> dict[str, Any]:
    """Return which hosts are asked, and with what."""
    hosts = form.hosts()
    if not hosts:
        return {}
    return {
        "hosts": hosts,
        "user": form.one("user", "Account on the hosts (empty: as ssh does)", "", checks.user_name),
        "key": form.one("key", "Private key (empty: as ssh does)", "", checks.words),
        "become": form.choice("become", "Root on the hosts by", Become, Become.NONE.value),
    }


def _directory(form: "_Form", folder: Path) -> dict[str, Any]:
    """Return which directory is asked, and with what."""
    directory = form.one("directory", _DIRECTORY, "", directory_checks.place)
    if not directory:
        return {}
    default = None if directory_checks.is_address(directory) else ""  # a ticket is for a name
    user = form.one("directory_user", _DIRECTORY_USER, default, directory_checks.user)
    password = ""
    if user:
        check = _reference_in(folder)
        password = form.one(
            "directory_password",
            _DIRECTORY_PASSWORD,
            PASSWORD,
            check,
        )
    return {
        "directory": directory,
        "directory_user": user,
        "directory_password": password,
        "directory_ca": form.one("directory_ca", _DIRECTORY_CA, "", _ca_file_in(folder)),
    }


PASSWORD = "env:AUDIT_LDAP"  # noqa: S105  (a reference)
_DIRECTORY = "Directory: its domain, or a server as ldaps://NAME (empty: none)"
_DIRECTORY_USER = "  asked as (user@domain, DOMAIN\\user or DN; empty: by Kerberos ticket)"
_DIRECTORY_PASSWORD = "  its password lies in (env:NAME, file:PATH, cmd:COMMAND or prompt)"  # noqa: S105
_DIRECTORY_CA = "  CA file, of the server's authority (empty: what this machine trusts)"


def _reference_in(folder: Path) -> Callable[[str], str]:
    def check(text: str) -> str:
        parse_ref(text, folder=folder)
        return text

    return check


def _ca_file_in(folder: Path) -> Callable[[str], str]:
    def check(text: str) -> str:
        directory_checks.ca_file(folder)(text)
        return text

    return check


class _Form:
    """The questions: each is answered by an option, by the person, or by its default."""

    def __init__(self, given: dict[str, Any], *, asks: bool) -> None:
        self._given, self._asks = given, asks

    def one(self, name: str, text: str, default: str | None, check: Callable[[str], object]) -> str:
        """Return one text; a default of None means that there must be an answer."""
        if name in self._given:
            return str(self._given[name])
        if self._asks:
            return ask(text, default, check)
        if default is None:
            raise ConfigError(f"--{name.replace('_', '-')} is missing")
        return default

    def several(self, name: str, text: str, check: Callable[[str], str]) -> tuple[str, ...]:
        """Return texts that were written with commas between them."""
        if name in self._given or not self._asks:
            return tuple(self._given.get(name, ()))
        return ask_all(text, check)

    def choice(self, name: str, text: str, kind: Any, default: str) -> str:
        """Return one word of an enumeration."""
        words = ", ".join(one.value for one in kind)
        return self.one(name, f"{text} ({words})", default, checks.one_of(kind))

    def yes(self, name: str, text: str) -> bool:
        """Return a yes or no."""
        if name in self._given or not self._asks:
            return bool(self._given.get(name, False))
        return click.confirm(text, default=False)

    def hosts(self) -> tuple[str, ...]:
        """Return the hosts of the ssh_config that are to be asked."""
        if "hosts" in self._given or not self._asks:
            return tuple(self._given.get("hosts", ()))
        from agent.cli.ticking import tick_hosts

        return tick_hosts()


def _is_person(leaving: str, outgoing: str) -> bool:
    """Tell whether the outgoing party is one person, who then is all of its people."""
    return bool(outgoing) and leaving != Leaving.PROVIDER


def _folder_name(folder: Path) -> str:
    name = folder.resolve().name.strip()
    try:
        return checks.words(name)
    except ConfigError:
        return "client"


def _in_days(days: int) -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    return (today + datetime.timedelta(days=days)).isoformat()


def _a_day(text: str) -> str:
    return checks.day(text).isoformat()


def _day_or_none(text: str) -> str:
    return "" if text == "none" else _a_day(text)


def _day(text: str) -> datetime.date | None:
    return checks.day(text) if text and text != "none" else None


def _check(text: str, folder: Path) -> None:
    """Read the text as every command will; a mistake is told before anything is written."""
    from agent.engagement.file import engagement_of

    engagement_of(text.encode(), folder)


def write(folder: Path, text: str) -> None:
    """Write the file so that only its owner reads it; one that is there stays as it is."""
    path = folder / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as err:
        raise ConfigError(f"{path} exists already: edit it, or choose a folder with -C") from err
    except OSError as err:
        raise ConfigError(f"{path} cannot be written: {err.strerror}") from err
