"""What can be asked of a server, and which figures an answer to it holds: pure."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from tui.api.models import AccountLoad, Agent, AgentLoad, ConversationCounts, Summary
from tui.figures import ACCOUNT, Measure, Slot, account, agent, inbox, status, team

STATUSES = ("pending", "snoozed", "resolved")
ENVIRONMENT_WIDE = 0
AVAILABILITIES = {
    "online": Measure.AGENTS_ONLINE,
    "busy": Measure.AGENTS_BUSY,
    "away": Measure.AGENTS_AWAY,
    "offline": Measure.AGENTS_OFFLINE,
}


class What(StrEnum):
    """The kinds of call; `Ask.arg` says of which status, team, inbox, page or conversation."""

    PROFILE = "profile"
    COUNTS = "counts"
    STATUS_COUNTS = "status_counts"
    QUEUED = "queued"
    TEAM_COUNTS = "team_counts"
    INBOX_COUNTS = "inbox_counts"
    AGENTS = "agents"
    TEAMS = "teams"
    INBOXES = "inboxes"
    LABELS = "labels"
    CACHE_KEYS = "cache_keys"
    TEAM_MEMBERS = "team_members"
    LONGEST = "longest"
    ACCOUNT_LOAD = "account_load"
    AGENT_LOADS = "agent_loads"
    SUMMARY = "summary"
    INCOMING = "incoming"
    CONVERSATIONS_PAGE = "conversations_page"
    CONVERSATION = "conversation"


REPORTS = frozenset({What.ACCOUNT_LOAD, What.AGENT_LOADS, What.SUMMARY, What.INCOMING})
PAGED = frozenset({What.LONGEST, What.AGENT_LOADS})


class Ask(msgspec.Struct, frozen=True, order=True, cache_hash=True):
    """One call that could be made: where, as which session, of which account.

    `account_id` is 0 where the call concerns the whole environment. A screen leaves
    `environment`, `generation` and `account_id` out; `Monitor.ask` fills them in.
    """

    environment: str = ""
    generation: int = 0
    account_id: int = ENVIRONMENT_WIDE
    what: What = What.PROFILE
    arg: str = ""

    def at(self, environment: str, generation: int, account_id: int) -> "Ask":
        """The same question, put to one account by one session."""
        return Ask(environment, generation, account_id, self.what, self.arg)

    def number(self, default: int = 1) -> int:
        """`arg` as the number of a team, inbox, page or conversation."""
        return int(self.arg) if self.arg.isdecimal() else default

    def query(self) -> dict[str, str]:
        """`arg` of a page of conversations, read back."""
        return dict(parse_qsl(self.arg))


def first_page(ask: Ask) -> Ask:
    """The ask that is repeated, of which `ask` may be a further page."""
    if ask.what not in PAGED:
        return ask
    return Ask(ask.environment, ask.generation, ask.account_id, ask.what)


def conversations(
    *,
    page: int = 1,
    status: str | None = "open",
    assignee_type: str | None = None,
    team_id: int | None = None,
    inbox_id: int | None = None,
    labels: Iterable[str] = (),
    conversation_type: str | None = None,
    sort_by: str | None = None,
    assignee_id: int | None = None,
) -> Ask:
    """A page of conversations, for `Monitor.ask`; answers a `ConversationPage`.

    With `assignee_id` it is the filter that is asked, which heeds `page` and `status` besides.
    """
    fields = {
        "page": page,
        "status": status,
        "assignee_type": assignee_type,
        "team_id": team_id,
        "inbox_id": inbox_id,
        "labels": "\n".join(labels) or None,
        "conversation_type": conversation_type,
        "sort_by": sort_by,
        "assignee_id": assignee_id,
    }
    return Ask(
        what=What.CONVERSATIONS_PAGE,
        arg=urlencode({name: value for name, value in fields.items() if value is not None}),
    )


def assigned_to(assignee_id: int, status: str | None) -> list[dict[str, Any]]:
    """What `POST …/conversations/filter` takes for the conversations of one agent."""
    rules: list[tuple[str, str | int]] = [("assignee_id", assignee_id)]
    if status is not None:
        rules.insert(0, ("status", status))
    joined = [
        {"attribute_key": name, "filter_operator": "equal_to", "values": [value]} for name, value in rules
    ]
    return [
        {**rule, "query_operator": "and" if place < len(joined) else None}
        for place, rule in enumerate(joined, start=1)
    ]


def conversation(conversation_id: int) -> Ask:
    """One conversation with its details, for `Monitor.ask`; answers a `Conversation`."""
    return Ask(what=What.CONVERSATION, arg=str(conversation_id))


def counts_of(value: ConversationCounts) -> dict[Slot, float | None]:
    """Figures of the open conversations of the account."""
    return {
        account(Measure.MINE): value.mine,
        account(Measure.ASSIGNED): value.assigned,
        account(Measure.UNASSIGNED): value.unassigned,
        account(Measure.OPEN): value.all,
    }


def part_of(
    scope: Callable[[int, Measure], Slot], number: int, value: ConversationCounts
) -> dict[Slot, float | None]:
    """Figures of the open conversations of one team or inbox."""
    return {scope(number, Measure.UNASSIGNED): value.unassigned, scope(number, Measure.OPEN): value.all}


def availability_of(agents: Iterable[Agent]) -> dict[Slot, float | None]:
    """How many agents are online, busy, away, offline; an unknown word counts in none of them."""
    found = dict.fromkeys(AVAILABILITIES.values(), 0)
    for one in agents:
        measure = AVAILABILITIES.get(one.availability or "")
        if measure is not None:
            found[measure] += 1
    return {account(measure): count for measure, count in found.items()}


def loads_of(value: Iterable[AgentLoad]) -> dict[Slot, float | None]:
    """Open and queued conversations of each agent the report names."""
    figures: dict[Slot, float | None] = {}
    for load in value:
        figures[agent(load.agent_id, Measure.OPEN)] = load.open
        figures[agent(load.agent_id, Measure.QUEUED)] = load.queued
    return figures


def summary_of(value: Summary) -> dict[Slot, float | None]:
    """Today's conversations and times, and those of the day before."""
    before = value.previous
    return {
        account(Measure.TODAY): value.conversations,
        account(Measure.FIRST_RESPONSE): value.first_response,
        account(Measure.RESOLUTION): value.resolution,
        account(Measure.RESOLUTIONS): value.resolutions,
        account(Measure.TODAY_BEFORE): before.conversations if before else None,
        account(Measure.FIRST_RESPONSE_BEFORE): before.first_response if before else None,
        account(Measure.RESOLUTION_BEFORE): before.resolution if before else None,
        account(Measure.RESOLUTIONS_BEFORE): before.resolutions if before else None,
    }


