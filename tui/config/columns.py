"""The columns of the panes' tables, by the names `[display.columns]` takes, and what stands in each."""

from collections.abc import Mapping

from tui.columns import Column
from tui.guess import meant
from tui.identity import HEADLINE
from tui.measures import Measure
from tui.text import excerpt

TREND, LOAD = 7, 6
"""Cells of the small chart of a team, and of an agent's bar."""

LEVEL = "service level of the last 30 min (the border: as of when)"

TEAMS = (
    Column("name", "team", min_width=10, flex=1, priority=0),
    Column(
        "unassigned", "unassigned", figure=Measure.UNASSIGNED, width=10, align="right", priority=1,
        help=Measure.UNASSIGNED.row.brief,
    ),
    Column(
        "open", "open", figure=Measure.OPEN, width=5, align="right", priority=3,
        help="open conversations of the team",
    ),
    Column(
        "online", "online", figure=Measure.MEMBERS_ONLINE, width=6, align="right", priority=2,
        help="members online, of all members",
    ),
    Column(
        "waiting", "waiting", figure=Measure.WAITING, width=7, align="right", priority=6,
        help="customers who wait for an answer",
    ),
    Column(
        "over", "over", figure=Measure.OVER_TARGET, width=5, align="right", priority=7,
        help="of waiting: longer than the target",
    ),
    Column(
        "longest", "longest", figure=Measure.LONGEST, width=8, align="right", priority=4,
        help="the longest of waiting",
    ),
    Column("trend", "15 m", width=TREND, priority=5, help=f"{HEADLINE.row.word}, over the last 15 minutes"),
    Column("change", "change", width=6, priority=8, help=f"{HEADLINE.row.word}, against 15 minutes ago"),
    Column("level", "level", figure=Measure.SERVICE_LEVEL, width=8, align="right", priority=9, help=LEVEL),
)  # fmt: skip
AGENTS = (
    Column("name", "agent", min_width=18, flex=1, priority=0, help="the name shown to customers"),
    Column("availability", "availability", width=12, priority=1, help="as the server tells it"),
    Column(
        "since", "since", width=7, align="right", priority=4, help="in this availability, as seen from here",
    ),
    Column(
        "open", "open", figure=Measure.OPEN, width=5, align="right", priority=2,
        help="open conversations assigned",
    ),
    Column(
        "load", "load", width=LOAD, priority=5, sortable=False,
        help="open, of the configured limit or else of the largest",
    ),
    Column(
        "queued", "queued", figure=Measure.QUEUED, width=7, align="right", priority=3,
        help="assigned, not answered yet",
    ),
    Column(
        "resolved", "today's res.", figure=Measure.RESOLUTIONS, width=12, align="right", priority=6,
        help="of the conversations created today, those resolved by now",
    ),
    Column(
        "first_response", "1st resp.", figure=Measure.FIRST_RESPONSE, width=9, align="right", priority=7,
        help="average time to the first response, today",
    ),
    Column(
        "resolution", "resolution", figure=Measure.RESOLUTION, width=10, align="right", priority=8,
        help="average time to the resolution, today",
    ),
)  # fmt: skip
INBOXES = (
    Column("name", "inbox", min_width=10, flex=1, priority=0),
    Column("channel", "channel", width=12, priority=3, help="how conversations reach this inbox"),
    Column(
        "unassigned", "unassigned", figure=Measure.UNASSIGNED, width=10, align="right", priority=1,
        help=Measure.UNASSIGNED.row.brief,
    ),
    Column(
        "open", "open", figure=Measure.OPEN, width=8, align="right", priority=2,
        help="open conversations of the inbox",
    ),
    Column(
        "waiting", "waiting", figure=Measure.WAITING, width=7, align="right", priority=5,
        help="customers who wait for an answer",
    ),
    Column(
        "longest", "longest", figure=Measure.LONGEST, width=8, align="right", priority=4,
        help="the longest of waiting",
    ),
    Column("level", "level", figure=Measure.SERVICE_LEVEL, width=8, align="right", priority=6, help=LEVEL),
)  # fmt: skip
CONVERSATIONS = (
    Column("id", "id", width=7, align="right", priority=0),
    Column("waiting", "waiting", width=9, align="right", priority=1, help="since the customer waits"),
    Column("status", "status", width=9, priority=8),
    Column("priority", "priority", width=10, priority=5),
    Column("inbox", "inbox", min_width=14, flex=2, priority=4),
    Column("team", "team", min_width=12, flex=2, priority=3),
    Column("assignee", "assignee", min_width=14, flex=3, priority=2),
    Column("activity", "last active", width=11, align="right", priority=6, help="since something happened"),
    Column(
        "unread", "unread", width=6, align="right", priority=7, help="messages of the customer; 10 or more",
    ),
    Column("labels", "labels", min_width=8, flex=2, priority=9),
    Column("contact", "contact", min_width=10, flex=2, priority=10, help="the customer, as privacy allows"),
)  # fmt: skip
TABLES: Mapping[str, tuple[Column, ...]] = {
    "teams": TEAMS, "agents": AGENTS, "inboxes": INBOXES, "conversations": CONVERSATIONS,
}  # fmt: skip
"""By pane."""
NAMES = {pane: tuple(column.key for column in columns) for pane, columns in TABLES.items()}


def figures_in(columns: tuple[Column, ...]) -> dict[int, Measure]:
    """The figures of a table's rows, by the place of their column."""
    return {place: Measure(column.figure) for place, column in enumerate(columns) if column.figure}


def known_column(pane: str, name: object) -> str:
    """`name` if `pane` has a column of that name; raises ValueError with the nearest, or all, if not."""
    names = NAMES[pane]
    if not isinstance(name, str):
        raise ValueError(f"expected the name of a column in quotes; the columns are {', '.join(names)}")  # noqa: TRY004
    if name in names:
        return name
    mend = meant(name, names, f"its columns are {', '.join(names)}")
    raise ValueError(f'the pane {pane} has no column "{excerpt(name)}"; {mend}')
