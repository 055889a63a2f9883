"""What betrays that the token's user has another role or other inboxes than a moment ago: pure."""

from collections.abc import Iterable
from typing import Any

from tui.api.errors import LiveAgentError
from tui.api.models import Agent, ConversationCounts
from tui.identity import AccountKey
from tui.monitor.calls import Ask, What
from tui.monitor.polling.session import Session

SHARE = 0.25
"""By which part of itself the number of open conversations may change between two answers unsuspected."""
FEW = 4
"""Changes of fewer conversations than this are everyday life, however large a part of all they are."""


class Signals:
    """Compares each answer with the one before; tells when it is worth asking whose the token is."""

    def __init__(self) -> None:
        self._open: dict[AccountKey, int] = {}
        self._inboxes: dict[AccountKey, int] = {}
        self._reports: dict[tuple[AccountKey, What], bool] = {}
        self._roles: dict[AccountKey, frozenset[str]] = {}

    def answered(self, session: Session, ask: Ask, value: Any) -> bool:
        """Whether an answer does not fit what is known of the user's reach."""
        key = session.key(ask.account_id)
        match ask.what:
            case What.COUNTS:
                return self._counts(key, value)
            case What.INBOXES:
                before, self._inboxes[key] = self._inboxes.get(key), len(value)
                return before is not None and before != len(value)
            case What.AGENTS:
                return self._role(session, ask.account_id, value)
            case what if what.call.report:
                return self._report(key, what, permitted=True)
            case _:
                return False

    def failed(self, session: Session, ask: Ask, error: LiveAgentError) -> bool:
        """Whether a refusal does not fit what is known of the user's reach."""
        if error.concerns == "account":
            return True
        return (
            ask.what.call.report
            and error.kind == "role"
            and self._report(session.key(ask.account_id), ask.what, permitted=False)
        )

    def forget(self, key: AccountKey) -> None:
        """The reach is another one by now."""
        self._open.pop(key, None)
        self._inboxes.pop(key, None)
        self._roles.pop(key, None)
        self._reports = {report: known for report, known in self._reports.items() if report[0] != key}

    def _counts(self, key: AccountKey, value: ConversationCounts) -> bool:
        before, now = self._open.get(key), value.all
        if now is None:
            return False
        self._open[key] = now
        change = 0 if before is None else abs(now - before)
        return before is not None and change >= FEW and change >= SHARE * max(before, 1)

    def _report(self, key: AccountKey, what: What, *, permitted: bool) -> bool:
        before, self._reports[key, what] = self._reports.get((key, what)), permitted
        return before is not None and before is not permitted

    def _role(self, session: Session, account_id: int, agents: Iterable[Agent]) -> bool:
        """Whether the list of agents has another role for the token's owner than it had, or than is known."""
        whose, key = session.whose(account_id), session.key(account_id)
        mine = next(
            (frozenset(person.roles) for person in agents if person.id == session.viewer_id), frozenset()
        )
        if whose is None or not mine:
            return False
        before, self._roles[key] = self._roles.get(key, frozenset(session.reaches.reach(whose).roles)), mine
        return bool(before) and before != mine
