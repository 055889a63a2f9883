"""What each figure is, in words, and what it is worked out from."""

from tui import wording
from tui.figures import Measure, ScopeKind, Slot
from tui.monitor.reading import AccountSnapshot
from tui.panes.behind import name_of
from tui.text import safe_line

_YESTERDAY = "the day before, to the same time of day"
WORDS: dict[Measure, str] = {
    Measure.MINE: "open conversations assigned to the owner of this token",
    Measure.ASSIGNED: "open conversations somebody is assigned to",
    Measure.UNASSIGNED: "open conversations nobody is assigned to: the exact count",
    Measure.OPEN: "all open conversations",
    Measure.ALL: "all conversations",
    Measure.QUEUED: "open conversations no person has answered yet; servers of version 3.0 and later count "
    "those who wait for a next answer, too",
    Measure.WAITING: "open conversations whose customer waits for an answer, first or next, assigned or not, "
    "backlog apart",
    Measure.LONGEST: "how long the customer waits who waits longest, of all who are counted as waiting",
    Measure.OVER_TARGET: "of those who are counted as waiting, who waits longer than the target",
    Measure.BACKLOG: "open conversations whose customer waits longer than the backlog limit",
    Measure.AGENTS_ONLINE: "agents who are online",
    Measure.AGENTS_BUSY: "agents who are busy",
    Measure.AGENTS_AWAY: "agents who are away",
    Measure.AGENTS_OFFLINE: "agents who are offline",
    Measure.MEMBERS: "members of the team",
    Measure.MEMBERS_ONLINE: "members of the team who are online",
    Measure.TODAY: "conversations that came in today",
    Measure.FIRST_RESPONSE: "average time to the first response, today",
    Measure.RESOLUTION: "average time to the resolution, today",
    Measure.RESOLUTIONS: "of the conversations created today, those resolved by now",
    Measure.TODAY_BEFORE: f"conversations that came in {_YESTERDAY}",
    Measure.FIRST_RESPONSE_BEFORE: f"average time to the first response, {_YESTERDAY}",
    Measure.RESOLUTION_BEFORE: f"average time to the resolution, {_YESTERDAY}",
    Measure.RESOLUTIONS_BEFORE: f"of the conversations created {_YESTERDAY}, those resolved by now",
    Measure.PENDING: "conversations in the status pending",
    Measure.SNOOZED: "conversations in the status snoozed",
    Measure.RESOLVED: "conversations in the status resolved, of all time",
    Measure.ABANDONED: "conversations in the status abandoned",
}

TIMES = frozenset(
    {
        Measure.LONGEST,
        Measure.FIRST_RESPONSE,
        Measure.RESOLUTION,
        Measure.FIRST_RESPONSE_BEFORE,
        Measure.RESOLUTION_BEFORE,
    }
)

_SURVEY = "worked out from the open conversations, oldest first; the call is that of the first page"
_AGENTS = "counted in the list of agents"

DERIVED: dict[Measure, str] = {
    Measure.ASSIGNED: "all open less the unassigned, where the server doesn't say it itself",
    Measure.WAITING: _SURVEY,
    Measure.LONGEST: _SURVEY,
    Measure.OVER_TARGET: _SURVEY,
    Measure.BACKLOG: _SURVEY,
    Measure.AGENTS_ONLINE: _AGENTS,
    Measure.AGENTS_BUSY: _AGENTS,
    Measure.AGENTS_AWAY: _AGENTS,
    Measure.AGENTS_OFFLINE: _AGENTS,
    Measure.MEMBERS: "counted in the list of the team's members",
    Measure.MEMBERS_ONLINE: "the team's members, by what the list of agents says; the older of both calls",
}

_DAY = "today, midnight to midnight in the contact centre's zone"
PERIODS: dict[Measure, str] = {
    Measure.TODAY: _DAY,
    Measure.FIRST_RESPONSE: _DAY,
    Measure.RESOLUTION: _DAY,
    Measure.RESOLUTIONS: _DAY,
}


def word(slot: Slot) -> str:
    """A short name, as the dashboard writes it: `unassigned`, `agents online`, `pending`."""
    if slot.scope.kind is ScopeKind.STATUS:
        return safe_line(slot.scope.id)
    return slot.measure.removeprefix("avg_").replace("_", " ")


def meaning(slot: Slot) -> str:
    """What is counted or timed."""
    if slot.scope.kind is ScopeKind.STATUS and slot.measure is Measure.ALL:
        return f"conversations in the status {safe_line(slot.scope.id)}"
    return WORDS[slot.measure]


def part(slot: Slot, snapshot: AccountSnapshot) -> str:
    """Which part of the account it covers."""
    match slot.scope.kind:
        case ScopeKind.ACCOUNT | ScopeKind.STATUS:
            return "the whole account"
        case kind:
            return wording.of_kind(kind, name_of(snapshot, kind, int(slot.scope.id)))


def covers(snapshot: AccountSnapshot) -> str:
    """Whose token it is, its role, and how many inboxes it is told of: nothing beyond these is counted."""
    viewer, inboxes = snapshot.viewer, snapshot.inboxes.items
    if viewer is None:
        return "what the owner of this token sees; who that is the server has not told yet"
    roles = ", ".join(viewer.roles) or "role not told"
    if inboxes is None:
        return f"what {viewer.name} ({roles}) sees; the inboxes are not known"
    if len(inboxes) == 1:
        return f"what {viewer.name} ({roles}) sees: 1 inbox, {inboxes[0].name}"
    every = "all " if "administrator" in viewer.roles else ""
    return f"what {viewer.name} ({roles}) sees: {every}{len(inboxes)} inboxes"
