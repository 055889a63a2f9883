"""One conversation in lines: its times, its place, its people as privacy allows; no word of what was said."""

from datetime import datetime, tzinfo

from tui import wording
from tui.api.models import Conversation
from tui.identity import ScopeKind
from tui.monitor.queue.longest import unsure, waits_since
from tui.monitor.queue.pages import Found
from tui.monitor.reading import AccountSnapshot
from tui.panes.conversation_list.rows import HIDDEN, ListLook, assignee, contact, unread, wait_of
from tui.panes.drill_down import name_of
from tui.widgets.parts import Line, Part

LABEL = 16
WRITERS = {
    "contact": "the customer",
    "agent": "an agent",
    "note": "a colleague, as a private note",
    "system": "the system",
}


def lines(found: Found, snapshot: AccountSnapshot, look: ListLook, zone: tzinfo | None) -> list[Line]:
    """Everything the server tells of a conversation, a line each; times in `zone`, which is named."""
    one = found.conversation
    named = wording.zone_name(found.asked_wall, zone)

    def moment(at: int | None, none: str) -> str:
        if at is None:
            return none
        told = datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")
        return f"{told} {named}, {wording.spell(max(0.0, found.asked_wall - at))} ago"

    inbox = name_of(snapshot, ScopeKind.INBOX, one.inbox_id)
    team = one.team_name or name_of(snapshot, ScopeKind.TEAM, one.team_id)
    normal = "stale" if look.stale else "normal"
    told: list[tuple[str, str, str]] = [
        ("status", _status(one), normal),
        ("priority", one.priority or "none", normal),
        ("labels", ", ".join(one.labels) or "none", normal),
        ("inbox", f"{inbox}{_channel(one)}" or "not told", normal),
        ("team", team or "none", normal),
        ("assignee", assignee(one, look.agents_hidden) or "nobody", normal),
        ("customer", contact(one, look.customers_hidden) or "not told", normal),
        ("unread", unread(one), normal),
        ("", "", normal),
        ("created", moment(one.created_at, "not told"), normal),
        ("first reply", moment(one.first_reply_created_at, "none yet"), normal),
        ("waiting since", _waiting(found, look, moment(waits_since(one), "")), _look(found, look)),
        ("last activity", moment(one.last_activity_at, "not told"), normal),
        ("last message", _last(one, moment(one.last_message_at, "not told")), normal),
    ]
    if one.snoozed_until:
        told.append(("snoozed until", one.snoozed_until, normal))
    if one.can_reply is not None:
        told.append(("can be answered", "yes" if one.can_reply else "no longer", normal))
    told.append(("", "", normal))
    told += _attributes(one, hidden=look.customers_hidden, normal=normal)
    return [[Part(f" {label:<{LABEL}}", "label"), Part(text, role)] for label, text, role in told]


def _status(one: Conversation) -> str:
    return one.status or wording.UNKNOWN


def _channel(one: Conversation) -> str:
    return f" ({one.channel})" if one.channel else ""


def _waiting(found: Found, look: ListLook, since: str) -> str:
    wait = wait_of(found)
    if wait is None:
        if unsure(found.conversation):
            return "not known: the server doesn't say who wrote last"
        return "nobody waits"
    if wait > look.backlog_after:
        return f"{since}: backlog, over {wording.limit(look.backlog_after)}"
    if look.target is not None and wait > look.target:
        return f"{since}: over {wording.limit(look.target)}"
    return since


def _look(found: Found, look: ListLook) -> str:
    wait = wait_of(found)
    if look.stale:
        return "stale"
    late = wait is not None and look.target is not None and look.target < wait <= look.backlog_after
    return "warning" if late else "normal"


def _last(one: Conversation, at: str) -> str:
    if one.last_message_from is None:
        return at
    return f"{at}, from {WRITERS[one.last_message_from]}"


def _attributes(one: Conversation, *, hidden: bool, normal: str) -> list[tuple[str, str, str]]:
    if not one.attributes:
        return [("attributes", "none", normal)]
    if hidden:
        # What a form asked the customer may well be a name.
        return [("attributes", f"{len(one.attributes)}, {HIDDEN}", normal)]
    first = [("attributes", "", normal)]
    return first + [(f"  {name}"[:LABEL], value, normal) for name, value in one.attributes]
