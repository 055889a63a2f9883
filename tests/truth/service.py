"""What service level is in truth: design §9 over the simulator's own records, as its answers told them.

Nothing here asks the program's code: the states, the opening hours and the sums are worked out again.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from tui.config.model import Targets
from tui.simulator.conversations import Cell, Plan
from tui.simulator.people import AccountSpec
from tui.simulator.people import Inbox as Place

AT_ONCE = 2
HALF_HOUR, DAY = 1_800.0, 86_400.0
DOUBT, UNSEEN = "answered_in_doubt", "handover_unseen"
ANSWERED = frozenset({"in_target", "late", DOUBT})
FINAL = ANSWERED | {"answered_at_once", "closed_without_reply", "closed_by_bot", UNSEEN}
"""What a conversation stays: nobody reopens one here."""
LEVEL = (ANSWERED | {"closed_without_reply", "queued_late"}) - {DOUBT}
"""What a level is a part of."""


NOT_AT_ALL: frozenset["Case | None"] = frozenset({None})


class Case(NamedTuple):
    """What became of one conversation by one moment, and where it stood."""

    state: str
    team: int
    inbox: int
    created: int
    begins: float
    """When its clock began to run, Unix seconds: at the opening, of one that came before it."""
    speed: float = 0.0
    """Seconds of opening hours from then to the first reply."""
    replied: int = 0


class Hours:
    """When an inbox is open: from one hour to another from Monday to Friday, in the account's zone."""

    def __init__(self, place: Place, zone: tzinfo) -> None:
        self._opens, self._closes, self._zone = place.opens, place.closes, zone

    def _spans(self, since: float, until: float) -> Iterator[tuple[float, float]]:
        day = datetime.fromtimestamp(since, self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        while day.timestamp() <= until:
            if day.weekday() < 5 and self._opens is not None:
                yield day.replace(hour=self._opens).timestamp(), day.replace(hour=self._closes).timestamp()
            day = (day + timedelta(hours=30)).replace(hour=0)

    def seconds(self, since: float, until: float) -> float:
        """Open seconds between two moments."""
        if self._opens is None:
            return max(0.0, until - since)
        return sum(max(0.0, min(end, until) - max(begin, since)) for begin, end in self._spans(since, until))

    def begins(self, moment: float) -> float:
        """When a clock begins that is started at `moment`."""
        if self._opens is None:
            return moment
        ahead = self._spans(moment, moment + 8 * DAY)
        return next((max(begin, moment) for begin, end in ahead if end > moment), moment)


class Definitions:
    """§9 for one account: its targets and its inboxes' hours; `gone` is when teams were deleted.

    Inboxes that are `unlisted` have neither hours nor targets of their own.
    """

    def __init__(
        self, spec: AccountSpec, targets: Targets, gone: Mapping[int, float], *, unlisted: bool = False
    ) -> None:
        zone = ZoneInfo(spec.timezone)
        self._unlisted = unlisted
        self._targets = targets
        self._places = {inbox.id: inbox for inbox in spec.inboxes}
        self._teams = {team.id: team for team in spec.teams}
        self._hours = {
            inbox.id: Hours(msgspec.structs.replace(inbox, opens=None) if unlisted else inbox, zone)
            for inbox in spec.inboxes
        }
        self._gone = gone
        self._begins: dict[int, float] = {}
        self._speeds: dict[int, float] = {}

    def target(self, inbox: int, team: int) -> float:
        """Of the inbox, else its channel, else the team, else the account; infinite without any."""
        place = self._places[inbox]
        own, channels = self._targets.inboxes, self._targets.channels
        channel = place.channel.removeprefix("Channel::")
        target = own.get(place.name) or own.get(str(inbox)) or channels.get(channel)
        if self._unlisted:
            target = None
        if not target and team in self._teams:
            target = self._targets.teams.get(self._teams[team].name) or self._targets.teams.get(str(team))
        return target or self._targets.wait or math.inf

    def case(self, plan: Plan, listed: float, moment: float) -> Case | None:
        """What one that was listed at `listed` counts as at `moment`; None where it was not there."""
        stage = plan.stage(listed)
        cell = plan.cells[stage] if stage >= 0 else None
        if cell is None:
            return None
        team = cell.team if listed < self._gone.get(cell.team, math.inf) else 0
        hours, created, replied = self._hours[cell.inbox], int(plan.created), int(plan.first_reply)
        if plan.id not in self._begins:
            self._begins[plan.id] = hours.begins(created)
        case = Case("", team, cell.inbox, created, self._begins[plan.id])
        target = self.target(cell.inbox, team)
        if not plan.first_reply or plan.first_reply > listed:
            late = hours.seconds(created, moment) > target
            return case._replace(state=_unanswered(plan, cell, listed, late=late))
        if replied - created <= AT_ONCE:
            return case._replace(state="answered_at_once")
        if plan.id not in self._speeds:
            self._speeds[plan.id] = hours.seconds(created, replied)
        speed = self._speeds[plan.id]
        return case._replace(state="late" if speed > target else "in_target", speed=speed, replied=replied)

    def after_bot(self, plan: Plan, case: Case, moment: float) -> Iterator[Case]:
        """What a case may count as at `moment` where the clock runs from the handover, seen or not."""
        if case.state not in LEVEL | {"queued_in_time"}:
            yield case
            return
        yield case._replace(state=UNSEEN, speed=0.0)
        held = plan.cells[0] is not None and plan.cells[0].status == "pending"
        handed = plan.times[1] if held and len(plan.times) > 1 else plan.created
        hours, target = self._hours[case.inbox], self.target(case.inbox, case.team)
        if case.state in ANSWERED:
            speed = hours.seconds(handed, case.replied)
            yield case._replace(state="late" if speed > target else "in_target", speed=speed)
            yield case._replace(state=DOUBT, speed=speed)
        elif case.state == "closed_without_reply":
            yield case
        else:
            yield case._replace(state="queued_in_time")
            if hours.seconds(handed, moment) > target:
                yield case._replace(state="queued_late")


def _unanswered(plan: Plan, cell: Cell, moment: float, *, late: bool) -> str:
    last = next(written for written in reversed(plan.written(moment)) if written.kind != "activity")
    if last.kind == "campaign":
        return "no_customer_message"
    if cell.status == "pending":
        return "held"
    if cell.status in {"resolved", "abandoned"}:
        return "closed_by_bot" if last.kind in {"bot", "automation"} else "closed_without_reply"
    return "queued_late" if late else "queued_in_time"


class CaseOptions:
    """What each of some conversations can have counted as; None among these: not at all."""

    def __init__(self, each: Iterable[frozenset[Case | None]]) -> None:
        self._each = [options for options in each if options != NOT_AT_ALL]

    def of(self, may: Callable[[Case], bool], must: Callable[[Case], bool] | None = None) -> "CaseOptions":
        """Those alone of which `may` is true; where `must` is not, they may be missing nevertheless."""

        def narrowed(case: Case | None) -> frozenset[Case | None]:
            if case is None or not may(case):
                return NOT_AT_ALL
            return frozenset({case}) if must is None or must(case) else frozenset({case, None})

        return CaseOptions(frozenset().union(*map(narrowed, options)) for options in self._each)

    def turned(self, into: Callable[[Case], Case]) -> "CaseOptions":
        """With each made another."""
        return CaseOptions(
            frozenset(None if case is None else into(case) for case in each) for each in self._each
        )

    def count(self, *states: str) -> tuple[int, int]:
        """The least and the most of these states; of all where none is named."""
        least = most = 0
        for options in self._each:
            counts = [case is not None and (not states or case.state in states) for case in options]
            least += all(counts)
            most += any(counts)
        return least, most

    def level(self) -> tuple[float, float] | None:
        """The lowest and the highest level, 0 to 1; None where it may be that nothing is decided."""
        low, high = [0, 0], [0, 0]
        for options in self._each:
            parts = {(_in(case, {"in_target"}), _in(case, LEVEL)) for case in options}
            worst = min(parts, key=lambda part: (part[0] - part[1], part[0]))
            best = max(parts, key=lambda part: (part[0], -part[1]))
            low[0], low[1] = low[0] + worst[0], low[1] + worst[1]
            high[0], high[1] = high[0] + best[0], high[1] + best[1]
        return (low[0] / low[1], high[0] / high[1]) if low[1] and high[1] else None

    def within(self, part: float) -> tuple[float, float] | None:
        """The least and the most seconds within which `part` of those answered had it; None without any."""
        sure: list[float] = []
        unsure: list[float] = []
        for options in self._each:
            speeds = {case.speed if case is not None and case.state in ANSWERED else None for case in options}
            (sure if None not in speeds else unsure).extend(
                sorted(speed for speed in speeds if speed is not None)[:1]
            )
        unsure.sort()
        middles = []
        for number in range(len(unsure) + 1):
            for some in (unsure[:number], unsure[len(unsure) - number :]):
                speeds_of = sorted(sure + some)
                if speeds_of:
                    middles.append(speeds_of[max(1, math.ceil(part * len(speeds_of) - 1e-9)) - 1])
        return (min(middles), max(middles)) if middles else None


def _in(case: Case | None, states: Iterable[str]) -> int:
    return int(case is not None and case.state in states)
