"""How each command is called: examples and exit codes, for `--help`, the man page and the docs."""

import argparse
from collections.abc import Iterator
from typing import NamedTuple

PROG = "liveagent-tui"


class Usage(NamedTuple):
    """What one command's help says besides its arguments."""

    examples: tuple[tuple[str, str], ...]
    """What is typed after `liveagent-tui`, and what that does."""
    codes: tuple[tuple[int, str], ...]
    """Every exit code but that of ctrl+c, 130, and when it comes."""
    interrupted: str = "ctrl+c"
    """When 130 comes."""


_WRONG = (2, "the config or the arguments are wrong")
_PRINTED = ((0, "printed"), _WRONG)

USAGES: dict[str, Usage] = {
    "": Usage(
        (
            ("", "open the account viewed last; without a config, ask for one"),
            ("trial/12345", "open that account of the environment trial"),
            ("https://liveagent-trial.cognigy.ai/app/accounts/12345/dashboard", "open an address"),
            ("--wall trial", "large figures for a whole room"),
            ("--demo", "the embedded simulator, without a network"),
            ("--log-level debug", "write a log to send with a bug report"),
        ),
        (
            (0, "quit, by q or ctrl+c"),
            (1, "an error of the program; the message names the report it saved"),
            (2, "the config, the arguments or the terminal can't be used"),
        ),
        "ctrl+c before the screen opens, or while the program hangs",
    ),
    "snapshot": Usage(
        (
            ("snapshot trial/12345", "a table of one account"),
            ("snapshot trial/12345 --format json", "the same for a script"),
            ("snapshot --all --format csv", "every account, a row a figure"),
            ("snapshot trial/12345 --figures unassigned,team:longest", "these figures alone"),
            ("snapshot trial/12345 --fail-if 'longest >= 10m'", "a condition as the exit code"),
            ("snapshot trial/12345 --watch 60", "a line of JSON a minute"),
            ("snapshot trial/12345 --fail-if 'longest >= 10m' --format nagios", "a check"),
        ),
        (
            (0, "every figure is live; with --fail-if, the condition is not met"),
            (1, "a figure is unknown, or not permitted"),
            _WRONG,
            (3, "the condition of --fail-if is met; a check (nagios) has codes of its own"),
        ),
    ),
    "report": Usage(
        (
            ("report trial/12345", "the service level of today, so far"),
            ("report trial/12345 --day yesterday --format markdown", "for a mail or a wiki"),
            ("report trial --day 2026-11-28 --format csv", "every account, for a planner"),
            ("report trial/12345 --week last --format html > week.html", "a page to print"),
        ),
        ((0, "all of the day or week is known"), (1, "something of it is missing"), _WRONG),
    ),
    "check": Usage(
        (
            ("check", "everything, of every environment"),
            ("check trial/12345", "one account"),
            ("check --json", "the same as JSON, to send with a bug report"),
        ),
        ((0, "nothing failed"), (1, "something failed; its line says what to do"), _WRONG),
    ),
    "config": Usage(
        (
            ("config path", "which files are used"),
            ("config add trial", "add the trial installation; asks for the token"),
            ("config check", "what is wrong, with lines"),
        ),
        ((0, "done"), _WRONG),
    ),
    "config path": Usage((("config path", "every place where files of the program lie"),), _PRINTED),
    "config show": Usage((("config show", "the config in force, and which file says what"),), _PRINTED),
    "config check": Usage(
        (
            ("config check", "the config in use"),
            ("config check --config new.toml", "another file, before it is put in place"),
        ),
        ((0, "nothing is wrong; warnings may be printed"), (2, "something is wrong")),
    ),
    "config add": Usage(
        (
            ("config add trial", "the trial installation; asks for the token"),
            ("config add saas acme --name acme", "that of the company acme"),
            ("config add https://la.example --token-env LA_TOKEN", "any installation"),
            ("config add trial/12345", "list an account of a known environment"),
        ),
        ((0, "saved"), (2, "nothing was changed; the message says why")),
    ),
    "config remove": Usage(
        (
            ("config remove trial", "the environment and all its accounts"),
            ("config remove trial/12345", "one account"),
        ),
        ((0, "removed"), (2, "nothing was changed; the message says why")),
    ),
    "demo": Usage(
        (
            ("demo", "watch the simulator, as --demo"),
            ("demo --serve 127.0.0.1:8321", "serve it, for other programs; prints its tokens"),
        ),
        ((0, "stopped by SIGTERM"), (2, "it can't listen there, or an argument is wrong")),
    ),
    "history": Usage(
        (("history info", "how much is recorded"), ("history export --since 24h", "the last day as CSV")),
        ((0, "done, or nothing is recorded yet"), (1, "the file can't be used"), _WRONG),
    ),
    "history info": Usage(
        (("history info", "size, period and location"),),
        ((0, "printed, or nothing is recorded yet"), (1, "the file can't be used"), _WRONG),
    ),
    "history export": Usage(
        (
            ("history export --since 24h", "the last day as CSV"),
            ('history export --since "2026-11-22 08:00" --format json', "from a moment on, in UTC"),
        ),
        ((0, "printed, or nothing is recorded yet"), (1, "the file can't be used"), _WRONG),
    ),
    "history prune": Usage(
        (("history prune", "what the monitor does by itself once an hour"),),
        ((0, "done, or nothing is recorded yet"), (1, "the file can't be used"), _WRONG),
    ),
    "metrics": Usage(
        (
            ("metrics", "all accounts of the config, at http://127.0.0.1:9464/metrics"),
            ("metrics --listen 127.0.0.1:9465 --config north.toml", "some of many accounts"),
            ("metrics --demo", "the embedded simulator, to try a dashboard on"),
        ),
        (
            (0, "stopped by SIGTERM"),
            (2, "config, arguments, port or extra won't do, or there is no token"),
        ),
    ),
    "version": Usage(
        (
            ("version", "the version alone, as --version"),
            ("version --verbose", "what a bug report needs; no token, no address"),
        ),
        _PRINTED,
    ),
    "completion": Usage(
        (
            ("completion bash > ~/.liveagent-tui.bash", "for bash: source it in ~/.bashrc"),
            ('completion zsh > "${fpath[1]}/_liveagent-tui"', "for zsh, where compinit runs"),
            ("completion fish > ~/.config/fish/completions/liveagent-tui.fish", "for fish"),
        ),
        _PRINTED,
    ),
}


class HelpFormatter(argparse.HelpFormatter):
    """Fills descriptions, and leaves the lines of an epilog as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if "\n" in text else super()._fill_text(text, width, indent)


def complete_help(parser: argparse.ArgumentParser, command: str = "") -> None:
    """Give `parser` and all commands below it the examples and exit codes of `USAGES`."""
    for name, subparser in walk(parser, command):
        subparser.formatter_class = HelpFormatter
        if name in USAGES:
            subparser.epilog = "\n\n".join(filter(None, (subparser.epilog, epilog(USAGES[name]))))


def walk(parser: argparse.ArgumentParser, command: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """`parser` and every command below it, each with its words after `liveagent-tui`."""
    yield command, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from walk(below, f"{command} {name}".strip())


def epilog(usage: Usage) -> str:
    """Examples and exit codes as they stand below a command's arguments."""
    lines = ["examples:"]
    for typed, does in usage.examples:
        lines += [f"  {PROG} {typed}".rstrip(), f"      {does}"]
    lines += ["", "exit codes:", *(f"  {code:<3} {when}" for code, when in usage.codes)]
    return "\n".join([*lines, f"  130 {usage.interrupted}"])
