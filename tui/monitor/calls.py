"""The table of calls: how each is made, which figures its answer tells, and what it is like."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, tzinfo
from enum import StrEnum
from http import HTTPStatus
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from tui.api.call import Answer
from tui.api.errors import BadRequestError, ServerError
from tui.api.models import Agent
from tui.measures import AVAILABILITIES, Measure, ScopeKind, of
from tui.monitor.days import day_before, offset_hours, today
from tui.monitor.zones import end_of_hour

if TYPE_CHECKING:
    from tui.api.client import LiveAgentClient

ENVIRONMENT_WIDE = 0
ABANDONED = "abandoned"
"""A status that not every server knows."""
UNATTENDED = "unattended"
"""The word by which the server lists and counts the queued."""
COMMON_STATUSES = tuple(str(measure) for measure in of(ScopeKind.INBOX) if measure.is_status)
"""The statuses that every server counts, of the account and of an inbox."""

Tell = Callable[[Any], float | None]
"""What an answer says of one measure."""
Pick = Callable[[Any], Any]
"""What one measure is of what was worked out for several together."""
WantedWith = Literal["", "statuses", "reports"]
"""With what on screen a figure is asked for: with the small counts, or with the reports."""


class Caller(NamedTuple):
    """What a call is made with, besides what it asks."""

    client: "LiveAgentClient"
    wall: float
    """Unix time of asking."""
    zone: tzinfo | None
    """The contact centre's; None while it is not known."""


class Call(NamedTuple):
    """What is known of one kind of call."""

    name: str
    """In words for a person."""
    put: Callable[[Caller, "Ask"], Awaitable[Answer[Any]]]
    """Makes it; raises LiveAgentError."""
    of: ScopeKind = ScopeKind.ACCOUNT
    """Whose figures it tells; of a team, an inbox or an agent, `Ask.number` is which."""
    tells: Mapping[Measure, Tell] = {}
    """What its answer says of each measure. A failure leaves the same figures unknown."""
    read: Callable[[Any], Any] | None = None
    """What is made of the answer once, before `tells` look at it."""
    each: bool = False
    """The answer is a list of agents, and tells of each of them."""
    makes: Mapping[Measure, Pick] = {}
    """What is worked out from its answers, and is unknown when it fails: which part of that each is."""
    parts: tuple[ScopeKind, ...] = ()
    """Of which parts besides the account `makes` is worked out at once."""
    helps: tuple[Measure, ...] = ()
    """What is worked out with its answer from that of another call."""
    statuses: tuple[str, ...] = ()
    """The statuses it can count; `Ask.status` is which."""
    items: str = ""
    """The list of the account that it answers."""
    kept_by: str = ""
    """The cache key that changes when its answer does."""
    wanted: WantedWith = ""
    every: float = 0.0
    """Seconds between two asks for the account on screen; 0 where more than that decides."""
    rarest: float = 0.0
    """Seconds between two asks at most, while nobody touches a key and the answers tell the same: each
    that does so doubles its period up to that. 0 where the answer is asked for as often as ever."""
    paged: bool = False
    """Whether one answer may take several calls."""
    dear: bool = False
    """Whether a page takes a server a second or so, and is asked for again and again: one at a time."""
    people: bool = False
    """Whether it lists people, which some servers hand out in pages."""
    optional: bool = False
    """Whether there are servers that do not answer it, or not to every token."""
    report: bool = False
    of_day: bool = False
    """Whether it is asked by the days and hours of the contact centre's zone."""
    unattended: bool = False
    """Whether it counts by a filter that some servers ignore."""
    weighed: bool = False
    """Whether it is asked sooner again where its figures have changed."""
    on_demand: bool = False
    """Whether it is asked once, and who asked takes the answer: nothing is filed."""

    @property
    def is_summary(self) -> bool:
        """Whether it tells figures of a day."""
        return self.of_day and bool(self.tells)


async def _abandoned(by: Caller, ask: "Ask") -> Answer[Any]:
    """Servers without that status fail as if they were broken: ask what surely works, to tell."""
    try:
        return await by.client.counts(ask.account_id, status=ABANDONED)
    except ServerError as error:
        if error.status != HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        await by.client.counts(ask.account_id)
        raise BadRequestError("This server knows no abandoned conversations.", call=error.call) from None


async def _summary(by: Caller, ask: "Ask") -> Answer[Any]:
    zone, kind = by.zone or UTC, ask.what.call.of
    since, until = (day_before if ask.what is What.SUMMARY_BEFORE else today)(by.wall, zone)
    return await by.client.summary(
        ask.account_id,
        since=since,
        until=until,
        type=str(kind),
        id=None if kind is ScopeKind.ACCOUNT else ask.number,
        timezone_offset=offset_hours(by.wall, zone),
    )


