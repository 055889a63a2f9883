"""What a person reads from the rendered dashboard: figures, their ages, and what each pane says of itself."""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.widget import Widget

from tests.stage import Stage
from tui import themes

AGE_STEPS = {"s": 5.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
"""How coarse an age is told, by its unit: it may be as much older."""
_AGE = re.compile(r"(\d+) ([smhd]) (?:ago|old|a…|ag…|…)")
"""An age, and one whose last word has no room."""
_AS_OF = re.compile(r"as of (\d\d:\d\d:\d\d)")
_ACCOUNT = re.compile(r"(?: · |account )(\d+)(?= )")
_VIEWER = re.compile(r" as ([^,]+?), ")
_TITLE = re.compile(r"(Teams|Inboxes|Agents) (\d[\d\u202f]*)(?! of)")
_TOTAL = re.compile(r"[●◐◌○] (\d[\d\u202f]*) (online|busy|away|offline)")
_WORST = re.compile(
    r"(\d[\d\u202f]*)(?: waiting)?(?: · (\d[\d\u202f]*) of (\d[\d\u202f]*) online)?( \d+ [smhd] ago)?"
)
_EACH = re.compile(r"(\d[\d\u202f.]*) per agent")
_AVAILABILITY = re.compile(r"^[●◐◌○] (online|busy|away|offline)$")


class Worst(NamedTuple):
    """What is said of the worst team; `age` is the most seconds it can be old, where that is told."""

    team_id: int
    waiting: int
    online: int | None
    members: int | None
    age: float | None


class Shown(NamedTuple):
    """One figure as it stands on screen."""

    pane: str
    name: str
    """The name of its slot: `unassigned`, `team:3:open`."""
    text: str
    stale: bool
    """Whether it looks old."""
    age: float | None
    """The most seconds its own age can mean; None where none stands beside it."""


class Moment(NamedTuple):
    """What a pane says of when its figures were asked for."""

    as_of: str
    """`14:05:09`; empty where it names none."""
    age: float | None
    """The most seconds its age can mean; None where it tells none."""


class Screen(NamedTuple):
    """Everything the test looks at, read at one instant."""

    environment: str
    account_id: int | None
    viewer: str
    header: Moment
    panes: dict[str, Moment]
    figures: tuple[Shown, ...]
    agents: tuple[tuple[int, str, bool], ...]
    """Agent id, availability, and whether it looks old; words only of known availability."""
    totals: tuple[tuple[str, int], ...]
    totals_stale: bool
    """Whether the totals by availability look old."""
    sizes: tuple[tuple[str, int], ...]
    """How many teams, inboxes, agents the titles claim."""
    worst: Worst | None
    each: str
    """Waiting for each agent online, as told; empty where it is not."""


def most(text: str) -> float | None:
    """The most seconds the first age in `text` can mean."""
    found = _AGE.search(text)
    return (
        None
        if found is None
        else int(found[1]) * (1.0 if found[2] == "s" else AGE_STEPS[found[2]]) + (AGE_STEPS[found[2]])
    )


def whole(text: str) -> int:
    """A count as it is written, with thin spaces between thousands."""
    return int(text.replace("\u202f", ""))


class Reader:
    """Reads one stage's dashboard; None from `read` while something else is in front of it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def read(self) -> Screen | None:
        """What stands on screen now."""
        stage = self._stage
        dashboard = stage.dashboard
        if stage.app.screen is not dashboard:
            return None
        rows = [list(strip) for strip in dashboard._compositor.render_strips()]
        stale = themes.style_of("stale", stage.app.theme).color
        panes: dict[str, tuple[Widget, str]] = {}
        for widget in (dashboard.conversations, *dashboard.panes, dashboard.folded):
            if widget.display and all(one.display for one in widget.ancestors if isinstance(one, Widget)):
                panes[widget.id or ""] = widget, _block(rows, widget)
        texts = {name: text for name, (_, text) in panes.items()}
        header = _line(rows[0])
        return Screen(
            environment=header.strip().split(" ", 1)[0].lower(),
            account_id=int(found[1]) if (found := _ACCOUNT.search(header)) else None,
            viewer=found[1] if (found := _VIEWER.search(header)) else "",
            header=_moment(header),
            panes={name: _moment(_ends(text) if name != "folded" else text) for name, text in texts.items()},
            figures=tuple(
                one
                for name, (widget, _) in panes.items()
                for one in _figures(name, _cut(rows, widget), stale)
            ),
            agents=tuple(_agents(_cut(rows, dashboard.agents), stale)) if "agents" in panes else (),
            totals=tuple(
                (word, whole(number)) for number, word in _TOTAL.findall(_top(texts.get("agents", "")))
            ),
            totals_stale="agents" in panes and _totals_stale(_cut(rows, dashboard.agents)[0], stale),
            sizes=tuple(
                (word, whole(number))
                for name, text in texts.items()
                for word, number in _TITLE.findall(text if name == "folded" else _top(text))
                if name != "conversations" and " of " not in _top(text)
            ),
            worst=_worst(_cut(rows, dashboard.conversations)) if "conversations" in panes else None,
            each=found[1] if (found := _EACH.search(texts.get("conversations", ""))) else "",
        )


def _line(row: list[Segment]) -> str:
    return "".join(segment.text for segment in row)


def _cut(rows: list[list[Segment]], widget: Widget) -> list[list[Segment]]:
    """The widget's part of the screen."""
    region = widget.region
    cut: list[list[Segment]] = []
    for row in rows[region.y : region.bottom]:
        x, kept = 0, []
        for segment in row:
            if x < region.right and x + segment.cell_length > region.x:
                kept.append(segment)
            x += segment.cell_length
        cut.append(kept)
    return cut


def _block(rows: list[list[Segment]], widget: Widget) -> str:
    return "\n".join(_line(row) for row in _cut(rows, widget))


def _top(text: str) -> str:
    return text.split("\n", 1)[0]


def _ends(text: str) -> str:
    """The border's lines, where a pane says what holds for all its figures."""
    lines = text.split("\n")
    return lines[0] + "\n" + lines[-1]


def _moment(text: str) -> Moment:
    found = _AS_OF.search(text)
    return Moment(found[1] if found else "", most(text))


def _looks_stale(style: Style | None, stale: object) -> bool:
    return style is not None and style.color == stale


def _meta(segment: Segment) -> dict[str, object]:
    return segment.style.meta if segment.style is not None else {}


def _figures(pane: str, rows: list[list[Segment]], stale: object) -> Iterator[Shown]:
    for row in rows:
        at = 0
        while at < len(row):
            name = _meta(row[at]).get("figure")
            if name is None:
                at += 1
                continue
            text, look = "", _looks_stale(row[at].style, stale)
            while at < len(row) and _meta(row[at]).get("figure") == name:
                text += row[at].text
                at += 1
            beside = row[at].text if at < len(row) and "row" not in _meta(row[at]) else ""
            age = most(beside) if re.match(r" \d+ [smhd] \S", beside) else None
            yield Shown(pane, str(name), text.strip(), look, age)


def _agents(rows: list[list[Segment]], stale: object) -> Iterator[tuple[int, str, bool]]:
    for row in rows:
        for segment in row:
            number = _meta(segment).get("row")
            found = _AVAILABILITY.match(segment.text.strip())
            if isinstance(number, int) and found:
                yield number, found[1], _looks_stale(segment.style, stale) and found[1] != "offline"


def _totals_stale(row: list[Segment], stale: object) -> bool:
    """Whether the totals look old; told by those online, as offline has the same colour anyway."""
    pairs = itertools.pairwise(row)
    return any(_looks_stale(number.style, stale) for number, word in pairs if word.text.startswith(" online"))


def _worst(rows: list[list[Segment]]) -> Worst | None:
    for row in rows:
        for segment in row:
            number = _meta(segment).get("team")
            found = _WORST.fullmatch(segment.text)
            if found and isinstance(number, int):
                there, members, age = found[2], found[3], found[4]
                return Worst(
                    number,
                    whole(found[1]),
                    whole(there) if there else None,
                    whole(members) if members else None,
                    most(age) if age else None,
                )
    return None
