"""The day of one account by half-hours, its busiest hours, and how long customers waited."""

from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from rich.cells import cell_len
from textual.app import App, ComposeResult

from tui import wording
from tui.durations import HALF_HOUR, HOUR, QUARTER
from tui.identity import AccountKey, AccountRef, Measure, ScopeKind, Slot, account
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot
from tui.monitor.service.book import bot_first
from tui.monitor.service.bots import BotWatch
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules
from tui.monitor.service.given import rules_of
from tui.monitor.service.intervals import Day, day_of, day_on
from tui.monitor.service.kept_days import KeptDay, KeptWeeks, at_end, on_average
from tui.monitor.service.level import scope_of
from tui.monitor.service.openings import belongs, with_openings
from tui.monitor.service.stretches import Extent, Stretch, about_since, of_today, stretches, sum_of
from tui.monitor.service.worker import Today
from tui.panes import header as header_pane
from tui.panes import status as status_pane
from tui.panes.conversations.inbox_view import Lens
from tui.panes.day import busiest
from tui.panes.day import rows as day_rows
from tui.panes.day.arrivals import ArrivedIn
from tui.panes.day.pane import DayPane, LinesPane
from tui.panes.day.rows import ShownDay
from tui.panes.day.sources import source_of
from tui.panes.drill_down import name_of
from tui.panes.table_pane import FRAME
from tui.panes.where_from import Source, of_figure
from tui.screens.arrivals import open_arrivals
from tui.screens.base import MonitorScreen, bindings
from tui.screens.context import Context
from tui.screens.day_history import DAY, WEEKS, DayHistory, ShownPart
from tui.screens.place import place
from tui.screens.table_keys import NAMES as TABLE_KEYS
from tui.screens.table_keys import TableKeys
from tui.screens.where_from import curl_for, open_where_from
from tui.widgets.key_bar import KeyBar
from tui.widgets.layers import push_layer
from tui.widgets.lines import LineView
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Line, Part, pad
from tui.widgets.picker import Picker, PickItem

NAME = "day"
STEPS = (QUARTER, HALF_HOUR, HOUR)
"""Seconds of a row."""
COMING = 4
"""Rows to come that are in view below that of now."""
NO_HISTORY = "No days are kept: the history is off."
NOBODY_YET = "Nobody has come yet: this row is still ahead."
ALL = "all"
"""What stands for the whole account among what can be chosen."""


