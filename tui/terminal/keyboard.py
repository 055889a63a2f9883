"""Reads what the terminal sends, in a thread that sleeps while nothing comes and ends with the terminal."""

import contextlib
import os
import select
from codecs import getincrementaldecoder
from collections.abc import Callable
from threading import Thread

from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.terminal.pipes import wake_pipe

_ESCAPE_WAIT = 0.1
"""Seconds between looks at whether a lone escape has stayed alone; the parser keeps the time."""
_LOOKS = 5


class Keyboard:
    """Turns input at `fd` into messages for `on_message`, called in the thread."""

    def __init__(self, fd: int, on_message: Callable[[Message], None], *, debug: bool = False) -> None:
        self._fd = fd
        self._on_message = on_message
        self._debug = debug
        self._wake, self._waker = wake_pipe()
        self._thread = Thread(target=self._run, name="keyboard", daemon=True)
        self._thread.start()

    def stop(self, *, patience: float = 0.5) -> None:
        """End the thread, waiting for it up to `patience` seconds."""
        if self._waker < 0:
            return
        os.write(self._waker, b"x")
        self._thread.join(patience)
        os.close(self._waker)
        self._waker = -1
        if not self._thread.is_alive():
            os.close(self._wake)

    def _run(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        looks = 0
        while True:
            ready = dict(poll.poll(_ESCAPE_WAIT * 1000 if looks else None))
            if self._wake in ready:
                break
            if self._fd in ready:
                data = self._read()
                if data is None:
                    continue
                if not data:
                    break
                looks = _LOOKS
                text = decode(data)
                if text:
                    for message in parser.feed(text):
                        self._on_message(message)
            else:
                looks -= 1
            for message in parser.tick():
                self._on_message(message)
        with contextlib.suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def _read(self) -> bytes | None:
        """What has come; b"" once the terminal is gone, None where it was a false alarm."""
        try:
            return os.read(self._fd, 4096)
        except BlockingIOError:
            return None
        except OSError:
            return b""
