"""Completions and the man page, made from the command line: `python -m tests.command_pages` writes them."""

import argparse
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args
from unittest import mock

import shtab

from tui.cli import add_command, monitor_parser
from tui.config.model import Theme
from tui.guess import COMMANDS
from tui.output.completion import SHELLS
from tui.usage import PROG, USAGES, walk

SHARE = Path(__file__).parent.parent / "share"
MANUAL = SHARE / "man" / "man1" / f"{PROG}.1"

NAMES, FIGURES = "_liveagent_tui_names", "_liveagent_tui_figures"
BASH = """\
{function}() {{
  local word before=
  [[ $1 == *,* ]] && before="${{1%,*}},"
  while IFS= read -r word; do
    [[ $before$word == "$1"* ]] && printf '%s\\n' "$before$word"
  done < <(liveagent-tui completion {words} 2>/dev/null)
}}"""
ZSH = """\
{function}() {{
  local -a words
  words=(${{(f)"$(liveagent-tui completion {words} 2>/dev/null)"}})
  compset -P '*,'
  compadd -a words
}}"""
FISH = "(__fish_append , (liveagent-tui completion {words} 2>/dev/null))"
"""All three complete what stands behind a comma, too: figures are listed so, and no name has one."""
FIRST = "_liveagent_tui_first"
ZSH_FIRST = f"""\
{FIRST}() {{
  _shtab_liveagent_tui_commands
  {NAMES}
}}
"""


def whole_parser() -> argparse.ArgumentParser:
    """Every command and option in one parser."""
    parser = monitor_parser()
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS:
        add_command(command, commands)
    return parser


def _asks(function: str, words: str) -> dict[str, object]:
    preamble = {
        shell: text.format(function=function, words=words) for shell, text in (("bash", BASH), ("zsh", ZSH))
    }
    return {"bash": function, "zsh": function, "fish": FISH.format(words=words), "preamble": preamble}


def _told(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """`parser`, with what to offer for arguments whose values it does not list itself."""
    names, figures = _asks(NAMES, "names"), _asks(FIGURES, "figures")
    for command, command_parser in walk(parser):
        for action in command_parser._actions:
            metavar = str(action.metavar or "")
            if metavar == "FILE":
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif action.dest == "figures":
                action.complete = figures  # type: ignore[attr-defined]
            elif action.dest == "theme":
                action.choices = get_args(Theme)
            elif action.dest == "target" and command != "config add":
                action.complete = names  # type: ignore[attr-defined]
    # What stands first is a command or a name, and shtab knows one completion for each position.
    parser._actions = [action for action in parser._actions if action.dest != "where"]
    return parser


def completion(shell: str) -> str:
    """The completions of one shell."""
    with mock.patch.dict(os.environ, COLUMNS="80"):
        text = shtab.complete(_told(whole_parser()), shell)
    match shell:
        case "bash":
            text += f"\n_shtab_liveagent_tui_pos_0_COMPGEN={NAMES}\n"
        case "zsh":
            line = "': :_shtab_liveagent_tui_commands'"
            assert line in text
            text = text.replace(line, f"': :{FIRST}'").replace(
                "\ntypeset -A", f"\n{ZSH_FIRST}\ntypeset -A", 1
            )
        case _:
            first = "_shtab_liveagent_tui_using; and test $_shtab_liveagent_tui_npos -eq 0"
            text += f"complete -c {PROG} -n '{first}' -ka '{_asks(NAMES, 'names')['fish']}'\n"
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def manual() -> str:
    """The man page, in the macros of man(7)."""
    parser = whole_parser()
    lines = [
        f'.TH {PROG.upper()} 1 "" "{PROG}" "User Commands"',
        ".SH NAME",
        rf"{_roff(PROG)} \- {_roff(parser.description or '').rstrip('.')}",
        ".SH SYNOPSIS",
    ]
    lines += [
        f".B {_roff(PROG)}",
        "[options] [ENV[/ACCOUNT]|URL]",
        ".br",
        f".B {_roff(PROG)}",
        "COMMAND [options]",
    ]
    lines += [".SH OPTIONS", *_arguments(parser), ".SH COMMANDS"]
    for command, command_parser in walk(parser):
        if command:
            lines += [
                f".SS {_roff(command)}",
                _roff(command_parser.description or _help_of(parser, command)),
                *_arguments(command_parser),
            ]
    lines += [".SH EXIT STATUS"]
    for command, usage in USAGES.items():
        codes = "; ".join(f"{code} {when}" for code, when in (*usage.codes, (130, usage.interrupted)))
        lines += [".TP", f".B {_roff(command or 'the monitor')}", f"{_roff(codes)}."]
    lines += [".SH ENVIRONMENT"]
    for names, text in ENVIRONMENT:
        lines += [".TP", f".B {_roff(names)}", _roff(text)]
    lines += [".SH FILES", _roff("`liveagent-tui config path` prints where they lie."), ".SH EXAMPLES"]
    for command in USAGES:
        for typed, does in USAGES[command].examples:
            lines += [
                ".TP",
                f".B {_roff(f'{PROG} {typed}'.strip())}",
                _roff(does[0].upper() + does[1:] + "."),
            ]
    return "\n".join(lines) + "\n"


ENVIRONMENT = (
    ("LIVEAGENT_URL, LIVEAGENT_TOKEN, LIVEAGENT_ACCOUNT", "an environment without a config"),
    ("LIVEAGENT_TUI_CONFIG", "another config file"),
    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "the proxy, where the config names none"),
    ("NO_COLOR", "no colours, where it is set"),
)


def _help_of(parser: argparse.ArgumentParser, command: str) -> str:
    above, _, name = command.rpartition(" ")
    parent = next(command_parser for words, command_parser in walk(parser) if words == above)
    listed = next(action for action in parent._actions if isinstance(action, argparse._SubParsersAction))
    return next(str(action.help) for action in listed._get_subactions() if action.dest == name)


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    formatter = argparse.HelpFormatter(parser.prog, width=80)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.dest == "help":
            continue
        yield ".TP"
        yield f".B {_roff(formatter._format_action_invocation(action))}"
        # Not the default that Python puts in: it would differ between its versions.
        yield _roff(formatter._expand_help(action) if action.help else f"one of {_choices(action)}")


def _choices(action: argparse.Action) -> str:
    return ", ".join(map(str, action.choices or ()))


def _roff(text: str) -> str:
    """`text` as roff shows it as it is: no line of it a request, no `-` a hyphen."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


@cache
def pages() -> dict[Path, str]:
    """Every file below `share`, and what it holds."""
    return {SHARE / place: completion(shell) for shell, place in SHELLS.items()} | {MANUAL: manual()}


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
