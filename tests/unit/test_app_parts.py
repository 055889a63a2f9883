"""What the app holds works without a screen: the news of the monitor, and the screens made on demand."""

from typing import Any

from tests.builders import KEY, REF, snapshot
from tui.app.news import News
from tui.app.screens_on_demand import ScreensOnDemand, Start
from tui.clock import ManualClock
from tui.config.model import Config
from tui.identity import AccountKey, AccountRef
from tui.monitor.reading import AccountSnapshot
from tui.screens.context import Context


class NewsSource:
    """A monitor of one account that says when something is new."""

    def __init__(self) -> None:
        self.hears: list[Any] = []
        self.breaks: list[Any] = []

    def listen(self, heard: Any) -> Any:
        self.hears.append(heard)
        return lambda: self.hears.remove(heard)

    def listen_for_breaks(self, changed: Any) -> None:
        self.breaks.append(changed)

    def snapshot(self, _: AccountRef) -> AccountSnapshot:
        return snapshot({})


class FailingAlerts:
    """Alerts that fail, and say whose reach has changed."""

    def __init__(self) -> None:
        self.changed: list[AccountRef] = []

    def heard(self, ref: AccountRef) -> None:
        raise ZeroDivisionError

    def reach_changed(self, ref: AccountRef) -> None:
        self.changed.append(ref)


def news_of(source: Any, judge: Any) -> tuple[News, list[AccountRef]]:
    shown: list[AccountRef] = []
    context: Any = Context(Config(), source, ManualClock(), None)  # type: ignore[arg-type]
    return News(context, judge, shown.append), shown


def test_what_fails_of_one_step_keeps_no_news_from_the_screen() -> None:
    source = NewsSource()
    news, shown = news_of(source, FailingAlerts())
    news.listen()
    source.hears[0](REF)
    assert shown == [REF]


def test_of_a_monitor_that_is_left_nothing_is_heard() -> None:
    source = NewsSource()
    news, _ = news_of(source, FailingAlerts())
    news.listen()
    news.stop()
    assert source.hears == []


def test_alerts_hear_of_a_change_of_reach() -> None:
    source, judge = NewsSource(), FailingAlerts()
    news, _ = news_of(source, judge)
    news.listen()
    former: AccountKey = KEY
    source.breaks[0](REF, former)
    assert judge.changed == [REF]


def test_each_screen_is_made_once() -> None:
    context: Any = Context(Config(), None, ManualClock(), None)  # type: ignore[arg-type]
    screens = ScreensOnDemand(context, Start(wall=True, ref=REF))
    assert screens.helper is screens.helper
    assert screens.wall is screens.wall
