"""Which failures say what a server or a role can do, rather than what went wrong just now: pure."""

from tui.api.errors import LiveAgentError
from tui.monitor.calls import What

NOT_OFFERED_FOR = 6 * 3600.0
"""Seconds until a call that a server's version lacks is tried again."""
NOT_HERE = frozenset({"role", "not_found", "bad_request"})
"""Kinds of errors by which the server itself says that it has a thing not, or not for us."""


def refused_for_good(what: What, error: LiveAgentError) -> bool:
    """Whether `error` says what this server or this role can do, and not what went wrong just now."""
    return error.kind in NOT_HERE and (error.kind == "role" or what.call.optional)


def not_offered(what: What, error: LiveAgentError) -> bool:
    """Whether this version of the server does not know the call at all, whoever asks."""
    return error.kind != "role" and refused_for_good(what, error)
