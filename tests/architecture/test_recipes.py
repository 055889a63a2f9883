"""The recipes of CONTRIBUTING, followed in a copy: each change touches as many files as it says."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.path_of_a_count import walk
from tests.architecture.project import ROOT
from tests.architecture.row_taken_out import TABLE, names, without

MOST_FILES = 12
"""Files a count passes from the socket to the cell: see `path_of_a_count`."""
SNAPSHOT = """
from tui.api.call import Answer, CallRecord
from tui.api.models import ConversationCounts
from tui.config.model import Config, Environment
from tui.config.state import StateStore
from tui.clock import ManualClock
from tui.identity import AccountRef, Measure, account
from tui.monitor.calls import What
from tui.monitor.directory import Directory
from tui.monitor.polling.ingest import Filing
from tui.monitor.polling.session import Session
from tui.monitor.store import Store
from tui.redact import Secret
clock, environment = ManualClock(), Environment("trial", "https://one.example")
config, store = Config(environments=(environment,)), Store()
session = Session(environment, Secret("a-token-of-length"), None, 1)
filing = Filing(config, clock, store, Directory(config, StateStore(None)))
call = CallRecord("GET", "/x", clock.now(), clock.wall(), clock.now(), 200)
filing.answered(session, session.ask(What.COUNTS, 1), Answer(ConversationCounts(2, 40, 9, 49), call), 15.0)
snapshot = store.snapshot(AccountRef("trial", 1), session.key(1), "", None)
"""


ON_STAGE = """
import asyncio, json
from tests import shortcuts
from tests.stage import on_stage
shortcuts.take()

async def main():
    async with on_stage() as stage:
        app = stage.app
{}
asyncio.run(main())
"""
"""The app of the copy on the simulator, at 120x40."""


class Copy:
    """A copy of the package that a recipe is followed in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.touched: set[str] = set()
        for name in ("tui", "styles"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))

    def change(self, name: str, before: str, after: str) -> None:
        """Write `after` in the one place of the file that reads `before`."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{name}: {before}"
        path.write_text(text.replace(before, after), encoding="utf-8")
        self.touched.add(name)

    def take_row_out(self, name: str) -> None:
        """Take a row out of the table of measures, and what names it out of everything else."""
        for path in self.folder.glob("tui/**/*.py"):
            if path == self.folder / TABLE or name in names(path):
                path.write_text(ast.unparse(without(name, path)), encoding="utf-8")

    def add(self, name: str, before: str, more: str) -> None:
        """Put `more` ahead of the one place in the file that reads `before`."""
        self.change(name, before, more + before)

    def write(self, name: str, text: str) -> None:
        """Make a file of its own."""
        (self.folder / name).write_text(text, encoding="utf-8")
        self.touched.add(name)

    def told(self, script: str) -> Any:
        """What a script that runs in the copy prints, as JSON."""
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": f"{self.folder}:{ROOT}"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_a_figure_takes_three_files(copy: Copy) -> None:
    copy.add(
        "tui/measures.py",
        '    MINE = "mine", MeasureRow(',
        '    OTHERS = "others", MeasureRow("of others", "open conversations assigned to somebody else")\n',
    )
    copy.add(
        "tui/monitor/calls.py",
        '    Measure.MINE: attrgetter("mine"),',
        "    Measure.OTHERS: lambda counts: counts.assigned - counts.mine,\n",
    )
    copy.add("tui/panes/conversations/conversations.py", "Measure.MINE,", "Measure.OTHERS, ")
    answers = copy.told(
        SNAPSHOT
        + """
import json
from tui.config.conditions import account_figure, parse_condition
from tui.output.document import Chosen, Moment, Taken, to_json
from tui.monitor.alerts.needs import needs_of_figure
from tui.identity import ACCOUNT
from tui.panes import charted
moment = Moment(clock.now(), clock.wall())
written = json.loads(to_json([Taken(snapshot, Chosen((Measure.OTHERS,)))], moment))
print(json.dumps({
    "json": written["accounts"][0]["figures"]["others"]["value"],
    "config": [account_figure("others"), parse_condition("others > 5")[0].value],
    "asked": [need.what for need in needs_of_figure("others", ACCOUNT)],
    "chart": [one.word for one in charted.choices(snapshot)],
}))
"""
    )
    assert (answers["json"], answers["config"], answers["asked"]) == (38, ["others", 5.0], ["counts"])
    assert "of others" in answers["chart"]
    screen, explained = copy.told(
        ON_STAGE.format(
            """
        shown = stage.text()
        await stage.press("shift+tab", "i", *["down"] * 8)
        print(json.dumps([shown, stage.text()]))
