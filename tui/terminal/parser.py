"""Reads what an application writes to a terminal: what paints goes to a grid, the rest is handed on."""

import re
from collections.abc import Callable
from typing import Protocol

from tui.terminal.cells import Grid
from tui.terminal.style import PLAIN, ColourDepth, select

_TOKEN = re.compile(
    r"\x1b\[(?P<parameters>[\x30-\x3f]*)(?P<between>[\x20-\x2f]*)(?P<final>[\x40-\x7e])"
    r"|(?P<string>\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*\x1b\\|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\))"
    r"|(?P<escape>\x1b(?![\[\]PX^_])[\x20-\x2f]*[\x30-\x7e])"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f-\x9f])"
)
_LONGEST = 1 << 17
"""Characters of one unfinished sequence that are waited for before it is thrown away."""

_QUIET = re.compile(r"\x1b\[(\?[\d;]+[hl]|[>=?]?[\d;]*[cnq]|\?[\d;]*\$p|[\d;]+t)|\x1b[\]P^_]")
"""Sequences handed on that leave every cell as it is."""

_SCREENS = {"47", "1047", "1049"}


class Receiver(Protocol):
    """Who takes what is no painting."""

    def hand_on(self, sequence: str) -> None:
        """A sequence for the terminal, in order with the painting before and after it."""

    def lost_sight(self) -> None:
        """What the terminal shows from now on is not known."""


class Parser:
    """Feeds a `Grid` with text, colours and cursor moves, a `Receiver` with all else.

    Hyperlinks, pointer shapes and the kitty keyboard protocol are left out: they cost bytes
    and leave things behind. `synchronized` turns true once the application brackets its frames,
    as it does when the terminal has said that it knows how; the brackets are taken out.
    """

    def __init__(self, grid: Grid, receiver: Receiver, depth: ColourDepth) -> None:
        self._grid = grid
        self._receiver = receiver
        self._depth = depth
        self._unfinished = ""
        self.translate: Callable[[str], str] | None = None
        self.synchronized = False

    def feed(self, data: str) -> None:
        """Take `data`; a sequence cut at its end waits for the rest of it."""
        data = self._unfinished + data
        self._unfinished = ""
        grid, at = self._grid, 0
        for match in _TOKEN.finditer(data):
            start, end = match.span()
            if at < start:
                self._text(data[at:start])
            at = end
            final = match["final"]
            if final == "m" and not match["between"]:
                grid.pen = select(grid.pen, match["parameters"], self._depth)
            elif final is not None:
                self._control_sequence(match[0], match["parameters"], match["between"] + final)
            elif match["control"]:
                self._control(match["control"])
            elif match["string"]:
                self._string(match["string"])
            else:
                self._escape(match["escape"])
        self._remainder(data[at:])

    def _remainder(self, rest: str) -> None:
        cut = rest.find("\x1b")
        if cut < 0:
            self._text(rest)
        else:
            self._text(rest[:cut])
            if len(rest) - cut <= _LONGEST:
                self._unfinished = rest[cut:]

    def _text(self, text: str) -> None:
        # An escape nothing follows up is no text: it would reach the terminal inside a cell.
        text = text.replace("\x1b", "")
        if text:
            self._grid.put(self.translate(text) if self.translate and not text.isascii() else text)

    def _control(self, char: str) -> None:
        grid = self._grid
        if char in "\n\v\f":
            grid.x = 0
            grid.line_feed()
        elif char == "\r":
            grid.x = 0
        elif char == "\b":
            _sideways(grid, -1)
        elif char == "\t":
            grid.move((grid.x // 8 + 1) * 8, grid.y)
        elif char == "\a":
            self._receiver.hand_on(char)

    def _string(self, sequence: str) -> None:
        if not sequence.startswith(("\x1b]8;", "\x1b]22;")):
            self._receiver.hand_on(sequence)

    def _escape(self, sequence: str) -> None:
        if sequence == "\x1bc":
            self._grid.pen = PLAIN
            self._grid.erase_rows(0, self._grid.rows)
            self._grid.move(0, 0)
        self._receiver.hand_on(sequence)
        self._receiver.lost_sight()

    def _control_sequence(self, sequence: str, parameters: str, final: str) -> None:
        if final == "u" and parameters[:1] in {"<", ">", "=", "?"}:
            return
        if parameters[:1] == "?" and final in {"h", "l"}:
            self._private_mode(sequence, parameters[1:].split(";"), on=final == "h")
            return
        if not parameters.replace(";", "").isdigit() and parameters:
            self._unknown(sequence)
            return
        numbers = [int(word or 0) for word in parameters.split(";")]
        first = numbers[0] or 1
        if final in "Hf":
            column = numbers[1] if len(numbers) > 1 else 1
            self._grid.move((column or 1) - 1, first - 1)
        elif final in _MOVES:
            _MOVES[final](self._grid, first)
        elif final in _EDITS:
            _EDITS[final](self._grid, numbers[0])
        else:
            self._unknown(sequence)

    def _private_mode(self, sequence: str, modes: list[str], *, on: bool) -> None:
        if modes == ["2026"]:
            self.synchronized = True
            return
        if "7" in modes:
            self._grid.wraps = on
        if not _SCREENS.isdisjoint(modes):
            self._receiver.hand_on(sequence)
            self._receiver.lost_sight()
            return
        self._unknown(sequence)

    def _unknown(self, sequence: str) -> None:
        self._receiver.hand_on(sequence)
        if not _QUIET.match(sequence):
            self._receiver.lost_sight()


def _column(grid: Grid) -> int:
    return min(grid.x, grid.columns - 1)


def _sideways(grid: Grid, count: int) -> None:
    grid.move(_column(grid) + count, grid.y)


def _scroll(grid: Grid, count: int) -> None:
    grid.scroll(grid.y, count)
    grid.x = 0


_MOVES: dict[str, Callable[[Grid, int], None]] = {
    "A": lambda grid, count: grid.move(grid.x, grid.y - count),
    "B": lambda grid, count: grid.move(grid.x, grid.y + count),
    "e": lambda grid, count: grid.move(grid.x, grid.y + count),
    "C": _sideways,
    "a": _sideways,
    "D": lambda grid, count: _sideways(grid, -count),
    "E": lambda grid, count: grid.move(0, grid.y + count),
    "F": lambda grid, count: grid.move(0, grid.y - count),
    "G": lambda grid, column: grid.move(column - 1, grid.y),
    "`": lambda grid, column: grid.move(column - 1, grid.y),
    "d": lambda grid, row: grid.move(grid.x, row - 1),
    "L": lambda grid, count: _scroll(grid, -count),
    "M": _scroll,
    "S": lambda grid, count: grid.scroll(0, count),
    "T": lambda grid, count: grid.scroll(0, -count),
    "@": lambda grid, count: grid.shift(count),
    "P": lambda grid, count: grid.shift(-count),
    "X": lambda grid, count: grid.erase(_column(grid), _column(grid) + count),
}


def _erase_in_line(grid: Grid, how: int) -> None:
    start = 0 if how in {1, 2} else _column(grid)
    grid.erase(start, _column(grid) + 1 if how == 1 else grid.columns)


def _erase_in_display(grid: Grid, how: int) -> None:
    if how in {2, 3}:
        grid.erase_rows(0, grid.rows)
    elif how == 1:
        grid.erase_rows(0, grid.y)
        _erase_in_line(grid, 1)
    else:
        _erase_in_line(grid, 0)
        grid.erase_rows(grid.y + 1, grid.rows)


_EDITS: dict[str, Callable[[Grid, int], None]] = {"J": _erase_in_display, "K": _erase_in_line}
