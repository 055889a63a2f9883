"""Answers about conversations -> models; no word of a message is ever decoded."""

from typing import Any, Literal

import msgspec

from tui.api import fields
from tui.api.body import Raw, UnreadableError, is_list, one, part_of, several
from tui.api.decode import ABSENT, Counts, Envelope, Named, Person, channel, counts_of
from tui.api.models import Conversation, ConversationPage


class _Message(msgspec.Struct):
    message_type: Any = None
    sender_type: Any = None
    created_at: Any = None


class _ConversationMeta(msgspec.Struct):
    sender: msgspec.Raw = ABSENT
    assignee: msgspec.Raw = ABSENT
    team: msgspec.Raw = ABSENT
    channel: Any = None


class _Conversation(msgspec.Struct):
    id: Any = None
    status: Any = None
    priority: Any = None
    inbox_id: Any = None
    team_id: Any = None
    labels: Any = None
    unread_count: Any = None
    created_at: Any = None
    waiting_since: Any = None
    first_reply_created_at: Any = None
    last_activity_at: Any = None
    timestamp: Any = None
    snoozed_until: Any = None
    can_reply: Any = None
    custom_attributes: Any = None
    meta: msgspec.Raw = ABSENT
    messages: msgspec.Raw = ABSENT
    last_non_activity_message: msgspec.Raw = ABSENT


def page(data: bytes) -> ConversationPage:
    """`…/conversations`, and `…/conversations/filter` without its `data`."""
    envelope = one(data, Envelope)
    if bytes(envelope.data)[:1] == b"{":
        envelope = one(envelope.data, Envelope)
    items, lost = several(envelope.payload, _conversation)
    return ConversationPage(counts_of(part_of(envelope.meta, Counts)), items, lost)


def conversation(data: bytes) -> Conversation:
    """`…/conversations/{id}`."""
    found = _conversation(data)
    if found is None:
        raise UnreadableError("a conversation without id")
    return found


def _conversation(part: Raw) -> Conversation | None:
    raw = one(part, _Conversation)
    found = fields.identity(raw.id)
    if found is None:
        return None
    meta = part_of(raw.meta, _ConversationMeta)
    team, contact = part_of(meta.team, Named), part_of(meta.sender, Named)
    assignee = part_of(meta.assignee, Person)
    message = _last_message(raw)
    return Conversation(
        id=found,
        status=fields.word(raw.status),
        priority=fields.word(raw.priority),
        inbox_id=fields.identity(raw.inbox_id),
        team_id=fields.identity(team.id) or fields.identity(raw.team_id),
        team_name=fields.text(team.name),
        assignee_id=fields.identity(assignee.id),
        assignee_name=fields.text(assignee.available_name) or fields.text(assignee.name),
        contact_id=fields.identity(contact.id),
        contact_name=fields.text(contact.name),
        labels=fields.words(raw.labels),
        unread_count=fields.count(raw.unread_count),
        created_at=fields.moment(raw.created_at),
        waiting_since=fields.moment(raw.waiting_since),
        first_reply_created_at=fields.moment(raw.first_reply_created_at),
        last_activity_at=fields.moment(raw.last_activity_at) or fields.moment(raw.timestamp),
        last_message_at=fields.moment(message.created_at),
        last_message_from=_author(message),
        snoozed_until=fields.word(raw.snoozed_until),
        can_reply=fields.flag(raw.can_reply),
        channel=channel(meta.channel),
        attributes=fields.pairs(raw.custom_attributes),
    )


def _last_message(raw: _Conversation) -> _Message:
    message = part_of(raw.last_non_activity_message, _Message)
    if message.message_type is None and is_list(raw.messages):
        found, _ = several(raw.messages, lambda item: one(item, _Message))
        message = found[-1] if found else message
    return message


def _author(message: _Message) -> Literal["contact", "agent", "system"] | None:
    match fields.whole(message.message_type):
        case 0:
            return "contact"
        case 1:
            return "agent" if message.sender_type in ("User", None) else "system"
        case None:
            return None
        case _:
            return "system"
