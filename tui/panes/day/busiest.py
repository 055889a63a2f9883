"""When it is busiest, as a map of weekdays and hours, and how long customers waited, as bars: pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from tui import wording
from tui.monitor.service.figures import Rules, Tally
from tui.monitor.service.usual import Length, Usual, lengths, shades
from tui.widgets.parts import Line, Part

HOURS, WEEKDAYS = 24, 7
NAME = 4
"""Cells of a weekday's name."""
SHADES = " ░▒▓█"
LOOKS = ("dim", "dim", "normal", "accent", "accent-inverse")
MONDAY = date(2026, 1, 5)
UNITS = {1: "", 10: ", in tens", 100: ", in hundreds", 1_000: ", in thousands"}
WAIT, NUMBER, SHARE = 13, 8, 9
"""Cells of a length, of how many waited so long, and of the part that had an answer by then."""

Week = Mapping[tuple[int, int], Usual]


def weekday_name(weekday: int) -> str:
    """`Mon`."""
    return (MONDAY + timedelta(days=weekday)).strftime("%a")


def _size(width: int) -> int:
    """Cells of an hour, with the gap behind it."""
    return max(3, (width - NAME) // HOURS)


def unit_of(week: Week, width: int) -> int:
    """In what the numbers are told, so that the largest has room: 1, 10, 100 or 1000."""
    most = max((mean.arrived for mean in week.values()), default=0.0)
    fits = (unit for unit in UNITS if len(str(round(most / unit))) < _size(width))
    return next(fits, max(UNITS))


def map_title(week: Week, name: str, width: int) -> tuple[str, ...]:
    """`Busiest hours · new per hour, mean of 4 weeks · Mon 10:00 about 34`; shorter ones after it."""
    if not week:
        return (f"Busiest hours · {name}", "Busiest hours")
    weeks = wording.plural(max(mean.weeks for mean in week.values()), "week")
    text = f"Busiest hours · new per hour{UNITS[unit_of(week, width)]}, mean of {weeks}"
    (weekday, hour), most = max(week.items(), key=lambda entry: entry[1].arrived)
    peak = (
        f" · most {weekday_name(weekday)} {hour:02}:00, {wording.count(most.arrived)}" if most.arrived else ""
    )
    return (f"{text}{peak} · {name}", f"{text}{peak}", text, "Busiest hours")


def no_week(name: str, past: str) -> list[str]:
    """Why there is no map yet; `past` says how many days are kept."""
    return [
        f"No whole hour of an earlier day is kept of {name} yet.",
        "Earlier days are read while the account is on screen, once today is known:",
        "yesterday first, a page of 25 a minute. They stay in the history.",
        f"Kept: {past}.",
    ]


def map_lines(week: Week, width: int, height: int) -> list[Line]:
    """A line of hours, one for each weekday, and where there is room its shades; the numbers tell all."""
    size, unit = _size(width), unit_of(week, width)
    room, dark = size - 1, shades(week, len(SHADES) - 1)
    blocks_each = min(2, (height - 1) // WEEKDAYS - 1)
    lines: list[Line] = [
        [Part(" " * NAME), *(Part(f"{hour:02}".rjust(room) + " ", "header") for hour in range(HOURS))]
    ]
    for weekday in range(WEEKDAYS):
        numbers: list[Part] = [Part(f"{weekday_name(weekday):<{NAME}}", "label")]
        blocks: list[Part] = [Part(" " * NAME)]
        for place in ((weekday, hour) for hour in range(HOURS)):
            usual, shade = week.get(place), dark.get(place, 0)
            text = wording.UNKNOWN if usual is None else str(round(usual.arrived / unit))
            numbers += [Part(text.rjust(room), LOOKS[shade] if usual else "unknown"), Part(" ")]
            blocks += [Part(SHADES[shade] * room, LOOKS[shade].removesuffix("-inverse")), Part(" ")]
        lines += [numbers, *([blocks] * blocks_each)]
    return lines


def wait_lines(tally: Tally, rules: Rules, width: int, height: int, *, at_least: bool = False) -> list[Line]:
    """A line for each length: how many were answered within it, which part by then, and a bar.

    With a blank one after each where there is room. `at_least`: the day is known in part. So are the
    speeds where a bot had some first.
    """
    at_least = at_least or tally.at_least
    by_length = lengths(tally)
    most = max(length.number for length in by_length)
    room = max(0, width - WAIT - NUMBER - SHARE - 1)
    lines: list[Line] = [[Part(f"{'answered in':<{WAIT}}{'number':>{NUMBER}}{'by then':>{SHARE}}", "header")]]
    airy = height > 2 * len(by_length)
    for length in by_length:
        bar = round(length.number / most * room) if most else 0
        is_told = tally.answered and not at_least
        by_then = wording.share(100.0 * length.within) if is_told else wording.UNKNOWN
        number = wording.count(length.number, at_least=at_least)
        lines.append(
            [
                Part(f"{length_text(length):<{WAIT}}", "label"),
                Part(f"{number:>{NUMBER}}", "value"),
                Part(f"{by_then:>{SHARE}} ", "dim"),
                Part("█" * (max(1, bar) if length.number else 0), _look(length, rules)),
            ]
        )
        if airy:
            lines.append([])
    return lines


def length_text(length: Length) -> str:
    """`up to 30 s`, `30 s to 1 m`, `over 4 h`."""
    above, up_to = (
        None if seconds is None else wording.duration(seconds).removesuffix(" 00")
        for seconds in (length.above, length.up_to)
    )
    if not length.above:
        return f"up to {up_to}"
    return f"over {above}" if up_to is None else f"{above} to {up_to}"


def _look(length: Length, rules: Rules) -> str:
    """In target, later, or neither where the target lies within, or there are several."""
    target = None if rules.inbox_targets or rules.team_targets else rules.target
    if target is None:
        return "normal"
    if length.up_to is not None and length.up_to <= target:
        return "good"
    return "warning" if length.above >= target else "normal"
