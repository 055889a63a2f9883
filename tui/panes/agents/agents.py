"""The agents pane: who is there, since when, and how much each one carries."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from functools import lru_cache, partial
from operator import attrgetter, itemgetter
from typing import NamedTuple

from tui import identity, wording
from tui.api.models import Agent
from tui.config.columns import AGENTS, LOAD, figures_in
from tui.durations import MINUTE
from tui.identity import Slot
from tui.measures import AVAILABILITIES
from tui.monitor.calls import EVERYTHING, What
from tui.monitor.presence import Since
from tui.monitor.reading import UNREAD, AccountSnapshot, Reading, State
from tui.panes import figures as draw
from tui.panes.teams import listing_empty, listing_title
from tui.widgets.parts import Line, Part
from tui.widgets.rows import Cell, LateRow, Row, SortValue
from tui.widgets.trend import bar

ROUND = (4, 5, 6, 8, 10, 12, 15, 20, 25, 30)

SHOWN = figures_in(AGENTS)
MEASURES = tuple(SHOWN.values())
"""The figures that stand in a row."""
OF_DAY = tuple(bool(measure.row.day) for measure in MEASURES)
"""Which of them are of today: an agent's own results and times, which cost a call for each agent."""
DAY_COLUMNS = frozenset(AGENTS[place].key for place, measure in SHOWN.items() if measure.row.day)
"""The columns of those."""
LOAD_AT = next((place for place, measure in enumerate(MEASURES) if measure in EVERYTHING), None)
"""Which of them says how many an agent has; None where none does."""
REPORTED = identity.account(next(iter(What.SUMMARY.call.tells)))
"""A figure of the account's own report: whoever is refused that is refused those of agents, too."""

KNOWN = tuple(AVAILABILITIES)
FIRST = identity.account(AVAILABILITIES[KNOWN[0]])
"""How many are in the first availability: of all agents the figure that matters."""
SYMBOLS = {"online": "●", "busy": "◐", "away": "◌", "offline": "○"}
OTHER = "?"
RANK = {word: index for index, word in enumerate(KNOWN)}


class Crew(NamedTuple):
    """What the rows of agents are drawn with besides the snapshot."""

    now: float
    since: Mapping[int, Since]
    """When each took the present availability, by agent id."""
    limit: int | None = None
    """Conversations an agent takes; None where nobody said."""


@lru_cache(maxsize=identity.KEPT)
def slots_of(agent_id: int) -> tuple[Slot, ...]:
    """The figures of an agent, made once: there may be thousands of agents."""
    return tuple(identity.agent(agent_id, measure) for measure in MEASURES)


class AgentSeen(NamedTuple):
    """All that the row of one agent is made of."""

    agent: Agent
    asked_at: float
    """When the list of agents was asked for."""
    since: Since | None
    stale: bool
    """Whether the list of agents is."""
    readings: tuple[Reading, ...]
    """In the order of `MEASURES`."""
    now: float
    scale: float
    """Open conversations that fill the bar of load."""
    limit: int | None
    may_report: bool


def ordered(agents: Iterable[Agent]) -> list[Agent]:
    """Agents by availability and name."""
    by_rank: list[list[Agent]] = [[] for _ in range(len(KNOWN) + 1)]
    for agent in agents:
        by_rank[rank_of(agent)].append(agent)
    # Names alone are compared far faster than names with what tells equal ones apart.
    return [agent for alike in by_rank for agent in sorted(sorted(alike, key=_id), key=_folded)]


_id = attrgetter("id")


def _folded(agent: Agent) -> str:
    return agent.name.casefold()


def scale_above(largest: float) -> float:
    """A round number that the largest load does not exceed."""
    power = 1.0
    while True:
        for step in ROUND:
            if step * power >= largest:
                return step * power
        power *= 10


def row(seen: AgentSeen) -> LateRow:
    """The row of one agent; its cells are made when it comes into view."""
    sort = sort_values(seen.agent, seen.since, seen.readings)
    return LateRow.of(seen.agent.id, partial(_cells, seen), sort)


_SORTED = ("name", "availability", "since", "load", *(AGENTS[place].key for place in SHOWN))
_IN_AGENTS: Callable[[tuple[SortValue, ...]], tuple[SortValue, ...]] = itemgetter(
    *(_SORTED.index(column.key) for column in AGENTS)
)


def sort_values(agent: Agent, since: Since | None, readings: Sequence[Reading]) -> tuple[SortValue, ...]:
    """What the row of an agent sorts by, in the order of the columns."""
    held = None if since is None else -since.at
    own = (agent.name.casefold(), rank_of(agent), held, None)
    return _IN_AGENTS((*own, *[reading.value for reading in readings]))


def rank_of(agent: Agent) -> int:
    """Where an availability stands among all: who is there first, what we don't know last."""
    return RANK.get(agent.availability or "", len(KNOWN))


def _cells(seen: AgentSeen) -> tuple[Cell, ...]:
    agent, stale = seen.agent, seen.stale
    figures = dict(zip(SHOWN, map(partial(_figure_cell, seen), range(len(MEASURES))), strict=True))

    def cell(place: int, key: str) -> Cell:
        match key:
            case "name":
                return Cell(agent.name, "stale" if stale else "normal")
            case "availability":
                look_ = "stale" if stale else look(agent.availability)
                return Cell(availability_text(agent.availability), look_)
            case "since":
                return Cell(held_text(seen.asked_at, seen.since), "dim")
            case "load":
                return _load_cell(seen)
            case _:
                return figures[place]

    return tuple(cell(place, column.key) for place, column in enumerate(AGENTS))


