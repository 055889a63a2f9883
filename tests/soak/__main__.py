"""The soak: what grows while the monitor runs for days.

Usage: python -m tests.soak [--refreshes 20000] [--seed 1] [--trace]

Runs that many refreshes at full speed against a churning simulator, with switches of account and
environment, filters, replays, all the other screens and boxes, suspends, other sizes and faults.
Prints memory, file descriptors, tasks, timers and threads after a warm-up and at the end, and the
growth. Exits 1 where memory grew by more than 3 MB or anything else at all. `--trace` tells Python's
own memory too, and which objects became more; that takes longer.
"""

import argparse
import asyncio
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

from tests.soak.run import Held, soak

MOST_GROWTH = 3_000_000
POINTS = 6


def row(held: Held) -> str:
    """One line of the table."""
    traced = f"  {held.traced / 1e6:7.2f} MB in Python" if held.traced else ""
    return (
        f"{held.refreshes:8} refreshes  {held.memory / 1e6:7.2f} MB  {held.files:3} files  "
        f"{held.tasks:3} tasks  {held.timers:3} timers  {held.threads:2} threads{traced}"
    )


def main() -> int:
    """Read the command line, run, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--refreshes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trace", action="store_true")
    asked = parser.parse_args()
    begun = time.monotonic()

    def tell(held: Held) -> None:
        sys.stdout.write(f"{row(held)}  after {(time.monotonic() - begun) / 60:.1f} minutes\n")
        sys.stdout.flush()

    if asked.trace:
        tracemalloc.start()
    with tempfile.TemporaryDirectory() as folder:
        held, more = asyncio.run(
            soak(asked.refreshes, folder=Path(folder), seed=asked.seed, points=POINTS, tell=tell)
        )
    first, last = held[0], held[-1]
    growth = last.memory - first.memory
    others = {name: last.countable[name] - number for name, number in first.countable.items()}
    told = ", ".join(f"{name} {number:+}" for name, number in others.items())
    sys.stdout.write(f"growth: memory {growth / 1e6:+.2f} MB, {told}\n")
    bad = growth > MOST_GROWTH or any(number > 0 for number in others.values())
    if asked.trace or bad:
        named = {name: number for name, number in more.items() if name.startswith(("task ", "timer "))}
        for name, number in [*named.items(), *more.most_common(25)]:
            sys.stdout.write(f"  {number:+8} {name}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
