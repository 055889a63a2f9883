"""Whether the wall tells the truth: large digits, read from their blocks, against the last two periods."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from tests.truth.bench import UNKNOWN, Bench, slot_named
from tests.truth.segments import Rows, line, meta, rows_of
from tui.identity import AccountRef
from tui.monitor.reading import MISSED_PERIODS
from tui.panes.wall.layout import APART, FigureRoom, layout, shift
from tui.panes.wall.wall import label_of, room_for
from tui.screens.base import TICK
from tui.screens.wall import WallScreen
from tui.widgets.big_digits import digits, word
from tui.widgets.parts import clip

CHARACTERS = "0123456789hmsd—…≥ "
_COMPACT = re.compile(r"(?:(\d+)d|(\d+)h(\d\d)|(\d+)m|(\d+)s|0)$")


class Drawn(NamedTuple):
    """One figure on the wall: whose, which, where it begins, and its lines of blocks."""

    account: str
    name: str
    left: int
    row: int
    lines: tuple[str, ...]


@lru_cache(maxsize=4_096)
def read(lines: tuple[str, ...]) -> str | None:
    """What stands in large digits; a single line is plain text. None where nobody can read it."""
    if len(lines) == 1:
        return lines[0].strip()
    height, wanted = len(lines), tuple(row.rstrip() for row in lines)
    for wide in range(3, 2 * height + 2):
        text = _spelled("", wanted, height, wide)
        if text is not None:
            return text
    return None


def _spelled(text: str, wanted: tuple[str, ...], height: int, wide: int) -> str | None:
    for char in CHARACTERS:
        drawn = digits(text + char, height, wide)
        if all(row.rstrip() == other for row, other in zip(drawn, wanted, strict=True)):
            return text + char
        if len(text) < 8 and _begins(drawn, wanted):
            longer = _spelled(text + char, wanted, height, wide)
            if longer is not None:
                return longer
    return None


def _begins(drawn: Sequence[str], wanted: tuple[str, ...]) -> bool:
    width = len(drawn[0])
    return any(len(row) > width for row in wanted) and all(
        row.ljust(width)[:width] == other for row, other in zip(wanted, drawn, strict=True)
    )


class WallJudge:
    """Compares the wall with the truth of the accounts whose names stand over the tiles."""

    def __init__(self, bench: Bench, screen: WallScreen) -> None:
        self._bench = bench
        self._screen = screen

    def look(self) -> list[str]:
        """What is wrong on the wall just now."""
        self._bench.tally.screens["wall"] += 1
        self._bench.sample()
        rows = rows_of(self._screen)
        drawn = list(_drawn(rows))
        wrong = [sentence for each in drawn for sentence in self._figure(each)]
        return [
            f"wall: {sentence}" for sentence in (*wrong, *self._names(drawn, [line(row) for row in rows]))
        ]

    def _figure(self, drawn: Drawn) -> Iterator[str]:
        bench = self._bench
        bench.tally.figures += 1
        text = read(drawn.lines)
        where = f"{drawn.account} {drawn.name} = {text!r}"
        if text is None:
            yield f"{drawn.account} {drawn.name} can't be read:\n" + "\n".join(drawn.lines)
        elif text in UNKNOWN:
            bench.tally.seen["unknown"] += 1
        elif text.endswith("…"):
            bench.tally.seen["cut off"] += 1
        else:
            ref = _ref(drawn.account)
            slot = slot_named(drawn.name)
            if ref not in bench.refs or slot is None:
                yield f"{where}: no such account or figure"
                return
            yield from bench.too_old(drawn.name, where, ref)
            period = bench.stage.monitor.snapshot(ref).reading(slot).period
            since = bench.now - MISSED_PERIODS * period - TICK
            yield from bench.value(drawn.name, _told(text), where, since, ref)

    def _names(self, drawn: list[Drawn], lines: list[str]) -> Iterator[str]:
        """The name over a tile is that of the account whose figures stand in it."""
        accounts = list(dict.fromkeys(figure.account for figure in drawn))
        if not accounts:
            return
        config, size = self._bench.config, self._screen.size
        plan = layout(
            *size,
            len(accounts),
            tuple(FigureRoom(room_for(name), label_of(name)) for name in config.wall.figures),
        )
        across, down = shift(self._bench.wall)
        tiles: dict[tuple[int, int], set[str]] = {}
        for figure in drawn:
            row = (figure.row - down - plan.clock - 1) // (plan.tile_height + 1) if plan.high else 0
            tiles.setdefault((row, (figure.left - across) // (plan.tile_width + APART)), set()).add(
                figure.account
            )
        for (row, column), held in tiles.items():
            left = across + column * (plan.tile_width + APART)
            first = down + plan.clock + 1 + row * (plan.tile_height + 1)
            shown = [text[left : left + plan.tile_width] for text in lines[first : first + plan.words]]
            for account in held:
                if not any(
                    _stands(name, shown, plan.words, plan.tile_width) for name in self._called(account)
                ):
                    yield f"the tile of {account} is not called so:\n" + "\n".join(shown)

    def _called(self, account: str) -> tuple[str, ...]:
        ref = _ref(account)
        spec = self._bench.record(ref).spec
        names = spec.name, f"account {ref.account_id}"
        return (*(f"{name} · {ref.environment}" for name in names), *names, f"# {ref.account_id}")


def _stands(name: str, shown: list[str], words: int, width: int) -> bool:
    if words == 1:
        return shown[0].strip().startswith(clip(name, width - 1).rstrip("…").strip())
    drawn = word(name, words, width - 2)
    return bool(drawn) and all(
        row.strip().startswith(other.strip()) for row, other in zip(shown, drawn, strict=True)
    )


def _drawn(rows: Rows) -> Iterator[Drawn]:
    lines_of: dict[tuple[str, str], dict[int, tuple[int, str]]] = {}
    for number, row in enumerate(rows):
        x = 0
        for segment in row:
            carried = meta(segment)
            if "figure" in carried:
                lines = lines_of.setdefault((str(carried.get("account", "")), str(carried["figure"])), {})
                left, text = lines.get(number, (x, ""))
                lines[number] = left, text + segment.text
            x += segment.cell_length
    for (account, name), lines in lines_of.items():
        left = min(left for left, _ in lines.values())
        texts = tuple(" " * (at - left) + text for at, text in lines.values())
        yield Drawn(account, name, left, min(lines), texts)


def _ref(account: str) -> AccountRef:
    environment, _, number = account.rpartition("/")
    return AccountRef(environment, int(number) if number.isdecimal() else 0)


def _told(text: str) -> str:
    """A figure of the wall as it is written elsewhere: `18m` is `18 m`, and a large 1 begins with blanks."""
    bare = text.removeprefix("≥").replace(" ", "")
    spaced = re.sub(r"^(\d+)([dms])$", r"\1 \2", bare)
    spaced = re.sub(r"^(\d+)h(\d\d)$", r"\1 h \2", spaced)
    return f"≥ {spaced}" if text.startswith("≥") else spaced
