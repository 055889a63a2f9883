"""The day as it is drawn: every number is told in text, what is not known is told so, and nothing is cut."""

from datetime import date

import msgspec
import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tests.kept_weeks import BERLIN, RULES, counted
from tui import wording
from tui.durations import HALF_HOUR, HOUR, QUARTER
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally, tallies
from tui.monitor.service.intervals import Day, day_on
from tui.monitor.service.states import Arrival, CountedAs
from tui.monitor.service.stretches import stretches
from tui.monitor.service.usual import PastKept, Usual, busiest, days_of, past_kept
from tui.monitor.service.worker import Today
from tui.panes.day.busiest import map_lines, map_title, no_week, wait_lines
from tui.panes.day.pane import LinesPane
from tui.panes.day.rows import COLUMNS, ShownDay, as_of, note_line, past_text, table_rows, title, total_line
from tui.widgets.parts import Line

DAY = day_on(date(2026, 11, 26), BERLIN)
KEYS = [column.key for column in COLUMNS]


def text(line: Line) -> str:
    return "".join(part.text for part in line)


def shown(day: Day = DAY, intervals: list[Interval] | None = None, **how: object) -> ShownDay:
    known = counted(day) if intervals is None else intervals
    moment = how.get("as_of")
    ends = float(moment) if isinstance(moment, int | float) else None
    how.pop("as_of", None)
    seconds = how.pop("seconds", HALF_HOUR)
    assert isinstance(seconds, int)
    rows = stretches(day, known, WHOLE, seconds, ends)
    return ShownDay(day, BERLIN, WHOLE, seconds, rows, RULES, **how)  # type: ignore[arg-type]


def cells(of: ShownDay, width: int = 20) -> list[dict[str, str]]:
    return [dict(zip(KEYS, (cell.plain for cell in row.cells), strict=True)) for row in table_rows(of, width)]


def today(coverage: float | None = 1.0, since: int = 0) -> Today:
    noon = DAY.since + 12 * HOUR
    return Today(DAY, noon, DAY.since + since, coverage, {}, {}, RULES, answers_whole=False)


def test_every_row_tells_in_numbers_what_its_bar_draws() -> None:
    for row in cells(shown()):
        new, bar = int(row["new"]), row["bar"]
        met, late, closed = int(row["in_target"]), int(row["late"]), int(row["closed"])
        assert bool(bar) is bool(new)
        assert len(bar) <= 20
        assert met + late + closed <= new
        assert set(bar) <= set("█▒░")
        if met == new and new:
            assert set(bar) == {"█"}


def test_the_bar_has_a_part_for_each_kind_in_one_scale() -> None:
    since = DAY.since
    came = [
        Arrival(n, since, since + 60 if n < 10 else 0, "open" if n > 14 else "resolved") for n in range(20)
    ]
    made = Interval(since, tallies(came, RULES, since + 100), complete=False)
    rest = [Interval(DAY.begins(n), {WHOLE: Tally()}, complete=True) for n in range(1, DAY.quarters)]
    first, second, *_ = cells(shown(intervals=[made, *rest], seconds=QUARTER))
    assert first["bar"] == "█" * 10 + "▒" * 5 + "░" * 5
    assert (first["new"], first["in_target"], first["late"], first["closed"]) == ("20", "10", "0", "5")
    assert first["level"] == "10 of 15"
    assert first["possible"] == "50 to 75"
    assert (second["new"], second["bar"], second["level"]) == ("0", "", "—")


def test_a_gap_is_unknown_in_its_row_and_makes_the_sum_at_least() -> None:
    gone = shown(intervals=counted(DAY, frozenset(range(36, 38))))
    rows = cells(gone)
    assert (rows[18]["time"], rows[18]["new"], rows[18]["bar"]) == ("09:00–09:30", "—", "not known")
    assert rows[18]["level"] == ""
    line = text(total_line(gone, 120))
    assert line.startswith(" ≥ ")
    assert "level —" in line
    assert as_of(gone) == "97 % of the day kept"


def test_what_is_to_come_is_the_usual_and_never_a_number_of_the_day() -> None:
    noon = DAY.since + 12 * HOUR
    kept_so_far = [interval for interval in counted(DAY) if interval.begins < noon]
    usual = {(hour, minute, HALF_HOUR): 6.0 for hour in range(12, 24) for minute in (0, 30)}
    of = shown(intervals=kept_so_far, as_of=noon, today=today(), is_today=True, usual=usual)
    rows = cells(of)
    assert [row["new"] for row in rows[24:]] == ["≈ 6"] * 24
    assert set("".join(row["bar"] for row in rows[24:])) == {"·"}
    assert "≈" not in text(total_line(of, 200))
    assert "usual Thursday: ≈ 144 more until midnight" in text(note_line(of, 120))
    none = shown(intervals=kept_so_far, as_of=noon, today=today(), is_today=True)
    assert [row["new"] for row in cells(none)[24:]] == [""] * 24
    assert "no forecast before 3 weeks are kept" in text(note_line(none, 120))


