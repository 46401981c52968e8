"""The one exception tree: every error a person can meet names the thing, the value and the way out.

HandoverError
├── ConfigError          handover.yaml and its companions: file, line, value, way out
├── StoreError           the audit store: locked, foreign, newer, damaged
├── ParseError           an answer that does not have the shape its source documents
└── TransportError       no usable answer came back
    ├── Unreachable      nobody answered, or the connection broke
    ├── Denied           the credential, the key or the right was refused
    │   └── Untrusted    refused by us: the other side could not prove who it is
    └── TimedOut         the time that was set for it ran out
"""


class HandoverError(Exception):
    """Root of all errors that handover raises on purpose; its text is written for the user."""


class ConfigError(HandoverError):
    """The engagement file cannot be used as it is; carries many mistakes at once, a line each."""


class StoreError(HandoverError):
    """The store cannot be opened, read, written or trusted."""


class ParseError(HandoverError):
    """An answer does not have the shape that its source documents."""


class TransportError(HandoverError):
    """A question got no usable answer."""


class Unreachable(TransportError):
    """Nobody answered at the address, or the connection broke."""


class Denied(TransportError):
    """The other side refused the credential, or we refused its key."""


class Untrusted(Denied):
    """The other side could not prove who it is: nothing was sent to it."""


class TimedOut(TransportError):
    """The time set for the question ran out."""
