"""A TLS server in a thread that sends real alerts; asyncio's own hangs up before they are out."""

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Iterator

MEANINGLESS = b"\x17\x03\x03\x00\x20" + b"x" * 32
"""A record of 32 bytes that no key of the connection has made."""


@contextlib.contextmanager
def blunt_tls(context: ssl.SSLContext, *, then: bytes = b"") -> Iterator[str]:
    """An address that shakes hands, sends `then` below TLS, and hangs up once the other side has."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, context, then), daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _serve(listening: socket.socket, context: ssl.SSLContext, then: bytes) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        connection.settimeout(10)
        with context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as speaking:
            with contextlib.suppress(OSError):
                speaking.do_handshake()
                os.write(speaking.fileno(), then)
            # An alert is lost where the connection is reset with bytes still unread.
            with contextlib.suppress(OSError):
                while os.read(speaking.fileno(), 65_536):
                    pass
