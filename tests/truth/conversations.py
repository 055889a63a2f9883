"""Whether a list of conversations tells the truth: the number that led to it, and every row of it."""

import re
from collections.abc import Callable, Iterator

from tests.truth.bench import SLACK, WAITS_SLACK, Bench, span
from tests.truth.record import AccountRecord
from tests.truth.segments import TableRow, block, bottom, moment, rows_of, table, top, whole
from tui.identity import AccountRef
from tui.screens.conversations import ConversationsScreen
from tui.simulator.conversations import Cell, Plan
from tui.text import safe_line
from tui.widgets import themes

_ACCOUNT = re.compile(r"([a-z]+)/(\d+)(?: ·|…| )")
_COUNTED = re.compile(r"counted (≥ )?(\d[\d\u202f]*)(?= ·)")
_ROWS = re.compile(r"· (\d[\d\u202f]*) rows?(?= |─|╮|$)")
_EARLIER = re.compile(r"counted (\d+ (?:min|[smhd])|\d+ h \d\d) (earlier|later)")
_UNFINISHED = re.compile(
    r"page \d|loaded|stopped|not read|at least|unreadable|moved between|on no page|by another call"
)
FILTERS: dict[str, Callable[[Cell], bool]] = {
    "Unassigned": lambda cell: cell.status == "open" and not cell.assignee,
    "Assigned": lambda cell: cell.status == "open" and bool(cell.assignee),
    "Open": lambda cell: cell.status == "open",
    "Queued": lambda cell: cell.status == "open" and cell.unanswered,
    "Waiting": lambda cell: cell.status == "open",
    "Pending": lambda cell: cell.status == "pending",
    "Snoozed": lambda cell: cell.status == "snoozed",
    "Resolved": lambda cell: cell.status == "resolved",
    "Abandoned": lambda cell: cell.status == "abandoned",
}