def _figure_cell(seen: AgentSeen, place: int) -> Cell:
    reading, measure = seen.readings[place], MEASURES[place]
    form = wording.duration if measure.row.is_time else wording.count
    slot = slots_of(seen.agent.id)[place]
    cell = draw.cell(draw.value_text(reading, seen.now, form), reading, slot, seen.now)
    return _refused(reading, cell) if OF_DAY[place] and not seen.may_report else cell


def _load_cell(seen: AgentSeen) -> Cell:
    reading = UNREAD if LOAD_AT is None else seen.readings[LOAD_AT]
    full = seen.limit is not None and reading.value is not None and reading.value >= seen.limit
    live = reading.state(seen.now) is State.LIVE
    look = ("warning" if full else "dim") if live else "stale"
    return Cell(bar(reading.value, seen.scale, LOAD), look)


def _refused(reading: Reading, cell: Cell) -> Cell:
    """Of an agent who was never asked for: what the account is refused, its agents are too."""
    never = reading.asked_at == 0.0 and reading.problem is None
    return Cell(draw.NOT_PERMITTED, "not-permitted", cell.meta) if never else cell


def may_report(snapshot: AccountSnapshot, now: float) -> bool:
    """False where this token's role is refused the account's summary."""
    summary = snapshot.reading(REPORTED)
    return summary.state(now) is not State.NOT_PERMITTED


def held_text(asked_at: float, since: Since | None) -> str:
    """How long an agent has been in the present availability; empty where that is not known."""
    return "" if since is None else _held_text(asked_at - since.at, since.at_least)


def _held_text(held: float, at_least: bool) -> str:
    if at_least and held < MINUTE:
        return ""
    return wording.duration(held, at_least=at_least)


def takes(wanted: str) -> Callable[[Row], bool]:
    """Whether a row is of an agent with that availability; `other` takes the words we don't know."""
    rank = RANK.get(wanted, len(KNOWN))
    return lambda row: row.sort is not None and row.sort[1] == rank


def availability_text(word: str | None) -> str:
    """A shape and the server's own word; `—` where it told none."""
    if word is None:
        return wording.UNKNOWN
    return f"{SYMBOLS.get(word, OTHER)} {word}"


def look(word: str | None) -> str:
    """The role that an availability is drawn in."""
    return word if word in SYMBOLS else "unknown"


def title(snapshot: AccountSnapshot) -> str:
    """`Agents 12`, how many could not be read, and that reports of them cover more than other counts."""
    reported = snapshot.reading(REPORTED).value is not None
    beyond = " · of the whole account" if reported and snapshot.reports_cover_more else ""
    return listing_title("Agents", snapshot.agents.items, snapshot.agents.lost) + beyond


def _others(people: tuple[Agent, ...]) -> list[tuple[str | None, int]]:
    """How many are in each availability of a word we don't know."""
    others = Counter(agent.availability for agent in people if agent.availability not in RANK)
    return sorted(others.items(), key=lambda item: item[0] or "")


def totals(snapshot: AccountSnapshot, now: float) -> Line:
    """`● 5 online  ◐ 2 busy  ◌ 1 away  ○ 4 offline`, and words we don't know with their numbers."""
    state = snapshot.agents.state(now)
    if state is State.NOT_PERMITTED:
        refused = Part(draw.NOT_PERMITTED, "not-permitted", draw.meta(FIRST))
        return [refused, Part(" this token may not see who is there", "dim")]
    stale = state is State.STALE
    parts: list[Part] = []
    for word in KNOWN:
        slot = identity.account(AVAILABILITIES[word])
        reading = snapshot.reading(slot)
        look = draw.role(reading, now, word)
        if parts:
            parts.append(Part("  "))
        parts.append(Part(f"{SYMBOLS[word]} ", "stale" if stale else word))
        parts.append(Part(draw.value_text(reading, now), look, draw.meta(slot)))
        parts.append(Part(f" {word}", "dim"))
    for other, number in snapshot.agents.once(_others):
        parts.append(Part(f"  {OTHER} {wording.count(number)} {other or 'not told'}", "unknown"))
    return parts


def as_of(
    snapshot: AccountSnapshot,
    loads: Iterable[Reading],
    now: float,
    wall: float,
    zone: tzinfo | None,
    times: Iterable[Reading] = (),
) -> tuple[str, ...]:
    """The oldest moment among the live figures of the pane, and how old the dimmed ones are.

    `loads` are the readings of load in view. `times` are those of the agents' own times,
    where they are shown: asked one after the other, they are older and have a moment of their own,
    where there is room for two.
    """
    loads, times = tuple(loads), tuple(times)
    moments = draw.moments([snapshot.agents, *loads], now, wall, zone)
    oldest = draw.moments(times, now, wall, zone).removeprefix("as of ")
    if not (moments and oldest):
        return (moments,)
    return f"{moments} · times {oldest}", draw.moments([snapshot.agents, *loads, *times], now, wall, zone)


def totals_as_of(snapshot: AccountSnapshot, now: float, wall: float, zone: tzinfo | None) -> str:
    """The moment of the totals alone, or how old they are."""
    return draw.moments([snapshot.agents], now, wall, zone)


def empty(snapshot: AccountSnapshot, now: float) -> str:
    """What stands in the pane where there is no row."""
    return listing_empty(snapshot.agents.state(now), "No agents in this account.")
