"""Measure the program and print a table: python -m tests.benchmarks [--quick] [PART ...]."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.measures import FULL, PARTS, QUICK, Row
from tests.benchmarks.pty_meter import Ended

HEAD = ("what", "liveagent-tui", "baseline", "ratio", "budget", "met")
WIDTHS = (42, 13, 26, 7, 22, 3)


def main() -> int:
    """Measure the chosen parts one after the other; 1 if a budget is missed or a part fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a first look, in under a minute")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}; all if none")
    given = parser.parse_args()
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    began, failed = time.monotonic(), False
    _print(HEAD)
    _print(["-" * width for width in WIDTHS])
    with tempfile.TemporaryDirectory() as home:
        for part in given.parts or PARTS:
            try:
                rows = PARTS[part](QUICK if given.quick else FULL, Path(home))
            except Ended as error:
                sys.stderr.write(f"{part}: {error}\n")
                failed = True
                continue
            for row in rows:
                _print(_cells(row))
                failed |= row.is_met is False
    sys.stdout.write(f"\nMeasured in {time.monotonic() - began:.0f} s.\n")
    return 1 if failed else 0


def _cells(row: Row) -> list[str]:
    ratio, met = row.ratio, row.is_met
    baseline = "" if row.baseline is None else f"{_number(row.baseline, row.unit)}, {row.against}"
    return [
        row.what,
        _number(row.ours, row.unit),
        baseline,
        "" if ratio is None else f"{ratio:.2f}x",
        _budget(row),
        "" if met is None else "yes" if met else "NO",
    ]


def _budget(row: Row) -> str:
    if row.absolute is not None:
        return f"{row.absolute:g} {row.unit}".strip()
    if row.plus is not None:
        return f"baseline + {row.plus:g} {row.unit}"
    return "" if row.bar is None else f"{row.bar:g}x"


def _number(value: float, unit: str) -> str:
    digits = 0 if value >= 100 or value == 0 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".strip()


def _print(cells: Sequence[str]) -> None:
    line = " | ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
    sys.stdout.write(f"| {line} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
