"""The agents pane: who is there, since when, and how much each one carries."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo
from functools import lru_cache, partial
from operator import attrgetter
from typing import NamedTuple

from tui import identity, wording
from tui.api.models import Agent
from tui.identity import Measure, Slot
from tui.measures import AVAILABILITIES
from tui.monitor.presence import Since
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.panes import figures as draw
from tui.panes.teams import listing_empty, listing_title
from tui.widgets.columns import Column
from tui.widgets.parts import Line, Part
from tui.widgets.rows import Cell, LateRow, Row, SortValue
from tui.widgets.trend import bar

LOAD = 6
ROUND = (4, 5, 6, 8, 10, 12, 15, 20, 25, 30)

COLUMNS: tuple[Column, ...] = (
    Column("name", "agent", min_width=18, flex=1, priority=0, help="the name shown to customers"),
    Column("availability", "availability", width=12, priority=1, help="as the server tells it"),
    Column(
        "since", "since", width=7, align="right", priority=4, help="in this availability, as seen from here"
    ),
    Column("open", "open", width=5, align="right", priority=2, help="open conversations assigned"),
    Column(
        "load", "load", width=LOAD, priority=5, sortable=False,
        help="open, of the configured limit or else of the largest",
    ),
    Column("queued", "queued", width=7, align="right", priority=3, help="assigned, not answered yet"),
    Column(
        "resolved", "today's res.", width=12, align="right", priority=6,
        help="of the conversations created today, those resolved by now",
    ),
    Column(
        "first_response", "1st resp.", width=9, align="right", priority=7,
        help="average time to the first response, today",
    ),
    Column(
        "resolution", "resolution", width=10, align="right", priority=8,
        help="average time to the resolution, today",
    ),
)  # fmt: skip
TIMES = frozenset({"resolved", "first_response", "resolution"})
"""Columns that cost a call for each agent."""

KNOWN = tuple(AVAILABILITIES)
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


class Slots(NamedTuple):
    """The figures of one agent."""

    open: Slot
    queued: Slot
    resolved: Slot
    first_response: Slot
    resolution: Slot


MEASURED = (
    Measure.OPEN, Measure.QUEUED, Measure.RESOLUTIONS, Measure.FIRST_RESPONSE, Measure.RESOLUTION,
)  # fmt: skip


LOADS, OWN_TIMES = slice(2), slice(2, None)
"""Which of them are the load, and which the agent's own results and times."""


@lru_cache(maxsize=identity.KEPT)
def slots_of(agent_id: int) -> Slots:
    """The figures of an agent, made once: there may be thousands of agents."""
    return Slots(*(identity.agent(agent_id, measure) for measure in MEASURED))


class Seen(NamedTuple):
    """All that the row of one agent is made of."""

    agent: Agent
    asked_at: float
    """When the list of agents was asked for."""
    since: Since | None
    stale: bool
    """Whether the list of agents is."""
    readings: tuple[Reading, ...]
    """In the order of `Slots`."""
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
    return [one for some in by_rank for one in sorted(sorted(some, key=_id), key=_folded)]


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


def row(seen: Seen) -> LateRow:
    """The row of one agent; its cells are made when it comes into view."""
    sort = sort_values(seen.agent, seen.since, seen.readings)
    return LateRow.of(seen.agent.id, partial(_cells, seen), sort)


def sort_values(agent: Agent, since: Since | None, readings: Sequence[Reading]) -> tuple[SortValue, ...]:
    """What the row of an agent sorts by, in the order of the columns."""
    return (
        agent.name.casefold(),
        rank_of(agent),
        None if since is None else -since.at,
        readings[0].value,
        None,
        *(reading.value for reading in readings[1:]),
    )


def rank_of(agent: Agent) -> int:
    """Where an availability stands among all: who is there first, what we don't know last."""
    return RANK.get(agent.availability or "", len(KNOWN))


def _cells(seen: Seen) -> tuple[Cell, ...]:
    agent, now, stale = seen.agent, seen.now, seen.stale
    slots = slots_of(agent.id)
    opened, queued, *own = (
        draw.cell(draw.value_text(reading, now), reading, slot, now)
        for reading, slot in zip(seen.readings[:3], slots[:3], strict=True)
    )
    own += [
        draw.cell(draw.value_text(reading, now, wording.duration), reading, slot, now)
        for reading, slot in zip(seen.readings[3:], slots[3:], strict=True)
    ]
    if not seen.may_report:
        own = [_refused(reading, cell) for reading, cell in zip(seen.readings[2:], own, strict=True)]
    return (
        Cell(agent.name, "stale" if stale else "normal"),
        Cell(availability_text(agent.availability), "stale" if stale else look(agent.availability)),
        Cell(held_text(seen.asked_at, seen.since), "dim"),
        opened,
        _load_cell(seen),
        queued,
        *own,
    )


def _load_cell(seen: Seen) -> Cell:
    reading = seen.readings[0]
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
    summary = snapshot.reading(identity.account(Measure.RESOLUTIONS))
    return summary.state(now) is not State.NOT_PERMITTED


def held_text(asked_at: float, since: Since | None) -> str:
    """How long an agent has been in the present availability; empty where that is not known."""
    return "" if since is None else _held_text(asked_at - since.at, since.at_least)


def _held_text(held: float, at_least: bool) -> str:
    if at_least and held < wording.MINUTE:
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
    reported = snapshot.reading(identity.account(Measure.RESOLUTIONS)).value is not None
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
        refused = Part(
            draw.NOT_PERMITTED, "not-permitted", draw.meta(identity.account(Measure.AGENTS_ONLINE))
        )
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
) -> str:
    """The oldest moment among the live figures of the pane, and how old the dimmed ones are.

    `loads` are the readings of load in view. `times` are those of the agents' own times,
    where they are shown: asked one after the other, they are older and have a moment of their own.
    """
    told = draw.moments([snapshot.agents, *loads], now, wall, zone)
    oldest = draw.moments(times, now, wall, zone).removeprefix("as of ")
    return f"{told} · times {oldest}" if told and oldest else told


def totals_as_of(snapshot: AccountSnapshot, now: float, wall: float, zone: tzinfo | None) -> str:
    """The moment of the totals alone, or how old they are."""
    return draw.moments([snapshot.agents], now, wall, zone)


def empty(snapshot: AccountSnapshot, now: float) -> str:
    """What stands in the pane where there is no row."""
    return listing_empty(snapshot.agents.state(now), "No agents in this account.")
