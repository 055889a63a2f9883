"""Service level as a report: no level above what it stands for, and nothing drawn that is not known."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, date, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.security.hostile import ATTACKS
from tui.identity import AccountRef
from tui.monitor.history.trends import KnownSpan, Point
from tui.monitor.service.figures import FEW, WHOLE, PartOfAccount, Rules, Tally, total
from tui.monitor.service.intervals import day_on
from tui.monitor.service.reading import DayReading
from tui.monitor.service.states import Arrival, CountedAs
from tui.output.markup import markup, node
from tui.output.report_days import ComparedPeriod, Report, ReportedDay
from tui.output.report_formats import FORMATS, to_text
from tui.output.report_html import to_html
from tui.output.report_json import to_json
from tui.output.report_period import ReportPeriod

SUNDAY = date(2026, 11, 29)
MORNING = 36
"""The quarter from 9:00 on."""


def tally_of(**counts: int) -> Tally:
    """So many in each state; who was answered took a minute."""
    tally = Tally()
    tally.counts |= {CountedAs(name): number for name, number in counts.items()}
    tally.speeds = [60.0] * tally.answered
    return tally


def parts_of(tally: Tally) -> dict[PartOfAccount, Tally]:
    """All of it in one team and one inbox."""
    return {WHOLE: tally, PartOfAccount("team", 1): tally, PartOfAccount("inbox", 2): tally}


def reported(
    when: date, quarters: Mapping[int, Tally], *, since: int = 0, until: int | None = None
) -> ReportedDay:
    """A day that is known from one of its quarters on, and up to the beginning of another."""
    day = day_on(when, UTC)
    reading = DayReading(day)
    reading.roll.since = day.begins(since)
    reading.as_of = float(day.until if until is None else day.begins(until))
    reading.before, reading.total, reading.sound = 0, 0, True
    return ReportedDay(
        when.isoformat(), reading, {number: parts_of(tally) for number, tally in quarters.items()}
    )


def report_of(*days: ReportedDay, now: float | None = None, **fields: object) -> Report:
    """A report of these days; without more said, one that is over."""
    week = len(days) > 1
    report = Report(
        ref=AccountRef("trial", 1),
        name="Trial",
        period=ReportPeriod(tuple(day.day for day in days), "2026-W48" if week else days[0].name, week),
        now=float(days[-1].day.until) if now is None else now,
        zone=UTC,
        rules=Rules(target=300.0),
        goal=80.0,
        days=days,
        parts=total(day.parts for day in days),
        recent=None,
        compared=(),
        online=(),
        team_names={1: "orders"},
        inbox_names={2: "mail"},
    )
    return msgspec.structs.replace(report, **fields)


def week_of(*, missing: int | None = None) -> list[ReportedDay]:
    """Monday to Sunday, with a conversation more each day; nothing is known of one of them."""
    week = []
    for place in range(7):
        day = reported(SUNDAY - timedelta(days=6 - place), {MORNING: tally_of(in_target=20 + place)})
        if place == missing:
            day.reading.as_of = day.reading.total = None
            day.reading.roll.since = day.day.until
            day = msgspec.structs.replace(day, quarters={}, problem="The server did not answer.")
        week.append(day)
    return week


def test_a_level_is_rounded_down_and_never_further() -> None:
    for of in (FEW, 100, 125, 700):
        for met in range(of + 1):
            tally = tally_of(in_target=met, late=of - met)
            match = re.search(r"service level (\d+) %", to_text([report_of(reported(SUNDAY, {0: tally}))]))
            assert match is not None
            percent = int(match[1])
            assert percent * of <= 100 * met < (percent + 1) * of, (met, of)


def test_the_worst_half_hour_is_that_with_the_lowest_level_of_those_with_enough() -> None:
    quarters = {
        MORNING: tally_of(in_target=12, late=8),
        MORNING + 2: tally_of(in_target=8, late=12),
        MORNING + 4: tally_of(late=9),
    }
    told = to_text([report_of(reported(SUNDAY, quarters))])
    assert "worst half-hour 09:30, 40 % (8 of 20) in target" in told
    few = to_text([report_of(reported(SUNDAY, {MORNING: tally_of(late=9)}))])
    assert "worst half-hour — · " in few


@pytest.mark.parametrize(
    ("speeds", "bins", "waits", "told"),
    [
        ([60.0, 4_000.0], None, None, "longest wait 1 h 06 ·"),
        ([60.0], {10: 3}, None, "longest wait 10 min to 15 min ·"),
        ([60.0], {18: 1}, None, "longest wait ≥ 24 h 00 ·"),
        ([60.0], None, 7_200, "longest wait 2 h 00, still waiting ·"),
        ([9_000.0], None, 7_200, "longest wait 2 h 30 ·"),
        ([], None, None, "longest wait — ·"),
    ],
)
def test_the_longest_wait_is_of_who_was_answered_or_still_waits(
    speeds: list[float], bins: dict[int, int] | None, waits: int | None, told: str
) -> None:
    tally = tally_of(in_target=len(speeds))
    tally.speeds = speeds
    if bins is not None:
        tally.bins = [bins.get(place, 0) for place in range(19)]
    day = reported(SUNDAY, {MORNING: tally})
    if waits is not None:
        day.reading.roll.put(Arrival(1, int(day.reading.as_of or 0) - waits))
    assert told in to_text([report_of(day)]).replace("\n", " ·\n")


def test_what_is_not_kept_of_earlier_days_is_unknown_and_said() -> None:
    day = reported(SUNDAY, {MORNING: tally_of(in_target=30)})
    compared = (
        ComparedPeriod("2026-11-29", "2026-11-29", day.day.until, tally_of(in_target=30)),
        ComparedPeriod("2026-11-28", "2026-11-28", day.day.since, tally_of(in_target=15, late=15)),
        ComparedPeriod("2026-11-22", "2026-11-22", day.day.since, None),
    )
    report = report_of(day, compared=compared)
    told = to_text([report])
    assert re.search(r"2026-11-28 +30 +30 +15 +50 %", told)
    assert re.search(r"2026-11-22( +—){7}", told)
    assert "not kept: 2026-11-22; --compare reads it" in told
    tried = msgspec.structs.replace(
        report, compared=tuple(period._replace(asked=True) for period in compared)
    )
    assert "could not be read: 2026-11-22" in to_text([tried])
    rows = json.loads(to_json([report]))["accounts"][0]["compared"]
    assert [row["service"]["of"] for row in rows] == ["2026-11-29", "2026-11-28", "2026-11-22"]
    assert [row["service"]["arrived"] for row in rows] == [30, 30, None]


def test_agents_online_are_those_that_were_recorded() -> None:
    day = reported(SUNDAY, {MORNING: tally_of(in_target=30)})
    assert "agents online — · alerts —" in to_text([report_of(day)])
    begins = day.day.begins(MORNING)
    span = KnownSpan(begins, begins + 3_600, Point(2, 3, 5))
    report = report_of(day, online=(span,))
    assert "agents online 2 to 5, 3 on average (recorded 4 % of the time)" in to_text([report])
    account = json.loads(to_json([report]))["accounts"][0]
    assert account["agents_online"] == {"min": 2.0, "mean": 3.0, "max": 5.0, "at_least": False}
    known = [row["start"] for row in account["intervals"] if row["agents_online"]]
    assert known == [f"2026-11-29T09:{minute:02}:00+00:00" for minute in (0, 15, 30, 45)]


def test_a_week_adds_up_its_days() -> None:
    report = report_of(*week_of())
    account = json.loads(to_json([report]))["accounts"][0]
    assert (account["day"], account["week"], account["service"]["of"]) == (None, "2026-W48", "2026-W48")
    days = [row["service"]["arrived"] for row in account["days"]]
    assert days == [20, 21, 22, 23, 24, 25, 26]
    for kind in ("teams", "inboxes", "intervals"):
        assert (
            sum(row["service"]["arrived"] for row in account[kind])
            == sum(days)
            == account["service"]["arrived"]
        )
    told = to_text([report])
    assert "2026-11-23 to 2026-11-29" in told
    assert re.search(r"Sun 2026-11-29 +26 +26", told)


def test_a_week_of_which_a_day_is_not_known_has_no_sum() -> None:
    report = report_of(*week_of(missing=3))
    account = json.loads(to_json([report]))["accounts"][0]
    assert [account["service"][name] for name in ("arrived", "level", "coverage", "as_of")] == [None] * 4
    assert (account["teams"], account["inboxes"]) == ([], [])
    assert account["days"][3]["service"]["arrived"] is None
    assert account["days"][2]["service"]["arrived"] == 22
    told = to_text([report])
    assert "2026-11-26: The server did not answer." in told
    assert re.search(r"Thu 2026-11-26( +—){7}", told)
    assert "service level" not in told


class Page(HTMLParser):
    """What a browser would see: every element with its attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def count(self, kind: str) -> int:
        """How many boxes of a class are drawn in the charts, and not in what explains the colours."""
        return sum(tag == "rect" and "x" in of and of.get("class") == kind for tag, of in self.elements)


