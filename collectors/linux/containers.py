"""Which containers run on a host (docker-ps(1), podman-ps(1), crictl(1))."""

import re
from collections.abc import Iterator

from collectors.spec import Answers, SshCommand, Unreadable, collector
from inventory.model.software import Container

_FORMAT = "{{.Names}}|{{.Image}}|{{.Status}}|{{.Ports}}"
DOCKER = SshCommand(
    "docker",
    f"$SUDO docker ps -a --no-trunc --format '{_FORMAT}'",
    tool="docker",
    needs="root",
    exact=(f"/usr/bin/docker ps -a --no-trunc --format {_FORMAT}",),
    timeout_s=15,
)
PODMAN = SshCommand(
    "podman",
    f"$SUDO podman ps -a --format '{_FORMAT}'",
    tool="podman",
    needs="root",
    exact=(f"/usr/bin/podman ps -a --format {_FORMAT}",),
    timeout_s=15,
)
CRICTL = SshCommand(
    "crictl",
    "$SUDO crictl ps -a",
    tool="crictl",
    needs="root",
    exact=("/usr/bin/crictl ps -a",),
    timeout_s=15,
    empty="gap",
)

_WORD = re.compile(r"\s*([A-Za-z]+)")
_STATES = {"up": "running"}
_COLUMN = re.compile(r"\S+(?: \S+)*")


@collector("linux.docker", asks=[DOCKER], tells=[Container])
def docker(shown: Answers) -> Iterator[Container | Unreadable]:
    """Yield the containers of Docker, stopped ones too."""
    yield from _listed("docker", shown)


@collector("linux.podman", asks=[PODMAN], tells=[Container])
def podman(shown: Answers) -> Iterator[Container | Unreadable]:
    """Yield the containers of Podman that belong to root; those of other accounts are their own."""
    yield from _listed("podman", shown)


def _listed(engine: str, shown: Answers) -> Iterator[Container | Unreadable]:
    """Yield the containers of lines `web|nginx:1.27|Up 3 days|0.0.0.0:80->80/tcp`."""
    for answer in shown:
        for number, line in answer.lines():
            fields = line.split("|")
            if len(fields) != 4 or not fields[0]:
                yield Unreadable(answer.at(number), "not a line that was asked for")
                continue
            name, image, status, ports = fields
            yield Container(
                at=answer.at(number),
                engine=engine,
                name=name,
                image=image,
                state=_state(status),
                ports=tuple(port for port in ports.split(", ") if port),
            )


def _state(status: str) -> str:
    """Return the word of `Up 3 days`, `Exited (0) 2 weeks ago`, `Up 2 hours (Paused)`."""
    if "(Paused)" in status:
        return "paused"
    word = _WORD.match(status)
    found = word.group(1).lower() if word else "unknown"
    return _STATES.get(found, found)


@collector("linux.containerd", asks=[CRICTL], tells=[Container])
def containerd(shown: Answers) -> Iterator[Container | Unreadable]:
    """Yield the containers that crictl knows, by the columns of its table.

    CONTAINER      IMAGE          CREATED       STATE    NAME     ATTEMPT  POD ID         POD
    """
    for answer in shown:
        columns: dict[str, int] = {}
        for number, line in answer.lines():
            if not columns:
                columns = {found.group(): found.start() for found in _COLUMN.finditer(line)}
            elif not {"IMAGE", "STATE", "NAME"} <= columns.keys():
                yield Unreadable(answer.at(number), "a table without the columns that are known")
            else:
                cells = {name: _cell(line, start) for name, start in columns.items()}
                pod = cells.get("POD") or cells.get("POD ID") or ""
                yield Container(
                    at=answer.at(number),
                    engine="containerd",
                    name=f"{pod}/{cells['NAME']}" if pod else cells["NAME"],
                    image=cells["IMAGE"],
                    state=cells["STATE"].lower(),
                )


def _cell(line: str, start: int) -> str:
    return re.split(r"\s{2,}", line[start:].strip(), maxsplit=1)[0]
