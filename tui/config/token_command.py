"""A token's command: run apart from the terminal or with it, bounded in time, ended with all it started."""

import atexit
import contextlib
import os
import select
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from tui.redact import child_environ
from tui.text import safe_line

MOST_BYTES = 65_536
"""Of a first line; a token is far shorter."""
_LOOK_EVERY = 0.05
"""Seconds between two looks whether a command has ended whose output a child of it holds open."""
_GRACE = 0.3
"""Seconds from SIGTERM to SIGKILL: time to give a terminal back as it was."""

_live: set["CommandRun"] = set()


class CommandError(Exception):
    """The command gave no token; the text says why and holds nothing of what it printed."""


class NotThereError(CommandError):
    """The command can't be run at all, with a terminal or without."""


class CommandRun:
    """One run of a command, in a thread of its own; `outcome` is the first line it prints.

    Without the terminal it has none to open: a session of its own, nothing to read, and gpg is
    told so. With `terminal` it is the terminal's foreground job, as an editor is, and the terminal
    is as before when it ends. `outcome` raises CommandError, or TimeoutError after `seconds`.
    """

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], seconds: float, *, terminal: bool = False
    ) -> None:
        self.outcome: Future[str] = Future()
        self.outcome.set_running_or_notify_cancel()
        self._command = tuple(command)
        self._name = f'The token command "{safe_line(Path(command[0]).name, limit=80)}"'
        self._environ = child_environ(environ)
        self.seconds = seconds
        self._terminal = terminal
        self._given_up = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._run, name="token command", daemon=True).start()

    def give_up(self) -> None:
        """Nobody waits for it any more: end it, with all it started."""
        self._given_up.set()

    def kill(self) -> None:
        """End it at once; for when the program itself ends."""
        process = self._process
        if process is not None and process.returncode is None:
            _signal(process, signal.SIGKILL)

    def _run(self) -> None:
        _live.add(self)
        try:
            if self._terminal:
                with _lent() as terminal:
                    os.write(terminal, f"{self._name} may ask here; ctrl+c cancels.\r\n".encode())
                    line = self._line(terminal)
            else:
                line = self._line(None)
        except BaseException as error:
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(line)
        finally:
            _live.discard(self)

    def _line(self, terminal: int | None) -> str:
        process = self._process = self._start(terminal)
        try:
            line = self._read(process)
        except BaseException:
            _end(process)
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
        code = process.returncode
        if code < 0:
            raise CommandError(f"{self._name} was ended by a signal ({_name_of(-code)}).")
        if code:
            raise CommandError(f"{self._name} failed (exit code {code}); try it in a shell.")
        try:
            return line.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise CommandError(f"{self._name} printed something that is not text.") from error

    def _start(self, terminal: int | None) -> "subprocess.Popen[bytes]":
        environ = dict(self._environ)
        environ["GPG_TTY"] = os.devnull if terminal is None else os.ttyname(terminal)
        try:
            process = subprocess.Popen(  # noqa: S603 - the config's own command, without a shell
                self._command,
                stdin=subprocess.DEVNULL if terminal is None else terminal,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if terminal is None else terminal,
                env=environ,
                start_new_session=terminal is None,
                process_group=None if terminal is None else 0,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "its arguments are not usable"
            raise NotThereError(f"{self._name} can't be run: {reason}.") from error
        if terminal is not None:
            with contextlib.suppress(OSError):
                os.tcsetpgrp(terminal, process.pid)
            _signal(process, signal.SIGCONT)  # It may have asked for the terminal before it was its own.
        return process

    def _read(self, process: "subprocess.Popen[bytes]") -> bytes:
        """The first line; the rest is read and dropped, so that the command never waits for us.

        Ends with the command itself: what it leaves behind, as an agent, may hold its output for ever.
        """
        if process.stdout is None:
            raise CommandError(f"{self._name} has no output.")
        output = process.stdout.fileno()
        os.set_blocking(output, False)
        watch = select.poll()
        watch.register(output, select.POLLIN)
        line, whole, closed, after = b"", False, False, 0
        end = time.monotonic() + self.seconds
        while True:
            ended = process.poll() is not None
            if self._given_up.is_set() or time.monotonic() >= end:
                raise TimeoutError
            if ended and (closed or after > MOST_BYTES):
                return line
            if closed:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_EVERY)
            elif watch.poll(0 if ended else _LOOK_EVERY * 1000):
                with contextlib.suppress(BlockingIOError):
                    piece = os.read(output, MOST_BYTES)
                    closed = not piece
                    after += len(piece) if ended else 0
                    if not whole:
                        line, newline, _ = (line + piece).partition(b"\n")
                        whole = bool(newline)
                if len(line) > MOST_BYTES:
                    raise CommandError(f"{self._name} printed a line that is too long for a token.")
            elif ended:
                return line


def has_terminal() -> bool:
    """Whether a command could be given the terminal: there is one, and it is ours just now."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


@contextlib.contextmanager
def _lent() -> Iterator[int]:
    """The terminal, for a job of its own; afterwards it is ours again and as it was."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise CommandError("There is no terminal to run the token command on.") from error
    try:
        before = termios.tcgetattr(terminal)
        try:
            yield terminal
        finally:
            _take_back(terminal, before)
    finally:
        os.close(terminal)


def _take_back(terminal: int, settings: "list[object]") -> None:
    # Who is not in the foreground is stopped for this, unless it blocks that signal.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        with contextlib.suppress(OSError, termios.error):
            os.tcsetpgrp(terminal, os.getpgrp())
            termios.tcsetattr(terminal, termios.TCSANOW, settings)  # type: ignore[arg-type]
            termios.tcflush(terminal, termios.TCIFLUSH)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a command that is given up, and all of its group."""
    if process.returncode is None:
        _signal(process, signal.SIGTERM)
        _signal(process, signal.SIGCONT)
        time.sleep(_GRACE)
        _signal(process, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1.0)


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def kill_all() -> None:
    """End every command still running; nothing of ours outlives the program."""
    for run in tuple(_live):
        run.kill()


atexit.register(kill_all)