class ListJudge:
    """Compares a list of conversations with where each of them stood."""

    def __init__(self, bench: Bench, screen: ConversationsScreen) -> None:
        self._bench = bench
        self._screen = screen

    def look(self) -> list[str]:
        """What is wrong in the list just now."""
        bench, screen = self._bench, self._screen
        bench.tally.screens["conversations"] += 1
        rows = rows_of(screen)
        text = block(rows, screen.pane)
        title, below = top(text), bottom(text)
        ref = screen.ref
        if ref is None:
            return ["conversations: a list of no account"]
        named = _ACCOUNT.search(title)
        if named is not None and AccountRef(named[1], int(named[2])) != ref:
            return [f"conversations: {named[0]} in the title of a list of {ref}"]
        record = bench.record(ref)
        record.sample()
        stale = themes.style_of("stale", bench.stage.app.theme).color
        shown = table(rows[screen.pane.region.y : screen.pane.region.bottom], stale)
        return [f"list of {ref}: {wrong}" for wrong in self._wrongs(title, below, shown, ref, record)]

    def _wrongs(
        self, title: str, below: str, shown: list[TableRow], ref: AccountRef, record: AccountRecord
    ) -> Iterator[str]:
        bench = self._bench
        rows = [row for row in shown if isinstance(row.key, int)]
        told = moment(below)
        if told.as_of:
            since = bench.since(told.as_of, bench.zone(ref))
            if since > bench.now + SLACK:
                yield f"as of {told.as_of}, in the future"
        elif told.age is not None:
            since = bench.by_age(told.age)
        elif rows:
            yield f"{len(rows)} rows without a moment below: {below}"
            return
        else:
            return
        moment_of = bench.kept(ref, since)
        if moment_of is None:
            return
        for row in rows:
            bench.tally.figures += 1
            bench.tally.seen["rows of conversations"] += 1
            yield from self._row(row, title, moment_of, record)
        yield from self._number(title, below, since, ref)

    def _row(self, row: TableRow, title: str, since: float, record: AccountRecord) -> Iterator[str]:
        bench, number = self._bench, row.key
        assert isinstance(number, int)
        cells, plan = record.cells(number, since), record.plans.get(number)
        texts = {name: cell.text for name, cell in row.cells.items()}
        if cells is None or plan is None:
            yield f"nobody knows conversation {number}"
            return
        if texts.get("id", str(number)) != str(number):
            yield f"conversation {number} is shown as {texts['id']}"
        member = next((keeps for word, keeps in FILTERS.items() if re.match(rf"\W*{word}\b", title)), None)
        fitting = [
            cell
            for cell in cells
            if cell is not None
            and any(cell.inbox in sight.view.inboxes for sight in record.seen(since, record.world.moment()))
            and all(same(texts[name], wanted) for name, wanted in words(cell, record) if name in texts)
        ]
        if not fitting:
            told = {name: texts.get(name) for name in ("status", "inbox", "team", "assignee")}
            yield f"conversation {number} is shown as {told}, stood at {cells}"
        elif member is not None and not any(member(cell) for cell in fitting):
            yield f"conversation {number} is shown as {title.strip('╭─ ')[:12]}, stood at {fitting}"
        if "waiting" in texts:
            pages = self._screen._pages
            read = None if pages is None else pages.listed.get(number)
            unsure = WAITS_SLACK + bench.clock_unsure(None if read is None else read.call)
            yield from self._waiting(texts["waiting"], plan, since, record, unsure)

    def _waiting(
        self, text: str, plan: Plan, since: float, record: AccountRecord, unsure: float
    ) -> Iterator[str]:
        told, now = text.rstrip(" !*"), record.world.moment()
        if not told or told == "—":
            return
        length = span(told)
        moments = sorted({since, now, *(at for at in plan.times if since < at < now)})
        moments = sorted({*moments, *(at for at, _ in plan.messages(now) if since < at < now)})
        possible = []
        for first, last in zip(moments, [*moments[1:], now], strict=True):
            stage = plan.stage(first)
            cell = plan.cells[stage] if stage >= 0 else None
            begun = None if cell is None or cell.status != "open" else record.waits_since(plan, first)
            possible.append(None if begun is None else (first - begun, last - begun))
        if length is None:
            true = told == "–" and None in possible
        else:
            true = any(
                bounds and bounds[0] - unsure < length[1] and length[0] <= bounds[1] + unsure
                for bounds in possible
            )
        self._bench.tally.seen["waits of rows"] += 1
        if not true:
            yield f"conversation {plan.id} waits {text!r}, could be {possible}"

    def _number(self, title: str, below: str, since: float, ref: AccountRef) -> Iterator[str]:
        """The number that led here, where the list says when it was counted."""
        bench, behind = self._bench, self._screen.behind
        counted = _COUNTED.search(title)
        if counted is None or behind is None or (counted[1] or ""):
            return
        bench.tally.figures += 1
        rows = _ROWS.search(title)
        if _UNFINISHED.search(below) or rows is None:
            bench.tally.seen["the number of a list that is not whole, not judged"] += 1
            return
        earlier = _EARLIER.search(below)
        if earlier is None and whole(rows[1]) != whole(counted[2]):
            yield f"counted {counted[2]} and {rows[1]} rows, without a reason: {below}"
            return
        ago = 0.0
        if earlier is not None and earlier[2] == "earlier":
            least = span(earlier[1])
            ago = least[1] if least is not None else 0.0
        where = f"the number behind, {behind.slot.name} = {counted[2]}"
        yield from bench.value(behind.slot.name, counted[2], where, since - ago, ref)


def words(cell: Cell, record: AccountRecord) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What may stand in each column; a number in place of a name that is not known yet."""
    spec = record.spec
    yield "status", (cell.status, cell.status)
    for word, number, parts in (
        ("inbox", cell.inbox, spec.inboxes),
        ("team", cell.team, spec.teams),
        ("assignee", cell.assignee, spec.agents),
    ):
        name = next((part.name for part in parts if part.id == number), "")
        if word == "team" and all(team.id != number for team in record.account.spec.teams):
            yield word, (name, f"team {number}", "")  # a team that is gone is none
            continue
        yield word, (name, f"{'agent' if word == 'assignee' else word} {number}")


def same(shown: str, wanted: tuple[str, ...]) -> bool:
    names = [safe_line(text) for text in wanted]
    if shown.endswith("…"):
        return any(name.startswith(shown[:-1]) for name in names)
    return shown in names