class DayScreen(TableKeys, MonitorScreen):
    """Made once and reused: `open` says of which account and day, then it is pushed."""

    BINDINGS = bindings(
        "down", "where_from", "earlier", "later", "interval", "busiest", "inbox", "next_pane",
        "previous_pane", *TABLE_KEYS, "back",
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context, name=NAME)
        self.header = LineView(id="header")
        self.pane = DayPane(id="day-rows")
        self.words = LineView(id="day-words")
        self.map = LinesPane(id="day-map")
        self.waits = LinesPane(id="day-waits")
        self.status = LineView(id="status")
        self.ref: AccountRef | None = None
        self.part = WHOLE
        self._seconds = HALF_HOUR
        self._day: Day | None = None
        """The day on screen; None is today, also after midnight."""
        self._of_weeks = False
        self._to_now = True
        """Whether the row of now is to come under the cursor once there is one."""
        self._shown: tuple[tuple[object, ...], ShownDay] | None = None
        self._past = DayHistory(context, self.run_latest, self.draw)

    def compose(self) -> ComposeResult:
        """Header, the rows with what they come to, or the week and the waits, status line, key bar."""
        yield self.header
        yield self.pane
        yield self.words
        yield self.map
        yield self.waits
        yield self.status
        yield KeyBar(id="key-bar")

    def open(self, ref: AccountRef, part: PartOfAccount, wall: float | None, *, of_weeks: bool) -> None:
        """Take what it will be pushed for; `wall` is a moment of the day wanted, None: now."""
        self.let_go()
        self._past.forget()
        self._shown = None
        self.ref, self.part, self._of_weeks, self._to_now = ref, part, of_weeks, True
        snapshot = self.context.monitor.snapshot(ref)
        zone = self.context.zone(snapshot, ref.environment)
        day = None if wall is None else day_of(wall, zone)
        self._day = None if day == self._today(snapshot, zone) else day
        self.pane.table.sort_by(None)

    def let_go(self) -> None:
        """Read no more of the history for it."""
        for name in (DAY, WEEKS):
            self.workers.cancel_group(self, name)
        self._past.ask_again()

    def on_screen_resume(self) -> None:
        """Begin in the rows."""
        self._lay_out()
        self.draw()

    def past_changed(self, key: AccountKey) -> None:
        """Read what is kept of an account's past again."""
        if self._past.concerns(key):
            self._past.ask_again()
            self.draw()

    def news(self, ref: AccountRef | None) -> None:
        """Redraw for this account alone."""
        if ref is None or ref == self.ref:
            self.draw()

    # -- what is known ------------------------------------------------------------------------

    def _today(self, snapshot: AccountSnapshot, zone: tzinfo) -> Day:
        """Today by the server's clock as far as that was read, else by this machine's."""
        here = day_of(self.context.clock.wall(), zone)
        known = None if snapshot.service is None else snapshot.service.today
        return known.day if known is not None and known.day.since > here.since else here

    def _show(self, snapshot: AccountSnapshot, day: Day, zone: tzinfo, *, is_today: bool) -> ShownDay:
        """The day as it is drawn; the same object while nothing of it has changed."""
        level = snapshot.service
        today = None if level is None or level.today is None or level.today.day != day else level.today
        seen = self._seen(snapshot, day)
        kept, weeks = self._past.kept(seen), self._past.weeks(seen)
        stale = today is not None and _is_old(snapshot, self.context.clock.now())
        listed = snapshot.inboxes.items, snapshot.teams.items
        looked_at = day, self.part, self._seconds, is_today, zone, *listed
        made_of = today, kept, weeks, stale, *looked_at
        if self._shown is not None and _are_same(self._shown[0], made_of):
            return self._shown[1]
        rules, goal = self._rules(snapshot, zone), self.context.targets(snapshot.ref).service_level
        mark = rules.mark
        intervals = of_today(today) if today is not None else kept.intervals if kept is not None else ()
        ends = today.as_of if today is not None else self._ends(day, is_today=is_today)
        rows = stretches(day, intervals, self.part, self._seconds, ends)
        inboxes = snapshot.inboxes.items or ()
        rows = with_openings(day, rows, intervals, self.part, rules, [inbox.id for inbox in inboxes])
        shown = ShownDay(
            day,
            zone,
            self.part,
            self._seconds,
            rows,
            rules,
            goal,
            today,
            is_today,
            stale,
            other_rules=today is None
            and None not in listed
            and any(stretch.rules != mark for stretch in intervals),
            same_hours=all(rules.has_hours_of(stretch.rules) for stretch in intervals),
            usual={} if weeks is None or not is_today else weeks.usual,
            past=None if weeks is None else weeks.past,
            queued={} if kept is None else at_end(kept.queued, day, rows),
            online={} if kept is None else on_average(kept.online, day, rows),
            waiting=kept is None and self.context.history is not None,
            bots=BotWatch(day, bot_first(intervals)) if today is None else today.bots,
        )
        self._shown = made_of, shown
        return shown

    def _seen(self, snapshot: AccountSnapshot, day: Day) -> ShownPart:
        return ShownPart(snapshot.key, self.part, day, self._seconds)

    def _ends(self, day: Day, *, is_today: bool) -> float | None:
        """Up to where rows may be known: of today, of which nothing is read yet, up to now."""
        return min(self.context.clock.wall(), day.until) if is_today else None

    def _rules(self, snapshot: AccountSnapshot, zone: tzinfo) -> Rules:
        """Those of now; of inboxes and teams as soon as these are known."""
        level, ref = snapshot.service, snapshot.ref
        if level is not None and level.today is not None:
            return level.today.rules
        service = self.context.config.service_for(ref.environment, ref.account_id)
        inboxes, teams = snapshot.inboxes.items or (), snapshot.teams.items or ()
        return rules_of(service, self.context.targets(ref), inboxes, teams, zone)

    # -- drawing ------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw what is known, and read what is not."""
        if not self.is_mounted or self.ref is None or not self.is_current:
            return
        context, ref, width = self.context, self.ref, self.size.width
        now, wall = context.clock.now(), context.clock.wall()
        snapshot = context.monitor.snapshot(ref)
        where = place(context, ref, snapshot, now, wall)
        self.header.set_lines([header_pane.line(snapshot, where, width)])
        zone = context.zone(snapshot, ref.environment)
        today = self._today(snapshot, zone)
        day = self._day or today
        is_today = day == today
        self._past.read(self._seen(snapshot, day), today, zone)
        shown = self._show(snapshot, day, zone, is_today=is_today)
        if self._of_weeks:
            self._draw_weeks(snapshot, shown)
        else:
            self._draw_rows(snapshot, shown)
        text = self.said or self._past.problem
        if text:
            look = "normal" if self.said else "warning"
            self.status.set_lines([pad([Part(f" {text}", look)], width)])
        else:
            self.status.set_lines([status_pane.line(context.monitor, snapshot, where, width)])

    def _draw_rows(self, snapshot: AccountSnapshot, shown: ShownDay) -> None:
        below = self._below(
            shown,
            ("day", ("earlier", "later")),
            ("busiest hours", ("next_pane",)),
            ("15, 30, 60 min", ("interval",)),
            ("team or inbox", ("inbox",)),
        )
        self.pane.draw(shown, self._named(snapshot), below)
        self.words.set_lines(
            [day_rows.total_line(shown, self.size.width), day_rows.note_line(shown, self.size.width)]
        )
        if self._to_now and len(self.pane.table.rows_in_view) > 1:
            self._to_now = not self._select_now(shown)

    def _select_now(self, shown: ShownDay) -> bool:
        """Put the cursor on the row of now, with a few of those to come in view; False without one."""
        keys = [row.key for row in shown.rows]
        now = next((place for place, row in enumerate(shown.rows) if row.known is Extent.SO_FAR), None)
        if now is not None:
            self.pane.table.select(keys[min(now + COMING, len(keys) - 1)])
            self.pane.table.select(keys[now])
        return now is not None

    def _draw_weeks(self, snapshot: AccountSnapshot, shown: ShownDay) -> None:
        name = self._named(snapshot)
        weeks = self._past.weeks(self._seen(snapshot, shown.day))
        week = {} if weeks is None else weeks.week
        past = "" if shown.past is None else day_rows.past_text(shown.past, shown.zone)
        nothing = [] if weeks is None else busiest.no_week(name, past)
        if self.context.history is None:
            nothing = [NO_HISTORY]

        def lines(width: int, height: int) -> list[Line]:
            return (
                busiest.map_lines(week, width, height)
                if week
                else [[Part(f" {text}", "dim")] for text in nothing]
            )

        below = f"kept: {past}" if week and past else ""
        self.map.draw(partial(busiest.map_title, week, name), lines, below)
        tally, passed = sum_of(shown.rows), [row for row in shown.rows if row.known is not Extent.AHEAD]
        at_least = any(row.tally is None for row in passed)
        is_known = any(row.tally is not None for row in passed)
        answered = f" · {wording.count(tally.answered, at_least=at_least)} answered" if is_known else ""
        date = day_rows.date_of(shown.day, shown.zone)

        def waits(width: int, height: int) -> list[Line]:
            if not is_known:
                return [day_rows.total_line(shown, width)]
            return busiest.wait_lines(tally, shown.rules, width, height, at_least=at_least)

        title = f"Waits by length · {date}"
        self.waits.draw(
            lambda _: (f"{title} · {name}{answered}", f"{title}{answered}"),
            waits,
            self._below(shown, ("day", ("earlier", "later")), ("half-hours", ("next_pane",))),
        )

    def _below(self, shown: ShownDay, *keys: tuple[str, tuple[str, ...]]) -> str:
        """How much is known, and the keys, as many as fit into the lower border."""
        text = day_rows.as_of(shown)
        for word, names in keys:
            key = "/".join(map(self.context.first_key, names))
            longer = " · ".join(filter(None, (text, f"{key} {word}")))
            if cell_len(longer) > self.size.width - FRAME:
                break
            text = longer
        return text

    def _named(self, snapshot: AccountSnapshot) -> str:
        """What of the account is on screen."""
        if not self.part.kind:
            return snapshot.name or f"account {snapshot.ref.account_id}"
        if self.part == PartOfAccount("team", 0):
            return "no team"
        kind = ScopeKind(self.part.kind)
        return wording.of_kind(kind, name_of(snapshot, kind, self.part.number))

    def _lay_out(self) -> None:
        self.map.display = self.waits.display = self._of_weeks
        self.pane.display = self.words.display = not self._of_weeks
        if self._of_weeks:
            self.set_focus(None)
        else:
            self.pane.table.focus()

    def on_resize(self) -> None:
        """Fit the bars and the map."""
        self.call_after_refresh(self.draw)

    # -- keys ---------------------------------------------------------------------------------

    @property
    def current_table(self) -> LiveTable | None:
        """The rows, while they are shown."""
        return None if self._of_weeks else self.pane.table

    def action_earlier(self) -> None:
        """The day before."""
        self._step(-1)

    def action_later(self) -> None:
        """The day after, up to today."""
        self._step(1)

    def _step(self, days: int) -> None:
        if self.ref is None:
            return
        snapshot = self.context.monitor.snapshot(self.ref)
        zone = self.context.zone(snapshot, self.ref.environment)
        today, most = self._today(snapshot, zone), self.context.config.service.days
        here = self._day or today
        when = datetime.fromtimestamp(here.since, zone).date() + timedelta(days=days)
        newest = datetime.fromtimestamp(today.since, zone).date()
        if when > newest:
            self.say("Today is the newest day.")
        elif (newest - when).days > most:
            self.say(f"Days are kept {wording.plural(most, 'day')} back: [service] days says how many.")
        elif self.context.history is None and when != newest:
            self.say(NO_HISTORY)
        else:
            self._day = None if when == newest else day_on(when, zone)
            self.say("")

    def action_interval(self) -> None:
        """Rows of 15, 30 or 60 minutes, the next at each press."""
        self._seconds = STEPS[(STEPS.index(self._seconds) + 1) % len(STEPS)]
        self._to_now = self._day is None
        self.draw()

    def action_busiest(self) -> None:
        """The week and the waits in place of the day's rows, and back."""
        self._of_weeks = not self._of_weeks
        self._lay_out()
        self.call_after_refresh(self.draw)

    action_next_pane = action_busiest
    action_previous_pane = action_busiest

    def action_inbox(self) -> None:
        """Choose a team or an inbox."""
        if self.ref is None:
            return
        snapshot = self.context.monitor.snapshot(self.ref)
        items = [PickItem(ALL, "The whole account", "account")]
        items += [PickItem(f"team:{team.id}", team.name, "team") for team in snapshot.teams.items or ()]
        items.append(PickItem("team:0", "In no team", "team"))
        items += [
            PickItem(f"inbox:{inbox.id}", inbox.name, "inbox", inbox.channel)
            for inbox in snapshot.inboxes.items or ()
        ]
        app: App[Any] = self.app
        picker = app.get_screen("picker")
        if isinstance(picker, Picker):
            picker.open(items, title="The day of one team or inbox", prompt="team or inbox")
            push_layer(app, "picker", self._part_chosen)

    def _part_chosen(self, chosen: PickItem | None) -> None:
        if chosen is None:
            return
        kind, _, number = chosen.id.partition(":")
        self.part = WHOLE if chosen.id == ALL else PartOfAccount(kind, int(number))
        self.draw()

    def on_live_table_row_chosen(self, event: LiveTable.RowChosen) -> None:
        """A row was opened by a double click."""
        event.stop()
        self.action_down()

    def action_down(self) -> None:
        """The conversations behind the row under the cursor."""
        if self.ref is None or self._shown is None:
            return
        if self._of_weeks:
            self.say(f"These are sums of weeks: {self.context.first_key('next_pane')} shows the day's rows.")
            return
        shown = self._shown[1]
        row = next((row for row in shown.rows if row.key == self.pane.table.selected), None)
        if row is None or row.known is Extent.AHEAD:
            self.say(NOBODY_YET)
            return
        open_arrivals(self.app, self.ref, self._opened(self.ref, shown, row))

    def _opened(self, ref: AccountRef, shown: ShownDay, row: Stretch) -> ArrivedIn:
        snapshot = self.context.monitor.snapshot(ref)
        today = None if snapshot.service is None else snapshot.service.today
        begins, until = row.span or (row.begins, row.until)
        return ArrivedIn(
            begins,
            until,
            shown.part,
            self._named(snapshot),
            day_rows.facts_title(row, shown),
            shown.rules,
            row.tally,
            None if shown.today is None else shown.today.as_of,
            later=(
                about_since(begins, shown.day, shown.rows, today),
                about_since(until, shown.day, shown.rows, today),
            ),
            is_in=belongs(row, shown.day, shown.rules),
            bots=shown.bots,
        )

    def action_where_from(self) -> None:
        """What the row under the cursor counts, and where the day's level comes from."""
        if self.ref is None:
            return
        zone = self.context.zone(self.context.monitor.snapshot(self.ref), self.ref.environment)
        open_where_from(self, self._sources, zone, f"Source · {NAME}")

    def _sources(self) -> list[Source]:
        if self.ref is None or self._shown is None:
            return []
        snapshot, shown = self.context.monitor.snapshot(self.ref), self._shown[1]
        curl = curl_for(self.context, self.ref)
        slot = Slot(scope_of(self.part), Measure.SERVICE_LEVEL_TODAY)
        day = of_figure(snapshot, slot, self.context.clock.now(), curl)
        selected = self.pane.table.selected
        rows = [row for row in shown.rows if row.key == selected]
        sources = [] if self._of_weeks else [source_of(row, shown, day) for row in rows]
        return [*sources, day] if shown.is_today or not sources else sources

    def action_back(self) -> None:
        """Back to the rows, then to where it was opened from."""
        self.dismiss()


def _is_old(snapshot: AccountSnapshot, now: float) -> bool:
    """Whether the last look at the day is too long ago; also of a day that has no level yet."""
    reading = snapshot.reading(account(Measure.SERVICE_LEVEL_TODAY))
    return bool(reading.asked_at) and reading.age(now) > MISSED_PERIODS * reading.period


def _are_same(earlier: tuple[object, ...], other: tuple[object, ...]) -> bool:
    """By identity where they may be large, else by value."""
    return all(
        mine is theirs or (not isinstance(mine, Today | KeptDay | KeptWeeks) and mine == theirs)
        for mine, theirs in zip(earlier, other, strict=True)
    )


def open_day(
    app: App[Any], ref: AccountRef | None, lens: Lens | None, wall: float | None, *, of_weeks: bool
) -> None:
    """Put the installed day screen in front; `wall` is a moment of the day wanted, None: now."""
    screen = app.get_screen(NAME)
    part = WHOLE if lens is None else PartOfAccount("inbox", lens.inbox_id)
    if ref is not None and isinstance(screen, DayScreen) and app.screen is not screen:
        screen.open(ref, part, wall, of_weeks=of_weeks)
        push_layer(app, NAME)
