"""A day of service level and the weeks before it, made by hand: the same at every run."""

import random
import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from tests.past import KEY
from tests.stage import NOON, Stage
from tui.clock import ManualClock
from tui.identity import AccountKey, AccountRef
from tui.monitor.history.history import History
from tui.monitor.reading import Reading
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import Rules, answered, tallies, total
from tui.monitor.service.intervals import Day, before, day_of
from tui.monitor.service.kept import keep
from tui.monitor.service.level import ServiceLevel, readings_of
from tui.monitor.service.states import Arrival
from tui.monitor.service.worker import Today
from tui.simulator.demo import origin_of

BERLIN = ZoneInfo("Europe/Berlin")
RULES = Rules(target=1_200.0)
"""The demo's target."""
TRIAL = AccountRef("trial", 12345)
PERIOD = 900.0
"""Seconds between two looks at the day."""
SPEEDS = (20, 70, 100, 200, 280, 500, 900, 1_300, 4_000)


def busy(moment: float) -> int:
    """Customers in a quarter of an hour: from eight to six, most at ten, few on weekends."""
    local = datetime.fromtimestamp(moment, BERLIN)
    if not 8 <= local.hour < 18:
        return local.hour % 5 == 1
    return max(1, 9 - abs(local.hour - 10)) // (4 if local.weekday() > 4 else 1)


def counted(day: Day, gaps: frozenset[int] = frozenset(), rules: Rules = RULES) -> list[Interval]:
    """A day as it is kept, without the quarters in `gaps`."""
    rng, intervals = random.Random(day.since), []
    for quarter in range(day.quarters):
        begins = day.begins(quarter)
        came = [
            Arrival(
                begins + number,
                begins + number,
                begins + number + rng.choice(SPEEDS) if rng.random() < 0.95 else 0,
                "resolved",
                inbox=rng.choice((1, 2)),
                team=rng.choice((1, 2)),
            )
            for number in range(busy(begins))
        ]
        if quarter not in gaps:
            intervals.append(
                Interval(begins, tallies(came, rules, day.until), complete=True, rules=rules.mark)
            )
    return intervals


def keep_weeks(
    history: History, wall: float, days: int = 28, key: AccountKey = KEY, rules: Rules = RULES
) -> None:
    """Write so many days before the one of `wall`; of yesterday's first two hours nothing."""
    today = day_of(wall, BERLIN)

    def write(connection: sqlite3.Connection, intervals: list[Interval]) -> None:
        keep(connection, key, intervals)

    for back in range(1, days + 1):
        gaps = frozenset(range(8)) if back == 1 else frozenset()
        history.do(partial(write, intervals=counted(before(today, BERLIN, back), gaps, rules)))


def with_weeks(days: int = 28) -> Callable[[ManualClock], History]:
    """A history that has kept so many days."""

    def make(clock: ManualClock) -> History:
        history = History(None, clock)
        keep_weeks(history, clock.wall(), days)
        return history

    return make


def today(wall: float = NOON, *, since: int = 0, coverage: float | None = 1.0, rules: Rules = RULES) -> Today:
    """Everybody who has come since `since` seconds after midnight; one in five waits, some in team 1."""
    day, rng = day_of(wall, BERLIN), random.Random(7)
    quarters, everybody = {}, list[Arrival]()
    for quarter in range(day.quarters):
        begins = day.begins(quarter)
        if not day.since + since <= begins < wall:
            continue
        came = [
            Arrival(
                begins + number,
                begins + number,
                0 if number % 5 == 4 else begins + number + rng.choice((30, 200, 1_500)),
                inbox=1 + number % 2,
                team=number % 3,
            )
            for number in range(4 * busy(begins))
        ]
        everybody += came
        quarters[quarter] = tallies(came, rules, wall)
    parts = total(quarters.values())
    return Today(day, wall, day.since + since, coverage, parts, {}, rules, quarters, answered(everybody, day))


def in_the_demo(stage: Stage) -> Today:
    """Today as the demo's own books have it just now."""
    ledger = stage.demo.world(origin_of("trial")).account(TRIAL.account_id).ledger
    day, at = day_of(ledger.moment, BERLIN), ledger.moment
    came: dict[int, list[Arrival]] = {}
    for id_, plan in ledger.live.items():
        if day.holds(int(plan.created)):
            cell = ledger.now[id_]
            reply = int(plan.first_reply) if 0 < plan.first_reply <= at else 0
            arrival = Arrival(id_, int(plan.created), reply, cell.status, cell.inbox, cell.team)
            came.setdefault(day.quarter(arrival.created), []).append(arrival)
    quarters = {number: tallies(each, RULES, at) for number, each in came.items()}
    everybody = [arrival for each in came.values() for arrival in each]
    return Today(
        day, at, day.since, 1.0, total(quarters.values()), {}, RULES, quarters, answered(everybody, day)
    )


def tell(stage: Stage, made: Today | None, problem: str = "") -> None:
    """Have the store say so, as the reading would."""
    store, key = stage.monitor.store, stage.monitor.key(TRIAL)
    level = ServiceLevel(made, 80.0, problem, days="Europe/Berlin")
    now, wall = stage.clock.now(), stage.clock.wall()
    reading = Reading(None, now, wall, now, PERIOD)
    store.put_service(key, level, None if made is None else readings_of(made, reading))
