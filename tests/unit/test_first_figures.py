"""A start asks for the first figures before it reads the app, and shows them in its first picture."""

import argparse
import gc
import threading
from typing import Any

import pytest

from tui.app import start
from tui.app.app import LiveAgentApp
from tui.cli import monitor_parser
from tui.identity import AccountRef, account
from tui.measures import Measure
from tui.monitor.monitor import Monitor

FIRST = (Measure.OPEN, Measure.AGENTS_ONLINE)


def chosen() -> argparse.Namespace:
    return monitor_parser().parse_args(["--demo"])


async def test_what_is_answered_while_the_app_is_read_is_there_before_it_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("freeze", "set_threshold"):  # These last as long as the process.
        monkeypatch.setattr(gc, name, lambda *_: None)
    known, shown = threading.Event(), dict[Measure, Any]()
    make_monitor = start.make_monitor

    def made(plan: start.RunPlan) -> Monitor:
        monitor = make_monitor(plan)

        def heard(ref: AccountRef) -> None:
            figures = monitor.snapshot(ref)
            if figures.teams.items is not None and all(
                figures.reading(account(measure)).value is not None for measure in FIRST
            ):
                known.set()

        monitor.listen(heard)
        return monitor

    async def run_async(app: LiveAgentApp) -> None:
        monitor = app.context.monitor
        assert monitor.looking is not None
        shown.update(
            {measure: monitor.snapshot(monitor.looking).reading(account(measure)).value for measure in FIRST}
        )
        await monitor.stop()

    monkeypatch.setattr(start, "make_monitor", made)
    monkeypatch.setattr(start, "_import_app", known.wait)
    monkeypatch.setattr(LiveAgentApp, "run_async", run_async)
    options = chosen()
    assert await start._run_app(start.demo_plan(options), options) == 0
    assert None not in shown.values()
    assert len(shown) == len(FIRST)
