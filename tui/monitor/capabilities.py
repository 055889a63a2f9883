"""What a server refuses to whom, or does not know, remembered so that it is asked again only rarely."""

from tui.api.errors import LiveAgentError, NotPermittedError
from tui.config.state import Capability, StateStore, capability_key
from tui.figures import AccountKey
from tui.monitor.asks import OPTIONAL, What

AGAIN_AFTER = 6 * 3600.0
NOT_HERE = frozenset({"role", "not_found", "bad_request"})
"""Kinds of errors by which the server itself says that it has a thing not, or not for us."""


def refused_for_good(what: What, error: LiveAgentError) -> bool:
    """Whether `error` says what this server or this role can do, and not what went wrong just now."""
    return error.kind in NOT_HERE and (error.kind == "role" or what in OPTIONAL)


class Capabilities:
    """Keeps refusals in the program's state, by address, account, viewer and call."""

    def __init__(self, state: StateStore) -> None:
        self._state = state

    def learn(self, key: AccountKey, what: What, error: LiveAgentError | None, wall: float) -> None:
        """Remember that a call was refused, or forget it because it was answered."""
        if what not in OPTIONAL or key.viewer_id < 0:
            return
        known = self._state.state.capabilities
        name = capability_key(key.origin, key.account_id, key.viewer_id, what)
        if error is None:
            known.pop(name, None)
        elif refused_for_good(what, error):
            known[name] = Capability(allowed=False, wall=wall)

    def refused(self, key: AccountKey, wall: float) -> dict[What, tuple[LiveAgentError, float]]:
        """The calls not worth making, with what to tell and the seconds until the next try."""
        found: dict[What, tuple[LiveAgentError, float]] = {}
        for what in sorted(OPTIONAL):
            name = capability_key(key.origin, key.account_id, key.viewer_id, what)
            known = self._state.state.capabilities.get(name)
            left = AGAIN_AFTER - (wall - known.wall) if known and not known.allowed else 0.0
            if 0.0 < left <= AGAIN_AFTER:
                found[what] = (_told(what), left)
        return found


def _told(what: What) -> LiveAgentError:
    word = str(what).replace("_", " ")
    if what is What.INCOMING:
        word = "hourly report"
    return NotPermittedError(f"The {word} was refused to this token before; it is tried again later.")
