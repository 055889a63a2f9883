"""Whether what is reckoned from samples follows from them: flow, "empty in", in and out an hour."""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from tests.truth.bench import ANSWERED_WITHIN, RECORDED_WITHIN, Bench, span
from tests.truth.segments import Rows, meta, whole
from tui.identity import AccountRef, Figure
from tui.monitor.history.trends import Sample

WINDOW, HOUR = 900.0, 3_600.0
DRAWN_WITHIN = 60.0
KINDS = ("flow", "clears", "grown")


class Reckoned(NamedTuple):
    """One of them as it stands on screen: `+48/h`, `empty in about 40 min`, `52`."""

    kind: str
    name: str
    """The name of the slot it is reckoned from."""
    text: str


def reckoned(rows: Rows) -> Iterator[Reckoned]:
    """Every one in these lines."""
    for row in rows:
        for segment in row:
            carried: Mapping[str, object] = meta(segment)
            for kind in KINDS:
                if kind in carried:
                    yield Reckoned(kind, str(carried[kind]), segment.text.strip(" ·"))


def judge(reckoned: Reckoned, ref: AccountRef, bench: Bench) -> Iterator[str]:
    """What is wrong with one; the samples themselves are compared with the servers elsewhere."""
    bench.tally.figures += 1
    history, slot = bench.stage.app.context.history, bench.slot(reckoned.name, ref)
    where = f"{reckoned.kind} of {reckoned.name}, {reckoned.text!r}"
    if history is None or slot is None:
        yield f"{where} of nothing"
        return
    if bench.was_set:
        bench.tally.seen["recorded by a clock that was set wrong, not judged"] += 1
        return
    key = bench.stage.monitor.key(ref)
    samples = history.recent(Figure(key, slot.scope, slot.measure))
    bench.tally.seen["reckoned from samples"] += 1
    if reckoned.kind == "grown":
        yield from _grown(reckoned.text, samples, bench.wall, where)
    else:
        yield from _slope(reckoned, samples, bench.wall, where)


def _grown(text: str, samples: list[Sample], wall: float, where: str) -> Iterator[str]:
    then = wall - HOUR
    now = {sample.value for sample in samples if sample.at > wall - RECORDED_WITHIN - DRAWN_WITHIN}
    before = {
        sample.value
        for sample in samples
        if then - RECORDED_WITHIN - DRAWN_WITHIN <= sample.at <= then + ANSWERED_WITHIN
    }
    if whole(text) not in {value - other for value in now for other in before}:
        yield f"{where}: {sorted(now)} now, {sorted(before)} an hour ago"


def _slope(reckoned: Reckoned, samples: list[Sample], wall: float, where: str) -> Iterator[str]:
    """A median lies between the least and the greatest of what it is the median of."""
    recent = [sample for sample in samples if sample.at > wall - WINDOW - DRAWN_WITHIN]
    slopes = [
        (later.value - earlier.value) / (later.at - earlier.at)
        for earlier, later in combinations(recent, 2)
        if later.at > earlier.at
    ]
    if not slopes:
        yield f"{where} without samples"
        return
    least, most = min(slopes), max(slopes)
    if reckoned.kind == "flow":
        told = re.fullmatch(r"([+-][\d\u202f]+)/h", reckoned.text)
        if told is None or not least * HOUR - 1 <= int(told[1].replace("\u202f", "")) <= most * HOUR + 1:
            yield f"{where}: the slopes lie in {least * HOUR:.0f} to {most * HOUR:.0f} an hour"
        return
    lasting = span(reckoned.text.removeprefix("empty ").removeprefix("in ").removeprefix("about "))
    soonest = min(sample.value for sample in recent) / -least if least < 0 else None
    if lasting is None or soonest is None or lasting[1] < soonest:
        yield f"{where}: not before {soonest} s"
