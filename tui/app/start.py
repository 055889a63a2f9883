"""From the command line's options to a running monitor."""

import argparse
import asyncio
import contextlib
import importlib
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import msgspec

from tui import paths
from tui.address import AddressError, parse
from tui.app.memory import keep_what_is_there, share_one_heap
from tui.aside import in_thread
from tui.clock import SystemClock
from tui.config.environ import TOKEN, name_for
from tui.config.file import Loaded, load
from tui.config.hours import WallHours
from tui.config.model import Account, Config, Display, Environment, Targets, Theme, TokenSource, Wall
from tui.config.preferences import Remembered
from tui.config.problems import ConfigError
from tui.config.schema import is_plain_http_elsewhere
from tui.config.state import AT_START, StateStore, load_state
from tui.guess import COMMANDS, near
from tui.identity import AccountRef
from tui.redact import Secret
from tui.terminal import restore, signals
from tui.text import excerpt, safe_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.api.models import Conversation
    from tui.app.app import LiveAgentApp
    from tui.identity import AccountKey
    from tui.monitor.history.backfill import PastOf
    from tui.monitor.monitor import Monitor
    from tui.monitor.polling.session import TransportFor
    from tui.monitor.service.known_past import ConversationsThen
    from tui.simulator.demo import Demo

DEMO_TARGETS = Targets(wait=1_200.0, service_level=80.0)
"""Most customers of the demo wait for less: some alerts fire, and one team is far below the goal."""
THEMES: tuple[str, ...] = get_args(Theme)
COLOURLESS = "mono"
COLOUR_SYSTEMS = ("auto", "standard", "256", "truecolor", "windows")
"""What Textual takes of its own variable; it breaks off at any other word."""
LONGEST_NUMBER = 18
"""Digits of an account's number."""
LONGEST_COMPLAINT = 2_000
"""Characters of what is said of arguments or a config."""


class ArgumentError(Exception):
    """Arguments that can't be followed; the text is for the person who typed them."""


class RunPlan(msgspec.Struct):
    """What to run."""

    config: Config
    store: StateStore
    ref: AccountRef | None = None
    environment: str | None = None
    unkept: str | None = None
    """The environment of an address on the command line, or of variables: not in any file yet."""
    simulated: bool = False
    warnings: tuple[str, ...] = ()
    transport_for: "TransportFor | None" = None
    past_of: "PastOf | None" = None
    """What is known of the time before the start, account by account; None: what the file says."""
    then: "ConversationsThen | None" = None
    """Who came in the weeks before the start; None: what the file says."""
    loaded: Loaded | None = None


def run_monitor(options: argparse.Namespace) -> int:
    """Open the monitor; returns the exit code: 0, or 2 where config, arguments or the log are wrong."""
    share_one_heap()  # Before there is a second thread.
    # First of all that may wait: a config, state or token that never comes must not keep a signal waiting.
    with signals.watching():
        return _run_monitor(options)


def _run_monitor(options: argparse.Namespace) -> int:
    if os.environ.get("TEXTUAL_COLOR_SYSTEM", "auto") not in COLOUR_SYSTEMS:
        del os.environ["TEXTUAL_COLOR_SYSTEM"]
    refusal = _refusal(wall=options.wall)

    def ask(text: str) -> str:
        if refusal is not None:  # A token would be typed for nothing.
            raise ArgumentError(refusal)
        from tui.terminal.prompt import ask_hidden

        return ask_hidden(text)

    try:
        plan = demo_plan(options) if options.demo else real_plan(options, ask)
    except ConfigError as error:
        for problem in error.problems:
            print(safe_line(problem, limit=LONGEST_COMPLAINT), file=sys.stderr)  # noqa: T201
        return 2
    except ArgumentError as error:
        return _refuse(str(error))
    if refusal is not None:
        return _refuse(refusal)
    if options.wall and not plan.config.environments:
        return _refuse("a wall needs an environment first: liveagent-tui config add")
    try:
        end_log = _log(options)
    except OSError as error:
        complaint = f"The log {_log_file()} can't be written: {error.strerror or error}."
        return _refuse(f"{complaint} Make room for it there, set XDG_STATE_HOME, or leave out --log-level.")
    from tui.config.secrets import prepare
    from tui.config.token_command import has_terminal, kill_all

    restore.when_leaving(kill_all)
    if sys.stdin.isatty() and has_terminal():
        prepare(plan.config.environments)
    restore.install()
    try:
        return asyncio.run(_run_app(plan, options))
    finally:
        end_log()


