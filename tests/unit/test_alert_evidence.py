"""How long a rule has held, in figures that are asked at different times."""

import random

import msgspec
import pytest

from tests.unit.test_alerts import WALL, rule, snapshot
from tui.config.model import Where
from tui.identity import Measure, Slot, account, team
from tui.monitor.alerts.engine import Alerts
from tui.monitor.reading import Listing, Reading, derived

RULE = rule("unassigned > 0 and agents_online = 0", lasting=120.0)
WAITING, ONLINE = account(Measure.UNASSIGNED), account(Measure.AGENTS_ONLINE)


class Desk:
    """Judges each answer as it comes and on a beat, as the program does."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.readings: dict[Slot, Reading] = {}

    def fired_after(self, periods: dict[Slot, float], values: dict[Slot, float], limit: float) -> float:
        """Seconds until the rule fires, each figure asked at its own period give or take a tenth."""
        alerts = Alerts(lambda _: (RULE,), -1_000.0)
        due = dict.fromkeys(periods, 0.0)
        now = 0.0
        while now < limit:
            for slot, period in periods.items():
                if due[slot] <= now:
                    self.readings[slot] = Reading(values[slot], now, WALL + now, now, period)
                    due[slot] = now + period * self.rng.uniform(0.9, 1.1)
            alerts.judge(msgspec.structs.replace(snapshot({}, now), readings=self.readings), now, WALL + now)
            if alerts.active():
                return now
            now += 5.0
        return limit


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("counts", "agents"), [(15, 30), (15, 60), (60, 300), (60, 900)])
def test_figures_of_different_periods_fire_once_the_rarest_was_asked_again(
    counts: float, agents: float, seed: int
) -> None:
    fired = Desk(seed).fired_after({WAITING: counts, ONLINE: agents}, {WAITING: 5, ONLINE: 0}, 4_000)
    assert fired <= max(agents, 120) * 1.1 + agents * 1.1 + 10


def test_a_figure_that_went_stale_in_between_breaks_the_count() -> None:
    alerts = Alerts(lambda _: (RULE,), -1_000.0)
    for now in range(0, 3_000, 100):
        live = snapshot({WAITING: 5, ONLINE: 0}, float(now))
        alerts.judge(live, float(now), WALL + now)
    assert alerts.active() == ()


def test_how_many_of_a_team_are_online_counts_from_each_answer_about_the_agents() -> None:
    alone = rule("unassigned > 0 and members_online = 0", lasting=300.0, where=Where(team="billing"))
    alerts = Alerts(lambda _: (alone,), -1_000.0)
    members = Listing[object]((), 0.0, WALL, 0.0, 900.0)
    for now in range(0, 400, 30):
        live = snapshot({team(1, Measure.UNASSIGNED): 3}, float(now))
        agents = Listing[object]((), float(now), WALL + now, float(now), 30.0)
        readings = {**live.readings, team(1, Measure.MEMBERS_ONLINE): derived(0, members, agents)}
        live = msgspec.structs.replace(live, readings=readings)
        for beat in range(0, 30, 5):
            alerts.judge(live, float(now + beat), WALL + now + beat)
    assert [alert.text for alert in alerts.active()] != []