def test_without_a_forecast_it_is_told_how_many_days_are_kept() -> None:
    since = day_on(date(2026, 11, 24), BERLIN)
    for past, words in (
        (PastKept(0, 35), "none of 35 days so far"),
        (PastKept(2, 35, since), "2 of 35 days so far, since 24 Nov"),
        (PastKept(5, 35), "5 of 35 days so far"),
        (PastKept(35, 35, since), "35 of 35 days"),
        (PastKept(1, 1, since), "1 of 1 day"),
        (PastKept(0, 0), "[service] days is 0"),
    ):
        assert past_text(past, BERLIN) == words
        noon = DAY.since + 12 * HOUR
        line = text(note_line(shown(as_of=noon, today=today(), is_today=True, past=past), 80))
        assert line.startswith(f" no forecast before 3 weeks are kept: {words}")
        assert all(cell_len(line) <= 76 for line in no_week("Support EU", words))


def test_the_row_of_now_ends_at_the_moment_of_its_figures() -> None:
    noon = DAY.since + 12 * HOUR
    kept_so_far = [interval for interval in counted(DAY) if interval.begins < noon]
    moment = noon - 600
    now = Today(DAY, moment, DAY.since, 1.0, {}, {}, RULES)
    rows = cells(shown(intervals=kept_so_far, as_of=moment, today=now, is_today=True))
    assert rows[23]["time"] == "11:30–11:50"


@pytest.mark.parametrize(
    ("when", "name"), [(date(2026, 10, 25), "02:00 CE"), (date(2026, 3, 29), "03:00 CE")]
)
def test_where_the_clock_is_set_a_time_tells_its_zone_and_none_comes_twice(when: date, name: str) -> None:
    times = [row["time"] for row in cells(shown(day_on(when, BERLIN)))]
    assert len(set(times)) == len(times)
    assert any(time.startswith(name) for time in times)


def test_how_much_is_known_of_today_is_told() -> None:
    assert as_of(shown(today=today(), is_today=True)) == "as of 12:00 · 100 % read"
    assert as_of(shown(today=today(0.5, 3 * HOUR), is_today=True)) == "as of 12:00 · known since 03:00"
    assert as_of(shown(today=today(None), is_today=True)) == "as of 12:00 · not complete yet"


def test_other_rules_are_told_and_old_figures_look_old() -> None:
    other = shown(other_rules=True, goal=80.0)
    assert "another target" in text(note_line(other, 120))
    assert " in 20 min" in text(total_line(shown(goal=80.0), 200))
    # Who was in time by another target is not told as if it were by this one.
    assert "level —: counted by another target" in text(total_line(other, 200))
    assert " in 20 min" not in text(total_line(other, 200))
    for row in cells(other):
        assert (row["level"], row["in_target"], row["late"], row["possible"]) == ("—", "—", "—", "")
        assert row["new"].isdecimal()
        assert not set(row["bar"]) & {"█", "▒"}
    old = table_rows(shown(today=today(), stale=True), 20)
    assert {part.role for cell in old[20].cells for part in cell.line if part.text} == {"stale"}


def test_by_another_target_a_kept_day_tells_between_what_its_level_lies() -> None:
    other = shown(other_rules=True, same_hours=True, goal=80.0)
    assert "another target" in text(note_line(other, 160))
    assert " in 20 min" in text(total_line(other, 200))
    assert {row["level"] for row in cells(other)} > {"—"}, "but where nobody is decided"
    assert {(row["late"], row["possible"]) for row in cells(other)} == {("—", "")}
    coarse = []
    for row in other.rows:
        tally = Tally()
        tally.counts[CountedAs.IN_TARGET], tally.bins = 40, [0] * 9 + [30, 10] + [0] * 8
        coarse.append(row._replace(tally=tally))
    rules = msgspec.structs.replace(other.rules, target=700.0)
    (first, *_) = cells(other._replace(rows=coarse, rules=rules))
    assert (first["level"], first["in_target"]) == ("75–100 %", "30–40")
    (first, *_) = cells(other._replace(rows=coarse, rules=msgspec.structs.replace(rules, target=600.0)))
    assert (first["level"], first["in_target"]) == ("75 %", "30")


def test_without_a_target_nothing_is_judged() -> None:
    rows = cells(shown()._replace(rules=Rules()))
    assert {row["level"] for row in rows} == {"—"}
    assert "no target" in text(total_line(shown()._replace(rules=Rules()), 200))


