"""What the panes say of a snapshot: each state in its own way, and nothing that is not known."""

import pytest

from tests.builders import NOW, listing, reading, snapshot
from tui import identity, wording
from tui.api.errors import NotPermittedError, ServerError
from tui.api.models import Agent, Team
from tui.identity import Measure
from tui.monitor.reading import AccountSnapshot, Problem, Reading
from tui.panes import figures as draw
from tui.panes import teams
from tui.panes.agents import agents
from tui.panes.agents.agents import Crew
from tui.panes.agents.rows import AgentRows
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import View, worst_team
from tui.panes.table_pane import fitted
from tui.widgets.parts import Line

UNASSIGNED = identity.account(Measure.UNASSIGNED)
REFUSED = Problem(NotPermittedError("not for this role"), at=NOW)
BROKEN = Problem(ServerError("the server failed", status=500), at=NOW)
VIEW = View(now=NOW, width=76, height=8, target=300.0)


def text(line: Line) -> str:
    return "".join(part.text for part in line)


def told(shown: AccountSnapshot) -> str:
    return "\n".join(text(line) for line in conversations.lines(shown, VIEW))


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (reading(162), "162"),
        (reading(162, age=40), "162 (40 s old)"),
        (reading(None), "—"),
        (reading(None, problem=REFUSED), "—✗"),
        (reading(None, problem=BROKEN), "—"),
        (reading(162, problem=BROKEN), "162"),
        (reading(9, at_least=True), "≥ 9"),
    ],
)
def test_each_state_of_a_figure_reads_differently(known: Reading, words: str) -> None:
    assert text(draw.figure(snapshot({UNASSIGNED: known}), UNASSIGNED, NOW)) == words


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (11, ("31 m", "(3 min old)")),
        (12, ("31 m (3 min)", "")),
        (15, ("31 m (3 min)", "")),
        (16, ("31 m (3 min old)", "")),
    ],
)
def test_an_age_that_has_no_room_is_shorter_or_stands_below_and_is_never_cut(
    room: int, shown: tuple[str, str]
) -> None:
    longest = identity.account(Measure.LONGEST)
    old = snapshot({longest: reading(31 * 60, age=180)})
    figure, below = draw.figure_above_age(old, longest, NOW, room, form=wording.wait)
    assert (text(figure), text(below)) == shown


def test_a_figure_never_asked_is_neither_zero_nor_unknown() -> None:
    assert text(draw.figure(snapshot(), UNASSIGNED, NOW)) == "…"


def test_the_five_answers_stand_in_order_with_the_target() -> None:
    shown = told(
        snapshot(
            {
                UNASSIGNED: reading(162),
                identity.account(Measure.WAITING): reading(160),
                identity.account(Measure.OVER_TARGET): reading(31),
                identity.account(Measure.LONGEST): reading(18 * 60),
                identity.account(Measure.BACKLOG): reading(4),
                identity.account(Measure.AGENTS_ONLINE): reading(5),
            }
        )
    )
    assert "31 over 5 min" in shown
    assert "backlog 4" in shown
    assert "32 wait each" in shown
    places = [shown.index(word) for word in ("unassigned", "longest wait", "agents online", "needs help")]
    assert places == sorted(places)


def test_waiting_with_nobody_there_is_said_in_words() -> None:
    shown = told(snapshot({UNASSIGNED: reading(3), identity.account(Measure.AGENTS_ONLINE): reading(0)}))
    assert "nobody online" in shown


def test_the_load_of_each_agent_is_not_told_while_one_of_its_figures_is_unknown() -> None:
    shown = told(snapshot({UNASSIGNED: reading(3), identity.account(Measure.AGENTS_ONLINE): reading(None)}))
    assert "per agent" not in shown


