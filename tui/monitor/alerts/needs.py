"""What an account has to be asked so that its alert rules can be judged: pure."""

from collections.abc import Iterable
from itertools import islice

from tui.config.model import AlertRule
from tui.identity import Scope, ScopeKind
from tui.monitor.alerts.rules import FALLEN, covers, slot_of, subjects
from tui.monitor.calls import What
from tui.monitor.polling.plan import Need
from tui.monitor.reading import AccountSnapshot
from tui.monitor.sources import ask_for, sources_of

MOST_PARTS = 250
"""Teams and inboxes that are asked for a rule alone: at so many each is hours old by its next turn."""
LISTS = {ScopeKind.TEAM: What.TEAMS, ScopeKind.INBOX: What.INBOXES}


def needs_of(rules: Iterable[AlertRule], snapshot: AccountSnapshot) -> frozenset[Need]:
    """The calls that hold every figure `rules` compare on what they watch of this account.

    Teams and inboxes are found by their lists, which come first where a rule names any. Of
    thousands the first few hundred are asked for; the others are judged by what else is told of them.
    """
    needs: set[Need] = set()
    for rule in rules:
        if not covers(rule.where, snapshot):
            continue
        needs |= {
            Need(LISTS[kind])
            for kind, pattern in ((ScopeKind.TEAM, rule.where.team), (ScopeKind.INBOX, rule.where.inbox))
            if pattern is not None
        }
        figures = {comparison.figure for comparison in (*rule.when, *rule.until)}
        for subject in islice(subjects(rule, snapshot), MOST_PARTS):
            for figure in figures:
                needs |= needs_of_figure(figure, subject.scope)
    return frozenset(needs)


def needs_of_figure(figure: str, scope: Scope) -> set[Need]:
    """The calls that hold one figure of an alert on `scope`."""
    try:
        slot = FALLEN.get(figure) or slot_of(figure, scope)
    except ValueError:
        return {Need(What.COUNTS)}
    if slot.row.of_service:
        return set()  # It is read by itself, page by page.
    asks = (ask_for(what, slot) for what in sources_of(slot))
    return {Need(ask.what, ask.number, ask.status) for ask in asks}
