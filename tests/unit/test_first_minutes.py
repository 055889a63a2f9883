"""The first minutes of a large account cost its server about the same each, once the screen is filled."""

from tests.benchmarks.requests import PAGE, Watched, first_minutes, table
from tests.big_world import ACCOUNT_ID, TOKEN, big_world
from tui.clock import ManualClock
from tui.monitor.polling.ingest import BEYOND_APART
from tui.monitor.queue.longest import PAGES

COUNTED = 2.5
"""Seconds of the server that a minute of counts takes, and of lists and reports, where all rows are new."""


def test_no_minute_after_the_first_reads_more_pages_than_a_look_and_what_is_read_between_looks() -> None:
    clock = ManualClock()
    world = big_world(clock, agents=312, teams=60, inboxes=20, conversations=3_000, hourly=100.0)
    minutes = first_minutes(Watched(world, ACCOUNT_ID, TOKEN, 312, 9, 8, 19), clock, 5)
    most = PAGES + int(60 / BEYOND_APART)
    for one in minutes[1:]:
        pages = sum(count for kind, count in one.kinds.items() if kind.startswith("conversations"))
        assert pages <= most, table(minutes)
        assert one.seconds <= most * PAGE + COUNTED, table(minutes)
    assert sum(one.kinds["conversations, queued"] for one in minutes[1:]) >= 6, table(minutes)
