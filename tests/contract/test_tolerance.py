"""Odd answers: what can be read is read, what can't is counted, and the loop is never held up."""

import asyncio
import json
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tui.api import decode, decode_conversations, errors, fields
from tui.api.client import Connection, LiveAgentClient
from tui.clock import SystemClock
from tui.redact import Secret

DESK = "http://desk.example"


def client_of(*bodies: object) -> LiveAgentClient:
    """A client whose server answers `bodies` in turn, the last one for ever."""
    left = list(bodies)

    def reply(request: httpx.Request) -> httpx.Response:
        body = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(body, httpx.Response):
            return body
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(200, content=data, headers={"content-type": "application/json"})

    transport = httpx.MockTransport(reply)
    return LiveAgentClient(
        Connection(DESK, Secret("0123456789abcdef"), "trial", transport=transport), SystemClock()
    )


async def test_one_bad_agent_never_hides_the_others() -> None:
    body = (
        b'[{"id": 1, "name": "Ada"}, 7, null, {"id": true}, {"name": "no id"}, {"id": -1}, {"id": 1e99}, '
        b'{"id": "2", "name": "lone \\ud83d", "role": ["agent", "supervisor"], '
        b'"availability_status": "Lunch"}, '
        b'{"id": 3.0, "name": null, "available_name": "", "email": null, "role": null, '
        b'"auto_offline": "yes"}]'
    )
    answer = await client_of(body).agents(1)
    assert [(agent.id, agent.name) for agent in answer.value] == [(1, "Ada"), (2, "lone ?"), (3, "")]
    assert (answer.value[1].roles, answer.value[1].availability) == (("agent", "supervisor"), "Lunch")
    assert answer.value[2].auto_offline is None
    assert answer.lost == 6


@pytest.mark.parametrize(
    ("role", "roles"),
    [
        ("agent,supervisor", ("agent", "supervisor")),
        ("Supervisor, Agent", ("supervisor", "agent")),
        ("agent; administrator;", ("agent", "administrator")),
        ("agent|supervisor", ("agent", "supervisor")),
        ("agent + supervisor", ("agent", "supervisor")),
        ("agent/supervisor & agent", ("agent", "supervisor")),
        ("ADMINISTRATOR", ("administrator",)),
        ("team lead", ("team lead",)),
        (["agent", "Supervisor,agent", 7, None], ("agent", "supervisor")),
        (" , ,", ()),
        ({"name": "agent"}, ()),
    ],
)
async def test_several_roles_however_they_are_written(role: object, roles: tuple[str, ...]) -> None:
    person = {"id": 1, "name": "Ada", "role": role}
    agents = await client_of([person]).agents(1)
    profile = await client_of({"id": 9, "name": "Ada", "accounts": [person]}).profile()
    assert (agents.value[0].roles, profile.value.accounts[0].roles) == (roles, roles)


async def test_nan_in_one_item_costs_no_other() -> None:
    answer = await client_of(b'[{"value": NaN, "timestamp": 1}, {"value": "2.5", "timestamp": "3"}]').report(
        1, metric="x", since=0, until=1
    )
    assert [(point.timestamp, point.value) for point in answer.value] == [(1, None), (3, 2.5)]


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"all_count": "5", "unassigned_count": 2.0}, (None, 3, 2, 5)),
        ({"all_count": -3, "unassigned_count": 2, "mine_count": True}, (None, 0, 2, 0)),
        (
            {"all_count": 2**70, "unassigned_count": [], "assigned_count": 1.5, "mine_count": 1},
            (1, None, None, None),
        ),
    ],
)
async def test_counts_that_mean_nothing_are_unknown(
    meta: dict[str, Any], expected: tuple[int | None, ...]
) -> None:
    counts = (await client_of({"meta": meta}).counts(1)).value
    assert (counts.mine, counts.assigned, counts.unassigned, counts.all) == expected


async def test_wrapped_agents_are_read_until_a_page_repeats() -> None:
    first, second = ([{"id": n, "name": str(n)} for n in part] for part in ((1, 2), (3,)))
    client = client_of({"payload": first}, {"data": second}, {"payload": second})
    answer = await client.agents(1)
    assert [agent.id for agent in answer.value] == [1, 2, 3]
    assert answer.call.path.endswith("/agents")
    assert answer.call.size > len(json.dumps({"payload": first}))


