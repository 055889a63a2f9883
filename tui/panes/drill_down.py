"""What is behind a number: the list of conversations it counts, or why there is none."""

from typing import Any, NamedTuple

import msgspec

from tui import wording
from tui.identity import ScopeKind, Slot
from tui.measures import Kept
from tui.monitor.queue.pages import Narrowing
from tui.monitor.reading import AccountSnapshot, Listing
from tui.text import safe_line


class Behind(NamedTuple):
    """A list of conversations: its title, the number that leads to it, and what it is asked by.

    What no call can be narrowed to is taken from a wider list: `kept` says which part of it.
    """

    title: str
    slot: Slot
    narrowing: Narrowing
    kept: Kept = "all"


NO_LIST = "The server reports this as a number alone: it has no list of the conversations behind it."
NO_CONVERSATIONS = "This counts people: the agents pane shows them."


def behind(slot: Slot, snapshot: AccountSnapshot) -> Behind | str:
    """The list behind a figure; a sentence where the server has none."""
    kind, number = slot.scope.kind, slot.scope.id
    if slot.row.of_people:
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
            whole = _of_account(slot)
            if isinstance(whole, str):
                return whole
            part = msgspec.structs.replace(
                whole.narrowing,
                team_id=int(number) if kind is ScopeKind.TEAM else None,
                inbox_id=int(number) if kind is ScopeKind.INBOX else None,
            )
            title = f"{whole.title} in {wording.of_kind(kind, _name(snapshot, kind, number))}"
            return whole._replace(title=title, narrowing=part)


def _of_account(slot: Slot) -> Behind | str:
    listed = slot.row.listed
    if listed is None:
        return NO_LIST
    narrowing = Narrowing(
        listed.status, assignee_type=listed.assignee_type, conversation_type=listed.conversation_type
    )
    return Behind(listed.title, slot, narrowing, listed.kept)


def name_of(snapshot: AccountSnapshot, kind: ScopeKind, number: int | None) -> str:
    """What a team, inbox or agent is called; its number where the lists don't say, empty for none."""
    if number is None:
        return ""
    lists: dict[ScopeKind, Listing[Any]] = {
        ScopeKind.TEAM: snapshot.teams,
        ScopeKind.INBOX: snapshot.inboxes,
        ScopeKind.AGENT: snapshot.agents,
    }
    item = lists[kind].get(number) if kind in lists else None
    return (item and item.name) or f"{kind} {number}"


def _name(snapshot: AccountSnapshot, kind: ScopeKind, number: str) -> str:
    return name_of(snapshot, kind, int(number))
