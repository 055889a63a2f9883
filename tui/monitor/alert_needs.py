"""What an account has to be asked so that its alert rules can be judged: pure."""

from collections.abc import Iterable
from itertools import islice

from tui.config.model import AlertRule
from tui.figures import ACCOUNT, Measure, Scope, ScopeKind, Slot
from tui.measures import STATUSES
from tui.monitor.alert_rules import ONLINE_FALLEN, covers, slot_of, subjects
from tui.monitor.asks import ABANDONED, Ask, What, slots_of
from tui.monitor.plan import Need
from tui.monitor.reading import AccountSnapshot

OF_ACCOUNT = (
    Need(What.COUNTS),
    Need(What.AGENTS),
    Need(What.LONGEST),
    Need(What.QUEUED),
    *(Need(What.STATUS_COUNTS, word) for word in STATUSES if word != ABANDONED),
    Need(What.ABANDONED),
    Need(What.SUMMARY),
    Need(What.SUMMARY_BEFORE),
)
TELLS: dict[Slot, Need] = {
    slot: need for need in OF_ACCOUNT for slot in slots_of(Ask(what=need.what, arg=need.arg))
}
"""Which call holds which of the account's own figures."""
OF_PARTS = {
    (ScopeKind.TEAM, Measure.UNASSIGNED): What.TEAM_COUNTS,
    (ScopeKind.TEAM, Measure.OPEN): What.TEAM_COUNTS,
    (ScopeKind.TEAM, Measure.MEMBERS): What.TEAM_MEMBERS,
    (ScopeKind.TEAM, Measure.MEMBERS_ONLINE): What.TEAM_MEMBERS,
    (ScopeKind.INBOX, Measure.UNASSIGNED): What.INBOX_COUNTS,
    (ScopeKind.INBOX, Measure.OPEN): What.INBOX_COUNTS,
    (ScopeKind.INBOX, Measure.ASSIGNED): What.INBOX_COUNTS,
    (ScopeKind.INBOX, Measure.MINE): What.INBOX_COUNTS,
    (ScopeKind.INBOX, Measure.QUEUED): What.INBOX_QUEUED,
}
MOST_PARTS = 500
"""Teams and inboxes that are asked for a rule alone: at so many each is hours old by its next turn."""
LISTS = {ScopeKind.TEAM: What.TEAMS, ScopeKind.INBOX: What.INBOXES}


def needs_of(rules: Iterable[AlertRule], snapshot: AccountSnapshot) -> frozenset[Need]:
    """The calls that hold every figure `rules` compare on what they watch of this account.

    Teams and inboxes are found by their lists, which come first where a rule names any. Of
    thousands the first few hundred are asked for; the others are judged by what else is told of them.
    """
    found: set[Need] = set()
    for rule in rules:
        if not covers(rule.where, snapshot):
            continue
        found |= {
            Need(LISTS[kind])
            for kind, pattern in ((ScopeKind.TEAM, rule.where.team), (ScopeKind.INBOX, rule.where.inbox))
            if pattern is not None
        }
        figures = {one.figure for one in (*rule.when, *rule.until)}
        for subject in islice(subjects(rule, snapshot), MOST_PARTS):
            for figure in figures:
                found |= _of_figure(figure, subject.scope)
    return frozenset(found)


def _of_figure(figure: str, scope: Scope) -> set[Need]:
    if figure == ONLINE_FALLEN:
        return {Need(What.AGENTS)}
    try:
        slot = slot_of(figure, scope)
    except ValueError:
        return {Need(What.COUNTS)}
    if slot.scope.kind in LISTS:
        what = OF_PARTS.get((slot.scope.kind, slot.measure))
        found = set() if what is None else {Need(what, slot.scope.id)}
        if slot.measure is Measure.MEMBERS_ONLINE:
            found.add(Need(What.AGENTS))
        # The survey of the longest wait tells it for every team and inbox at once.
        return found or _told(Slot(ACCOUNT, slot.measure))
    return _told(slot)


def _told(slot: Slot) -> set[Need]:
    return {TELLS[slot]} if slot in TELLS else set()
