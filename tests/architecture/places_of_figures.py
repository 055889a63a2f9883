"""What each place tells of every figure: what is kept for it where its row goes."""

import json

from tests import figures_page
from tests.builders import NOW, WALL, listing, reading, snapshot
from tui.api.models import Agent, Inbox, Team
from tui.config.conditions import FIGURES
from tui.config.model import Targets, Wall
from tui.identity import Measure, ScopeKind, agent, inbox, team, whole
from tui.measures import of
from tui.monitor.alerts.rules import built_in
from tui.monitor.reading import AccountSnapshot
from tui.output.csv import to_csv
from tui.output.document import Chosen, Moment, Taken, to_json
from tui.panes import charted, fleet, inboxes, teams
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import View
from tui.widgets.parts import Line

EVERYTHING = Chosen(
    of(ScopeKind.ACCOUNT) + of(ScopeKind.STATUS),
    of(ScopeKind.TEAM),
    of(ScopeKind.INBOX),
    of(ScopeKind.AGENT),
    agents=True,
)


def account() -> AccountSnapshot:
    """An account with a team, an inbox and an agent, of which every figure is known."""
    slots = [whole(measure) for measure in Measure]
    slots += [team(3, measure) for measure in of(ScopeKind.TEAM)]
    slots += [inbox(5, measure) for measure in of(ScopeKind.INBOX)]
    slots += [agent(7, measure) for measure in of(ScopeKind.AGENT)]
    return snapshot(
        {slot: reading(918.0) for slot in slots},
        teams=listing([Team(3, "t")]),
        inboxes=listing([Inbox(5, "i")]),
        agents=listing([Agent(7, "a")]),
    )


def written(lines: list[Line]) -> str:
    """Lines of a pane as text."""
    return "\n".join("".join(part.text for part in line) for line in lines)


def places() -> dict[str, str]:
    """By place, what stands there."""
    known, moment = account(), Moment(NOW, WALL)
    rows = [*teams.rows(known, NOW), *inboxes.rows(known, NOW)]
    return {
        "config, alerts and wall": json.dumps([FIGURES, Wall().figures]),
        "built-in alerts": repr(built_in(Targets(wait=300.0))),
        "docs": figures_page.table(),
        "json": to_json([Taken(known, EVERYTHING)], moment),
        "csv": to_csv([Taken(known, EVERYTHING)], moment),
        "chart": json.dumps([choice.word for choice in charted.choices(known)]),
        "conversations": written(conversations.lines(known, View(NOW, 200, 40, 300.0))),
        "tables": repr([[cell.text for cell in row.cells] for row in rows]),
        "fleet": repr([column.title for column in fleet.COLUMNS]),
    }
