"""The three tables every measured program shows, and the cells that change at each refresh."""

import argparse
import itertools
import random
from collections.abc import Iterator
from typing import NamedTuple

# A key is answered with one of these in the first cell of the first table: bytes nothing else writes.
ECHOES = "αβγδεζηθ"
TABLES = ("Conversations", "Teams", "Agents")
NOUNS = ("queue", "team", "agent")
FIGURES = ("open", "queue", "wait", "load")
NAME_WIDTH, FIGURE_WIDTH = 14, 5
TABLE_WIDTH = 40


class Change(NamedTuple):
    """One cell that reads differently from now on."""

    table: int
    row: int
    column: int
    value: str


class Cells:
    """Names and figures of three tables; the same seed gives every program the same changes."""

    def __init__(self, rows: tuple[int, int, int], share: float, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._share = share
        self._places = [
            (table, row, column)
            for table, count in enumerate(rows)
            for row in range(count)
            for column in range(1, len(FIGURES) + 1)
        ]
        self._echoes = itertools.cycle(ECHOES)
        self.rows = [[self._row(table, row) for row in range(count)] for table, count in enumerate(rows)]

    def step(self) -> Iterator[Change]:
        """Change `share` of the figures, each to a number it was not."""
        count = round(len(self._places) * self._share)
        for table, row, column in sorted(self._random.sample(self._places, count)):
            cells = self.rows[table][row]
            value = cells[column]
            while value == cells[column]:
                value = str(self._random.randrange(1000))
            cells[column] = value
            yield Change(table, row, column, value)

    def echo(self) -> Change:
        """Return the answer to a key."""
        return Change(0, 0, 0, f"{NOUNS[0]} {next(self._echoes)}")

    def _row(self, table: int, row: int) -> list[str]:
        return [f"{NOUNS[table]} {row:04}", *(str(self._random.randrange(1000)) for _ in FIGURES)]


class Options(NamedTuple):
    """What the measured programs are told: rows of each table, share that changes, seconds between."""

    rows: tuple[int, int, int]
    share: float
    every: float

    @property
    def arguments(self) -> list[str]:
        """The same options as a command line."""
        rows = ",".join(map(str, self.rows))
        return ["--rows", rows, "--share", str(self.share), "--every", str(self.every)]


def options() -> Options:
    """Read `Options` from the command line of a measured program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="20,20,20")
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--every", type=float, default=15.0)
    given = parser.parse_args()
    first, second, third = (int(count) for count in given.rows.split(","))
    return Options((first, second, third), given.share, given.every)
