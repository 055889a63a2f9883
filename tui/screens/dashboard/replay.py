"""Replay on the dashboard: the time that is shown, the keys that move it, and the line that says so."""

import sqlite3
from datetime import datetime, tzinfo
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from tui import wording
from tui.identity import AccountKey
from tui.monitor.history.comparison import Comparison
from tui.monitor.history.direction import Course
from tui.monitor.history.replay import Past, PastCourse, past_snapshot
from tui.monitor.reading import AccountSnapshot
from tui.panes.conversations.compared import COMPARED_FROM
from tui.screens.base import MonitorScreen
from tui.screens.context import Context
from tui.screens.dashboard.row_actions import GoingDown
from tui.screens.dashboard.time_input import EXAMPLES, MomentError, parse_moment
from tui.screens.table_keys import TableKeys
from tui.widgets.lines import LineView
from tui.widgets.parts import Part, clip

MINUTE, TEN_MINUTES = 60.0, 600.0
NAMES = ("time", "earlier", "later")
OF_THE_PRESENT = frozenset({"down", "where_from", "copy"})
NO_PEOPLE = "No row about a person is kept: only how many there were."


class Frame(NamedTuple):
    """What the dashboard draws instead of the present."""

    snapshot: AccountSnapshot
    wall: float
    """Both clocks of the past: readings of a replay are asked for at Unix times."""
    course: Course


