"""The weeks before a demo began: its own conversations, counted as those that a server lists."""

import asyncio
from zoneinfo import ZoneInfo

from tests.stage import NOON, NoThreads, Stage, on_stage
from tests.truth.segments import block, rows_of
from tui.app.screens_on_demand import Start
from tui.app.start import conversations_then
from tui.clock import ManualClock
from tui.identity import AccountKey, AccountRef
from tui.monitor.history.history import History
from tui.monitor.service.figures import WHOLE, Rules, total
from tui.monitor.service.intervals import before, day_of
from tui.monitor.service.kept import kept
from tui.monitor.service.known_past import FIRST, intervals_of, keep_past
from tui.screens.day import DayScreen
from tui.simulator.demo import ADMIN, Demo, origin_of

BERLIN = ZoneInfo("Europe/Berlin")
KEY = AccountKey(origin_of("trial"), 12390, ADMIN)
RULES = Rules(1_200.0)


def test_what_a_server_still_has_is_the_same_there() -> None:
    clock = ManualClock(wall=NOON)
    demo = Demo(clock=clock)
    world = demo.world(KEY.origin)
    account = world.account(KEY.account_id)
    then = {
        conversation.id: conversation
        for conversation in conversations_then(demo)(KEY, NOON - 6 * 3_600, NOON)
    }
    live = {
        plan.id
        for plan in account.ledger.live.values()
        if plan.created > world.moment(clock.now() - 6 * 3_600)
    }
    assert len(live) > 50
    assert live == then.keys()


def test_every_day_before_is_believable() -> None:
    conversations = conversations_then(Demo(clock=ManualClock(wall=NOON)))
    today = day_of(NOON, BERLIN)
    for back in FIRST:
        day = before(today, BERLIN, back)
        intervals = intervals_of(day, conversations(KEY, day.since, day.until), RULES)
        whole = total(interval.tallies for interval in intervals)[WHOLE]
        assert len(intervals) == day.quarters
        assert 300 < whole.arrived < 600
        assert 0.7 < (whole.level() or 0.0) < 0.95


async def test_the_days_of_a_forecast_are_kept_first() -> None:
    asyncio.get_running_loop().set_default_executor(NoThreads())
    clock = ManualClock(wall=NOON)
    history, then = History(None, clock), conversations_then(Demo(clock=clock))
    await history.start()
    work = asyncio.create_task(keep_past(history, clock, KEY, BERLIN, RULES, 30, then))
    while not work.done():
        await clock.advance(0.1)
        days = await history.ask(
            lambda file: {interval.begins // 86_400 for interval in kept(file, KEY, 0, NOON)}
        )
        if len(days) >= 2 * len(FIRST):
            break
    work.cancel()
    today = day_of(NOON, BERLIN)
    assert days == {
        moment // 86_400
        for back in FIRST
        for moment in (before(today, BERLIN, back).since, before(today, BERLIN, back).until - 1)
    }


async def test_yesterday_and_a_forecast_are_there_a_minute_after_the_start() -> None:
    async with on_stage(
        start=Start(ref=AccountRef("trial", 12390)),
        history=lambda clock: History(None, clock),
        with_past=True,
        with_weeks=True,
    ) as stage:
        await stage.run_for(40.0)
        await stage.pilot.press("D")
        screen = stage.app.screen
        assert isinstance(screen, DayScreen)
        assert await told(stage, screen, "usual Sunday: ≈ ")
        await stage.pilot.press("left")
        assert await told(stage, screen, "424 new")


async def told(stage: Stage, screen: DayScreen, text: str) -> bool:
    """Whether it stands below the rows within a minute and a half."""
    for _ in range(9):
        await stage.run_for(10.0)
        if text in block(rows_of(screen), screen.words):
            return True
    return False
