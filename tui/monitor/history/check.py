"""Whether a history's file is what this program wrote: looked at before anything in it is trusted."""

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

VERSION = 6
BY_REACH = 4
"""The version from which on the file tells as whom, and with what reach, each sample was seen."""
BY_DAY = 5
"""The version from which on the file tells how much of it may be pruned."""
BY_SERVICE = 6
"""The version from which on the file holds service level."""
NOT_SAID = "?"
"""The reach of what an older file holds."""
LAST_VERSION = 1_000
"""No later version is believed in; and none that is one turned bit from this one, with the same tables."""
LONGEST_CELL = 1_000_000
"""Bytes of a cell or a statement; ours stay far below, and a turned bit may claim gigabytes."""
STEPS = 10_000
"""Steps of SQLite's machine between two looks at the time."""

TABLES = """
CREATE TABLE IF NOT EXISTS figure (
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    account INTEGER NOT NULL,
    viewer INTEGER NOT NULL CHECK (viewer >= 0),
    reach TEXT NOT NULL DEFAULT '?',
    scope TEXT NOT NULL CHECK (scope != 'agent'),
    scope_id TEXT NOT NULL,
    measure TEXT NOT NULL,
    UNIQUE (origin, account, viewer, reach, scope, scope_id, measure)
);
CREATE TABLE IF NOT EXISTS reach (
    origin TEXT NOT NULL,
    account INTEGER NOT NULL,
    viewer INTEGER NOT NULL,
    since REAL NOT NULL,
    mark TEXT NOT NULL,
    name TEXT NOT NULL,
    confirmed REAL NOT NULL,
    PRIMARY KEY (origin, account, viewer, since)
) WITHOUT ROWID;
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
CREATE TABLE IF NOT EXISTS service (
    figure INTEGER NOT NULL,
    begins INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    exact INTEGER NOT NULL,
    counts BLOB NOT NULL,
    speeds BLOB NOT NULL,
    rules INTEGER NOT NULL,
    PRIMARY KEY (figure, begins, seconds)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pruning (
    what TEXT PRIMARY KEY,
    seconds REAL NOT NULL
) WITHOUT ROWID;
"""
FIGURES_BEFORE = """
CREATE TABLE figure (
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    account INTEGER NOT NULL,
    viewer INTEGER NOT NULL,
    scope TEXT NOT NULL,
    scope_id TEXT NOT NULL,
    measure TEXT NOT NULL,
    UNIQUE (origin, account, viewer, scope, scope_id, measure)
)
"""
"""The one table that another has taken the place of, in version 4."""
OLDER_FIGURES = """
INSERT INTO figure (id, origin, account, viewer, scope, scope_id, measure)
    SELECT id, origin, account, viewer, scope, scope_id, measure FROM older_figure;
DROP TABLE older_figure
"""
"""Takes the figures of a file from before version 4 over, once the table of now is there."""
COLUMNS = (
    (2, "sample", "period REAL NOT NULL DEFAULT 0"),
    (3, "sample", "at_least INTEGER NOT NULL DEFAULT 0"),
    (3, "minute", "at_least INTEGER NOT NULL DEFAULT 0"),
)
"""What an older file lacks, by the version that brought it."""

OUTSIDE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_AUTH,
    }
)
"""What SQLite complains of that lies in the machine, not in the file."""

REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full.",
    sqlite3.SQLITE_IOERR: "the disk could not be read or written.",
    sqlite3.SQLITE_BUSY: "another process keeps the file locked.",
    sqlite3.SQLITE_CANTOPEN: "the file can't be opened.",
    sqlite3.SQLITE_PROTOCOL: "the disk refuses to lock the file.",
    sqlite3.SQLITE_INTERRUPT: "looking through its file takes too long.",
    sqlite3.SQLITE_READONLY: "the file is read-only.",
    sqlite3.SQLITE_CORRUPT: "its file was damaged; a new one is begun.",
    sqlite3.SQLITE_NOTADB: "its file was damaged; a new one is begun.",
}

_TABLE = re.compile(r"create table (?:if not exists )?(\w+) ?\((.*)\)([^()]*)", re.DOTALL)
_BOUNDS = (" check (viewer >= 0)", " check (scope != 'agent')")
"""What a table is as good without: they keep mistakes of ours out, and reading asks for neither."""
_NUMBER = "typeof({0}) NOT IN ('real', 'integer') OR {0} NOT BETWEEN {1} AND {2}"
_MOMENT = ("0", "1e11")
_ANY = ("-1e15", "1e15")
_PERIOD = ("0", "1e6")


def _odd(table: str, *words: str, blobs: tuple[str, ...] = (), **bounds: tuple[str, str]) -> str:
    wrong = [f"typeof({name}) != 'text'" for name in words]
    wrong += [f"typeof({name}) != 'blob'" for name in blobs]
    wrong += [_NUMBER.format(name, *bound) for name, bound in bounds.items()]
    return f"SELECT 1 FROM {table} WHERE {' OR '.join(wrong)} LIMIT 1"  # noqa: S608 - both are written here


