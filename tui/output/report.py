"""`liveagent-tui report`: the service level of a day or week, by team, inbox and half-hour."""

import argparse
import asyncio
import contextlib
import datetime
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from tui import paths
from tui.api.errors import LiveAgentError
from tui.api.models import PAGE
from tui.clock import Clock, SystemClock
from tui.config.file import load
from tui.config.model import Config, Environment
from tui.config.problems import ConfigError
from tui.config.secrets import TokenError
from tui.identity import AccountRef
from tui.monitor.history.schema import FILE_NAME
from tui.monitor.service.reading import DayReading
from tui.output.recorded import WantedAccounts
from tui.output.report_days import Report
from tui.output.report_formats import FORMATS
from tui.output.report_period import NotBegunError, WantedPeriod, has_begun
from tui.output.report_reading import Client, Progress, Reporter
from tui.output.snapshot import UnusableError, choose, session_here
from tui.output.stdout import emit
from tui.output.take import HOPELESS
from tui.text import excerpt
from tui.wording import count, plural, spell

WHOLE, INCOMPLETE, UNUSABLE = 0, 1, 2
INTERRUPTED = 130
TOLD_EVERY = 10
"""Questions between two lines of progress."""


class OpenClient(Client, Protocol):
    """A client to be closed after use."""

    async def aclose(self) -> None:
        """Let the connections go."""


ConnectClient = Callable[[Environment, Clock], Awaitable[OpenClient]]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `report` and its arguments."""
    parser = subparsers.add_parser(
        "report",
        help="the service level of a day or week",
        description="Print the service level of a day or week, by team, inbox and half-hour, and compare it "
        "with the day and the week before. What was read completely is kept in the history and not asked "
        "for again.",
    )
    parser.add_argument(
        "target", nargs="?", metavar="ENV[/ACCOUNT]", help="an account, or all accounts of an environment"
    )
    period = parser.add_mutually_exclusive_group()
    period.add_argument("--day", help="today, yesterday, or a date such as 2026-11-29; default: today")
    period.add_argument(
        "--week",
        nargs="?",
        const="this",
        metavar="DAY",
        help="Monday to Sunday: this, last, or a date in it; default: this",
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="read what it is compared with, too, where that is not kept: two days more, or a week",
    )
    parser.add_argument("--format", choices=tuple(FORMATS), default="text", help="default: text")


def run(
    args: argparse.Namespace,
    config: Config | None = None,
    *,
    clock: Clock | None = None,
    connect: ConnectClient | None = None,
    history: Path | None = None,
) -> int:
    """Read, print and return the exit code.

    `config`, where it is not given, is read from `args.config` or where it usually lies, and so is
    the `history`. `connect` makes a client; raises TokenError.
    """
    clock = clock or SystemClock()
    period = _period(args)
    if not has_begun(period, datetime.datetime.fromtimestamp(clock.wall(), datetime.UTC).date()):
        print(_wrong(period), file=sys.stderr)  # noqa: T201
        return UNUSABLE
    try:
        if config is None:
            config = load(Path(args.config) if args.config else None).config
            history = paths.data_dir() / FILE_NAME
        (wanted,) = choose(config, args.target, None, everything=False)
        asked = _AskedReport(wanted, period, args.compare, history)
        reports, failed = asyncio.run(_read(asked, config, clock, connect or _connect))
    except (ConfigError, UnusableError, TokenError, NotBegunError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return UNUSABLE
    except LiveAgentError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return INCOMPLETE
    except KeyboardInterrupt:
        return INTERRUPTED
    for sentence in failed:
        print(sentence, file=sys.stderr)  # noqa: T201
    if failed and not reports:
        return INCOMPLETE
    emit(FORMATS[args.format](reports))
    if args.format == "csv":
        # The format has no place for it.
        for report in reports:
            for problem in report.problems:
                print(f"{report.ref}: {problem}", file=sys.stderr)  # noqa: T201
    whole = reports and not failed and all(report.whole for report in reports)
    return WHOLE if whole else INCOMPLETE


class _AskedReport(NamedTuple):
    """What was asked for on the command line."""

    wanted: WantedAccounts
    period: WantedPeriod
    compare: bool
    history: Path | None


def _period(args: argparse.Namespace) -> WantedPeriod:
    if args.week is not None:
        return WantedPeriod(args.week, week=True)
    return WantedPeriod("today" if args.day is None else args.day)


def _wrong(period: WantedPeriod) -> str:
    text = excerpt(period.text)
    if period.week:
        return f'--week: "{text}" is no week that has begun; write this, last or a date in it.'
    return f'--day: "{text}" is no day that has begun; write today, yesterday or 2026-11-29.'


async def _read(
    asked: _AskedReport, config: Config, clock: Clock, connect: ConnectClient
) -> tuple[Sequence[Report], Sequence[str]]:
    """One account after the other, and a sentence for each of which not even the inboxes are told.

    The host's budget is the same for all of them. What concerns the host or the token ends it.
    Raises LiveAgentError where not even the accounts are told.
    """
    environment = asked.wanted.environment
    tell = _teller(config.refresh.budget) if sys.stderr.isatty() else _tell_nothing
    async with contextlib.AsyncExitStack() as stack:
        client = await connect(environment, clock)
        stack.push_async_callback(client.aclose)
        reporter = Reporter(environment, config, client, clock, asked.history)
        reports: list[Report] = []
        failed: list[str] = []
        for account_id in await reporter.accounts(asked.wanted.accounts):
            try:
                reports.append(await reporter.read(account_id, asked.period, tell, compare=asked.compare))
            except LiveAgentError as error:
                failed.append(f"{AccountRef(environment.name, account_id)}: {error}")
                if error.concerns == "token" or error.kind in HOPELESS:
                    break
        return reports, failed


async def _connect(environment: Environment, clock: Clock) -> OpenClient:
    return (await session_here(environment, clock)).client


def _teller(budget: int) -> Progress:
    """Tells how much is read and how much is left, by so many requests a minute, to who waits for it."""

    def tell(of: str, reading: DayReading, answers: int) -> None:
        if reading.total is None or answers % TOLD_EVERY != 1:
            return
        left = max(0, reading.total - reading.roll.count)
        pages = -(-left // PAGE)
        minutes = spell(60.0 * max(1, round(pages / budget)))
        part = f"{count(reading.roll.count)} of {count(reading.total)}"
        sys.stderr.write(f"{of}: {part} read, about {plural(pages, 'page')} or {minutes} to go\n")

    return tell


def _tell_nothing(_of: str, _reading: DayReading, _answers: int) -> None:
    """The output is for a program."""
