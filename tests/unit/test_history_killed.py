"""kill -9 in the middle of writing: every sample that was committed is found again."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

KILLS = int(os.environ.get("HISTORY_KILLS", "20"))


async def write_for_ever(path: Path, first: int) -> None:
    """Record a number each round and say so once it is committed."""
    from tests.unit.test_history import OPEN, Recorder

    recorder = Recorder(path)
    recorder.clock.leap(first)
    number = first
    while True:
        recorder.say({OPEN: number})
        await recorder.history.flush()
        os.write(1, f"{number}\n".encode())
        recorder.clock.leap(1)
        number += 1


def test_committed_samples_survive_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    rng = random.Random(7)
    committed: list[int] = []
    for _ in range(KILLS):
        first = committed[-1] + 2 if committed else 0
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.unit.test_history_killed", str(path), str(first)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        with child.stdout:
            head = child.stdout.readline()
            time.sleep(rng.uniform(0, 0.05))
            child.send_signal(signal.SIGKILL)
            said = head + child.stdout.read()
        child.wait()
        committed += [int(line) for line in said.split(b"\n")[:-1]]
    assert len(committed) >= KILLS
    with closing(sqlite3.connect(path)) as connection:
        values = {int(value) for (value,) in connection.execute("SELECT value FROM sample")}
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert values >= set(committed)
    assert not list(tmp_path.glob("*.damaged-*"))


if __name__ == "__main__":
    asyncio.run(write_for_ever(Path(sys.argv[1]), int(sys.argv[2])))
