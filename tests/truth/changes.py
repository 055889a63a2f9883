"""Whether a change tells the truth: `▲ 12` against what was held now and a while ago."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.truth.bench import ANSWERED_WITHIN, RECORDED_WITHIN, SLACK, Bench
from tests.truth.segments import Rows, Shown, meta, whole
from tui.figures import AccountRef

_CHANGE = re.compile(r"(?:([▲▼]) (\d[\d\u202f]*)|(=))$")
_LASTING = re.compile(r"[▲▼] \d+ (?:[smd]|h \d\d)$")
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


def judge(found: Changed, ref: AccountRef, bench: Bench, beside: tuple[Shown, ...] = ()) -> Iterator[str]:
    """What is wrong with a change; `beside` are the figures on the same screen."""
    bench.tally.figures += 1
    if not found.text or found.text == "—" or found.text.endswith("…"):
        bench.tally.seen["unknown"] += 1
        return
    where = f"the change of {found.name} since {found.since or '15 m'}, {found.text!r}"
    told = _CHANGE.match(found.text)
    if told is None:
        if not _LASTING.match(found.text):
            yield f"{where} is none"
        bench.tally.seen["changes of a length of time, not judged"] += 1
        return
    if found.since not in SINCE:
        yield f"{where} tells of a time before this run"
        return
    if bench.was_set:
        bench.tally.seen["recorded by a clock that was set wrong, not judged"] += 1
        return
    number = 0 if told[3] else whole(told[2]) * (1 if told[1] == "▲" else -1)
    texts = [one.text.replace("\u202f", "") for one in beside if one.name == found.name]
    shown = [text for text in texts if text.isdigit()]
    recorded = RECORDED_WITHIN + DRAWN_WITHIN + SLACK
    then = bench.now - SINCE[found.since]
    now = {float(shown[0])} if shown else bench.held(found.name, ref, bench.now - recorded)
    before = bench.held(found.name, ref, then - recorded, then + ANSWERED_WITHIN)
    if now is None or before is None:
        return
    bench.tally.seen["changes"] += 1
    if not any(one - other == number for one in now for other in before):
        yield f"{where}: {sorted(now)} now, {sorted(before)} then"
