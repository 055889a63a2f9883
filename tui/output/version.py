"""`liveagent-tui version`: the version, and with `--verbose` what a bug report needs."""

import argparse
import locale
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

from tui import __version__, paths
from tui.output.stdout import emit
from tui.text import safe_line

LIBRARIES = (
    "textual", "rich", "httpx", "httpcore", "h11", "msgspec", "platformdirs", "tomli-w", "truststore",
    "tzdata", "keyring", "uvicorn", "prometheus_client",
)  # fmt: skip
TERMINAL = (
    "TERM", "COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "VTE_VERSION", "NO_COLOR", "LC_ALL",
    "LC_CTYPE", "LANG",
)  # fmt: skip
"""What says how to draw. No variable of ours is among them: they hold tokens and addresses."""
PRESENT = ("TMUX", "STY", "SSH_CONNECTION", "WSL_DISTRO_NAME")
"""Of these only whether they are set: their values name machines and people."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `version` and its option."""
    parser = subparsers.add_parser(
        "version",
        help="print the version; --verbose: what a bug report needs",
        description="Print the version. With --verbose also those of Python and of the libraries, what is "
        "known of the terminal, and where the config lies: no token, no address, no name.",
    )
    parser.add_argument("--verbose", action="store_true", help="print what a bug report needs")


def run(options: argparse.Namespace) -> int:
    """Print it; always 0."""
    rows = [("liveagent-tui", __version__), *(_verbose(options.config) if options.verbose else ())]
    width = max(len(name) for name, _ in rows) if options.verbose else 0
    emit("\n".join(f"{name:<{width}} {safe_line(value, limit=200)}" for name, value in rows) + "\n")
    return 0


def _verbose(config: str | None) -> Iterator[tuple[str, str]]:
    import sqlite3
    import ssl

    yield "Python", f"{platform.python_version()} ({platform.python_implementation()})"
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield "installed in", _home_hidden(Path(__file__).parents[1])
    for library in LIBRARIES:
        try:
            yield library, installed(library)
        except PackageNotFoundError:
            yield library, "not installed"
    yield "SQLite", sqlite3.sqlite_version
    yield "OpenSSL", ssl.OPENSSL_VERSION
    size = shutil.get_terminal_size()
    yield "terminal", f"{size.columns}x{size.lines}" if sys.stdout.isatty() else "output is not a terminal"
    for name in TERMINAL:
        if name in os.environ:
            yield name, os.environ[name]
    yield "runs in", ", ".join(name for name in PRESENT if os.environ.get(name)) or "a terminal of its own"
    yield "encoding", f"{sys.stdout.encoding}, locale {locale.getlocale()[1] or 'C'}"
    yield "config", _place(config)


def _place(named: str | None) -> str:
    try:
        file = Path(named) if named else paths.config_file()
    except paths.NoHomeError as error:
        return str(error)
    shared = " and the shared one" if paths.may_be_there(paths.system_config_file()) else ""
    return f"{_home_hidden(file)} ({'there' if paths.may_be_there(file) else 'not there'}){shared}"


def _home_hidden(path: Path) -> str:
    """`path` with `~` for the home directory, whose name is a person's."""
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)
