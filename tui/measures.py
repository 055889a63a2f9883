"""The table of measures: what each figure is called, counts or times, and where it can stand.

A row is all that panes, charts, the wall, alerts, the formats of `snapshot`, the docs and the
config's checks know of a figure. Which call tells it, `tui/monitor/calls.py` says.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple


class ScopeKind(StrEnum):
    """Which part of an account a figure covers."""

    ACCOUNT = "account"
    STATUS = "status"
    TEAM = "team"
    INBOX = "inbox"
    AGENT = "agent"


_ACCOUNT = (ScopeKind.ACCOUNT,)
_TEAM = (ScopeKind.TEAM,)
_AND_INBOX = (ScopeKind.ACCOUNT, ScopeKind.INBOX)
_AND_PARTS = (ScopeKind.ACCOUNT, ScopeKind.TEAM, ScopeKind.INBOX)
_STATUS = (ScopeKind.STATUS, ScopeKind.INBOX)

_TODAY = "today, midnight to midnight in the contact centre's zone"
DAY_BEFORE = "the day before, to the same time of day"
_SURVEY = "worked out from the open conversations, oldest first; the call is that of the first page"
_SERVICE = "worked out from the pages of all conversations, by creation; the call is the newest of them"
_AGENTS = "counted in the list of agents"

Kept = Literal["all", "waiting", "over_target", "backlog"]


class Listed(NamedTuple):
    """The list of conversations behind a figure, in the words of `GET …/conversations`.

    What no call can be narrowed to is taken from a wider list: `kept` says which part of it.
    """

    title: str
    status: str = "open"
    assignee_type: str | None = None
    conversation_type: str | None = None
    kept: Kept = "all"


class MeasureRow(NamedTuple):
    """What is known of a measure, whatever its value."""

    word: str
    """The short name, as `i` has it."""
    means: str
    """What is counted or timed, in a sentence's words."""
    of: tuple[ScopeKind, ...] = _ACCOUNT
    """What has such a figure of its own. STATUS is the account's figure of one status."""
    title: str = ""
    """The name where it stands without its pane; empty where that is `word`."""
    brief: str = ""
    """What is counted or timed, in the few words that a column has."""
    label: str = ""
    """The word under the digits of a wall; empty where that is `word`."""
    is_share: bool = False
    """Whether it is a part of a hundred."""
    of_service: bool = False
    """Whether it is of service level: worked out from all conversations of a day, read page by page."""
    lately: bool = False
    """Whether it is of the last half-hour."""
    is_time: bool = False
    """Whether it is a length of time, in seconds; else it is a count."""
    day: str = ""
    """The day a report tells it of; empty where it is of now."""
    day_after: str = ""
    """The measure that is the same of the day after; empty where none is."""
    of_people: bool = False
    """Whether people are counted; everything else counts or times conversations."""
    availability: str = ""
    """Which of those people are counted, by the server's word; empty where all are."""
    at_least: bool = False
    """Whether it may be more than its value: not all it counts may have been read."""
    listed: Listed | None = None
    """The list behind it; None where the server reports a number alone."""
    derived: str = ""
    """What it is worked out from; empty where the server says it."""
    compared: int = 0
    """Its place among those that are shown beside what they were at earlier times; 0 where it is none."""
    on_wall: bool = False
    """Whether a wall shows it where the config names no figures."""
    in_config: bool = True
    """Whether alerts, the wall and scripts may name it; of those of service level, see `ON_SCREEN`."""
    earlier_word: str = ""
    """What earlier versions called it, which a config may still hold."""


_LOOKED_UP = MeasureRow("", "")


