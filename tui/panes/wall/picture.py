"""The wall as lines: clock, tiles, bands; exactly as many and as wide as the screen. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tui import wording
from tui.panes.wall import layout as measure
from tui.panes.wall.layout import APART, BELOW, BETWEEN, SIDE, FigureRoom, Layout
from tui.panes.wall.wall import Tile, TileFigure, meta, room_for
from tui.widgets.big_digits import digits, digits_width, word, word_width
from tui.widgets.parts import Line, Part, centre, clip, pad, spread, width_of

NO_DATA = "NO DATA"


class WallFrame(NamedTuple):
    """What stands around the tiles."""

    time: str
    """Hour and minute: with seconds the screen would change all day."""
    zone: str
    notes: tuple[Part, ...] = ()
    """Plain lines beside the clock, the most needed first."""
    shift: tuple[int, int] = (0, 0)


def lines(tiles: Sequence[Tile], frame: WallFrame, plan: Layout) -> list[Line]:
    """The whole screen."""
    picture, named = [*_clock(frame, plan), []], _told_apart(tiles, plan)
    for row in range(plan.rows):
        part = named[row * plan.columns : (row + 1) * plan.columns]
        picture += [[]] if row else []
        picture += _side_by_side([_tile(tile, plan) for tile in part], plan)
    return framed(picture, plan, frame.shift)


def framed(picture: Sequence[Line], plan: Layout, shift: tuple[int, int]) -> list[Line]:
    """The picture in its place on the screen; a band reaches from edge to edge."""
    across, down = shift
    framed: list[Line] = [pad([], plan.width + SIDE) for _ in range(down)]
    for line in picture[: plan.height]:
        body = pad(line, plan.width)
        left, right = (
            part.role if part.role.endswith("-inverse") else "normal" for part in (body[0], body[-1])
        )
        framed.append([Part(" " * across, left), *body, Part(" " * (SIDE - across), right)])
    while len(framed) < plan.height + BELOW:
        framed.append(pad([], plan.width + SIDE))
    return framed


def words(texts: Sequence[str], plan: Layout, time: str) -> list[Line]:
    """A clock and a few plain lines in the middle, where there is no account to show."""
    shown = [centre([Part(clip(text, plan.width), "label")], plan.width) for text in texts]
    above = max(0, (plan.height - plan.clock - 1 - len(shown)) // 2)
    return framed([*_clock(WallFrame(time, ""), plan), [], *([[]] * above), *shown], plan, (0, 0))


def dark(frame: WallFrame, plan: Layout, silent: str | None) -> list[Line]:
    """Outside its hours: a clock that wanders, and nothing else but missing data."""
    size = max(1, min(plan.clock, plan.height - 2))
    clock = _blocks(frame.time, size, plan.wide or size, plan.width, "dim")
    across, down = frame.shift
    room = max(0, plan.height - size - 3)
    above = room * (2 * down + across % 2 + 1) // 5
    width = width_of(clock[0])
    left = max(0, plan.width - width) * (across + 1) // 4
    picture: list[Line] = [[]] * above
    picture += [[Part(" " * left), *line] for line in clock]
    end = left + width
    picture += [[Part(clip(frame.zone, end).rjust(end), "dim")]]
    if silent is not None:
        picture += [[], *_band(silent, plan.width, 1)]
    return framed(picture, plan, frame.shift)


# -- parts of the picture ---------------------------------------------------------------------


def _clock(frame: WallFrame, plan: Layout) -> list[Line]:
    clock = _blocks(frame.time, plan.clock, plan.wide or plan.clock, plan.width, "normal")
    beside = plan.width - width_of(clock[0]) - BETWEEN
    notes = [part._replace(text=clip(part.text, beside)) for part in frame.notes[: plan.clock]]
    zone = Part(frame.zone, "dim")
    last = plan.clock - 1
    drawn: list[Line] = []
    for place, line in enumerate(clock):
        left: list[Part] = [notes[place]] if place < len(notes) else []
        if place == last and place and width_of(left) + width_of([zone]) < beside:
            left = spread(left, [zone, Part(" ")], beside)
        drawn.append(spread(left, line, plan.width))
    return drawn


def _side_by_side(tiles: Sequence[list[Line]], plan: Layout) -> list[Line]:
    drawn: list[Line] = []
    for row in range(plan.tile_height):
        line: list[Part] = []
        for place, tile in enumerate(tiles):
            band = row < len(tile) and tile[row] and tile[row][-1].role.endswith("-inverse")
            if place:
                line.append(Part(" " * APART, line[-1].role if band else "normal"))
            line += pad(tile[row] if row < len(tile) else [], plan.tile_width)
        if len(tiles) == plan.columns and line and line[-1].role.endswith("-inverse"):
            line.append(Part(" " * (plan.width - width_of(line)), line[-1].role))
        drawn.append(line)
    return drawn


def _tile(tile: Tile, plan: Layout) -> list[Line]:
    if not plan.high:
        return _small(tile, plan)
    rows = [tile.shown[at : at + plan.across] for at in range(0, len(tile.shown), plan.across)]
    used = plan.words + len(rows) * (plan.high + plan.words) + (plan.words if tile.since else 0)
    spare = max(0, plan.tile_height - used)
    drawn = list(_name(tile, plan))
    for place, row in enumerate(rows):
        last = place == len(rows) - 1
        figures, labels, notes = _figures(row, plan)
        above, spare = (1, spare - 1) if spare > 1 else (0, spare)
        drawn += [[]] * above
        if spare > 1 and plan.words > 1:
            figures, spare = [*figures, []], spare - 1
        if tile.since is not None and last:
            fits = plan.tile_height - len(drawn) - len(figures) - plan.words
            labels, notes = (labels if fits >= plan.words else []), []
            drawn += [*figures, *labels, *_band(tile.since, plan.tile_width, plan.words)]
            continue
        drawn += [*figures, *labels]
        if notes is not None and spare:
            drawn.append(notes)
            spare -= 1
    return drawn


def _told_apart(tiles: Sequence[Tile], plan: Layout) -> list[Tile]:
    """The tiles, with their numbers before the names that look alike once they are cut."""

    def look(tile: Tile) -> object:
        if plan.words == 1:
            return clip(tile.name, plan.tile_width)
        return tuple(word(tile.name, plan.words, plan.tile_width - 2)) or tile.number

    looks = Counter(look(tile) for tile in tiles)
    return [
        tile._replace(name=f"{tile.number} · {tile.name}") if looks[look(tile)] > 1 else tile
        for tile in tiles
    ]


def _name(tile: Tile, plan: Layout) -> list[Line]:
    """The account's name, in a band while it alerts; a name in another script stands beside its number."""
    alerting = tile.level is not None and tile.level != "info"
    role = f"{tile.level}-inverse" if alerting else "title"
    width = plan.tile_width
    if plan.words == 1:
        note = f" · {tile.words}" if tile.words else ""
        if alerting:
            return [pad([Part(clip(f" {tile.name}{note}", width), role)], width, role)]
        name = Part(clip(tile.name, width), role)
        return [_ruled([name, Part(clip(note, max(0, width - width_of([name]))), "dim")], width)]
    drawn = word(tile.name, plan.words, width - 2)
    beside = tile.words
    if not drawn:
        drawn = word(f"# {tile.number}", plan.words, width - 2)
        beside = f"{tile.name}  {tile.words}"
    block = role if alerting else f"{role}-block"
    middle = plan.words // 2
    lines: list[Line] = []
    for place, line in enumerate(drawn):
        text: list[Part] = [Part(" " if alerting else "", block), *_runs(line, block)]
        if place == middle and beside:
            text.append(Part("   ", block))
            text.append(Part(clip(beside, max(0, width - width_of(text))), role if alerting else "dim"))
        if alerting:
            lines.append(pad(text, width, role))
        else:
            lines.append(_ruled(text, width) if place == middle else text)
    return lines