def test_a_team_with_nobody_online_is_worse_than_one_with_as_many_waiting() -> None:
    both = (Team(1, "sales"), Team(2, "billing"))
    readings = {}
    for number, online in ((1, 4), (2, 0)):
        readings[identity.team(number, Measure.UNASSIGNED)] = reading(10)
        readings[identity.team(number, Measure.MEMBERS_ONLINE)] = reading(online)
        readings[identity.team(number, Measure.MEMBERS)] = reading(6)
    worst = worst_team(snapshot(readings, teams=listing(both)), NOW)
    assert worst is not None
    assert (worst.name, worst.notes) == ("billing", ("10 unassigned · 0 of 6 online", "10 unassigned"))


def test_the_worst_team_is_one_of_the_live_and_an_old_one_tells_its_age() -> None:
    both = listing((Team(1, "sales"), Team(2, "billing")))
    old = {identity.team(2, Measure.UNASSIGNED): reading(40, age=130)}
    live = {identity.team(1, Measure.UNASSIGNED): reading(3)}
    worst = worst_team(snapshot({**old, **live}, teams=both), NOW)
    assert worst is not None
    assert (worst.name, worst.live) == ("sales", True)
    worst = worst_team(snapshot(old, teams=both), NOW)
    assert worst is not None
    assert (worst.notes, worst.live) == (
        ("40 unassigned (2 min old)", "40 (2 min old)", "(2 min old)"),
        False,
    )


def test_no_team_is_called_the_worst_where_nobody_waits_or_nothing_is_known() -> None:
    shown = snapshot(
        {identity.team(1, Measure.UNASSIGNED): reading(0)}, teams=listing((Team(1, "a"), Team(2, "b")))
    )
    assert worst_team(shown, NOW) is None


def test_agents_are_ordered_by_availability_and_unknown_words_are_shown_as_they_are() -> None:
    people = (
        Agent(1, "Zoe", availability="offline"),
        Agent(2, "Bo", availability="online"),
        Agent(3, "Al", availability="in a meeting"),
        Agent(4, "Cy", availability=None),
    )
    rows = AgentRows().rows(snapshot(agents=listing(people)), Crew(NOW, {}))
    assert [row.key for row in rows] == [2, 1, 3, 4]
    assert [row.cells[1].text for row in rows] == ["● online", "○ offline", "? in a meeting", "—"]
    assert "? 1 in a meeting" in text(agents.totals(snapshot(agents=listing(people)), NOW))


def test_the_loss_of_unreadable_items_is_told_in_the_title() -> None:
    assert teams.title(snapshot(teams=listing((Team(1, "a"),), lost=2))) == "Teams 1, 2 unreadable"


def test_an_empty_list_says_why() -> None:
    assert teams.empty(snapshot(), NOW) == "Asking the server…"
    assert "may not see" in teams.empty(snapshot(teams=listing(None, problem=REFUSED)), NOW)
    assert "Unknown" in teams.empty(snapshot(teams=listing(None, problem=BROKEN)), NOW)
    assert teams.empty(snapshot(teams=listing(())), NOW) == "No teams in this account."


@pytest.mark.parametrize(
    ("parts", "room", "told"),
    [
        (("", "as of 13:00:06"), 10, "as of 13:00:06"),
        (("of all inboxes", "as of 13:00:06"), 10, "as of 13:00:06"),
        (
            ("of all inboxes", "as of 13:00:06", "oldest figure 59 min"), 54,
            "of all inboxes · as of 13:00:06 · oldest figure 59 min",
        ),
        (
            ("of all inboxes", "as of 13:00:06", "oldest figure 59 min"), 53,
            "of all inboxes · oldest figure 59 min",
        ),
        (
            ("as of 13:00:06", "oldest figure 59 min", "levels as of 12:40"), 45,
            "as of 13:00:06 · oldest figure 59 min",
        ),
        (
            ("as of 13:00:06", "oldest figure 59 min", "times oldest figure 2 min"), 50,
            "oldest figure 59 min · times oldest figure 2 min",
        ),
        (("oldest figure 59 min",), 3, "oldest 59 min"),
    ],
)  # fmt: skip
def test_in_a_narrow_border_an_age_stays_before_the_moment_of_what_is_live(
    parts: tuple[str, ...], room: int, told: str
) -> None:
    assert fitted(parts, room) == told
