"""The one-shot as plain text for a person: aligned columns, no colour, `—` for what is not known."""

import unicodedata
from collections.abc import Iterable, Sequence

from tui.figures import team
from tui.monitor.reading import Reading
from tui.output.document import FIGURES, TEAM_MEASURES, Moment, Taken, reach_of, state_word, timestamp
from tui.wording import UNKNOWN, count, duration


def to_table(everything: Iterable[Taken], moment: Moment) -> str:
    """A block for each account: whose view, its figures, teams, agents, and what failed."""
    return "\n".join(_block(taken, moment) for taken in everything)


def aligned(rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """`rows` as lines with columns two cells apart; the columns in `right` end together."""
    cells = [list(row) for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        padded = []
        for place, (cell, room) in enumerate(zip(row, widths, strict=True)):
            space = " " * (room - width(cell))
            padded.append(space + cell if place in right else cell + space)
        lines.append("  ".join(padded).rstrip())
    return lines


def width(text: str) -> int:
    """Cells that `text` takes in a terminal; it has been through `safe_line`."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def _block(taken: Taken, moment: Moment) -> str:
    snapshot, now = taken.snapshot, moment.now
    viewer = snapshot.viewer
    where = str(snapshot.ref) if snapshot.ref.account_id else snapshot.ref.environment
    title = " ".join(filter(None, (where, snapshot.name)))
    seen_as = f"as {', '.join(filter(None, (viewer.name, reach_of(snapshot))))}" if viewer else ""
    lines = ["  ·  ".join(filter(None, (title, seen_as, timestamp(moment.wall)))), ""]
    figures = [(name, *_cells(snapshot.reading(slot), now)) for name, slot in FIGURES.items()]
    lines += aligned([("figure", "value", "state", "age"), *figures], frozenset({1, 3}))
    if snapshot.teams.items:
        rows = [
            (
                one.name or f"team {one.id}",
                *(count(snapshot.reading(team(one.id, measure)).value) for measure in TEAM_MEASURES),
            )
            for one in snapshot.teams.items
        ]
        lines += ["", *aligned([("team", *map(str, TEAM_MEASURES)), *rows], frozenset({1, 2}))]
    if snapshot.agents.items:
        people = [
            (one.name or f"agent {one.id}", one.availability or UNKNOWN) for one in snapshot.agents.items
        ]
        lines += ["", *aligned([("agent", "availability"), *people])]
    if taken.failures:
        lines += ["", *(f"{failure.call}: {failure.message}" for failure in taken.failures)]
    return "\n".join(lines) + "\n"


def _cells(reading: Reading, now: float) -> tuple[str, str, str]:
    age = duration(None if reading.value is None else reading.age(now))
    return (count(reading.value, at_least=reading.at_least), state_word(reading, now).replace("_", " "), age)
