"""What can be asked of a server, and which figures an answer to it holds: pure."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from tui.api.models import AccountLoad, Agent, AgentLoad, ConversationCounts, Summary
from tui.figures import (
    ACCOUNT,
    Measure,
    Scope,
    ScopeKind,
    Slot,
    account,
    agent,
    inbox,
    status,
    team,
)
from tui.measures import AVAILABILITIES
from tui.measures import OF_A_DAY as OF_REPORT_DAY

STATUSES = ("pending", "snoozed", "resolved")
ABANDONED = "abandoned"
QUEUED = "unattended"
"""The word by which the server lists and counts the queued."""
ENVIRONMENT_WIDE = 0


class What(StrEnum):
    """The kinds of call; `Ask.arg` says of which status, team, inbox, page or conversation."""

    PROFILE = "profile"
    COUNTS = "counts"
    STATUS_COUNTS = "status_counts"
    ABANDONED = "abandoned"
    QUEUED = "queued"
    RESOLVED = "resolved"
    RESOLVED_QUEUED = "resolved_queued"
    TEAM_COUNTS = "team_counts"
    INBOX_COUNTS = "inbox_counts"
    INBOX_QUEUED = "inbox_queued"
    INBOX_STATUS = "inbox_status"
    INBOX_SUMMARY = "inbox_summary"
    AGENTS = "agents"
    TEAMS = "teams"
    INBOXES = "inboxes"
    CACHE_KEYS = "cache_keys"
    TEAM_MEMBERS = "team_members"
    LONGEST = "longest"
    ACCOUNT_LOAD = "account_load"
    AGENT_LOADS = "agent_loads"
    SUMMARY = "summary"
    SUMMARY_BEFORE = "summary_before"
    AGENT_SUMMARY = "agent_summary"
    INCOMING = "incoming"
    CONVERSATIONS_PAGE = "conversations_page"
    CONVERSATION = "conversation"


SUMMARIES = frozenset({What.SUMMARY, What.SUMMARY_BEFORE, What.AGENT_SUMMARY, What.INBOX_SUMMARY})
OF_A_DAY = SUMMARIES | {What.INCOMING}
"""What is asked by the days and hours of the contact centre's zone."""
REPORTS = SUMMARIES | {What.ACCOUNT_LOAD, What.AGENT_LOADS, What.INCOMING}
COUNTED = frozenset(
    {
        What.STATUS_COUNTS,
        What.ABANDONED,
        What.TEAM_COUNTS,
        What.INBOX_COUNTS,
        What.INBOX_QUEUED,
        What.INBOX_STATUS,
    }
)
"""What is answered by counts of a part of the conversations."""
DEAR = frozenset({What.LONGEST, What.AGENT_LOADS})
"""Pages that take a server a second or so each, and are asked for again and again: one at a time."""
OPTIONAL = REPORTS | {What.ABANDONED}
"""What not every server answers, and not to every token."""
PAGED = frozenset({What.LONGEST, What.AGENT_LOADS, What.AGENTS})
ROLLS = frozenset({What.AGENTS, What.TEAM_MEMBERS})
"""Lists of people, which some servers hand out in pages."""


NAMES: Mapping[What, str] = {
    What.PROFILE: "profile",
    What.COUNTS: "counts",
    What.STATUS_COUNTS: "counts by status",
    What.ABANDONED: "abandoned",
    What.QUEUED: "queued",
    What.TEAM_COUNTS: "counts of a team",
    What.INBOX_COUNTS: "counts of an inbox",
    What.INBOX_QUEUED: "queued of an inbox",
    What.INBOX_STATUS: "counts of an inbox by status",
    What.INBOX_SUMMARY: "report of an inbox",
    What.AGENTS: "agents",
    What.TEAMS: "teams",
    What.INBOXES: "inboxes",
    What.CACHE_KEYS: "cache keys",
    What.TEAM_MEMBERS: "members of a team",
    What.LONGEST: "conversations",
    What.ACCOUNT_LOAD: "report of open conversations",
    What.AGENT_LOADS: "report of agents",
    What.SUMMARY: "report of today",
    What.SUMMARY_BEFORE: "report of yesterday",
    What.RESOLVED: "resolved",
    What.RESOLVED_QUEUED: "resolved without an answer",
    What.AGENT_SUMMARY: "report of an agent",
    What.INCOMING: "report by the hour",
    What.CONVERSATIONS_PAGE: "list of conversations",
    What.CONVERSATION: "conversation",
}
"""Each kind of call in words for a person."""


