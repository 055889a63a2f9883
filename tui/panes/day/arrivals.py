"""Who came within a row of the day: each conversation in a row, and why there are not as many as it says."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import NamedTuple

from tui import wording
from tui.columns import Column
from tui.identity import ScopeKind
from tui.monitor.reading import AccountSnapshot
from tui.monitor.service.bots import NO_BOTS, BotWatch
from tui.monitor.service.figures import PartOfAccount, Rules, Tally
from tui.monitor.service.listing import MOST_LISTED, Came, CreatedWithin
from tui.monitor.service.states import QUEUED, Arrival, CountedAs, Verdict
from tui.panes.conversation_list.rows import ListLook, assignee
from tui.panes.drill_down import name_of
from tui.panes.table_pane import TablePane, Title
from tui.widgets.rows import Cell, Row

STATES = {
    CountedAs.IN_TARGET: ("in target", "good"),
    CountedAs.LATE: ("late", "warning"),
    CountedAs.CLOSED: ("closed, no reply", "warning"),
    CountedAs.QUEUED_LATE: ("waits, late", "warning"),
    CountedAs.QUEUED_IN_TIME: ("waits, in time", "normal"),
    CountedAs.HELD: ("with a bot", "dim"),
    CountedAs.CLOSED_BY_BOT: ("closed by a bot", "dim"),
    CountedAs.AT_ONCE: ("begun by agent", "dim"),
    CountedAs.NO_CUSTOMER: ("campaign", "dim"),
    CountedAs.IN_DOUBT: ("late or not: bot", "dim"),
    CountedAs.UNSEEN: ("after a bot", "dim"),
    CountedAs.UNKNOWN: ("unknown times", "unknown"),
}
COLUMNS = (
    Column("id", "id", width=7, align="right", priority=0),
    Column("created", "created", width=8, priority=1, help="when the conversation was created"),
    Column(
        "reply", "1st reply", width=10, align="right", priority=2,
        help="how long until the first reply, in opening hours; + waits still, – closed without one",
    ),
    Column("counted", "counted as", width=16, priority=3, help="what service level counts it as"),
    Column("team", "team", min_width=10, flex=2, priority=4),
    Column("inbox", "inbox", min_width=10, flex=2, priority=5),
    Column("status", "status", width=9, priority=6),
    Column("assignee", "assignee", min_width=14, flex=2, priority=7),
)  # fmt: skip


class ArrivalsPane(TablePane):
    """The rows of the list."""

    columns = COLUMNS
    word = "Created"


class ArrivedIn(NamedTuple):
    """Which row of which day was opened, and what it said."""

    begins: int
    until: int
    part: PartOfAccount
    name: str
    """Of the part."""
    title: str
    """`Mon 2026-11-30 08:00–08:30`."""
    rules: Rules
    tally: Tally | None = None
    """What the day counts there; None where it does not know."""
    as_of: float | None = None
    """When that was true, by the server's clock; None: as it was kept."""
    is_in: Callable[[Arrival], bool] = lambda _: True
    """Who of those that came from the one to the other stand in the row."""
    later: tuple[int, int] = (0, 0)
    """About how many have come to the account since its beginning and since its end."""
    bots: BotWatch = NO_BOTS
    """What was seen of those that a bot had first."""


class ArrivalsProgress(NamedTuple):
    """How far the list has come."""

    opened: ArrivedIn
    read: CreatedWithin
    came: Sequence[Came]
    asking: bool = False
    failed: bool = False
    again: str = "r"
    """The key that reads it anew."""


def title(progress: ArrivalsProgress) -> Title:
    """`Created Mon 2026-11-30 08:00–08:30 · Support EU · counted 31 · 33 rows`; shorter ones after it."""
    opened = progress.opened
    what = f"Created {opened.title}"
    counted = f"counted {wording.count(None if opened.tally is None else opened.tally.arrived)}"
    rows = wording.plural(len(progress.came), "row")
    return Title(
        (
            f"{what} · {opened.name} · {counted} · {rows}",
            f"{what} · {counted} · {rows}",
            f"{opened.title} · {counted} · {rows}",
            f"{counted} · {rows}",
        )
    )


