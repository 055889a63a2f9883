"""The truth test at length.

Usage: python -m tests.truth [--steps 20000] [--seed 1] [--minimal | --terminal | --levels]

Plays plans drawn from the seed until that many steps are done, has the screen judged after each, and
prints the steps, the faults that met a request by kind, the figures checked and the violations. A plan
ends at its first violation; `--minimal` has hypothesis make the first bad plan as small as it can and
print it. `--terminal` plays in real time on the installed command in a real terminal, with servers on
real sockets, and reads the screen by place; a step takes about two seconds. `--levels` plays the reading
of service level without a screen, for hours with restarts, deletions and faults; a step is a look.
Interrupted, it tells what was found so far. Exits 1 where anything was wrong.
"""

import argparse
import asyncio
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests import shortcuts
from tests.truth.bench import Tally
from tests.truth.drive import play, spelled
from tests.truth.in_terminal import TerminalPlay
from tests.truth.levels_alone import play_alone
from tests.truth.plan import Step, plans

LENGTH = 80
MEAN = LENGTH * 3 / 4
HOURS = (*range(11), 11.8, 11.95)
"""Hours after noon; from the last two on midnight comes soon."""
BUDGETS = (60, 120)
"""Requests a minute: with fewer, several accounts of one address leave none for service level."""
STRETCH = 100
"""Steps in one terminal."""


def run(steps: int, number: int, *, minimal: bool) -> Tally:
    """Play until `steps` steps are done."""
    tally, begun = Tally(), time.monotonic()

    @seed(number)
    @settings(
        max_examples=max(2, int(steps / MEAN)),
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink) if minimal else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        plan=plans(LENGTH),
        hour=st.sampled_from(HOURS),
        filters=st.sampled_from((True, True, True, False)),
        budget=st.sampled_from(BUDGETS),
    )
    def each(plan: list[Step], hour: float, filters: bool, budget: int) -> None:
        wrong = asyncio.run(play(plan, tally, hour=hour, filters=filters, budget=budget))
        if wrong:
            how = f"hour {hour}, filters {filters}, budget {budget}, plan:"
            told = "\n".join([*wrong, how, spelled(plan)])
            assert not minimal, told
            sys.stdout.write(f"{told}\n\n")
        if tally.runs % 20 == 0:
            minutes = (time.monotonic() - begun) / 60
            sys.stdout.write(f"… {tally.steps} steps, {tally.figures} figures, {minutes:.1f} minutes\n")
            sys.stdout.flush()

    with suppress(KeyboardInterrupt):
        each()
    return tally


def run_in_terminals(steps: int, number: int) -> Tally:
    """The same in real terminals, a hundred steps each."""
    tally = Tally()
    with suppress(KeyboardInterrupt):
        while tally.steps < steps:
            play = TerminalPlay(number + tally.runs, tally)
            with TemporaryDirectory() as folder:
                asyncio.run(play.run(Path(folder), min(STRETCH, steps - tally.steps)))
            sys.stdout.write("".join(f"{sentence}\n" for sentence in play.wrong))
            sys.stdout.write(f"… {tally.steps} steps, {tally.figures} figures\n")
            sys.stdout.flush()
    return tally


def run_levels(steps: int, number: int) -> Tally:
    """Service level alone, until so many looks are done."""
    tally = Tally()
    with suppress(KeyboardInterrupt):
        while tally.steps < steps:
            with TemporaryDirectory() as folder:
                seed_of_run = number * 1_000 + tally.runs
                asyncio.run(play_alone(seed_of_run, tally, events=12, file=Path(folder) / "history.sqlite3"))
            sys.stdout.write(f"… {tally.steps} looks, {tally.figures} figures\n")
            sys.stdout.flush()
    return tally


def main() -> int:
    """Read the command line, run, and tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minimal", action="store_true", help="make the first bad plan small and print it")
    parser.add_argument("--terminal", action="store_true", help="play on the installed command, in real time")
    parser.add_argument("--levels", action="store_true", help="play service level without a screen")
    given_here = parser.parse_args()
    begun = time.monotonic()
    # A shell has what it starts in the background ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout.write(f"seed {given_here.seed}\n")
    if given_here.terminal:
        tally = run_in_terminals(given_here.steps, given_here.seed)
    elif given_here.levels:
        tally = run_levels(given_here.steps, given_here.seed)
    else:
        shortcuts.take()
        tally = run(given_here.steps, given_here.seed, minimal=given_here.minimal)
    out = [
        f"{tally.steps} steps in {tally.runs} runs, {(time.monotonic() - begun) / 60:.1f} minutes, "
        f"seed {given_here.seed}",
        f"{tally.requests} requests, {sum(tally.faults.values())} faults met one:",
        *(f"  {number:8} {kind}" for kind, number in sorted(tally.faults.items())),
        f"{tally.figures} figures read from {tally.screens.total()} screens:",
        *(f"  {number:8} {what}" for what, number in sorted(tally.screens.items())),
        "what became of them:",
        *(f"  {number:8} {what}" for what, number in sorted(tally.seen.items())),
        f"{len(tally.violations)} violations",
        *(f"  {violation}" for violation in tally.violations),
    ]
    sys.stdout.write("\n".join(out) + "\n")
    return 1 if tally.violations else 0


if __name__ == "__main__":
    sys.exit(main())
