"""Answers about conversations -> models; no word of a message is ever decoded."""

from typing import Any, Literal, NamedTuple

import msgspec

from tui.api import fields
from tui.api.decode import ABSENT, Counts, Envelope, Named, Person, channel, counts_of
from tui.api.fields import Raw, UnreadableError, is_list, part_of, several, shaped
from tui.api.models import Conversation, ConversationPage

INCOMING, OUTGOING, ACTIVITY = 0, 1, 2


class _Message(msgspec.Struct):
    id: Any = None
    message_type: Any = None
    sender_type: Any = None
    sender: msgspec.Raw = ABSENT
    created_at: Any = None
    private: Any = None
    content_attributes: msgspec.Raw = ABSENT
    additional_attributes: msgspec.Raw = ABSENT


class _Sender(msgspec.Struct):
    type: Any = None


class _Marks(msgspec.Struct):
    """What of a message's attributes is read; among the others is what was said in an email."""

    automation_rule_id: Any = None
    campaign_id: Any = None


class _Beginning(msgspec.Struct):
    """What of a conversation's attributes is read."""

    initiated_at: Any = None


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
    additional_attributes: msgspec.Raw = ABSENT
    meta: msgspec.Raw = ABSENT
    messages: msgspec.Raw = ABSENT
    last_non_activity_message: msgspec.Raw = ABSENT


def page(data: bytes) -> ConversationPage:
    """`…/conversations`, and `…/conversations/filter` without its `data`."""
    envelope = shaped(data, Envelope)
    if bytes(envelope.data)[:1] == b"{":
        envelope = shaped(envelope.data, Envelope)
    items, lost = several(envelope.payload, _conversation)
    return ConversationPage(counts_of(part_of(envelope.meta, Counts)), items, lost)


def conversation(data: bytes) -> Conversation:
    """`…/conversations/{id}`."""
    conversation = _conversation(data)
    if conversation is None:
        raise UnreadableError("a conversation without id")
    return conversation


def _conversation(part: Raw) -> Conversation | None:
    raw = shaped(part, _Conversation)
    number = fields.identity(raw.id)
    if number is None:
        return None
    meta = part_of(raw.meta, _ConversationMeta)
    team, contact = part_of(meta.team, Named), part_of(meta.sender, Named)
    assignee = part_of(meta.assignee, Person)
    messages, last = _messages(raw)
    message = last or _Message()
    talk = _talk(messages, last)
    return Conversation(
        id=number,
        status=fields.word(raw.status),
        priority=fields.word(raw.priority),
        inbox_id=fields.identity(raw.inbox_id),
        team_id=fields.identity(team.id) or fields.identity(raw.team_id),
        team_name=fields.text(team.name),
        assignee_id=fields.identity(assignee.id),
        assignee_name=fields.text(assignee.available_name) or fields.text(assignee.name),
        contact_name=fields.text(contact.name),
        labels=fields.words(raw.labels),
        unread_count=fields.count(raw.unread_count),
        created_at=fields.moment(raw.created_at),
        waiting_since=fields.moment(raw.waiting_since),
        first_reply_created_at=fields.moment(raw.first_reply_created_at),
        last_activity_at=fields.moment(raw.last_activity_at) or fields.moment(raw.timestamp),
        last_message_at=fields.moment(message.created_at),
        last_message_from=_author(message),
        waiting_told=raw.waiting_since is not None,
        spoke_last=talk.spoke_last,
        customer_spoke_at=talk.customer_spoke_at,
        answered=talk.answered,
        campaign_at=talk.campaign_at,
        beginning_told=bool(last or not messages or raw.last_non_activity_message is not ABSENT),
        last_sender=_sender(message),
        begun_by_customer=bool(part_of(raw.additional_attributes, _Beginning).initiated_at),
        snoozed_until=fields.word(raw.snoozed_until),
        can_reply=fields.flag(raw.can_reply),
        channel=channel(meta.channel),
        attributes=fields.pairs(raw.custom_attributes),
    )


def _messages(raw: _Conversation) -> tuple[list[_Message], _Message | None]:
    """The messages that came, oldest first, and the last of them that is no activity."""
    messages: list[_Message] = []
    if is_list(raw.messages):
        read, lost = several(raw.messages, lambda item: shaped(item, _Message))
        messages += () if lost else read  # Who wrote a lost one may have answered.
    last = part_of(raw.last_non_activity_message, _Message)
    if last.message_type is not None and all(
        last.id is None or message.id != last.id for message in messages
    ):
        messages.append(last)
    if all(fields.moment(message.created_at) is not None for message in messages):
        messages.sort(
            key=lambda message: (fields.moment(message.created_at) or 0, fields.identity(message.id) or 0)
        )
    spoken = [message for message in messages if fields.whole(message.message_type) != ACTIVITY]
    return messages, spoken[-1] if spoken else None


class _Talk(NamedTuple):
    spoke_last: Literal["contact", "person"] | None = None
    customer_spoke_at: int | None = None
    answered: bool = False
    campaign_at: int | None = None


def _talk(messages: list[_Message], last: _Message | None) -> _Talk:
    """Who spoke last, past notes, templates, activities, bots and automations, which answer nobody."""
    decisive: _Message | None = None
    answered = heard = False
    for message in reversed(messages):
        kind = fields.whole(message.message_type)
        if kind is None:
            break  # Whoever wrote this may have answered: what came before it tells nothing.
        heard = heard or kind == INCOMING
        answered = answered or _is_answer(message)
        if decisive is None and (kind == INCOMING or _is_answer(message)):
            decisive = message
    campaign = last is not None and not heard and _marks(last.additional_attributes).campaign_id
    campaign_at = fields.moment(last.created_at) if last is not None and campaign else None
    if decisive is None:
        return _Talk(campaign_at=campaign_at)
    if _is_answer(decisive):
        return _Talk("person", answered=True)
    return _Talk("contact", fields.moment(decisive.created_at), answered)


def _is_answer(message: _Message) -> bool:
    """Whether a person of ours wrote this to the customer, as the server itself takes a first reply."""
    return (
        fields.whole(message.message_type) == OUTGOING
        and _sender_type(message) == "user"
        and not fields.flag(message.private)
        and not _marks(message.content_attributes).automation_rule_id
        and not _marks(message.additional_attributes).campaign_id
    )


def _sender(message: _Message) -> Literal["", "person", "campaign", "program"]:
    """Who of the house sent a message to the customer; empty for the customer, a note or a template."""
    if _marks(message.additional_attributes).campaign_id:
        return "campaign"
    if fields.whole(message.message_type) != OUTGOING or fields.flag(message.private):
        return ""
    return "person" if _is_answer(message) else "program"


def _sender_type(message: _Message) -> str:
    said = message.sender_type or part_of(message.sender, _Sender).type
    return said.lower() if isinstance(said, str) else ""


def _marks(attributes: msgspec.Raw) -> _Marks:
    """The attributes of a message; some versions send them as text that is JSON itself."""
    data = bytes(attributes)
    if data[:1] == b'"':
        try:
            data = msgspec.json.decode(data, type=str).encode()
        except (msgspec.MsgspecError, UnicodeError):
            return _Marks()
    return part_of(msgspec.Raw(data), _Marks)


def _author(message: _Message) -> Literal["contact", "agent", "note", "system"] | None:
    match fields.whole(message.message_type):
        case None:
            return None
        case _ if fields.flag(message.private):
            return "note"
        case 0:
            return "contact"
        case 1 if _is_answer(message):
            return "agent"
        case _:
            return "system"
