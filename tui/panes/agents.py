"""The agents pane: who is there, since when, and how much each one carries."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import tzinfo

from tui import figures, wording
from tui.api.models import Agent
from tui.figures import Measure
from tui.monitor.presence import Since
from tui.monitor.reading import AccountSnapshot, State
from tui.panes import figures as draw
from tui.panes.teams import count_cell, listing_empty, listing_title
from tui.widgets.columns import Column
from tui.widgets.parts import Line, Part
from tui.widgets.rows import Cell, Row

COLUMNS: tuple[Column, ...] = (
    Column("name", "agent", min_width=12, flex=1, priority=0),
    Column("availability", "availability", width=13, priority=1, help="as the server tells it"),
    Column(
        "since", "since", width=7, align="right", priority=4, help="in this availability, as seen from here"
    ),
    Column("open", "open", width=6, align="right", priority=2, help="open conversations assigned"),
    Column("queued", "queued", width=7, align="right", priority=3, help="assigned, not answered yet"),
)

KNOWN = ("online", "busy", "away", "offline")
SYMBOLS = {"online": "●", "busy": "◐", "away": "◌", "offline": "○"}
OTHER = "?"
RANK = {word: index for index, word in enumerate(KNOWN)}

MEASURES = {
    "online": Measure.AGENTS_ONLINE,
    "busy": Measure.AGENTS_BUSY,
    "away": Measure.AGENTS_AWAY,
    "offline": Measure.AGENTS_OFFLINE,
}


def rows(snapshot: AccountSnapshot, now: float, since: Mapping[int, Since]) -> list[Row]:
    """One row an agent, by availability and name; `since` is when each took its present one."""
    agents = sorted(snapshot.agents.items or (), key=_place)
    return [_row(snapshot, agent, now, since.get(agent.id)) for agent in agents]


def _place(agent: Agent) -> tuple[int, str, int]:
    return RANK.get(agent.availability or "", len(KNOWN)), agent.name.casefold(), agent.id


def _row(snapshot: AccountSnapshot, agent: Agent, now: float, since: Since | None) -> Row:
    stale = snapshot.agents.state(now) is State.STALE
    opened = figures.agent(agent.id, Measure.OPEN)
    queued = figures.agent(agent.id, Measure.QUEUED)
    held = None if since is None or stale else snapshot.agents.asked_at - since.at
    told = "" if since is None or held is None else _held_text(held, since.at_least)
    return Row(
        key=agent.id,
        cells=(
            Cell(agent.name, "stale" if stale else "normal"),
            Cell(availability_text(agent.availability), "stale" if stale else _look(agent.availability)),
            Cell(told, "dim"),
            count_cell(snapshot, opened, now),
            count_cell(snapshot, queued, now),
        ),
        sort=(
            agent.name.casefold(),
            RANK.get(agent.availability or "", len(KNOWN)),
            held,
            snapshot.reading(opened).value,
            snapshot.reading(queued).value,
        ),
    )


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


def _look(word: str | None) -> str:
    return word if word in SYMBOLS else "unknown"


def title(snapshot: AccountSnapshot) -> str:
    """`Agents 12`, and how many could not be read."""
    return listing_title("Agents", snapshot.agents.items, snapshot.agents.lost)


def totals(snapshot: AccountSnapshot, now: float) -> Line:
    """`● 5 online  ◐ 2 busy  ◌ 1 away  ○ 4 offline`, and words we don't know with their numbers."""
    stale = snapshot.agents.state(now) is State.STALE
    parts: list[Part] = []
    for word in KNOWN:
        slot = figures.account(MEASURES[word])
        reading = snapshot.reading(slot)
        look = draw.role(reading, now, word)
        if parts:
            parts.append(Part("  "))
        parts.append(Part(f"{SYMBOLS[word]} ", "stale" if stale else word))
        parts.append(Part(draw.value_text(reading, now), look, draw.meta(slot)))
        parts.append(Part(f" {word}", "dim"))
    others = Counter(
        agent.availability for agent in snapshot.agents.items or () if agent.availability not in RANK
    )
    for other, number in sorted(others.items(), key=lambda item: item[0] or ""):
        parts.append(Part(f"  {OTHER} {wording.count(number)} {other or 'not told'}", "unknown"))
    return parts


def as_of(snapshot: AccountSnapshot, now: float, wall: float, zone: tzinfo | None) -> str:
    """The oldest moment among the live figures of the pane, and how old the dimmed ones are."""
    loads = [
        snapshot.reading(figures.agent(agent.id, measure))
        for agent in snapshot.agents.items or ()
        for measure in (Measure.OPEN, Measure.QUEUED)
    ]
    return draw.moments([snapshot.agents, *loads], now, wall, zone)


def totals_as_of(snapshot: AccountSnapshot, now: float, wall: float, zone: tzinfo | None) -> str:
    """The moment of the totals alone, or how old they are."""
    return draw.moments([snapshot.agents], now, wall, zone)


def empty(snapshot: AccountSnapshot, now: float) -> str:
    """What stands in the pane where there is no row."""
    return listing_empty(snapshot.agents.state(now), "No agents in this account.")
