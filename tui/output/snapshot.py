"""`liveagent-tui snapshot`: ask once, print, exit."""

import argparse
import asyncio
import contextlib
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from tui import paths
from tui.api.errors import LiveAgentError, SignInRequiredError
from tui.clock import Clock, SystemClock
from tui.config.conditions import DATA_AGE, Comparison, asked_figure, known_figure, parse_condition
from tui.config.file import load
from tui.config.model import Config, Environment
from tui.config.problems import ConfigError
from tui.config.secrets import TokenError, own_terminal
from tui.config.state import AT_START, SavedState, load_state
from tui.guess import near
from tui.identity import ACCOUNT, HEADLINE, AccountRef, Measure, ScopeKind, ref_named
from tui.monitor.alerts.rules import data_age, known, newest_data
from tui.monitor.history.schema import FILE_NAME
from tui.monitor.polling.session import Session, open_session
from tui.output import nagios
from tui.output.csv import to_csv
from tui.output.document import (
    EVERYTHING,
    Chosen,
    Moment,
    Taken,
    complete,
    hide_agents,
    to_json,
    to_json_line,
)
from tui.output.openmetrics import NoExtraError, require, to_openmetrics
from tui.output.recorded import WantedAccounts, recorded
from tui.output.service_kept import with_service
from tui.output.stdout import emit
from tui.output.table import to_table
from tui.output.take import Gate, Site, take
from tui.text import excerpt

LIVE, INCOMPLETE, UNUSABLE, MET = 0, 1, 2, 3
INTERRUPTED = 130
FORMATS: dict[str, Callable[[Sequence[Taken], Moment], str]] = {
    "table": to_table,
    "json": to_json,
    "csv": to_csv,
    "openmetrics": to_openmetrics,
}
NAGIOS = "nagios"
"""A check: it has exit codes of its own, and says on standard output what kept it from asking."""
CHECK_CODES = {LIVE: nagios.OK, INCOMPLETE: nagios.UNKNOWN, MET: nagios.CRITICAL}
LEAST_WATCH = 5.0
"""Seconds between two rounds of `--watch`, at least: each asks the server everything anew."""

ConnectSession = Callable[[Environment, Clock], Awaitable[Session]]


class UnusableError(Exception):
    """The arguments or the config don't say what to ask; its text says what is missing."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `snapshot` and its arguments."""
    parser = subparsers.add_parser(
        "snapshot",
        help="ask once, print the figures, exit",
        description="Ask once, print the figures and exit: 0 when all of them are live, 1 when something "
        "is unknown, 2 when the config or the arguments are wrong. Figures that not every server tells every "
        "token, such as those of reports, count only where --figures names them.",
    )
    parser.add_argument(
        "target",
        nargs="?",
        metavar="ENV[/ACCOUNT]",
        help="an account, or all accounts of an environment; left out: what the dashboard would show",
    )
    parser.add_argument("--all", action="store_true", help="every account of every environment")
    parser.add_argument(
        "--format",
        choices=(*FORMATS, NAGIOS),
        help="default: table, with --watch json; nagios: its exit codes",
    )
    parser.add_argument(
        "--figures",
        type=_figures,
        metavar="NAMES",
        help="only these, such as unassigned,longest,team:open,agent:open; only what they need is asked",
    )
    parser.add_argument("--no-agents", action="store_true", help="leave the agents out")
    parser.add_argument(
        "--fail-if",
        type=_condition,
        metavar="CONDITION",
        help="such as 'longest > 10m', as in alerts: 3 where an account meets it, 1 where that is not "
        "known, 0 else",
    )
    parser.add_argument(
        "--watch",
        type=_seconds,
        metavar="SECONDS",
        help="ask again and again; a line of JSON each time",
    )
    parser.add_argument(
        "--from-history", action="store_true", help="ask no server: what a running monitor recorded last"
    )


def run(
    args: argparse.Namespace,
    config: Config | None = None,
    *,
    last: AccountRef | None = None,
    clock: Clock | None = None,
    connect: ConnectSession | None = None,
    state: SavedState | None = None,
    history: Path | None = None,
) -> int:
    """Ask, print and return the exit code.

    `config`, where it is not given, is read from `args.config` or where it usually lies, and
    `last`, the account last used, from the state. `connect` makes a session; raises TokenError.
    """
    clock = clock or SystemClock()
    try:
        shape = _shape(args)
        if config is None:
            config = load(Path(args.config) if args.config else None).config
            state = state or load_state(paths.or_none(paths.state_file), AT_START).state
            last = last or ref_named(state.last or "")
            folder = paths.or_none(paths.data_dir)
            history = history or (folder and folder / FILE_NAME)
        wanted = choose(config, args.target, last, everything=args.all)
        asked = _Asked(args, config, clock, wanted, _chosen(args), shape, history)
        if args.from_history:
            path = history or paths.data_dir() / FILE_NAME
            return asyncio.run(asked.recorded(path, state or SavedState()))
        return asyncio.run(asked.live(connect or session_here))
    except (ConfigError, UnusableError, NoExtraError, paths.NoHomeError) as error:
        if args.format == NAGIOS:
            emit(nagios.unusable(str(error)))
            return nagios.UNKNOWN
        print(error, file=sys.stderr)  # noqa: T201
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED


