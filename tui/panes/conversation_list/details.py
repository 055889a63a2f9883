"""One conversation in lines: its times, its place, its people as privacy allows; no word of what was said."""

from datetime import datetime, tzinfo

from tui import wording
from tui.api.models import Conversation
from tui.identity import ScopeKind
from tui.monitor.queue.longest import unsure, waits_since
from tui.monitor.queue.pages import ListedConversation
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


def lines(
    listed: ListedConversation, snapshot: AccountSnapshot, look: ListLook, zone: tzinfo | None
) -> list[Line]:
    """Everything the server tells of a conversation, a line each; times in `zone`, which is named."""
    conversation = listed.conversation
    named = wording.zone_name(listed.asked_wall, zone)

    def moment(at: int | None, none: str) -> str:
        if at is None:
            return none
        text = datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")
        return f"{text} {named}, {wording.spell(max(0.0, listed.asked_wall - at))} ago"

    inbox = name_of(snapshot, ScopeKind.INBOX, conversation.inbox_id)
    team = conversation.team_name or name_of(snapshot, ScopeKind.TEAM, conversation.team_id)
    normal = "stale" if look.stale else "normal"
    facts: list[tuple[str, str, str]] = [
        ("status", _status(conversation), normal),
        ("priority", conversation.priority or "none", normal),
        ("labels", ", ".join(conversation.labels) or "none", normal),
        ("inbox", f"{inbox}{_channel(conversation)}" or "not told", normal),
        ("team", team or "none", normal),
        ("assignee", assignee(conversation, look.agents_hidden) or "nobody", normal),
        ("customer", contact(conversation, look.customers_hidden) or "not told", normal),
        ("unread", unread(conversation), normal),
        ("", "", normal),
        ("created", moment(conversation.created_at, "not told"), normal),
        ("first reply", moment(conversation.first_reply_created_at, "none yet"), normal),
        ("waiting since", _waiting(listed, look, moment(waits_since(conversation), "")), _look(listed, look)),
        ("last activity", moment(conversation.last_activity_at, "not told"), normal),
        ("last message", _last(conversation, moment(conversation.last_message_at, "not told")), normal),
    ]
    if conversation.snoozed_until:
        facts.append(("snoozed until", conversation.snoozed_until, normal))
    if conversation.can_reply is not None:
        facts.append(("can be answered", "yes" if conversation.can_reply else "no longer", normal))
    facts.append(("", "", normal))
    facts += _attributes(conversation, hidden=look.customers_hidden, normal=normal)
    return [[Part(f" {label:<{LABEL}}", "label"), Part(text, role)] for label, text, role in facts]


def _status(conversation: Conversation) -> str:
    return conversation.status or wording.UNKNOWN


def _channel(conversation: Conversation) -> str:
    return f" ({conversation.channel})" if conversation.channel else ""


def _waiting(listed: ListedConversation, look: ListLook, since: str) -> str:
    wait = wait_of(listed)
    if wait is None:
        if unsure(listed.conversation):
            return "not known: the server doesn't say who wrote last"
        return "nobody waits"
    if wait > look.backlog_after:
        return f"{since}: backlog, over {wording.limit(look.backlog_after)}"
    if look.target is not None and wait > look.target:
        return f"{since}: over {wording.limit(look.target)}"
    return since


def _look(listed: ListedConversation, look: ListLook) -> str:
    wait = wait_of(listed)
    if look.stale:
        return "stale"
    late = wait is not None and look.target is not None and look.target < wait <= look.backlog_after
    return "warning" if late else "normal"


def _last(conversation: Conversation, at: str) -> str:
    if conversation.last_message_from is None:
        return at
    return f"{at}, from {WRITERS[conversation.last_message_from]}"


def _attributes(conversation: Conversation, *, hidden: bool, normal: str) -> list[tuple[str, str, str]]:
    if not conversation.attributes:
        return [("attributes", "none", normal)]
    if hidden:
        # What a form asked the customer may well be a name.
        return [("attributes", f"{len(conversation.attributes)}, {HIDDEN}", normal)]
    first = [("attributes", "", normal)]
    return first + [(f"  {name}"[:LABEL], value, normal) for name, value in conversation.attributes]
