"""Whether the screen of the day tells the truth: every row of today by what came in it, and their sum."""

import re
from collections.abc import Iterator

from tests.truth import levels
from tests.truth.bench import ANSWERED_WITHIN, UNKNOWN, Bench
from tests.truth.levels import count_of_level
from tests.truth.segments import TableRow, block, bottom, rows_of, table, top, whole
from tests.truth.service import ANSWERED, Case, CaseOptions
from tui.identity import AccountRef, Measure, ScopeKind, Slot
from tui.monitor.service.level import scope_of
from tui.screens.day import DayScreen
from tui.widgets import themes

STATES = {
    "new": (),
    "in_target": ("in_target",),
    "late": ("late", "queued_late"),
    "closed": ("closed_without_reply",),
}
"""What the columns that are plain numbers count."""
WITHIN = {"half": 0.5, "most": 0.9}
MINUTE = 60.0
CARRIED = 180.0
"""Seconds for which what was asked last stands for the time after it, and a little more."""
_AS_OF = re.compile(r"as of (\d\d:\d\d)")
_ROWS = re.compile(r"rows of (\d+) (min|h)")
_NEW = re.compile(r"(≥ )?(\d[\d\u202f]*) new$")


class DayJudge:
    """Compares the rows of today with what its conversations come to."""

    def __init__(self, bench: Bench, screen: DayScreen) -> None:
        self._bench = bench
        self._screen = screen

    def look(self) -> list[str]:
        """What is wrong there just now."""
        bench, screen = self._bench, self._screen
        text = block(rows := rows_of(screen), screen.pane)
        as_of = _AS_OF.search(bottom(text))
        told = f"{top(text)}{bottom(text)}"
        if screen.ref is None or "today so far" not in told or as_of is None or not screen.pane.display:
            bench.tally.screens["day, not judged"] += 1
            return []
        bench.tally.screens["day"] += 1
        bench.sample()
        stale = themes.style_of("stale", bench.stage.app.theme).color
        region, words = screen.pane.region, block(rows, screen.words)
        day_rows = table(rows[region.y : region.bottom], stale)
        return [
            f"day of {screen.ref}: {wrong}"
            for wrong in self._wrongs(day_rows, told, as_of[1], words, screen.ref)
        ]

    def _wrongs(
        self, rows: list[TableRow], title: str, as_of: str, words: str, ref: AccountRef
    ) -> Iterator[str]:
        bench = self._bench
        slot = Slot(scope_of(self._screen.part), Measure.SERVICE_LEVEL_TODAY)
        options = bench.levels.options_of(slot, title + words, ref, as_of)
        length = _ROWS.search(title)
        if isinstance(options, str):
            yield options
        elif options is not None and length is not None:
            seconds = int(length[1]) * (60 if length[2] == "min" else 3_600)
            for row in rows:
                yield from self._row(row, seconds, options)
                yield from self._recorded(row, seconds, ref)
            yield from self._sum(words, options, ref)

    def _row(self, row: TableRow, seconds: int, options: CaseOptions) -> Iterator[str]:
        begins = row.key
        assert isinstance(begins, int)

        def came(case: Case) -> bool:
            return begins <= case.created < begins + seconds

        texts = {name: cell.text for name, cell in row.cells.items() if cell.text}
        if texts.get("new", "≈")[0] in {"≈", "—"}:
            return
        inside = options.of(came)
        self._bench.tally.seen["rows of the day"] += 1
        for name, text in texts.items():
            where = f"{texts.get('time')} {name} = {text!r}"
            if text in UNKNOWN or text.endswith("…"):
                continue
            if name in STATES:
                yield from levels.number(inside.count(*STATES[name]), text, where)
            elif name == "level":
                yield from levels.level(inside, text, where)
            elif name in WITHIN:
                yield from levels.within(inside, WITHIN[name], text, where)
            elif name == "answered":
                yield from _replies(options, begins, seconds, text, where)

    def _recorded(self, row: TableRow, seconds: int, ref: AccountRef) -> Iterator[str]:
        """Who waited at the end of a row, and who was online in it: by samples, taken a while before."""
        bench, begins, kind = self._bench, row.key, self._screen.part.kind
        assert isinstance(begins, int)
        if bench.was_set:
            return
        before = bench.wall - bench.now
        ends = min(begins + seconds - before, bench.now)
        online = Measure.MEMBERS_ONLINE if kind == ScopeKind.TEAM else Measure.AGENTS_ONLINE
        for name, measure, since in (
            ("queued", Measure.QUEUED, ends - MINUTE),
            ("online", online, begins - before),
        ):
            text = row.cells[name].text if name in row.cells else ""
            if not text or text in UNKNOWN:
                continue
            slot = Slot(scope_of(self._screen.part), measure)
            if ends > bench.known(ref).confirmed:
                bench.tally.seen["recorded in the day, not judged"] += 1
                continue
            held = bench.held(slot.name, ref, since - CARRIED, ends + ANSWERED_WITHIN)
            if held:
                bench.tally.seen["recorded in the day"] += 1
                if not min(held) - 0.5 <= whole(text) <= max(held) + 0.5:
                    yield f"{row.cells['time'].text} {name} = {text!r}, the server held {sorted(held)}"

    def _sum(self, words: str, options: CaseOptions, ref: AccountRef) -> Iterator[str]:
        pieces = [word.strip() for word in words.split("\n", maxsplit=1)[0].split(" · ")]
        goal = self._bench.config.targets_for(ref.environment, ref.account_id).service_level
        for piece in pieces:
            if match := _NEW.match(piece):
                least, most = options.count()
                number = whole(match[2])
                if number > most or (number < least and not match[1]):
                    yield f"{piece!r}, in truth {least} to {most}"
            elif piece.startswith("level ") and piece.removeprefix("level ")[0].isdecimal():
                yield from levels.level(options, piece.removeprefix("level "), repr(piece))
            else:
                yield from levels.piece(count_of_level(piece), options, goal)


def _replies(options: CaseOptions, begins: int, seconds: int, text: str, where: str) -> Iterator[str]:
    replied = options.of(lambda case: case.state in ANSWERED and begins <= case.replied < begins + seconds)
    least, most = replied.count()
    number = whole(text.removeprefix("≥ "))
    if number > most or (number < least and not text.startswith("≥")):
        yield f"{where}, in truth {least} to {most}"