FIRST = (What.COUNTS, What.AGENTS, What.TEAMS)
"""What somebody who looks at an account, or presses the key, wants to see before all else."""


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

    def at_arg(self, arg: str) -> "Ask":
        """The same kind of question, of something else."""
        return Ask(self.environment, self.generation, self.account_id, self.what, arg)

    def number(self, default: int = 1) -> int:
        """`arg` as the number of a team, inbox, agent, page or conversation; a word may follow it."""
        number = self.arg.partition(" ")[0]
        return int(number) if number.isdecimal() else default

    def word(self) -> str:
        """What follows the number in `arg`: a status, or the page of a team's members."""
        return self.arg.partition(" ")[2]

    def query(self) -> dict[str, str]:
        """`arg` of a page of conversations, read back."""
        return dict(parse_qsl(self.arg))


def first_page(ask: Ask) -> Ask:
    """The ask that is repeated, of which `ask` may be a further page."""
    if ask.what is What.TEAM_MEMBERS:
        return ask.at_arg(ask.arg.partition(" ")[0])
    return ask.at_arg("") if ask.what in PAGED else ask


def page_of(ask: Ask) -> int:
    """Which page of a list of people `ask` is for, from 1."""
    if ask.what is What.TEAM_MEMBERS:
        return int(ask.word()) if ask.word().isdecimal() else 1
    return ask.number()


def at_page(ask: Ask, page: int) -> Ask:
    """The ask for another page of the same list of people."""
    of = f"{ask.number()} " if ask.what is What.TEAM_MEMBERS else ""
    return ask.at_arg(f"{of}{page}")


def page_of_queued(ask: Ask, page: int) -> Ask:
    """The ask for a page of the queued, which a look at who waits reads besides those of the open."""
    return ask.at_arg(f"{page} {QUEUED}")


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


def of_one_inbox(inbox_id: int) -> tuple[Ask, ...]:
    """What is asked when one inbox is to stand for the account, for `Monitor.ask`."""
    return (
        Ask(what=What.INBOX_COUNTS, arg=str(inbox_id)),
        Ask(what=What.INBOX_QUEUED, arg=str(inbox_id)),
        *(Ask(what=What.INBOX_STATUS, arg=f"{inbox_id} {word}") for word in STATUSES),
    )


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


def of_inbox(number: int, value: ConversationCounts) -> dict[Slot, float | None]:
    """Figures of the open conversations of one inbox."""
    return {
        **part_of(inbox, number, value),
        inbox(number, Measure.ASSIGNED): value.assigned,
        inbox(number, Measure.MINE): value.mine,
    }


def half_read(agents: Iterable[Agent]) -> bool:
    """Whether the availability of some is not known, so that what is counted of it is "at least"."""
    return any(one.availability is None for one in agents)


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


def summary_of(value: Summary, scope: Scope = ACCOUNT) -> dict[Slot, float | None]:
    """Today's conversations and times of the account or an inbox."""
    figures = {
        Measure.TODAY: value.conversations,
        Measure.FIRST_RESPONSE: value.first_response,
        Measure.RESOLUTION: value.resolution,
        Measure.RESOLUTIONS: value.resolutions,
    }
    return {Slot(scope, measure): figure for measure, figure in figures.items()}


def summary_before_of(value: Summary) -> dict[Slot, float | None]:
    """The same of the day before, up to the same time of day."""
    figures = {
        Measure.TODAY_BEFORE: value.conversations,
        Measure.FIRST_RESPONSE_BEFORE: value.first_response,
        Measure.RESOLUTION_BEFORE: value.resolution,
        Measure.RESOLUTIONS_BEFORE: value.resolutions,
    }
    return {account(measure): figure for measure, figure in figures.items()}


AGENT_TIMES = (Measure.FIRST_RESPONSE, Measure.RESOLUTION, Measure.RESOLUTIONS)


def agent_summary_of(number: int, value: Summary) -> dict[Slot, float | None]:
    """Today's times of one agent; an average of nought stands for nothing to average."""
    return {
        agent(number, Measure.FIRST_RESPONSE): value.first_response or None,
        agent(number, Measure.RESOLUTION): value.resolution or None,
        agent(number, Measure.RESOLUTIONS): value.resolutions,
    }


