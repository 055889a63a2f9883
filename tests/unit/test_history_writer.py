"""The thread that writes the history: how often it prunes."""

import pytest

from tests.unit.test_history import Recorder
from tui.monitor import history_writer
from tui.monitor.history_writer import BITES
from tui.monitor.retention import Pruned


class Prunes:
    """Stands for pruning, with so many bites to do."""

    def __init__(self, bites: int) -> None:
        self.left = bites
        self.asked = 0

    def __call__(self, *_: object) -> Pruned:
        self.asked += 1
        self.left -= 1
        return Pruned(1, 0, self.left > 0)


@pytest.mark.parametrize(("bites", "asked"), [(0, 1), (1, 1), (3, 3), (50, BITES)])
async def test_it_prunes_as_long_as_there_is_more_and_a_few_bites_at_a_time(
    monkeypatch: pytest.MonkeyPatch, bites: int, asked: int
) -> None:
    prunes = Prunes(bites)
    monkeypatch.setattr(history_writer, "prune", prunes)
    recorder = Recorder(None)
    await recorder.over(15, [1])
    assert prunes.asked == asked
    await recorder.over(15, [2])
    assert prunes.asked == (2 * BITES if bites > BITES else asked)
    recorder.history.close()