ELEMENTS = (
    "html head meta title style body section h1 h2 p span table thead tbody tr th td"
    " svg defs pattern path rect line text"
)
ATTRIBUTES = (
    "lang charset name content class width height viewbox role aria-hidden id patternunits d stroke"
    " stroke-width x y x1 x2 y1 y2 text-anchor fill-opacity"
)


def page_of(report: Report) -> Page:
    """The page, which is well-formed and has nothing but what it should."""
    text = to_html([report])
    ET.fromstring(text)
    page = Page(text)
    assert {tag for tag, _ in page.elements} <= set(ELEMENTS.split())
    assert {name for _, of in page.elements for name in of} <= set(ATTRIBUTES.split())
    assert "<script" not in text
    assert not re.search(r"url\((?!#)|@import", text)
    return page


@pytest.mark.parametrize("text", [*ATTACKS, '"><script>'])
def test_what_is_written_into_an_element_does_nothing(text: str) -> None:
    written = markup(node("td", {}, text))
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", written)
    assert written.count("<") == written.count(">") == 2


@pytest.mark.parametrize("week", [False, True])
@pytest.mark.parametrize(
    "name", [*ATTACKS, "<script>alert(1)</script>", "]]><b>", "https://evil.example/a.png"]
)
def test_the_page_is_well_formed_whatever_things_are_called(name: str, week: bool) -> None:
    days = week_of() if week else [reported(SUNDAY, {MORNING: tally_of(in_target=30)})]
    report = report_of(*days, name=name, team_names={1: name}, inbox_names={2: name})
    page = page_of(report)
    assert "Trial" not in page.words
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page.words)


