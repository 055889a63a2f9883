"""The installed command on a clock that hurries, so that what comes by itself within a minute comes soon.

Usage: python -m tests.terminal.hurried SPEED WALL [ARGUMENT …]
"""

import sys

from tests.terminal.alert_app import FastClock
from tui import cli
from tui.app import start
from tui.monitor.service import worker
from tui.output import metrics


class HurriedClock(FastClock):
    """The machine's clock, `speed` times as fast; `wall` is the Unix time at which its `now` was 0."""

    def __init__(self, speed: float, wall: float) -> None:
        super().__init__(speed)
        self._wall = wall

    def wall(self) -> float:
        return self._wall + self.now()


def main(speed: float, wall: float, arguments: list[str]) -> int:
    """Run the command with these arguments."""
    for module in (start, metrics):
        vars(module)["SystemClock"] = lambda: HurriedClock(speed, wall)
    # By such a clock every answer takes long, and a slow server would be left alone.
    vars(worker)["SLOW"] = speed * worker.SLOW
    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
