"""The simulator over real TCP: a port for each environment."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING

from tui.extras import lacking
from tui.listening import ending, shown
from tui.simulator.app import App
from tui.simulator.demo import Demo

if TYPE_CHECKING:
    import uvicorn

LAST_PORT = 65_535
KEEP_ALIVE = 20
"""Seconds after which the real server closes an idle connection."""


class ServeUnavailableError(Exception):
    """The extra that serves over TCP is not installed."""


def serve(demo: Demo, host: str, port: int, tell: Callable[[str], None]) -> int:
    """Serve every demo environment until SIGINT or SIGTERM, on `port` and those after it; returns which.

    Port 0 takes free ones. `tell` gets a line for each: name, address and token. Raises
    ServeUnavailableError without uvicorn, OSError where a port is taken or beyond the last.
    """
    if port + len(demo.environments) - 1 > LAST_PORT:
        raise OSError(errno.EINVAL, f"each environment takes a port, and {LAST_PORT} is the last there is")
    return asyncio.run(_serve(demo, host, port, tell))


async def _serve(demo: Demo, host: str, port: int, tell: Callable[[str], None]) -> int:
    ended = ending()
    async with contextlib.AsyncExitStack() as stack:
        for index, environment in enumerate(demo.environments):
            app = App(demo.world(environment.url))
            url = await stack.enter_async_context(serving(app, host, port + index if port else 0))
            tell(f"{environment.name}: {url}  token {environment.token}")
        return await ended


@contextlib.asynccontextmanager
async def serving(app: App, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve `app` on this loop while the body runs; yields the base URL. Port 0 takes a free one."""
    listening = _listen(host, port)
    try:
        server = _server(app)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://{shown(host, listening.getsockname()[1])}"
        finally:
            server.should_exit = True
            server.force_exit = True
            await task
    finally:
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that a client may connect before the server's first turn."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except TypeError as error:  # What a name says that can't be written as one of DNS.
        listening.close()
        raise OSError(errno.EINVAL, "no machine can have this name") from error
    except OSError:
        listening.close()
        raise
    return listening


def _server(app: App) -> "uvicorn.Server":
    try:
        import uvicorn
    except ImportError:
        raise ServeUnavailableError(lacking("Serving over TCP takes", "serve")) from None

    class Server(uvicorn.Server):
        """Leaves signals to the program."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE,
        )
    )
