"""Whatever the network does, every figure on screen is one its server held since the time stated."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.truth.drive import play, spelled
from tests.truth.judge import Tally
from tests.truth.plan import Meet, Press, SetClock, Step, Wait, plans
from tui import wording
from tui.clock import ManualClock
from tui.figures import AccountRef
from tui.monitor.monitor import Monitor
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.panes import figures
from tui.simulator.faults import Fault, Kind

STEPS = 30
SEED = 1
"""Of the short run; `python -m tests.truth --seed N --minimal` takes others and makes what fails small."""
RUNS = 4


def test_every_figure_on_screen_is_true() -> None:
    tally = Tally()

    @seed(SEED)
    @settings(
        max_examples=RUNS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(plan=plans(STEPS), hour=st.integers(0, 10))
    def run(plan: list[Step], hour: int) -> None:
        wrong = asyncio.run(play(plan, tally, hour=hour))
        assert not wrong, "\n".join([*wrong, f"seed {SEED}, hour {hour}, plan:", spelled(plan)])

    run()
    assert tally.seen["exact"] > 50 * RUNS
    assert tally.faults


ALL_ASKED = ManualClock().now() + 20
"""From here on every pane has its figures: a run ends at the first look that finds one wrong."""


async def test_figures_that_are_too_high_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = figures.value_text

    def lying(reading: Reading, now: float, form: Callable[..., str] = wording.count) -> str:
        value = reading.value if reading.value is None or now < ALL_ASKED else reading.value + 7
        return honest(msgspec.structs.replace(reading, value=value), now, form)

    monkeypatch.setattr(figures, "value_text", lying)
    tally = Tally()
    assert await play([Wait(30.0)], tally)
    for name in ("unassigned", "agents_online", "team:1:open"):
        assert any(f" {name} = " in one for one in tally.violations)


async def test_a_figure_shown_as_younger_than_it_is_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Reading, "state", lambda reading, _: State.LIVE if reading.asked_at else State.LOADING
    )
    stopped = Meet(Fault(kind=Kind.REFUSE), 1_000.0)
    wrong = await play([Wait(5.0), stopped, Wait(64.0), Wait(64.0)], Tally())
    assert any("looks live, and was asked" in one for one in wrong)


async def test_a_moment_in_the_future_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "asked", lambda reading, *_: reading.asked_wall)
    wrong = await play([Wait(5.0), SetClock(-3_600.0)], Tally())
    assert any("in the future" in one for one in wrong)


async def test_another_account_under_the_name_of_this_one_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    other = AccountRef("trial", 12346)
    honest = Monitor.snapshot

    def mixed_up(monitor: Monitor, ref: AccountRef) -> AccountSnapshot:
        found = honest(monitor, ref)
        return msgspec.structs.replace(found, readings=honest(monitor, other).readings)

    monkeypatch.setattr(Monitor, "snapshot", mixed_up)
    assert await play([Press(("a",)), Wait(5.0), Press(("A",)), Wait(5.0)], Tally())
