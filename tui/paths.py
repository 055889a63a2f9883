"""Where the program's files lie, on each platform; `$LIVEAGENT_TUI_CONFIG` names another config."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

NAME = "liveagent-tui"
CONFIG_VARIABLE = "LIVEAGENT_TUI_CONFIG"
SYSTEM_CONFIG = Path("/etc/liveagent-tui/config.toml")


class NoHomeError(Exception):
    """This user has no home directory, so a file of ours has no place; the text says what to set."""


def config_file() -> Path:
    """The user's config: `$LIVEAGENT_TUI_CONFIG`, or `config.toml` in the platform's config directory.

    Typed tokens lie in `tokens/` beside it. Raises NoHomeError, as all that follow.
    """
    named = os.environ.get(CONFIG_VARIABLE)
    if not named:
        return config_dir() / "config.toml"
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
    return _whole(platformdirs.user_state_dir, "XDG_STATE_HOME")


def state_file() -> Path:
    """The file of what the program remembers by itself."""
    return state_dir() / "state.toml"


def data_dir() -> Path:
    """Where the history of figures lies."""
    return _whole(platformdirs.user_data_dir, "XDG_DATA_HOME")


def log_dir() -> Path:
    """Where log files lie."""
    return _whole(platformdirs.user_log_dir, "XDG_STATE_HOME")


def config_dir() -> Path:
    """The platform's directory of this user's config."""
    return _whole(platformdirs.user_config_dir, "XDG_CONFIG_HOME")


def or_none(place: Callable[[], Path]) -> Path | None:
    """Where a file of ours lies; None without a home directory, when nothing is kept."""
    try:
        return place()
    except NoHomeError:
        return None


def _whole(directory: Callable[..., str], variable: str) -> Path:
    """Our directory of that kind; one without a home to hang on would lie wherever we were started."""
    with contextlib.suppress(RuntimeError):
        path = Path(directory(NAME, appauthor=False))
        if path.is_absolute():
            return path
    if os.environ.get(variable):
        raise NoHomeError(f"{variable} is not a whole path; begin it with /.")
    raise NoHomeError(
        f"There is no home directory: HOME is not set to a whole path, and user {os.getuid()} has none. "
        f"Set HOME or {variable}."
    )