class _Asked:
    """What was asked for on the command line."""

    def __init__(
        self,
        args: argparse.Namespace,
        config: Config,
        clock: Clock,
        wanted: Sequence[WantedAccounts],
        chosen: Chosen,
        shape: str,
        history: Path | None,
    ) -> None:
        self._condition: tuple[Comparison, ...] = args.fail_if or ()
        self._watch: float | None = args.watch
        self._config = config
        self._clock = clock
        self._wanted = wanted
        self._chosen = chosen
        self._shape = shape
        self._history = history

    async def live(self, connect: ConnectSession) -> int:
        """Ask the servers, once or until the condition is met or nobody reads any more."""
        gates: dict[str, Gate] = {}
        async with contextlib.AsyncExitStack() as stack:
            sites = await self._sites(stack, connect)

            async def ask() -> list[Taken]:
                taken = await take(sites, self._config, self._clock, chosen=self._chosen, gates=gates)
                return await asyncio.to_thread(self._with_service, taken, asked=True)

            return await self._tell(ask)

    async def recorded(self, path: Path, state: SavedState) -> int:
        """Look into the history, once or again and again."""

        async def look() -> list[Taken]:
            try:
                taken = recorded(path, self._wanted, state, self._chosen, self._clock)
                return self._with_service(taken, asked=False)
            except sqlite3.Error as error:
                raise UnusableError(f"The history in {path} can't be read: {error}.") from None

        if not paths.may_be_there(path):
            raise UnusableError(f"Nothing is recorded yet: there is no {path}.")
        return await self._tell(look)

    def _with_service(self, taken: list[Taken], *, asked: bool) -> list[Taken]:
        """The formats of one value a figure have no place for it, and who names figures asks for no other."""
        if self._shape != "json" or self._chosen.named:
            return taken
        return with_service(taken, self._history, self._config, self._clock, asked=asked)

    async def _tell(self, ask: Callable[[], Awaitable[list[Taken]]]) -> int:
        while True:
            began, taken = self._clock.now(), await ask()
            moment = Moment(self._clock.now(), self._clock.wall())
            code = self._code(taken, moment)
            if self._config.display.privacy.agents == "always":
                taken = [
                    msgspec.structs.replace(account, snapshot=hide_agents(account.snapshot))
                    for account in taken
                ]
            if self._shape == NAGIOS:
                emit(nagios.to_nagios(taken, moment, CHECK_CODES[code]))
                return CHECK_CODES[code]
            there = emit(to_json_line(taken, moment) if self._watch else FORMATS[self._shape](taken, moment))
            if self._shape in {"csv", "openmetrics"}:
                _tell(taken)
            if self._watch is None or code == MET or not there:
                return code
            await self._clock.sleep(max(0.0, began + self._watch - self._clock.now()))

    def _code(self, everything: Sequence[Taken], moment: Moment) -> int:
        if not self._condition:
            return LIVE if all(complete(account, moment) for account in everything) else INCOMPLETE
        met = [_met(self._condition, account, moment) for account in everything]
        return MET if True in met else INCOMPLETE if None in met else LIVE

    async def _sites(self, stack: contextlib.AsyncExitStack, connect: ConnectSession) -> list[Site]:
        refused: list[str] = []
        sites = []
        for wanted in self._wanted:
            session: Session | LiveAgentError
            try:
                session = await connect(wanted.environment, self._clock)
            except TokenError as error:
                refused.append(str(error))
                session = SignInRequiredError(str(error))
            except LiveAgentError as error:
                session = error
            else:
                stack.push_async_callback(session.close)
            sites.append(Site(wanted.environment, session, wanted.accounts))
        if len(refused) == len(self._wanted):
            raise UnusableError("\n".join(refused))
        return sites


def _met(condition: tuple[Comparison, ...], taken: Taken, moment: Moment) -> bool | None:
    """Whether an account meets the condition, by the rules of alerts; None where that is not known."""
    snapshot, now = taken.snapshot, moment.now
    age = {DATA_AGE: data_age(snapshot, newest_data(snapshot), now)} if snapshot.readings else {}
    figures = known(condition, ACCOUNT, snapshot, age, now)
    return (
        None
        if figures is None
        else all(comparison.holds(figures[comparison.figure].value) for comparison in condition)
    )


