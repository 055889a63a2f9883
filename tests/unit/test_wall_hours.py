"""When a wall is bright: fixed hours, the inboxes' own, over midnight, and when nobody says."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from tui.api.models import Inbox, WorkingHours
from tui.config.hours import WallHours, parse_hours
from tui.monitor import zones
from tui.panes.wall.hours import bright

BERLIN = ZoneInfo("Europe/Berlin")
INBOXES = WallHours("inbox")


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def inbox(*days: WorkingHours, zone: str | None = None, enabled: bool = True) -> Inbox:
    return Inbox(1, "Chat", timezone=zone, working_hours_enabled=enabled, working_hours=days)


def week(opens: int, closes: int) -> list[WorkingHours]:
    closed = [WorkingHours(day, closed_all_day=True) for day in (0, 6)]
    return closed + [WorkingHours(day, open_hour=opens, close_hour=closes) for day in range(1, 6)]


def lit(moment: str, *inboxes: Inbox) -> bool:
    return bright(INBOXES, [(inboxes, BERLIN)], at(moment), BERLIN)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-23T07:59", False),
        ("2026-11-23T08:00", True),
        ("2026-11-23T17:59", True),
        ("2026-11-23T18:00", False),
        ("2026-11-22T12:00", False),
    ],
)
def test_the_hours_of_the_inbox_hold_in_the_contact_centres_zone(moment: str, open_: bool) -> None:
    assert lit(moment, inbox(*week(8, 18))) is open_


def test_an_inbox_with_a_zone_of_its_own_is_asked_in_that_zone() -> None:
    abroad = inbox(*week(8, 18), zone="America/New_York")
    assert lit("2026-11-23T20:00", abroad)
    assert not lit("2026-11-23T09:00", abroad)


def test_one_open_inbox_is_enough() -> None:
    assert lit("2026-11-23T20:00", inbox(*week(8, 18)), inbox(*week(8, 22)))


def test_zones_that_are_none_are_looked_up_a_few_at_most_and_the_hours_hold_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []

    def look(name: str) -> ZoneInfo:
        looked.append(name)
        raise ZoneInfoNotFoundError

    monkeypatch.setattr(zones, "ZoneInfo", look)
    many = [inbox(*week(8, 18), zone=f"Nowhere/Of the wall {number}") for number in range(2_000)]
    for moment, open_ in (("2026-11-23T12:00", True), ("2026-11-23T20:00", False)):
        assert lit(moment, *many) is open_
    assert 0 < len(looked) <= zones.MOST_NAMES


def test_of_several_accounts_one_open_inbox_is_enough_and_one_that_says_nothing_is_none() -> None:
    closed, silent = [inbox(*week(8, 18))], [inbox(enabled=False)]
    late = at("2026-11-23T20:00")
    assert not bright(INBOXES, [(silent, BERLIN), (closed, BERLIN)], late, BERLIN)
    assert bright(INBOXES, [(closed, BERLIN), (closed, ZoneInfo("America/New_York"))], late, BERLIN)
    assert bright(INBOXES, [(silent, BERLIN), ([], BERLIN)], late, BERLIN)


def test_hours_reach_into_the_next_day() -> None:
    late = inbox(*week(20, 4))
    assert lit("2026-11-24T03:59", late)
    assert not lit("2026-11-24T04:00", late)
    assert lit("2026-11-28T02:00", late)
    assert not lit("2026-11-23T02:00", late)


def test_open_all_day_and_closing_at_midnight() -> None:
    assert lit("2026-11-22T03:00", inbox(WorkingHours(0, open_all_day=True)))
    until_midnight = inbox(WorkingHours(0, open_hour=9, close_hour=24))
    assert lit("2026-11-22T23:59", until_midnight)
    assert not lit("2026-11-22T08:00", until_midnight)


def test_where_nobody_says_the_wall_stays_bright() -> None:
    assert lit("2026-11-22T03:00")
    assert lit("2026-11-22T03:00", inbox(*week(8, 18), enabled=False))
    assert lit("2026-11-22T03:00", inbox())


def test_fixed_hours_and_always() -> None:
    fixed = parse_hours("08:00-18:00 mon-fri")
    assert bright(fixed, [], at("2026-11-23T12:00"), BERLIN)
    assert not bright(fixed, [], at("2026-11-22T12:00"), BERLIN)
    assert bright(parse_hours("always"), [([inbox(*week(8, 18))], BERLIN)], at("2026-11-22T03:00"), BERLIN)


def test_the_hour_that_comes_twice_is_no_trouble() -> None:
    moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    assert bright(parse_hours("02:00-03:00"), [], moment, BERLIN)
    assert bright(parse_hours("02:00-03:00"), [], moment + 3600, BERLIN)
