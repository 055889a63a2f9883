"""The list of conversations: longest waiting first, each in a row."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tui import wording
from tui.api.models import Conversation, Inbox, Team
from tui.config.model import Privacy, Targets
from tui.durations import DAY
from tui.measures import Kept
from tui.monitor.queue.longest import unsure, waits_since
from tui.monitor.queue.pages import ListedConversation, Pages
from tui.monitor.reading import AccountSnapshot
from tui.panes.kept_rows import KeptRows
from tui.widgets.rows import Cell, Row, SortValue

HIDDEN = "hidden"
BACKLOG = "*"
LATE = "!"
MOST_UNREAD = 10
PRIORITIES = ("low", "medium", "high", "urgent", "escalation")


class ListLook(NamedTuple):
    """What the rows are drawn with besides the conversations."""

    customers_hidden: bool
    agents_hidden: bool
    target: float | None
    """Seconds a customer may wait; None where no target is set."""
    backlog_after: float
    """Seconds after which waiting is backlog."""
    stale: bool = False


def list_look(privacy: Privacy, targets: Targets, *, stale: bool = False) -> ListLook:
    """How rows look on a screen that is not a wall."""
    return ListLook(
        customers_hidden=privacy.customers == "always",
        agents_hidden=privacy.agents == "always",
        target=targets.wait,
        backlog_after=targets.backlog_after or DAY,
        stale=stale,
    )


def wait_of(listed: ListedConversation) -> float | None:
    """Seconds the customer had waited when the server was asked; None where nobody waits."""
    since = waits_since(listed.conversation)
    return None if since is None else max(0.0, listed.asked_wall - since)


def kept(conversations: Iterable[ListedConversation], part: Kept, look: ListLook) -> list[ListedConversation]:
    """Those of the wider list that the number counts, longest waiting first, then the latest activity."""
    waits = ((listed, wait_of(listed)) for listed in conversations)
    chosen = [listed for listed, wait in waits if part == "all" or _counts(part, wait, look)]
    return sorted(chosen, key=_place)


def _counts(part: Kept, wait: float | None, look: ListLook) -> bool:
    """Whether one that waits so long is counted: who waits longer than the backlog limit is backlog alone."""
    if wait is None:
        return False
    if wait > look.backlog_after or part == "backlog":
        return wait > look.backlog_after and part == "backlog"
    return part == "waiting" or (look.target is not None and wait > look.target)


def _place(listed: ListedConversation) -> tuple[bool, float, float, int]:
    wait, active = wait_of(listed), listed.conversation.last_activity_at or 0
    return wait is None, -(wait or 0.0), -active, listed.conversation.id


def rows(
    conversations: Iterable[ListedConversation],
    snapshot: AccountSnapshot,
    look: ListLook,
    keeping: KeptRows | None = None,
) -> list[Row]:
    """One row a conversation, in the order given; rows in `keeping` stay where nothing in them changed."""
    teams, inboxes = _names(snapshot.teams.items), _names(snapshot.inboxes.items)

    def parts(listed: ListedConversation) -> tuple[ListedConversation, ListLook, str, str]:
        return listed, look, _inbox(listed.conversation, inboxes), _team(listed.conversation, teams)

    return (keeping or KeptRows()).rows(conversations, parts, lambda listed: _row(*parts(listed)))


class ListRows:
    """The rows of a list from one drawing to the next: what did not change costs next to nothing."""

    def __init__(self) -> None:
        self._kept = KeptRows()
        self._made_of: object = None
        self._rows: list[Row] = []

    def rows(self, pages: Pages, part: Kept, snapshot: AccountSnapshot, look: ListLook) -> list[Row]:
        """Those that `part` names of the pages read so far; the same list again where all is as it was."""
        made_of = pages, pages.read, part, look, snapshot.teams.items, snapshot.inboxes.items
        if made_of != self._made_of:
            self._made_of = made_of
            self._rows = rows(kept(pages.listed.values(), part, look), snapshot, look, self._kept)
        return self._rows


def _names(items: Sequence[Team | Inbox] | None) -> dict[int, str]:
    return {item.id: item.name for item in items or () if item.name}


def _row(listed: ListedConversation, look: ListLook, inbox: str, team: str) -> Row:
    conversation = listed.conversation
    normal, dim = ("stale", "stale") if look.stale else ("normal", "dim")
    wait = wait_of(listed)
    active = (
        None
        if conversation.last_activity_at is None
        else max(0.0, listed.asked_wall - conversation.last_activity_at)
    )
    cells = (
        Cell(str(conversation.id), normal),
        _waiting(listed, wait, look),
        Cell(conversation.status or wording.UNKNOWN, normal),
        Cell(conversation.priority or "", _priority_look(conversation.priority, normal)),
        Cell(inbox, normal),
        Cell(team, normal),
        Cell(assignee(conversation, look.agents_hidden), normal),
        Cell(wording.duration(active), dim),
        Cell(unread(conversation), normal),
        Cell(", ".join(conversation.labels), dim),
        Cell(contact(conversation, look.customers_hidden), dim),
    )
    return Row(key=conversation.id, cells=cells, sort=_sort(conversation, wait, active, cells))


def _sort(
    conversation: Conversation, wait: float | None, active: float | None, cells: tuple[Cell, ...]
) -> tuple[SortValue, ...]:
    ranked = PRIORITIES.index(conversation.priority) if conversation.priority in PRIORITIES else None
    texts = [cell.text.casefold() or None for cell in cells]
    number, unread_count = conversation.id, conversation.unread_count
    return number, wait, texts[2], ranked, *texts[4:7], active, unread_count, *texts[9:]


def _waiting(listed: ListedConversation, wait: float | None, look: ListLook) -> Cell:
    if wait is None:
        return Cell(f"{wording.UNKNOWN} ", "unknown") if unsure(listed.conversation) else Cell("– ", "dim")
    sign, role = " ", "value"
    if wait > look.backlog_after:
        sign, role = BACKLOG, "dim"
    elif look.target is not None and wait > look.target:
        sign, role = LATE, "warning"
    return Cell(f"{wording.duration(wait)}{sign}", "stale" if look.stale else role)


def _priority_look(priority: str | None, normal: str) -> str:
    return "warning" if priority in PRIORITIES[-2:] and normal == "normal" else normal


def _inbox(conversation: Conversation, inboxes: Mapping[int, str]) -> str:
    return (
        ""
        if conversation.inbox_id is None
        else inboxes.get(conversation.inbox_id) or f"inbox {conversation.inbox_id}"
    )


def _team(conversation: Conversation, teams: Mapping[int, str]) -> str:
    if conversation.team_name or conversation.team_id is None:
        return conversation.team_name
    return teams.get(conversation.team_id) or f"team {conversation.team_id}"


def assignee(conversation: Conversation, hidden: bool) -> str:
    """Who has it; empty where nobody does."""
    if conversation.assignee_id is None:
        return ""
    return HIDDEN if hidden else conversation.assignee_name or f"agent {conversation.assignee_id}"


def contact(conversation: Conversation, hidden: bool) -> str:
    """Whose it is, as far as privacy permits."""
    return HIDDEN if hidden else conversation.contact_name


def unread(conversation: Conversation) -> str:
    """Unread messages; the server stops counting at ten."""
    if conversation.unread_count is None:
        return wording.UNKNOWN
    return f"{MOST_UNREAD}+" if conversation.unread_count >= MOST_UNREAD else str(conversation.unread_count)
