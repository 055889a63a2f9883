"""The rows of the agents pane, kept from one drawing to the next: there may be thousands."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tui.api.models import Agent
from tui.figures import AccountKey
from tui.monitor.presence import Since
from tui.monitor.reading import MISSED_PERIODS, UNREAD, AccountSnapshot, Listing, Reading, State
from tui.panes import agents
from tui.panes.agents import Asked, Crew, Seen, held_text, slots_of
from tui.widgets.rows import LateRow, Row

ALL = object()


class _Whole(NamedTuple):
    """What all rows depend on."""

    key: AccountKey
    people: int
    agents: Listing[Agent]
    members: Listing[Agent] | None
    since: Mapping[int, Since]
    limit: int | None
    may_report: bool


class _Kept(NamedTuple):
    """A row, what it was made of, and the moment at which one of its figures becomes stale."""

    agent: Agent
    since: Since | None
    readings: tuple[Reading, ...]
    until: float
    row: LateRow


class AgentRows:
    """Makes only those rows anew whose figures changed, or became stale.

    With `members` only these are shown; those the list of agents doesn't name are shown as the
    team's own list has them.
    """

    def __init__(self) -> None:
        self._whole: _Whole | None = None
        self._common: tuple[object, ...] = ()
        self._until = 0.0
        self._rows: Sequence[Row] = ()
        self._kept: dict[int, _Kept] = {}
        self._ordered: tuple[object, object, list[Agent]] = (None, None, [])
        self._loads: list[Reading] = []
        self._times: list[Reading] = []
        self._asked = Asked(0.0)

    def rows(
        self, snapshot: AccountSnapshot, crew: Crew, members: Listing[Agent] | None = None
    ) -> Sequence[Row]:
        """The rows as they are at `crew.now`; the same object while nothing in them changed."""
        reporting = agents.may_report(snapshot, crew.now)
        whole = _Whole(
            snapshot.key, snapshot.people, snapshot.agents, members, crew.since, crew.limit, reporting
        )
        if self._whole is None or not _same(whole, self._whole) or crew.now > self._until:
            self._make(snapshot, crew, members, whole)
        return self._rows

    @property
    def loads(self) -> Sequence[Reading]:
        """Those readings of load that decide the moment of the rows: the oldest, live and not."""
        return self._loads

    @property
    def times(self) -> Sequence[Reading]:
        """Those readings of the agents' own times that decide their moment, in view or not."""
        return self._times

    def _make(
        self, snapshot: AccountSnapshot, crew: Crew, members: Listing[Agent] | None, whole: _Whole
    ) -> None:
        now, get, since_of = crew.now, snapshot.readings.get, crew.since.get
        listed, scale = snapshot.agents, agents.scale_of(snapshot, crew.limit)
        stale = listed.state(now) is State.STALE
        common = (snapshot.key, scale, crew.limit, whole.may_report, stale)
        told_anew = self._asked.at != listed.asked_at
        self._asked.at = listed.asked_at
        before = self._kept if common == self._common else {}
        kept_now: dict[int, _Kept] = {}
        for agent in self._people(snapshot, members):
            number = agent.id
            opened, queued, resolved, first_response, resolution = slots_of(number)
            readings = (
                get(opened, UNREAD),
                get(queued, UNREAD),
                get(resolved, UNREAD),
                get(first_response, UNREAD),
                get(resolution, UNREAD),
            )
            since = None if stale else since_of(number)
            kept = before.get(number)
            if (
                kept is None
                or kept.readings != readings
                or kept.until < now
                or kept.since is not since
                or (kept.agent is not agent and kept.agent != agent)
                or (told_anew and kept.row.is_made and _held(kept) != held_text(listed.asked_at, since))
            ):
                seen = Seen(
                    agent, self._asked, since, stale, readings, now, scale, crew.limit, whole.may_report
                )
                turns = min(
                    [at for one in readings if (at := one.asked_at + MISSED_PERIODS * one.period) >= now],
                    default=math.inf,
                )
                kept = _Kept(agent, since, readings, turns, agents.row(seen))
            kept_now[number] = kept
        everything = kept_now.values()
        self._whole, self._common, self._kept = whole, common, kept_now
        self._until = min([_turns(listed, now), *[kept.until for kept in everything]])
        self._rows = [kept.row for kept in everything]
        self._loads = _oldest((one for kept in everything for one in kept.readings[:2]), now)
        self._times = _oldest((one for kept in everything for one in kept.readings[2:]), now)

    def _people(self, snapshot: AccountSnapshot, members: Listing[Agent] | None) -> list[Agent]:
        mine = ALL if members is None else members.items
        if self._ordered[0] is not snapshot.agents.items or self._ordered[1] is not mine:
            everybody: Iterable[Agent] = snapshot.agents.items or ()
            if members is not None:
                known = {agent.id: agent for agent in everybody}
                everybody = [known.get(agent.id, agent) for agent in members.items or ()]
            self._ordered = snapshot.agents.items, mine, agents.ordered(everybody)
        return self._ordered[2]


def _oldest(readings: Iterable[Reading], now: float) -> list[Reading]:
    """The oldest of the live readings, and that of the others; hundreds are of the same moment."""
    by_moment = {one.asked_at: one for one in readings if one.value is not None}
    return list({by_moment[at].state(now): by_moment[at] for at in sorted(by_moment, reverse=True)}.values())


def _held(kept: _Kept) -> str:
    return kept.row.cells[agents.SINCE].text


def _same(one: _Whole, other: _Whole) -> bool:
    return all(mine is yours or mine == yours for mine, yours in zip(one, other, strict=True))


def _turns(known: Reading | Listing[Any], now: float) -> float:
    """The moment at which what is live becomes stale; never, where it is not live."""
    at = known.asked_at + MISSED_PERIODS * known.period
    return at if at >= now else math.inf
