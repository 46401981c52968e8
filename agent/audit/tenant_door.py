"""From a graph source in handover.yaml to what the transport needs to open its tenant."""

import sys
from collections.abc import Callable

from agent.engagement.model import GraphSource
from agent.engagement.secrets import SecretRef
from collectors.transports.graph_place import CLOUD_URLS, GraphLimits, GraphLogin, GraphPlace
from inventory.errors import ConfigError


def graph_place(source: GraphSource) -> GraphPlace:
    """Return where a tenant is asked."""
    login_url, graph_url = CLOUD_URLS.get(source.cloud, ("", ""))
    return GraphPlace(
        name=source.target,
        tenant=source.tenant,
        cloud=source.cloud,
        login_url=source.login_url or login_url,
        graph_url=source.graph_url or graph_url,
        ca_file=str(source.ca_file) if source.ca_file else None,
    )


def graph_login(
    source: GraphSource, secret: Callable[[SecretRef], Callable[[], str]]
) -> GraphLogin:
    """Return who asks; `secret` gives what fetches a secret at its use.

    The code that a person has to type goes to standard error, as the progress does.
    """
    certificate: Callable[[], str] | None = None
    if path := source.certificate:

        def certificate() -> str:
            try:
                return path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as err:
                raise ConfigError(
                    f"{path} cannot be read: give key and certificate as PEM"
                ) from err

    elif source.certificate_secret:
        certificate = secret(source.certificate_secret)
    return GraphLogin(
        app=source.app,
        certificate=certificate,
        passphrase=secret(source.passphrase) if source.passphrase else None,
        secret=secret(source.secret) if source.secret else None,
        device_code=source.device_code,
        managed_identity=source.managed_identity,
        show=_show,
    )


def _show(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def graph_limits(source: GraphSource) -> GraphLimits:
    """Return how long and how much a tenant may take."""
    return GraphLimits(silence_s=source.timeout_s, wait_s=source.wait_s)