@pytest.mark.parametrize("width", range(40, 200, 9))
def test_no_line_is_longer_than_the_screen(width: int) -> None:
    of = shown(goal=80.0)
    assert cell_len(text(total_line(of, width))) <= max(width, 12)
    assert cell_len(text(note_line(of, width))) <= width
    week = busiest(
        days_of(DAY, BERLIN, 7), [i for d in days_of(DAY, BERLIN, 7) for i in counted(d)], WHOLE, BERLIN
    )
    for line in map_lines(week, max(width, 76), 30):
        assert cell_len(text(line)) <= max(width, 76)


def test_the_title_says_which_day_of_what() -> None:
    assert title(shown(is_today=True, today=today()), "team billing")[0] == (
        "Thu 2026-11-26 · today so far · team billing · rows of 30 min"
    )


def test_the_map_tells_every_hour_as_a_number_whatever_its_size() -> None:
    for most, unit in ((9.0, ""), (240.0, ", in tens"), (2_400.0, ", in hundreds")):
        week = {(weekday, hour): Usual(most / 23 * hour, 4) for weekday in range(7) for hour in range(24)}
        del week[2, 5]
        lines = [text(line) for line in map_lines(week, 76, 8)]
        assert len(lines) == 8
        assert {cell_len(line) for line in lines} == {76}
        assert lines[3].startswith("Wed ")
        assert "—" in lines[3]
        assert unit in map_title(week, "Desk", 76)[0]
        assert f"most Mon 23:00, {wording.count(most)}" in map_title(week, "Desk", 76)[0]
    assert map_title({}, "Desk", 76)[0] == "Busiest hours · Desk"


def test_a_tall_map_draws_darker_what_is_more() -> None:
    week = {(0, 0): Usual(1.0, 3), (0, 1): Usual(4.0, 3), (0, 2): Usual(0.0, 3)}
    lines = [text(line) for line in map_lines(week, 76, 15)]
    assert len(lines) == 15
    assert lines[2][4:13] == "░░ ██    "


def test_waits_by_length_tell_numbers_shares_and_the_target() -> None:
    tally = Tally()
    tally.counts[CountedAs.IN_TARGET], tally.counts[CountedAs.LATE] = 3, 1
    tally.speeds = [20.0, 29.0, 290.0, 4_000.0]
    lines = wait_lines(tally, Rules(target=300.0), 60, 9)
    assert len(lines) == 9
    assert text(lines[1]).split()[:6] == ["up", "to", "30", "s", "2", "50"]
    assert text(lines[4]).split()[:7] == ["2", "m", "to", "5", "m", "1", "75"]
    assert text(lines[8]).split()[:6] == ["over", "1", "h", "1", "100", "%"]
    assert (lines[4][3].role, lines[8][3].role) == ("good", "warning")
    in_part = [text(line).split() for line in wait_lines(tally, Rules(target=300.0), 60, 9, at_least=True)]
    assert in_part[1][:7] == ["up", "to", "30", "s", "≥", "2", "—"]
    assert in_part[2][:7] == ["30", "s", "to", "1", "m", "—", "—"]
    several = wait_lines(tally, Rules(target=300.0, team_targets={1: 60.0}), 60, 9)
    assert several[4][3].role == "normal"


def test_a_day_counts_as_kept_once_every_quarter_of_it_is() -> None:
    days = days_of(DAY, BERLIN, 5)
    kept = [each for day in days[:3] for each in counted(day)]
    assert past_kept(days, kept) == PastKept(3, 5, days[2])
    gap = [interval for interval in kept if interval.begins != days[1].begins(40)]
    assert past_kept(days, gap) == PastKept(2, 5, days[0])
    assert past_kept(days, kept[1:]) == PastKept(2, 5, None)
    assert past_kept([], []) == PastKept(0, 0, None)


def test_a_part_has_its_own_rows() -> None:
    team = PartOfAccount("team", 1)
    of = shown()._replace(part=team, rows=stretches(DAY, counted(DAY), team, HOUR), seconds=HOUR)
    numbers = [int(row["new"]) for row in cells(of)]
    whole = [int(row["new"]) for row in cells(shown(seconds=HOUR))]
    assert 0 < sum(numbers) < sum(whole)


async def test_a_pane_drawn_before_it_has_room_has_its_title_in_the_first_frame() -> None:
    pane = LinesPane(id="pane")

    class Holder(App[None]):
        def compose(self) -> ComposeResult:
            yield pane

        def on_mount(self) -> None:
            pane.draw(lambda width: (f"drawn for {width} cells", "no room"), lambda width, _: [])

    async with Holder().run_test(size=(60, 10)) as pilot:
        assert f"drawn for {pane.content_size.width} cells" in str(pane.border_title)
        await pilot.resize_terminal(14, 10)
        await pilot.pause()
        assert str(pane.border_title) == "no room"