def reasons(progress: ArrivalsProgress, zone: tzinfo) -> list[str]:
    """Why there are not as many rows as were counted, or none yet; empty where they agree."""
    read, again = progress.read, progress.again
    if progress.asking:
        return [f"being read: call {len(read.calls) + 1}"]
    words = []
    if read.cut:
        words.append(f"only the newest {wording.count(MOST_LISTED)} read: shorter rows hold fewer")
    elif not read.ended:
        words.append(f"not read to its end: {again} begins anew")
    elif not read.whole:
        words.append(f"the list moved, some may be missing: {again} reads it anew")
    else:
        words += _difference(progress, zone)
    unreadable = read.unreadable()
    return [*words, f"{wording.count(unreadable)} unreadable"] if unreadable else words


def _difference(progress: ArrivalsProgress, zone: tzinfo) -> list[str]:
    opened, came = progress.opened, progress.came
    if opened.tally is None:
        return ["the day has no number for it yet"]
    words: list[str] = []
    fresh = 0
    if opened.as_of is not None:
        fresh = sum(arrived.arrival.created > opened.as_of for arrived in came)
    if fresh and opened.as_of is not None:
        words.append(f"{wording.count(fresh)} came after {wording.minute(opened.as_of, zone)}")
    unreadable = 0 if opened.part.kind else progress.read.unreadable()
    more = len(came) + unreadable - fresh - opened.tally.arrived
    if more < 0:
        moved = " or moved" if opened.part.kind else ""
        words.append(f"{wording.count(-more)} deleted{moved} since they were counted")
    elif more > 0:
        why = "moved here since" if opened.part.kind else "more than were counted then"
        words.append(f"{wording.count(more)} {why}")
    return words


def empty(progress: ArrivalsProgress) -> str:
    """What stands in the middle where there is no row."""
    read = progress.read
    if progress.asking:
        return "Looking for them in the list of all conversations…"
    if progress.failed:
        return "Not known: the server did not answer. See the line below."
    if not read.ended:
        return f"Stopped before any was found. Press {progress.again} to read it anew."
    return "Nobody came then, or they are deleted."


def rows(
    came: Sequence[Came], opened: ArrivedIn, snapshot: AccountSnapshot, look: ListLook, zone: tzinfo
) -> list[Row]:
    """One row a conversation, in the order given."""
    return [_row(arrived, opened, snapshot, look, zone) for arrived in came]


def _row(came: Came, opened: ArrivedIn, snapshot: AccountSnapshot, look: ListLook, zone: tzinfo) -> Row:
    (listed, arrival), conversation, rules = came, came.listed.conversation, opened.rules
    verdict = rules.verdict(arrival, listed.asked_wall, opened.bots)
    word, role = STATES[verdict.state]
    waited = rules.hours_of(arrival).between(arrival.created, listed.asked_wall)
    answered = verdict.speed if verdict.speed is not None else _at_once(verdict, came)
    waits = verdict.state in QUEUED or verdict.state is CountedAs.HELD
    normal, dim = ("stale", "stale") if look.stale else ("normal", "dim")
    reply = "– "
    if answered is not None:
        reply = f"{'≥ ' if verdict.at_least else ''}{wording.duration(answered)} "
    elif waits:
        reply = f"{wording.duration(waited)}+"
    elif verdict.state is CountedAs.UNKNOWN:
        reply = f"{wording.UNKNOWN} "
    created = wording.UNKNOWN if arrival.odd else wording.clock_time(arrival.created, zone)
    team = conversation.team_name or name_of(snapshot, ScopeKind.TEAM, conversation.team_id)
    cells = (
        Cell(str(conversation.id), normal),
        Cell(created, normal),
        Cell(reply, "stale" if look.stale else "value" if answered is not None else "dim"),
        Cell(word, "stale" if look.stale else role),
        Cell(team, normal),
        Cell(name_of(snapshot, ScopeKind.INBOX, conversation.inbox_id), normal),
        Cell(conversation.status or wording.UNKNOWN, dim),
        Cell(assignee(conversation, look.agents_hidden), normal),
    )
    texts = [cell.text.casefold() or None for cell in cells]
    order = float([*STATES].index(verdict.state))
    length = answered if answered is not None else waited if waits else None
    return Row(conversation.id, cells, (conversation.id, arrival.created, length, order, *texts[4:]))


def _at_once(verdict: Verdict, came: Came) -> float | None:
    """Of one begun by an agent the seconds all the same, though they are in no speed."""
    if verdict.state is not CountedAs.AT_ONCE:
        return None
    return float(came.arrival.first_reply - came.arrival.created)
