"""Where a server sends us: the token goes to the same host by https, and nowhere else."""

import httpx
import pytest

from tests.contract.asking import TOKEN, failure
from tests.contract.server import META
from tui.api import errors
from tui.api.client import Connection, LiveAgentClient
from tui.clock import ManualClock
from tui.redact import Secret

PATH = "/api/v1/accounts/1/conversations/meta"
HERE = "http://desk.example"


class Sends(httpx.AsyncBaseTransport):
    """Answers the first request with a redirect to `location`, and all others with figures."""

    def __init__(self, location: str, status: int = 301) -> None:
        self.location = location
        self.status = status
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if len(self.asked) > 1:
            return httpx.Response(200, text=META)
        # As bytes: httpx would refuse some of these itself.
        return httpx.Response(self.status, headers=[(b"Location", self.location.encode())])

    @property
    def places(self) -> list[str]:
        return [f"{request.url.scheme}://{request.url.netloc.decode()}" for request in self.asked]


def client_by(transport: Sends, url: str = HERE) -> LiveAgentClient:
    return LiveAgentClient(Connection(url, Secret(TOKEN), "trial", transport=transport), ManualClock())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("base", "location"),
    [
        (HERE, f"https://elsewhere.example{PATH}"),
        (HERE, f"https://desk.example.elsewhere.example{PATH}"),
        (HERE, f"https://a.desk.example{PATH}"),
        (HERE, f"https://example{PATH}"),
        (HERE, f"https://desk.example.{PATH}"),
        (HERE, f"https://ELSEWHERE.example{PATH}"),
        (HERE, f"https://dеsk.example{PATH}"),
        (HERE, f"https://xn--dsk-eqa.example{PATH}"),
        (HERE, f"https://desk.example:8443{PATH}"),
        (HERE, f"https://desk.example:80443{PATH}"),
        (f"{HERE}:8080", f"https://desk.example:8443{PATH}"),
        (f"{HERE}:8080", f"http://desk.example{PATH}"),
        (HERE, f"http://desk.example:8080{PATH}"),
        (HERE, f"//elsewhere.example{PATH}"),
        (HERE, f"//desk.example{PATH}"),
        (HERE, f"https://ada@desk.example{PATH}"),
        (HERE, f"https://@desk.example{PATH}"),
        (HERE, f"https://:pw@desk.example{PATH}"),
        (HERE, f"https://desk.example@elsewhere.example{PATH}"),
        (HERE, f"https://desk.example:443@elsewhere.example{PATH}"),
        (HERE, f"https://desk.example\\@elsewhere.example{PATH}"),
        (HERE, f"https://elsewhere.example\\@desk.example{PATH}"),
        (HERE, f"https://elsewhere.example#@desk.example{PATH}"),
        (HERE, f"https://elsewhere.example?@desk.example{PATH}"),
        (HERE, f"https:\\\\elsewhere.example{PATH}"),
        (HERE, f"https:/\\elsewhere.example{PATH}"),
        (HERE, f"https:elsewhere.example{PATH}"),
        (HERE, f"https:///desk.example{PATH}"),
        (HERE, f"https://desk.example%00.elsewhere.example{PATH}"),
        (HERE, f"https://desk.example%2eelsewhere.example{PATH}"),
        (HERE, f"https://[::1]{PATH}"),
        (HERE, "https://desk.example/elsewhere"),
        (HERE, f"https://desk.example/..{PATH}"),
        (HERE, f"https://desk.example{PATH}/"),
        (HERE, f"ftp://desk.example{PATH}"),
        (HERE, f"javascript:https://desk.example{PATH}"),
        (HERE, PATH),
        (HERE, "/app/login"),
        (HERE, "."),
        (HERE, "https://["),
        (HERE, ""),
        ("https://desk.example", f"http://desk.example{PATH}"),
        ("https://desk.example", f"http://desk.example:443{PATH}"),
        ("https://desk.example", f"https://elsewhere.example{PATH}"),
        ("https://desk.example", f"https://desk.example{PATH}"),
        ("https://desk.example", f"https://desk.example:8443{PATH}"),
        ("https://desk.example", f"//elsewhere.example{PATH}"),
    ],
)
async def test_the_token_goes_nowhere_else(base: str, location: str, status: int) -> None:
    transport = Sends(location, status)
    await failure(client_by(transport, base).counts(1), errors.RedirectRefusedError)
    assert transport.places == [base]


@pytest.mark.parametrize(
    ("base", "location", "there"),
    [
        (HERE, f"https://desk.example{PATH}", "https://desk.example"),
        (HERE, f"HTTPS://DESK.Example{PATH}", "https://desk.example"),
        (HERE, f"https://desk.example:443{PATH}", "https://desk.example"),
        (HERE, f"https://desk.example{PATH}?a=b#c", "https://desk.example"),
        (f"{HERE}:8080", f"https://desk.example:8080{PATH}", "https://desk.example:8080"),
        (f"{HERE}:8080", f"https://desk.example{PATH}", "https://desk.example"),
        ("http://[::1]:8080", f"https://[::1]:8080{PATH}", "https://[::1]:8080"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_the_same_host_by_https_is_followed_and_remembered(
    base: str, location: str, there: str, status: int
) -> None:
    transport = Sends(location, status)
    client = client_by(transport, base)
    for _ in range(2):
        assert (await client.counts(1)).value.all == 261
    assert transport.places == [base, there, there]
    assert {request.url.path for request in transport.asked} == {PATH}
    assert client.base_url == there
    assert there in client.notice


async def test_what_https_answers_is_not_followed_any_further() -> None:
    class Circle(Sends):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            other = f"https://elsewhere.example{PATH}" if request.url.scheme == "https" else self.location
            return httpx.Response(301, headers=[(b"Location", other.encode())])

    transport = Circle(f"https://desk.example{PATH}")
    client = client_by(transport)
    await failure(client.counts(1), errors.RedirectRefusedError)
    assert transport.places == [HERE, "https://desk.example"]
    assert client.base_url == HERE