def queued_of(value: ConversationCounts | AccountLoad) -> dict[Slot, float | None]:
    """Conversations no human has answered yet."""
    return {account(Measure.QUEUED): value.queued if isinstance(value, AccountLoad) else value.all}


_FIGURES: Mapping[What, Callable[[Ask, Any], dict[Slot, float | None]]] = {
    What.COUNTS: lambda _, value: counts_of(value),
    What.STATUS_COUNTS: lambda ask, value: {status(ask.arg): value.all},
    What.ABANDONED: lambda _, value: {status(ABANDONED): value.all},
    What.QUEUED: lambda _, value: queued_of(value),
    What.ACCOUNT_LOAD: lambda _, value: queued_of(value),
    What.TEAM_COUNTS: lambda ask, value: part_of(team, ask.number(), value),
    What.INBOX_COUNTS: lambda ask, value: of_inbox(ask.number(), value),
    What.INBOX_QUEUED: lambda ask, value: {inbox(ask.number(), Measure.QUEUED): value.all},
    What.INBOX_STATUS: lambda ask, value: {inbox(ask.number(), Measure(ask.word())): value.all},
    What.INBOX_SUMMARY: lambda ask, value: summary_of(value, Scope(ScopeKind.INBOX, ask.arg)),
    What.AGENTS: lambda _, value: availability_of(value),
    What.AGENT_LOADS: lambda _, value: loads_of(value),
    What.AGENT_SUMMARY: lambda ask, value: agent_summary_of(ask.number(), value),
    What.SUMMARY: lambda _, value: summary_of(value),
    What.SUMMARY_BEFORE: lambda _, value: summary_before_of(value),
}


def figures_of(ask: Ask, value: Any) -> dict[Slot, float | None]:
    """The figures that `value`, the answer to `ask`, holds; empty for lists and single items."""
    tell = _FIGURES.get(ask.what)
    return tell(ask, value) if tell else {}


def source_of(slot: Slot) -> What | None:
    """The kind of call that tells a figure; None where it is made of others."""
    of_agent = slot.scope.kind is ScopeKind.AGENT
    if slot.measure in OF_REPORT_DAY:
        return (
            What.AGENT_SUMMARY
            if of_agent
            else What.INBOX_SUMMARY
            if slot.scope.kind is ScopeKind.INBOX
            else What.SUMMARY_BEFORE
            if slot in summary_before_of(Summary())
            else What.SUMMARY
        )
    if of_agent:
        return What.AGENT_LOADS if slot.measure in {Measure.OPEN, Measure.QUEUED} else None
    match slot.scope.kind:
        case ScopeKind.ACCOUNT:
            return _SOURCES.get(slot.measure)
        case ScopeKind.STATUS:
            return What.ABANDONED if slot.scope.id == ABANDONED else What.STATUS_COUNTS
        case _:
            return None


_ACCOUNT_MEASURES: Mapping[What, tuple[Measure, ...]] = {
    What.COUNTS: (Measure.MINE, Measure.ASSIGNED, Measure.UNASSIGNED, Measure.OPEN),
    What.QUEUED: (Measure.QUEUED,),
    What.ACCOUNT_LOAD: (Measure.QUEUED,),
    What.AGENTS: tuple(AVAILABILITIES.values()),
    What.LONGEST: (Measure.WAITING, Measure.LONGEST, Measure.OVER_TARGET, Measure.BACKLOG),
}


_SOURCES = {
    measure: what
    for what, measures in _ACCOUNT_MEASURES.items()
    if what is not What.ACCOUNT_LOAD
    for measure in measures
}


def slots_of(ask: Ask) -> tuple[Slot, ...]:
    """The figures a failure of `ask` concerns, whether they were ever known or not."""
    match ask.what:
        case What.TEAM_MEMBERS:
            return (team(ask.number(), Measure.MEMBERS), team(ask.number(), Measure.MEMBERS_ONLINE))
        case one if one in SUMMARIES:
            # A refusal that was remembered is of no agent or inbox in particular.
            whole = one in {What.SUMMARY, What.SUMMARY_BEFORE}
            return tuple(figures_of(ask, Summary())) if ask.arg or whole else ()
        case one if one in COUNTED:
            return tuple(figures_of(ask, ConversationCounts()))
        case _:
            return tuple(Slot(ACCOUNT, measure) for measure in _ACCOUNT_MEASURES.get(ask.what, ()))