class Replay:
    """Which moment of the past is shown, and what is known of it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.target: float | None = None
        """The Unix time to show; None while the screen is live."""
        self._past: Past | None = None
        self._key: AccountKey | None = None
        self._drawn: tuple[AccountSnapshot, Past, AccountSnapshot] | None = None
        self.problem = ""

    @property
    def on(self) -> bool:
        """Whether the past is on screen."""
        return self.target is not None

    @property
    def wall(self) -> float:
        """The moment on screen: the one before, until what belongs to the target is read."""
        return self._past.wall if self._past is not None else self.target or 0.0

    def go_to(self, wall: float | None) -> None:
        """Aim at a moment; None is the present."""
        self.target = wall
        if wall is None:
            self._past = self._key = self._drawn = None
            self.problem = ""

    def step(self, seconds: float) -> None:
        """Move the target, never past the present."""
        if self.target is not None:
            self.target = min(self.target + seconds, self._context.clock.wall())

    def due(self, key: AccountKey) -> bool:
        """Whether what is to be shown is not read yet."""
        return self.on and (self._past is None or self._key != key or self._past.wall != self.target)

    async def read(self, key: AccountKey) -> None:
        """Read the target's figures; where they can't be, they are unknown, and `problem` says why."""
        target, history = self.target, self._context.history
        if target is None:
            return
        past, self.problem = Past(target, {}, {}), ""
        if history is not None:
            try:
                past = await history.past(key, target)
            except sqlite3.Error:
                self.problem = history.problem or "The history can't be read just now."
        if self.on:
            self._past, self._key = past, key

    def read_again(self) -> None:
        """What is kept of the past has changed."""
        self._key = None

    def frame(self, live: AccountSnapshot | None) -> Frame | None:
        """The past of an account; None while the screen is live."""
        if self.target is None or live is None:
            return None
        past = self._past
        if past is None or self._key != live.key:
            past = Past(self.target, {}, {})
        if self._drawn is None or self._drawn[0] is not live or self._drawn[1] is not past:
            self._drawn = live, past, past_snapshot(live, past)
        return Frame(self._drawn[2], past.wall, PastCourse(past))

    def mark(self, zone: tzinfo) -> str:
        """`REPLAY 14:05 CET`, with the day where it is not today."""
        return f"REPLAY {_told(self.wall, self._context.clock.wall(), zone)}" if self.on else ""

    def line(self, zone: tzinfo, width: int) -> list[Part]:
        """The full-width line under the header."""
        ago = wording.old(self._context.clock.wall() - self.wall)
        back, earlier, later, up, down, time = (
            self._context.first_key(name)
            for name in ("back", "earlier", "later", "page_up", "page_down", "time")
        )
        told = f" {self.mark(zone)}, {ago} ago — {back}: live"
        alerts, here = self._context.alerts, self._context.monitor.looking
        told += self._seen(zone)
        if self.problem:
            told = f"{told} · {self.problem}"
        elif self._past is not None and self._past.wall == self.target and not self._past.values:
            told = f"{told} · nothing was recorded then"
        elif alerts is not None and here is not None and alerts.at(here, self.wall) is None:
            unknown = f"{told} · alerts of then are not known"
            told = unknown if len(unknown) <= width else told
        keys = f"{earlier}/{later} 1 minute · {up}/{down} 10 · {time} other time "
        if len(told) + len(keys) + 2 <= width:
            told = told.ljust(width - len(keys)) + keys
        return [Part(clip(told, width).ljust(width), "replay")]

    def _seen(self, zone: tzinfo) -> str:
        """As whom the account was seen then, and until or since when, where that has changed."""
        seen = None if self._past is None else self._past.seen
        now = self._context.clock.wall()
        if seen is None:
            return ""
        if not seen.sure:
            return f" · the role or the inboxes changed by {_told(seen.until or 0.0, now, zone)}"
        if seen.until is not None:
            return f" · seen as {seen.period.name} until {_told(seen.until, now, zone)}"
        return f" · seen as {seen.period.name} since {_told(seen.period.since, now, zone)}"


def _told(wall: float, now: float, zone: tzinfo) -> str:
    moment, here = datetime.fromtimestamp(wall, zone), datetime.fromtimestamp(now, zone)
    day = "" if moment.date() == here.date() else moment.strftime("%a %Y-%m-%d ")
    return f"{day}{moment.strftime('%H:%M')} {moment.strftime('%Z')}"


class MomentInput(Input):
    """The line a time is typed into."""

    BINDINGS = [("escape", "close", "close")]

    class Closed(Message):
        """The line was given up."""

    def action_close(self) -> None:
        """Give it up."""
        self.post_message(self.Closed())


class MomentPrompt(Vertical):
    """The line with what is wrong with what was typed below it."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.input = MomentInput(id="moment", compact=True, placeholder=f"go to a time: {EXAMPLES}")
        self.input.cursor_blink = False
        self.told = LineView(id="moment-told")

    def compose(self) -> ComposeResult:
        """The line, and the sentence."""
        yield self.input
        yield self.told

    def open(self) -> None:
        """Show it, empty."""
        self.add_class("-open")
        self.input.value = ""
        self.say("")
        self.input.focus()

    def close(self) -> None:
        """Take it away."""
        self.remove_class("-open")

    def say(self, sentence: str) -> None:
        """What is wrong, or the hint."""
        hint = " in the contact centre's time; enter goes there, escape gives it up"
        self.told.set_lines([[Part(f" {sentence}", "warning")] if sentence else [Part(hint, "dim")]])


