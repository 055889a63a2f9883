"""What the tests of the client share: one client of one address, and a failure looked at closely."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tui.api import errors
from tui.api.client import Connection, HeaderForm, LiveAgentClient
from tui.clock import ManualClock, SystemClock
from tui.redact import Secret

TOKEN = "tok-en-0123456789abcdef4f2a"


@asynccontextmanager
async def client_of(
    url: str,
    *,
    proxy: str = "",
    header_form: HeaderForm | None = None,
    clock: ManualClock | None = None,
    alternative: str | None = None,
    ca_file: Path | None = None,
    client_cert: Path | None = None,
    verify: bool = True,
) -> AsyncIterator[LiveAgentClient]:
    connection = Connection(
        url, Secret(TOKEN), "trial", ca_file=ca_file, client_cert=client_cert, proxy=proxy, verify=verify,
        alternative=alternative,
    )  # fmt: skip
    client = LiveAgentClient(connection, clock or SystemClock(), header_form=header_form)
    try:
        yield client
    finally:
        await client.aclose()


async def failure(asking: Awaitable[object], kind: type[errors.LiveAgentError]) -> errors.LiveAgentError:
    with pytest.raises(kind) as raised:
        await asking
    text = str(raised.value)
    assert TOKEN not in text
    assert text.isprintable()
    assert text.endswith(".")
    assert raised.value.call is not None
    assert raised.value.call.error == raised.value.kind
    return raised.value
