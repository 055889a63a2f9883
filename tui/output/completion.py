"""`liveagent-tui completion`: the completions of a shell, and the words that they complete."""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

from tui import paths
from tui.output.stdout import emit

SHELLS = {
    "bash": "bash-completion/completions/liveagent-tui",
    "zsh": "zsh/site-functions/_liveagent-tui",
    "fish": "fish/vendor_completions.d/liveagent-tui.fish",
}
"""Where each shell looks for completions, below `share`."""
WORDS = ("names", "figures")
_PLAIN = re.compile(r"[\w.@+-]+")
"""A shell takes what is completed as part of a command line, so nothing it might run is offered."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `completion` and its argument."""
    parser = subparsers.add_parser(
        "completion",
        help="print completions for bash, zsh or fish",
        description="Print the completions of a shell, to be saved where it looks for them. They ask for "
        "names (environments and accounts) and figures (the words of alerts and of snapshot) as you type.",
    )
    listed = (*SHELLS, *WORDS)
    parser.add_argument("what", choices=listed, metavar="|".join(listed), help="the shell, or the words")


def run(options: argparse.Namespace) -> int:
    """Print it; names are none where there is no usable config, as nobody waits for a message then."""
    match options.what:
        case "names":
            words = "".join(f"{name}\n" for name in _names(options.config))
        case "figures":
            from tui.measures import IN_CONFIG

            words = "".join(f"{measure}\n" for measure in IN_CONFIG)
        case shell:
            words = (_share() / SHELLS[shell]).read_text(encoding="utf-8")
    emit(words)
    return 0


def _share() -> Path:
    package = Path(__file__).parents[1]
    installed = package / "share"
    return installed if installed.is_dir() else package.parent / "share"


def _names(config: str | None) -> Iterable[str]:
    from tui.config.file import load
    from tui.config.problems import ConfigError
    from tui.config.state import AT_START, load_state

    try:
        environments = load(Path(config) if config else None, need_token=False).config.environments
    except ConfigError:
        return
    seen = load_state(paths.or_none(paths.state_file), AT_START).state.accounts
    for environment in environments:
        if _PLAIN.fullmatch(environment.name):
            yield environment.name
            numbers = [account.id for account in environment.accounts]
            numbers += [account.id for account in seen.get(environment.name, ())]
            yield from (f"{environment.name}/{number}" for number in dict.fromkeys(numbers))
