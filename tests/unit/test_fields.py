"""What is decoded beside the event loop lets it go on in between."""

import asyncio
import json
import threading
import time

import pytest

from tui.api import decode, fields


def agents(count: int, letters: int) -> bytes:
    return json.dumps([{"id": number, "name": "n" * letters} for number in range(1, count + 1)]).encode()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each time that decoding gave way, whether that was in the event loop's own thread."""
    given: list[bool] = []
    here = threading.current_thread()
    monkeypatch.setattr(time, "sleep", lambda _: given.append(threading.current_thread() is here))
    return given


@pytest.mark.parametrize(("count", "letters"), [(1_000, 200), (20_000, 10), (300, 100_000)])
async def test_a_long_list_is_decoded_in_turns_with_the_loop(
    count: int, letters: int, turns: list[bool]
) -> None:
    decoded = await fields.decoded(agents(count, letters), decode.agents)
    assert len(decoded.items) == count
    assert len(turns) >= count // 100
    assert not any(turns)


async def test_the_loop_itself_gives_way_to_no_thread(turns: list[bool]) -> None:
    decoded = await fields.decoded(agents(400, 10), decode.agents)
    assert len(decoded.items) == 400
    assert not turns


def test_every_item_is_read_whether_or_not_it_gives_way() -> None:
    async def read(data: bytes) -> list[int]:
        return [agent.id for agent in (await fields.decoded(data, decode.agents)).items]

    for count in (1, 49, 50, 51, 99, 100, 101, 1_999):
        assert asyncio.run(read(agents(count, 1_000))) == list(range(1, count + 1))
