"""Whether an answer is the one to its request, as the `X-Request-Id` tells that servers send back."""

import uuid
from itertools import count

CHANGED = 600.0
"""Seconds of nothing but other ids after which a host counts as one that no longer sends ours back."""
_PROCESS = f"{uuid.uuid4()}"[:24]
_numbers = count(1)


def new_id() -> str:
    """An id no other request has; it looks like the UUID that proxies expect."""
    return f"{_PROCESS}{next(_numbers):012x}"


class RequestIds:
    """What one host does with the ids it is sent: Rails sends them back, proxies may put their own."""

    def __init__(self) -> None:
        self._sends_back = False
        self._others_since: float | None = None

    def is_answer(self, sent: str, answered: str, *, whole: bool, surplus: bool, now: float) -> bool:
        """Whether an answer with the id `answered` answers the request with the id `sent`.

        `whole`: it is a 200, whose figures would be taken; errors may come from a proxy, without
        an id or with its own. `surplus`: more than one answer came. `now` is `Clock.now`.
        """
        ids = {request_id.strip().lower() for request_id in answered.split(",")}
        if sent in ids:
            self._sends_back, self._others_since = True, None
            return True
        if surplus or any(request_id.startswith(_PROCESS) for request_id in ids):
            return False
        if not self._sends_back or not whole:
            return True
        if self._others_since is None:
            self._others_since = now
        if now - self._others_since < CHANGED:
            return False
        self._sends_back, self._others_since = False, None
        return True