def _ruled(line: Line, width: int) -> Line:
    left = width - width_of(line) - 2
    return [*line, Part(f"  {'─' * left}", "dim")] if left > 0 else line


def _figures(row: Sequence[TileFigure], plan: Layout) -> tuple[list[Line], list[Line], Line | None]:
    """Digits, labels, and the notes below them where there are any."""
    rooms = _columns(row, plan)
    blocks = [_digits(figure, plan, room) for figure, room in zip(row, rooms, strict=True)]
    figures: list[Line] = [
        _row([centre(block[place], room) for block, room in zip(blocks, rooms, strict=True)])
        for place in range(plan.high)
    ]
    named = [_label(figure, plan, room) for figure, room in zip(row, rooms, strict=True)]
    labels: list[Line] = [
        _row([centre(label[place], room) for (label, _), room in zip(named, rooms, strict=True)])
        for place in range(plan.words)
    ]
    notes = [note for _, note in named]
    below = [centre([Part(clip(note, room), "dim")], room) for note, room in zip(notes, rooms, strict=True)]
    return figures, labels, _row(below) if any(notes) else None


def _columns(row: Sequence[TileFigure], plan: Layout) -> list[int]:
    """The widths of a row's figures: what each needs, and an equal share of what is left."""
    needed = measure.widths(plan, [FigureRoom(room_for(figure.name), figure.label) for figure in row])
    spare = plan.tile_width - sum(needed) - BETWEEN * (len(row) - 1)
    share, rest = divmod(max(0, spare), len(row))
    return [need + share + (place < rest) for place, need in enumerate(needed)]


