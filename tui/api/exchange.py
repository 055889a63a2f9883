"""One request on a connection and its answer, by h11's rules, with nothing that follows it."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping

import h11
import httpx

from tui.api.network import Stream

MOST_EARLY = 8
"""Answers of 1xx before the answer; real servers send none, or one."""
_LONGEST_HEAD = 100 * 1024
"""Bytes of an answer's head."""


class Exchange:
    """Asks once on a connection; `waits` are httpx's seconds for reading and writing.

    What follows the end of the answer would be taken for the next one: the connection turns it away.
    """

    def __init__(self, stream: Stream, waits: Mapping[str, float | None]) -> None:
        self.stream = stream
        self._waits = waits
        self._rules = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)

    @property
    def is_over(self) -> bool:
        """Whether all has been said on both sides, and both would go on."""
        return self._rules.our_state is h11.DONE and self._rules.their_state is h11.DONE

    async def ask(
        self,
        method: str,
        target: bytes,
        headers: list[tuple[bytes, bytes]],
        content: AsyncIterable[bytes],
    ) -> h11.Response:
        """Send a request and read the head of its answer; raises httpx's errors."""
        await self.stream.begin()
        try:
            request = h11.Request(method=method, target=target, headers=headers)
            await self._send(request)
            async for part in content:
                await self._send(h11.Data(data=part))
            await self._send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        except httpx.WriteError:
            pass  # Whoever wants no more of a request may have said why.
        for _ in range(MOST_EARLY + 1):
            event = await self._next()
            if isinstance(event, h11.Response):
                return event
        raise httpx.RemoteProtocolError("too many early answers")

    async def body(self) -> AsyncIterator[bytes]:
        """The body of the answer as it comes; raises httpx's errors."""
        while isinstance(event := await self._next(), h11.Data):
            yield bytes(event.data)
        self.stream.end(self._rules.trailing_data[0])

    async def _send(self, event: h11.Event) -> None:
        data = self._rules.send(event)
        if data:
            await self.stream.write(data, self._waits.get("write"))

    async def _next(self) -> h11.Event | None:
        """What comes next; None where a proxy has opened its tunnel: that is no answer any more."""
        while True:
            try:
                event = self._rules.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if isinstance(event, h11.Event):
                return event
            if event is h11.PAUSED:
                return None
            data = await self.stream.read(self._waits.get("read"))
            if not data and self._rules.their_state is h11.SEND_RESPONSE:
                raise httpx.RemoteProtocolError("the connection was closed without an answer")
            self._rules.receive_data(data)