class ReplayKeys(TableKeys, GoingDown):
    """The dashboard's part of a replay."""

    replay: Replay
    replay_line: LineView
    moment: MomentPrompt

    def make_replay(self) -> None:
        """Make the widgets; the screen composes them."""
        self.replay = Replay(self.context)
        self.replay_line = LineView(id="replay")
        self.moment = MomentPrompt(id="moment-prompt")
        self._focus_before: Widget | None = None
        if self.context.backfill is not None:
            self.context.backfill.listen(self.past_changed)

    def frame(self, live: AccountSnapshot | None, zone: tzinfo) -> Frame | None:
        """What to draw instead of `live`; what is not read yet is read behind it."""
        if live is not None:
            self.context.fill_past(live)
        if live is not None and self.replay.due(live.key) and not self._is_reading():
            self.run_worker(self._read_past(), name="read the past", group="replay")
        frame = self.replay.frame(live)
        self.set_class(self.replay.on, "-replay")
        if frame is not None:
            self.replay_line.set_lines([self.replay.line(zone, self.size.width)])
        return frame

    def _is_reading(self) -> bool:
        return any(worker.group == "replay" and not worker.is_finished for worker in self.workers)

    async def _read_past(self) -> None:
        # One at a time: a key held down moves the target, and only where it comes to rest is read.
        while self.ref is not None:
            key = self.context.monitor.snapshot(self.ref).key
            if not self.replay.due(key):
                break
            await self.replay.read(key)
        self.draw()

    def compared(self, key: AccountKey, zone: tzinfo) -> Comparison | None:
        """What the figures on screen were at earlier times, where there is room to tell."""
        comparisons = self.context.comparisons
        if comparisons is None or self.replay.on or self.size.width < COMPARED_FROM:
            return None
        return comparisons.of(key, zone, self.draw)

    def past_changed(self, key: AccountKey) -> None:
        """Compare and replay with what is kept now, and let what stands above do so, too."""
        if self.context.comparisons is not None:
            self.context.comparisons.forget(key)
        for screen in self.app.screen_stack:
            if screen is not self and isinstance(screen, MonitorScreen):
                screen.past_changed(key)
        self.replay.read_again()
        self.draw()

    # -- keys ---------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Left and right step through a replay or the figures; what leads to the present is no replay's."""
        if action in {"earlier", "later"}:
            return self.replay.on or self.conversations.has_focus
        return not (self.replay.on and action in OF_THE_PRESENT)

    def action_time(self) -> None:
        """Type a time to go to."""
        if self.focused is not self.moment.input:
            self._focus_before = self.focused
        self.moment.open()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the time that was typed, or say what is wrong with it."""
        if event.input is not self.moment.input:
            return
        event.stop()
        clock, snapshot = self.context.clock, None
        if self.ref is not None:
            snapshot = self.context.monitor.snapshot(self.ref)
        zone = self.context.zone(snapshot, self.ref.environment if self.ref is not None else "")
        try:
            target = parse_moment(event.value, clock.wall(), zone)
        except MomentError as error:
            self.moment.say(str(error))
            return
        self._leave_prompt()
        self._go_to(target)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong is being mended."""
        if event.input is self.moment.input:
            event.stop()
            self.moment.say("")

    def on_moment_input_closed(self, event: MomentInput.Closed) -> None:
        """Leave everything as it was."""
        event.stop()
        self._leave_prompt()

    def _leave_prompt(self) -> None:
        self.moment.close()
        if self._focus_before is not None:
            self._focus_before.focus()

    def _go_to(self, target: float | None) -> None:
        self.replay.go_to(target)
        self.refresh_bindings()
        self.draw()

    def leave_replay(self) -> bool:
        """Back to the present; False where it is on screen already."""
        if not self.replay.on:
            return False
        self._go_to(None)
        return True

    def action_down(self) -> None:
        """The conversations behind a figure; of the past none are kept."""
        if self.replay.on:
            self.say("Of the past only the figures are kept; escape leads back to now.")
        else:
            super().action_down()

    def action_earlier(self) -> None:
        """A minute back; the figure before where the present is shown."""
        if self.replay.on:
            self._step(-MINUTE)
        else:
            self.conversations.step(-1)

    def action_later(self) -> None:
        """A minute on; the next figure where the present is shown."""
        if self.replay.on:
            self._step(MINUTE)
        else:
            self.conversations.step(1)

    def _step(self, seconds: float) -> None:
        self.replay.step(seconds)
        self.draw()

    def action_page_up(self) -> None:
        """A page of rows up; ten minutes back in a replay."""
        if self.replay.on:
            self._step(-TEN_MINUTES)
        else:
            super().action_page_up()

    def action_page_down(self) -> None:
        """A page of rows down; ten minutes on in a replay."""
        if self.replay.on:
            self._step(TEN_MINUTES)
        else:
            super().action_page_down()
