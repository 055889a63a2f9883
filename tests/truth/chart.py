"""Whether a chart's words tell the truth: the least and the most of a time, and the figure of now."""

import re
from collections.abc import Iterator

from tests.truth import changes
from tests.truth.bench import SLACK, Bench, span
from tests.truth.segments import block, cut, figures, line, moment, rows_of, top
from tui.identity import AccountRef, Slot
from tui.panes.charted import choices
from tui.screens.chart import ChartScreen
from tui.widgets import themes

_TITLE = re.compile(r"[╭┌┏]─* ?(.+) · (.+?) · (1 h|8 h|24 h|7 days) ?─")
_EXTREME = re.compile(r"(min|max) (≥ )?(none|\d[\d\u202f]*(?: [smhd](?: \d\d)?)?) at ")
_MEAN = re.compile(r"avg (≥ )?(none|\d[\d\u202f.]*(?: [smhd](?: \d\d)?)?)(?=   )")


class ChartJudge:
    """Compares what stands below a chart with what its account's server held."""

    def __init__(self, bench: Bench, screen: ChartScreen) -> None:
        self._bench = bench
        self._screen = screen

    def look(self) -> list[str]:
        """What is wrong below the chart just now."""
        bench, screen = self._bench, self._screen
        bench.tally.screens["chart"] += 1
        ref = screen.ref
        if ref is None:
            return ["a chart of no account"]
        rows = rows_of(screen)
        title = _TITLE.search(top(block(rows, screen.query_one("#chart-pane"))))
        if title is None:
            return []  # it is being read
        bench.record(ref).sample()
        snapshot = bench.stage.monitor.snapshot(ref)
        if title[2] != snapshot.name:
            return [f"a chart of {title[2]}, the account is {snapshot.name}"]
        slots = [charted.slot for charted in choices(snapshot) if charted.word == title[1]]
        if not slots:
            return [f"nothing is called {title[1]!r}"]
        return [f"chart of {ref}: {wrong}" for wrong in self._wrongs(slots[0], ref)]

    def _wrongs(self, slot: Slot, ref: AccountRef) -> Iterator[str]:
        bench, words = self._bench, cut(rows_of(self._screen), self._screen.words)
        stale = themes.style_of("stale", bench.stage.app.theme).color
        for row in words:
            told = moment(line(row))
            for shown in figures("chart", [row], stale):
                bench.tally.figures += 1
                if shown.text in {"—", "—✗", "…"} or shown.text.endswith("…"):
                    bench.tally.seen["unknown"] += 1
                    continue
                where = f"{shown.name} = {shown.text!r}"
                if shown.name != slot.name:
                    yield f"{where} below the chart of {slot.name}"
                elif told.age is None and not told.as_of:
                    yield f"{where} without a moment"
                else:
                    exact, age = told
                    since = bench.since(exact, bench.zone(ref)) if exact else bench.by_age(age or 0.0)
                    yield from bench.value(shown.name, shown.text, where, since, ref)
        for changed in changes.changes(words):
            yield from changes.judge(changed, ref, bench)
        yield from self._summary(" ".join(map(line, words)), slot, ref)

    def _summary(self, words: str, slot: Slot, ref: AccountRef) -> Iterator[str]:
        """Least, mean and most were recorded since this run began, so they were held since then."""
        bench = self._bench
        told = {word: (number, bool(least)) for word, least, number in _EXTREME.findall(words)}
        if len(told) < 2:
            bench.tally.seen["unknown"] += 1
            return
        bench.tally.figures += 3
        if bench.was_set:
            bench.tally.seen["recorded by a clock that was set wrong, not judged"] += 1
            return
        for word, (number, at_least) in told.items():
            prefix = "≥ " if at_least else ""
            where = f"{word} {prefix}{number}"
            yield from bench.value(slot.name, f"{prefix}{number}", where, bench.begun - SLACK, ref)
        mean = _MEAN.search(words)
        ends = [_range(told[word][0]) for word in ("min", "max")]
        if mean is not None and ends[0] is not None and ends[1] is not None:
            middle = _range(mean[2])
            if middle is None or not ends[0][0] - 1 <= middle[0] <= ends[1][1] + 1:
                yield f"avg {mean[2]} of {told}"


def _range(text: str) -> tuple[float, float] | None:
    """Least and most that a number or a length of time can mean."""
    length = span(text)
    if length is not None:
        return length
    number = float(text.replace("\u202f", ""))
    return number, number
