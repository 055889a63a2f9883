"""What each figure is, in words, and which part of an account it covers."""

from tui import wording
from tui.identity import ScopeKind, Slot
from tui.monitor.reading import AccountSnapshot
from tui.panes.drill_down import name_of


def word(slot: Slot) -> str:
    """A short name, as the dashboard writes it: `unassigned`, `agents online`, `pending`."""
    return slot.row.word


def meaning(slot: Slot) -> str:
    """What is counted or timed."""
    return slot.row.means


def part(slot: Slot, snapshot: AccountSnapshot) -> str:
    """Which part of the account it covers."""
    match slot.scope.kind:
        case ScopeKind.ACCOUNT | ScopeKind.STATUS:
            return "the account" if snapshot.reports_cover_more else "the whole account"
        case kind:
            return wording.of_kind(kind, name_of(snapshot, kind, int(slot.scope.id)))


def covers(snapshot: AccountSnapshot, slot: Slot | None = None) -> str:
    """Whose token it is, its role, and how many inboxes it is told of: nothing beyond these is counted.

    But by a report: that leaves out no inbox.
    """
    viewer, inboxes = snapshot.viewer, snapshot.inboxes.items
    if slot is not None and snapshot.reports_cover_more and _is_reported(slot):
        return "all of it, as a report tells; other counts leave out what this token does not see"
    if viewer is None:
        return "what the owner of this token sees; who that is the server has not told yet"
    roles = ", ".join(viewer.roles) or "role not told"
    if inboxes is None:
        return f"what {viewer.name} ({roles}) sees; the inboxes are not known"
    if len(inboxes) == 1:
        return f"what {viewer.name} ({roles}) sees: 1 inbox, {inboxes[0].name}"
    every = "all " if "administrator" in viewer.roles else ""
    return f"what {viewer.name} ({roles}) sees: {every}{len(inboxes)} inboxes"


def _is_reported(slot: Slot) -> bool:
    """Whether a report tells it, whoever asks: of a day, and of each agent."""
    return bool(slot.row.day) or slot.scope.kind is ScopeKind.AGENT
