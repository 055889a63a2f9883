"""`liveagent-tui snapshot`: ask once, print, exit."""

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from tui import paths
from tui.api.errors import LiveAgentError, SignInRequiredError
from tui.clock import Clock, SystemClock
from tui.config.file import load
from tui.config.model import Config, Environment
from tui.config.problems import ConfigError
from tui.config.secrets import TokenError, own_terminal
from tui.config.state import AT_START, load_state
from tui.figures import AccountRef, ref_named
from tui.guess import near
from tui.monitor.session import open_session
from tui.output.csv import to_csv
from tui.output.document import Moment, Taken, complete, hide_agents, to_json
from tui.output.stdout import emit
from tui.output.table import to_table
from tui.output.take import Client, Site, take
from tui.text import excerpt

LIVE, INCOMPLETE, UNUSABLE = 0, 1, 2
INTERRUPTED = 130
FORMATS: dict[str, Callable[[Sequence[Taken], Moment], str]] = {
    "table": to_table,
    "json": to_json,
    "csv": to_csv,
}


class OpenClient(Client, Protocol):
    """A client to be closed after use."""

    async def aclose(self) -> None:
        """Let the connections go."""


Connect = Callable[[Environment, Clock], Awaitable[OpenClient]]


class UnusableError(Exception):
    """The arguments or the config don't say what to ask; its text says what is missing."""


class Wanted(msgspec.Struct, frozen=True):
    """An environment and the accounts wanted of it; none means all that its token sees."""

    environment: Environment
    accounts: tuple[int, ...]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `snapshot` and its arguments."""
    parser = subparsers.add_parser(
        "snapshot",
        help="ask once, print the figures, exit",
        description="Ask once, print the figures and exit: 0 when all of them are live, 1 when something "
        "is unknown, 2 when the config or the arguments are wrong.",
    )
    parser.add_argument(
        "target",
        nargs="?",
        metavar="ENV[/ACCOUNT]",
        help="an account, or all accounts of an environment; left out: what the dashboard would show",
    )
    parser.add_argument("--all", action="store_true", help="every account of every environment")
    parser.add_argument("--format", choices=tuple(FORMATS), default="table", help="default: table")


def run(
    args: argparse.Namespace,
    config: Config | None = None,
    *,
    last: AccountRef | None = None,
    clock: Clock | None = None,
    connect: Connect | None = None,
) -> int:
    """Ask, print and return the exit code.

    `config`, where it is not given, is read from `args.config` or where it usually lies, and
    `last`, the account last used, from the state. `connect` makes a client; raises TokenError.
    """
    clock = clock or SystemClock()
    try:
        if config is None:
            config = load(Path(args.config) if args.config else None).config
            last = last or _last()
        wanted = choose(config, args.target, last, everything=args.all)
        taken = asyncio.run(_ask(wanted, config, clock, connect or _connect))
    except (ConfigError, UnusableError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    if config.display.privacy.agents == "always":
        taken = [msgspec.structs.replace(one, snapshot=hide_agents(one.snapshot)) for one in taken]
    moment = Moment(clock.now(), clock.wall())
    emit(FORMATS[args.format](taken, moment))
    if args.format == "csv":
        _tell(taken)
    return LIVE if all(complete(one, moment) for one in taken) else INCOMPLETE


def choose(config: Config, target: str | None, last: AccountRef | None, *, everything: bool) -> list[Wanted]:
    """What `target` or `--all` asks for; without either the config's start, the last one, the only one.

    Raises UnusableError with the sentence to print.
    """
    if not config.environments:
        raise UnusableError("There is no environment yet. Add one with `liveagent-tui config add`.")
    if everything:
        if target:
            raise UnusableError(f'Give either "{target}" or --all, not both.')
        return [Wanted(one, _listed(one)) for one in config.environments]
    if target is None:
        if config.start is None and last is not None and config.environment(last.environment):
            target = str(last)
        elif config.start is None and len(config.environments) > 1:
            raise UnusableError(f"Say which: one of {_names(config)}, with /ACCOUNT or without, or --all.")
        else:
            target = config.start or config.environments[0].name
    return [_one(config, target)]


def _last() -> AccountRef | None:
    try:
        return ref_named(load_state(paths.state_file(), AT_START).state.last or "")
    except paths.NoHomeError:
        return None


def _one(config: Config, target: str) -> Wanted:
    whole = config.environment(target)
    if whole is not None:
        return Wanted(whole, _listed(whole))
    name, slash, number = target.rpartition("/")
    environment = config.environment(name if slash else target)
    if environment is None:
        raise UnusableError(
            f'There is no environment "{excerpt(name or target)}"; there are {_names(config)}.'
            + near(name or target, (one.name for one in config.environments))
        )
    if not (number.isascii() and number.isdecimal() and 0 < len(number) < 19 and int(number)):
        raise UnusableError(f'"{number}" is not an account id: it is the number after /accounts/.')
    return Wanted(environment, (int(number),))


def _listed(environment: Environment) -> tuple[int, ...]:
    return tuple(account.id for account in environment.accounts)


def _names(config: Config) -> str:
    return ", ".join(environment.name for environment in config.environments)


async def _ask(wanted: Sequence[Wanted], config: Config, clock: Clock, connect: Connect) -> list[Taken]:
    refused: list[str] = []
    async with contextlib.AsyncExitStack() as stack:
        sites = []
        for one in wanted:
            client: Client | LiveAgentError
            try:
                opened = await connect(one.environment, clock)
            except TokenError as error:
                refused.append(str(error))
                client = SignInRequiredError(str(error))
            except LiveAgentError as error:
                client = error
            else:
                stack.push_async_callback(opened.aclose)
                client = opened
            names = {account.id: account.name for account in one.environment.accounts if account.name}
            sites.append(Site(one.environment.name, one.environment.url, client, one.accounts, names))
        if len(refused) == len(wanted):
            raise UnusableError("\n".join(refused))
        return await take(sites, clock, budget=config.refresh.budget)


async def _connect(environment: Environment, clock: Clock) -> OpenClient:
    session = await open_session(
        environment, clock, 0, transport_for=None, header_form=None, lend=own_terminal()
    )
    client: OpenClient = session.client
    return client


def _tell(everything: Sequence[Taken]) -> None:
    """What failed, on standard error, as the format has no place for it."""
    for taken in everything:
        for one in taken.failures:
            print(f"{taken.snapshot.ref}: {one.call}: {one.message}", file=sys.stderr)  # noqa: T201
