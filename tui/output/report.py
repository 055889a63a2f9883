"""`liveagent-tui report`: the service level of a day, by team, inbox and half-hour."""

import argparse
import asyncio
import contextlib
import datetime
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

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
from tui.monitor.service.reading import Reading
from tui.output.recorded import WantedAccounts
from tui.output.report_formats import FORMATS
from tui.output.report_reading import Client, Progress, Report, Reporter, is_day
from tui.output.snapshot import UnusableError, choose, session_here
from tui.output.stdout import emit
from tui.text import excerpt
from tui.wording import plural

WHOLE, INCOMPLETE, UNUSABLE = 0, 1, 2
INTERRUPTED = 130
TOLD_EVERY = 10
"""Questions between two lines of progress."""


class OpenClient(Client, Protocol):
    """A client to be closed after use."""

    async def aclose(self) -> None:
        """Let the connections go."""


Connect = Callable[[Environment, Clock], Awaitable[OpenClient]]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `report` and its arguments."""
    parser = subparsers.add_parser(
        "report",
        help="the service level of a day",
        description="Print the service level of a day, by team, inbox and half-hour. What was read "
        "completely is kept in the history and not asked for again.",
    )
    parser.add_argument(
        "target", nargs="?", metavar="ENV[/ACCOUNT]", help="an account, or all accounts of an environment"
    )
    parser.add_argument(
        "--day", default="today", help="today, yesterday, or a date such as 2026-11-29; default: today"
    )
    parser.add_argument("--format", choices=tuple(FORMATS), default="text", help="default: text")


def run(
    args: argparse.Namespace,
    config: Config | None = None,
    *,
    clock: Clock | None = None,
    connect: Connect | None = None,
    history: Path | None = None,
) -> int:
    """Read, print and return the exit code.

    `config`, where it is not given, is read from `args.config` or where it usually lies, and so is
    the `history`. `connect` makes a client; raises TokenError.
    """
    clock = clock or SystemClock()
    if not is_day(args.day, datetime.datetime.fromtimestamp(clock.wall(), datetime.UTC).date()):
        wrong = (
            f'--day: "{excerpt(args.day)}" is no day that has begun; write today, yesterday or 2026-11-29.'
        )
        print(wrong, file=sys.stderr)  # noqa: T201
        return UNUSABLE
    try:
        if config is None:
            config = load(Path(args.config) if args.config else None).config
            history = paths.data_dir() / FILE_NAME
        (wanted,) = choose(config, args.target, None, everything=False)
        tell = _tell if sys.stderr.isatty() else _tell_nothing
        reports = asyncio.run(_read(wanted, args.day, config, clock, connect or _connect, history, tell))
    except (ConfigError, UnusableError, TokenError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return UNUSABLE
    except LiveAgentError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return INCOMPLETE
    except KeyboardInterrupt:
        return INTERRUPTED
    emit(FORMATS[args.format](reports))
    if args.format == "csv":
        # The format has no place for it.
        for one in reports:
            if one.problem:
                print(f"{one.ref}: {one.problem}", file=sys.stderr)  # noqa: T201
    return WHOLE if reports and all(one.whole for one in reports) else INCOMPLETE


async def _read(
    wanted: WantedAccounts,
    day: str,
    config: Config,
    clock: Clock,
    connect: Connect,
    history: Path | None,
    tell: Progress,
) -> Sequence[Report]:
    """One account after the other: the host's budget is the same for all of them."""
    async with contextlib.AsyncExitStack() as stack:
        client = await connect(wanted.environment, clock)
        stack.push_async_callback(client.aclose)
        reporter = Reporter(wanted.environment, config, client, clock, history)
        found = []
        for account_id in await reporter.accounts(wanted.accounts):
            found.append(await reporter.read(account_id, day, tell))
        return found


async def _connect(environment: Environment, clock: Clock) -> OpenClient:
    return (await session_here(environment, clock)).client


def _tell(ref: AccountRef, reading: Reading, answers: int) -> None:
    """How much is read, and how much is left, while somebody waits at a terminal."""
    if reading.total is None or answers % TOLD_EVERY != 1:
        return
    left = max(0, reading.total - reading.roll.count)
    pages = plural(-(-left // PAGE), "page")
    sys.stderr.write(f"{ref}: {reading.roll.count} of {reading.total} read, about {pages} to go\n")


def _tell_nothing(_ref: AccountRef, _reading: Reading, _answers: int) -> None:
    """The output is for a program."""
