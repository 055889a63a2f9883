"""Tests of screens look at what is drawn in the end, not at each of the frames on the way."""

import pytest

from tests.shortcuts import draw_once_a_moment
from tui.screens.base import MonitorScreen


@pytest.fixture(autouse=True)
def _one_frame_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start on the stage draws the dashboard 27 times without this, for 47 answers without any latency."""
    monkeypatch.setattr(MonitorScreen, "draw_soon", draw_once_a_moment)
