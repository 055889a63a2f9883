"""One request on a connection, and how many of the bytes that come are its answer."""

import h11
import httpcore

MOST_EARLY = 8
"""Answers of 1xx before the answer; real servers send none, or one. httpcore would read any number."""
_LONGEST_HEAD = 100 * 1024
"""Bytes of an answer's head."""


class Exchange:
    """Reads along with httpcore, by the rules of the same parser, to see where the answer ends.

    What follows the end would stay inside httpcore's parser and become the next answer.
    """

    def __init__(self, request: bytes) -> None:
        self.is_complete = False
        """Whether the answer has been read to its end."""
        self._early = 0
        self._is_followed = True
        self._reader = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        # The method alone decides how an answer is framed.
        method = request.partition(b" ")[0]
        self._reader.send(h11.Request(method=method, target=b"/", headers=[(b"Host", b"host")]))
        self._reader.send(h11.EndOfMessage())

    def part_of_it(self, data: bytes) -> int:
        """How many bytes of `data`, which came next, belong to the answer.

        Raises httpcore.RemoteProtocolError where early answers don't end.
        """
        if not self._is_followed:
            return len(data)
        self._reader.receive_data(data)
        while True:
            try:
                event = self._reader.next_event()
            except h11.RemoteProtocolError:
                # httpcore comes to the same end with it, and tells.
                self._is_followed = False
                return len(data)
            if event is h11.NEED_DATA:
                return len(data)
            if event is h11.PAUSED:
                # A proxy has opened its tunnel: what comes through it is no answer to this request.
                self._is_followed = False
                return len(data)
            if isinstance(event, h11.InformationalResponse):
                self._early += 1
                if self._early > MOST_EARLY:
                    raise httpcore.RemoteProtocolError("too many early answers")
            if isinstance(event, h11.EndOfMessage):
                self.is_complete = True
                return len(data) - len(self._reader.trailing_data[0])