async def _run_app(plan: RunPlan, options: argparse.Namespace) -> int:
    """Ask for the first figures, read the app's modules meanwhile, and run it; returns the exit code."""
    from tui.app.account_order import first_ref
    from tui.monitor.polling.session import IMPORT_SECONDS, import_client

    monitor = make_monitor(plan)
    if plan.config.environments:
        import_client()
        if not options.wall:
            monitor.look_at(first_ref(monitor, Remembered(plan.store), plan.ref, plan.environment))
        monitor.begin()
    with contextlib.suppress(TimeoutError):
        # They take longer than most servers: what is answered by then stands in the first picture.
        await in_thread("the app's modules", _import_app, IMPORT_SECONDS)
    app = make_app(plan, options, monitor)
    keep_what_is_there()
    await app.run_async()
    return app.return_code or 0


def _import_app() -> None:
    for name in ("tui.app.app", "tui.terminal.driver"):
        importlib.import_module(name)


def _refuse(complaint: str) -> int:
    print(f"liveagent-tui: {safe_line(complaint, limit=LONGEST_COMPLAINT)}", file=sys.stderr)  # noqa: T201
    return 2


def _refusal(*, wall: bool) -> str | None:
    from tui.terminal.skills import refusal

    # A wall needs no key: a service gives it a terminal to paint on and nothing to read from.
    if not (sys.stdout.isatty() and (wall or sys.stdin.isatty())):
        which = "input" if sys.stdout.isatty() else "output"
        return f"{which} is not a terminal. For scripts: liveagent-tui snapshot"
    return refusal(os.environ)


def demo_plan(options: argparse.Namespace) -> RunPlan:
    """The embedded simulator; no file is read or written."""
    from tui.simulator.demo import Demo

    demo = Demo(clock=SystemClock())
    wall = Wall(accounts=("*",), hours=WallHours("always"))
    config = Config(environments=environments_of(demo), wall=wall, targets=DEMO_TARGETS)
    config = _with_theme(config, options.theme)
    plan = RunPlan(config, StateStore(None), simulated=True)
    plan.transport_for = lambda environment: demo.transport(environment.url)
    plan.past_of = past_of(demo, DEMO_TARGETS)
    plan.then = conversations_then(demo)
    return _aim(plan, options.where)


def environments_of(demo: "Demo") -> tuple[Environment, ...]:
    """The demo's environments, as somebody would have written them into a config."""
    return tuple(
        Environment(
            name=installation.name,
            url=installation.url,
            timezone=installation.timezone,
            token=TokenSource(held=Secret(installation.token)),
            accounts=tuple(Account(id=account.id, name=account.name) for account in installation.accounts),
        )
        for installation in demo.environments
    )


def past_of(demo: "Demo", targets: Targets) -> "PastOf":
    """What the figures of the demo's accounts were before the start."""
    return lambda key: demo.past(key.origin, key.account_id, key.viewer_id, targets.wait)


def conversations_then(demo: "Demo") -> "ConversationsThen":
    """Who came in the demo's past, though its server keeps nobody so long."""
    from tui.api import decode_conversations

    def then(key: "AccountKey", since: float, until: float) -> "Iterator[Conversation]":
        listed = demo.conversations(key.origin, key.account_id, key.viewer_id, since, until)
        return map(decode_conversations.conversation, listed)

    return then


def real_plan(options: argparse.Namespace, ask: Callable[[str], str]) -> RunPlan:
    """The config's environments, or the one behind the address given; raises ConfigError, ArgumentError."""
    loaded = load(Path(options.config) if options.config else None)
    config = _with_theme(loaded.config, options.theme)
    plan = RunPlan(
        config,
        StateStore(None) if options.wall else load_state(paths.or_none(paths.state_file), AT_START),
        warnings=tuple(str(warning) for warning in loaded.warnings),
        loaded=loaded,
        unkept=loaded.from_variables,
    )
    where = options.where
    if where is not None and _looks_like_address(where, config):
        return _at_address(plan, where, ask)
    return _aim(plan, where)


def _with_theme(config: Config, theme: str | None) -> Config:
    if theme is None:
        return config
    if theme not in THEMES:
        raise ArgumentError(
            f'There is no theme "{theme}". Take one of: {", ".join(THEMES)}.{near(theme, THEMES)}'
        )
    display: Display = msgspec.structs.replace(config.display, theme=theme)
    return msgspec.structs.replace(config, display=display)


def _looks_like_address(where: str, config: Config) -> bool:
    name = where.partition("/")[0]
    return config.environment(name) is None and any(mark in where for mark in (".", ":", "localhost"))


def _aim(plan: RunPlan, where: str | None) -> RunPlan:
    if where is None:
        return plan
    name, _, number = where.partition("/")
    if plan.config.environment(name) is None:
        names = ", ".join(environment.name for environment in plan.config.environments) or "none yet"
        raise ArgumentError(
            f'There is no environment "{name}" in the config ({names}). '
            "Give one of these, or an address copied from the browser."
            + near(name, [*(environment.name for environment in plan.config.environments), *COMMANDS])
        )
    if number and not (number.isdecimal() and len(number) <= LONGEST_NUMBER):
        raise ArgumentError(
            f'"{excerpt(number)}" is no account\'s number: write the digits of its web address.'
        )
    if number:
        plan.ref = AccountRef(name, int(number))
    else:
        plan.environment = name
    return plan


