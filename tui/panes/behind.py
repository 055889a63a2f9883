"""What is behind a number: the list of conversations it counts, or why there is none."""

from typing import Any, Literal, NamedTuple

import msgspec

from tui import wording
from tui.figures import PEOPLE, Measure, ScopeKind, Slot
from tui.monitor.pages import Narrowing
from tui.monitor.reading import AccountSnapshot, Listing
from tui.text import safe_line

Kept = Literal["all", "waiting", "over_target", "backlog"]


class Behind(NamedTuple):
    """A list of conversations: its title, the number that leads to it, and what it is asked by.

    What no call can be narrowed to is taken from a wider list: `kept` says which part of it.
    """

    title: str
    slot: Slot
    narrowing: Narrowing
    kept: Kept = "all"


WORDS: dict[Measure, tuple[str, Narrowing]] = {
    Measure.UNASSIGNED: ("Unassigned", Narrowing(assignee_type="unassigned")),
    Measure.ASSIGNED: ("Assigned", Narrowing(assignee_type="assigned")),
    Measure.OPEN: ("Open", Narrowing()),
    Measure.MINE: ("Mine", Narrowing(assignee_type="me")),
    Measure.QUEUED: ("Queued", Narrowing(conversation_type="unattended")),
    Measure.PENDING: ("Pending", Narrowing(status="pending")),
    Measure.SNOOZED: ("Snoozed", Narrowing(status="snoozed")),
    Measure.RESOLVED: ("Resolved", Narrowing(status="resolved")),
    Measure.ABANDONED: ("Abandoned", Narrowing(status="abandoned")),
}

PARTS: dict[Measure, tuple[str, Narrowing, Kept]] = {
    Measure.WAITING: ("Waiting", Narrowing(), "waiting"),
    Measure.LONGEST: ("Waiting", Narrowing(), "waiting"),
    Measure.OVER_TARGET: ("Over the target", Narrowing(), "over_target"),
    Measure.BACKLOG: ("Backlog", Narrowing(), "backlog"),
}

NO_LIST = "The server reports this as a number alone: it has no list of the conversations behind it."
NO_CONVERSATIONS = "This counts people: the agents pane shows them."


def behind(slot: Slot, snapshot: AccountSnapshot) -> Behind | str:
    """The list behind a figure; a sentence where the server has none."""
    kind, number = slot.scope.kind, slot.scope.id
    if slot.measure in PEOPLE:
        return NO_CONVERSATIONS
    match kind:
        case ScopeKind.STATUS:
            return Behind(safe_line(number).capitalize(), slot, Narrowing(status=number))
        case ScopeKind.ACCOUNT:
            return _of_account(slot)
        case ScopeKind.AGENT:
            title = f"Open of {_name(snapshot, kind, number)}"
            return Behind(title, slot, Narrowing(assignee_id=int(number)))
        case _:
            found = _of_account(slot)
            if isinstance(found, str):
                return found
            part = msgspec.structs.replace(
                found.narrowing,
                team_id=int(number) if kind is ScopeKind.TEAM else None,
                inbox_id=int(number) if kind is ScopeKind.INBOX else None,
            )
            title = f"{found.title} in {wording.of_kind(kind, _name(snapshot, kind, number))}"
            return found._replace(title=title, narrowing=part)


def _of_account(slot: Slot) -> Behind | str:
    if slot.measure in WORDS:
        title, narrowing = WORDS[slot.measure]
        return Behind(title, slot, narrowing)
    if slot.measure in PARTS:
        title, narrowing, kept = PARTS[slot.measure]
        return Behind(title, slot, narrowing, kept)
    return NO_LIST


def name_of(snapshot: AccountSnapshot, kind: ScopeKind, number: int | None) -> str:
    """What a team, inbox or agent is called; its number where the lists don't say, empty for none."""
    if number is None:
        return ""
    lists: dict[ScopeKind, Listing[Any]] = {
        ScopeKind.TEAM: snapshot.teams,
        ScopeKind.INBOX: snapshot.inboxes,
        ScopeKind.AGENT: snapshot.agents,
    }
    found = lists[kind].get(number) if kind in lists else None
    return (found and found.name) or f"{kind} {number}"


def _name(snapshot: AccountSnapshot, kind: ScopeKind, number: str) -> str:
    return name_of(snapshot, kind, int(number))
