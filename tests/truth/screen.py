"""What a person reads from the rendered dashboard: figures, their ages, and what each pane says of itself."""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.segment import Segment
from textual.widget import Widget

from tests.stage import Stage
from tests.truth.changes import Changed, changes
from tests.truth.segments import (
    Moment,
    Shown,
    block,
    bottom,
    cut,
    figures,
    line,
    looks_stale,
    meta,
    moment,
    most,
    rows_of,
    top,
    whole,
)  # fmt: skip
from tests.truth.slopes import Reckoned, reckoned
from tui.widgets import themes

_ACCOUNT = re.compile(r"(?: · |account )(\d+)(?= )")
_ROLE = r"(?:agent|supervisor|administrator)"
_VIEWER = re.compile(
    rf" as (?:(?!{_ROLE})([^,]+?), )?({_ROLE}(?:, {_ROLE})*|role not told)(?:: (?:(\d+) inbox)?| |$)"
)
"""A narrow header names the role alone."""
_SEES = re.compile(rf"Conversations (.+?), ({_ROLE}(?:, {_ROLE})*|role not told), sees (?:(\d+)|no) inbox")
_ALL = re.compile(r"  all (\d[\d\u202f]*) inboxes")
_HEALTH = re.compile(r"  ([●○▲✗‖])(?: ([a-z][a-z ]*?))?(?=  )")
_TITLE = re.compile(r"(Teams|Inboxes|Agents) (\d[\d\u202f]*)(?! of)(?:, (\d+) unreadable)?")
_TOTAL = re.compile(r"[●◐◌○] (\d[\d\u202f]*) (online|busy|away|offline)")
_WORST = re.compile(
    r"(?:(?:≥ )?(\d[\d\u202f]*) over(?: · |$))?"
    r"(?:(≥ )?(\d[\d\u202f]*)(?: (waiting|unassigned))?)?"
    r"(?: · (\d[\d\u202f]*) of (\d[\d\u202f]*) online)?"
    r"(?: · longest (\d.*))?"
    r"( ?\(\d+ (?:min|[smhd]) old\))?"
)
_INBOX = re.compile(r"Conversations of inbox (.+?)\s*[─╮═╗]")
_MEMBERS = re.compile(r"Members of (.+)")
_REPLAY = re.compile(r" REPLAY (?:\w+ [\d-]+ )?(\d\d:\d\d)")
_TIMES = re.compile(r"times ((?:oldest figure )?\d.*)")
_SERVICE = re.compile(r"^\W*service level +(.*?)[\s│║┃]*$", re.MULTILINE)
_LEVELS = re.compile(r"levels as of (\d\d:\d\d)")
_AVAILABILITY = re.compile(r"^[●◐◌○] (online|busy|away|offline)$")


class Worst(NamedTuple):
    """What is said of the team that needs help; None and empty is what is not said of it."""

    team_id: int
    over: str
    at_least: bool
    """Whether there may be more of `number`."""
    number: str
    word: str
    """`waiting` or `unassigned`: which the number counts."""
    online: int | None
    members: int | None
    longest: str
    age: float | None
    """The most seconds it can be old, where that is told."""


class Screen(NamedTuple):
    """Everything the test looks at, read at one instant."""

    environment: str
    account_id: int | None
    viewer: str
    roles: frozenset[str]
    """What the header or the title below says the viewer is; empty where there is no room for it."""
    inboxes: int | None
    """How many inboxes the viewer is said to see."""
    health: tuple[str, str]
    """The header's sign and word for how the account answers."""
    header: Moment
    panes: dict[str, Moment]
    figures: tuple[Shown, ...]
    changes: tuple[Changed, ...]
    reckoned: tuple[Reckoned, ...]
    agents: tuple[tuple[int, str, bool], ...]
    """Agent id, availability, and whether it looks old; words only of known availability."""
    totals: tuple[tuple[str, int], ...]
    totals_stale: bool
    """Whether the totals by availability look old."""
    sizes: tuple[tuple[str, int], ...]
    """How many teams, inboxes, agents the titles claim, with those that could not be read."""
    worst: Worst | None
    each: str
    """Waiting for each agent online, as told; empty where it is not."""
    inbox: str
    """The inbox whose figures stand in place of the account's, as far as there is room for its name."""
    members: str
    """The title from the name of the team on whose members the agents pane is narrowed; empty for all."""
    times: Moment
    """What is said of when the agents' own times were asked for."""
    levels: dict[str, str]
    """The minute that a pane names for its levels alone."""
    service: str
    """The line of service level, after these words."""
    replay: str
    """The minute of the past it says to show, in the line below the header; empty for the present."""


