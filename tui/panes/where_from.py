"""Where a figure comes from: value and state, the call behind it, when, what it covers, a curl line."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from rich.cells import cell_len

from tui import wording
from tui.api.call import CallRecord
from tui.api.errors import LiveAgentError
from tui.columns import Column
from tui.identity import Slot
from tui.monitor.reading import AccountSnapshot, Listing, Problem, Reading, State
from tui.panes import figures as draw
from tui.panes.figure_help import covers, meaning, part, word
from tui.panes.level_facts import made_of
from tui.widgets.parts import Line, Part
from tui.widgets.rows import Cell, Row

LABEL = 10
STATES = {
    State.LOADING: "asked, no answer yet",
    State.LIVE: "live",
    State.STALE: "stale",
    State.UNKNOWN: "unknown",
    State.NOT_PERMITTED: "not permitted to this token's role",
}
NO_CALL = "No call has been answered for it yet."

COLUMNS = (
    Column("figure", "figure", min_width=12, flex=2, priority=0, sortable=False),
    Column("value", "value", width=10, align="right", priority=1, sortable=False),
    Column("state", "state", min_width=8, flex=1, priority=2, sortable=False),
)

Curl = Callable[[CallRecord, Sequence[Mapping[str, Any]] | None], str]
"""A call, and the body of a POST -> the line for the shell."""


class Source(NamedTuple):
    """One figure or list, and everything that is known of how it came about."""

    name: str
    means: str
    value: str
    look: str
    state: str
    why: str = ""
    """Why it is unknown, or what went wrong after the last good answer."""
    call: CallRecord | None = None
    tried: CallRecord | None = None
    """The newest call, where it failed."""
    derived: str = ""
    covers: str = ""
    period: str = ""
    every: float | None = None
    curl: str = ""
    more: Sequence[tuple[str, str]] = ()
    """What else is to be said of it, each under a short word."""
    kept: bool = False
    """Whether it stands in the history, and the call behind it is no longer known."""


def of_figure(snapshot: AccountSnapshot, slot: Slot, now: float, curl: Curl) -> Source:
    """The source of one figure."""
    reading = snapshot.reading(slot)
    form: Callable[..., str] = wording.share if slot.row.is_share else wording.count
    if slot.row.is_time:
        form = wording.wait if slot.measure.is_wait else wording.duration
    call = _call(reading, known=reading.value is not None)
    return Source(
        name=word(slot),
        means=meaning(slot),
        value=draw.value_text(reading, now, form),
        look=draw.role(reading, now),
        state=_state(reading, now),
        why=_why(reading, now),
        call=call,
        tried=_tried(reading),
        derived=slot.row.derived,
        covers=f"{part(slot, snapshot)}: {covers(snapshot, slot)}",
        period=slot.row.day,
        every=reading.period if call is not None else None,
        curl="" if call is None else curl(call, None),
        more=made_of(snapshot, slot) if slot.row.of_service else (),
    )


def of_list(
    snapshot: AccountSnapshot, listing: Listing[Any], name: str, means: str, now: float, curl: Curl
) -> Source:
    """The source of a list of teams, inboxes or agents."""
    known = listing.items is not None
    call = _call(listing, known=known)
    lost = f", {listing.lost} could not be read" if listing.lost else ""
    return Source(
        name=name,
        means=f"{means}{lost}",
        value=wording.count(len(listing.items)) if listing.items is not None else wording.UNKNOWN,
        look="value" if known else "unknown",
        state=_state(listing, now),
        why=_why(listing, now),
        call=call,
        tried=_tried(listing),
        covers=covers(snapshot),
        every=listing.period if call is not None else None,
        curl="" if call is None else curl(call, None),
    )


def of_call(
    snapshot: AccountSnapshot, name: str, means: str, value: str, call: CallRecord, line: str
) -> Source:
    """The source of something that one call answered."""
    return Source(name, means, value, "value", "as answered", call=call, covers=covers(snapshot), curl=line)


def of_observation(snapshot: AccountSnapshot, name: str, held: str) -> Source:
    """How long somebody has been in an availability, as this program saw it."""
    return Source(
        name=name,
        means="how long the agent has been in this availability",
        value=held,
        look="value",
        state="as seen from here",
        call=snapshot.agents.call,
        derived="each list of agents compared with the one before; kept in memory only",
        covers=covers(snapshot),
    )


def of_error(snapshot: AccountSnapshot, name: str, means: str, error: LiveAgentError, curl: Curl) -> Source:
    """The source of something that failed."""
    line = curl(error.call, None) if error.call is not None else ""
    return Source(
        name, means, wording.UNKNOWN, "unknown", "unknown", str(error), error.call,
        covers=covers(snapshot), curl=line,
    )  # fmt: skip


def _call(reading: Reading | Listing[Any], *, known: bool) -> CallRecord | None:
    """The call the figure comes from; where it is unknown, the one that failed."""
    tried = _tried(reading)
    return (reading.call or tried) if known else (tried or reading.call)


def _tried(reading: Reading | Listing[Any]) -> CallRecord | None:
    return reading.problem.error.call if reading.problem is not None else None


def _state(reading: Reading | Listing[Any], now: float) -> str:
    state = reading.state(now)
    if state is State.STALE:
        return f"out of date, {wording.old(reading.age(now))}"
    return STATES[state]


def _why(reading: Reading | Listing[Any], now: float) -> str:
    problem: Problem | None = reading.problem
    if problem is not None:
        return str(problem.error)
    if reading.state(now) is State.UNKNOWN:
        return "The server answered, but not with this figure; or it can't be told from what it answered."
    return ""


def rows(sources: Sequence[Source]) -> list[Row]:
    """One row a source, in the order given."""
    return [
        Row(place, (Cell(source.name), Cell(source.value, source.look), Cell(source.state, "dim")))
        for place, source in enumerate(sources)
    ]


def lines(source: Source, zone: tzinfo | None, width: int) -> list[Line]:
    """All that is known of one source, each line at most `width` cells."""
    facts: list[tuple[str, str, str]] = [("what", source.means, "normal")]
    if source.derived:
        facts.append(("from", source.derived, "normal"))
    facts.append(("value", f"{source.value}, {source.state}", "normal"))
    facts += [(label, text, "normal") for label, text in source.more]
    if source.why:
        facts.append(("why", source.why, "warning"))
    if source.call is None:
        facts += [] if source.kept else [("call", NO_CALL, "dim")]
    else:
        facts += _told(source.call, zone)
    if source.tried is not None and source.tried is not source.call:
        facts.append(("last try", _answer(source.tried), "warning"))
        facts.append(("", _when(source.tried, zone), "warning"))
    if source.covers:
        facts.append(("scope", source.covers, "normal"))
    if source.period:
        facts.append(("period", source.period, "normal"))
    if source.every is not None:
        facts.append(("refreshed", f"every {wording.limit(source.every)}", "normal"))
    if source.curl:
        facts.append(("curl", source.curl, "accent"))
    return [line for label, text, look in facts for line in _entry(label, text, look, width)]


def _told(call: CallRecord, zone: tzinfo | None) -> list[tuple[str, str, str]]:
    facts = [
        ("call", f"{call.method} {call.path}", "normal"),
        ("answer", _answer(call), "normal"),
        ("when", _when(call, zone), "normal"),
    ]
    if call.request_id:
        facts.append(("request", call.request_id, "normal"))
    return facts


def _answer(call: CallRecord) -> str:
    server = "" if call.runtime is None else f", the server took {_seconds(call.runtime)}"
    status = "no answer" if call.status is None else f"HTTP {call.status}"
    failed = f", {call.error.replace('_', ' ')}" if call.error else ""
    return f"{status}{failed} in {_seconds(call.duration)}{server}"


def _when(call: CallRecord, zone: tzinfo | None) -> str:
    sent = _moment(call.asked_wall, zone)
    answered = _moment(call.asked_wall + call.duration, zone)
    return f"sent {sent}, answered {answered} {wording.zone_name(call.asked_wall, zone)}{_apart(call)}"


def _apart(call: CallRecord) -> str:
    apart = call.server_wall - call.asked_wall
    if not apart:
        return ""
    side = "ahead" if apart > 0 else "behind"
    return f"; the server's clock is {wording.spell(abs(apart))} {side}, waits are told by it"


def _seconds(seconds: float) -> str:
    return (
        f"{wording.count(seconds * 1000)} ms" if seconds < 1 else f"{wording.amount(seconds, decimals=1)} s"
    )


def _moment(wall: float, zone: tzinfo | None) -> str:
    return datetime.fromtimestamp(wall, zone).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _entry(label: str, text: str, look: str, width: int) -> list[Line]:
    pieces = folded(text, max(8, width - LABEL - 1))
    return [
        [Part(f"{label if place == 0 else '':<{LABEL}} ", "label"), Part(piece, look)]
        for place, piece in enumerate(pieces)
    ]


def folded(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, broken at blanks, a long word anywhere; nothing is lost."""
    done: list[str] = []
    line = ""
    for piece in text.split(" "):
        joined = f"{line} {piece}" if line else piece
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            done.append(line)
        line = ""
        for character in piece:
            if cell_len(line + character) > width:
                done.append(line)
                line = ""
            line += character
    return [*done, line]
