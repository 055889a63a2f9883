"""What is left of a crash: a report without secrets, names or bodies, and a sentence that says where."""

import platform
import time
import traceback
from collections.abc import Iterable
from pathlib import Path

from tui import __version__
from tui.aside import within
from tui.private_files import write_private
from tui.redact import scrub

KEPT = 5
"""Reports; older ones are deleted."""
SECONDS = 2.0
"""How long the report may take: the program is about to end."""


def report(error: BaseException) -> str:
    """The traceback's places and the kinds of the errors.

    Values are left out on purpose: a message or a local variable may hold what a customer or
    a server wrote.
    """
    lines = [f"liveagent-tui {__version__}", f"Python {platform.python_version()}, {platform.platform()}", ""]
    for cause in _chain(error):
        lines.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        for frame in traceback.extract_tb(cause.__traceback__):
            lines.append(f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}")
            lines.append(f"    {frame.line or ''}")
        lines.append("")
    return scrub("\n".join(lines))


def save(error: BaseException, folder: Path | None) -> str:
    """Write the report into `folder` and say where; without one, or where that fails, the report."""
    text = report(error)
    opening = "liveagent-tui met an error of its own and has ended."
    if folder is None:
        return f"{opening}\n\n{text}"
    path = folder / time.strftime("crash-%Y%m%d-%H%M%S.txt", time.gmtime())
    try:
        within(SECONDS, lambda: _write(path, text))
    except OSError as failure:
        why = failure.strerror or "its disk does not answer"
        return f"{opening} The report could not be written to {folder} ({why}).\n\n{text}"
    return f"{opening} A report without secrets is in {path}."


def _write(path: Path, text: str) -> None:
    write_private(path, text.encode())
    for old in sorted(path.parent.glob("crash-*.txt"))[:-KEPT]:
        old.unlink(missing_ok=True)


def _chain(error: BaseException | None) -> Iterable[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-3:])
