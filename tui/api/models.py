"""What the API answers, frozen; every text in here is already one safe line.

None stands for what the server did not say, or said in a way that means nothing.
Times are Unix seconds, except where said.
"""

from typing import Literal

import msgspec

PAGE = 25
"""Items on a full page, of conversations and of the report by agent."""


class ProfileAccount(msgspec.Struct, frozen=True):
    """One account of the token's user, from `GET /api/v1/profile`."""

    id: int
    name: str
    status: str | None = None
    """`active`, `suspended`, or another word of the server's."""
    roles: tuple[str, ...] = ()
    availability: str | None = None

    @property
    def is_suspended(self) -> bool:
        """Whether the server answers nobody about it."""
        return self.status == "suspended"


class Profile(msgspec.Struct, frozen=True):
    """The token's user, from `GET /api/v1/profile`; `lost` accounts could not be read."""

    id: int
    name: str
    available_name: str
    email: str
    accounts: tuple[ProfileAccount, ...] = ()
    lost: int = 0

    @property
    def called(self) -> str:
        """The name that is shown; `user 7` for one without any."""
        return self.available_name or self.name or f"user {self.id}"


class ConversationCounts(msgspec.Struct, frozen=True):
    """How many conversations, from `…/conversations/meta`; never negative.

    `mine` is of the token's owner. `assigned` is `all - unassigned` where the server leaves it out.
    """

    mine: int | None = None
    assigned: int | None = None
    unassigned: int | None = None
    all: int | None = None


class Agent(msgspec.Struct, frozen=True, gc=False):
    """A member of the account, from `…/agents` and `…/team_members`.

    `name` is the one shown to customers where there is one. Join on `id`: names may be masked.
    """

    id: int
    name: str
    email: str = ""
    roles: tuple[str, ...] = ()
    availability: str | None = None
    """`online`, `busy`, `away`, `offline`, or another word of the server's."""
    auto_offline: bool | None = None


class Team(msgspec.Struct, frozen=True, gc=False):
    """A group of agents, from `…/teams`; `is_member` tells of the token's owner."""

    id: int
    name: str
    description: str = ""
    is_member: bool | None = None


class WorkingHours(msgspec.Struct, frozen=True, gc=False):
    """One weekday of an inbox, in the inbox's time zone; `day_of_week` 0 is Sunday."""

    day_of_week: int
    closed_all_day: bool = False
    open_all_day: bool = False
    open_hour: int | None = None
    open_minutes: int | None = None
    close_hour: int | None = None
    close_minutes: int | None = None


class Inbox(msgspec.Struct, frozen=True, gc=False):
    """Where conversations come in, from `…/inboxes`; none of its passwords are read.

    `timezone` UTC is the server's default, not evidence.
    """

    id: int
    name: str
    channel: str = ""
    """`WebWidget`, `Api`, `Email` …"""
    timezone: str | None = None
    working_hours_enabled: bool | None = None
    working_hours: tuple[WorkingHours, ...] = ()
    hours_told: bool = True
    """False where its opening hours, or their zone, came in a form that can't be read."""


class Label(msgspec.Struct, frozen=True):
    """A label, from `…/labels`; `color` is as the server writes it, such as `#ff0000`."""

    id: int
    title: str
    color: str = ""


class Conversation(msgspec.Struct, frozen=True):
    """One conversation, from `…/conversations`, without a word of what was said in it."""

    id: int
    """The number in the account."""
    status: str | None = None
    priority: str | None = None
    inbox_id: int | None = None
    team_id: int | None = None
    team_name: str = ""
    assignee_id: int | None = None
    assignee_name: str = ""
    contact_name: str = ""
    labels: tuple[str, ...] = ()
    unread_count: int | None = None
    """Stops at 10."""
    created_at: int | None = None
    waiting_since: int | None = None
    first_reply_created_at: int | None = None
    last_activity_at: int | None = None
    last_message_at: int | None = None
    last_message_from: Literal["contact", "agent", "note", "system"] | None = None
    """Who wrote the last message that is no activity; a note is read by colleagues alone."""
    waiting_told: bool = False
    """Whether the server sends `waiting_since` at all; 0 then means that nobody waits."""
    spoke_last: Literal["contact", "person"] | None = None
    """Who of the customer and our people wrote last, past all that answers nobody; None where the
    messages that came don't tell."""
    customer_spoke_at: int | None = None
    """When the customer wrote last, where `spoke_last` is the customer."""
    answered: bool = False
    """Whether a person's answer is among the messages that came."""
    campaign_at: int | None = None
    """When the last message that is no activity was sent, where a campaign sent it and no customer
    is among the messages that came."""
    beginning_told: bool = True
    """False where all messages that came are activities, and the server does not name the last other one."""
    last_sender: Literal["", "person", "campaign", "program"] = ""
    """Who of the house sent the last message that is no activity; else, and for notes, empty."""
    begun_by_customer: bool = False
    """Whether the server noted that the customer began it, as it does for chats on a website."""
    snoozed_until: str | None = None
    can_reply: bool | None = None
    channel: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    """The conversation's own custom attributes."""


class ConversationPage(msgspec.Struct, frozen=True):
    """One page of at most `PAGE` conversations; the counts are of all pages."""

    counts: ConversationCounts
    items: tuple[Conversation, ...]
    lost: int = 0


class CacheKeys(msgspec.Struct, frozen=True):
    """Words that change when labels, inboxes or teams do, from `…/cache_keys`; empty where unsaid."""

    label: str = ""
    inbox: str = ""
    team: str = ""


class ApiRoot(msgspec.Struct, frozen=True):
    """What `GET /api` tells, to anybody: optional on Live Agent."""

    version: str
    timestamp: str = ""
    queue_services: str = ""
    data_services: str = ""


class AccountLoad(msgspec.Struct, frozen=True):
    """Open conversations now, from `…/reports/conversations?type=account`.

    `queued` (upstream: unattended) wait for a first human reply.
    """

    open: int | None = None
    queued: int | None = None
    unassigned: int | None = None


class AgentLoad(msgspec.Struct, frozen=True, gc=False):
    """One agent's open conversations now, from `…/reports/conversations?type=agent`."""

    agent_id: int
    name: str
    availability: str | None = None
    open: int | None = None
    queued: int | None = None


class Summary(msgspec.Struct, frozen=True):
    """A span of time, from `…/reports/summary`; averages in seconds, 0 where nothing was averaged."""

    conversations: int | None = None
    first_response: float | None = None
    resolution: float | None = None
    resolutions: int | None = None
    incoming: int | None = None
    outgoing: int | None = None
    previous: "Summary | None" = None
    """The span of equal length just before."""


class ReportPoint(msgspec.Struct, frozen=True):
    """One step of a series, from `…/reports`; `timestamp` is where it begins."""

    timestamp: int
    value: float | None = None
    count: int | None = None
    """How many conversations an average is of, where the server says it."""