class Reader:
    """Reads one stage's dashboard."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def read(self) -> Screen:
        """What stands on screen now."""
        stage = self._stage
        dashboard = stage.dashboard
        rows = rows_of(dashboard)
        stale = themes.style_of("stale", stage.app.theme).color
        panes: dict[str, tuple[Widget, str]] = {}
        for widget in (dashboard.conversations, *dashboard.tables.all, dashboard.folded):
            if widget.display and all(
                ancestor.display for ancestor in widget.ancestors if isinstance(ancestor, Widget)
            ):
                panes[widget.id or ""] = widget, block(rows, widget)
        texts = {name: text for name, (_, text) in panes.items()}
        header = line(rows[0])
        seen_as = _SEES.search(top(texts.get("conversations", ""))) or _VIEWER.search(header)
        return Screen(
            environment=header.strip().split(" ", 1)[0].lower(),
            account_id=int(match[1]) if (match := _ACCOUNT.search(header)) else None,
            viewer=(seen_as[1] or "") if seen_as else "",
            roles=frozenset(seen_as[2].split(", ")) if seen_as else frozenset(),
            inboxes=int(covers) if (covers := _covers(header, seen_as)) else None,
            health=(match[1], match[2] or "") if (match := _HEALTH.search(header)) else ("", ""),
            header=moment(header),
            panes={name: moment(_ends(text) if name != "folded" else text) for name, text in texts.items()},
            figures=tuple(
                shown
                for name, (widget, _) in panes.items()
                for shown in figures(name, cut(rows, widget), stale)
            ),
            changes=tuple(changed for widget, _ in panes.values() for changed in changes(cut(rows, widget))),
            reckoned=tuple(figure for widget, _ in panes.values() for figure in reckoned(cut(rows, widget))),
            agents=tuple(_agents(cut(rows, dashboard.agents), stale)) if "agents" in panes else (),
            totals=tuple(
                (word, whole(number)) for number, word in _TOTAL.findall(top(texts.get("agents", "")))
            ),
            totals_stale="agents" in panes and _totals_stale(cut(rows, dashboard.agents)[0], stale),
            sizes=tuple(
                (word, whole(number) + whole(lost or "0"))
                for name, text in texts.items()
                for word, number, lost in _TITLE.findall(text if name == "folded" else top(text))
                if name != "conversations" and " of " not in top(text)
            ),
            worst=_worst(cut(rows, dashboard.conversations)) if "conversations" in panes else None,
            each=_each(cut(rows, dashboard.conversations)) if "conversations" in panes else "",
            inbox=match[1] if (match := _INBOX.search(top(texts.get("conversations", "")))) else "",
            members=match[1] if (match := _MEMBERS.search(top(texts.get("agents", "")))) else "",
            times=_times(bottom(texts.get("agents", ""))),
            levels={
                name: match[1] for name, text in texts.items() if (match := _LEVELS.search(bottom(text)))
            },
            service=match[1] if (match := _SERVICE.search(texts.get("conversations", ""))) else "",
            replay=match[1] if (match := _REPLAY.match(line(rows[1]))) else "",
        )


def _covers(header: str, seen_as: re.Match[str] | None) -> str:
    """How many inboxes the header says are seen: behind the role, or all of them."""
    every = _ALL.search(header)
    if every is not None:
        return every[1].replace("\u202f", "")
    return (seen_as[3] or "") if seen_as else ""


def _ends(text: str) -> str:
    """The border's lines, where a pane says what holds for all its figures."""
    return f"{top(text)}\n{bottom(text)}"


def _times(text: str) -> Moment:
    match = _TIMES.search(text)
    return Moment("", None) if match is None else moment(f"as of {match[1]} {match[1]}")


def _agents(rows: list[list[Segment]], stale: object) -> Iterator[tuple[int, str, bool]]:
    for row in rows:
        for segment in row:
            number = meta(segment).get("row")
            match = _AVAILABILITY.match(segment.text.strip())
            if isinstance(number, int) and match:
                yield number, match[1], looks_stale(segment.style, stale) and match[1] != "offline"


def _totals_stale(row: list[Segment], stale: object) -> bool:
    """Whether the totals look old; told by those online, as offline has the same colour anyway."""
    pairs = itertools.pairwise(row)
    return any(looks_stale(number.style, stale) for number, word in pairs if word.text.startswith(" online"))


def _each(rows: list[list[Segment]]) -> str:
    return next(
        (str(meta(segment)["each"]) for row in rows for segment in row if "each" in meta(segment)), ""
    )


def _worst(rows: list[list[Segment]]) -> Worst | None:
    for row in rows:
        for segment in row:
            number = meta(segment).get("team")
            match = _WORST.fullmatch(segment.text.strip())
            if match and match[0] and isinstance(number, int):
                over, least, count, word, there, members, longest, age = match.groups()
                return Worst(
                    number,
                    over or "",
                    bool(least),
                    count or "",
                    word or "",
                    whole(there) if there else None,
                    whole(members) if members else None,
                    longest or "",
                    most(age) if age else None,
                )
    return None
