"""What a signature of an agent is made of."""

from msgspec import Struct


class Signature(Struct, frozen=True, kw_only=True):
    """How one agent is recognised, and where it says whom it reports to.

    Units and paths are extended regular expressions over the whole name, those of paths within one
    directory level; a group in them tells the instance. Keys are lower case expressions.
    """

    product: str
    type: str  # monitoring, security, remote control, backup, logging, management, tunnel
    units: tuple[str, ...] = ()  # without .service
    processes: tuple[str, ...] = ()  # as /proc/PID/comm has them: 15 characters at most
    paths: tuple[str, ...] = ()  # what shows that it is installed; * for a group's place
    files: tuple[str, ...] = ()  # its configuration, a setting a line
    packed: tuple[str, ...] = ()  # its configuration, many settings in one line (JSON, a query)
    server: tuple[str, ...] = ()  # keys of the server it reports to, or lets ask
    section: str = ""  # in which these keys stand; empty: anywhere
    filter: str = ""  # of its own for `files`, where the settings have another shape
    instance: tuple[str, ...] = ()  # keys of tenant, site, account or instance id
    source: str = "from memory"  # of what stands here