def _row(cells: Sequence[Line]) -> list[Part]:
    joined: list[Part] = []
    for place, cell in enumerate(cells):
        if place:
            joined.append(Part(" " * BETWEEN))
        joined += cell
    return joined


def _digits(figure: TileFigure, plan: Layout, room: int) -> list[Line]:
    """The figure in blocks, of its height; longer than was reckoned with, it gets narrower."""
    wide = next(
        (wide for wide in range(plan.wide, 2, -1) if digits_width(figure.text, plan.high, wide) <= room), 0
    )
    if not wide:
        blank: list[Line] = [[] for _ in range(plan.high)]
        whole = figure.text.replace(" ", wording.THIN)  # A number is never cut between its thousands.
        blank[plan.high // 2] = [Part(clip(whole, room), f"{figure.role}-block", meta(figure))]
        return blank
    role = f"{figure.role}-block"
    return [_runs(line, role, meta(figure)) for line in digits(figure.text, plan.high, wide)]


def _blocks(text: str, high: int, wide: int, room: int, role: str) -> list[Line]:
    """A text in blocks where it fits, else plain; always `high` lines."""
    if high >= 3:
        for narrower in range(max(3, min(wide, round(1.2 * high))), 2, -1):
            if digits_width(text, high, narrower) <= room:
                return [_runs(line, f"{role}-block") for line in digits(text, high, narrower)]
    return [[Part(clip(text, room), role)], *([[]] * (high - 1))]


def _runs(line: str, role: str, carried: Mapping[str, object] | None = None) -> list[Part]:
    """Blocks and blanks apart, so that a picture of the screen keeps them in place in any font."""
    return [Part(run, role, carried) for run in re.findall(" +|[^ ]+", line)]


def _label(figure: TileFigure, plan: Layout, room: int) -> tuple[list[Line], str]:
    """The word below a figure with its change, and what had no room there."""
    sign = "! " if figure.level == "critical" else ""
    role = f"{figure.level}-inverse" if figure.level in {"warning", "critical"} else "label"
    whole = f"{sign}{figure.label} {figure.change}".rstrip()
    if plan.words == 1:
        if figure.note:
            whole = f"{figure.label} {figure.note}"
        if len(whole) > room:
            return [[Part(clip(f"{sign}{figure.label}", room), role)]], ""
        return [[Part(whole, role)]], ""
    beside = whole if word_width(whole, plan.words) <= room else figure.label
    left = figure.note or (f"{figure.change} in 15 m" if figure.change and beside != whole else "")
    block = role if role.endswith("-inverse") else f"{role}-block"
    drawn = word(beside, plan.words, room) or [""] * plan.words
    edge = [Part(" ", block)] if block == role and word_width(beside, plan.words) + 2 <= room else []
    return [[*edge, *_runs(line, block), *edge] for line in drawn], left


def _band(since: str, width: int, high: int) -> list[Line]:
    """`NO DATA SINCE 14:05` from side to side, inverse."""
    role = "critical-inverse"
    texts = (f"{NO_DATA} SINCE {since}", f"{NO_DATA} {since}", NO_DATA)
    if high > 1:
        fitting = next((text for text in texts if word_width(text, high) <= width - 2), None)
        if fitting is not None:
            return [
                pad(centre([Part(line, role)], width, role), width, role)
                for line in word(fitting, high, width)
            ]
    fitting = next((text for text in texts if len(text) <= width), wording.UNKNOWN)
    blank = [pad([], width, role)] * (high // 2)
    rest = [pad([], width, role)] * (high - 1 - high // 2)
    return [*blank, centre([Part(fitting, role)], width, role), *rest]


def _small(tile: Tile, plan: Layout) -> list[Line]:
    """Plain text, for a screen on which no large digit fits."""
    drawn: list[Line] = [[Part(clip(tile.name, plan.width), "title")]]
    if tile.since is not None:
        drawn += _band(tile.since, plan.width, 1)
    drawn += [
        [
            Part(f"{clip(shown.label, 12):<12} ", "label"),
            Part(shown.text.replace(" ", wording.THIN), shown.role, meta(shown)),
        ]
        for shown in tile.shown
    ]
    return drawn
