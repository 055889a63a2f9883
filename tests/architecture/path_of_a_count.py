"""Which files a count passes from the socket to the cell: `python -m tests.architecture.path_of_a_count`."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import httpx

from tests.architecture.project import ROOT
from tui.api.client import Connection, LiveAgentClient
from tui.clock import ManualClock
from tui.config.model import Config, Environment
from tui.config.state import StateStore
from tui.identity import AccountRef
from tui.monitor.calls import What
from tui.monitor.directory import Directory
from tui.monitor.polling.ingest import Filing
from tui.monitor.polling.session import Session
from tui.monitor.store import Store
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import View
from tui.redact import Secret

COUNT = 918_273
"""A number that nothing else is."""
SIGNS = (str(COUNT), f"{COUNT:,}".replace(",", "\u202f"))
MOST_LOOKED_AT = 20_000
"""Characters of a value in which the count is looked for."""


class Path:
    """The files whose functions are handed the count, or hand it on, in the order they are come to."""

    def __init__(self) -> None:
        self.files: dict[str, None] = {}

    def look(self, frame: FrameType, event: str, value: Any) -> None:
        """What `sys.setprofile` calls: take the file down where the count passes it."""
        name = frame.f_code.co_filename
        if event == "return" and name.startswith(f"{ROOT}/tui/") and name not in self.files:
            sys.setprofile(None)
            try:
                if any(map(_holds, (value, *frame.f_locals.values()))):
                    self.files[name] = None
            finally:
                sys.setprofile(self.look)


def _holds(value: Any) -> bool:
    shown = repr(value)[:MOST_LOOKED_AT]
    return any(sign in shown for sign in SIGNS)


@contextmanager
def watched() -> Iterator[Path]:
    """Take down what the count passes from here on."""
    path = Path()
    sys.setprofile(path.look)
    try:
        yield path
    finally:
        sys.setprofile(None)


async def walk() -> list[str]:
    """Let one answer come in and be drawn; returns the files it passes, from the project's folder."""
    meta = {"mine_count": 0, "assigned_count": 0, "unassigned_count": COUNT, "all_count": COUNT}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={"meta": meta}))
    clock, environment = ManualClock(), Environment("trial", "https://one.example")
    config, store, token = Config(environments=(environment,)), Store(), Secret("a-token-of-length")
    client = LiveAgentClient(Connection(environment.url, token, "trial", transport=transport), clock)
    session = Session(environment, token, client, 1)
    filing = Filing(config, clock, store, Directory(config, StateStore(None)))
    ask = session.ask(What.COUNTS, 1)
    with watched() as path:
        answer = await session.put(ask, clock)
        filing.answered(session, ask, answer, 15.0)
        snapshot = store.snapshot(AccountRef("trial", 1), session.key(1), "", None)
        lines = conversations.lines(snapshot, View(clock.now(), 120, 20, None))
        text = "".join(part.text for line in lines for part in line)
    await client.aclose()
    assert any(sign in text for sign in SIGNS), "the count is drawn"
    return [name.removeprefix(f"{ROOT}/") for name in path.files]


if __name__ == "__main__":
    for place, passed in enumerate(asyncio.run(walk()), start=1):
        print(place, passed)  # noqa: T201
