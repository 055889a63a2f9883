"""`liveagent-tui history`: what is kept, all of it as CSV or JSON, and pruning by hand."""

import argparse
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import msgspec

from tui import paths
from tui.clock import Clock, SystemClock
from tui.config.durations import parse_duration
from tui.config.file import load
from tui.config.model import Config
from tui.config.problems import ConfigError
from tui.durations import MINUTE
from tui.measures import OF_A_DAY
from tui.monitor.history.check import NOT_SAID, UnusableFileError, is_damage, reason
from tui.monitor.history.reader import Exported, everything, info
from tui.monitor.history.retention import Retention, prune, retention
from tui.monitor.history.schema import FILE_NAME, connect
from tui.output.csv import shown, truth, written
from tui.output.document import number
from tui.output.stdout import emit
from tui.output.table import aligned
from tui.output.timestamps import timestamp
from tui.text import safe_line
from tui.wording import UNKNOWN, count

CHUNK = 1_000
"""Rows that are written at once."""
HEADER = (
    "origin",
    "account_id",
    "viewer_id",
    "figure",
    "at",
    "seconds",
    "minimum",
    "mean",
    "maximum",
    "at_least",
    "reach",
)
WHOLE = "all"
DONE, FAILED, WRONG = 0, 1, 2


class ExportRow(msgspec.Struct, frozen=True):
    """An exported sample (`seconds` 0) or minute; `at` is ISO 8601 in UTC."""

    origin: str
    account_id: int
    viewer_id: int
    figure: str
    at: str
    seconds: float | int | None
    minimum: float | int | None
    mean: float | int | None
    maximum: float | int | None
    at_least: bool
    reach: str
    """What the token's user saw: `all`, or the role and the inboxes' numbers; empty where not recorded."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `history` with `info`, `export` and `prune`."""
    parser = subparsers.add_parser("history", help="what was recorded: info, export, prune")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("info", help="print size, period and location")
    export = actions.add_parser(
        "export",
        help="print it as CSV or JSON",
        description="Print what is kept, a row a sample of the last day and a row a minute before that.",
    )
    export.add_argument(
        "--since",
        default="",
        help='a time back from now, such as "24h", or a date and time, UTC where it names no zone; '
        "left out: everything",
    )
    export.add_argument("--format", choices=("csv", "json"), default="csv", help="default: csv")
    actions.add_parser("prune", help="thin out old samples now")


def run(args: argparse.Namespace, path: Path | None = None, clock: Clock | None = None) -> int:
    """Do it and return the exit code: 0 done, 1 the file could not be used, 2 wrong arguments."""
    clock = clock or SystemClock()
    path = path or paths.data_dir() / FILE_NAME
    try:
        since = parse_since(getattr(args, "since", ""), clock.wall())
    except ValueError as error:
        return _complain(f"--since: {error}", WRONG)
    try:
        kept = retention(_config(args))
    except ConfigError as error:
        return _complain("\n".join(map(str, error.problems)), WRONG)
    if not (os.path.islink(path) or paths.may_be_there(path)):  # noqa: PTH114 - it raises nothing
        return _complain(f"Nothing is recorded yet: there is no {path}.", DONE)
    try:
        with closing(connect(path)) as connection:
            if args.action == "export":
                _export(everything(connection, since), args.format)
            elif args.action == "prune":
                _prune(connection, clock, kept)
            else:
                emit(_info(connection, path))
    except UnusableFileError as error:
        return _complain(str(error), FAILED)
    except OSError as error:
        return _complain(f"{path} can't be opened: {error.strerror}.", FAILED)
    except (sqlite3.Error, ArithmeticError, TypeError, ValueError) as error:
        if isinstance(error, sqlite3.Error) and not is_damage(error):
            return _complain(f"{path} can't be used now: {reason(error)}", FAILED)
        return _complain(f"{path} is damaged; the monitor sets it aside when it starts.", FAILED)
    return DONE


def parse_since(text: str, wall: float) -> float:
    """Unix time of `text`: a duration before `wall`, or ISO 8601; 0 where it is empty.

    Raises ValueError with a sentence.
    """
    if not text:
        return 0.0
    try:
        return wall - parse_duration(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is neither a duration ("24h") nor a time ("2026-11-22 14:05")') from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _info(connection: sqlite3.Connection, path: Path) -> str:
    facts = info(connection, path)
    rows = [
        ("file", facts.path),
        ("size", f"{facts.size / 1_000_000:.1f} MB"),
        ("figures", count(facts.figures)),
        ("samples", count(facts.samples)),
        ("minutes", count(facts.minutes)),
        ("oldest", UNKNOWN if facts.oldest is None else timestamp(facts.oldest)),
        ("newest", UNKNOWN if facts.newest is None else timestamp(facts.newest)),
    ]
    return "\n".join(aligned(rows)) + "\n"


def _export(samples: Iterator[Exported], form: str) -> None:
    rows = (_row(sample) for sample in samples)
    first = True
    going = emit(",".join(HEADER) + "\n" if form == "csv" else "[")
    while going and (chunk := list(islice(rows, CHUNK))):
        going = emit(_csv(chunk) if form == "csv" else _json(chunk, first=first))
        first = False
    if going and form == "json":
        emit("\n]\n")


def _row(sample: Exported) -> ExportRow:
    return ExportRow(
        sample.origin,
        sample.account_id,
        sample.viewer_id,
        sample.figure,
        datetime.fromtimestamp(sample.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        number(sample.seconds),
        number(sample.minimum),
        number(sample.mean),
        number(sample.maximum),
        sample.at_least,
        _covered(sample),
    )


def _covered(sample: Exported) -> str:
    """What the value covers: reports of a day leave out no inbox, whoever asked."""
    if sample.figure.rpartition(":")[2] in OF_A_DAY:
        return WHOLE
    return "" if sample.reach == NOT_SAID else safe_line(sample.reach or WHOLE)


def _csv(rows: list[ExportRow]) -> str:
    return written(
        (
            shown(safe_line(row.origin)),
            *msgspec.structs.astuple(row)[1:-2],
            truth(row.at_least),
            shown(row.reach),
        )
        for row in rows
    )


def _json(rows: list[ExportRow], *, first: bool) -> str:
    lines = ",\n".join(msgspec.json.encode(row).decode() for row in rows)
    return ("\n" if first else ",\n") + lines


def _config(args: argparse.Namespace) -> Config:
    if args.action != "prune":
        return Config()
    given = getattr(args, "config", None)
    return load(Path(given) if given else None).config


def _prune(connection: sqlite3.Connection, clock: Clock, kept: Retention) -> None:
    samples = minutes = 0
    more, held_back = True, 0.0
    while more:
        bite = prune(connection, kept, clock.wall())
        samples, minutes, more = samples + bite.samples, minutes + bite.minutes, bite.more
        held_back = bite.held_back
    outcome = f"{count(samples)} samples became minutes, {count(minutes)} rows were dropped.\n"
    if held_back >= MINUTE:
        outcome += (
            "More is older than is to be kept. It goes while the monitor runs, as the clock may be wrong.\n"
        )
    emit(outcome)


def _complain(text: str, code: int) -> int:
    print("\n".join(safe_line(line, limit=4_096) for line in text.splitlines()), file=sys.stderr)  # noqa: T201
    return code
