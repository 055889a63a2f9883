"""The file of the history: its tables, how it is opened, and what happens to a damaged one."""

import os
import sqlite3
import stat
import time
from pathlib import Path

from tui.monitor.history.check import (
    BY_REACH,
    COLUMNS,
    OLDER_FIGURES,
    TABLES,
    VERSION,
    UnusableFileError,
    check_pages,
    check_tables,
    check_values,
    damaged,
    is_outside,
    limit,
    within,
)
from tui.monitor.history.transaction import transaction
from tui.private_files import private_dir

FILE_NAME = "history.sqlite3"
BUSY = 5.0
"""Seconds to wait for another process that is writing."""
CHECKED = 64_000_000
"""Bytes up to which a file is checked as a whole on opening; a larger one shows damage in use."""
LONGEST_LOOK = 30.0
"""Seconds that opening and looking through a file may take."""
MOST_ASIDE = 5
"""Damaged files that are kept; with so many there, something else is wrong, and the next one stays."""


def connect(path: Path | None, *, wholly: bool = False) -> sqlite3.Connection:
    """The history in `path`, made where there is none, 0600; in memory where `path` is None.

    A file is looked through before it is used; a large one only where that is wanted `wholly`.
    The connection is for one thread at a time. Raises sqlite3.DatabaseError, of which `is_damage`
    tells what lies in the file, UnusableFileError, OSError; nothing else, whatever the file holds.
    """
    if path is not None:
        private_dir(path.parent)
        _check_file(path)
    connection = sqlite3.connect(
        path or ":memory:", timeout=BUSY, isolation_level=None, check_same_thread=False
    )
    try:
        with within(connection, LONGEST_LOOK):
            _prepare(connection, path, wholly=wholly)
    except (OSError, UnusableFileError):
        connection.close()
        raise
    except Exception as error:
        connection.close()
        if is_outside(error):
            raise
        # Our own statements are right: whatever else is said of them, in whatever bytes, is the file's.
        raise damaged(type(error).__name__) from error
    return connection


def _check_file(path: Path) -> None:
    # Without O_NONBLOCK a pipe without a reader or writer would be waited for.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise UnusableFileError(f"{path} is not a regular file.")
        os.fchmod(file, 0o600)
        formats = os.pread(file, 2, 18)
    finally:
        os.close(file)
    if any(number not in {1, 2} for number in formats):
        # SQLite would take the file for one that may only be read.
        raise damaged("the format of the file is unknown")


def set_aside(path: Path, inode: int | None) -> Path | None:
    """Rename a damaged file, with what belongs to it, to `NAME.damaged-TIME`; it is never deleted.

    `inode` is that of the file found damaged: if another process has begun a new one since,
    that stays, and None is returned. Raises OSError; UnusableFileError where there are many already.
    """
    if inode is not None and inode_of(path) != inode:
        return None
    parts = ("-wal", "-shm")
    earlier = [file for file in path.parent.glob(f"{path.name}.damaged-*") if not file.name.endswith(parts)]
    if len(earlier) >= MOST_ASIDE:
        raise UnusableFileError(
            f"{path} is damaged, and {len(earlier)} such files lie beside it already."
            " Move them away or delete them."
        )
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    target = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for suffix in ("", *parts):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(target.with_name(target.name + suffix))
    return target


def inode_of(path: Path) -> int | None:
    """The number of the file that `path` names now; None where there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return None


def _prepare(connection: sqlite3.Connection, path: Path | None, *, wholly: bool) -> None:
    limit(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -256")  # KiB: the usual 2 MB fill over days, and look like a leak
    connection.execute("PRAGMA journal_size_limit = 4000000")
    check_tables(connection, path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    look = path is not None and (wholly or path.stat().st_size <= CHECKED)
    if look:
        check_pages(connection)
    if not version:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if path is not None:
        connection.execute("PRAGMA journal_mode = WAL")
    if version < VERSION:
        _upgrade(connection)
    if look:
        check_values(connection)


def _upgrade(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an older file up to date; another process may be at it too."""
    with transaction(connection):
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for added_in, table, column in COLUMNS:
            if 0 < version < added_in:
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
        if 0 < version < BY_REACH:
            connection.execute("ALTER TABLE figure RENAME TO older_figure")
        for statement in TABLES.split(";"):
            connection.execute(statement)
        if 0 < version < BY_REACH:
            for statement in OLDER_FIGURES.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
