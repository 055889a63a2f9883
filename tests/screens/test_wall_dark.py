"""Outside its hours a wall is heard of missing data alone; what else fires waits until it is bright."""

import msgspec

from tests.screens.test_alerts import Heard
from tests.screens.test_wall import ALONE, config
from tests.stage import on_stage
from tests.unit.test_alerts import ONLINE, WAITING, Desk, rule
from tui.config.hours import parse_hours
from tui.config.model import AlertRule, Config, Notify
from tui.identity import AccountRef
from tui.simulator.faults import Kind

REF = AccountRef("trial", 12345)
EVERYTHING = Notify(bell=True, desktop=True, command=("tell",))
WAITS = rule("unassigned >= 0", notify=EVERYTHING)
SILENT = rule("data_age > 3m", notify=EVERYTHING)


def watched(*rules: AlertRule) -> Config:
    base = config(hours=parse_hours("08:00-12:00"))
    return msgspec.structs.replace(
        base, alerts=rules, alerting=msgspec.structs.replace(base.alerting, built_in=False)
    )


def test_what_is_known_to_fire_is_kept_quiet_and_rings_once_it_is_bright() -> None:
    desk = Desk(WAITS, most_rings=3)
    desk.alerts.only_silence = True
    assert desk.see({WAITING: 5}) == []
    assert desk.texts() != []
    for _ in range(40):
        desk.see({WAITING: 5})
        assert desk.alerts.repeats(desk.now) == []
    desk.alerts.only_silence = False
    assert [effect.kind for effect in desk.alerts.repeats(desk.now)] == ["bell"]


def test_missing_data_is_heard_in_the_dark_too() -> None:
    desk = Desk(SILENT, rule("unassigned >= 0 and data_age > 3m"))
    desk.alerts.only_silence = True
    desk.see({WAITING: 5, ONLINE: 3})
    desk.now += 200
    effects = desk.see({WAITING: None}, after=0)
    assert {effect.kind for effect in effects} == {"bell", "desktop", "command"}


async def test_a_dark_wall_rings_for_missing_data_alone() -> None:
    async with on_stage(size=(80, 24), config=watched(WAITS, SILENT), start=ALONE, settle=5) as stage:
        heard = stage.app.alerting.outlet = Heard()
        await stage.run_for(150, step=5)
        assert stage.app.screen.has_class("-dark")
        firing = [alert.rule.text for alert in stage.app.alerting.active(REF)]
        assert firing == [WAITS.text]
        assert (heard.rings, heard.shown, heard.ran) == (0, [], [])
        stage.fail(Kind.REFUSE)
        await stage.run_for(260, step=5)
        assert heard.rings > 0
        assert all(SILENT.text in text for text in heard.shown)
        assert heard.ran[0] == ("tell",)
        asked = [request for request in stage.transport.requests if "/teams/" in request.path]
        assert asked == []
