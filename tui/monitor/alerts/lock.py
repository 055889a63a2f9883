"""Of several instances of one user on one machine, one rings: who holds the lock."""

import contextlib
import fcntl
import os
from hashlib import sha256
from pathlib import Path

from tui.private_files import private_dir


def lock_file(folder: Path, origin: str) -> Path:
    """The lock for the alerts of one address: who watches another is heard all the same."""
    return folder / f"alerts-{sha256(origin.encode()).hexdigest()[:12]}.lock"


class AlertLock:
    """A lock on a file, which the system lets go of when the process ends, however that happens."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def mine(self) -> bool:
        """Whether this instance is the one that rings; takes over when the other has gone.

        Where the file can't be used at all, everybody rings: better twice than never.
        """
        if self._file is not None:
            return True
        try:
            private_dir(self._path.parent)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError:
            os.close(file)
            return True
        self._file = file
        return True

    def release(self) -> None:
        """Let another instance ring."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = None
