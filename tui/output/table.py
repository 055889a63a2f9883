"""The one-shot as plain text for a person: aligned columns, no colour, `—` for what is not known."""

import unicodedata
from collections.abc import Iterable, Sequence

from tui.api.models import Agent, Inbox, Team
from tui.identity import Slot, whole
from tui.monitor.reading import Reading
from tui.output.document import Moment, Taken, parts_of, reach_of, state_word
from tui.output.timestamps import timestamp
from tui.wording import UNKNOWN, count, duration

MARKS = {"live": "", "stale": " (stale)", "unknown": "", "not_permitted": "✗"}
"""What stands beside a figure that has no column for its state."""


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
    seen_as = (
        f"as {', '.join(filter(None, (viewer.name, taken.reach or reach_of(snapshot))))}" if viewer else ""
    )
    lines = ["  ·  ".join(filter(None, (title, seen_as, timestamp(moment.wall))))]
    chosen = taken.chosen
    figures = [(slot.name, *_cells(slot, snapshot.reading(slot), now)) for slot in map(whole, chosen.account)]
    if figures:
        lines += ["", *aligned([("figure", "value", "state", "age"), *figures], frozenset({1, 3}))]
    for part in parts_of(snapshot, chosen):
        people = part.kind == "agent" and chosen.agents
        if not (part.items and (part.measures or people)):
            continue
        rows = [
            (
                item.name or f"{part.kind} {item.id}",
                *_availability(item),
                *(
                    _beside(slot, snapshot.reading(slot), now)
                    for slot in (part.slot(item.id, measure) for measure in part.measures)
                ),
            )
            for item in part.items
        ]
        words = (*(["availability"] if people else []), *(measure.row.word for measure in part.measures))
        counted = frozenset(range(1 + people, 1 + len(words)))
        lines += ["", *aligned([(str(part.kind), *words), *rows], counted)]
    failures = (*taken.failures, *taken.refused)
    if failures:
        lines += ["", *(f"{failure.call}: {failure.message}" for failure in failures)]
    return "\n".join(lines) + "\n"


def _availability(item: Team | Inbox | Agent) -> tuple[str, ...]:
    return (item.availability or UNKNOWN,) if isinstance(item, Agent) else ()


def _value(slot: Slot, reading: Reading) -> str:
    form = duration if slot.row.is_time else count
    return form(reading.value, at_least=reading.at_least)


def _cells(slot: Slot, reading: Reading, now: float) -> tuple[str, str, str]:
    age = duration(None if reading.value is None else reading.age(now))
    return (_value(slot, reading), state_word(reading, now).replace("_", " "), age)


def _beside(slot: Slot, reading: Reading, now: float) -> str:
    return f"{_value(slot, reading)}{MARKS[state_word(reading, now)]}"
