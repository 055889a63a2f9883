"""The installed command with a disk that never answers: every call below a directory waits for ever.

`python hung_disk.py DIRECTORY FLAG ARGUMENT…`: hangs once the file FLAG exists.
"""

import builtins
import io
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import Any

from tui import cli

CALLS = (
    "open", "stat", "lstat", "mkdir", "listdir", "scandir", "rename", "replace", "unlink", "chmod", "access",
)  # fmt: skip


_lstat = os.lstat


def hanging(call: Callable[..., Any], folder: str, flag: str) -> Callable[..., Any]:
    """`call`, which waits for ever for what lies in `folder`."""

    def hangs() -> bool:
        try:
            _lstat(flag)
        except OSError:
            return False
        return True

    def wrapped(*given: Any, **named: Any) -> Any:
        path = given[0] if given else None
        if isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(folder) and hangs():
            threading.Event().wait()
        return call(*given, **named)

    return wrapped


def main() -> int:
    folder, flag = sys.argv[1:3]
    for name in CALLS:
        setattr(os, name, hanging(getattr(os, name), folder, flag))
    builtins.open = io.open = hanging(io.open, folder, flag)
    sqlite3.connect = hanging(sqlite3.connect, folder, flag)
    return cli.main(sys.argv[3:])


if __name__ == "__main__":
    sys.exit(main())