def _shape(args: argparse.Namespace) -> str:
    """The format; raises UnusableError and NoExtraError where it can't be written."""
    shape: str = args.format or ("json" if args.watch else "table")
    if args.watch and shape != "json":
        raise UnusableError("--watch writes JSON, a line each time: leave --format out.")
    if shape == "openmetrics":
        require()
    return shape


def _chosen(args: argparse.Namespace) -> Chosen:
    """What the arguments ask for: what a condition compares is asked for, too.

    A check tells of no person unless its figures are named. Raises UnusableError.
    """
    chosen = EVERYTHING if args.figures is None else args.figures
    compared = [
        Measure(comparison.figure) for comparison in args.fail_if or () if comparison.figure != DATA_AGE
    ]
    pulse = (
        [HEADLINE.measure] if any(comparison.figure == DATA_AGE for comparison in args.fail_if or ()) else []
    )
    account = tuple(dict.fromkeys((*chosen.account, *compared, *pulse)))
    if chosen.named and chosen.agent and args.from_history:
        raise UnusableError("The history holds nothing of persons: with --from-history leave agent: out.")
    people = not args.no_agents and (chosen.named or args.format != NAGIOS)
    return msgspec.structs.replace(
        chosen,
        account=account,
        agent=chosen.agent if people else (),
        agents=chosen.agents and people,
    )


def _figures(text: str) -> Chosen:
    """`unassigned,longest,team:open,inbox:queued,agent:open`."""
    chosen: dict[str, list[Measure]] = {"": [], "team": [], "inbox": [], "agent": []}
    for name in (part.strip() for part in text.split(",")):
        kind, _, word = name.rpartition(":")
        try:
            measure = Measure(known_figure(word) if kind else asked_figure(word))
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        untold = kind not in chosen or measure.row.of_service
        if untold or (kind and ScopeKind(kind) not in measure.row.of):
            raise argparse.ArgumentTypeError(f'there is no figure "{excerpt(name)}"; see docs/figures.md')
        chosen[kind].append(measure)
    of_account, of_teams, of_inboxes, of_agents = (
        tuple(dict.fromkeys(measures)) for measures in chosen.values()
    )
    return Chosen(of_account, of_teams, of_inboxes, of_agents, agents=bool(of_agents), named=True)


def _condition(text: str) -> tuple[Comparison, ...]:
    try:
        comparisons = parse_condition(text)
        for comparison in comparisons:
            asked_figure(comparison.figure)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return comparisons


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not LEAST_WATCH <= seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"give the seconds, {LEAST_WATCH:.0f} to 86400")
    return seconds


def choose(
    config: Config, target: str | None, last: AccountRef | None, *, everything: bool
) -> list[WantedAccounts]:
    """What `target` or `--all` asks for; without either the config's start, the last one, the only one.

    Raises UnusableError with the sentence to print.
    """
    if not config.environments:
        raise UnusableError("There is no environment yet. Add one with `liveagent-tui config add`.")
    if everything:
        if target:
            raise UnusableError(f'Give either "{target}" or --all, not both.')
        return [WantedAccounts(environment, _listed(environment)) for environment in config.environments]
    if target is None:
        if config.start is None and last is not None and config.environment(last.environment):
            target = str(last)
        elif config.start is None and len(config.environments) > 1:
            raise UnusableError(f"Say which: one of {_names(config)}, with /ACCOUNT or without, or --all.")
        else:
            target = config.start or config.environments[0].name
    return [_one(config, target)]


def _one(config: Config, target: str) -> WantedAccounts:
    whole = config.environment(target)
    if whole is not None:
        return WantedAccounts(whole, _listed(whole))
    name, slash, number = target.rpartition("/")
    environment = config.environment(name if slash else target)
    if environment is None:
        raise UnusableError(
            f'There is no environment "{excerpt(name or target)}"; there are {_names(config)}.'
            + near(name or target, (environment.name for environment in config.environments))
        )
    if not (number.isascii() and number.isdecimal() and 0 < len(number) < 19 and int(number)):
        raise UnusableError(f'"{number}" is not an account id: it is the number after /accounts/.')
    return WantedAccounts(environment, (int(number),))


def _listed(environment: Environment) -> tuple[int, ...]:
    return tuple(account.id for account in environment.accounts)


def _names(config: Config) -> str:
    return ", ".join(environment.name for environment in config.environments)


async def session_here(environment: Environment, clock: Clock) -> Session:
    """A session whose token's command may ask at this terminal. Raises TokenError and LiveAgentError."""
    return await open_session(
        environment, clock, 0, transport_for=None, header_form=None, lend=own_terminal()
    )


def _tell(everything: Sequence[Taken]) -> None:
    """What failed, on standard error, as the format has no place for it."""
    for taken in everything:
        for failed in (*taken.failures, *taken.refused):
            print(f"{taken.snapshot.ref}: {failed.call}: {failed.message}", file=sys.stderr)  # noqa: T201