def _at_address(plan: RunPlan, where: str, ask: Callable[[str], str]) -> RunPlan:
    try:
        address = parse(where)
    except AddressError as error:
        raise ArgumentError(str(error)) from error
    known = next(
        (environment for environment in plan.config.environments if environment.url == address.base_url), None
    )
    if known is None:
        known = _new_environment(plan, address.base_url, address.account_id, address.alternative, ask)
    if address.account_id is None:
        plan.environment = known.name
    else:
        plan.ref = AccountRef(known.name, address.account_id)
        plan.config = _with_account(plan.config, known, address.account_id)
    return plan


def _with_account(config: Config, environment: Environment, account_id: int) -> Config:
    if not environment.accounts or environment.account(account_id) is not None:
        return config
    wider = msgspec.structs.replace(environment, accounts=(*environment.accounts, Account(id=account_id)))
    there = tuple(wider if other is environment else other for other in config.environments)
    return msgspec.structs.replace(config, environments=there)


def _new_environment(
    plan: RunPlan, url: str, account_id: int | None, alternative: str | None, ask: Callable[[str], str]
) -> Environment:
    if is_plain_http_elsewhere(url):
        raise ArgumentError(
            "plain http exposes the token to the network. Use the https address, or put "
            "the environment into the config with insecure_http = true."
        )
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        try:
            token = ask(f"Access token for {url} (Profile Settings > Access Token; not shown): ").strip()
        except EOFError as error:
            raise ArgumentError("No token was given.") from error
    if not token:
        raise ArgumentError("No token was given.")
    from tui.config.secrets import TokenError, checked

    try:
        secret = checked(token, "what was typed")
    except TokenError as error:
        raise ArgumentError(str(error)) from error
    environment = Environment(
        name=name_for(url, [environment.name for environment in plan.config.environments]),
        url=url,
        alternative=alternative,
        token=TokenSource(held=secret),
        accounts=(Account(id=account_id),) if account_id is not None else (),
        others=True,
    )
    plan.config = msgspec.structs.replace(plan.config, environments=(*plan.config.environments, environment))
    plan.unkept = environment.name
    return environment


def make_monitor(plan: RunPlan) -> "Monitor":
    """What asks for a plan's figures."""
    from tui.monitor.monitor import Monitor

    return Monitor(
        plan.config,
        SystemClock(),
        random.Random(),  # noqa: S311 - spreads calls over time
        state=plan.store,
        transport_for=plan.transport_for,
    )


def make_app(plan: RunPlan, options: argparse.Namespace, monitor: "Monitor") -> "LiveAgentApp":
    """The app for a plan, with the driver that this terminal and these options need."""
    from tui.app.app import LiveAgentApp
    from tui.app.screens_on_demand import Start
    from tui.monitor.history.history import History
    from tui.monitor.history.retention import retention
    from tui.monitor.history.schema import FILE_NAME
    from tui.screens.context import Context
    from tui.terminal import colours
    from tui.terminal.driver import TerminalOptions, driver_class

    depth = colours.choose(options.color, os.environ, sys.stdout.isatty())
    # A theme says most by colour; where none is sent, its attributes alone must say it.
    theme = options.theme if depth else COLOURLESS
    plan.config = _with_theme(plan.config, theme)
    clock = monitor.clock
    folder = None if plan.simulated else paths.or_none(paths.data_dir)
    history = History(folder and folder / FILE_NAME, clock, retention(plan.config))
    backfill = None
    if plan.past_of is not None:
        from tui.monitor.history.backfill import Backfill

        backfill = Backfill(history, clock, plan.past_of, plan.then)
    context = Context(
        config=plan.config,
        monitor=monitor,
        clock=clock,
        state=Remembered(plan.store),
        simulated=plan.simulated,
        ascii=options.ascii,
        unkept=plan.unkept,
        warnings=plan.warnings,
        loaded=plan.loaded,
        crash_folder=None if plan.simulated else paths.or_none(paths.state_dir),
        transport_for=plan.transport_for,
        overrule=lambda config: _with_theme(config, theme),
        history=history,
        backfill=backfill,
    )
    mouse = not (options.no_mouse or options.wall)
    terminal = TerminalOptions(mouse=mouse, ascii=options.ascii, colours=depth)
    start = Start(
        ref=plan.ref,
        environment=plan.environment,
        wizard=not plan.config.environments,
        wall=options.wall,
    )
    return LiveAgentApp(context, start, driver_class(terminal))


def _log(options: argparse.Namespace) -> Callable[[], None]:
    if options.log_level is None:
        return lambda: None
    from tui.log import set_up

    return set_up(options.log_level, _log_file())


def _log_file() -> Path:
    return paths.log_dir() / "liveagent-tui.log"
