"""The one-shot as CSV: one row a figure, so that a spreadsheet or a time series takes it as it is."""

import csv
import io
from collections.abc import Iterable, Iterator

from tui.figures import inbox, team, whole
from tui.monitor.reading import Reading
from tui.output.document import Moment, Taken, number, state_word, timestamp

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

Row = tuple[object, ...]


def to_csv(everything: Iterable[Taken], moment: Moment) -> str:
    """`HEADER` and a row a figure; a cell is empty where its value is unknown.

    `figure` is the account's figure by its JSON name, `team:ID:open` and the like for a team or
    inbox, `agent:ID:availability` for an agent, whose value is a word. `name` is the team's,
    inbox's or agent's. `age_s` is in seconds, `asked_at` ISO 8601 in UTC. A text that a
    spreadsheet would run as a formula gets a leading apostrophe. `at_least` is `true` where the
    value may be more: some of what it counts could not be read.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    for taken in everything:
        ref = taken.snapshot.ref
        head = (shown(ref.environment), ref.account_id or None, shown(taken.snapshot.name))
        writer.writerows((*head, *row) for row in _rows(taken, moment))
    return buffer.getvalue()


def _rows(taken: Taken, moment: Moment) -> Iterator[Row]:
    snapshot, now, chosen = taken.snapshot, moment.now, taken.chosen
    named = [(whole(measure), "") for measure in chosen.account]
    for one in snapshot.teams.items or ():
        named += [(team(one.id, measure), one.name) for measure in chosen.team]
    for item in snapshot.inboxes.items or ():
        named += [(inbox(item.id, measure), item.name) for measure in chosen.inbox]
    for slot, name in named:
        reading = snapshot.reading(slot)
        yield (slot.name, *_cells(reading, now), shown(name), truth(reading.at_least))
    if not chosen.agents:
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


def _cells(reading: Reading, now: float) -> Row:
    state = state_word(reading, now)
    if reading.value is None:
        return (None, state, None, None)
    return (number(reading.value), state, round(reading.age(now), 1), timestamp(reading.asked_wall))


def truth(value: bool) -> str:
    """`true` or `false`, as in JSON."""
    return str(value).lower()


def shown(value: str | None) -> str:
    """`value` as a cell: empty for None, and with an apostrophe where a spreadsheet would run it."""
    return f"'{value}" if value and value.startswith(FORMULA) else value or ""