class Measure(StrEnum):
    """What is counted or timed, in the order in which a person steps through the figures."""

    row: MeasureRow

    def __new__(cls, word: str, row: MeasureRow = _LOOKED_UP) -> "Measure":
        """A member is its word, as the config, the history and JSON have it; a look-up needs no row."""
        made = str.__new__(cls, word)
        made._value_ = word
        made.row = row
        return made

    UNASSIGNED = "unassigned", MeasureRow(
        "unassigned", "open conversations nobody is assigned to: the exact count", _AND_PARTS,
        brief="open and nobody's", listed=Listed("Unassigned", assignee_type="unassigned"),
        compared=1, on_wall=True,
    )  # fmt: skip
    WAITING = "waiting", MeasureRow(
        "waiting",
        "open conversations whose customer waits for an answer, first or next, assigned or not, "
        "backlog apart",
        _AND_PARTS, at_least=True, listed=Listed("Waiting", kept="waiting"), derived=_SURVEY, compared=2,
    )  # fmt: skip
    LONGEST = "longest", MeasureRow(
        "longest", "how long the customer waits who waits longest, of all who are counted as waiting",
        _AND_PARTS, title="longest wait", is_time=True, at_least=True,
        listed=Listed("Waiting", kept="waiting"), derived=_SURVEY, compared=3, on_wall=True,
    )  # fmt: skip
    AGENTS_ONLINE = "agents_online", MeasureRow(
        "agents online", "agents who are online",
        label="online", of_people=True, availability="online", at_least=True, derived=_AGENTS, compared=5,
        on_wall=True,
    )  # fmt: skip
    BACKLOG = "backlog", MeasureRow(
        "backlog", "open conversations whose customer waits longer than the backlog limit",
        at_least=True, listed=Listed("Backlog", kept="backlog"), derived=_SURVEY,
    )  # fmt: skip
    ASSIGNED = "assigned", MeasureRow(
        "assigned", "open conversations somebody is assigned to", _AND_INBOX,
        listed=Listed("Assigned", assignee_type="assigned"),
        derived="all open less the unassigned, where the server doesn't say it itself", compared=7,
    )  # fmt: skip
    OPEN = "open", MeasureRow(
        "open", "all open conversations", (*_AND_PARTS, ScopeKind.AGENT), listed=Listed("Open"), compared=4,
    )  # fmt: skip
    MINE = "mine", MeasureRow(
        "mine", "open conversations assigned to the owner of this token", _AND_INBOX,
        listed=Listed("Mine", assignee_type="me"),
    )  # fmt: skip
    QUEUED = "queued", MeasureRow(
        "queued",
        "open conversations no person has answered yet; servers of version 3.0 and later count "
        "those who wait for a next answer, too",
        (*_AND_INBOX, ScopeKind.AGENT), listed=Listed("Queued", conversation_type="unattended"), compared=6,
    )  # fmt: skip
    PENDING = "pending", MeasureRow(
        "pending", "conversations in the status pending", _STATUS,
        listed=Listed("Pending", "pending"), compared=9,
    )  # fmt: skip
    SNOOZED = "snoozed", MeasureRow(
        "snoozed", "conversations in the status snoozed", _STATUS,
        listed=Listed("Snoozed", "snoozed"), compared=10,
    )  # fmt: skip
    RESOLVED = "resolved", MeasureRow(
        "resolved", "conversations in the status resolved, of all time", _STATUS,
        title="all-time resolved", listed=Listed("Resolved", "resolved"),
    )  # fmt: skip
    ABANDONED = "abandoned", MeasureRow(
        "abandoned", "conversations in the status abandoned", (ScopeKind.STATUS,),
        title="all-time abandoned", listed=Listed("Abandoned", "abandoned"),
    )  # fmt: skip
    TODAY = "today", MeasureRow(
        "today", "conversations that came in today", _AND_INBOX, day=_TODAY
    )  # fmt: skip
    FIRST_RESPONSE = "avg_first_response", MeasureRow(
        "first response", "average time to the first response, today", (*_AND_INBOX, ScopeKind.AGENT),
        label="response", is_time=True, day=_TODAY,
    )  # fmt: skip
    RESOLUTION = "avg_resolution", MeasureRow(
        "resolution", "average time to the resolution, today", (*_AND_INBOX, ScopeKind.AGENT),
        is_time=True, day=_TODAY,
    )  # fmt: skip
    RESOLUTIONS = "resolutions", MeasureRow(
        "resolutions", "of the conversations created today, those resolved by now",
        (*_AND_INBOX, ScopeKind.AGENT), title="of today's, resolved", day=_TODAY,
    )  # fmt: skip
    OVER_TARGET = "over_target", MeasureRow(
        "over target", "of those who are counted as waiting, who waits longer than the target",
        _AND_PARTS, title="waiting longer than the target", at_least=True,
        listed=Listed("Over the target", kept="over_target"), derived=_SURVEY, compared=8,
        earlier_word="past_target",
    )  # fmt: skip
    AGENTS_BUSY = "agents_busy", MeasureRow(
        "agents busy", "agents who are busy",
        label="busy", of_people=True, availability="busy", at_least=True, derived=_AGENTS,
    )  # fmt: skip
    AGENTS_AWAY = "agents_away", MeasureRow(
        "agents away", "agents who are away",
        label="away", of_people=True, availability="away", at_least=True, derived=_AGENTS,
    )  # fmt: skip
    AGENTS_OFFLINE = "agents_offline", MeasureRow(
        "agents offline", "agents who are offline",
        label="offline", of_people=True, availability="offline", at_least=True, derived=_AGENTS,
    )  # fmt: skip
    MEMBERS = "members", MeasureRow(
        "members", "members of the team", _TEAM,
        of_people=True, at_least=True, derived="counted in the list of the team's members",
    )  # fmt: skip
    MEMBERS_ONLINE = "members_online", MeasureRow(
        "members online", "members of the team who are online", _TEAM,
        of_people=True, availability="online", at_least=True,
        derived="the team's members, by what the list of agents says; the older of both calls",
    )  # fmt: skip
    TODAY_BEFORE = "today_before", MeasureRow(
        "today before", f"conversations that came in {DAY_BEFORE}", day=DAY_BEFORE, day_after="today"
    )  # fmt: skip
    FIRST_RESPONSE_BEFORE = "avg_first_response_before", MeasureRow(
        "first response before", f"average time to the first response, {DAY_BEFORE}",
        is_time=True, day=DAY_BEFORE, day_after="avg_first_response",
    )  # fmt: skip
    RESOLUTION_BEFORE = "avg_resolution_before", MeasureRow(
        "resolution before", f"average time to the resolution, {DAY_BEFORE}",
        is_time=True, day=DAY_BEFORE, day_after="avg_resolution",
    )  # fmt: skip
    RESOLUTIONS_BEFORE = "resolutions_before", MeasureRow(
        "resolutions before", f"of the conversations created {DAY_BEFORE}, those resolved by now",
        day=DAY_BEFORE,
    )  # fmt: skip
    SERVICE_LEVEL = "service_level", MeasureRow(
        "service level, last 30 min",
        "of the conversations created in the last half-hour and decided, those a person answered within "
        "the target",
        _AND_PARTS, title="service level", label="% in target", is_share=True, of_service=True,
        lately=True, derived=_SERVICE, in_config=False,
    )  # fmt: skip
    SERVICE_LEVEL_TODAY = "service_level_today", MeasureRow(
        "service level, today",
        "of the conversations created today and decided, those a person answered within the target",
        _AND_PARTS, title="service level today", label="% today", is_share=True, of_service=True,
        derived=_SERVICE, in_config=False,
    )  # fmt: skip
    SPEED_P90 = "speed_p90", MeasureRow(
        "speed of answer, 9 of 10",
        "of the conversations created in the last half-hour and answered by a person, how long nine of ten "
        "took at most",
        _AND_PARTS, label="9 of 10 within", is_time=True, of_service=True, lately=True,
        derived=_SERVICE, in_config=False,
    )  # fmt: skip
    CLOSED_WITHOUT_REPLY = "closed_without_reply", MeasureRow(
        "closed without reply",
        "of the conversations created in the last half-hour, those closed without an answer of a person",
        _AND_PARTS, label="no reply", of_service=True, lately=True, derived=_SERVICE, in_config=False,
    )  # fmt: skip

    @property
    def heading(self) -> str:
        """The name where it stands without its pane."""
        return self.row.title or self.row.word

    @property
    def is_wait(self) -> bool:
        """Whether it is how long a customer waits: at nought nobody does."""
        return self.row.is_time and self.row.listed is not None

    @property
    def is_of_account(self) -> bool:
        """Whether the account has such a figure, of all it holds or of one status."""
        return ScopeKind.ACCOUNT in self.row.of or self.is_status

    @property
    def is_status(self) -> bool:
        """Whether the account's figure of it counts the conversations in one status."""
        return ScopeKind.STATUS in self.row.of