async def _incoming(by: Caller, ask: "Ask") -> Answer[Any]:
    until = end_of_hour(by.wall, by.zone)
    return await by.client.report(
        ask.account_id,
        metric="conversations_count",
        since=until - 24 * 3600,
        until=until,
        group_by="hour",
        timezone_offset=offset_hours(by.wall, by.zone or UTC),
    )


async def _page(by: Caller, ask: "Ask") -> Answer[Any]:
    query = ask.query
    if query.assignee_id is not None:
        rules = assigned_to(query.assignee_id, query.status)
        return await by.client.filter_conversations(ask.account_id, rules, page=ask.page)
    return await by.client.conversations(
        ask.account_id,
        page=ask.page,
        status=query.status,
        assignee_type=query.assignee_type,
        team_id=query.team_id,
        inbox_id=query.inbox_id,
        labels=query.labels,
        conversation_type=query.conversation_type,
        sort_by=query.sort_by,
    )


async def _by_creation(by: Caller, ask: "Ask") -> Answer[Any]:
    """All conversations, or with `Ask.queued` those open that nobody has answered: oldest first."""
    return await by.client.conversations(
        ask.account_id,
        page=ask.page,
        status="open" if ask.queued else "all",
        sort_by="sort_on_created_at",
        conversation_type=UNATTENDED if ask.queued else None,
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


def _availabilities(agents: Iterable[Agent]) -> Counter[str | None]:
    """How many agents are in each availability; an unknown word counts in none that is told."""
    return Counter(agent.availability for agent in agents)


_ALL = attrgetter("all")
_PART: Mapping[Measure, Tell] = {Measure.UNASSIGNED: attrgetter("unassigned"), Measure.OPEN: _ALL}
_WHOLE: Mapping[Measure, Tell] = {
    Measure.MINE: attrgetter("mine"), Measure.ASSIGNED: attrgetter("assigned"), **_PART
}  # fmt: skip
_WAITS: Mapping[Measure, Pick] = {
    Measure.WAITING: attrgetter("waiting"),
    Measure.LONGEST: attrgetter("longest"),
    Measure.OVER_TARGET: attrgetter("over_target"),
    Measure.BACKLOG: attrgetter("backlog"),
}
_SERVICE: Mapping[Measure, Pick] = {
    Measure.SERVICE_LEVEL: attrgetter("level"),
    Measure.SERVICE_LEVEL_TODAY: attrgetter("level"),
    Measure.SPEED_P90: attrgetter("speed_p90"),
    Measure.CLOSED_WITHOUT_REPLY: attrgetter("closed_without_reply"),
}
_MEMBERS: Mapping[Measure, Pick] = {
    Measure.MEMBERS: attrgetter("all"), Measure.MEMBERS_ONLINE: attrgetter("online")
}  # fmt: skip
EVERYTHING = tuple(measure for measure, tell in _WHOLE.items() if tell is _ALL)
"""What counts all that is open: a filter that a server ignores comes to the same."""
_SUMMARY: Mapping[Measure, Tell] = {
    Measure.TODAY: attrgetter("conversations"),
    Measure.FIRST_RESPONSE: attrgetter("first_response"),
    Measure.RESOLUTION: attrgetter("resolution"),
    Measure.RESOLUTIONS: attrgetter("resolutions"),
}
_SUMMARY_BEFORE: Mapping[Measure, Tell] = {
    Measure.TODAY_BEFORE: attrgetter("conversations"),
    Measure.FIRST_RESPONSE_BEFORE: attrgetter("first_response"),
    Measure.RESOLUTION_BEFORE: attrgetter("resolution"),
    Measure.RESOLUTIONS_BEFORE: attrgetter("resolutions"),
}
_AGENT_SUMMARY: Mapping[Measure, Tell] = {
    # An average of nought stands for nothing to average.
    Measure.FIRST_RESPONSE: lambda summary: summary.first_response or None,
    Measure.RESOLUTION: lambda summary: summary.resolution or None,
    Measure.RESOLUTIONS: attrgetter("resolutions"),
}


class What(StrEnum):
    """The kinds of call. Of two that tell the same figure, the first is asked for it."""

    call: Call

    def __new__(cls, word: str, call: Call | None = None) -> "What":
        """A member is its word; a look-up needs no row."""
        made = str.__new__(cls, word)
        made._value_ = word
        if call is not None:
            made.call = call
        return made

    PROFILE = "profile", Call("profile", lambda by, _: by.client.profile())
    COUNTS = "counts", Call(
        "counts", lambda by, ask: by.client.counts(ask.account_id), tells=_WHOLE
    )  # fmt: skip
    STATUS_COUNTS = "status_counts", Call(
        "counts by status", lambda by, ask: by.client.counts(ask.account_id, status=ask.status),
        ScopeKind.STATUS, {Measure(word): _ALL for word in COMMON_STATUSES},
        statuses=COMMON_STATUSES, wanted="statuses", rarest=120.0, weighed=True,
    )  # fmt: skip
    ABANDONED = "abandoned", Call(
        "abandoned", _abandoned, ScopeKind.STATUS, {Measure.ABANDONED: _ALL},
        statuses=(ABANDONED,), wanted="statuses", rarest=600.0, optional=True, weighed=True,
    )  # fmt: skip
    QUEUED = "queued", Call(
        "queued",
        lambda by, ask: by.client.counts(ask.account_id, conversation_type=UNATTENDED),
        tells={Measure.QUEUED: _ALL}, wanted="statuses", unattended=True, weighed=True,
    )  # fmt: skip
    RESOLVED = "resolved", Call(
        "resolved", lambda by, ask: by.client.counts(ask.account_id, status="resolved")
    )  # fmt: skip
    RESOLVED_QUEUED = "resolved_queued", Call(
        "resolved without an answer",
        lambda by, ask: by.client.counts(
            ask.account_id, status="resolved", conversation_type=UNATTENDED
        ),
    )  # fmt: skip
    TEAM_COUNTS = "team_counts", Call(
        "counts of a team", lambda by, ask: by.client.counts(ask.account_id, team_id=ask.number),
        ScopeKind.TEAM, _PART, weighed=True,
    )  # fmt: skip
    INBOX_COUNTS = "inbox_counts", Call(
        "counts of an inbox", lambda by, ask: by.client.counts(ask.account_id, inbox_id=ask.number),
        ScopeKind.INBOX, _WHOLE, weighed=True,
    )  # fmt: skip
    INBOX_QUEUED = "inbox_queued", Call(
        "queued of an inbox",
        lambda by, ask: by.client.counts(
            ask.account_id, inbox_id=ask.number, conversation_type=UNATTENDED
        ),
        ScopeKind.INBOX, {Measure.QUEUED: _ALL}, unattended=True, weighed=True,
    )  # fmt: skip
    INBOX_STATUS = "inbox_status", Call(
        "counts of an inbox by status",
        lambda by, ask: by.client.counts(ask.account_id, inbox_id=ask.number, status=ask.status),
        ScopeKind.INBOX, {Measure(word): _ALL for word in COMMON_STATUSES},
        statuses=COMMON_STATUSES, rarest=120.0, weighed=True,
    )  # fmt: skip
    INBOX_SUMMARY = "inbox_summary", Call(
        "report of an inbox", _summary, ScopeKind.INBOX, _SUMMARY, optional=True, report=True, of_day=True
    )  # fmt: skip
    TEAM_MEMBERS = "team_members", Call(
        "members of a team",
        lambda by, ask: by.client.team_members_page(ask.account_id, ask.number, ask.page),
        ScopeKind.TEAM, makes=_MEMBERS,
        rarest=3600.0, paged=True, people=True,
    )  # fmt: skip
    AGENTS = "agents", Call(
        "agents", lambda by, ask: by.client.agents_page(ask.account_id, ask.page),
        tells={measure: itemgetter(word) for word, measure in AVAILABILITIES.items()},
        read=_availabilities, helps=(Measure.MEMBERS_ONLINE,), items="agents", paged=True, people=True,
    )  # fmt: skip
    TEAMS = "teams", Call(
        "teams", lambda by, ask: by.client.teams(ask.account_id), items="teams", kept_by="team"
    )  # fmt: skip
    INBOXES = "inboxes", Call(
        "inboxes", lambda by, ask: by.client.inboxes(ask.account_id), items="inboxes", kept_by="inbox"
    )  # fmt: skip
    CACHE_KEYS = "cache_keys", Call("cache keys", lambda by, ask: by.client.cache_keys(ask.account_id))
    LONGEST = "longest", Call(
        "conversations",
        lambda by, ask: by.client.conversations(
            ask.account_id,
            page=ask.page,
            status="open",
            sort_by="sort_on_created_at",
            conversation_type=UNATTENDED if ask.queued else None,
        ),
        makes=_WAITS,
        parts=(ScopeKind.TEAM, ScopeKind.INBOX), rarest=240.0, paged=True, dear=True,
    )  # fmt: skip
    ACCOUNT_LOAD = "account_load", Call(
        "report of open conversations", lambda by, ask: by.client.account_load(ask.account_id),
        tells={Measure.QUEUED: attrgetter("queued")}, optional=True, report=True,
    )  # fmt: skip
    AGENT_LOADS = "agent_loads", Call(
        "report of agents", lambda by, ask: by.client.agent_loads(ask.account_id, page=ask.page),
        ScopeKind.AGENT, {Measure.OPEN: attrgetter("open"), Measure.QUEUED: attrgetter("queued")},
        each=True, paged=True, dear=True, optional=True, report=True,
    )  # fmt: skip
    SUMMARY = "summary", Call(
        "report of today", _summary, tells=_SUMMARY,
        wanted="reports", every=120.0, optional=True, report=True, of_day=True,
    )  # fmt: skip
    SUMMARY_BEFORE = "summary_before", Call(
        "report of yesterday", _summary, tells=_SUMMARY_BEFORE,
        wanted="reports", optional=True, report=True, of_day=True,
    )  # fmt: skip
    AGENT_SUMMARY = "agent_summary", Call(
        "report of an agent", _summary, ScopeKind.AGENT, _AGENT_SUMMARY,
        optional=True, report=True, of_day=True,
    )  # fmt: skip
    INCOMING = "incoming", Call(
        "report by the hour", _incoming, items="incoming_by_hour",
        wanted="reports", every=300.0, optional=True, report=True, of_day=True,
    )  # fmt: skip
    CONVERSATIONS_PAGE = "conversations_page", Call("list of conversations", _page, on_demand=True)
    CONVERSATION = "conversation", Call(
        "conversation", lambda by, ask: by.client.conversation(ask.account_id, ask.number),
        on_demand=True,
    )  # fmt: skip
    SERVICE_TOTAL = "service_total", Call(
        "number of conversations", lambda by, ask: by.client.counts(ask.account_id, status=ask.status),
        on_demand=True,
    )  # fmt: skip
    SERVICE_PAGE = "service_page", Call(
        "conversations by creation", _by_creation,
        makes=_SERVICE, parts=(ScopeKind.TEAM, ScopeKind.INBOX), dear=True, on_demand=True,
    )  # fmt: skip
    SERVICE_QUEUE = "service_queue", Call(
        "queued by creation", _by_creation, dear=True, on_demand=True
    )  # fmt: skip


DAYS_OF_ACCOUNT = tuple(what for what in What if what.call.of_day and what.call.of is ScopeKind.ACCOUNT)
"""What is asked of the account by its days: another zone makes other days of them."""


class Query(msgspec.Struct, frozen=True, cache_hash=True):
    """Which conversations a list asks for, in the words of `GET …/conversations`.

    With `assignee_id` it is the filter that is asked, which heeds the page and `status` besides.
    """

    status: str | None = "open"
    assignee_type: str | None = None
    team_id: int | None = None
    inbox_id: int | None = None
    labels: tuple[str, ...] = ()
    conversation_type: str | None = None
    sort_by: str | None = None
    assignee_id: int | None = None


EVERYTHING_OPEN = Query()


class Ask(msgspec.Struct, frozen=True, cache_hash=True):
    """One call that could be made: where, as which session, of which account.

    `account_id` is 0 where the call concerns the whole environment. A screen leaves
    `environment`, `generation` and `account_id` out; `Monitor.ask` fills them in.
    """

    environment: str = ""
    generation: int = 0
    account_id: int = ENVIRONMENT_WIDE
    what: What = What.PROFILE
    number: int = 0
    """Of which team, inbox, agent or conversation; 0 where it is of none."""
    status: str = ""
    """Which status is counted."""
    page: int = 1
    queued: bool = False
    """Whether it is a page of the queued: of a look at who waits besides those of the open."""
    query: Query = EVERYTHING_OPEN
    """Of a list of conversations: which."""

    def at(self, environment: str, generation: int, account_id: int) -> "Ask":
        """The same question, put to one account by one session."""
        return msgspec.structs.replace(
            self, environment=environment, generation=generation, account_id=account_id
        )

    def at_page(self, page: int, *, queued: bool = False) -> "Ask":
        """The ask for another page of the same list, or of the queued beside it."""
        return msgspec.structs.replace(self, page=page, queued=queued)

    def other(self, what: What) -> "Ask":
        """Another question about the same account."""
        return Ask(self.environment, self.generation, self.account_id, what)

    @property
    def first(self) -> "Ask":
        """The ask that is repeated, of which this may be a further page."""
        return self.at_page(1) if self.what.call.paged else self


TRACED: Mapping[tuple[ScopeKind, Measure], tuple[What, ...]]
"""By part and measure: the call that is asked for a figure, and those that help with it."""


def _traced() -> dict[tuple[ScopeKind, Measure], tuple[What, ...]]:
    traced: dict[tuple[ScopeKind, Measure], tuple[What, ...]] = {}
    helped: dict[Measure, What] = {measure: what for what in What for measure in what.call.helps}
    for what in What:
        call = what.call
        for kind in (call.of, *call.parts):
            for measure in (*call.tells, *call.makes):
                if kind in measure.row.of:
                    by = (what, *([helped[measure]] if measure in helped else []))
                    traced.setdefault((kind, measure), by)
    return traced


TRACED = _traced()
