"""The one-shot as a check for Nagios, Icinga and their kin: a line, performance data, their exit codes."""

from collections.abc import Iterator, Sequence

from tui.identity import Measure, Slot, whole
from tui.output.document import Moment, Taken, number, slots_of, state_word
from tui.text import safe_line
from tui.wording import spell

OK, CRITICAL, UNKNOWN = 0, 2, 3
WORDS = {OK: "OK", CRITICAL: "CRITICAL", UNKNOWN: "UNKNOWN"}
FIRST = (Measure.UNASSIGNED, Measure.WAITING, Measure.LONGEST, Measure.AGENTS_ONLINE)
"""What the first line tells where nobody named figures; the lines below it tell all of them."""
_LABEL = str.maketrans("'=|", "___")


def to_nagios(everything: Sequence[Taken], moment: Moment, status: int) -> str:
    """A first line with the verdict and the performance data, and a line for each figure below it.

    A figure without a value is `U` in the performance data, as the plugins' guidelines want it; the
    lines say whether it is unknown, not permitted or stale.
    """
    heads = "; ".join(f"{_name(taken)}: {', '.join(_first(taken, moment))}" for taken in everything)
    performance = " ".join(
        part for taken in everything for part in _performance(taken, several=len(everything) > 1)
    )
    lines = [f"{_name(taken)}: {line}" for taken in everything for line in _lines(taken, moment)]
    lines += [f"{_name(taken)}: {failure.message}" for taken in everything for failure in taken.failures]
    return "\n".join([f"LIVEAGENT {WORDS[status]} - {heads} | {performance}", *map(_plain, lines)]) + "\n"


def unusable(message: str) -> str:
    """What a check prints that could not ask at all."""
    return f"LIVEAGENT {WORDS[UNKNOWN]} - {_plain(message)}\n"


def _first(taken: Taken, moment: Moment) -> Iterator[str]:
    for slot in map(whole, taken.chosen.account):
        if taken.chosen.named or slot.measure in FIRST:
            yield _told(taken, slot, moment)


def _lines(taken: Taken, moment: Moment) -> Iterator[str]:
    yield from (_told(taken, slot, moment) for slot, _ in slots_of(taken))


def _told(taken: Taken, slot: Slot, moment: Moment) -> str:
    reading = taken.snapshot.reading(slot)
    state = state_word(reading, moment.now).replace("_", " ")
    if reading.value is None:
        return f"{slot.name} {state}"
    # These lines are read by whoever is on call; what is exact, and for machines, is the performance data.
    value = spell(reading.value) if slot.row.is_time else number(reading.value)
    doubts = ", ".join([state] * (state != "live") + ["at least"] * reading.at_least)
    return f"{slot.name} {value}{doubts and f' ({doubts})'}"


def _performance(taken: Taken, *, several: bool) -> Iterator[str]:
    before = f"{taken.snapshot.ref}:" if several else ""
    for slot, _ in slots_of(taken):
        value = number(taken.snapshot.reading(slot).value)
        unit = "s" if slot.row.is_time else ""
        label = f"{before}{slot.name}".translate(_LABEL)
        yield f"'{safe_line(label)}'={'U' if value is None else f'{value}{unit}'}"


def _name(taken: Taken) -> str:
    return _plain(taken.snapshot.name or str(taken.snapshot.ref))


def _plain(text: str) -> str:
    """One line without the sign that would begin performance data."""
    return safe_line(text, limit=500).replace("|", "/")
