"""Past days whose conversations are known without asking a server: the demo's weeks."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import tzinfo
from functools import partial

from tui.api.models import Conversation, ConversationCounts, ConversationPage
from tui.clock import Clock
from tui.durations import DAY
from tui.identity import AccountKey
from tui.monitor.history.history import History
from tui.monitor.service.arrivals import arrivals_of
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import WHOLE, Rules, Tally, tallies
from tui.monitor.service.intervals import Day, before, day_of
from tui.monitor.service.kept import keep
from tui.monitor.service.states import Arrival

ConversationsThen = Callable[[AccountKey, float, float], Iterable[Conversation]]
"""Whoever was created between two Unix times, by creation; called off the loop."""
REST = 0.2
"""Seconds between two days, so that the screen goes first."""
FIRST = (1, 7, 14, 21)
"""How many days back those are that are looked at first: yesterday, and what a forecast comes from."""


async def keep_past(
    history: History,
    clock: Clock,
    key: AccountKey,
    zone: tzinfo,
    rules: Rules,
    days: int,
    conversations: ConversationsThen,
) -> None:
    """Keep so many days before today as if they had been read."""
    today = day_of(clock.wall(), zone)
    for back in sorted(range(1, days + 1), key=lambda back: (back not in FIRST, back)):
        day = before(today, zone, back)
        intervals = await asyncio.to_thread(_read, day, key, rules, conversations)
        history.do(partial(keep, key=key, intervals=intervals))
        await clock.sleep(REST)


def _read(day: Day, key: AccountKey, rules: Rules, conversations: ConversationsThen) -> list[Interval]:
    return intervals_of(day, conversations(key, day.since, day.until), rules)


def intervals_of(day: Day, conversations: Iterable[Conversation], rules: Rules) -> list[Interval]:
    """What became of a day's conversations by quarter, as it stands two days after."""
    listed = tuple(conversations)
    by_quarter: dict[int, list[Arrival]] = {}
    for arrival in arrivals_of(ConversationPage(ConversationCounts(), listed)):
        by_quarter.setdefault(day.quarter(arrival.created), []).append(arrival)
    return [
        Interval(
            day.begins(quarter),
            tallies(by_quarter[quarter], rules, day.until + 2 * DAY)
            if quarter in by_quarter
            else {WHOLE: Tally()},
            complete=True,
            rules=rules.mark,
        )
        for quarter in range(day.quarters)
    ]
