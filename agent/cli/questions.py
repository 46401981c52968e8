"""Questions of `handover init`: each answer is checked at once, a wrong one asked again."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from agent.engagement import checks, directory_checks
from agent.engagement.mistakes import Wrong
from agent.engagement.secrets import parse_ref
from inventory.errors import ConfigError

OPTIONS: dict[str, Callable[[str], object]] = {
    "client": checks.words,
    "outgoing": checks.words,
    "people": checks.words,
    "domains": checks.domain,
    "incoming": checks.words,
    "cutover": lambda text: text if text == "none" else checks.day(text),
    "authorised_by": checks.words,
    "authorised_as": checks.words,
    "authorised_on": checks.day,
    "reference": checks.words,
    "hosts": checks.host_name,
    "user": checks.user_name,
    "key": checks.words,
    "directory": directory_checks.place,
    "directory_user": directory_checks.user,
    "directory_password": lambda text: parse_ref(text, folder=Path()),
    "directory_ca": checks.words,
}
NAMES = {"people": "person", "domains": "domain", "hosts": "host"}


def ask(text: str, default: str | None, check: Callable[[str], object]) -> str:
    """Return an answer that passes the check; an empty one is allowed when it is the default."""

    def value(given: str) -> str:
        answer = given.strip()
        return answer if answer == default else _checked(answer, check)

    shown = bool(default)  # an empty default lets an empty answer reach the check, which says why
    return str(click.prompt(text, default=default or "", value_proc=value, show_default=shown))


def ask_all(text: str, check: Callable[[str], str]) -> tuple[str, ...]:
    """Return answers that were written with commas between them; none is an answer."""

    def value(given: str) -> tuple[str, ...]:
        parts = (part.strip() for part in given.split(","))
        return tuple(dict.fromkeys(_checked(part, check) for part in parts if part))

    label = f"{text} (commas between; empty: none)"
    found: tuple[str, ...] = click.prompt(label, default="", value_proc=value, show_default=False)
    return found


def told(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as they were given. Raises ConfigError with all that cannot be used."""
    wrong = []
    for name, value in given.items():
        for one in value if isinstance(value, tuple) else (value,):
            try:
                if name in OPTIONS:
                    OPTIONS[name](one)
            except Wrong as err:
                wrong.append(f"--{NAMES.get(name, name).replace('_', '-')} {err}")
    if wrong:
        raise ConfigError("\n".join(wrong))
    return dict(given)


def _checked(answer: str, check: Callable[[str], object]) -> str:
    try:
        found = check(answer)
    except Wrong as err:
        raise click.UsageError(str(err)) from err
    return found if isinstance(found, str) else answer
