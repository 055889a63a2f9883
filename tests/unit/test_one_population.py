"""What stands side by side on the dashboard counts the same people, or says how it differs."""

import msgspec
import pytest

from tests.builders import NOW, WALL, listing, reading, snapshot
from tui import identity
from tui.api.models import Agent, Team
from tui.config.conditions import parse_condition
from tui.identity import Measure
from tui.monitor.reading import AccountSnapshot, Wait
from tui.panes import figure_help
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import View, answers, worst_team

WAITING = identity.account(Measure.WAITING)
ROOMY, MIDDLE, NARROW = 196, 116, 76


def seen(
    waiting: float | None, over: float | None, *, at_least: bool = False, assignee: int | None = None
) -> AccountSnapshot:
    told = {
        identity.account(Measure.UNASSIGNED): reading(15),
        WAITING: reading(waiting, at_least=at_least),
        identity.account(Measure.OVER_TARGET): reading(over, at_least=at_least and bool(over)),
        identity.account(Measure.LONGEST): reading(2_340),
        identity.account(Measure.AGENTS_ONLINE): reading(5),
    }
    known = snapshot(told, teams=listing([Team(1, "orders")]), agents=listing([Agent(4, "Bob")]))
    return msgspec.structs.replace(
        known, longest=Wait(7, WALL, team_id=1, assignee_id=assignee, assignee_name="Ann")
    )


def notes(shown: AccountSnapshot, width: int, *, hidden: bool = False) -> list[str]:
    view = View(NOW, width, 8, target=1_200.0, agents_hidden=hidden)
    return ["".join(part.text for part in note) for _, _, note in answers(shown, view)]


@pytest.mark.parametrize(
    ("shown", "width", "told"),
    [
        (seen(26, 4), ROOMY, "26 waiting · 4 over 20 min"),
        (seen(26, 4), MIDDLE, "26 wait, 4 over 20 min"),
        (seen(26, 4), NARROW, "4 over 20 min"),
        (seen(26, 4, at_least=True), ROOMY, "≥ 26 waiting · ≥ 4 over 20 min"),
        (seen(None, 0), ROOMY, "0 over 20 min"),
        (seen(26, None), ROOMY, "26 waiting"),
        (seen(None, None), ROOMY, ""),
    ],
)
def test_who_waits_and_how_many_too_long_stand_together(
    shown: AccountSnapshot, width: int, told: str
) -> None:
    assert notes(shown, width)[0] == told


@pytest.mark.parametrize("width", [NARROW, MIDDLE, ROOMY])
def test_how_many_wait_is_told_at_every_width_and_once(width: int) -> None:
    view = View(NOW, width, 8, target=1_200.0)
    parts = [part for line in conversations.lines(seen(26, 4), view) for part in line]
    assert [part.text for part in parts if part.meta == {"figure": WAITING.name}] == ["26"]


@pytest.mark.parametrize(
    ("assignee", "width", "hidden", "told"),
    [
        (None, ROOMY, False, "orders with nobody"),
        (None, NARROW, False, "orders, nobody"),
        (4, ROOMY, False, "orders with Bob"),
        (9, ROOMY, False, "orders with Ann"),
        (4, ROOMY, True, "orders with an agent"),
    ],
)
def test_the_longest_wait_names_the_team_and_who_has_it(
    assignee: int | None, width: int, hidden: bool, told: str
) -> None:
    assert notes(seen(26, 4, assignee=assignee), width, hidden=hidden)[1] == told


def test_the_load_of_each_agent_is_of_those_who_wait() -> None:
    assert notes(seen(26, 4), ROOMY)[3] == "5.2 waiting per agent online"
    assert notes(seen(26, 4, at_least=True), ROOMY)[3] == "≥ 5.2 waiting per agent online"


def test_the_team_with_most_over_the_target_needs_help_and_says_why() -> None:
    figure = {
        (1, Measure.WAITING): 5.0,
        (1, Measure.OVER_TARGET): 3.0,
        (1, Measure.LONGEST): 3_720.0,
        (1, Measure.MEMBERS): 7.0,
        (1, Measure.MEMBERS_ONLINE): 2.0,
        (2, Measure.WAITING): 40.0,
        (2, Measure.OVER_TARGET): 1.0,
        (2, Measure.MEMBERS): 4.0,
        (2, Measure.MEMBERS_ONLINE): 0.0,
    }
    readings = {identity.team(number, measure): reading(value) for (number, measure), value in figure.items()}
    worst = worst_team(snapshot(readings, teams=listing([Team(2, "partners"), Team(1, "orders")])), NOW)
    assert worst is not None
    assert worst.name == "orders"
    assert worst.notes[0] == "3 over · 5 waiting · 2 of 7 online · longest 1 h 02"
    assert worst.notes[-1] == "3 over"


def test_older_words_of_a_config_are_read_as_the_present_ones() -> None:
    assert parse_condition("past_target > 2") == parse_condition("over_target > 2")


def test_help_says_of_each_word_whom_it_counts() -> None:
    assert "assigned or not" in figure_help.meaning(WAITING)
    assert "counted as waiting" in figure_help.meaning(identity.account(Measure.LONGEST))
    assert "3.0" in figure_help.meaning(identity.account(Measure.QUEUED))
    assert "created today" in figure_help.meaning(identity.account(Measure.RESOLUTIONS))
