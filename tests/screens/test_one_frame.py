"""What is told of an account is painted together: at no time does another's name stand above it."""

from unittest.mock import patch

from textual._compositor import Compositor
from textual.widget import Widget

from tests.screens.test_sizes import all_screens
from tests.stage import on_stage
from tui.identity import AccountRef
from tui.terminal.textual_private import WholeFrames


async def test_a_frame_that_falls_into_a_switch_has_all_of_the_new_account() -> None:
    async with on_stage() as stage:
        dashboard, painted = stage.dashboard, list[set[Widget]]()
        # An answer of the account before has just been drawn: a frame is due that paints the table.
        dashboard._dirty_widgets.add(dashboard.teams.table)
        dashboard.show(AccountRef("trial", 12346))
        dashboard.header._check_refresh()  # It has told of its change; the screen has not come to that.
        with patch.object(Compositor, "update_widgets", lambda _, dirty: painted.append(set(dirty))):
            dashboard._on_timer_update()
        assert {dashboard.header, dashboard.teams.table, dashboard.agents.table} <= painted[0]


def test_every_screen_paints_whole_frames() -> None:
    for screen in all_screens():
        assert screen._on_timer_update is WholeFrames._on_timer_update, screen