async def test_pages_that_never_end_are_bounded() -> None:
    pages: list[dict[str, Any]] = [{"payload": [{"id": n}]} for n in range(1, 121)]
    assert (await client_of(*pages).agents(1)).lost == 1
    pages = [{**page, "meta": {"total_count": 120}} for page in pages]
    for asking in (client_of(*pages).agents(1), client_of(*pages).team_members(1, 4)):
        answer = await asking
        assert (len(answer.value), answer.lost) == (100, 20), "those past the bound are lost, not absent"


async def test_queued_is_known_by_either_name() -> None:
    assert (await client_of({"open": 3, "queued": 2}).account_load(1)).value.queued == 2
    loads = [{"id": 1, "name": "Ada", "metric": {"open": 3, "unattended": 2}}, {"id": 2, "metric": None}]
    answer = await client_of(loads).agent_loads(1)
    assert [(agent.open, agent.queued) for agent in answer.value] == [(3, 2), (None, None)]


MONDAY = {"day_of_week": 1, "open_hour": 9, "open_minutes": 0, "close_hour": 17, "close_minutes": 30}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, True),
        ({"working_hours_enabled": False, "working_hours": None}, True),
        ({"working_hours_enabled": True, "working_hours": [MONDAY], "timezone": "Europe/Berlin"}, True),
        ({"working_hours_enabled": "true", "working_hours": [MONDAY | {"closed_all_day": "false"}]}, True),
        ({"working_hours_enabled": True}, False),
        ({"working_hours_enabled": True, "working_hours": {}}, False),
        ({"working_hours_enabled": [], "working_hours": [MONDAY]}, False),
        ({"working_hours_enabled": True, "working_hours": [MONDAY | {"open_hour": "nine"}]}, False),
        ({"working_hours_enabled": True, "working_hours": [MONDAY | {"close_hour": 25}]}, False),
        ({"working_hours_enabled": True, "working_hours": [MONDAY, 7]}, False),
        ({"working_hours_enabled": True, "working_hours": [MONDAY], "timezone": 7}, False),
    ],
)
async def test_opening_hours_that_can_t_be_read_are_not_taken_for_none(
    said: dict[str, Any], told: bool
) -> None:
    answer = await client_of({"payload": [{"id": 1, "name": "Website"} | said]}).inboxes(1)
    assert [inbox.hours_told for inbox in answer.value] == [told]


async def test_a_summary_keeps_what_the_server_says() -> None:
    body: dict[str, Any] = {
        "conversations_count": 1,
        "avg_first_response_time": 0,
        "avg_resolution_time": None,
        "previous": {},
    }
    summary = (await client_of(body).summary(1, since=0, until=1)).value
    assert (summary.first_response, summary.resolution, summary.previous) == (0, None, None)


async def test_a_conversation_of_odd_parts() -> None:
    item = {
        "id": 5, "meta": [], "messages": "none", "created_at": 1795306919.7, "waiting_since": 0,
        "first_reply_created_at": "2026-11-22T00:21:59.000Z", "labels": "vip", "unread_count": "10",
        "custom_attributes": {"plan": "gold", "n": 3, "vip": True, "deep": {}}, "status": "Escalated\x1b[31m",
    }  # fmt: skip
    page = (await client_of({"data": {"meta": None, "payload": [item]}}).conversations(1)).value
    conversation = page.items[0]
    assert (conversation.created_at, conversation.waiting_since, conversation.first_reply_created_at) == (
        1795306919,
        None,
        1795306919,
    )
    assert conversation.attributes == (("plan", "gold"), ("n", "3"), ("vip", "yes"))
    assert (conversation.status, conversation.labels, conversation.unread_count) == (
        "Escalated[31m",
        ("vip",),
        10,
    )
    assert page.counts.all is None


@pytest.mark.parametrize(
    ("message", "author"),
    [
        ({"message_type": 0, "sender_type": "Contact"}, "contact"),
        ({"message_type": 1, "sender_type": "User"}, "agent"),
        ({"message_type": 1, "sender_type": "AgentBot"}, "system"),
        ({"message_type": 2}, "contact"),
        ({"message_type": 3}, "system"),
        ({"message_type": 1, "sender_type": "User", "private": True}, "note"),
        ({"message_type": "?"}, None),
    ],
)
async def test_who_spoke_last(message: dict[str, Any], author: str | None) -> None:
    answer = await client_of({"id": 1, "messages": [{"message_type": 0}, message]}).conversation(1, 1)
    assert answer.value.last_message_from == author


async def test_a_million_agents_are_bounded_and_told() -> None:
    body = b"[" + b",".join(b'{"id":%d}' % n for n in range(1, 1_000_001)) + b"]"
    answer = await client_of(body).agents(1)
    assert len(answer.value) == 20_000
    assert answer.lost >= 200_000