@settings(max_examples=25, deadline=None)
@given(st.text())
def test_no_name_becomes_an_element(name: str) -> None:
    plain = report_of(reported(SUNDAY, {MORNING: tally_of(in_target=30)}))
    named = msgspec.structs.replace(plain, name=name, team_names={1: name}, inbox_names={2: name})
    assert page_of(named).elements == page_of(plain).elements


def test_half_hours_that_are_not_known_are_hatched_and_those_to_come_left_out() -> None:
    day = reported(SUNDAY, {MORNING: tally_of(in_target=30)}, since=32, until=40)
    page = page_of(report_of(day, now=day.day.begins(40) + 1.0))
    # In both charts from midnight to 8:00.
    assert page.count("unknown") == 2 * 16
    assert page.count("met") == page.count("level") == 1
    assert "00:00: not known" in page.words


def test_a_day_of_which_nothing_is_known_draws_nothing() -> None:
    day = reported(SUNDAY, {})
    day.reading.as_of = day.reading.total = None
    day.reading.roll.since = day.day.until
    page = page_of(report_of(day))
    assert page.count("unknown") == 2 * 48
    assert sum(tag == "td" for tag, _ in page.elements) == 0


def test_a_day_of_the_week_that_is_not_known_is_hatched() -> None:
    page = page_of(report_of(*week_of(missing=3)))
    # A bar in each of two charts, and a row of the heat map.
    assert page.count("unknown") == 2 + 48
    assert page.count("met") == 6


def test_days_of_the_week_to_come_have_their_place_and_no_bar() -> None:
    days = week_of()[:3]
    page = page_of(report_of(*days, now=days[-1].day.since + 1.0))
    assert page.count("unknown") == 0
    assert page.count("met") == 3
    assert "Sun 2026-11-29" in page.words


def test_without_a_target_no_level_is_drawn() -> None:
    tally = tally_of(in_target=30)
    page = page_of(report_of(reported(SUNDAY, {MORNING: tally}), rules=Rules()))
    assert page.count("level") == page.count("few") == 0
    assert "answered in target" not in page.words


def test_bars_stand_for_what_they_count() -> None:
    tally = tally_of(in_target=40, late=20, closed_without_reply=10, queued_late=20, held=10)
    page = page_of(report_of(reported(SUNDAY, {MORNING: tally})))
    heights = {
        str(of["class"]): float(str(of["height"])) for tag, of in page.elements if tag == "rect" and "x" in of
    }
    for kind, number in (("met", 40), ("late", 20), ("closed", 10), ("queued", 20), ("other", 10)):
        assert heights[kind] == pytest.approx(heights["met"] * number / 40, abs=0.2)
    level = 40 / 90
    assert heights["level"] == pytest.approx(150 * level, abs=0.2)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_repeated_hour_is_told_apart(form: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    day = day_on(date(2026, 10, 25), berlin)
    reading = DayReading(day)
    reading.roll.since, reading.as_of, reading.total, reading.sound = day.since, float(day.until), 50, True
    quarters = {number: parts_of(tally_of(in_target=1)) for number in range(0, 100, 2)}
    repeated = ReportedDay("2026-10-25", reading, quarters)
    told = FORMATS[form]([report_of(repeated, zone=berlin)])
    if form in {"csv", "json"}:
        assert "2026-10-25T02:00:00+02:00" in told
        assert "2026-10-25T02:00:00+01:00" in told
    else:
        assert "02:00 +0200" in told.replace("\\", "")
        assert "02:00 +0100" in told.replace("\\", "")


def test_a_page_holds_every_account() -> None:
    report = report_of(reported(SUNDAY, {MORNING: tally_of(in_target=30)}))
    other = msgspec.structs.replace(report, ref=AccountRef("trial", 2))
    text = to_html([report, other])
    assert text.count("<section>") == 2
    assert "<title>Service level</title>" in text


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_what_is_assumed_of_opening_hours_stands_in_every_report(form: str) -> None:
    rules = Rules(target=300.0, assumed=("Nobody knows when it is open.",))
    assert "Nobody knows when it is open." in FORMATS[form]([report_of(reported(SUNDAY, {}), rules=rules)])
