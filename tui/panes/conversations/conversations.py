"""The conversations pane: the five answers, below them every other count and time, and how those changed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from tui import identity, wording
from tui.durations import HOUR, QUARTER
from tui.identity import HEADLINE, Measure, ScopeKind, Slot
from tui.measures import DAY_BEFORE_OF, SERVICE
from tui.monitor.calls import COMMON_STATUSES
from tui.monitor.history.comparison import EarlierFigures
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.monitor.zones import end_of_hour
from tui.panes import figures as draw
from tui.panes.conversations import last_day
from tui.panes.conversations.headline import (
    LATELY,
    LEVEL_TODAY,
    LONGEST,
    ONLINE,
    OVER_TARGET,
    WAITING,
    View,
    answers,
    says_who_waits,
    service_line,
    worst_team,
)
from tui.widgets.parts import Line, Part, centre, clip, pad, width_of
from tui.widgets.trend import spark

if TYPE_CHECKING:
    from tui.panes.conversations.inbox_view import Lens

WORD = "Conversations"
GROWING = (("new", Measure.TODAY), ("closed", Measure.RESOLVED))
"""What came is by how much the one grew; of the resolved there are all, whenever they came."""
COMPARED_FROM = 100
"""Cells from which on there is room for what was at earlier times."""
ROOMY = 156
"""Cells from which on there is room for the quarter of an hour beside each count."""
LABEL, GAP = 23, 2
WIDTH, TIME_WIDTH, PEOPLE_WIDTH = 6, 8, 5


class Detail(NamedTuple):
    """A figure of the lower rows."""

    measure: Measure

    @property
    def word(self) -> str:
        """What it is called there."""
        return self.measure.heading

    @property
    def slot(self) -> Slot:
        """The account's figure."""
        return identity.whole(self.measure)

    @property
    def form(self) -> Callable[..., str]:
        """How its value is written."""
        return wording.duration if self.measure.row.is_time else wording.count

    @property
    def before(self) -> Slot | None:
        """The same of the day before; of the conversations created then more are resolved by now."""
        before = DAY_BEFORE_OF.get(self.measure)
        return None if before is None else identity.account(before)

    def is_told_of(self, kind: ScopeKind) -> bool:
        """Whether a part of that kind has it, too."""
        return kind in self.measure.row.of


WAITS = Detail(WAITING.measure)
COUNTS = tuple(
    map(
        Detail,
        (
            Measure.BACKLOG, Measure.ASSIGNED, Measure.OPEN, Measure.MINE, Measure.QUEUED,
            Measure.PENDING, Measure.SNOOZED, Measure.RESOLVED, Measure.ABANDONED,
        ),
    )
)  # fmt: skip
ALL_TIME = {Measure.RESOLVED, Measure.ABANDONED}
"""Those that count what has gathered for ever."""
TODAY = tuple(map(Detail, (Measure.TODAY, Measure.FIRST_RESPONSE, Measure.RESOLUTION, Measure.RESOLUTIONS)))


def title(snapshot: AccountSnapshot, lens: "Lens | None") -> str:
    """What the figures cover, where that is not the whole account: one inbox, or what the token sees."""
    if lens is not None:
        gone = ": this inbox is no longer there" if lens.is_gone(snapshot) else ""
        return f"{WORD} of {wording.of_kind('inbox', lens.name)}{gone}"
    viewer, inboxes = snapshot.viewer, snapshot.inboxes.items
    if viewer is None or inboxes is None or "administrator" in viewer.roles:
        return WORD
    roles = ", ".join(viewer.roles) or "role not told"
    names = ", ".join(inbox.name for inbox in inboxes[:2]) + (", …" if len(inboxes) > 2 else "")
    seen = f"{wording.plural(len(inboxes), 'inbox', 'inboxes')}, {names}" if inboxes else "no inbox"
    return f"{WORD} {viewer.name}, {roles}, sees {seen}"


def sees_part(snapshot: AccountSnapshot) -> bool:
    """Whether the figures are surely not the account's: an agent's token counts only its own inboxes.

    All agents then share more than what waits here.
    """
    return snapshot.viewer is not None and set(snapshot.viewer.roles) == {"agent"}


def slots() -> tuple[Slot, ...]:
    """The figures this pane shows, in the order a person steps through them."""
    first = (HEADLINE, WAITING, OVER_TARGET, LONGEST, ONLINE, LATELY, LEVEL_TODAY)
    return (*first, *(detail.slot for detail in (*COUNTS, *TODAY)))