def calls_of(work: Callable[[], object]) -> int:
    """How many functions `work` calls, resumed generators and those written in C included."""
    calls = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    ("read", "field", "value"),
    [
        (decode.agents, "role", lambda many: [""] * many),
        (decode.agents, "role", lambda many: [7] * many),
        (decode.agents, "role", lambda many: ["agent"] * many),
        (decode.agents, "role", lambda many: ["," * 1_020] * many),
        (decode.agents, "roles", lambda many: [","] * many),
        (decode.agents, "roles", lambda many: [[]] * many),
        (decode.agents, "roles", lambda many: "," * many),
        (decode.inboxes, "working_hours", lambda many: [{}] * many),
        (decode.inboxes, "working_hours", lambda many: [7] * many),
        (decode.inboxes, "working_hours", lambda many: [{"day_of_week": 1}] * many),
        (decode_conversations.page, "labels", lambda many: [""] * many),
        (decode_conversations.page, "labels", lambda many: [7] * many),
        (decode_conversations.page, "custom_attributes", lambda many: dict.fromkeys(map(str, range(many)))),
    ],
)
def test_a_field_is_looked_at_up_to_a_bound_whatever_is_found_in_it(
    read: Callable[[bytes], object], field: str, value: Callable[[int], object]
) -> None:
    """Empty pieces count, too: a bound on what is found would be met by none of them."""

    def calls(many: int) -> int:
        body = json.dumps({"payload": [{"id": 1, field: value(many)}]}).encode()
        return calls_of(lambda: read(body))

    # Of 1,800 more each would cost a call at least; a shape decoded for the first time costs some hundred.
    assert calls(2_000) <= calls(200) + 500


async def test_large_answers_do_not_hold_up_the_loop() -> None:
    agent = {
        "id": 1,
        "name": "Maximiliane-Alexandrina",
        "available_name": "Chloé Ünïcødé",
        "email": "x@y.test",
    }
    body = [{**agent, "id": n, "role": "agent", "availability_status": "online"} for n in range(1, 5_001)]
    client = client_of(json.dumps(body).encode())
    turns = 0

    async def watch() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    answer = await client.agents(1)
    watching.cancel()
    assert len(answer.value) == 5_000
    assert turns > 20


async def test_nesting_without_end_is_unreadable() -> None:
    deep = b'[{"id": 9, "name": ' + b"[" * 50_000 + b"]" * 50_000 + b"}]"
    with pytest.raises(errors.UnreadableAnswerError):
        await client_of(deep).agents(1)


@pytest.mark.parametrize("form", ["https://desk.example{}", "https://DESK.example:443{}"])
async def test_the_same_host_over_https_is_followed_once_and_told(form: str) -> None:
    asked = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        if request.url.scheme == "http":
            return httpx.Response(301, headers={"location": form.format(request.url.raw_path.decode())})
        return httpx.Response(200, json={"meta": {"all_count": 1}})

    connection = Connection(DESK, Secret("0123456789abcdef"), "trial", transport=httpx.MockTransport(reply))
    client = LiveAgentClient(connection, SystemClock())
    await client.counts(1, status="open")
    await client.counts(1)
    assert [url.split(":")[0] for url in asked] == ["http", "https", "https"]
    assert asked[1].endswith("?status=open")
    assert client.base_url.lower().startswith("https://desk.example")
    assert "moved to https" in client.notice


async def test_a_second_redirect_is_refused() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(301, headers={"location": f"https://desk.example{request.url.path}"})

    connection = Connection(DESK, Secret("0123456789abcdef"), "trial", transport=httpx.MockTransport(reply))
    with pytest.raises(errors.RedirectRefusedError):
        await LiveAgentClient(connection, SystemClock()).counts(1)


async def test_cognigy_ai_is_named_where_it_may_be_what_answers() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(404, json={"code": 404}))
    connection = Connection(
        "https://api-acme.cognigy.cloud", Secret("0123456789abcdef"), "x", transport=transport
    )
    with pytest.raises(errors.NotAnApiError, match=r"Cognigy\.AI"):
        await LiveAgentClient(connection, SystemClock()).profile()


@pytest.mark.parametrize(
    ("value", "moment"),
    [(0, None), (-5, None), ("0", None), (1795306919, 1795306919), (1795306919123, 1795306919), (True, None),
     ("2026-11-22T00:21:59Z", 1795306919), ("soon", None), ([], None), (float("inf"), None), (10**40, None)],
)  # fmt: skip
def test_moments(value: object, moment: int | None) -> None:
    assert fields.moment(value) == moment
