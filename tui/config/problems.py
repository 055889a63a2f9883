"""What is wrong with a config: one line each, with file, line, path and the mend."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from tui.text import safe_line


class ConfigProblem(msgspec.Struct, frozen=True):
    """One thing wrong, or worth knowing."""

    file: str
    """The file's path, or `the environment` for variables."""
    line: int | None
    """Counted from 1; None where no line is to blame."""
    path: str
    """The setting, as `environments.trial.url`; empty for the file as a whole."""
    message: str
    mend: str = ""

    def __post_init__(self) -> None:
        # Messages repeat keys and values of the file, and are printed to a terminal.
        for name in ("path", "message", "mend"):
            msgspec.structs.force_setattr(self, name, safe_line(getattr(self, name), limit=1000))

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        what = f"{self.path}: {self.message}" if self.path else self.message
        return f"{place}: {what}" + (f"; {self.mend}" if self.mend else "")


class ConfigError(Exception):
    """The config can't be used; `problems` holds everything found, in the files' order."""

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SaveError(Exception):
    """A change of the config could not be written; the file is as it was. The text says why."""


def config_error(file: Path | str, message: str, mend: str = "", *, line: int | None = None) -> ConfigError:
    """A ConfigError of a single problem with a file as a whole."""
    return ConfigError((ConfigProblem(str(file), line, "", message, mend),))
