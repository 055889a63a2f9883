"""Where the program's files lie, on each platform; `$LIVEAGENT_TUI_CONFIG` names another config."""

import contextlib
import os
from pathlib import Path

import platformdirs

NAME = "liveagent-tui"
CONFIG_VARIABLE = "LIVEAGENT_TUI_CONFIG"
SYSTEM_CONFIG = Path("/etc/liveagent-tui/config.toml")


def config_file() -> Path:
    """The user's config: `$LIVEAGENT_TUI_CONFIG`, or `config.toml` in the platform's config directory.

    Typed tokens lie in `tokens/` beside it.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    if not named:
        return _platform_config() / "config.toml"
    with contextlib.suppress(RuntimeError, OSError):
        return Path(named).expanduser().absolute()
    return Path(named)


def system_config_file() -> Path:
    """The config that all users of this machine share."""
    return SYSTEM_CONFIG


def may_be_there(path: Path) -> bool:
    """Whether something is at `path`; also where that can't be told, as in a directory of others."""
    try:
        return path.exists()
    except OSError:
        return True


def state_dir() -> Path:
    """Where the program keeps what it remembers by itself; the reports of crashes lie there too."""
    return platformdirs.user_state_path(NAME, appauthor=False)


def state_file() -> Path:
    """The file of what the program remembers by itself."""
    return state_dir() / "state.toml"


def data_dir() -> Path:
    """Where the history of figures lies."""
    return platformdirs.user_data_path(NAME, appauthor=False)


def log_dir() -> Path:
    """Where log files lie."""
    return platformdirs.user_log_path(NAME, appauthor=False)


def _platform_config() -> Path:
    return platformdirs.user_config_path(NAME, appauthor=False)