WAITS = tuple(measure for measure in Measure if measure.is_wait)
"""How long customers wait, which a target judges."""
BY_TARGET = tuple(
    measure for measure in Measure if measure.row.listed and measure.row.listed.kept == "over_target"
)
"""What is counted by the target, and by nothing where there is none."""
DAY_BEFORE_OF: Mapping[str, Measure] = {
    measure.row.day_after: measure for measure in Measure if measure.row.day_after
}
"""By the word of a figure of today, the same of the day before."""
OF_A_DAY = frozenset(measure for measure in Measure if measure.row.day)
"""What a report tells of today and of the day before."""
SERVICE = frozenset(measure for measure in Measure if measure.row.of_service)
"""What is worked out from the conversations of a day, read page by page."""
PEOPLE = frozenset(measure for measure in Measure if measure.row.of_people)
"""What is counted from lists of people."""
IN_CONFIG = tuple(measure for measure in Measure if measure.row.in_config)
"""What alerts, the wall and scripts may name."""
ON_SCREEN = tuple(measure for measure in Measure if measure.row.in_config or measure.row.of_service)
"""The same and those of service level: scripts ask once, and to read a day's conversations takes minutes."""
STATUSES = tuple(str(measure) for measure in IN_CONFIG if measure.is_status)
"""The words of the statuses that are counted."""
AVAILABILITIES: Mapping[str, Measure] = {
    measure.row.availability: measure
    for measure in Measure
    if measure.row.availability and measure.is_of_account
}
"""By the server's word for it, what counts the agents of an availability."""
ONLINE = tuple(measure for measure in Measure if measure.row.availability == "online")
"""What counts who is there: of the account, and of each part that has people of its own."""
UNANSWERED = tuple(
    measure
    for measure in Measure
    if measure.row.listed and measure.row.listed.conversation_type == "unattended"
)
"""What counts the conversations that no person has answered yet."""


def of(kind: ScopeKind) -> tuple[Measure, ...]:
    """The figures that a part of this kind has of its own."""
    return tuple(measure for measure in ON_SCREEN if kind in measure.row.of)


def first_of(measures: tuple[Measure, ...], kind: ScopeKind) -> Measure | None:
    """The first of these that a part of this kind has of its own; None where it has none."""
    return next((measure for measure in measures if kind in measure.row.of), None)