def lines(snapshot: AccountSnapshot, view: View) -> list[Line]:
    """The pane's lines, from the most needed down, at most `view.height`, and the charts below them."""
    width = view.room
    whole = answers(snapshot, view)[: max(1, view.width // width)]  # Of half an answer the age would be cut.
    block: list[Line] = [
        [part for answer in whole for part in centre(_cut(answer[row], width - 1), width)] for row in range(3)
    ]
    service = [pad([Part(" "), *service_line(snapshot, view)], view.width)]
    counts = _rows(_counted(snapshot, view), view.width)
    today = [_detail(snapshot, detail, view) for detail in TODAY if _told(snapshot, detail)]
    if today and snapshot.reports_cover_more and not view.of_inbox:
        today[0] = [Part("whole account: ", "label"), *today[0]]
    charts = [] if view.day is None else last_day.lines(snapshot, view.day, view.now, view.width)
    hours = [] if charts else _hours(snapshot, view)
    below = _rows([*today, *([hours] if hours else [])], view.width)
    compared = [pad(line, view.width) for line in against(snapshot, view)]
    return [*block, *service, *counts, *below, *compared][: max(1, view.height)] + charts


def _cut(line: Line, width: int) -> Line:
    if width_of(line) <= width:
        return line
    kept: list[Part] = []
    for part in line:
        room = width - width_of(kept)
        if room <= 0:
            break
        kept.append(part._replace(text=clip(part.text, room)))
    return kept


def _told(snapshot: AccountSnapshot, detail: Detail) -> bool:
    """A status that not every server has, and the reports, are shown only where the server knows them."""
    reading = snapshot.readings.get(detail.slot)
    if detail.measure.is_status and detail.measure not in COMMON_STATUSES:
        return reading is not None and reading.value is not None
    return reading is not None or detail not in TODAY


def _counted(snapshot: AccountSnapshot, view: View) -> list[Line]:
    """The counts with their changes; the first change names its period, for all of them.

    What came and went within the hour stands before what has gathered for ever, which gives way first.
    """
    items: list[Line] = []
    flow = in_and_out(snapshot, view)
    named = False
    first = () if says_who_waits(snapshot, view) else (WAITS,)
    for detail in (detail for detail in (*first, *COUNTS) if _told(snapshot, detail)):
        if view.of_inbox and not detail.is_told_of(ScopeKind.INBOX):
            continue  # It is counted for the whole account alone.
        if flow and detail.measure in ALL_TIME:
            items.append(flow)
            flow = []
        change = quarter(snapshot, detail.slot, view)
        period = [Part(" in 15 min", "dim")] if change and not named else []
        named = named or bool(change)
        items.append([*_detail(snapshot, detail, view), *change, *period])
    return [*items, flow] if flow else items


def _detail(snapshot: AccountSnapshot, detail: Detail, view: View) -> Line:
    parts = [Part(f"{detail.word} ", "label")]
    parts += draw.figure(snapshot, detail.slot, view.now, form=detail.form, alarm=view.alarm(detail.slot))
    live = snapshot.reading(detail.slot).state(view.now) is State.LIVE
    before = snapshot.reading(detail.before) if detail.before is not None and live else None
    if before is not None and before.value is not None and before.state(view.now) is State.LIVE:
        by = wording.minute(draw.asked(before, view.now, view.wall), view.zone)
        parts.append(Part(f" (yesterday by {by}: {detail.form(before.value)})", "dim"))
    return parts


def _hours(snapshot: AccountSnapshot, view: View) -> Line:
    points = snapshot.incoming_by_hour
    values = last_day.incoming(points, end_of_hour(points.asked_wall, view.zone))
    if not values:
        return []
    look = "accent" if points.state(view.now) is State.LIVE else "stale"
    covers = " in the whole account" if snapshot.reports_cover_more else ""
    return [Part(f"new per hour{covers} ", "label"), Part(spark(values, last_day.HOURS), look)]


def _rows(items: list[Line], width: int) -> list[Line]:
    """The items side by side in lines; one that is wider than a line is left out, as its age would be cut."""
    rows: list[Line] = []
    row: list[Part] = []
    for item in items:
        if width_of(item) > width - 2:
            continue
        if row and width_of(row) + 3 + width_of(item) > width - 2:
            rows.append(pad([Part(" "), *row], width))
            row = []
        row = [*row, Part(" · ", "dim"), *item] if row else list(item)
    return [*rows, pad([Part(" "), *row], width)] if row else rows


def as_of_readings(snapshot: AccountSnapshot, now: float) -> list[Reading]:
    """The readings whose oldest live moment the border names: of all that stands in the pane."""
    worst = worst_team(snapshot, now)
    of_worst = () if worst is None else (identity.team(worst.team_id, HEADLINE.measure),)
    shown = [slot for slot in slots() if slot.measure not in SERVICE]  # That line tells its own moment.
    return [snapshot.reading(slot) for slot in (*shown, *of_worst)]


def in_and_out(snapshot: AccountSnapshot, view: View) -> Line:
    """`new 52, closed 40 in the last hour`; a part that is not known is left out.

    What came is by how much the count of today grew, which begins anew at midnight: within an
    hour of it nothing is told. What was closed is by how much all the resolved ones grew: the
    reopened ones taken off, and nothing told where the server deleted more. Where the count of
    today covers more inboxes than that of the resolved, what came does not stand beside it.
    """
    parts: list[Part] = []
    for word, measure in GROWING:
        if measure.row.day and snapshot.reports_cover_more:
            continue
        slot = identity.whole(measure)
        grown = _grown(snapshot, slot, view)
        if grown is not None:
            parts.append(Part(f"{', ' if parts else ''}{word} ", "label"))
            parts.append(Part(wording.count(grown), "value", {"grown": slot.name}))
    return [*parts, Part(" in the last hour", "label")] if parts else []


def _grown(snapshot: AccountSnapshot, slot: Slot, view: View) -> float | None:
    reading = snapshot.reading(slot)
    if reading.value is None or reading.state(view.now) is not State.LIVE:
        return None
    # The sample that held an hour ago may be a period older than that.
    of_today = view.day_began is None or view.now - view.day_began < HOUR + reading.period
    if slot.row.day and of_today:
        return None
    grown = view.course.change(slot, HOUR)
    return None if grown is None or grown < 0 else grown


class Compared(NamedTuple):
    """A figure of these rows."""

    slot: Slot

    @property
    def word(self) -> str:
        """What it is called there."""
        return self.slot.row.word

    @property
    def width(self) -> int:
        """Cells that its change takes, so that nothing jumps."""
        return TIME_WIDTH if self.slot.row.is_time else PEOPLE_WIDTH if self.slot.row.of_people else WIDTH

    def text(self, change: float | None) -> str:
        """The change in words; a dash where it is not known."""
        if change is None:
            return wording.UNKNOWN
        if not self.slot.row.is_time or round(change) == 0:
            return wording.change(change)
        return f"{'▲' if change > 0 else '▼'} {wording.duration(abs(change))}"


COMPARED = tuple(
    Compared(identity.whole(measure))
    for measure in sorted(Measure, key=lambda measure: measure.row.compared)
    if measure.row.compared
)
"""The most needed first: what does not fit is left out."""


def quarter(snapshot: AccountSnapshot, slot: Slot, view: View) -> Line:
    """` ▲ 5`: the change of a count in 15 minutes; nothing where it is none or not known."""
    if view.width < ROOMY or snapshot.reading(slot).state(view.now) is not State.LIVE:
        return []
    change = view.course.change(slot, QUARTER)
    if change is None or round(change) == 0:
        return []
    return [Part(f" {wording.change(change)}", "dim", draw.change_meta(slot))]


def against(snapshot: AccountSnapshot, view: View) -> list[Line]:
    """`vs. yesterday  unassigned ▲ 2  open ▼ 3`, a line each moment; none where narrow.

    A moment of which nothing is known takes no line.
    """
    if view.compared is None or view.width < COMPARED_FROM:
        return []
    shown = _that_fit(snapshot, view.width)
    changes = {figure.slot: _changes(snapshot, figure.slot, view, view.compared) for figure in shown}
    compared: list[Line] = []
    for place, word in enumerate(view.compared.words):
        if all(changes[figure.slot][place] is None for figure in shown):
            continue
        parts = [Part(f" {f'vs. {word}':<{LABEL - 1}}", "label")]
        for figure in shown:
            change = changes[figure.slot][place]
            text = f"{figure.text(change):<{figure.width + GAP}}"
            look = "unknown" if change is None else "normal"
            parts += [Part(f"{figure.word} ", "label"), Part(text, look, draw.change_meta(figure.slot, word))]
        compared.append(parts)
    return compared


def _that_fit(snapshot: AccountSnapshot, width: int) -> list[Compared]:
    fitting: list[Compared] = []
    room = width - LABEL
    for figure in COMPARED:
        if figure.slot in snapshot.readings:
            room -= len(figure.word) + 1 + figure.width + GAP
            if room < 0:
                break
            fitting.append(figure)
    return fitting


def _changes(
    snapshot: AccountSnapshot, slot: Slot, view: View, compared: EarlierFigures
) -> tuple[float | None, ...]:
    reading = snapshot.reading(slot)
    known = reading.state(view.now) is State.LIVE and not reading.at_least
    return compared.changes(slot, reading.value if known else None)
