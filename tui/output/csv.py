"""The one-shot as CSV: one row a figure, so that a spreadsheet or a time series takes it as it is."""

import csv
import io
from collections.abc import Iterable, Iterator

from tui.output.document import Moment, Taken, figure_value, slots_of, state_word
from tui.output.timestamps import timestamp

HEADER = (
    "environment",
    "account_id",
    "account",
    "figure",
    "value",
    "state",
    "age_s",
    "asked_at",
    "name",
    "at_least",
)
FORMULA = ("=", "+", "-", "@")

CsvRow = tuple[object, ...]


def to_csv(everything: Iterable[Taken], moment: Moment) -> str:
    """`HEADER` and a row a figure; a cell is empty where its value is unknown.

    `figure` is the account's figure by its JSON name, `team:ID:open` and the like for a team, inbox or
    agent, and `agent:ID:availability`, whose value is a word. `name` is the team's,
    inbox's or agent's. `age_s` is in seconds, `asked_at` ISO 8601 in UTC. A text that a
    spreadsheet would run as a formula gets a leading apostrophe. `at_least` is `true` where the
    value may be more: some of what it counts could not be read.
    """
    return written([HEADER, *(row for taken in everything for row in _account(taken, moment))])


def written(rows: Iterable[CsvRow]) -> str:
    """`rows` as lines; a cell is empty where it is None."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _account(taken: Taken, moment: Moment) -> Iterator[CsvRow]:
    ref = taken.snapshot.ref
    head = (shown(ref.environment), ref.account_id or None, shown(taken.snapshot.name))
    return ((*head, *row) for row in _rows(taken, moment))


def _rows(taken: Taken, moment: Moment) -> Iterator[CsvRow]:
    snapshot, now = taken.snapshot, moment.now
    for slot, name in slots_of(taken):
        reading = snapshot.reading(slot)
        figure = figure_value(reading, now)
        cells = (figure.value, figure.state, figure.age_s, figure.asked_at)
        yield (slot.name, *cells, shown(name), truth(reading.at_least))
    if not taken.chosen.agents:
        return
    agents = snapshot.agents
    for agent in agents.items or ():
        state = state_word(agents, now) if agent.availability else "unknown"
        when = (round(agents.age(now), 1), timestamp(agents.asked_wall))
        yield (
            f"agent:{agent.id}:availability",
            shown(agent.availability),
            state,
            *when,
            shown(agent.name),
            "false",
        )


def truth(value: bool) -> str:
    """`true` or `false`, as in JSON."""
    return str(value).lower()


def shown(value: str | None) -> str:
    """`value` as a cell: empty for None, and with an apostrophe where a spreadsheet would run it."""
    return f"'{value}" if value and value.startswith(FORMULA) else value or ""
