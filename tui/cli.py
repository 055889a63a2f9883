"""The command line; imports the app, the client and the rest only when a command needs them."""

import argparse
import contextlib
import gc
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui import __version__
from tui.guess import COMMANDS, GuessingParser, near
from tui.output.stdout import OutputError, abandon, open_streams
from tui.usage import complete_help, walk

if TYPE_CHECKING:
    from tui.app.start import RunPlan

INTERRUPTED = 130
UNUSABLE = 2
WINDOWS = "liveagent-tui needs Linux or macOS. On Windows, install and run it inside WSL (wsl --install)."

EPILOG = """\
commands:
  [ENV[/ACCOUNT]]         open the monitor, at that account
  URL                     open it at an address copied from the browser
  --wall [ENV[/ACCOUNT]]  large figures for a whole room
  snapshot …              print the figures once
  report …                the service level of a day or week
  check [ENV[/ACCOUNT]]   look at config, network, token, endpoints
  config …                path | show | check | add | remove
  history …               info | export | prune
  metrics                 serve every figure to Prometheus
  demo --serve …          the embedded simulator over TCP
  version --verbose       what a bug report needs
  completion …            bash | zsh | fish

`liveagent-tui COMMAND --help` tells more of each. LIVEAGENT_URL,
LIVEAGENT_TOKEN and LIVEAGENT_ACCOUNT do without a config."""

Run = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code.

    0 well, 1 something unknown or the output can't be written, 2 config or arguments, 130 interrupted.
    """
    open_streams()
    if sys.platform == "win32":
        sys.stderr.write(f"{WINDOWS}\n")
        return 2
    try:
        try:
            return _run(list(sys.argv[1:] if argv is None else argv))
        finally:  # Of the help as well, which ends by SystemExit.
            sys.stdout.flush()
    except BrokenPipeError:
        abandon()
    except OutputError as error:
        abandon()
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        from tui.paths import NoHomeError

        if not isinstance(error, NoHomeError):
            raise
        sys.stderr.write(f"liveagent-tui: {error}\n")
        return UNUSABLE
    return 1


def _run(arguments: list[str]) -> int:
    config, rest = _config_apart(arguments)
    if rest == ["demo"]:
        arguments = ["--demo"]
    elif rest and rest[0] in COMMANDS:
        return _run_command(rest[0], [*config, *rest])
    parser = monitor_parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        guess = near(options.where or "", COMMANDS)
        parser.error(f"unrecognized arguments: {' '.join(unknown)}{guess and f'.{guess}'}")
    gc.disable()  # What a start reads stays for good: it is looked through for nothing.
    try:
        from tui.app.start import run_monitor

        return run_monitor(options)
    finally:
        gc.enable()
        # Python looks through all there is as it ends: with thousands of rows that takes seconds.
        gc.freeze()


def _config_apart(arguments: list[str]) -> tuple[list[str], list[str]]:
    """`--config FILE`, which may stand before a command and after it, and the other arguments."""
    parser = argparse.ArgumentParser(prog="liveagent-tui", add_help=False, allow_abbrev=False)
    parser.add_argument("--config", metavar="FILE")
    parsed, rest = parser.parse_known_args(arguments)
    return ([] if parsed.config is None else [f"--config={parsed.config}"]), rest


def monitor_parser() -> argparse.ArgumentParser:
    """The command line without a command: the monitor's own."""
    parser = GuessingParser(
        prog="liveagent-tui",
        description="A terminal monitor for Cognigy Live Agent: queue, teams and agents.",
        epilog=EPILOG,
    )
    parser.add_argument(
        "where",
        nargs="?",
        metavar="ENV[/ACCOUNT]|URL",
        help="an environment or account of the config, or an address from the browser",
    )
    parser.add_argument("--version", action="version", version=f"liveagent-tui {__version__}")
    parser.add_argument("--demo", action="store_true", help="watch the embedded simulator; touches no file")
    parser.add_argument("--config", metavar="FILE", help="the config file to use")
    parser.add_argument("--wall", action="store_true", help="large figures for a room; no key needed")
    parser.add_argument("--theme", help="dark, light, high-contrast, colour-blind, ansi or mono")
    parser.add_argument("--color", choices=("auto", "16", "256", "true", "none"), default="auto")
    parser.add_argument("--ascii", action="store_true", help="for terminals without Unicode")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument("--log-level", choices=("debug", "info", "warning", "error"), help="write a log")
    complete_help(parser)
    return parser


def _run_command(command: str, arguments: list[str]) -> int:
    parser: argparse.ArgumentParser = GuessingParser(prog="liveagent-tui")
    parser.add_argument("--config", metavar="FILE", help="the config file to use")
    commands = parser.add_subparsers(dest="command", required=True)
    run = add_command(command, commands)
    return run(parser.parse_args(arguments))


def add_command(command: str, commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> Run:
    """Add a command, with `--config` and its whole help; returns what runs it."""
    run: Run
    match command:
        case "snapshot":
            from tui.output import snapshot

            snapshot.add_parser(commands)
            run = snapshot.run
        case "report":
            from tui.output import report

            report.add_parser(commands)
            run = report.run
        case "check":
            from tui.doctor import command as doctor

            doctor.add_parser(commands)
            run = doctor.run
        case "config":
            from tui.config import commands as config_commands
            from tui.terminal.prompt import ask_hidden

            config_commands.add_parser(commands)
            run = partial(config_commands.run, stdout=sys.stdout, stderr=sys.stderr, ask_token=ask_hidden)
        case "history":
            from tui.output import history_commands

            history_commands.add_parser(commands)
            run = history_commands.run
        case "metrics":
            from tui.output import metrics

            metrics.add_parser(commands)
            run = partial(metrics.run, demo=_demo)
        case "version":
            from tui.output import version

            version.add_parser(commands)
            run = version.run
        case "completion":
            from tui.output import completion

            completion.add_parser(commands)
            run = completion.run
        case _:
            from tui.simulator import command as demo_command

            demo_command.add_parser(commands)
            run = demo_command.run
    parser = commands.choices[command]
    for _, below in walk(parser, command):
        # SUPPRESS: it may stand before the command, and a default here would overwrite it.
        below.add_argument(
            "--config", metavar="FILE", default=argparse.SUPPRESS, help="the config file to use"
        )
    complete_help(parser, command)
    return run


def _demo() -> "RunPlan":
    from tui.app.start import demo_plan

    return demo_plan(argparse.Namespace(theme=None, where=None))


if __name__ == "__main__":
    sys.exit(main())
