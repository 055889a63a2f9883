"""What Textual means to show and what the terminal shows are the same cells, step after step."""

import contextlib
import json
import sys
import unicodedata
from itertools import chain, zip_longest
from pathlib import Path

from rich.cells import get_character_cell_size

from tests.terminal.pty_harness import PtyProgram
from tests.terminal.reference import Look

ROOT = Path(__file__).parents[2]


def wanted_cells(path: Path) -> list[list[Look]]:
    """The dumped screen as cells, blanks without what can't be seen on them."""
    rows = []
    for segments in json.loads(path.read_text()):
        row: list[Look] = []
        for text, (fg, bg, bold, italic, underline, reverse) in segments:
            for char in text:
                width = get_character_cell_size(char)
                if not width:
                    joined = unicodedata.normalize("NFC", row[-1].data + char)
                    row[-1] = row[-1]._replace(data=joined)
                    continue
                look = Look(char, fg, bg, bold, italic, underline, reverse, strikethrough=False)
                if char == " ":
                    look = look._replace(bold=False, italics=False)
                    if not (underline or reverse):
                        look = look._replace(fg="default")
                row.append(look)
                row.extend([look._replace(data="")] * (width - 1))
        rows.append(row)
    return rows


def differences(program: PtyProgram, dump: Path) -> list[tuple[Look | None, Look | None]]:
    """Cells the terminal shows, and beside them what they should be; None where one has no such cell."""
    shown, wanted = program._terminal.looks(), wanted_cells(dump)
    cells = zip_longest(chain.from_iterable(shown), chain.from_iterable(wanted))
    return [(is_so, should_be) for is_so, should_be in cells if is_so != should_be]


def unsettled(program: PtyProgram, dump: Path) -> list[tuple[Look | None, Look | None]]:
    """What is still different after the dump was taken a few times: one may come amid a change."""
    for _ in range(5):
        dump.unlink(missing_ok=True)
        program.press("d")
        program.wait_for(lambda _: dump.exists())
        with contextlib.suppress(AssertionError):
            program.wait_for(lambda program: not differences(program, dump), 2)
            break
    return differences(program, dump)


def test_the_terminal_shows_what_textual_composes(tmp_path: Path) -> None:
    dump = tmp_path / "screen.json"
    env = {"PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"}
    program = PtyProgram([sys.executable, str(Path(__file__).with_name("busy_app.py")), str(dump)], env=env)
    with program:
        program.wait_for("waiting")
        for step in range(1, 41):
            program.press("s")
            program.wait_for(f"step {step} ")
            if step % 9 == 0:
                program.press("m")
                program.wait_for("over the table")
            if step == 20:
                for columns, rows in [(40, 30), (100, 30), (80, 24), (100, 31)]:
                    program.resize(columns, rows)
                program.wait_for("size 100x31")
            assert not unsettled(program, dump)
            if step % 9 == 0:
                program.press("escape")
                program.wait_until_gone("over the table")
        program.press("q")
        assert program.exit_code() == 0
