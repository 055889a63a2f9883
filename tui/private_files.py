"""Private files, written whole or not at all."""

import contextlib
import errno
import fcntl
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path

_DEEPEST = 256
"""Dots of a line that names a setting: each makes a table within another."""
_VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)
_YOUNG = 5.0
"""Seconds in which a file just made may not be locked by its writer yet."""
_DOTTED = re.compile(r"\s*\[*\s*[\w\"'-]+\s*\.")
"""The start of a line whose key has several parts; values may hold as many dots as they like."""


def read_ordinary(path: Path, most: int) -> bytes:
    """The first `most` bytes of an ordinary file; raises OSError, also where it is something else."""
    # Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not an ordinary file")
        return stream.read(most)


def check_depth(text: str) -> None:
    """Raise RecursionError for keys of so many dotted parts that reading them would take minutes."""
    if any(line.count(".") > _DEEPEST and _DOTTED.match(line) for line in text.splitlines()):
        raise RecursionError("too many dots in a key")


def named_path(value: str) -> Path:
    """A path as people write it, with `~` and `$VARIABLES`; raises ValueError with a sentence."""
    for match in _VARIABLE.finditer(value):
        name = match[1] or match[2]
        if name not in os.environ:
            raise ValueError(f"the variable {name} is not set; export it, or write the whole path")
    try:
        return Path(os.path.expandvars(value)).expanduser()
    except RuntimeError as error:
        raise ValueError("this home directory is not known; write the whole path") from error


def private_dir(path: Path) -> None:
    """Make the directory `path`, and those above it that are missing, for this user alone (0700).

    Whatever the umask is. Raises OSError.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            folder.chmod(0o700)  # A umask of 0777 would have left us without any right to it.


@contextlib.contextmanager
def locked(folder: Path, seconds: float) -> Iterator[None]:
    """Keep other instances of this program from changing the files of `folder` meanwhile.

    Waits `seconds` for another one to finish; raises BlockingIOError after that, and OSError. A
    file system without locks is used without.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        end = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise
                time.sleep(0.02)
            except OSError:
                break
        yield
    finally:
        os.close(descriptor)


def write_private(path: Path, data: bytes) -> Path:
    """Write `data` to `path` atomically, readable and writable by this user alone.

    A symlink is followed first, so that it stays one; a mode stricter than 0600 is kept.
    Returns the file written. Raises OSError; then the old file is untouched.
    """
    try:
        target = path.resolve()
    except RuntimeError as error:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error
    private_dir(target.parent)
    mode = 0o600
    with contextlib.suppress(FileNotFoundError):
        status = target.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{target} is not an ordinary file")
        if status.st_uid != os.getuid():
            raise PermissionError(f"{target} belongs to another user")
        mode &= stat.S_IMODE(status.st_mode)
    temporary = target.parent / f".{target.name}.{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with contextlib.suppress(OSError):
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)  # Tells `clear_left_over` that we live.
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
            written = os.fstat(stream.fileno()).st_mtime
            temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _clear_left_over(target, written)
    _sync_directory(target.parent)
    return target


def _clear_left_over(target: Path, now: float) -> None:
    """Remove what writers of `target` that were killed have left beside it; `now` by that disk's clock.

    A file that is young, another user's, or locked by a writer that is still at it stays.
    """
    wanted = re.compile(re.escape(f".{target.name}.") + "[0-9a-f]{16}")
    with contextlib.suppress(OSError):
        for left in [file for file in target.parent.iterdir() if wanted.fullmatch(file.name)]:
            with contextlib.suppress(OSError):
                _remove_left_over(left, now)


def _remove_left_over(left: Path, now: float) -> None:
    descriptor = os.open(left, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0))
    try:
        status = os.fstat(descriptor)
        ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid()
        if ours and now - status.st_mtime > _YOUNG:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()
    finally:
        os.close(descriptor)


def _sync_directory(folder: Path) -> None:
    """Make the rename itself outlive a power cut, where the file system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
