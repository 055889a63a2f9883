"""Service level in words, the same for screens and reports."""

from collections.abc import Callable

from tui import wording
from tui.monitor.service.figures import FEW, Tally
from tui.monitor.service.states import CountedAs


def level_text(tally: Tally, *, closed_missed: bool) -> str:
    """`84 %`; of fewer than 20 conversations `7 of 9`; a dash where nothing is decided."""
    level = tally.level(closed_missed=closed_missed)
    if level is None:
        return wording.UNKNOWN
    return few_text(tally, closed_missed=closed_missed) or wording.share(100.0 * level)


def few_text(tally: Tally, *, closed_missed: bool) -> str:
    """`7 of 9` where fewer than 20 are decided, of whom a share would say too much; else empty."""
    decided = tally.decided(closed_missed=closed_missed)
    if not 0 < decided < FEW:
        return ""
    return f"{wording.count(tally.counts[CountedAs.IN_TARGET])} of {wording.count(decided)}"


def bounds_of(tally: Tally, *, closed_missed: bool) -> str:
    """`79 to 91`, in percent: what it can become by who waits or is in doubt; empty where both are one."""
    low, high = tally.bounds(closed_missed=closed_missed)
    open_ones = tally.counts[CountedAs.QUEUED_IN_TIME] + tally.counts[CountedAs.IN_DOUBT]
    if low is None or high is None or not open_ones:
        return ""
    least, most = (wording.share(100.0 * share).removesuffix(" %") for share in (low, high))
    return f"{least} to {most}" if least != most else ""


def level_within(tally: Tally, target: float, *, closed_missed: bool) -> str:
    """`79–91 %` by another target than it was counted by; of fewer than 20 `7–8 of 9`; or one number."""
    bounds = tally.level_within(target, closed_missed=closed_missed)
    if bounds is None:
        return wording.UNKNOWN
    decided = tally.decided(closed_missed=closed_missed)
    if decided < FEW:
        return f"{met_within(tally, target)} of {wording.count(decided)}"
    least, most = (wording.share(100.0 * share).removesuffix(" %") for share in bounds)
    return f"{least} %" if least == most else f"{least}–{most} %"


def met_within(tally: Tally, target: float) -> str:
    """`310–340` who were answered within another target than they were counted by; or one number."""
    least, most = map(wording.count, tally.met_within(target))
    return least if least == most else f"{least}–{most}"


def within(tally: Tally, part: float, form: Callable[[float | None], str] = wording.spell) -> str:
    """How long that part of those answered waited at most; `≈` where only a histogram is kept.

    `≥` where a bot had some of them first.
    """
    speed = tally.within(part)
    if tally.at_least and speed is not None:
        return f"≥ {form(speed)}"
    return f"≈ {form(speed)}" if tally.bins is not None and speed is not None else form(speed)
