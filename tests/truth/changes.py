"""Whether a change tells the truth: `▲ 12` against what was held now and a while ago."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.truth.bench import (
    ANSWERED_WITHIN,
    RECORDED_WITHIN,
    SLACK,
    WAITS_SLACK,
    Bench,
    slot_named,
    span,
)
from tests.truth.segments import Rows, Shown, meta, whole
from tui.identity import AccountRef, Measure, Slot

Span = tuple[float, float]

_CHANGE = re.compile(r"(?:([▲▼]) (\d[\d\u202f]*)|(=))$")
_LASTING = re.compile(r"([▲▼]) (\d+ (?:[smd]|h \d\d))$")
QUARTER, HOUR = 900.0, 3_600.0
SINCE = {"": QUARTER, "an hour ago": HOUR}
"""Seconds back, by the word a change carries; no run is as old as a day."""
DRAWN_WITHIN = 60.0
"""Seconds for which a change may stand that nothing has drawn anew."""


class Changed(NamedTuple):
    """One change as it stands on screen."""

    name: str
    """The name of the slot whose change it is."""
    since: str
    text: str


def changes(rows: Rows) -> Iterator[Changed]:
    """Every change in these lines, however many segments it was drawn in."""
    for row in rows:
        at = 0
        while at < len(row):
            carried = meta(row[at])
            if "change" not in carried:
                at += 1
                continue
            text = ""
            while at < len(row) and meta(row[at]) == carried:
                text += row[at].text
                at += 1
            yield Changed(str(carried["change"]), str(carried["since"]), text.strip())


def judge(changed: Changed, ref: AccountRef, bench: Bench, beside: tuple[Shown, ...] = ()) -> Iterator[str]:
    """What is wrong with a change; `beside` are the figures on the same screen."""
    bench.tally.figures += 1
    if not changed.text or changed.text == "—" or changed.text.endswith("…"):
        bench.tally.seen["unknown"] += 1
        return
    where = f"the change of {changed.name} since {changed.since or '15 m'}, {changed.text!r}"
    told, lasting = _CHANGE.match(changed.text), _LASTING.match(changed.text)
    if told is None and lasting is None:
        yield f"{where} is none"
        return
    if changed.since not in SINCE:
        yield f"{where} tells of a time before this run"
        return
    if bench.was_set:
        bench.tally.seen["recorded by a clock that was set wrong, not judged"] += 1
        return
    recorded = RECORDED_WITHIN + DRAWN_WITHIN + SLACK
    then = bench.now - SINCE[changed.since]
    slot = slot_named(changed.name)
    if slot is not None and slot.measure is Measure.LONGEST:
        longest = _waits(slot, ref, bench, bench.now - recorded)
        ago = _waits(slot, ref, bench, then - recorded, then + ANSWERED_WITHIN)
        if longest is not None and ago is not None:
            bench.tally.seen["changes of a wait"] += 1
            yield from _lengthened(lasting, longest, ago, where)
        return
    if told is None:
        bench.tally.seen["changes of a length of time, not judged"] += 1
        return
    number = 0 if told[3] else whole(told[2]) * (1 if told[1] == "▲" else -1)
    texts = [shown.text.replace("\u202f", "") for shown in beside if shown.name == changed.name]
    shown = [text for text in texts if text.isdigit()]
    now = {float(shown[0])} if shown else bench.held(changed.name, ref, bench.now - recorded)
    before = bench.held(changed.name, ref, then - recorded, then + ANSWERED_WITHIN)
    if now is None or before is None:
        return
    bench.tally.seen["changes"] += 1
    if not any(value - other == number for value in now for other in before):
        yield f"{where}: {sorted(now)} now, {sorted(before)} then"


def _waits(
    slot: Slot, ref: AccountRef, bench: Bench, since: float, until: float | None = None
) -> Span | None:
    record, moment = bench.record(ref), bench.kept(ref, since)
    if moment is None:
        return None
    return record.waits(slot, moment, None if until is None else record.world.moment(until))


def _lengthened(lasting: re.Match[str] | None, now: Span, then: Span, where: str) -> Iterator[str]:
    """A change of the longest wait lies between the bounds of both."""
    least, most = now[0] - then[1] - WAITS_SLACK, now[1] - then[0] + WAITS_SLACK
    told = (0.0, 0.0) if lasting is None else span(lasting[2])
    assert told is not None
    low, high = told if lasting is None or lasting[1] == "▲" else (-told[1], -told[0])
    if high < least or low > most:
        yield f"{where}: the truth lies in {least:.0f} to {most:.0f} s"
