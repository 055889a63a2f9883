"""Whether the fleet tells the truth: every row by its own moment, the totals by what can have been."""

import re
from collections.abc import Iterator
from datetime import tzinfo

from tests.truth import changes
from tests.truth.bench import SLACK, UNKNOWN, Bench
from tests.truth.segments import (
    Cell,
    TableRow,
    block,
    bottom,
    line,
    meta,
    moment,
    most,
    rows_of,
    table,
    whole,
)
from tui.identity import AccountRef, Measure, account
from tui.screens.fleet import FleetScreen
from tui.widgets import themes

FIGURES = ("unassigned", "longest", "open", "online")
LEVEL = "level"
"""It comes a few times an hour, and always tells its own minute."""
TOTALS = {"unassigned": Measure.UNASSIGNED, "open": Measure.OPEN, "online": Measure.AGENTS_ONLINE}
_TOTAL = re.compile(r"  (unassigned|open|online) (—|(≥ )?(\d[\d\u202f]*)(?:, (\d+) of (\d+) known)?)")
_OWN = re.compile(r"\((\d\d:\d\d)(?::\d\d)?\)")
_TIME = re.compile(r"\d\d:\d\d:\d\d$")
_CLOCK = re.compile(r"(\d\d:\d\d) \S+ *$")


class FleetJudge:
    """Compares the fleet with the truth of all accounts."""

    def __init__(self, bench: Bench, screen: FleetScreen) -> None:
        self._bench = bench
        self._screen = screen

    def look(self) -> list[str]:
        """What is wrong in the fleet just now."""
        self._bench.tally.screens["fleet"] += 1
        self._bench.sample()
        return [f"fleet: {wrong}" for wrong in self._wrongs()]

    def _wrongs(self) -> Iterator[str]:
        bench, screen = self._bench, self._screen
        rows = rows_of(screen)
        stale = themes.style_of("stale", bench.stage.app.theme).color
        clock = _CLOCK.search(line(rows[0]))
        if clock is None:
            yield "no clock stands beside the moments"
            return
        zone = bench.zone_of_clock(clock[1])
        pane = block(rows, screen.pane)
        told: list[float] = []
        seen: set[AccountRef] = set()
        border = moment(bottom(pane)).as_of
        inside = rows[screen.pane.region.y : screen.pane.region.bottom]
        refs = [row.key for row in table(inside, stale) if isinstance(row.key, AccountRef)]
        lines = [
            cells for cells in inside if any(isinstance(meta(part).get("row"), AccountRef) for part in cells)
        ]
        for ref, cells in zip(refs, lines, strict=True):
            for changed in changes.changes([cells]):
                yield from changes.judge(changed, ref, bench)
        for row in table(inside, stale):
            if not isinstance(row.key, AccountRef):
                continue
            seen.add(row.key)
            yield from self._row(row, row.key, border, zone, told)
        if seen == set(bench.refs) and told:
            yield from self._totals(line(rows[screen.totals.region.y]), min(told))
        else:
            bench.tally.seen["totals of rows that are not in view, not judged"] += 1

    def _row(
        self, row: TableRow, ref: AccountRef, border: str, zone: tzinfo, told: list[float]
    ) -> Iterator[str]:
        bench, cells = self._bench, row.cells
        badge, number = cells.get("environment"), cells.get("id")
        if badge is not None and not ref.environment.upper().startswith(badge.text.rstrip("…")):
            yield f"{ref} stands in a row of {badge.text}"
        if number is not None and number.text != str(ref.account_id):
            yield f"{ref} stands in a row of account {number.text}"
        stated = self._stated(cells.get("as_of"), border, zone)
        if stated is not None:
            told.append(stated)
            if stated > bench.now + SLACK:
                yield f"{ref} is as of {cells['as_of'].text}, in the future"
        for name in (*FIGURES, LEVEL):
            cell = cells.get(name)
            if cell is None or not cell.text:
                continue
            bench.tally.figures += 1
            where = f"{ref} {name} {cell.text!r}"
            if cell.account != str(ref):
                yield f"{where} carries the account {cell.account!r}"
            if not cell.figure or cell.figure in UNKNOWN or cell.figure.endswith("…"):
                bench.tally.seen["unknown"] += 1
                continue
            own = _OWN.search(cell.text)
            since = stated if own is None else bench.since(own[1], zone)
            if since is None:
                yield f"{where} stands without a moment"
                continue
            if name == LEVEL:
                slot = account(Measure.SERVICE_LEVEL)
                yield from bench.levels.figure(slot, cell.figure, where, ref, None if own is None else since)
                continue
            told.append(since)
            if not cell.stale:
                yield from bench.too_old(cell.name, where, ref)
            elif own is None and _TIME.match(cells["as_of"].text if "as_of" in cells else ""):
                yield f"{where} looks old and tells no age"
            yield from bench.value(cell.name, cell.figure, where, since, ref)

    def _stated(self, cell: Cell | None, border: str, zone: tzinfo) -> float | None:
        """Since when a row is claimed to hold; None where it says nothing."""
        bench = self._bench
        if cell is None:
            return bench.since(border, zone) if border else None
        if _TIME.match(cell.text):
            return bench.since(cell.text, zone)
        age = most(cell.text)
        return None if age is None else bench.by_age(age)

    def _totals(self, text: str, since: float) -> Iterator[str]:
        """The sums lie between the least and the most that can have been since the oldest moment told."""
        bench = self._bench
        for word, told, at_least, number, known, of in _TOTAL.findall(text):
            bench.tally.figures += 1
            if told in UNKNOWN:
                bench.tally.seen["unknown"] += 1
                continue
            each: dict[tuple[str, int], set[float]] = {}
            for ref in bench.refs:
                record, start = bench.record(ref), bench.kept(ref, since)
                if start is None:
                    return
                values = each.setdefault((bench.origin(ref), ref.account_id), set())
                values |= record.held(account(TOTALS[word]), start)
            held = list(each.values())
            count = int(known) if known else len(held)
            least = sum(sorted(min(values) for values in held)[:count])
            highest = sum(sorted((max(values) for values in held), reverse=True)[:count])
            bench.tally.seen["bounded"] += 1
            if whole(number) > highest or (whole(number) < least and not at_least):
                yield f"all {word} {told}: the sums lie in {least:.0f} to {highest:.0f}"
            if known and (int(of) != len(held) or not at_least):
                yield f"all {word} {told}, there are {len(held)} accounts"
