"""The simulator over real TCP."""

import socket
import sys

import httpx
import pytest

from tui.clock import ManualClock
from tui.simulator import serve
from tui.simulator.app import App
from tui.simulator.demo import Demo


async def test_answers_over_tcp_as_in_process() -> None:
    demo = Demo(clock=ManualClock())
    environment = demo.environments[2]
    path = f"/api/v1/accounts/{environment.accounts[0].id}/conversations"
    headers = {"api_access_token": environment.token}
    async with httpx.AsyncClient(transport=demo.transport(latency=(0, 0)), base_url=environment.url) as near:
        expected = await near.get(path, headers=headers)
    async with (
        serve.serving(App(demo.world(environment.url))) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as client,
    ):
        answer = await client.get(path, headers=headers)
        assert answer.json() == expected.json()
        assert answer.headers["transfer-encoding"] == "chunked"
        assert "content-length" not in answer.headers
        assert answer.headers.get_list("date") == expected.headers.get_list("date")
        head = await client.head(path, headers=headers)
        assert (head.status_code, head.content) == (200, b"")
        same = await client.get(path, headers={**headers, "If-None-Match": answer.headers["etag"]})
        assert same.status_code == 304
        assert (await client.get("/api/v1/accounts/2/nope", headers=headers)).status_code == 404


async def test_a_taken_port_is_told() -> None:
    demo = Demo(clock=ManualClock())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            async with serve.serving(App(demo.world(demo.environments[0].url)), port=taken.getsockname()[1]):
                pass


async def test_without_uvicorn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    demo = Demo(clock=ManualClock())
    with pytest.raises(serve.ServeUnavailableError, match=r"'\.\[serve\]'"):
        async with serve.serving(App(demo.world(demo.environments[0].url))):
            pass
