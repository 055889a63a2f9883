"""What a person reads from a terminal by place alone: rows, columns and words, no `meta`."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from tests.truth.bench import MINUTE, UNKNOWN, span
from tui.screens.base import SHORT_TICK, TICK

SLACK = 1.0
"""Moments are told in whole seconds."""
_HEAD = re.compile(r"^ (?P<environment>[A-Z]+) .*?(?: · |account )(?P<account>\d+)(?= )")
_AS_OF = re.compile(r"as of (\d\d):(\d\d):(\d\d)")
_DIMMED = re.compile(r"oldest (?:figure )?(\d+ (?:min|[smhd]))")
_CELL = re.compile(r"^(\d+)(?: \((\d+ (?:min|[smhd]))(?: old\))?)?$")
_BELOW = re.compile(r"\((\d+ (?:min|[smhd])) old\)")
"""In place of the note under a figure, where its age has no room beside it."""
_DETAIL = re.compile(r"(assigned|open|mine) (\d+)(?: \((\d+ (?:min|[smhd])) old\))?(?= ·|\s{2}|\s*│)")
_ANSWERS = ("unassigned", "agents online")
_COLUMNS = ("unassigned", "open")


class Read(NamedTuple):
    """One number: of a team, or of the account where `team` is empty, and since when it counts."""

    team: str
    word: str
    number: int
    since: float | None
    """Unix seconds; None where no moment is told."""


class Terminal(NamedTuple):
    """One look at the whole screen."""

    environment: str
    account: int
    figures: tuple[Read, ...]
    unknown: int
    """How many places said that they know no number."""


def read(lines: list[str], now: float) -> Terminal | None:
    """The dashboard in `lines`, looked at in the second `now`; None where it is another screen."""
    head = _HEAD.match(lines[0])
    panel = _box(lines, "Conversations")
    if head is None or not panel or _covered(lines):
        return None
    header = _moment(lines[0], now)
    answers, unknown = _answers(panel, header, _moment(panel[-1], now), now)
    rows, more = _teams(_box(lines, "Teams"), now)
    return Terminal(head["environment"].lower(), int(head["account"]), (*answers, *rows), unknown + more)


def _answers(
    panel: list[str], header: float | None, border: float | None, now: float
) -> tuple[list[Read], int]:
    titles, width = panel[1], (len(panel[0]) - 2) // 5
    reads: list[Read] = []
    unknown = 0
    for title in _ANSWERS:
        centre = titles.find(title) + len(title) // 2
        text, note = (
            line[max(1, centre - width // 2 + 1) : centre + width // 2 - 1].strip() for line in panel[2:4]
        )
        told = _CELL.match(text)
        if told is None:
            unknown += text in UNKNOWN
            continue
        # The agents are asked for apart from the counts; the border names the older of both.
        stated = border if title == "agents online" else header or border
        below = _BELOW.fullmatch(note)
        reads.append(Read("", title, int(told[1]), _since(below[1] if below else told[2], stated, now)))
    for line in panel[3:9]:
        for word, number, age in _DETAIL.findall(line):
            stated = border if word == "mine" else header or border
            reads.append(Read("", word, int(number), _since(age, stated, now)))
    return reads, unknown


def _teams(panel: list[str], now: float) -> tuple[list[Read], int]:
    reads: list[Read] = []
    unknown = 0
    if not panel:
        return reads, unknown
    titles = {word: re.search(rf"[ ▲▼]{word}\b", panel[1]) for word in _COLUMNS}
    ends = {word: title.end() for word, title in titles.items() if title}
    dimmed = _DIMMED.search(panel[-1])
    since = _since(dimmed[1] if dimmed else None, _moment(panel[-1], now), now)
    for line in panel[2:-1]:
        name = line[3 : ends["unassigned"] - 11].strip() if "unassigned" in ends else ""
        for word, end in ends.items():
            text = line[end - 6 : end].strip()
            unknown += text in UNKNOWN
            if name and text.isdecimal():
                reads.append(Read(name, word, int(text), since))
    return reads, unknown


def _box(lines: list[str], title: str) -> list[str]:
    """The rectangle with that title, its borders included; empty where there is none."""
    for row, line in enumerate(lines):
        left = re.search(rf"[╭╔┏]\S? {title}\b", line)
        if left:
            right = next((at for at in range(left.start(), len(line)) if line[at] in "╮╗┓"), len(line) - 1)
            cut = [below[left.start() : right + 1] for below in lines[row:]]
            end = next((at for at, below in enumerate(cut) if below[:1] in ("╰", "╚", "┗")), None)
            return [] if end is None else cut[: end + 1]
    return []


def _covered(lines: list[str]) -> bool:
    """Whether a box lies over the panes: its corners stand where no pane begins."""
    return any(
        line[at - 1] not in "╮╗┓" for line in lines for at, cell in enumerate(line) if at and cell in "╭╔┏"
    )


def _since(age: str | None, stated: float | None, now: float) -> float | None:
    """The earliest moment that an age, or else a stated moment, can mean."""
    if not age:
        return stated
    lasting = _coarse(age)
    return None if lasting is None else now - lasting - (SHORT_TICK if lasting <= MINUTE else TICK) - SLACK


def _coarse(age: str) -> float | None:
    """The most seconds that a growing age in coarse steps can mean."""
    number, unit = age.split(" ")
    if unit == "s":
        return int(number) + 5.0
    if unit == "h":
        return (int(number) + 1) * 3_600.0
    lasting = span(age)
    return None if lasting is None else lasting[1]


def _moment(text: str, now: float) -> float | None:
    """The second that `as of 14:05:09` names, in UTC."""
    match = _AS_OF.search(text)
    if match is None:
        return None
    here = datetime.fromtimestamp(now, UTC)
    hours, minutes, seconds = (int(part) for part in match.groups())
    behind = ((here.hour - hours) * 3_600 + (here.minute - minutes) * 60 + here.second - seconds) % 86_400
    return int(now) - float(behind)