_ODD = (
    _odd(
        "figure",
        "origin",
        "reach",
        "scope",
        "scope_id",
        "measure",
        account=("0", "9e18"),
        viewer=("0", "9e18"),
    ),
    _odd(
        "reach",
        "origin",
        "mark",
        "name",
        account=("0", "9e18"),
        viewer=("0", "9e18"),
        since=_MOMENT,
        confirmed=_MOMENT,
    ),
    _odd("sample", at=_MOMENT, value=_ANY, period=_PERIOD, at_least=("0", "1")),
    _odd("minute", at=_MOMENT, minimum=_ANY, mean=_ANY, maximum=_ANY, at_least=("0", "1")),
    _odd("pruning", "what", seconds=_MOMENT),
    _odd(
        "service",
        blobs=("counts", "speeds"),
        begins=_MOMENT,
        seconds=("1", "90000"),
        complete=("0", "1"),
        exact=("0", "1"),
        rules=("-1", "9e18"),
    ),
)
"""What finds a row that can't be read as what it should be."""


class UnusableFileError(Exception):
    """The file can't be used and is left where it is; the text is a sentence for a person."""


class NewerFileError(UnusableFileError):
    """The file was written by a newer version of this program."""


def damaged(why: str) -> sqlite3.DatabaseError:
    """The error for a file whose contents are wrong."""
    error = sqlite3.DatabaseError(why)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def is_damage(error: Exception) -> bool:
    """Whether `error` says for sure that the file itself is broken."""
    # What Python's own side of SQLite complains of, a name that is no UTF-8, carries no code.
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return isinstance(error, UnicodeDecodeError) or "decode" in str(error)
    return code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_outside(error: Exception) -> bool:
    """Whether `error` lies in the machine: locked, full, unreachable; else the file is in doubt."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in OUTSIDE


def reason(error: Exception) -> str:
    """Why the file can't be used, as the end of a sentence."""
    if isinstance(error, UnusableFileError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror}."
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    # Never SQLite's own words: they repeat what the file holds.
    return REASONS.get(code, f"SQLite can't use its file (code {code}).")


@contextmanager
def within(connection: sqlite3.Connection, seconds: float) -> Iterator[None]:
    """Let the body work on `connection` for so long; then SQLite interrupts it."""
    ends = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def limit(connection: sqlite3.Connection) -> None:
    """Bound what a damaged file can make SQLite read into memory."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL)
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, LONGEST_CELL)


def check_tables(connection: sqlite3.Connection, path: object) -> None:
    """Raise sqlite3.DatabaseError unless the file holds our tables alone; NewerFileError for a later version.

    A trigger, or a view in the place of a table, could do anything. Nothing of the file's own
    SQL runs before this.
    """
    connection.execute("BEGIN")  # another process may be making the tables between the two questions
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        entries = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    known, strange = {}, False
    for kind, name, of, sql in entries:
        if kind == "table" and name == of and name in _OURS and sql is not None:
            known[name] = _parts(sql)
        elif kind == "index" and sql is None and str(name).startswith("sqlite_autoindex_") and of in _OURS:
            continue
        else:
            strange = True
    if not known and not strange:
        return
    ours = not strange and all(known.get(name) == _shape(name, version) for name in _OURS)
    if version > VERSION:
        if version > LAST_VERSION or (ours and (version ^ VERSION).bit_count() == 1):
            raise damaged("the version of the file is wrong")
        raise NewerFileError(f"{path} was written by a newer version of this program.")
    if not ours:
        raise damaged("the file does not hold the tables of this version")


def check_pages(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError where SQLite finds a page wrong."""
    with closing(connection.execute("PRAGMA quick_check(1)")) as check:
        verdict = check.fetchone()[0]
    if verdict != "ok":
        raise damaged(str(verdict))


def check_values(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError where a cell holds what nobody of us wrote there; SQLite takes anything."""
    connection.execute("SELECT origin, reach, scope, scope_id, measure FROM figure").fetchall()
    connection.execute("SELECT origin, mark, name FROM reach").fetchall()
    for statement in _ODD:
        if connection.execute(statement).fetchone() is not None:
            raise damaged("a cell holds no number, or one that means nothing")


_Shape = tuple[frozenset[str], str]
"""The definitions of a table's columns and constraints in any order, and what stands behind them."""


def _parts(sql: str) -> _Shape | None:
    text = " ".join(sql.lower().split())
    for bound in _BOUNDS:
        text = text.replace(bound, "")
    table = _TABLE.fullmatch(text)
    if table is None:
        return None
    parts, depth, start, inside = [], 0, 0, table[2]
    for place, sign in enumerate(inside):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            parts.append(inside[start:place].strip())
            start = place + 1
    parts.append(inside[start:].strip())
    return frozenset(parts), table[3].strip()


def _ours() -> dict[str, _Shape]:
    shapes = {}
    for statement in TABLES.split(";"):
        shape = _parts(statement)
        if shape is not None:
            shapes[statement.split("(")[0].split()[-1]] = shape
    return shapes


_OURS = _ours()


def _shape(name: str, version: int) -> _Shape | None:
    """What the table `name` looks like in a file of `version`; None where such a file lacks it."""
    if (version < BY_DAY and name == "pruning") or (version < BY_SERVICE and name == "service"):
        return None
    if version < BY_REACH and name in {"figure", "reach"}:
        return _parts(FIGURES_BEFORE) if name == "figure" else None
    parts, end = _OURS[name]
    later = {
        column.lower() for added_in, table, column in COLUMNS if table == name and added_in > max(version, 1)
    }
    return parts - later, end
