"""The file of the history: its tables, how it is opened, and what happens to a damaged one."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tui.config.files import private_dir

FILE_NAME = "history.sqlite3"
VERSION = 3
BUSY = 5.0
"""Seconds to wait for another process that is writing."""
CHECKED = 64_000_000
"""Bytes up to which a file is checked as a whole on opening; a larger one shows damage in use."""

TABLES = """
CREATE TABLE IF NOT EXISTS figure (
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    account INTEGER NOT NULL,
    viewer INTEGER NOT NULL CHECK (viewer >= 0),
    scope TEXT NOT NULL CHECK (scope != 'agent'),
    scope_id TEXT NOT NULL,
    measure TEXT NOT NULL,
    UNIQUE (origin, account, viewer, scope, scope_id, measure)
);
CREATE TABLE IF NOT EXISTS sample (
    figure INTEGER NOT NULL,
    at REAL NOT NULL,
    value REAL NOT NULL,
    period REAL NOT NULL DEFAULT 0,
    at_least INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (figure, at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS minute (
    figure INTEGER NOT NULL,
    at REAL NOT NULL,
    minimum REAL NOT NULL,
    mean REAL NOT NULL,
    maximum REAL NOT NULL,
    at_least INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (figure, at)
) WITHOUT ROWID;
"""

_NUMBER = "typeof({0}) NOT IN ('real', 'integer') OR {0} NOT BETWEEN {1} AND {2}"
_MOMENT = ("0", "1e11")
_ANY = ("-1e15", "1e15")


def _odd(table: str, **bounds: tuple[str, str]) -> str:
    wrong = " OR ".join(_NUMBER.format(name, *bound) for name, bound in bounds.items())
    return f"SELECT 1 FROM {table} WHERE {wrong} LIMIT 1"  # noqa: S608 - both are written here


_ODD = (
    _odd("figure", account=("0", "9e18"), viewer=("0", "9e18")),
    _odd("sample", at=_MOMENT, value=_ANY, period=_MOMENT, at_least=("0", "1")),
    _odd("minute", at=_MOMENT, minimum=_ANY, mean=_ANY, maximum=_ANY, at_least=("0", "1")),
)
"""What finds a row that can't be read as what it should be."""

COLUMNS = (
    (2, "ALTER TABLE sample ADD COLUMN period REAL NOT NULL DEFAULT 0"),
    (3, "ALTER TABLE sample ADD COLUMN at_least INTEGER NOT NULL DEFAULT 0"),
    (3, "ALTER TABLE minute ADD COLUMN at_least INTEGER NOT NULL DEFAULT 0"),
)
"""What an older file lacks, by the version that brought it."""


class NewerFileError(Exception):
    """The file was written by a newer version of this program; it is left alone."""


def connect(path: Path | None) -> sqlite3.Connection:
    """The history in `path`, made where there is none, 0600; in memory where `path` is None.

    The connection is for one thread at a time. Raises sqlite3.OperationalError where the file
    can't be opened now, sqlite3.DatabaseError where it is damaged, NewerFileError, OSError.
    """
    if path is not None:
        private_dir(path.parent)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))
        path.chmod(0o600)
    connection = sqlite3.connect(
        path or ":memory:", timeout=BUSY, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def set_aside(path: Path, inode: int | None) -> Path | None:
    """Rename a damaged file, with what belongs to it, to `NAME.damaged-TIME`; it is never deleted.

    `inode` is that of the file found damaged: if another process has begun a new one since,
    that stays, and None is returned.
    """
    if inode is not None and inode_of(path) != inode:
        return None
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    target = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for suffix in ("", "-wal", "-shm"):
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


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether `error` says that the file itself is broken, rather than locked, full or unreachable."""
    # What Python's own side of SQLite complains of, a name that is no UTF-8, carries no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return (
        "decode" in str(error)
        if code == sqlite3.SQLITE_OK
        else code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    )


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -256")  # KiB: the usual 2 MB fill over days, and look like a leak
    connection.execute("PRAGMA journal_size_limit = 4000000")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise NewerFileError(f"{path} was written by a newer version of this program.")
    if path is not None and version and path.stat().st_size <= CHECKED:
        with closing(connection.execute("PRAGMA quick_check(1)")) as check:
            verdict = check.fetchone()[0]
        if verdict != "ok":
            raise _damaged(verdict)
    if not version:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if path is not None:
        connection.execute("PRAGMA journal_mode = WAL")
    if version < VERSION:
        _upgrade(connection)
    if path is not None and version and path.stat().st_size <= CHECKED:
        _check_values(connection)


def _check_values(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError where a cell holds what nobody of us wrote there; SQLite takes anything."""
    connection.execute("SELECT origin, scope, scope_id, measure FROM figure").fetchall()
    for statement in _ODD:
        if connection.execute(statement).fetchone() is not None:
            raise _damaged("a cell holds no number, or one that means nothing")


def _damaged(words: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(words)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _upgrade(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring those of an older file up to date; another process may be at it too."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for added_in, statement in COLUMNS:
            if 0 < version < added_in:
                connection.execute(statement)
        for statement in TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
