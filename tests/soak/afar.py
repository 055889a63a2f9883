"""The simulator in a process of its own, so that what it holds is not counted as the program's."""

import asyncio
import multiprocessing
from collections.abc import MutableMapping
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from tests.stage import NOON
from tui.clock import Clock, ManualClock
from tui.simulator.app import App, Receive, Scope, Send
from tui.simulator.demo import Demo


class Question(NamedTuple):
    """One request, and the moment it is put at."""

    origin: str
    now: float
    wall: float
    scope: dict[str, Any]
    body: bytes


class Afar:
    """The demo's hosts behind a pipe; use as a context manager, begun before the app takes the terminal.

    `clock` is whose moment goes along with each request.
    """

    def __init__(self) -> None:
        self.clock: Clock = ManualClock(wall=NOON)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._child = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._child.start()
        theirs.close()

    def __enter__(self) -> "Afar":
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._child.join(10)

    def app(self, origin: str) -> App | None:
        """What answers for a demo host, as `SimulatorTransport` takes it."""
        return _Host(self, origin)

    def ask(self, question: Question) -> list[MutableMapping[str, Any]]:
        """The messages of the answer; waits for it, as this program has nothing else to do meanwhile."""
        self._pipe.send(question)
        answer: list[MutableMapping[str, Any]] = self._pipe.recv()
        return answer

    def question(self, origin: str, scope: Scope, body: bytes) -> Question:
        """A request at this moment."""
        return Question(origin, self.clock.now(), self.clock.wall(), dict(scope), body)


class _Host(App):
    """One host: hands each request over."""

    def __init__(self, afar: Afar, origin: str) -> None:
        self._afar = afar
        self._origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        for part in self._afar.ask(self._afar.question(self._origin, scope, message.get("body", b""))):
            await send(part)


def _serve(pipe: Connection) -> None:
    clock = ManualClock(wall=NOON)
    demo = Demo(clock=clock)
    loop = asyncio.new_event_loop()
    while True:
        try:
            question: Question = pipe.recv()
        except EOFError:
            return
        clock.leap(question.now - clock.now())
        clock.jump_wall(question.wall - clock.wall())
        app = demo.app(question.origin)
        assert app is not None
        pipe.send(loop.run_until_complete(_answer(app, question)))


async def _answer(app: App, question: Question) -> list[MutableMapping[str, Any]]:
    said: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": question.body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    await app(question.scope, receive, send)
    return said
