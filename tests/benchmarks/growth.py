"""What one drawing of an account costs the processor, from ten rows a list to twenty thousand."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from tests.builders import NOW, listing, reading, snapshot
from tui import identity
from tui.api.models import Agent, Inbox, Team
from tui.config.columns import TEAMS
from tui.config.conditions import parse_condition
from tui.config.model import AlertRule, Where
from tui.identity import Measure
from tui.monitor.alerts.needs import needs_of
from tui.monitor.presence import Presence
from tui.monitor.reading import AccountSnapshot, Listing
from tui.panes import inboxes, teams
from tui.panes.agents.agents import Crew
from tui.panes.agents.rows import AgentRows
from tui.panes.conversations.headline import worst_team
from tui.panes.kept_rows import RowsInView
from tui.widgets.arrangement import Wish, arrange, arranging
from tui.widgets.rows import Matcher

SIZES = (10, 200, 2_000, 20_000)
PAGE = 40
ROUNDS = 5
OVER = object()
WORDS = ("online", "busy", "away", "offline")
CONDITION = "unassigned > 20 and members_online = 0"
RULES = (AlertRule(parse_condition(CONDITION), CONDITION, where=Where(team="*")),)
"""An alert on every team."""


def account(rows: int, counted: int) -> AccountSnapshot:
    """An account of `rows` teams and `rows` inboxes, of which `counted` have a count."""
    return snapshot(
        {
            identity.team(number, measure): reading(number % 17)
            for number in range(min(rows, counted))
            for measure in (Measure.UNASSIGNED, Measure.OPEN)
        },
        teams=listing([Team(number, f"team {number}") for number in range(rows)]),
        inboxes=listing([Inbox(number, f"inbox {number}") for number in range(rows)]),
        agents=agents_of(rows, 0),
    )


def agents_of(rows: int, turn: int) -> Listing[Agent]:
    """`rows` agents, of whom one in fifty changes from turn to turn."""
    return listing(
        [
            Agent(
                number,
                f"agent {number:05}",
                availability=WORDS[(number + turn * (not number % 50)) % len(WORDS)],
            )
            for number in range(rows)
        ]
    )


class Spent(NamedTuple):
    """Milliseconds of the processor, and those of what it is compared with."""

    ours: float
    baseline: float | None = None
    against: str = ""


def costs(rows: int) -> dict[str, Spent]:
    """What was spent, by what was done."""
    shown, kept, kept_inboxes = account(rows, 300), RowsInView(), RowsInView()
    moment, agent_rows, presence = iter(range(1_000)), AgentRows(), Presence()
    turns = [msgspec.structs.replace(shown, agents=agents_of(rows, turn)) for turn in range(2 * ROUNDS)]
    changed, observed = iter(turns), iter(turns)

    def drawn() -> None:
        now = NOW + next(moment)
        for pane_rows in (teams.rows(shown, now, kept=kept), inboxes.rows(shown, now, kept=kept_inboxes)):
            shown_rows = arrange(pane_rows, Wish((), Matcher(""), None, None)).rows
            for place in range(min(PAGE, rows)):
                shown_rows[place]

    def agents_drawn() -> None:
        agents = agent_rows.rows(next(changed), Crew(NOW, {}))
        shown_rows = arrange(agents, Wish((), Matcher(""), None, None)).rows
        for place in range(min(PAGE, rows)):
            assert shown_rows[place].cells

    def watched() -> None:
        listed = next(observed)
        later = msgspec.structs.replace(listed.agents, asked_at=NOW + next(moment))
        presence.observe(msgspec.structs.replace(listed, agents=later))

    def all_made() -> None:
        for pane_rows in (teams.rows(shown, NOW), inboxes.rows(shown, NOW)):
            assert [row.cells for row in pane_rows]

    def all_agents() -> None:
        assert [row.cells for row in AgentRows().rows(shown, Crew(NOW, {}))]

    def went_through() -> None:
        assert [agent for agent in shown.agents.items or () if agent.availability != "gone"]

    def sorted_rows() -> None:
        wish = Wish(TEAMS, Matcher(""), None, ("unassigned", True))
        arrange(teams.rows(shown, NOW, kept=kept), wish)

    everything = _milliseconds(all_made, rounds=1)
    everybody = _milliseconds(all_agents, rounds=1)
    whole = _milliseconds(sorted_rows)
    made = "all rows made"
    return {
        "teams and inboxes drawn": Spent(_milliseconds(drawn), everything, made),
        "agents drawn, some changed": Spent(_milliseconds(agents_drawn), everybody, made),
        "agents: since when": Spent(_milliseconds(watched), _milliseconds(went_through), "one loop"),
        "teams sorted, longest slice": Spent(_longest_slice(shown, kept), whole, "in all"),
        "what alerts need": Spent(_milliseconds(lambda: needs_of(RULES, shown))),
        "the team that needs help": Spent(_milliseconds(lambda: worst_team(shown, NOW))),
    }


def _milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


def _longest_slice(shown: AccountSnapshot, kept: RowsInView) -> float:
    wish = Wish(TEAMS, Matcher(""), None, ("unassigned", True))
    steps = arranging(teams.rows(shown, NOW, kept=kept), wish)
    longest, going = 0.0, True
    while going:
        began = time.process_time()
        going = next(steps, OVER) is not OVER
        longest = max(longest, (time.process_time() - began) * 1000)
    return longest
