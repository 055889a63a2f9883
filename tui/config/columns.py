"""The panes and the names of their columns, as `[display.columns]` takes them."""

from collections.abc import Mapping

from tui.guess import meant
from tui.text import excerpt

NAMES: Mapping[str, tuple[str, ...]] = {
    "teams": ("name", "unassigned", "open", "online", "waiting", "over", "longest", "trend", "change"),
    "agents": (
        "name", "availability", "since", "open", "load", "queued", "resolved", "first_response", "resolution",
    ),
    "inboxes": ("name", "channel", "unassigned", "open", "waiting", "longest"),
    "conversations": (
        "id", "waiting", "status", "priority", "inbox", "team", "assignee", "activity", "unread", "labels",
        "contact",
    ),
}  # fmt: skip


def known_column(pane: str, name: object) -> str:
    """`name` if `pane` has a column of that name; raises ValueError with the nearest, or all, if not."""
    names = NAMES[pane]
    if not isinstance(name, str):
        raise ValueError(f"expected the name of a column in quotes; the columns are {', '.join(names)}")  # noqa: TRY004
    if name in names:
        return name
    mend = meant(name, names, f"its columns are {', '.join(names)}")
    raise ValueError(f'the pane {pane} has no column "{excerpt(name)}"; {mend}')
