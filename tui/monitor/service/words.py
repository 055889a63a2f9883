"""Service level in words, the same for screens and reports."""

from collections.abc import Callable

from tui import wording
from tui.monitor.service.figures import FEW, Tally
from tui.monitor.service.states import CountedAs


def level_text(tally: Tally, *, closed_missed: bool) -> str:
    """`84 %`; of fewer than 20 conversations `7 of 9`; a dash where nothing is decided."""
    level, decided = tally.level(closed_missed=closed_missed), tally.decided(closed_missed=closed_missed)
    if level is None:
        return wording.UNKNOWN
    if decided < FEW:
        return f"{wording.count(tally.counts[CountedAs.IN_TARGET])} of {wording.count(decided)}"
    return wording.share(100.0 * level)


def bounds_of(tally: Tally, *, closed_missed: bool) -> str:
    """`79 to 91`, in percent: what it can become by those who wait in time; empty where both are one."""
    low, high = tally.bounds(closed_missed=closed_missed)
    if low is None or high is None or not tally.counts[CountedAs.QUEUED_IN_TIME]:
        return ""
    least, most = (wording.share(100.0 * one).removesuffix(" %") for one in (low, high))
    return f"{least} to {most}" if least != most else ""


def within(tally: Tally, part: float, form: Callable[[float | None], str] = wording.spell) -> str:
    """How long that part of those answered waited at most; `≈` where only a histogram is kept."""
    found = tally.within(part)
    return f"≈ {form(found)}" if tally.bins is not None and found is not None else form(found)