def queued_of(value: ConversationCounts | AccountLoad) -> dict[Slot, float | None]:
    """Conversations no human has answered yet."""
    return {account(Measure.QUEUED): value.queued if isinstance(value, AccountLoad) else value.all}


def figures_of(ask: Ask, value: Any) -> dict[Slot, float | None]:
    """The figures that `value`, the answer to `ask`, holds; empty for lists and single items."""
    match ask.what:
        case What.COUNTS:
            return counts_of(value)
        case What.STATUS_COUNTS:
            return {status(ask.arg): value.all}
        case What.QUEUED | What.ACCOUNT_LOAD:
            return queued_of(value)
        case What.TEAM_COUNTS:
            return part_of(team, ask.number(), value)
        case What.INBOX_COUNTS:
            return part_of(inbox, ask.number(), value)
        case What.AGENTS:
            return availability_of(value)
        case What.AGENT_LOADS:
            return loads_of(value)
        case What.SUMMARY:
            return summary_of(value)
        case _:
            return {}


_EMPTY_COUNTS: Mapping[What, tuple[Measure, ...]] = {
    What.COUNTS: (Measure.MINE, Measure.ASSIGNED, Measure.UNASSIGNED, Measure.OPEN),
    What.QUEUED: (Measure.QUEUED,),
    What.ACCOUNT_LOAD: (Measure.QUEUED,),
    What.AGENTS: tuple(AVAILABILITIES.values()),
    What.LONGEST: (Measure.LONGEST, Measure.PAST_TARGET, Measure.BACKLOG),
    What.SUMMARY: (
        Measure.TODAY,
        Measure.FIRST_RESPONSE,
        Measure.RESOLUTION,
        Measure.RESOLUTIONS,
        Measure.TODAY_BEFORE,
        Measure.FIRST_RESPONSE_BEFORE,
        Measure.RESOLUTION_BEFORE,
        Measure.RESOLUTIONS_BEFORE,
    ),
}


def slots_of(ask: Ask) -> tuple[Slot, ...]:
    """The figures a failure of `ask` concerns, whether they were ever known or not."""
    match ask.what:
        case What.STATUS_COUNTS:
            return (status(ask.arg),)
        case What.TEAM_COUNTS:
            return (team(ask.number(), Measure.UNASSIGNED), team(ask.number(), Measure.OPEN))
        case What.INBOX_COUNTS:
            return (inbox(ask.number(), Measure.UNASSIGNED), inbox(ask.number(), Measure.OPEN))
        case What.TEAM_MEMBERS:
            return (team(ask.number(), Measure.MEMBERS), team(ask.number(), Measure.MEMBERS_ONLINE))
        case _:
            return tuple(Slot(ACCOUNT, measure) for measure in _EMPTY_COUNTS.get(ask.what, ()))
