"""What version 0.1.0 wrote, as recorded from it watching the simulator, is read by this one."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tui.clock import ManualClock
from tui.config.state import KnownAccount, StateStore
from tui.identity import AccountKey
from tui.monitor.history.figure_rows import figure_of
from tui.monitor.history.history import History

RECORDED = Path(__file__).with_name("recorded")
KEY = AccountKey("https://trial.example", 12345, 1)
SAMPLES = """
SELECT scope, scope_id, measure, at, value
FROM sample JOIN figure ON figure.id = sample.figure ORDER BY at
"""


async def test_every_sample_of_its_history_is_read(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((RECORDED / "history-0.1.0.sql").read_text(encoding="utf-8"))
        written = connection.execute(SAMPLES).fetchall()
    history = History(path, ManualClock(wall=written[-1][3] + 1.0))
    try:
        await history.start()
        read = [
            (scope, number, measure, sample.at, sample.value)
            for scope, number, measure in {row[:3] for row in written}
            if (figure := figure_of(KEY, scope, number, measure)) is not None
            for sample in history.recent(figure)
        ]
        assert sorted(read) == sorted(written)
        assert [(period.name, period.mark) for period in await history.reaches(KEY)] == [
            ("administrator", "")
        ]
        assert history.set_aside is None
        assert history.problem == ""
    finally:
        history.close()


def test_its_state_is_read(tmp_path: Path) -> None:
    shutil.copy(RECORDED / "state-0.1.0.toml", tmp_path / "state.toml")
    state = StateStore(tmp_path / "state.toml").load()
    assert state.sort_orders == {"teams": "name"}
    assert state.accounts["trial"][0] == KnownAccount(12345, "Support EU")
    assert len(state.accounts["trial"]) == 3
    assert state.viewers["trial"].name == "Ada Brandt"
    assert state.header_forms == {"trial": "api_access_token"}
