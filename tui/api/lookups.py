"""Names -> addresses, in threads that hold up nobody: one a name, bounded in time, forgotten at the end."""

import asyncio
import ipaddress
import socket
import threading
from concurrent.futures import Future

SECONDS = 8.0
"""How long a name may take: a first name server that is dead costs 5 s before the second is asked."""

SocketAddress = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]
_Found = list[SocketAddress]

_pending: dict[str, "Future[_Found]"] = {}
_lock = threading.Lock()


class LookUpTimedOutError(TimeoutError):
    """The name service did not answer in time; says which name it was asked for."""

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(f"the name {name} could not be looked up in {seconds:g} s")
        self.name = name
        self.seconds = seconds


async def addresses(host: str, port: int) -> list[SocketAddress]:
    """Where `host` is, in the order of the name service; an address is its own answer.

    Raises LookUpTimedOutError, OSError (`socket.gaierror`) and UnicodeError. The thread of a name
    that hangs goes on, and whoever asks for the same name meanwhile waits for that one.
    """
    numeric = _numeric(host)
    if numeric is not None:
        return [_at(numeric, port)]
    try:
        async with asyncio.timeout(SECONDS):
            places = await asyncio.wrap_future(_looking_up(host))
    except TimeoutError:
        raise LookUpTimedOutError(host, SECONDS) from None
    return [_at(place, port) for place in places]


def _looking_up(host: str) -> "Future[_Found]":
    with _lock:
        future = _pending.get(host)
        if future is None:
            future = Future()
            # A waiter that gives up must not end what others wait for.
            future.set_running_or_notify_cancel()
            # asyncio's own threads are few, shared with all disk work, and joined at the end.
            thread = threading.Thread(target=_look_up, args=(host, future), name="look-up", daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                raise OSError(str(error)) from None
            _pending[host] = future
        return future


def _look_up(host: str, future: "Future[_Found]") -> None:
    places: _Found = []
    failure: Exception | None = None
    try:
        for family, _, _, _, address in socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM):
            if family in (socket.AF_INET, socket.AF_INET6):
                places.append((family, address))  # type: ignore[arg-type]
    except Exception as error:
        failure = error
    with _lock:
        _pending.pop(host, None)
    if failure is None:
        future.set_result(list(dict.fromkeys(places)))
    else:
        future.set_exception(failure)


def _at(address: SocketAddress, port: int) -> SocketAddress:
    family, place = address
    # The number of the zone stands in its own field; with its name, asyncio would look it up again.
    return family, (place[0].partition("%")[0], port, *place[2:])


def _numeric(host: str) -> SocketAddress | None:
    name, _, zone = host.partition("%")
    try:
        version = ipaddress.ip_address(name).version
        if version == 4:
            return socket.AF_INET, (host, 0)
        number = int(zone) if zone.isdecimal() else socket.if_nametoindex(zone) if zone else 0
    except (ValueError, OSError):
        return None
    return socket.AF_INET6, (name, 0, 0, number)
