"""Run a command's demo in a pseudo-terminal, see its panes or its wall drawn with figures, and quit.

Usage: python -m tests.terminal.see_demo [--size 80x24] -- COMMAND ...

Prints the screen. Exits 1, saying why, if the figures don't come, if the program doesn't end with 0 on
`q`, the wall's on ctrl+c, or if it doesn't put the terminal back as it found it.
"""

import argparse
import re
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.pty_meter import Ended, Terminal, surroundings

PANES = ("Conversations", "Teams", "Agents")
WALL = ("Support EU", "unassigned")
LIVE = re.compile(r"\bopen +\d[\s\S]*\d online|\d online[\s\S]*\bopen +\d")


def all_panes_drawn(screen: str) -> bool:
    """Tell whether the three panes are there."""
    return all(pane in screen for pane in PANES)


def all_panes_live(screen: str) -> bool:
    """Tell whether the three panes are there, the counts and the agents with figures in them."""
    return all_panes_drawn(screen) and bool(LIVE.search(screen))


def wall_drawn(screen: str) -> bool:
    """Tell whether the wall's first account is there, at a size that writes it in plain letters."""
    return all(words in screen for words in WALL)


def see(command: list[str], columns: int, rows: int, limit: float) -> list[str]:
    """Return what is wrong with the demo that `command` runs; nothing if all is well."""
    with tempfile.TemporaryDirectory() as folder:
        home, empty = Path(folder, "home"), Path(folder, "empty")
        home.mkdir()
        empty.mkdir()
        with Terminal(
            command, environment=surroundings(home), folder=empty, columns=columns, rows=rows
        ) as terminal:
            try:
                wall = "--wall" in command
                seconds = terminal.wait_for(wall_drawn if wall else all_panes_live, limit)
                sys.stdout.write(f"{terminal.text}\nAll of it after {seconds:.2f} s.\n")
                terminal.press("\x03" if wall else "q")
                status = terminal.wait_for_exit(limit)
            except Ended as error:
                return [str(error)]
            wrong = [f"It ended with {status}."] if status else []
            wrong += terminal.left_behind()
        wrong += [f"It wrote {path.name} into the folder it was started in." for path in empty.iterdir()]
        wrong += [
            f"It wrote {path.relative_to(home)} into the home." for path in home.rglob("*") if path.is_file()
        ]
    return wrong


def main() -> int:
    """Read the command line, look, and tell what is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="80x24", help="columns x rows")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds to wait for the figures")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    command = [word for word in given.command if word != "--"]
    columns, rows = map(int, given.size.split("x"))
    wrong = see(command, columns, rows, given.limit)
    for problem in wrong:
        sys.stderr.write(f"{problem}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
