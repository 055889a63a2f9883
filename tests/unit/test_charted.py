"""What a chart is drawn from: figures, ranges, labels, units, and that no peak is lost on the way."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, WALL, listing, reading, snapshot
from tui import identity
from tui.api.models import Inbox, Team
from tui.identity import Measure, ScopeKind, Slot
from tui.measures import of
from tui.monitor.history.reach_periods import Period
from tui.monitor.history.trends import Point, Was
from tui.monitor.reading import Reading
from tui.panes import charted
from tui.panes.charted import RANGES, Charted
from tui.widgets.chart import columns
from tui.widgets.parts import Line

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 22, 12, 2, tzinfo=BERLIN).timestamp()
WAITING = Charted(identity.account(Measure.UNASSIGNED), "waiting")
LONGEST = Charted(identity.account(Measure.LONGEST), "longest wait")
SHOWN = snapshot(
    {WAITING.slot: reading(5), LONGEST.slot: reading(60)},
    teams=listing([Team(3, "billing")]),
    inboxes=listing([Inbox(8, "Chat")]),
)


def text(line: Line) -> str:
    return "".join(part.text for part in line)


def at(age: float) -> str:
    return datetime.fromtimestamp(WALL - age, BERLIN).strftime("%H:%M:%S")


def point(value: float) -> Point:
    return Point(value, value, value)


def test_only_figures_of_this_account_are_offered() -> None:
    words = [choice.word for choice in charted.choices(SHOWN)]
    assert words[:2] == ["unassigned", "longest wait"]
    assert words[2:] == [
        "unassigned, team billing",
        "open, team billing",
        *(f"{word}, inbox Chat" for word in ("unassigned", "assigned", "open", "mine")),
    ]
    assert [choice.word for choice in charted.choices(snapshot())] == ["unassigned"]


def test_a_teams_longest_wait_and_members_online_are_offered_where_they_are_known() -> None:
    known = {
        identity.team(3, Measure.LONGEST): reading(60),
        identity.team(3, Measure.MEMBERS_ONLINE): reading(2),
    }
    seen = snapshot(known, teams=listing([Team(3, "billing"), Team(4, "returns")]))
    words = [choice.word for choice in charted.choices(seen)]
    assert words[1:] == [
        "unassigned, team billing",
        "longest wait, team billing",
        "open, team billing",
        "members online, team billing",
        "unassigned, team returns",
        "open, team returns",
    ]
    choices = charted.choices(seen)
    assert choices[charted.chosen(choices, identity.team(3, Measure.LONGEST))].is_time


@pytest.mark.parametrize(
    ("kind", "slot", "name"),
    [
        (ScopeKind.TEAM, partial(identity.team, 3), "team billing"),
        (ScopeKind.INBOX, partial(identity.inbox, 8), "inbox Chat"),
    ],
)
def test_every_figure_that_the_table_gives_a_part_is_offered_once_known(
    kind: ScopeKind, slot: Callable[[Measure], Slot], name: str
) -> None:
    seen = msgspec.structs.replace(SHOWN, readings={slot(measure): reading(1) for measure in of(kind)})
    words = [choice.word for choice in charted.choices(seen)]
    assert [word for word in words if word.endswith(name)] == [
        f"{measure.heading}, {name}" for measure in of(kind)
    ]


def test_the_figure_asked_for_is_chosen_else_what_waits_there_else_the_first() -> None:
    choices = charted.choices(SHOWN)
    assert choices[charted.chosen(choices, LONGEST.slot)].word == "longest wait"
    assert (
        choices[charted.chosen(choices, identity.team(3, Measure.LONGEST))].word == "unassigned, team billing"
    )
    assert choices[charted.chosen(choices, identity.team(99, Measure.OPEN))].word == "unassigned"


@pytest.mark.parametrize(
    ("place", "first", "last"),
    [(0, "11:05", "12:05"), (1, "04:30", "12:30"), (2, "13:00", "13:00"), (3, "Sun 18:00", "Sun 18:00")],
)
def test_labels_are_round_times_of_the_contact_centre(place: int, first: str, last: str) -> None:
    shown = RANGES[place]
    until = charted.end_of(NOON, shown.align, BERLIN)
    told = charted.labels(until, shown, BERLIN, 113)
    assert until - NOON < shown.align
    assert (told[0], told[-1]) == (first, last)
    assert len(told) * charted.LABEL_WIDTH <= 113 + charted.LABEL_WIDTH


def test_a_zone_off_the_hour_has_round_labels_too() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    until = charted.end_of(NOON, 3_600, kolkata)
    assert datetime.fromtimestamp(until, kolkata).minute == 0


@given(
    st.lists(
        st.one_of(st.none(), st.tuples(st.integers(0, 900), st.integers(0, 900))), min_size=1, max_size=300
    )
)
def test_a_chart_of_as_many_columns_loses_neither_least_nor_most(pairs: list[tuple[int, int] | None]) -> None:
    points = [None if pair is None else Point(min(pair), sum(pair) / 2, max(pair)) for pair in pairs]
    drawn = columns(charted.series(points, charted.COUNT), len(points))
    assert drawn == [None if column is None else (column.minimum, column.maximum) for column in points]


def test_the_last_sample_holds_up_to_now_only_while_the_live_figure_agrees() -> None:
    gone: list[Point | None] = [point(4), point(5), None, None]
    assert charted.held_to_now(gone, 30, Was(5)) == [point(4), point(5), point(5), point(5)]
    assert charted.held_to_now(gone, 30, Was(6)) == gone
    assert charted.held_to_now(gone, 30, None) == gone
    assert charted.held_to_now(gone, 90, Was(5)) == gone
    assert charted.held_to_now([None, None], 30, Was(5)) == [None, None]


def test_lengths_of_time_are_drawn_in_their_largest_unit() -> None:
    assert charted.unit_of(LONGEST, [point(90)]).word == "s"
    assert charted.unit_of(LONGEST, [None, point(600)]).word == "m"
    assert charted.unit_of(LONGEST, [point(3 * 3_600)]).word == "h"
    assert charted.unit_of(WAITING, [point(90_000)]).form(20) == "20"


def test_the_words_tell_least_mean_most_and_how_much_is_known() -> None:
    points = [point(10), None, point(30), point(20)]
    told = text(charted.summary(WAITING, points, NOON - 3_600, 900, RANGES[0], BERLIN))
    assert told == "min 10 at 11:02   avg 20   max 30 at 11:32   data for 75 % of this range"
    nothing = text(charted.summary(WAITING, [None, None], NOON - 3_600, 900, RANGES[0], BERLIN))
    assert nothing == "Nothing was recorded in this time."


def test_where_one_value_may_have_been_more_so_may_least_mean_and_most() -> None:
    points = [point(60), Point(300, 300, 300, at_least=True)]
    told = text(charted.summary(LONGEST, points, NOON - 1_800, 900, RANGES[0], BERLIN))
    assert told == "min ≥ 1 m at 11:32   avg ≥ 3 m   max ≥ 5 m at 11:47"
    few = [Point(2, 2, 2, at_least=True)]
    assert "avg ≥ 2.0" in text(charted.summary(WAITING, few, NOON - 1_800, 900, RANGES[0], BERLIN))
    assert charted.held_to_now([*points, None], 30, Was(300, at_least=True))[-1] == points[-1]


def test_what_is_not_known_of_earlier_times_is_a_dash() -> None:
    told = text(
        charted.against(LONGEST, (("an hour ago", 240.0), ("yesterday", -3_600.0), ("last week", None)))
    )
    assert told == "vs. an hour ago ▲ 4 m   yesterday ▼ 1 h 00   last week —"
    assert charted.change_text(WAITING, 0.0) == "="


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({WAITING.slot: reading(5, age=4.0)}, f"now 5 as of {at(4.0)}"),
        ({WAITING.slot: reading(5, age=240.0)}, f"last 5 as of {at(240.0)}, 4 min ago"),
        ({WAITING.slot: reading(None, age=4.0)}, "now —"),
    ],
)
def test_the_live_figure_names_its_moment_and_once_stale_its_age(
    known: dict[Slot, Reading], words: str
) -> None:
    assert text(charted.live(snapshot(known), WAITING, NOW, WALL, BERLIN)) == words


def test_a_change_of_reach_within_the_range_is_said() -> None:
    hour, before = RANGES[0], Period(NOON - 7_200, "", "administrator", NOON - 600)
    now = Period(NOON - 600, "agent 1,4", "agent, 2 inboxes", NOON)
    assert (
        charted.mark((before, now), NOON - 3_600, hour, BERLIN) == "seen as agent, 2 inboxes since 11:52 · "
    )
    assert charted.mark((before, now), NOON - 300, hour, BERLIN) == ""
    assert charted.mark((before,), NOON - 9_000, hour, BERLIN) == ""