"""
        )
    )
    (told,) = re.findall(r"of others (\d+)", screen)
    assert re.search(rf"of others +{told} ", explained)
    assert "open conversations assigned to somebody else" in explained
    assert len(copy.touched) == 3


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["SNOOZED"], ["snoozed"]),
        (
            ["RESOLUTIONS", "RESOLUTIONS_BEFORE"],
            ["resolutions", "resolutions_before", "of today's, resolved", "today's res."],
        ),
    ],
    ids=["snoozed", "resolutions"],
)
def test_a_figure_less_is_nowhere_on_screen(copy: Copy, rows: list[str], words: list[str]) -> None:
    for name in rows:
        copy.take_row_out(name)
    screen, explained, helped = copy.told(
        ON_STAGE.format(
            """
        shown, explained = stage.text(), ""
        for keys in (["i"], *[["escape", "tab", "i"]] * 3):
            await stage.press(*keys)
            explained += stage.text()
        await stage.press("escape", "question_mark")
        print(json.dumps([shown, explained, stage.text()]))
"""
        )
    )
    for word in words:
        for text in (screen, explained, helped):
            assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text), word


def test_a_call_takes_four_files(copy: Copy) -> None:
    copy.add(
        "tui/api/models.py",
        "class CacheKeys(",
        'class Busy(msgspec.Struct, frozen=True):\n    """How busy it is."""\n\n    load: int = 0\n\n\n',
    )
    copy.add(
        "tui/api/decode.py",
        "def cache_keys(",
        "def busy(data: bytes):\n    from tui.api.models import Busy\n\n    return shaped(data, Busy)\n\n\n",
    )
    copy.add(
        "tui/api/client.py",
        "    async def cache_keys(",
        "    async def busy(self, account_id: int):\n"
        '        return await self._ask(Request(f"{_v1(account_id)}/busy"), decode.busy, account_id)\n\n',
    )
    copy.change("tui/monitor/calls.py", 'Measure.MINE: attrgetter("mine"), ', "")
    copy.add(
        "tui/monitor/calls.py",
        '    TEAMS = "teams", Call(',
        '    BUSY = "busy", Call(\n'
        '        "how busy it is", lambda by, ask: by.client.busy(ask.account_id),\n'
        '        tells={Measure.MINE: attrgetter("load")}, every=60.0,\n'
        "    )\n",
    )
    screen, explained = copy.told(
        """
from tui.simulator import app as simulator

async def busy(asked):
    return {"load": 918_273}

simulator._V1["busy",] = ("GET", busy)
"""
        + ON_STAGE.format(
            """
        shown = stage.text()
        await stage.press("shift+tab", "i", *["down"] * 8)
        print(json.dumps([shown, stage.text()]))
"""
        )
    )
    assert re.search(r"mine 918.273", screen)
    assert "/busy" in explained
    assert len(copy.touched) == 4


def test_a_key_takes_three_places(copy: Copy) -> None:
    copy.add(
        "tui/actions.py",
        '    Action("fleet",',
        '    Action("ping", ("P",), "ping", "Say that all is well"),\n',
    )
    copy.add(
        "tui/screens/dashboard/dashboard.py",
        "    def compose(",
        "    def action_ping(self) -> None:\n        self.say('All is well.')\n\n",
    )
    copy.add("tui/screens/dashboard/dashboard.py", '"put_away", "time"', '"ping", ')
    answers = copy.told(
        ON_STAGE.format(
            """
        await stage.press("P")
        said = stage.text()
        await stage.press("question_mark")
        print(json.dumps([said, stage.text()]))
"""
        )
    )
    assert "All is well." in answers[0]
    assert "Say that all is well" in answers[1]
    assert len(copy.touched) <= 3


def test_a_pane_takes_three_files(copy: Copy) -> None:
    copy.write(
        "tui/panes/mine_pane.py",
        """
from tui.identity import Measure, account
from tui.widgets.lines import LineView
from tui.widgets.parts import Part


class MinePane(LineView):
    def show(self, snapshot):
        value = snapshot.reading(account(Measure.MINE)).value
        self.set_lines([[Part(f" a pane of its own: mine {value}")]])
""",
    )
    screen = "tui/screens/dashboard/dashboard.py"
    copy.add(screen, "from tui.panes.notice import", "from tui.panes.mine_pane import MinePane\n")
    copy.add(
        screen,
        '        self.folded = LineView(id="folded")\n',
        '        self.mine = MinePane(id="mine")\n',
    )
    copy.add(screen, "        yield self.tables\n", "        yield self.mine\n")
    copy.add(screen, "        self.teams.draw(", "        self.mine.show(snapshot)\n")
    copy.add("styles/dashboard.tcss", "#left {", "#mine {\n    height: 1;\n}\n\n")
    shown = copy.told(ON_STAGE.format("        print(json.dumps(stage.text()))\n"))
    assert re.search(r"a pane of its own: mine \d+", shown)
    assert len(copy.touched) == 3


async def test_a_count_passes_few_files() -> None:
    assert len(await walk()) <= MOST_FILES
